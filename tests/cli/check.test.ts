/** The examination of endpoints: it finds the fault of wrong ones, and blames no right one. */
import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import type { RequestListener } from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";
import { describe, test } from "node:test";
import type { SenderName } from "wallet-callback";
import { freePort } from "../ports.ts";
import { BYTES, check, details, examine, examineAgain, SECRET, troubles } from "./check.ts";
import { cli, folder } from "./cli.ts";
import { byHand, type Fault, serve } from "./endpoints.ts";
import { ADAPTERS, bare, installed, LIBRARIES } from "./receivers.ts";

const { generateKeyPair, senders }: typeof import("wallet-callback") = installed("wallet-callback");

const STANDARD = ["--sender", "standard-webhooks"];
const OTHER_SECRET = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
const FOLDER = folder();
const [FILE, OTHER_FILE] = [join(FOLDER, "secret"), join(FOLDER, "other")];
writeFileSync(FILE, SECRET);
writeFileSync(OTHER_FILE, OTHER_SECRET);
const BOTH = ["--secret-file", FILE, "--secret-file", OTHER_FILE];

/** The examinations run in other processes, three at a time. */
const TOGETHER = { concurrency: 3 };

describe("a right endpoint has no fault:", TOGETHER, () => {
	for (const [name, make] of Object.entries(ADAPTERS)) {
		test(`a receiver in ${name}`, async () => {
			const endpoint = await serve(make({ keys: [SECRET, OTHER_SECRET] }));
			const report = await examine(endpoint, [...BOTH, "--probe-url", endpoint.probeUrl]);
			assert.deepEqual(troubles(report), [], details(report));
		});
	}

	test("a receiver on SQLite that acknowledges first, judged by its answers", async () => {
		const Database = createRequire(import.meta.url)("better-sqlite3");
		const { sqliteStore } = installed("wallet-callback/stores/sqlite");
		const store = sqliteStore(new Database(join(FOLDER, "callbacks.db")));
		const keys = [SECRET, OTHER_SECRET];
		const endpoint = await serve(bare({ keys, store, acknowledge: "before-handling" }));
		const report = await examine(endpoint, BOTH);
		assert.deepEqual(troubles(report), ["advisory forged-not-handled"], details(report));
	});

	test("a receiver with an Ed25519 public key that acknowledges first", async () => {
		const { publicKey, privateKey } = generateKeyPair();
		const endpoint = await serve(bare({ keys: [publicKey], acknowledge: "before-handling" }));
		const report = await examine(endpoint, ["--probe-url", endpoint.probeUrl], privateKey);
		assert.deepEqual(troubles(report), ["skipped rotation"], details(report));
	});

	test("one that is written by hand", async () => {
		const endpoint = await serve(byHand({ secret: BYTES }));
		const report = await examine(endpoint, [...STANDARD, "--probe-url", endpoint.probeUrl]);
		assert.deepEqual(troubles(report), ["skipped rotation", "advisory slow-body"], details(report));
	});

	for (const [sender, make] of Object.entries(LIBRARIES)) {
		test(`Express with the library of ${sender}; that it has no store shows on a counter`, async () => {
			const endpoint = await serve(make(SECRET));
			const words = ["--sender", sender];
			const blind = await examineAgain(endpoint, words);
			assert.equal(blind.counts.fail, 0, details(blind));
			const once = ["replay", "retry", "same-id", "concurrent"];
			const only = ["--only", ...once, "--probe-url", endpoint.probeUrl];
			const seeing = await examineAgain(endpoint, [...words, ...only]);
			assert.deepEqual(
				troubles(seeing),
				once.map((name) => `fail ${name}`),
			);
		});
	}
});

