// What is sent to the receiver, and the answers that are expected.
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** @import { RejectionCode } from "../../pkg/dist/esm/index.js" */
/** @typedef {typeof import("../../pkg/dist/esm/index.js").sign} Sign */
/** @typedef {Record<"current" | "previous" | "stranger" | "ed25519", string>} Secrets */
/** @typedef {{ code: 0, key: string }} Acceptance With the id of the key that signed. */
/** @typedef {{ code: RejectionCode, status: number, part?: string }} Refusal With the header or the member of the body at fault. */
/**
 * @typedef {object} Sample
 * @property {string} title What a person reads.
 * @property {() => { headers: Record<string, string>, body: string }} make Signs it, as sent now.
 * @property {Acceptance | Refusal} expected
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
 * @param {Sign} sign
 * @param {Secrets} secrets
 * @param {number} maxBodyBytes
 * @returns {Sample[]}
 */
export function samples(sign, secrets, maxBodyBytes) {
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
			{ code: "signature_mismatch", status: 401, part: "webhook-signature" },
		),
		refused("the wrong secret", () => sign({ body: deposit, key: secrets.stranger }), {
			code: "signature_mismatch",
			status: 401,
			part: "webhook-signature",
		}),
		refused(
			"stale: signed ten minutes ago",
			() => sign({ body: deposit, key, timestamp: minutes(-10) }),
			{ code: "timestamp_too_old", status: 401, part: "webhook-timestamp" },
		),
		refused(
			"from the future: ten minutes ahead",
			() => sign({ body: deposit, key, timestamp: minutes(10) }),
			{ code: "timestamp_too_new", status: 401, part: "webhook-timestamp" },
		),
		refused("a missing header", () => without("webhook-id", sign({ body: deposit, key })), {
			code: "missing_header",
			status: 400,
			part: "webhook-id",
		}),
		refused(
			"a malformed header: the time as a date",
			() => {
				const { headers, body } = sign({ body: deposit, key });
				return { headers: { ...headers, "webhook-timestamp": new Date().toISOString() }, body };
			},
			{ code: "malformed_header", status: 400, part: "webhook-timestamp" },
		),
		refused("a body over 1 MiB", () => sign({ body: tooLarge, key }), {
			code: "body_too_large",
			status: 413,
		}),
		refused("genuine, but the amount is a float", () => sign({ body: floatAmount, key }), {
			code: "malformed_payload",
			status: 422,
			part: "data.amount.value",
		}),
		refused("genuine, but the address has a typo", () => sign({ body: typingError, key }), {
			code: "malformed_payload",
			status: 422,
			part: "data.to",
		}),
		refused("genuine, but a failure without reason", () => sign({ body: noReason, key }), {
			code: "malformed_payload",
			status: 422,
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
	return { title, make, expected: { code: 0, key } };
}

/**
 * @param {string} title
 * @param {Sample["make"]} make
 * @param {Refusal} expected
 * @returns {Sample}
 */
function refused(title, make, expected) {
	return { title, make, expected };
}

/**
 * @param {string} name
 * @param {ReturnType<Sample["make"]>} callback
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
