/** What the operating system refuses is said in plain words, with the name and what to do. */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
	mkdirSync,
	readdirSync,
	readFileSync,
	readlinkSync,
	symlinkSync,
	writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { createServer as createSecureServer } from "node:tls";
import {
	connectionProblem,
	fileProblem,
	listenProblem,
} from "../../pkg-template/src/cli/system.ts";
import { SECRET } from "./callbacks.ts";
import { BIN, cli, folder } from "./cli.ts";
import { keeper } from "./server.ts";

const env = { WALLET_CALLBACK_SECRET: SECRET };
const NOWHERE = ["--url", "http://127.0.0.1:1/"];

const cwd = folder();
writeFileSync(join(cwd, "body.json"), "{}");
writeFileSync(join(cwd, "empty"), "\n");
mkdirSync(join(cwd, "dir"));

/** Every way to name a file that is read: the words, and what stands before the message. */
const READ: readonly (readonly [name: string, words: (file: string) => readonly string[]])[] = [
	["", (file) => ["verify", file]],
	["", (file) => ["explain", file]],
	["", (file) => ["sign", file]],
	["--sender: ", (file) => ["sign", "body.json", "--sender", `${file}.json`]],
	["--secret-file: ", (file) => ["sign", "body.json", "--secret-file", file]],
	["--secret-file: ", (file) => ["listen", "--secret-file", file]],
	["--secret-file: ", (file) => ["sandbox", ...NOWHERE, "--secret-file", file]],
	["--secret-file: ", (file) => ["check", "http://127.0.0.1:1/", "--secret-file", file]],
	["--body: ", (file) => ["send", "order.paid", ...NOWHERE, "--body", file]],
	["--resend: ", (file) => ["send", ...NOWHERE, "--resend", file]],
	["--store: ", (file) => ["inbox", "list", "--store", `sqlite:${file}`]],
];

test("a file that cannot be read is named, and no error of the system is shown", async () => {
	mkdirSync(join(cwd, "dir.json"));
	for (const [option, words] of READ) {
		for (const [file, problem] of [
			["none", "no file at none%"],
			["dir", "dir% is a folder: expected a file"],
			["body.json/x", "no file can be at body.json/x%: a file stands where the path has a folder"],
		] as const) {
			const { code, stdout, stderr } = await cli(words(file), { env, cwd });
			assert.deepEqual([code, stdout], [2, ""], words(file).join(" "));
			const end = option === "--sender: " ? ".json" : "";
			assert.equal(stderr, `error: ${option}${problem.replace("%", end)}\n`, words(file).join(" "));
		}
	}
	const empty = await cli(["sign", "body.json", "--secret-file", "empty"], { env, cwd });
	assert.equal(empty.stderr, "error: --secret-file: empty is empty: expected a secret\n");
});

test("what cannot be written is said before anything is sent or listened to", async () => {
	let requests = 0;
	const server = createServer((_, response) => {
		requests += 1;
		response.end();
	}).listen(0, "127.0.0.1");
	await new Promise((resolve) => server.once("listening", resolve));
	const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
	const place = ["--framework", "node", "--sender", "stripe", "--store", "memory"];
	for (const [words, problem] of [
		[["check", url, "--junit", "none/x.xml"], "--junit: no folder at none: make it first"],
		[["check", url, "--junit", "dir"], "--junit: dir is a folder: expected a file"],
		[["sandbox", "--url", url, "--state", "none/x"], "--state: no folder at none: make it first"],
		[
			["sandbox", "--url", url, "--fresh", "--state", "dir"],
			"--state: dir is a folder: expected a file",
		],
		[["listen", "--record", "body.json"], "--record: body.json is a file: expected a folder"],
		[
			["listen", "--record", "body.json/x"],
			"--record: no folder can be at body.json/x: a file stands where the path has a folder",
		],
		[["init", ...place, "--dir", "body.json"], "--dir: body.json is a file: expected a folder"],
	] as const) {
		const before = readdirSync(cwd).sort();
		const { code, stdout, stderr } = await cli(words, { env, cwd });
		assert.deepEqual([code, stdout, stderr], [2, "", `error: ${problem}\n`], words.join(" "));
		assert.deepEqual(readdirSync(cwd).sort(), before);
	}
	assert.equal(requests, 0);
	server.close();
});