/** What is found for each fault, beside what is found in an endpoint without one. */
const FOUND: { readonly [Each in Fault]: readonly string[] } = {
	"verifies parsed JSON": ["fail raw-bytes", "fail escaped-unicode", "fail body-bytes"],
	"no timestamp check": ["fail stale", "fail future"],
	"compares with ==": ["advisory timing"],
	"no replay store": ["fail replay", "fail retry", "fail same-id", "fail concurrent"],
	"leaks the reason": ["fail silence"],
	"trusts X-Forwarded-For": ["fail forwarded-unsigned"],
	"hangs on large bodies": ["fail oversized"],
	// Decoding is lenient in it, too.
	"crashes on a bad header": ["advisory junk-behind", "fail no-crash"],
	"answers 200 to everything": [
		"fail forged-not-handled",
		"fail wrong-key",
		"fail unsigned",
		"fail empty-signature",
		"fail body",
		"fail body-bytes",
		"fail id",
		"fail timestamp",
		"fail other-signature",
		"fail other-algorithm",
		"fail truncated",
		"advisory junk-behind",
		"fail forwarded-unsigned",
		"fail unsigned-media-type",
		"fail junk",
		"fail stale",
		"fail future",
	],
	"handles before verifying": ["fail forged-not-handled"],
	"ignores the id": ["fail retry", "fail same-id"],
	"accepts the public key as secret": ["fail public-key"],
};

/** What takes long, and what an endpoint for one secret does not have. */
const UNIMPORTANT = ["slow-body", "flood", "rotation"];

describe("a wrong endpoint is caught by the case that names its fault:", TOGETHER, () => {
	const pair = generateKeyPairSync("ed25519");
	const bytesOf = (text = "") => Buffer.from(text, "base64url");
	const publicKey = bytesOf(pair.publicKey.export({ format: "jwk" }).x);
	const seed = bytesOf(pair.privateKey.export({ format: "jwk" }).d);
	const privateKey = `whsk_${Buffer.concat([seed, publicKey]).toString("base64")}`;

	for (const [fault, found] of Object.entries(FOUND) as [Fault, readonly string[]][]) {
		test(`one that ${fault}`, async () => {
			const isPublic = fault === "accepts the public key as secret";
			const keys = isPublic ? { publicKey } : { secret: BYTES };
			const endpoint = await serve(byHand(keys, fault));
			const words = [...STANDARD, "--probe-url", endpoint.probeUrl, "--skip", ...UNIMPORTANT];
			const report = await examineAgain(endpoint, words, isPublic ? privateKey : SECRET);
			assert.deepEqual(troubles(report), found, details(report));
			for (const { verdict, mend } of report.cases)
				assert.equal(verdict === "pass", mend === undefined);
		});
	}

	test("one whose process ends on a bad header: what comes after is not taken for a refusal", async () => {
		const endpoint = await serve((count, stop) => {
			const listener = byHand({ secret: BYTES })(count) as RequestListener;
			return (request, response) => {
				if (request.headers["webhook-signature"] === "") stop();
				else listener(request, response);
			};
		});
		const only = ["unsigned", "empty-signature", "body", "no-crash"];
		const report = await examineAgain(endpoint, [...STANDARD, "--only", ...only]);
		const found = ["skipped empty-signature", "skipped body", "fail no-crash"];
		assert.deepEqual(troubles(report), found, details(report));
	});

	test("one that limits the rate is waited for", async () => {
		let requests = 0;
		const endpoint = await serve((count) => {
			const listener = byHand({ secret: BYTES })(count) as RequestListener;
			return (request, response) => {
				requests += 1;
				if (requests % 3 > 0) listener(request, response);
				else response.writeHead(429, { "retry-after": "0.01" }).end();
			};
		});
		const report = await examineAgain(endpoint, [
			...STANDARD,
			"--only",
			"body",
			"replay",
			"unsigned",
		]);
		assert.deepEqual(troubles(report), [], details(report));
	});

	test("one without a replay store, by its answers: they do not tell", async () => {
		const endpoint = await serve(byHand({ secret: BYTES }, "no replay store"));
		const once = ["replay", "retry", "same-id", "concurrent"];
		const report = await examineAgain(endpoint, [...STANDARD, "--only", ...once]);
		assert.deepEqual(
			troubles(report),
			once.map((name) => `advisory ${name}`),
			details(report),
		);
	});
});

