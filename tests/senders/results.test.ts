/** What a verifier says of callbacks that it accepts: their ids and types, and for how long they count. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { OpaqueEvent, Place, SenderDescriptor, SenderName } from "wallet-callback";
import {
	accepted,
	callbackFor,
	deliver,
	ID,
	NOW,
	refused,
	type Subject,
	subjects,
} from "./deliveries.ts";
import { libraries } from "./package.ts";
import { bytes, keyPair } from "./signers.ts";

const SECONDS = NOW / 1000;

/** The same test with each module that has the sender. */
function each(title: string, name: string, check: (subject: Subject) => void): void {
	const those = subjects.filter(({ signer }) => signer.name === name);
	assert.ok(those.length > 0);
	for (const subject of those) test(`${title} (${subject.name})`, () => check(subject));
}

/** The ids of a callback with this body. */
function idsOf(subject: Subject, body: string): readonly [id: unknown, own: unknown] {
	const { id, event } = accepted(deliver(subject, { callback: { body: bytes(body) } }), body);
	return [id, (event as OpaqueEvent).id];
}

describe("ids", () => {
	each("a number", "stripe", (subject) => {
		const large = ["9007199254740992", "9007199254740993", "12345678901234567890123"];
		for (const number of ["123", "0", "9007199254740991", ...large]) {
			assert.deepEqual(idsOf(subject, `{"id":${number}}`), [number, number]);
		}
	});
	each("a number that is not written as an id", "stripe", (subject) => {
		for (const number of ["1e3", "1.5", "-1", "-0", "1.0"]) {
			assert.deepEqual(idsOf(subject, `{"id":${number}}`), [undefined, undefined], number);
		}
	});
	each("what is neither a text nor a number", "stripe", (subject) => {
		for (const value of ["null", "true", "[]", "[1]", "{}", '{"id":"x"}']) {
			assert.deepEqual(idsOf(subject, `{"id":${value}}`), [undefined, undefined], value);
		}
		for (const body of ["{}", '{"Id":"x"}', '{"data":{"id":"x"}}', "[]", "123", "text", ""]) {
			assert.deepEqual(idsOf(subject, body), [undefined, undefined], body);
		}
	});
	each("nineteen digits", "stripe", (subject) => {
		const digits = "2938393749303836729";
		assert.deepEqual(idsOf(subject, `{"id":"${digits}"}`), [digits, digits]);
		// No double is this number.
		assert.deepEqual(idsOf(subject, `{"id":${digits}}`), [digits, digits]);
	});
	each("an empty text identifies nothing", "stripe", (subject) => {
		assert.deepEqual(idsOf(subject, '{"id":""}'), [undefined, ""]);
	});
	each("of an order, a stream or a transaction", "binance-pay", (subject) => {
		assert.deepEqual(idsOf(subject, '{"bizId":"2938393749303836729"}'), [undefined, undefined]);
	});
	each("of an order, a stream or a transaction", "moralis", (subject) => {
		assert.deepEqual(idsOf(subject, '{"streamId":"x"}'), [undefined, undefined]);
	});
	each("of an order, a stream or a transaction", "coinspaid", (subject) => {
		assert.deepEqual(idsOf(subject, '{"id":123}'), [undefined, undefined]);
	});
	each("that nobody documents as unique", "crypto-com-pay", (subject) => {
		assert.deepEqual(idsOf(subject, `{"id":"${ID}"}`), [undefined, ID]);
	});
	each("of the first delivery, also where it is not told", "btcpay", (subject) => {
		for (const [body, id] of [
			['{"deliveryId":"b","originalDeliveryId":"a"}', "a"],
			['{"deliveryId":"a","originalDeliveryId":"a"}', "a"],
			['{"deliveryId":"a","originalDeliveryId":null}', "a"],
			['{"deliveryId":"a"}', "a"],
			["{}", undefined],
		] as const) {
			assert.deepEqual(idsOf(subject, body), [id, id], body);
		}
	});
	each("of the body", "stripe", (subject) => {
		assert.deepEqual(idsOf(subject, `{"id":"${ID}"}`), [ID, ID]);
		assert.deepEqual(idsOf(subject, '{"id":"$& ü \\u00e9"}'), ["$& ü é", "$& ü é"]);
		assert.deepEqual(idsOf(subject, "{}"), [undefined, undefined]);
	});
	for (const name of ["github", "moonpay-commerce"]) {
		each("of a header that is not signed", name, (subject) => {
			const { id, event } = accepted(deliver(subject));
			assert.deepEqual([id, (event as OpaqueEvent).id], [undefined, ID]);
		});
	}
	each("of a header that is not documented to be signed", "zerohash", (subject) => {
		const headers = (all: Record<string, string>) => ({
			...all,
			"X-Zh-Hook-Notification-Id": "evt-1",
		});
		const { id, event } = accepted(deliver(subject, { headers }));
		assert.deepEqual([id, (event as OpaqueEvent).id], [undefined, "evt-1"]);
	});
	each("of a header that is signed where the callback says so", "coinbase-cdp", (subject) => {
		const says = subject.signer.variant === "with headers";
		const headers = (all: Record<string, string>) => ({ "x-event-id": "evt-1", ...all });
		const { id, event } = accepted(deliver(subject, { headers }));
		assert.deepEqual([id, (event as OpaqueEvent).id], [says ? "evt-1" : undefined, "evt-1"]);
	});
	for (const name of ["turnkey", "svix", "standard-webhooks"]) {
		each("of a header that is signed", name, (subject) => {
			const { id, event } = accepted(deliver(subject));
			assert.deepEqual([id, (event as OpaqueEvent).id], ["msg_2f8c", "msg_2f8c"]);
		});
	}
	each("nowhere", "bitgo", (subject) => {
		assert.deepEqual(idsOf(subject, '{"id":"x"}'), [undefined, undefined]);
	});
});

