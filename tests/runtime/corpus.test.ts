/** The corpus itself: the expectations that are written by hand are those of the reference. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { behaviours } from "./behaviours.ts";
import { randomCases } from "./cases/random.ts";
import { buildCorpus } from "./corpus.ts";
import type { Key, NamedKey, VerifyCase } from "./model.ts";
import { type ReferenceVerdict, referenceVerify, type VerifyingKey } from "./reference.ts";

const { cases } = buildCorpus();
const verifications = cases.filter((one) => one.kind === "verify");

test("every case has a name of its own", () => {
	const names = [...cases.map(({ name }) => name), ...Object.keys(behaviours)];
	assert.deepEqual(
		names.filter((name, index) => names.indexOf(name) !== index),
		[],
	);
});

test("the expectations that are written by hand are those of the reference", () => {
	const written = verifications.filter(({ name }) => !name.startsWith("random "));
	const disagreements = written.flatMap((one) => {
		const verdict = referenceVerify(asReferenceInput(one));
		const { code, header } = one.expect;
		const agreed =
			verdict.code === "payload"
				? one.expect.ok === true || code === "malformed_payload"
				: verdict.code === code && (header === undefined || verdictHeader(verdict) === header);
		return agreed ? [] : [`${one.name}: ${JSON.stringify([one.expect, verdict])}`];
	});
	assert.deepEqual(disagreements, []);
});

test("the random cases are the same each time", () => {
	assert.deepEqual(randomCases(50), randomCases(50));
});

test("the random cases reach every answer", () => {
	const counts = new Map<string, number>();
	for (const { name, expect } of verifications) {
		if (!name.startsWith("random ")) continue;
		const answer = expect.ok === true ? "accepted" : String(expect.code);
		counts.set(answer, (counts.get(answer) ?? 0) + 1);
	}
	const rare = [...counts].filter(([, count]) => count < 100);
	assert.deepEqual(rare, []);
	assert.deepEqual([...counts.keys()].sort(), [
		"accepted",
		"malformed_header",
		"malformed_payload",
		"missing_header",
		"signature_mismatch",
		"timestamp_too_new",
		"timestamp_too_old",
		"unsupported_signature",
	]);
});

function verdictHeader(verdict: ReferenceVerdict): string | undefined {
	return "header" in verdict ? verdict.header : undefined;
}

function asReferenceInput({ setup, headers, body, ip }: VerifyCase) {
	const list = (Array.isArray(setup.keys) ? setup.keys : [setup.keys]) as NamedKey[];
	const joined = new Map<string, string>();
	for (const [name, value] of headers.entries) {
		if (value === null || (Array.isArray(value) && value.length === 0)) continue;
		const trim = (text: string) => (headers.shape === "Headers" ? text.trim() : text);
		const text = Array.isArray(value) ? value.join(", ") : trim(value as string);
		const before = joined.get(name.toLowerCase());
		joined.set(name.toLowerCase(), before === undefined ? text : `${before}, ${text}`);
	}
	return {
		...setup,
		keys: list.map((key) => verifying(typeof key === "object" && "key" in key ? key.key : key)),
		nowMs: setup.now ?? 0,
		headers: joined,
		body: body.shape === "string" ? Buffer.from(body.text) : Buffer.from(body.base64, "base64"),
		ip,
	};
}

function verifying(key: Key): VerifyingKey {
	if (typeof key !== "string") return { kind: "v1", secret: Buffer.from(key.base64, "base64") };
	const bytes = Buffer.from(key.replace(/^[a-z]+_/, ""), "base64");
	return key.startsWith("whpk_")
		? { kind: "v1a", publicKey: bytes }
		: { kind: "v1", secret: bytes };
}