/** Senders that `sign` can sign for, and a key in the form of each. */
const SIGNABLE = senders().filter(({ algorithm }) => !/RSA|ECDSA|RS512|ES256/.test(algorithm));

const isStandard = (name: SenderName) => /^(tp-wallet|standard-webhooks|svix)$/.test(name);

/** What a receiver and its sender agree upon, if the sender signs it. */
const AGREED = { url: "https://registered.example/callbacks", clientId: "client-7" };
const toWords = ({ url, clientId }: Partial<typeof AGREED>) =>
	url && clientId ? ["--registered-url", url, "--client-id", clientId] : [];

/** What is the same for every sender. */
const SAME = [
	...["http-1.0", "chunked", "media-type", "get", "cut-off", "budget", "timing", "slow-body"],
	...[
		"oversized",
		"flood",
		"rotation",
		"forwarded-for",
		"forwarded-unsigned",
		"unsigned-media-type",
	],
];

describe("callbacks of every sender that can be signed:", TOGETHER, () => {
	for (const { name, algorithm, requires } of SIGNABLE) {
		test(name, async () => {
			const pair = generateKeyPair();
			const isPublic = /^Ed25519/.test(algorithm);
			const secret = isPublic ? pair.privateKey : isStandard(name) ? SECRET : "a1".repeat(32);
			const agreed = requires.length > 0 ? AGREED : {};
			const keys = [isPublic ? pair.publicKey : secret];
			const endpoint = await serve(bare({ keys, sender: name, ...agreed }));
			const words = ["--sender", name, "--probe-url", endpoint.probeUrl, "--skip", ...SAME];
			const report = await examineAgain(endpoint, [...words, ...toWords(agreed)], secret);
			assert.deepEqual(troubles(report), [], details(report));
		});
	}
});

const REPORT = `Examining URL as standard-webhooks: 3 cases.
Sends up to 12 requests to HOST, 500 a second at most.
Some are genuine: the endpoint will handle made-up events. Try it on a test system.

Accepts what is genuine
  ✓ valid     a genuine callback is accepted
  - rotation  callbacks signed with either of two secrets are accepted while the secret is changed
              needs the second secret: --secret-file twice

Refuses what is not fresh
  ✗ stale     a genuine callback that is two days old is refused
              200 {"ok":true} in TIME
              → Compare the signed timestamp with the clock, and refuse what is older than some minutes: whoever has recorded a callback could send it for ever.

1 passed, 1 failed, 1 skipped (3 requests in TIME)
`;

test("a person reads the report as that of a test run", async () => {
	const endpoint = await serve(byHand({ secret: BYTES }, "no timestamp check"));
	const file = join(FOLDER, "report.xml");
	const words = [endpoint.url, ...STANDARD, "--only", "stale", "rotation", "--junit", file];
	const { code, stdout, stderr } = await check(words);
	assert.equal(code, 1);
	assert.equal(stderr, `JUnit XML: ${file}\n`);
	const plain = stdout.replaceAll(endpoint.url, "URL").replace(/ in [\d.]+ m?s/g, " in TIME");
	assert.equal(plain.replace(new URL(endpoint.url).host, "HOST"), REPORT);
	const xml = readFileSync(file, "utf8");
	assert.match(xml, /<testsuites tests="3" failures="1" errors="0" skipped="1" time="[\d.]+">/);
	assert.match(
		xml,
		/<testcase classname="standard-webhooks.fresh" name="stale: a genuine callback/,
	);
	assert.match(xml, /<failure message="200 {&quot;ok&quot;:true} in \d+ ms">/);
});

