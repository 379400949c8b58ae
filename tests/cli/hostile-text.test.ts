/** What came from the network moves no cursor, changes no colour and turns no line, whatever prints it. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { after, test } from "node:test";
import { freePort } from "../ports.ts";
import { SECRET } from "./callbacks.ts";
import { cli, folder } from "./cli.ts";
import { listening } from "./server.ts";

const env = { WALLET_CALLBACK_SECRET: SECRET };

/** A control sequence in one character, a turn of direction, a line separator, and a tag beyond 16 bits. */
const HOSTILE = "\u009b31m\u202e\u2028\u007f\u{e0041}";
const ESCAPED = "\\u009b31m\\u202e\\u2028\\u007f\\udb40\\udc41";
const EVENT = JSON.stringify({
	type: "test.event",
	timestamp: "2026-01-01T00:00:00Z",
	data: { memo: HOSTILE },
});

/** Asserts that an output is fit for a terminal, and has the text. */
function expectPlain(output: string, what: string): void {
	const [found] = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.exec(output) ?? [];
	assert.equal(found, undefined, `${what}: ${JSON.stringify(output)}`);
	// JSON that has it in a text that was made for people escapes it once more.
	assert.ok(output.replaceAll("\\\\u", "\\u").includes(ESCAPED), `${what}: ${output}`);
}

const memoOf = (json: string) => JSON.parse(json).data.memo;

/** A server that answers with hostile text. */
async function hostile(status: number, text = HOSTILE): Promise<string> {
	const server = createServer((request, response) => {
		request.resume();
		response.writeHead(status, { "content-type": "text/plain; charset=utf-8" }).end(text);
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	after(() => server.close());
	return `http://127.0.0.1:${(server.address() as AddressInfo).port}/callbacks`;
}

test("verify: the event, as text and as JSON that means the same", async () => {
	const { stdout: request } = await cli(["sign", "-"], { env, stdin: EVENT });
	const { stdout } = await cli(["verify", "-"], { env, stdin: request });
	expectPlain(stdout, "verify");
	assert.equal(memoOf(stdout.slice(stdout.indexOf("{\n"))), HOSTILE);
	const json = await cli(["verify", "-", "--json"], { env, stdin: request });
	expectPlain(json.stdout, "verify --json");
	assert.equal(JSON.parse(json.stdout).event.data.memo, HOSTILE);
});

test("explain: a header of somebody else's", async () => {
	const { stdout: request } = await cli(["sign", "-"], { env, stdin: EVENT });
	const odd = request.replace(/^webhook-timestamp: \d+/m, `webhook-timestamp: ${HOSTILE}`);
	for (const command of ["verify", "explain"]) {
		const { code, stdout, stderr } = await cli([command, "-"], { env, stdin: odd });
		assert.equal(code, 1, stderr);
		const [found] = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.exec(stdout + stderr) ?? [];
		assert.equal(found, undefined, JSON.stringify(stdout));
	}
});

test("listen: events and bodies, with --verbose and with --json", async () => {
	for (const words of [["--verbose"], ["--json"]]) {
		const { url, end } = await listening(words, { env }, await freePort());
		const { stdout: request } = await cli(["sign", "-", "--json"], { env, stdin: EVENT });
		const { headers, body } = JSON.parse(request);
		await fetch(url, { method: "POST", headers, body });
		await fetch(url, { method: "POST", headers, body: `${body} ` });
		const [, output] = await end();
		expectPlain(output, `listen ${words}`);
		if (words[0] === "--verbose") assert.equal(output.split(ESCAPED).length, 3, output);
	}
});

test("send, sandbox and check: answers", async () => {
	const url = await hostile(400);
	const cwd = folder();
	for (const words of [
		["send", "deposit.confirmed", "--url", url],
		["send", "deposit.confirmed", "--url", url, "--verbose"],
		["send", "deposit.confirmed", "--url", url, "--json"],
		["sandbox", "--url", url, "--fresh", "--speed", "1000000"],
		["sandbox", "--url", url, "--fresh", "--speed", "1000000", "--json"],
		["check", url, "--only", "valid"],
		["check", url, "--only", "valid", "--json"],
	]) {
		const { code, stdout, stderr } = await cli(words, { env, cwd });
		assert.equal(code, 1, stderr);
		expectPlain(stdout + stderr, words.join(" "));
	}
});

test("what the command itself refuses", async () => {
	const place = folder();
	const [empty, odd] = [join(place, `a\n${HOSTILE}`), join(place, `a\n${HOSTILE}.json`)];
	for (const file of [empty, odd]) writeFileSync(file, "");
	for (const words of [
		[HOSTILE],
		["verify", "-", "--at", HOSTILE],
		["verify", "-", HOSTILE, HOSTILE],
		["verify", "-", `--${HOSTILE}`],
		["listen", "--url", HOSTILE],
		["check", HOSTILE],
		["listen", "--secret-file", empty],
		["sign", "package.json", "--sender", odd],
		["verify", `${HOSTILE}.http`],
		["senders", HOSTILE],
		["inbox", "show", HOSTILE, "--store", "sqlite:none.db"],
		["inbox", "list", "--store", `sqlite:${HOSTILE}.db`],
	]) {
		const { code, stdout, stderr } = await cli(words, { env });
		assert.equal(code, 2);
		const [found] = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.exec(stdout + stderr) ?? [];
		assert.equal(found, undefined, JSON.stringify(stderr));
		assert.match(stderr, /^error: .+\n(\(.+\)\n)*$/);
	}
});

test("a report as XML has no character that XML has not", async () => {
	const url = await hostile(400, "a\u0000\ufffe\uffff\ud83e\udd8a]]>");
	const file = join(folder(), "report.xml");
	await cli(["check", url, "--only", "valid", "--junit", file], { env });
	const xml = readFileSync(file, "utf8");
	assert.match(xml, /message="400 a\\u0000\ufffd\ufffd\u{1f98a}\]\]&gt; in/u);
	assert.doesNotMatch(xml, /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u);
});
