/**
 * What the table says of each sender, over HTTP: what identifies a callback, what its signature proves, and
 * its types. The answers and the probes are in `acknowledgements.test.ts`.
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { SenderName, VerifierOptions } from "wallet-callback";
import type { ReceiverOptions } from "wallet-callback/receiver";
import { callbackFor, NOW, TYPE, trapBody } from "../senders/deliveries.ts";
import { full } from "../senders/package.ts";
import {
	bytes,
	type Callback,
	keyPair,
	type Signer,
	signatureOf,
	signCallback,
	signers,
	title,
	send as withSignature,
} from "../senders/signers.ts";
import { createReceiver, Log, memoryStore } from "./receivers.ts";
import { send } from "./served.ts";

const rows = new Map(full.senders().map((row) => [row.name, row]));

function rowOf({ name }: Signer) {
	return rows.get(name) ?? assert.fail(`no row of ${name}`);
}

/** A receiver of a sender, what its handler got, and a way to send to it what the sender posts. */
function receiving(signer: Signer, options: Partial<ReceiverOptions<object>> = {}) {
	const log = new Log();
	const events: { type?: string; id?: string }[] = [];
	const pair = keyPair(signer);
	const all: ReceiverOptions<object> & VerifierOptions<SenderName> = {
		...signer.agreed?.(callbackFor(signer)),
		sender: signer.name,
		keys: pair.verifying,
		now: () => NOW,
		store: memoryStore(),
		log,
		onAny: ({ event }) => void events.push(event),
		...options,
	};
	const receiver = createReceiver(all);
	const toSent = ({ url }: Callback, made: ReturnType<typeof signCallback>, more: object) => {
		const { pathname, search } = new URL(url);
		const headers = { ...made.headers, ...more };
		return { ...made, headers, path: pathname + search };
	};
	return {
		log,
		events,
		/** Sends it as its sender signs it. */
		async post(change: Partial<Callback> = {}, more: Record<string, string> = {}) {
			const callback = { ...callbackFor(signer), ...change };
			const { told } = await send(
				receiver,
				toSent(callback, signCallback(signer, callback, pair), more),
			);
			return told[0];
		},
		/** Sends it with the signature of what it was before a change. */
		async postForged(change: Partial<Callback>, original: Partial<Callback> = {}) {
			const callback = { ...callbackFor(signer), ...original };
			const signature = signatureOf(signer, callback, pair);
			const changed = { ...callback, ...change };
			const { told } = await send(
				receiver,
				toSent(changed, withSignature(signer, changed, signature), {}),
			);
			return told[0];
		},
	};
}

const body = (signer: Signer, salt: number) => trapBody(signer, { salt });

describe("what identifies a callback", () => {
	for (const signer of signers) {
		test(title(signer), async () => {
			const { identifiedBy } = rowOf(signer);
			const { log, events, post } = receiving(signer);
			assert.equal(await post({ body: body(signer, 0) }), 200);
			assert.equal(await post({ body: body(signer, 0) }), 200);
			assert.equal(events.length, 1, "the same callback again");
			const unnamed = signer.name === "coinbase-cdp" && signer.variant === undefined;
			if (identifiedBy === undefined || unnamed) {
				assert.equal(await post({ body: body(signer, 1) }), 200);
				assert.equal(events.length, 2, "another body is another callback");
				// What else is signed makes no difference by default.
				const later = { timestamp: NOW + 1000, nonce: "another", keyId: callbackFor(signer).keyId };
				const dated = signer.timestampMember === undefined ? later : {};
				assert.equal(await post({ body: body(signer, 1), ...dated }), 200);
				assert.equal(events.length, 2, "signed anew");
			} else {
				const isHeader = "header" in identifiedBy;
				assert.equal(await post({ body: body(signer, 1) }), isHeader ? 422 : 200);
				assert.equal(events.length, 1, "the same id with another body");
				assert.equal(log.last.outcome, isHeader ? "id_conflict" : "duplicate");
			}
			const warnings = log.entries.filter(({ level }) => level === "warn");
			assert.equal(warnings.length, identifiedBy === undefined ? 1 : 0);
		});
	}
});

describe("what its signature proves", () => {
	for (const signer of signers) {
		test(title(signer), async () => {
			const { signs } = rowOf(signer);
			const accepts = async (change: Partial<Callback>) => {
				const { events, postForged } = receiving(signer);
				const status = await postForged(change);
				assert.equal(status === 200, events.length === 1, `answer ${status}`);
				return status === 200;
			};
			assert.equal(await accepts({}), true);
			assert.equal(signs.body, true);
			// A token or a signature in the body brings what it signs along.
			if (signer.post === undefined || signer.name === "plisio") {
				assert.equal(await accepts({ body: body(signer, 1) }), false, "body");
			}
			if (signs.timestamp && signer.timestampMember === undefined) {
				assert.equal(await accepts({ timestamp: NOW + 1000 }), false, "timestamp");
			}
			if (signer.signsId) assert.equal(await accepts({ id: "msg_another" }), false, "id");
			// What is signed for another method or address, and then sent to this one.
			const status = (is: boolean) => (is ? 401 : 200);
			assert.equal(await receiving(signer).post({ method: "PUT" }), status(signs.method), "method");
			const url = "https://receiver.example/elsewhere";
			assert.equal(await receiving(signer).post({ url }), status(signs.url), "url");
		});
	}
});

describe("its types", () => {
	for (const signer of signers) {
		test(title(signer), async () => {
			const { signs, typedBy, types } = rowOf(signer);
			const handled: string[] = [];
			const [type = TYPE] = types ?? [];
			const onAny = undefined;
			const on = { [type]: () => void handled.push(type) };
			const unsigned = signer.name === "coinbase-cdp" && signer.variant === undefined;
			if (!signs.type || unsigned) {
				assert.throws(() => receiving(signer, { on, onAny }), /^ConfigError: on: /);
				if (typedBy !== undefined)
					receiving(signer, { on, onAny, dangerouslyTrustUnsignedType: true });
				return;
			}
			assert.notEqual(typedBy, undefined);
			if (types !== undefined) {
				const misspelt = { [`${type}x`]: () => {} };
				assert.throws(() => receiving(signer, { on: misspelt }), new RegExp(`mean "${type}"`));
			}
			if (typeof signer.type !== "string" || signer.form === "wallet-event") return;
			const { log, post } = receiving(signer, { on, onAny });
			const text = trapBody(signer).toString().replace(TYPE, type);
			assert.equal(await post({ body: bytes(text) }), 200);
			assert.deepEqual([handled, log.last.outcome, log.last.type], [[type], "handled", type]);
			// Another type has no handler, and that is said.
			const other = receiving(signer, { on, onAny });
			const another = trapBody(signer).toString().replace(TYPE, "nobody.knows");
			assert.equal(await other.post({ body: bytes(another) }), 200);
			const { outcome, type: told } = other.log.last;
			assert.deepEqual([outcome, told, handled.length], ["unhandled", "nobody.knows", 1]);
			assert.equal(other.log.entries.at(-1)?.level, "warn");
		});
	}
});

test("every row has a sender that was tried", () => {
	const tried = new Set(signers.map(({ name }) => name));
	assert.deepEqual([...rows.keys()].sort(), [...tried].sort());
});