test("a report that can be written is not there if the endpoint cannot be reached", async () => {
	const words = ["check", "http://127.0.0.1:1/", "--junit", "report.xml"];
	assert.equal((await cli(words, { env, cwd })).code, 3);
	assert.ok(!readdirSync(cwd).includes("report.xml"));
});

test("a name that is empty, or that of a folder, is refused as what it is", async () => {
	const listen = ["listen", "--port", "0"];
	for (const [words, says] of [
		[["check", ...NOWHERE.slice(1), "--junit", ""], '--junit: expected the name of a file, got ""'],
		[["sandbox", ...NOWHERE, "--state", ""], '--state: expected the name of a file, got ""'],
		[[...listen, "--record", ""], '--record: expected the name of a folder, got ""'],
		[["verify", ""], '<file>: expected the name of a file, got ""'],
		[
			["sign", "body.json", "--secret-file", ""],
			'--secret-file: expected the name of a file, got ""',
		],
		[
			["check", ...NOWHERE.slice(1), "--junit", "body.json/"],
			"--junit: no file can be at body.json/: a file stands where the path has a folder",
		],
		[
			["check", ...NOWHERE.slice(1), "--junit", "none/"],
			"--junit: none/ names a folder: expected a file",
		],
		[["sandbox", ...NOWHERE, "--state", "none/"], "--state: none/ names a folder: expected a file"],
	] as const) {
		const { code, stderr } = await cli(words, { env, cwd });
		assert.deepEqual([code, stderr], [2, `error: ${says}\n`]);
	}
});

/** What a file system of POSIX alone has. */
test("a link to what is not there yet stays, and the report is written through it", async () => {
	const place = folder();
	symlinkSync("target.xml", join(place, "link.xml"));
	const check = ["--junit", "link.xml", "--only", "valid"];
	const nobody = await cli(["check", "http://127.0.0.1:1/", ...check], { env, cwd: place });
	assert.equal(nobody.code, 3);
	assert.deepEqual(readdirSync(place), ["link.xml"]);
	const { url } = await keeper(401);
	assert.equal((await cli(["check", url, ...check], { env, cwd: place })).code, 1);
	assert.equal(readlinkSync(join(place, "link.xml")), "target.xml");
	assert.match(readFileSync(join(place, "target.xml"), "utf8"), /<testsuites /);
});

test("of a link to nothing, it is said that it is one", async () => {
	const place = folder();
	symlinkSync("none", join(place, "link"));
	for (const [words, says] of [
		[["verify", "link"], "link is a link to nothing"],
		[["listen", "--port", "0", "--record", "link"], "--record: link is a link to nothing"],
	] as const) {
		const { code, stderr } = await cli(words, { env, cwd: place });
		assert.deepEqual([code, stderr], [2, `error: ${says}\n`]);
	}
});

/** Without what lets root write and enter everything. */
const BOUND = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"];

test("a folder that can be written and not be entered takes no record", async () => {
	const place = folder();
	mkdirSync(join(place, "shut"), { mode: 0o600 });
	const command = [process.execPath, BIN, "listen", "--port", "0", "--record", "shut"];
	const [program = "", ...words] = process.getuid?.() === 0 ? [...BOUND, ...command] : command;
	const given = { cwd: place, env: { ...process.env, ...env }, encoding: "utf8" } as const;
	const { status, stderr } = spawnSync(program, words, given);
	assert.deepEqual([status, stderr], [2, "error: --record: no permission to write shut\n"]);
});

test("a pipe is not opened before there is something to write", async () => {
	const place = folder();
	execFileSync("mkfifo", [join(place, "pipe")]);
	const words = ["check", "http://127.0.0.1:1/", "--junit", "pipe"];
	assert.equal((await cli(words, { env, cwd: place })).code, 3);
	assert.deepEqual(readdirSync(place), ["pipe"]);
});

test("the sandbox keeps its state in a file alone", async () => {
	const place = folder();
	execFileSync("mkfifo", [join(place, "pipe")]);
	symlinkSync("none", join(place, "link"));
	for (const name of ["pipe", "link"]) {
		for (const more of [[], ["--fresh"]]) {
			const words = ["sandbox", ...NOWHERE, "--state", name, ...more];
			const { code, stderr } = await cli(words, { env, cwd: place });
			assert.deepEqual(
				[code, stderr],
				[2, `error: --state: ${name} is no regular file: name another\n`],
			);
		}
	}
	assert.deepEqual(readdirSync(place).sort(), ["link", "pipe"]);
});

