/** No bit of a callback can change, whoever sends it and whatever signs it. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Random } from "../random.ts";
import { callbackFor, NOW, subjects } from "../senders/deliveries.ts";
import { keyPair, send, signatureOf, write } from "../senders/signers.ts";

/** The bits of each part that are tried. */
const TRIES = 60;

for (const { signer, library, name } of subjects) {
	describe(name, () => {
		const callback = callbackFor(signer);
		const pair = keyPair(signer);
		const { headers, body } = send(signer, callback, signatureOf(signer, callback, pair));
		const { method, url } = callback;
		const verifierOf = (keys: typeof pair.verifying) =>
			library.createVerifier({
				sender: signer.name,
				keys,
				now: () => NOW,
				...signer.agreed?.(callback),
			});
		const verifier = verifierOf(pair.verifying);
		const judge = (part: { headers?: Record<string, string>; body?: Buffer }) =>
			verifier.safeVerify({ headers, body, method, url, ...part });
		const genuine = judge({});

		test("it is accepted as it is, in any order and case of its headers", () => {
			assert.ok(genuine.ok, JSON.stringify(genuine));
			const reversed = Object.entries(headers).reverse();
			const shouted = reversed.map(([name, value]) => [name.toUpperCase(), value]);
			assert.deepEqual(judge({ headers: Object.fromEntries(shouted) }), genuine);
		});

		test("body", () => {
			const random = new Random(1);
			for (let round = 0; round < TRIES; round += 1) {
				const flipped = flip(random, body);
				const result = judge({ body: flipped });
				// Of what is written anew before it is signed, nothing else is handed over.
				const isSame = () => JSON.stringify(result) === JSON.stringify(genuine);
				const isOf = signer.covers !== undefined && isSame();
				assert.ok(!result.ok || isOf, `${flipped}`);
			}
		});

		for (const [header, value] of Object.entries(headers)) {
			test(header, () => {
				const random = new Random(2);
				for (let round = 0; round < TRIES; round += 1) {
					const flipped = flip(random, Buffer.from(value)).toString("latin1");
					const result = judge({ headers: { ...headers, [header]: flipped } });
					if (result.ok) assert.ok(isSpelling(value, flipped), `${value} ${flipped}`);
				}
			});
		}

		test("the same callback at another time is another", () => {
			if (signer.unit === undefined) return;
			const later = write(NOW + 5000, signer.unit);
			const now = write(NOW, signer.unit);
			for (const [header, value] of Object.entries(headers)) {
				if (!value.includes(now)) continue;
				const moved = value.replace(now, later);
				assert.ok(!judge({ headers: { ...headers, [header]: moved } }).ok, header);
			}
		});

		test("key", () => {
			const { verifying } = keyPair(signer, 1);
			const result = verifierOf(verifying).safeVerify({ headers, body, method, url });
			assert.ok(!result.ok);
		});
	});
}

function flip(random: Random, bytes: Buffer): Buffer {
	const flipped = Buffer.from(bytes);
	const at = random.below(bytes.length);
	flipped[at] = (flipped[at] as number) ^ (1 << random.below(8));
	return flipped;
}

/**
 * Whether a signature is only written in another way: the hexadecimal digits of a tag in another case, or, in Grid's
 * header, which is JSON, with another version beside it.
 */
function isSpelling(one: string, other: string): boolean {
	if (one.startsWith("{")) return JSON.parse(one).s === JSON.parse(other).s;
	const folded = (text: string) => text.replace(/[0-9A-Fa-f]{40,}/g, (hex) => hex.toLowerCase());
	return folded(one) === folded(other);
}
