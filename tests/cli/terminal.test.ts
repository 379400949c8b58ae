/** In a real terminal. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { BODY, SECRET } from "./callbacks.ts";
import { BIN, cli, folder } from "./cli.ts";

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

test("the prompt shows nothing of the secret, and leaves the terminal as it was", async (context) => {
	context.after(() => tmux("kill-server"));
	const request = await cli(["sign", "-"], {
		env: { WALLET_CALLBACK_SECRET: SECRET },
		stdin: BODY,
	});
	writeFileSync(join(place, "request"), request.stdout);
	const shell = "env -u WALLET_CALLBACK_SECRET PS1='$ ' sh";
	tmux("new-session", "-d", "-x", "120", "-y", "40", "-c", place, shell);
	const type = (text: string) => {
		tmux("send-keys", "-l", text);
		tmux("send-keys", "Enter");
	};
	const command = `${process.execPath} ${BIN} verify`;
	// The callback from a pipe, the secret from the terminal.
	type(`clear; cat request | ${command} -; echo "code $?"`);
	await shown(/Secret \(not shown\): $/m);
	type(SECRET);
	const verified = await shown(/^code 0$/m);
	assert.match(verified, /✓ verified {2}tp-wallet/);
	assert.doesNotMatch(verified, /AAECAwQF/);

	type(`clear; ${command} request; echo "code $?"`);
	await shown(/Secret \(not shown\): $/m);
	tmux("send-keys", "-l", "whsec_typed");
	tmux("send-keys", "C-c");
	const interrupted = await shown(/^code 130$/m);
	assert.doesNotMatch(interrupted, /whsec_typed/);

	// The terminal shows again what is typed.
	type("stty -a | tr ' ;' '\\n' | grep -x '.*echo'");
	assert.match(await shown(/^-?echo$/m), /^echo$/m);
});