test("the cases can be listed, without a secret", async () => {
	const { code, stdout } = await cli(["check", "http://localhost/", "--list"]);
	assert.equal(code, 0);
	assert.match(stdout, /^handshake +a callback\.verification is answered/m);
	const documented = readFileSync("docs/check.md", "utf8");
	for (const [, name, proves] of stdout.matchAll(/^(\S+) +(.+)$/gm)) {
		assert.ok(documented.includes(`| \`${name}\` | ${proves} |`), name);
	}
	const other = await cli(["check", "http://localhost/", "--list", "--json", "--sender", "github"]);
	const names = JSON.parse(other.stdout).map(({ name }: { readonly name: string }) => name);
	assert.ok(names.includes("replay"));
	for (const name of ["handshake", "stale", "future", "retry", "id"])
		assert.ok(!names.includes(name), name);
});

test("nobody at the address, or no counter, is code 3", async () => {
	const nobody = `http://127.0.0.1:${await freePort()}/callbacks`;
	const { code, stderr } = await check([nobody]);
	assert.equal(code, 3);
	assert.match(stderr, /: nobody listens at 127\.0\.0\.1:\d+: is the server started\?\n$/);
	const { url, probeUrl } = await serve(byHand({ secret: BYTES }));
	const wrong = probeUrl.replace("handled", "nothing");
	const counter = await check([url, "--probe-url", wrong]);
	assert.equal(counter.code, 3);
	assert.match(counter.stderr, /expected a number or JSON such as {"count":3}, got 405/);
});

test("what is misunderstood is code 2, before anything is sent", async () => {
	const nowhere = "http://127.0.0.1:1/";
	for (const [words, message] of [
		[["--sender", "circle"], /circle signs with a private key that only circle has/],
		[["--sender", "strype"], /unknown sender "strype"/],
		[["--only", "replays"], /unknown case "replays" \(did you mean "replay"\?\)/],
		[["--skip", "replays"], /unknown case "replays" \(did you mean "replay"\?\)/],
		[["--only", "nothing-like-it"], /unknown case "nothing-like-it" \(known: valid, /],
		[["--rate", "0"], /^error: --rate: expected a whole number from 1 to 100000, got "0"$/m],
	] as const) {
		const { code, stderr } = await check([nowhere, ...words]);
		assert.equal(code, 2, stderr);
		assert.match(stderr, message);
	}
	for (const [words, name] of [
		[["ftp://127.0.0.1/"], "<url>"],
		[["here"], "<url>"],
		[[nowhere, "--probe-url", "here"], "--probe-url"],
	] as const) {
		const { code, stdout, stderr } = await check(words);
		assert.deepEqual([code, stdout], [2, ""], stderr);
		const says = `error: ${name}: expected a URL such as http://localhost:3000/callbacks, got `;
		assert.ok(stderr.startsWith(says), stderr);
		assert.doesNotMatch(stderr, /\n {4}at /);
	}
});

test("an endpoint with another secret fails the first case, and no other is tried", async () => {
	const endpoint = await serve(byHand({ secret: BYTES }));
	const report = await examine(endpoint, STANDARD, OTHER_SECRET);
	const [first, ...others] = report.cases;
	assert.deepEqual([first?.name, first?.verdict], ["valid", "fail"]);
	assert.ok(others.every(({ verdict }) => verdict === "skipped"));
	assert.ok(!JSON.stringify(report).includes(OTHER_SECRET.slice("whsec_".length)));
});

test("a sender that documents an answer gets it", async () => {
	const endpoint = await serve((count) => (_request, response) => {
		count();
		response.end("thanks");
	});
	const report = await examine(
		endpoint,
		["--sender", "oxapay", "--only", "acknowledgement"],
		"a1".repeat(32),
	);
	assert.deepEqual(troubles(report), ["fail acknowledgement"]);
	assert.match(details(report), /200 thanks in \d+ ms; the sender waits for 200 ok/);
});