describe("a body that is no JSON", () => {
	for (const name of ["svix", "standard-webhooks", "xaman", "bybit-pay", "bitnovo"]) {
		each("is none of theirs", name, (subject) => {
			for (const body of ["a=1", "text", "000{}", "{"]) {
				refused(deliver(subject, { callback: { body: bytes(body) } }), "malformed_payload", body);
			}
			const binary = Buffer.from([0xff, 0x00, 0x80]);
			const { event } = accepted(deliver(subject, { callback: { body: binary } }));
			assert.deepEqual((event as OpaqueEvent).payload, new Uint8Array(binary));
		});
	}
	// Only its brackets tell where it begins or ends under the signature.
	for (const name of [
		...["quicknode", "coinbase-cdp", "tenderly", "zerohash", "binance-connect", "cobo"],
		"coinpayments",
	]) {
		each("is none of theirs, and neither is JSON without brackets", name, (subject) => {
			const binary = Buffer.from([0xff, 0x00, 0x80]);
			for (const text of ["a=1", "text", "000{}", "{", "51", "0", '"a"', "null", "", " ", binary]) {
				const result = deliver(subject, { callback: { body: bytes(text) } });
				refused(result, "malformed_payload", text.toString());
			}
			accepted(deliver(subject, { callback: { body: bytes(" [51]\n") } }));
		});
	}
	each("is a text of others", "alchemy", (subject) => {
		const { event } = accepted(deliver(subject, { callback: { body: bytes("000{}") } }));
		assert.equal((event as OpaqueEvent).payload, "000{}");
	});
});

/** What their documents call unique for each event and the same in each try, as far as it is signed. */
const IDENTIFIED: { readonly [Name in SenderName]?: Place } = {
	"tp-wallet": { header: "webhook-id" },
	"standard-webhooks": { header: "webhook-id" },
	svix: { header: "svix-id" },
	stripe: { member: "id" },
	"coinbase-commerce": { member: "event.id" },
	btcpay: { member: "originalDeliveryId" },
	alchemy: { member: "id" },
	tenderly: { member: "id" },
	blockfrost: { member: "id" },
	lightspark: { member: "event_id" },
	circle: { member: "notificationId" },
	cobo: { member: "event_id" },
	bridge: { member: "event_id" },
	turnkey: { header: "x-turnkey-event-id" },
	dynamic: { member: "messageId" },
	coinify: { member: "id" },
	strike: { member: "id" },
	dfns: { member: "id" },
	"coinpayments-ipn": { member: "ipn_id" },
	"coinbase-cdp": { header: "x-event-id" },
	"fireblocks-v2": { member: "id" },
	grid: { member: "id" },
	paddle: { member: "event_id" },
};

describe("who identifies each callback", () => {
	for (const subject of subjects) {
		test(subject.name, () => {
			const { signer, library } = subject;
			const keys = keyPair(signer).verifying;
			const agreed = signer.agreed?.(callbackFor(signer));
			const { settings } = library.createVerifier({ ...agreed, sender: signer.name, keys });
			const expected = IDENTIFIED[signer.name];
			assert.deepEqual(settings.identifiedBy, expected);
			assert.equal(settings.identifiesCallbacks, expected !== undefined);
			const listed = library.senders().find(({ name }) => name === signer.name);
			assert.deepEqual(listed?.identifiedBy, expected);
			assert.equal(settings.sender, signer.name);
			assert.equal(settings.toleranceSeconds, signer.tolerance ?? 300);
		});
	}
	for (const [entry, library] of libraries) {
		test(`senders of one's own, ${entry}`, () => {
			const plain: SenderDescriptor = {
				name: "my-own",
				algorithm: "hmac-sha256",
				headers: { signature: "x-signature" },
				signature: { encoding: "hex" },
				signed: "{body}",
			};
			const identifiedBy = (sender: SenderDescriptor) =>
				library.createVerifier({ sender, keys: "k".repeat(32) }).settings.identifiedBy;
			assert.equal(identifiedBy(plain), undefined);
			assert.equal(identifiedBy({ ...plain, id: { member: "id" } }), undefined);
			assert.equal(identifiedBy({ ...plain, id: { header: "x-id" } }), undefined);
			const headers = { signature: "x-signature", id: "x-id" };
			assert.deepEqual(identifiedBy({ ...plain, headers, signed: "{id}.{body}" }), {
				header: "x-id",
			});
			assert.deepEqual(identifiedBy({ ...plain, id: { member: "id", unique: true } }), {
				member: "id",
			});
			const signed = "{header:x-id}.{body}";
			assert.deepEqual(identifiedBy({ ...plain, signed, id: { header: "x-id", unique: true } }), {
				header: "x-id",
			});
		});
	}
});

