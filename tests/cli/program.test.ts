/** What holds for every command: help, refusals, colours, pipes, and what a start loads. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
	closeSync,
	existsSync,
	openSync,
	readdirSync,
	readFileSync,
	realpathSync,
	statSync,
	writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { parse } from "acorn";
import { SECRET } from "./callbacks.ts";
import { BIN, cli, cliAgain, folder, start } from "./cli.ts";

const help = await cli(["--help"]);
const names = [...help.stdout.matchAll(/^ {2}([a-z]+)(?: \[| {2})/gm)]
	.map(([, name = ""]) => name)
	.filter((name) => name !== "help");

test("the help lists every command, and each has a help with examples", async () => {
	assert.equal(help.code, 0);
	assert.ok(names.includes("secret"), names.join());
	for (const name of names) {
		const own = await cliAgain([name, "--help"]);
		assert.equal(own.code, 0, name);
		assert.match(own.stdout, new RegExp(`^Usage: wallet-callback ${name}\\b`));
		assert.match(own.stdout, new RegExp(`\nExamples:\n  # .+\n  .*npx wallet-callback ${name}`));
		assert.deepEqual(await cliAgain(["help", name]), own);
	}
});

test("the documentation has a section for each command, with each of its options", async () => {
	const [, ...sections] = readFileSync("docs/cli.md", "utf8").split("\n## ");
	const titles = sections.map((section) => section.split("\n", 1)[0]);
	assert.deepEqual(titles, names);
	const shared = ["--help", "--secret-file"];
	for (const [at, name] of names.entries()) {
		const page = `docs/${name}.md`;
		const text = `${sections[at]}${existsSync(page) ? readFileSync(page, "utf8") : ""}`;
		const { stdout } = await cliAgain([name, "--help"]);
		for (const [, option = ""] of stdout.matchAll(/^ {2}(--[\w-]+)/gm)) {
			const isThere = shared.includes(option) || text.includes(option);
			assert.ok(isThere, `${name} ${option}`);
		}
	}
});

test("without a command, the help goes to the standard error and the code is 2", async () => {
	const { code, stdout, stderr } = await cli([]);
	assert.deepEqual([code, stdout], [2, ""]);
	assert.match(stderr, /^Usage: wallet-callback/);
});

test("the version is the package's", async () => {
	const manifest = join(dirname(realpathSync(BIN)), "..", "..", "package.json");
	const { version } = JSON.parse(readFileSync(manifest, "utf8"));
	assert.equal((await cli(["--version"])).stdout, `${version}\n`);
});

test("an unknown command or option is refused with the nearest name", async () => {
	const command = await cli(["secrte"]);
	assert.equal(command.code, 2);
	assert.match(command.stderr, /unknown command 'secrte'\n\(Did you mean secret\?\)/);
	for (const name of names) {
		const option = await cliAgain([name, "--hepl"]);
		assert.equal(option.code, 2, name);
		assert.match(option.stderr, /unknown option '--hepl'\n\(Did you mean --help\?\)/, name);
	}
});

test("help of a command that there is not says so, with the nearest name", async () => {
	const { code, stdout, stderr } = await cli(["help", "verfy"]);
	assert.deepEqual([code, stdout], [2, ""]);
	assert.match(stderr, /^error: unknown command 'verfy'\n\(Did you mean verify\?\)\n/);
	assert.equal((await cli(["help"])).stdout, help.stdout);
});

test("an unknown sender is told from where its name comes: from a command, not from a function", async () => {
	const cwd = folder();
	writeFileSync(join(cwd, "request.http"), "POST / HTTP/1.1\nwebhook-id: 1\n\n{}");
	writeFileSync(join(cwd, "named.json"), '{ "name": "stripe" }');
	const url = "http://127.0.0.1:1/";
	const commands = [
		["sign", "request.http"],
		["verify", "request.http"],
		["explain", "request.http"],
		["send", "push", "--url", url],
		["send", "--resend", "request.http", "--url", url],
		["listen"],
		["check", url],
	];
	const env = { WALLET_CALLBACK_SECRET: SECRET };
	for (const words of commands) {
		const run = (sender: string) => cli([...words, "--sender", sender], { env, cwd });
		const unknown = await run("nope");
		assert.equal(unknown.code, 2);
		assert.equal(
			unknown.stderr,
			'error: --sender: unknown sender "nope" (`npx wallet-callback senders` lists the names)\n',
			words.join(" "),
		);
		assert.match(
			(await run("strip")).stderr,
			/^error: --sender: unknown sender .* \(did you mean "stripe"/,
		);
		if (words[0] === "check") continue;
		assert.match(
			(await run("named.json")).stderr,
			/pass its name: --sender stripe\)\n$/,
			words.join(" "),
		);
	}
	const init = ["init", "--framework", "node", "--store", "memory", "--sender", "nope"];
	assert.match(
		(await cli(init, { cwd })).stderr,
		/^error: --sender: unknown sender "nope" \(known: /,
	);
});

test("what the package says of an option has the name of the command line", async () => {
	const cwd = folder();
	writeFileSync(join(cwd, "body.json"), "{}");
	for (const [words, says, secret = SECRET] of [
		[["sign", "body.json", "--id", ""], /^error: --id: expected 1 to 256/],
		[["sign", "body.json", "--method", "a b"], /^error: --method: expected a method/],
		[["sign", "body.json", "--header", "a b: c"], /^error: --header: expected a header's name/],
		[
			["sign", "body.json", "--sender", "coinpayments", "--client-id", " "],
			/^error: --client-id: expected 1 to 256/,
		],
		[["listen", "--client-id", "x"], /^error: --client-id: leave it out: tp-wallet does not/],
		[
			["listen", "--sender", "cryptapi", "--url", "https://a.example/"],
			/^error: secret: expected an rsa/,
		],
		[["listen"], /^error: secret: expected whsec_, whpk_ or whsk_ and base64/, "short"],
		[
			["sandbox", "--url", "http://127.0.0.1:1/", "--chain", "x"],
			/^error: --chain: unknown chain "x"/,
		],
	] as const) {
		const env = { WALLET_CALLBACK_SECRET: secret };
		const { code, stdout, stderr } = await cli(words, { env, cwd });
		assert.deepEqual([code, stdout], [2, ""], stderr);
		assert.match(stderr, says, words.join(" "));
	}
});

test("a secret given as an argument is refused and not shown", async () => {
	for (const words of [["secret", "--secret=hunter2"], ["whsec_hunter2"], ["secret", "hunter2"]]) {
		const { code, stdout, stderr } = await cli(words);
		assert.equal(code, 2);
		assert.doesNotMatch(stdout + stderr, /hunter2/);
	}
});

test("a URL with a password is refused and not shown", async () => {
	const env = { WALLET_CALLBACK_SECRET: SECRET };
	const url = "http://me:hunter2@127.0.0.1:1/";
	for (const words of [
		["send", "deposit.confirmed", "--url", url],
		["check", url],
		["check", "http://127.0.0.1:1/", "--probe-url", url],
		["sandbox", "--url", url],
		["listen", "--forward", url],
		["send", "deposit.confirmed", "--url", "http://me:hunter2@[/"],
	]) {
		const { code, stdout, stderr } = await cliAgain(words, env);
		assert.deepEqual([code, stdout], [2, ""], stderr);
		assert.match(stderr, /: expected a URL [^,]+\n/);
		assert.doesNotMatch(stderr, /hunter2/);
	}
});

test("a full disk is no finding", async () => {
	const full = openSync("/dev/full", "w");
	const child = spawn(process.execPath, [BIN, "senders"], { stdio: ["ignore", full, "pipe"] });
	let stderr = "";
	child.stderr?.setEncoding("utf8").on("data", (text) => {
		stderr += text;
	});
	const [code] = await once(child, "close");
	closeSync(full);
	assert.equal(code, 70);
	assert.match(stderr, /^error: no space is left to write the output\n$/);
});

test("a reader that goes away ends a command quietly", async () => {
	const child = start(["--help"]);
	child.stdout.destroy();
	let stderr = "";
	child.stderr.setEncoding("utf8").on("data", (text) => {
		stderr += text;
	});
	const [code] = await once(child, "close");
	assert.deepEqual([code, stderr], [0, ""]);
});

test("the program can be executed, and carries the licence of its parser", () => {
	const main = realpathSync(BIN);
	assert.ok(statSync(main).mode & 0o111);
	assert.match(readFileSync(main, "utf8"), /^#!\/usr\/bin\/env node\n/);
	const parser = readFileSync(join(dirname(main), "commander.js"), "utf8");
	assert.match(parser, /^\/\*\ncommander\n\n\(The MIT License\)\n\nCopyright \(c\)/);
	assert.match(parser, /The above copyright notice and this permission notice shall be/);
});

/** What a file imports when it is loaded. */
function imports(file: string): string[] {
	const options = { ecmaVersion: 2022, sourceType: "module", allowHashBang: true } as const;
	const { body } = parse(readFileSync(file, "utf8"), options);
	return body.flatMap((one) => ("source" in one && one.source ? [String(one.source.value)] : []));
}

