/** Receivers of other senders than tp-wallet. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { SenderName } from "wallet-callback";
import type { ReceiverOptions } from "wallet-callback/receiver";
import { wallet } from "../package/package.ts";
import { ADDRESS, createReceiver, memoryStore } from "./receivers.ts";

const KEY = "secret-of-the-sender";

/** A receiver, what its handler got, and a way to post to it. */
function receiving(sender: SenderName, options: Partial<ReceiverOptions<object>> = {}) {
	const handled: unknown[] = [];
	const receiver = createReceiver({
		keys: KEY,
		sender,
		store: memoryStore(),
		onAny: ({ event }) => void handled.push(event),
		...options,
	});
	const post = async (headers: Record<string, string>, body: string) => {
		const response = await receiver(new Request(ADDRESS, { method: "POST", headers, body }));
		return [response.status, await response.json()];
	};
	return { handled, post };
}

test("a callback without an id in a header is handled once for its body", async () => {
	const { handled, post } = receiving("stripe");
	const body = '{"id":"evt_1","type":"charge.succeeded","data":{}}';
	const { headers } = wallet.sign({ sender: "stripe", key: KEY, body });
	assert.deepEqual(await post(headers, body), [200, { code: 0 }]);
	assert.deepEqual(await post(headers, body), [200, { code: 0, duplicate: true }]);
	assert.equal(handled.length, 1);
});

test("two callbacks about one object are two", async () => {
	const { handled, post } = receiving("coinspaid");
	for (const status of ["not_confirmed", "confirmed"]) {
		const body = JSON.stringify({ id: 7, type: "deposit", status });
		const { headers } = wallet.sign({ sender: "coinspaid", key: KEY, body });
		assert.deepEqual(await post(headers, body), [200, { code: 0 }]);
	}
	assert.equal(handled.length, 2);
});

for (const sender of ["nowpayments", "plisio", "transak"] as const) {
	test(`${sender}: the same content in other bytes is the same callback`, async () => {
		const { handled, post } = receiving(sender);
		const signed = wallet.sign({ sender, key: KEY, body: '{"b":{"d":1,"c":"x"},"a":"y"}' });
		assert.deepEqual(await post(signed.headers, signed.body), [200, { code: 0 }]);
		const spaced = signed.body.replace("{", "{ \n").replace(/}$/, " }");
		assert.deepEqual(await post(signed.headers, spaced), [200, { code: 0, duplicate: true }]);
		assert.equal(handled.length, 1);
	});
}

/** As GitHub signs: the body, and neither the type nor the id of the event. */
function github(type: string, body = '{"ref":"x"}') {
	const { headers } = wallet.sign({ sender: "github", key: KEY, body });
	return [{ ...headers, "x-github-event": type }, body] as const;
}

test("an unsigned type chooses no handler", () => {
	const on = { push: () => {} };
	for (const sender of ["github", "zerohash"] as const) {
		assert.throws(() => receiving(sender, { on }), {
			code: "invalid_option",
			message: new RegExp(`^on: ${sender} does not sign the type of its events`),
		});
		receiving(sender, { on: {} });
	}
	receiving("stripe", { on });
	receiving("coinbase-cdp", { on });
	const unsigned = { sender: "coinbase-cdp", dangerouslyAllowUnsignedHeaders: true } as const;
	const verifier = wallet.createVerifier({ keys: KEY, ...unsigned });
	assert.throws(() => createReceiver({ verifier, store: memoryStore(), on }), /^ConfigError: on: /);
	const options = { on, dangerouslyTrustUnsignedType: "yes" as unknown as boolean };
	assert.throws(() => receiving("github", options), /dangerouslyTrustUnsignedType: expected/);
});

test("an unsigned type that is trusted takes nothing from the genuine callback", async () => {
	for (const acknowledge of ["after-handling", "before-handling"] as const) {
		const seen: string[] = [];
		const { post } = receiving("github", {
			dangerouslyTrustUnsignedType: true,
			acknowledge,
			on: { push: () => void seen.push("push"), release: () => void seen.push("release") },
			onAny: undefined,
		});
		assert.deepEqual(await post(...github("release")), [200, { code: 0 }]);
		assert.deepEqual(await post(...github("push")), [200, { code: 0 }]);
		assert.deepEqual(await post(...github("push")), [200, { code: 0, duplicate: true }]);
		while (seen.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
		assert.deepEqual(seen.sort(), ["push", "release"], acknowledge);
	}
});

test("an unsigned type makes no second callback where it chooses nothing", async () => {
	const { handled, post } = receiving("github");
	assert.deepEqual(await post(...github("release")), [200, { code: 0 }]);
	assert.deepEqual(await post(...github("push")), [200, { code: 0, duplicate: true }]);
	assert.equal(handled.length, 1);
});

test("a key that cannot be found now may be found later", async () => {
	const { publicKey, privateKey } = wallet.generateKeyPair();
	let isThere = false;
	const { handled, post } = receiving("turnkey", {
		// The finder of a sender that publishes its keys.
		...({
			keys: () => {
				// What `fetch` throws where there is no network.
				if (!isThere) throw new TypeError("fetch failed");
				return publicKey;
			},
		} as object),
	});
	const body = '{"type":"activity.created"}';
	const { headers } = wallet.sign({ sender: "turnkey", key: privateKey, body, keyId: "key-7" });
	const [status] = await post(headers, body);
	assert.equal(status, 503);
	isThere = true;
	assert.deepEqual(await post(headers, body), [200, { code: 0 }]);
	assert.equal(handled.length, 1);
});
