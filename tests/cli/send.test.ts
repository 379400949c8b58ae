/** From send to an endpoint. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { wallet } from "../package/package.ts";
import { freePort } from "../ports.ts";
import { BODY, SECRET } from "./callbacks.ts";
import { cli, cliAgain, folder } from "./cli.ts";
import { type Got, keeper } from "./server.ts";

const env = { WALLET_CALLBACK_SECRET: SECRET };
const { url, got } = await keeper();
const refusing = await keeper(401);

const send = (...words: readonly string[]) => cli(["send", ...words], { env });
const verify = ({ headers, body }: Got, sender: "tp-wallet" | "stripe" | "github" = "tp-wallet") =>
	wallet.createVerifier({ keys: SECRET, sender }).verify({ headers, body });

/** What a command sends. */
async function sent(...words: readonly string[]): Promise<Got> {
	got.length = 0;
	const { code, stderr } = await send(...words, "--url", url);
	assert.deepEqual([code, stderr], [0, ""]);
	const [first] = got;
	assert.ok(first);
	return first;
}

test("it sends an event that verifies, and shows request, answer and time", async () => {
	got.length = 0;
	const { code, stdout } = await send("deposit.confirmed", "--url", url);
	assert.equal(code, 0);
	assert.match(
		stdout,
		/^→ POST http:\/\/127\.0\.0\.1:\d+\/callbacks {2}deposit\.confirmed msg_[\da-f]{32}\n← 200 kept in \d+ ms\n$/,
	);
	const [request] = got;
	assert.ok(request);
	assert.equal(verify(request).event.type, "deposit.confirmed");
});

test("it shows no id that the callback does not carry", async () => {
	const stripe = await send("payment_intent.succeeded", "--sender", "stripe", "--url", url);
	assert.match(stripe.stdout, /^→ POST \S+ {2}payment_intent\.succeeded\n← /);
	const file = join(folder(), "record.http");
	const signed = ["sign", "-", "--sender", "stripe"];
	writeFileSync(file, (await cli(signed, { env, stdin: BODY })).stdout);
	const again = await send("--resend", file, "--url", url);
	assert.match(again.stdout, /^→ POST \S+\n← /);
});

test("chain, amount and other members are as they are given", async () => {
	const request = await sent(
		...["withdrawal.failed", "--chain", "tron:0x2b6653dc", "--amount", "12.5", "--id", "msg_7"],
		...["--set", "data.memo=42", "--set", "data.reason=no=fuel", "--set", "data.extra:=[1,2]"],
	);
	const { id, event } = verify(request);
	const { chain, amount, memo, reason, extra } = JSON.parse(request.body).data;
	assert.deepEqual([id, event.type, chain], ["msg_7", "withdrawal.failed", "tron:0x2b6653dc"]);
	assert.equal(wallet.formatAmount(amount), "12.5");
	assert.deepEqual([memo, reason, extra], ["42", "no=fuel", [1, 2]]);
});

test("the same seed gives the same event, and another one another", async () => {
	const data = async (seed: string) =>
		JSON.parse((await sent("deposit.detected", "--seed", seed)).body).data;
	const first = await data("7");
	assert.deepEqual(await data("7"), first);
	assert.notDeepEqual(await data("8"), first);
});

test("events of other senders", async () => {
	const stripe = await sent("payment_intent.succeeded", "--sender", "stripe");
	assert.equal(verify(stripe, "stripe").event.type, "payment_intent.succeeded");
	const github = await sent("push", "--sender", "github");
	assert.equal(github.headers["x-github-event"], "push");
	assert.ok(verify(github, "github"));
	const place = folder();
	writeFileSync(join(place, "body.json"), BODY);
	const shopify = await sent(
		...["orders/paid", "--sender", "shopify", "--body", join(place, "body.json")],
	);
	assert.deepEqual([shopify.body, shopify.headers["x-shopify-topic"]], [BODY, "orders/paid"]);
});

test("a recorded callback is sent again with its id and body, and a new time", async () => {
	const old = ["--timestamp", "1700000000", "--id", "msg_old"];
	const { stdout } = await cli(["sign", "-", ...old, "--header", "x-trace: 1"], {
		env,
		stdin: BODY,
	});
	const file = join(folder(), "record.http");
	writeFileSync(file, stdout);
	const request = await sent("--resend", file);
	const { id, timestamp = 0 } = verify(request);
	assert.equal(id, "msg_old");
	assert.ok(Math.abs(timestamp - Date.now() / 1000) < 60);
	assert.deepEqual([request.body, request.headers["x-trace"]], [BODY, "1"]);
});

