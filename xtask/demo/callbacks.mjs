// What is sent to the receiver, and the answers that are expected.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { sign } from "./library.mjs";

/** @import { Callback } from "./receiver.mjs" */
/** @typedef {Record<"current" | "previous" | "stranger" | "ed25519", string>} Secrets */
/** @typedef {{ status: number, code: string, part: string }} Outcome The part is the key that signed, or the header or member at fault. */
/**
 * @typedef {object} Sample
 * @property {string} title What a person reads.
 * @property {() => Callback} make Signs it, as sent now.
 * @property {Outcome} expected
 */

const vectors = join(import.meta.dirname, "..", "..", "tests", "vectors", "events");

/**
 * The example body of a type of event.
 *
 * @param {string} type
 */
export function example(type) {
	return readFileSync(join(vectors, `${type}.json`), "utf8");
}

/**
 * @param {Secrets} secrets
 * @param {number} maxBodyBytes
 * @returns {[Sample, ...Sample[]]}
 */
export function samples(secrets, maxBodyBytes) {
	const key = secrets.current;
	const deposit = example("deposit.confirmed");
	const forged = edit(deposit, (data) => {
		data.amount.value = "9999999999";
	});
	const tooLarge = edit(deposit, (data) => {
		data.memo = "x".repeat(maxBodyBytes);
	});
	const floatAmount = edit(deposit, (data) => {
		data.amount.value = 1250.5;
	});
	const typingError = edit(deposit, (data) => {
		data.to = data.to.replace("5aAeb", "5aAed");
	});
	const noReason = edit(example("withdrawal.failed"), (data) => {
		delete data.reason;
	});
	const minutes = (/** @type {number} */ count) => Math.floor(Date.now() / 1000) + count * 60;

	return [
		accepted("deposit.confirmed", () => sign({ body: deposit, key })),
		...["withdrawal.completed", "transaction.confirmed", "user.registered"].map((type) => {
			const body = example(type);
			return accepted(type, () => sign({ body, key }));
		}),
		accepted(
			"a deposit signed with the previous secret",
			() => sign({ body: deposit, key: secrets.previous }),
			"previous",
		),
		accepted(
			"a deposit signed with Ed25519",
			() => sign({ body: deposit, key: secrets.ed25519 }),
			"ed25519",
		),
		refused(
			"a forged body: another amount",
			() => ({ ...sign({ body: deposit, key }), body: forged }),
			{ status: 401, code: "signature_mismatch", part: "webhook-signature" },
		),
		refused("the wrong secret", () => sign({ body: deposit, key: secrets.stranger }), {
			status: 401,
			code: "signature_mismatch",
			part: "webhook-signature",
		}),
		refused(
			"stale: signed ten minutes ago",
			() => sign({ body: deposit, key, timestamp: minutes(-10) }),
			{ status: 401, code: "timestamp_too_old", part: "webhook-timestamp" },
		),
		refused(
			"from the future: ten minutes ahead",
			() => sign({ body: deposit, key, timestamp: minutes(10) }),
			{ status: 401, code: "timestamp_too_new", part: "webhook-timestamp" },
		),
		refused("a missing header", () => without("webhook-id", sign({ body: deposit, key })), {
			status: 400,
			code: "missing_header",
			part: "webhook-id",
		}),
		refused(
			"a malformed header: the time as a date",
			() => {
				const { headers, body } = sign({ body: deposit, key });
				return { headers: { ...headers, "webhook-timestamp": new Date().toISOString() }, body };
			},
			{ status: 400, code: "malformed_header", part: "webhook-timestamp" },
		),
		refused("a body over 1 MiB", () => sign({ body: tooLarge, key }), {
			status: 413,
			code: "body_too_large",
			part: "body",
		}),
		refused("genuine, but the amount is a float", () => sign({ body: floatAmount, key }), {
			status: 422,
			code: "malformed_payload",
			part: "data.amount.value",
		}),
		refused("genuine, but the address has a typo", () => sign({ body: typingError, key }), {
			status: 422,
			code: "malformed_payload",
			part: "data.to",
		}),
		refused("genuine, but a failure without reason", () => sign({ body: noReason, key }), {
			status: 422,
			code: "malformed_payload",
			part: "data.reason",
		}),
	];
}

/**
 * @param {string} title
 * @param {Sample["make"]} make
 * @param {string} key
 * @returns {Sample}
 */
function accepted(title, make, key = "current") {
	return { title, make, expected: { status: 200, code: "accepted", part: `key ${key}` } };
}

/**
 * @param {string} title
 * @param {Sample["make"]} make
 * @param {Outcome} expected
 * @returns {Sample}
 */
function refused(title, make, expected) {
	return { title, make, expected };
}

/**
 * @param {string} name
 * @param {Callback} callback
 */
function without(name, { headers, body }) {
	const { [name]: _, ...others } = headers;
	return { headers: others, body };
}

/**
 * @param {string} body
 * @param {(data: any) => void} change
 */
function edit(body, change) {
	const event = JSON.parse(body);
	change(event.data);
	return JSON.stringify(event);
}