describe("the times of a token", () => {
	const claim = (claims: object | string, change: Parameters<typeof deliver>[1] = {}) => {
		const body = bytes(typeof claims === "string" ? claims : JSON.stringify(claims));
		return (subject: Subject) => deliver(subject, { ...change, callback: { body } });
	};
	const transak = (title: string, check: (subject: Subject) => void) =>
		each(title, "transak", check);

	transak("none", (subject) => {
		for (const years of [-20, 20]) {
			const { timestamp } = accepted(claim({}, { delay: years * 365 * 86_400_000 })(subject));
			assert.equal(timestamp, undefined);
		}
	});
	transak("its end", (subject) => {
		for (const exp of [SECONDS + 10 ** 9, SECONDS, SECONDS - 300]) {
			accepted(claim({ exp })(subject), String(exp));
		}
		for (const exp of [SECONDS - 301, 1, 0]) {
			refused(claim({ exp })(subject), "timestamp_too_old", String(exp));
		}
	});
	transak("its beginning", (subject) => {
		for (const nbf of [0, SECONDS, SECONDS + 300]) {
			accepted(claim({ nbf })(subject), String(nbf));
		}
		for (const nbf of [SECONDS + 301, SECONDS * 1000]) {
			refused(claim({ nbf })(subject), "timestamp_too_new", String(nbf));
		}
	});
	transak("both", (subject) => {
		accepted(claim({ nbf: SECONDS - 60, exp: SECONDS + 60 })(subject));
		refused(claim({ nbf: SECONDS + 400, exp: SECONDS + 900 })(subject), "timestamp_too_new");
		refused(claim({ nbf: SECONDS - 900, exp: SECONDS - 400 })(subject), "timestamp_too_old");
	});
	transak("where they are", (subject) => {
		const result = claim({ exp: 1 })(subject);
		assert.equal(!result.ok && result.path, "data");
		assert.equal(!result.ok && result.status, 401);
		// Deeper, they are not the token's own.
		accepted(claim({ data: { exp: 1, nbf: SECONDS * 2 } })(subject));
	});
	transak("a tolerance of one's own", (subject) => {
		const options = { toleranceSeconds: 7 };
		accepted(claim({ exp: SECONDS - 7 }, { options })(subject));
		refused(claim({ exp: SECONDS - 8 }, { options })(subject), "timestamp_too_old");
		accepted(claim({ nbf: SECONDS + 7 }, { options })(subject));
		refused(claim({ nbf: SECONDS + 8 }, { options })(subject), "timestamp_too_new");
	});
	transak("an end behind a wrong signature", (subject) => {
		const keys = keyPair(subject.signer, 1).verifying;
		refused(claim({ exp: 1 }, { keys })(subject), "signature_mismatch");
	});
	transak("an end that is no whole number is an end", (subject) => {
		// RFC 7519, section 2: a NumericDate may have a fraction.
		for (const exp of ["1.5", "1700000000.25", "1.7e9", `${SECONDS - 301}.9`]) {
			refused(claim(`{"exp":${exp}}`)(subject), "timestamp_too_old", exp);
		}
		for (const nbf of [`${SECONDS * 2}.5`, "9007199254740991", "9007199254740991.5"]) {
			refused(claim(`{"nbf":${nbf}}`)(subject), "timestamp_too_new", nbf);
		}
	});
	transak("the whole part of a fraction counts", (subject) => {
		for (const claims of [`{"exp":${SECONDS - 300}.0}`, `{"nbf":${SECONDS + 300}.9}`]) {
			accepted(claim(claims)(subject), claims);
		}
	});
	transak("an end that is no time is not taken for none", (subject) => {
		for (const end of ["-1", "-1.5", "1e300", '"1"', '"never"', "null", "{}", "[1]", "true"]) {
			for (const name of ["exp", "nbf"]) {
				refused(claim(`{"${name}":${end}}`)(subject), "malformed_payload", `${name} ${end}`);
			}
		}
	});
	transak("claims that are no object", (subject) => {
		for (const claims of ["[]", '["exp"]', "1", '"exp"', "null", "true"]) {
			refused(claim(claims)(subject), "malformed_payload", claims);
		}
	});
});