test("an address that cannot be listened at", async () => {
	for (const [code, host, says] of [
		[
			"EACCES",
			"127.0.0.1",
			/^no permission to listen at port 80: choose one above 1023 with --port$/,
		],
		["EADDRINUSE", "127.0.0.1", /^port 80 is in use: choose another with --port$/],
		["ENOTFOUND", "none.invalid", /^--host: no address is known for none\.invalid$/],
	] as const) {
		assert.match(listenProblem({ code }, host, 80) ?? "", says);
	}
	for (const host of ["", " "]) {
		const { code, stderr } = await cli(["listen", "--port", "0", "--host", host], { env });
		assert.deepEqual(
			[code, /^error: .*--host.*xpected an address/.test(stderr)],
			[2, true],
			stderr,
		);
	}
});

test("of a server with which no TLS can be agreed on, it is said what TLS says", async () => {
	// Without a certificate, a server has no cipher in common with anybody.
	const server = createSecureServer({}).listen(0, "127.0.0.1");
	await once(server, "listening");
	const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
	const sent = await cli(["send", "deposit.detected", "--url", url], { env });
	const checked = await cli(["check", url, "--only", "valid"], { env });
	server.close();
	assert.deepEqual([sent.code, checked.code], [3, 3]);
	assert.match(sent.stdout, /\n← TLS: .*handshake failure\n$/);
	assert.match(checked.stderr, /: TLS: .*handshake failure\n$/);
});

test("only of a server that closes the connection, it is said that it does", async () => {
	for (const [reply, says] of [
		["", /\n← closed the connection without an answer after \d+ ms\n$/],
		["SSH-2.0-x\r\n", /\n← Parse Error: .+ after \d+ ms\n$/],
	] as const) {
		const server = createTcpServer((socket) => socket.on("error", () => {}).end(reply));
		server.listen(0, "127.0.0.1");
		await once(server, "listening");
		const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
		const { code, stdout } = await cli(["send", "deposit.detected", "--url", url], { env });
		server.close();
		assert.equal(code, 3);
		assert.match(stdout, says);
	}
});

test("of what the system refuses, no text of its own is left", () => {
	for (const use of ["read", "write", "folder"] as const) {
		for (const code of [
			"EACCES",
			"EPERM",
			"EROFS",
			"ENOSPC",
			"ENOENT",
			"EISDIR",
			"EEXIST",
			"ENOTDIR",
		]) {
			const problem = fileProblem({ code, message: `${code}: raw` }, "x7q/file", use);
			assert.match(problem ?? "", /\bx7q\b/);
			assert.doesNotMatch(problem ?? "", /raw|\bE[A-Z]+\b/);
		}
		assert.match(
			fileProblem({ code: "EIO" }, "x7q/file", use) ?? "",
			/x7q\/file cannot be \w+ \(EIO\)/,
		);
		assert.equal(fileProblem(new Error("of something else"), "x7q/file", use), undefined);
	}
	const refused = (more: object) =>
		connectionProblem(Object.assign(new Error("raw"), { address: "::1", port: 80, ...more }));
	assert.equal(
		refused({ code: "ECONNREFUSED" }),
		"nobody listens at [::1]:80: is the server started?",
	);
	assert.match(
		refused({ code: "ENOTFOUND", hostname: "none.invalid" }) ?? "",
		/^no address is known for none\.invalid/,
	);
	assert.match(refused({ code: "EAI_AGAIN", hostname: "a.example" }) ?? "", /looked up/);
	assert.match(refused({ code: "EHOSTUNREACH" }) ?? "", /^\[::1\]:80 cannot be reached/);
	for (const code of ["EPROTO", "ERR_SSL_WRONG_VERSION_NUMBER", "ERR_SSL_PACKET_LENGTH_TOO_LONG"]) {
		assert.match(refused({ code }) ?? "", /is it an http:\/\/ URL\?$/);
	}
	for (const code of [
		"ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED",
		"ERR_SSL_NO_CIPHERS_AVAILABLE",
		"ERR_TLS_CERT_ALTNAME_INVALID",
		"UNABLE_TO_VERIFY_LEAF_SIGNATURE",
		"UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
		"DEPTH_ZERO_SELF_SIGNED_CERT",
		"SELF_SIGNED_CERT_IN_CHAIN",
		"CERT_HAS_EXPIRED",
	]) {
		assert.equal(refused({ code }), "TLS: raw");
	}
	assert.equal(refused({ code: "ECONNRESET" }), undefined);
});
