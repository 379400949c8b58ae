/** What `signs` says of each sender, and that nothing else steers. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { OpaqueEvent, Signs, Verifier } from "wallet-callback";
import { createReceiver, memoryStore } from "../receiver/receivers.ts";
import { accepted, callbackFor, deliver, type Subject, subjects } from "./deliveries.ts";
import { keyPair, type Signer } from "./signers.ts";

/** Those with more than the body: `i` id, `t` type, `@` time, `u` URL, `m` method. */
const SIGNED: { readonly [name: string]: string } = {
	"tp-wallet": "it@",
	"standard-webhooks": "it@",
	svix: "it@",
	stripe: "it@",
	github: "",
	"coinbase-commerce": "it",
	"coinbase-merchant": "",
	zerohash: "@",
	coinpayments: "@um",
	"coinbase-cdp": "it@",
	cryptapi: "",
	moonpay: "t@",
	"moonpay-commerce": "",
	turnkey: "i@",
	paddle: "it@",
	shopify: "",
	plaid: "t@",
};

/** What the verifier of a sender says, told what its callbacks need. */
function verifierOf({ signer, library }: Subject, agreed = signer.agreed?.(callbackFor(signer))) {
	return library.createVerifier({
		...agreed,
		sender: signer.name,
		keys: keyPair(signer).verifying,
	});
}

function signsOf(letters: string): Signs {
	const has = (letter: string) => letters.includes(letter);
	return {
		body: true,
		id: has("i"),
		type: has("t"),
		timestamp: has("@"),
		url: has("u"),
		method: has("m"),
	};
}

/** A callback with every header that its sender's are read from, and how it is judged. */
function delivered(subject: Subject, change: Parameters<typeof deliver>[1] = {}) {
	const read = subject.library.senders().find(({ name }) => name === subject.signer.name);
	const headers = (all: Record<string, string>) => {
		const lower = Object.fromEntries(
			Object.entries(all).map(([name, value]) => [name.toLowerCase(), value]),
		);
		// Of a sender with several sets of names, only one is sent.
		const names = subject.signer.alternative ? [] : (read?.headers ?? []);
		const others = names.filter((name) => !(name in lower));
		const whole = { ...lower, ...Object.fromEntries(others.map((name) => [name, "value-1"])) };
		return change.headers?.(whole) ?? whole;
	};
	return deliver(subject, { ...change, headers });
}

/** By default, a signature of coinbase-cdp that covers no header is none. */
const bySender = subjects.filter(
	({ signer }) => signer.name !== "coinbase-cdp" || signer.variant === "with headers",
);

describe("what each sender signs", () => {
	for (const subject of bySender) {
		const { signer, library } = subject;
		test(subject.name, () => {
			const info = library.senders().find(({ name }) => name === signer.name) ?? assert.fail();
			const { signs } = verifierOf(subject).settings;
			assert.deepEqual({ ...signs }, info.signs);
			const letters = SIGNED[signer.name];
			if (letters !== undefined) assert.deepEqual(info.signs, signsOf(letters));
			const result = accepted(delivered(subject));
			assert.equal(signs.timestamp, result.timestamp !== undefined);
			const agreed = Object.keys(signer.agreed?.(callbackFor(signer)) ?? {});
			const needed = agreed.filter((name) => !name.startsWith("dangerously"));
			assert.deepEqual([...info.requires].sort(), needed.sort());
		});
	}
	test("the weaker signature of coinbase-cdp, where it is enough", () => {
		const subject = subjects.find(({ signer }) => signer.name === "coinbase-cdp") as Subject;
		const { signs } = verifierOf(subject, { dangerouslyAllowUnsignedHeaders: true }).settings;
		assert.deepEqual({ ...signs }, signsOf("@"));
	});
});

describe("what is not signed does not steer", () => {
	for (const subject of subjects) {
		test(subject.name, () => {
			const { signs } = verifierOf(subject).settings;
			const right = accepted(delivered(subject));
			const event = right.event as OpaqueEvent;
			const names: string[] = [];
			delivered(subject, {
				headers: (all) => {
					names.push(...Object.keys(all));
					return all;
				},
			});
			for (const name of new Set(names)) {
				for (const change of [(text: string) => `${text}x`, () => "other.value"]) {
					const result = delivered(subject, {
						headers: (all) => ({ ...all, [name]: change(all[name] ?? "") }),
					});
					if (!result.ok) continue;
					const other = result.event as OpaqueEvent;
					const note = `${name}: ${JSON.stringify(other)}`;
					assert.deepEqual([result.id, result.timestamp], [right.id, right.timestamp], note);
					assert.deepEqual(other.payload, event.payload, note);
					if (signs.type) assert.equal(other.type, event.type, note);
					if (signs.id) assert.equal(other.id, event.id, note);
				}
			}
		});
		test(`${subject.name}: handlers by type`, () => {
			const verifier = verifierOf(subject);
			const create = () =>
				createReceiver({
					verifier: verifier as Verifier<OpaqueEvent>,
					store: memoryStore(),
					on: { "order.paid": () => {} },
				});
			const { signs, types } = verifier.settings;
			const takesTypes = types === undefined ? undefined : /types of events/;
			if (signs.type && takesTypes === undefined) create();
			else
				assert.throws(
					create,
					takesTypes ?? /callbacks have no type|does not sign the type of its events/,
				);
		});
	}
});

describe("the URL and the method", () => {
	for (const subject of subjects) {
		test(subject.name, () => {
			const { signs } = verifierOf(subject).settings;
			const later = { url: "https://receiver.example/callbacks/other?x=1&y=%24%26" };
			// Another address of the same receiver, and another method.
			assert.equal(deliver(subject, { later }).ok, !signs.url);
			assert.equal(deliver(subject, { later: { method: "PUT" } }).ok, !signs.method);
			// What a request says of its own address counts for nothing.
			const agreed = subject.signer.agreed?.(callbackFor(subject.signer));
			accepted(deliver(subject, { later, options: { ...agreed } }));
		});
	}
});

/** Each sender is judged with the smaller and the larger module. */
test("every sender is here", () => {
	const named = new Set(bySender.map(({ signer }: { signer: Signer }) => signer.name));
	for (const { library } of subjects.slice(0, 1)) {
		assert.deepEqual(
			[...named].sort(),
			library
				.senders()
				.map(({ name }) => name)
				.sort(),
		);
	}
});