test("many are counted", async () => {
	got.length = 0;
	const many = ["--repeat", "40", "--concurrency", "8"];
	const { code, stdout } = await send("deposit.detected", "--url", url, ...many);
	assert.equal(code, 0);
	assert.match(stdout, /^40 accepted \(median \d+ ms, 99% \d+ ms, longest \d+ ms\)\n$/);
	assert.equal(new Set(got.map((request) => verify(request).id)).size, 40);
	assert.equal(new Set(got.map(({ body }) => body)).size, 40);
});

test("no more are sent in a second than the rate says", async () => {
	const begun = performance.now();
	const { code } = await send("deposit.detected", "--url", url, "--repeat", "6", "--rate", "10");
	assert.equal(code, 0);
	assert.ok(performance.now() - begun >= 500);
});

test("--json and --verbose", async () => {
	const json = await send("deposit.detected", "--url", url, "--repeat", "2", "--json");
	const lines = json.stdout
		.trimEnd()
		.split("\n")
		.map((line) => JSON.parse(line));
	assert.deepEqual(
		lines.map(({ type, status, body }) => [type, status, body]),
		[
			["deposit.detected", 200, "kept"],
			["deposit.detected", 200, "kept"],
		],
	);
	const { stdout } = await send("deposit.detected", "--url", url, "--verbose");
	assert.match(
		stdout,
		/\n {2}webhook-signature: v1,\S+\n[\s\S]+← 200 kept[\s\S]+\n {2}content-type: text\/plain\n/,
	);
});

test("a refusal is a finding, and nobody at the URL is code 3", async () => {
	const refused = await send("deposit.detected", "--url", refusing.url);
	assert.equal(refused.code, 1);
	assert.match(refused.stdout, /\n← 401 kept in \d+ ms\n$/);
	const nobody = await send("deposit.detected", "--url", `http://127.0.0.1:${await freePort()}/`);
	assert.equal(nobody.code, 3);
	assert.match(nobody.stdout, /\n← nobody listens at 127\.0\.0\.1:\d+: is the server started\?\n$/);
});