test("it imports nothing but itself and Node", () => {
	const folder = dirname(realpathSync(BIN));
	for (const name of readdirSync(folder)) {
		const text = readFileSync(join(folder, name), "utf8");
		const loaded = [...text.matchAll(/\bimport\("([^"\n]+)"\)/g)].map(([, from]) => from);
		for (const from of [...imports(join(folder, name)), ...loaded]) {
			assert.match(String(from), /^(node:|wallet-callback(\/|$)|#layer$|\.\/)/, name);
		}
	}
});

test("a start loads the parser of arguments and no command", () => {
	const folder = dirname(realpathSync(BIN));
	const loaded = new Set<string>();
	const others = new Set<string>();
	const load = (name: string): void => {
		if (loaded.has(name)) return;
		loaded.add(name);
		for (const from of imports(join(folder, name))) {
			if (from.startsWith("./")) load(from.slice("./".length));
			else if (!from.startsWith("node:")) others.add(from);
		}
	};
	load("main.js");
	const kinds = [...loaded].map((name) => name.replace(/-.*/, ""));
	assert.deepEqual(kinds.sort(), ["chunk", "commander.js", "main.js"]);
	assert.deepEqual([...others], ["wallet-callback"]);
	const files = readdirSync(folder);
	for (const command of names) {
		assert.equal(files.filter((file) => file.startsWith(`${command}-`)).length, 1, command);
	}
});

test("of a URL with an @, no message repeats what may be a password", async () => {
	const urls = ["http://user:hunter2 x@host/", "user:hunter2@host", "//user:hunter2@host/"];
	const commands = [
		["send", "x", "--url"],
		["listen", "--forward"],
		["listen", "--url"],
		["verify", "package.json", "--url"],
		["sandbox", "--url"],
		["check"],
		["check", "http://127.0.0.1:1/", "--probe-url"],
	];
	for (const words of urls.flatMap((url) => commands.map((command) => [...command, url]))) {
		const { code, stdout, stderr } = await cliAgain(words);
		assert.deepEqual([code, stdout], [2, ""], words.join(" "));
		assert.match(stderr, /: expected [^\n]+ [^\n]+\n/);
		assert.doesNotMatch(stderr, /hunter2/);
	}
});
