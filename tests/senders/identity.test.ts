/** Which callbacks are one: what is signed with a body tells them apart, and a retry is known again. */
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import type { SenderDescriptor } from "wallet-callback";
import { full as wallet } from "./package.ts";

const KEY = "a secret of some length";
const now = Math.floor(Date.now() / 1000);
const mac = (text: string) => createHmac("sha256", KEY).update(text).digest("hex");

interface Sent {
	readonly headers: { readonly [name: string]: string };
	readonly body: string;
	readonly url?: string;
}

/** What a receiver knows a callback by. */
function identity(sender: SenderDescriptor | "coinbase-cdp", sent: Sent): string {
	const verifier = wallet.createVerifier({ sender, keys: KEY });
	const accepted = verifier.verify({ method: "POST", ...sent });
	const { contentHash } = accepted as { readonly contentHash?: string };
	return contentHash ?? wallet.bodyHash(sent.body);
}

const acme: SenderDescriptor = {
	name: "acme",
	algorithm: "hmac-sha256",
	headers: { signature: "x-signature", timestamp: "x-time" },
	signature: { encoding: "hex" },
	signed: "{timestamp}.{body}",
	timestamp: { unit: "s" },
	payload: "json",
};

function cdp(type: string, id: string, time = now): Sent {
	const body = '{"transferId":"t1"}';
	const covered = "x-event-type x-event-id";
	const signature = mac(`${time}.${covered}.${type}.${id}.${body}`);
	return {
		headers: {
			"x-event-type": type,
			"x-event-id": id,
			"x-hook0-signature": `t=${time},h=${covered},v1=${signature}`,
		},
		body,
	};
}

test("a signed type and a signed id beside the same body make another callback", () => {
	const first = identity("coinbase-cdp", cdp("transfer.pending", "e1"));
	assert.notEqual(identity("coinbase-cdp", cdp("transfer.completed", "e1")), first);
	assert.notEqual(identity("coinbase-cdp", cdp("transfer.pending", "e2")), first);
	assert.equal(identity("coinbase-cdp", cdp("transfer.pending", "e1", now - 5)), first);
	// A byte that moves from one to the other is no other spelling of the same.
	assert.notEqual(
		identity("coinbase-cdp", cdp("transfer.pendinge", "1")),
		identity("coinbase-cdp", cdp("transfer.pending", "e1")),
	);
});

test("so do a signed header and a signed query", () => {
	const body = '{"amount":1}';
	const withHeader = (type: string, time: number): Sent => ({
		headers: {
			"x-type": type,
			"x-time": `${time}`,
			"x-signature": mac(`${time}|${type}|${body}`),
		},
		body,
	});
	const headed = { ...acme, signed: "{timestamp}|{header:x-type}|{body}" };
	const paid = identity(headed, withHeader("paid", now));
	assert.notEqual(identity(headed, withHeader("refunded", now)), paid);
	assert.equal(identity(headed, withHeader("paid", now - 5)), paid);

	const asked: SenderDescriptor = {
		...acme,
		headers: { signature: "x-signature" },
		signed: "{query}|{body}",
		timestamp: undefined,
	};
	const withQuery = (query: string): Sent => ({
		headers: { "x-signature": mac(`${query}|${body}`) },
		body,
		url: `https://shop.example/callbacks?${query}`,
	});
	assert.notEqual(identity(asked, withQuery("order=1")), identity(asked, withQuery("order=2")));
});

test("a retry is known again when the signed text is not the body's own", () => {
	const sorted: SenderDescriptor = { ...acme, rule: "sorted-json" };
	const sent = (body: string, time: number): Sent => ({
		headers: { "x-time": `${time}`, "x-signature": mac(`${time}.{"a":1,"b":2}`) },
		body,
	});
	const first = identity(sorted, sent('{"b":2,"a":1}', now));
	assert.equal(identity(sorted, sent('{"a":1, "b":2}', now - 5)), first);
});

test("what was signed as a string is a string, in its type and its id, too", () => {
	const plisio: SenderDescriptor = {
		name: "own",
		algorithm: "hmac-sha1",
		rule: "plisio",
		type: { member: "status" },
		id: { member: "order" },
	};
	const hash = createHmac("sha1", KEY).update('{"order":"1.50","status":"100"}').digest("hex");
	for (const text of ['"status":100,"order":1.50', '"status":"100","order":"1.50"']) {
		const body = `{${text},"verify_hash":"${hash}"}`;
		const { event } = wallet
			.createVerifier({ sender: plisio, keys: KEY })
			.verify({ headers: {}, body });
		assert.deepEqual([event.type, (event as { id?: string }).id], ["100", "1.50"], text);
	}
});

test("a header that the stronger signature leaves out says nothing", () => {
	const body = "{}";
	const headers = {
		"x-event-type": "evil",
		"x-event-id": "evil",
		"x-other": "1",
		"x-hook0-signature": `t=${now},h=x-other,v1=${mac(`${now}.x-other.1.${body}`)}`,
	};
	for (const dangerouslyAllowUnsignedHeaders of [false, true]) {
		const options = { sender: "coinbase-cdp", keys: KEY, dangerouslyAllowUnsignedHeaders } as const;
		const { event } = wallet.createVerifier(options).verify({ headers, body });
		assert.deepEqual([event.type, event.id], [undefined, undefined]);
	}
});