test("of an answer without an end, no more is read than is shown", async () => {
	const open = new Set<Socket>();
	const server = createServer((socket) => {
		open.add(socket.on("close", () => open.delete(socket)).on("error", () => {}));
		socket.once("data", () => socket.write("HTTP/1.1 200 OK\r\n\r\n"));
		const part = "x".repeat(65_536);
		const go = () => {
			while (socket.writable && socket.write(part));
		};
		socket.once("data", go).on("drain", go);
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	after(() => server.close());
	const endless = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
	let most = 0;
	server.on("connection", () => {
		most = Math.max(most, open.size);
	});
	const { stdout } = await send(
		"user.registered",
		"--url",
		endless,
		"--repeat",
		"30",
		"--rate",
		"50",
	);
	assert.match(stdout, /^30 accepted /);
	assert.ok(most < 5, `${most} were open at once`);
});

test("a switch of protocols is an answer, and a refusal", async () => {
	const server = createServer((socket) => {
		const head = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n";
		socket.on("error", () => {}).once("data", () => socket.write(head));
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	after(() => server.close());
	const switching = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
	const { code, stdout } = await send("user.registered", "--url", switching);
	assert.equal(code, 1);
	assert.match(stdout, /\n← 101 in \d+ ms\n$/);
});

test("a description of a sender is judged as by the other commands", async () => {
	const file = join(folder(), "sender.json");
	const sender = {
		...{ name: "acme", algorithm: "hmac-sha256", headers: { signature: "x-signature" } },
		...{ signature: { encoding: "hex" }, signed: "{body}" },
	};
	for (const [text, says] of [
		["null", "--sender: expected a name or a descriptor, got null"],
		["[]", "--sender: expected a name or a descriptor, got an array"],
		["5", "--sender: expected a name or a descriptor, got 5"],
		["{}", "sender.name: expected a value, got nothing"],
		[
			JSON.stringify({ ...sender, type: { header: "x y" } }),
			"sender.type.header: expected a header's name, got another string",
		],
	] as const) {
		writeFileSync(file, text);
		for (const words of [
			["send", "x", "--body", "package.json", "--url", url, "--sender", file],
			["sign", "package.json", "--sender", file],
		]) {
			const { code, stderr } = await cliAgain(words, env);
			assert.deepEqual([code, stderr], [2, `error: ${says}\n`]);
		}
	}
});

describe("what cannot be sent is refused with code 2", () => {
	const to = ["--url", url];
	const cases: readonly (readonly [words: readonly string[], says: RegExp])[] = [
		[["deposit.detected"], /missing --url/],
		[to, /missing <type>/],
		[["deposit.detectd", ...to], /unknown event type "deposit\.detectd" \(did you mean/],
		[
			["deposit.detected", "--url", "here"],
			/^error: --url: expected a URL such as http:\S+, got "here"$/m,
		],
		[[url], /^error: missing --url <url>, such as --url http:/],
		[
			["deposit.detected", "--chain", "eip155:x", ...to],
			/^error: --chain: unknown chain "eip155:x"/,
		],
		[["push", "--sender", "github", "--chain", "eip155:1", ...to], /^error: --chain: expected it/],
		...["abc", "1,5", "-1", "", "1e5", "0x10", "1.5.0"].map(
			(amount) =>
				[
					["deposit.detected", "--amount", amount, ...to],
					/^error: --amount: expected decimal digits, got ".*" \(such as 12\.50; the token has \d+ decimals\)$/m,
				] as const,
		),
		[
			["deposit.detected", "--amount", `1.${"0".repeat(40)}1`, ...to],
			/^error: --amount: expected no more places than the token's decimals, got "1\.0+1"/,
		],
		[["deposit.detected", "--id", "a b", ...to], /^error: --id: expected 1 to 256 visible/],
		[["push", ...to], /^error: "push" is a type of github: add --sender github$/m],
		[
			["x", "--body", "package.json", "--amount", "1", ...to],
			/^error: --amount: leave it out: --body/,
		],
		[
			["x", "--body", "package.json", "--chain", "x", ...to],
			/^error: --chain: leave it out: --body/,
		],
		[["--resend", "package.json", "--set", "a=1", ...to], /^error: --set: leave it out: --resend/],
		[["--resend", "package.json", "--seed", "1", ...to], /^error: --seed: leave it out: --resend/],
		[["x", "--resend", "package.json", ...to], /^error: <type>: leave it out: --resend/],
		[["user.registered", "--amount", "1", ...to], /--amount: this event has none/],
		[["deposit.detected", "--set", "data.memo", ...to], /--set: expected member=value/],
		[["deposit.detected", "--set", "data.confirmations=x", ...to], /--set: expected JSON/],
		[["deposit.detected", "--set", "data.memo:=x", ...to], /--set: expected JSON/],
		[["deposit.detected", "--set", "a.b=1", ...to], /--set: the event has no object "a"/],
		[["deposit.detected", "--seed", "x", ...to], /--seed.*whole number/],
		[["deposit.detected", "--repeat", "0", ...to], /--repeat.*whole number/],
		[["deposit.detected", "--concurrency", "0", ...to], /--concurrency.*whole number/],
		[["deposit.detected", "--rate", "0", ...to], /--rate.*whole number/],
		[["deposit.detected", "--timeout", "0", ...to], /--timeout.*whole number/],
		[["deposit.detected", "--sender", "strip", ...to], /did you mean "stripe"/],
		[["order.paid", "--sender", "shopify", ...to], /pass a body with --body/],
		[["webhooks.test", "--sender", "circle", ...to], /private key that only circle has/],
		[["x", "--body", "nothing-here", ...to], /^error: --body: no file at nothing-here$/m],
		[["--resend", "nothing-here", ...to], /^error: --resend: no file at nothing-here$/m],
		[["--resend", ".", ...to], /^error: --resend: \. is a folder: expected a file$/m],
		[["x", "--body", ".", ...to], /^error: --body: \. is a folder: expected a file$/m],
		[["--resend", "package.json", ...to], /expected a request with its headers/],
	];
	for (const [words, says] of cases) {
		test(words.join(" "), async () => {
			const { code, stdout, stderr } = await cliAgain(["send", ...words], env);
			assert.deepEqual([code, stdout], [2, ""]);
			assert.match(stderr, says);
			assert.match(stderr, /^error: .+\n(\(.+\)\n)*$/);
		});
	}
});
