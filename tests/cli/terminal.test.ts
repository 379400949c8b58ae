/** In a real terminal. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { BODY, SECRET } from "./callbacks.ts";
import { BIN, cli, folder } from "./cli.ts";
import { serve } from "./endpoints.ts";
import { bare, installed } from "./receivers.ts";
import { fill } from "./stores.ts";

// Ends before its folder is removed: hooks run in their order.
after(() => tmux("kill-server"));
const place = folder();
const socket = join(place, "tmux");
const tmux = (...words: string[]) =>
	execFileSync("tmux", ["-S", socket, "-f", "/dev/null", ...words], { encoding: "utf8" });

/** What is on the screen once it shows a text. */
async function shown(text: RegExp): Promise<string> {
	for (const end = Date.now() + 30_000; ; await sleep(50)) {
		const screen = tmux("capture-pane", "-p", "-J");
		if (text.test(screen)) return screen;
		if (Date.now() > end) assert.fail(`${text} is not on the screen:\n${screen}`);
	}
}

const type = (text: string) => {
	tmux("send-keys", "-l", text);
	tmux("send-keys", "Enter");
};

/** Types a command on an empty screen: what the last one has left is not to be taken for its output. */
async function enter(command: string): Promise<void> {
	type("clear");
	await shown(/^\$\s*$/);
	type(command);
}

before(() => {
	const shell = "env -u WALLET_CALLBACK_SECRET PS1='$ ' sh";
	tmux("new-session", "-d", "-x", "120", "-y", "40", "-c", place, shell);
});

test("the prompt shows nothing of the secret, and leaves the terminal as it was", async () => {
	const request = await cli(["sign", "-"], {
		env: { WALLET_CALLBACK_SECRET: SECRET },
		stdin: BODY,
	});
	writeFileSync(join(place, "request"), request.stdout);
	const command = `${process.execPath} ${BIN} verify`;
	// The callback from a pipe, the secret from the terminal.
	await enter(`cat request | ${command} -; echo "code $?"`);
	await shown(/Secret \(not shown\): $/m);
	type(SECRET);
	const verified = await shown(/^code 0$/m);
	assert.match(verified, /✓ verified {2}tp-wallet/);
	assert.doesNotMatch(verified, /AAECAwQF/);

	await enter(`${command} request; echo "code $?"`);
	await shown(/Secret \(not shown\): $/m);
	tmux("send-keys", "-l", "whsec_typed");
	tmux("send-keys", "C-c");
	const interrupted = await shown(/^code 130$/m);
	assert.doesNotMatch(interrupted, /whsec_typed/);

	// The terminal shows again what is typed.
	type("stty -a | tr ' ;' '\\n' | grep -x '.*echo'");
	assert.match(await shown(/^-?echo$/m), /^echo$/m);
});

test("init asks for what is not said", async () => {
	await enter(`${process.execPath} ${BIN} init --dir made; echo "code $?"`);
	await shown(/^framework \(node\): $/m);
	type("hono");
	await shown(/^sender \(tp-wallet\): $/m);
	type("");
	await shown(/^store \(memory\): $/m);
	type("sqlite");
	await shown(/^code 0$/m);
	const server = readFileSync(join(place, "made", "server.mjs"), "utf8");
	assert.match(server, /wallet-callback\/hono[\s\S]+sqliteStore\(.*"callbacks\.db"\)/);

	await enter(`${process.execPath} ${BIN} init --dir other; echo "code $?"`);
	await shown(/^framework \(node\): $/m);
	tmux("send-keys", "C-c");
	await shown(/^code 130$/m);
});

test("sandbox shows a table that is drawn over itself, and leaves the terminal as it was", async () => {
	const { url } = await serve(bare({ keys: [SECRET] }));
	writeFileSync(join(place, "secret"), SECRET);
	const words = "--secret-file secret --seed 7 --speed 3000 --duplicates 0 --reordered 0";
	await enter(`${process.execPath} ${BIN} sandbox --url ${url} ${words}; echo "code $?"`);
	const row = (state: string) => new RegExp(`^[a-z]+\\.[a-z]+ +msg_\\w{8} {2}${state}`, "gm");
	const during = await shown(row("(in \\d+\\.\\d s|again)"));
	assert.equal(tmux("display-message", "-p", "#{cursor_flag}").trim(), "0");
	assert.ok((during.match(row("delivered"))?.length ?? 0) < 13, during);
	const end = await shown(/^code 0$/m);
	assert.equal(end.match(row('delivered +1 {2}200 \\{"code":0'))?.length, 13, end);
	assert.equal(end.match(row(""))?.length, 13, end);
	assert.match(end, /^13 delivered, 0 retries, 0 duplicates$/m);
	assert.doesNotMatch(end, /AAECAwQF/);
	assert.equal(tmux("display-message", "-p", "#{cursor_flag}").trim(), "1");
});

test("inbox asks before it changes anything", async () => {
	const { sqliteStore } = installed("wallet-callback/stores/sqlite");
	const BetterSqlite3 = createRequire(import.meta.url)("better-sqlite3");
	const store = sqliteStore(new BetterSqlite3(join(place, "callbacks.db")));
	await fill(store);
	// Drivers are found where the command is called.
	symlinkSync(resolve("node_modules"), join(place, "node_modules"));
	const command = `${process.execPath} ${BIN} inbox retry msg_dead --store sqlite:callbacks.db`;
	for (const [answer, code] of [
		["n", 1],
		["", 1],
		["C-c", 130],
		["y", 0],
	] as const) {
		const item = await store.inbox.get("msg_dead", "tp-wallet");
		assert.equal(item?.status, "dead", answer);
		await enter(`echo round "${answer}"; ${command}; echo "code $?"`);
		// The screen of the round before has a question, too.
		const asked = await shown(new RegExp(`^round ${answer}\\n[^]+\\nTry it\\? \\(y/N\\) *$`, "m"));
		assert.match(
			asked,
			/^dead +msg_dead +tp-wallet +deposit\.confirmed +1 try .+out of \\u001b\[31mfunds/m,
		);
		assert.match(asked, /^ {2}it is back in the inbox, due now, and its attempts begin anew$/m);
		if (answer === "C-c") tmux("send-keys", "C-c");
		else type(answer);
		await shown(new RegExp(`^code ${code}$`, "m"));
	}
	assert.equal((await store.inbox.get("msg_dead", "tp-wallet"))?.status, "waiting");
});
