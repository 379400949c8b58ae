import { randomInt } from "node:crypto";
import { setMaxListeners } from "node:events";
import { rmSync } from "node:fs";
import type { Command } from "commander";
import type { SampleOptions } from "wallet-callback/testing";
import { CommandError, EXIT } from "../exit.js";
import { endpointUrl, examples, required, wholeNumber } from "../options.js";
import { note, plain, print } from "../output.js";
import { isOver, loadState, type State, saveState } from "../sandbox/state.js";
import { jsonLines, lines, summary, table, type View } from "../sandbox/view.js";
import { beginning, Wallet } from "../sandbox/wallet.js";
import { readSecret, type SecretOptions, secretOptions } from "../secret.js";

interface Options extends SecretOptions {
	readonly url: URL;
	readonly speed: number;
	readonly seed?: number;
	readonly chain?: NonNullable<SampleOptions["chain"]>;
	readonly duplicates: number;
	readonly reordered: number;
	readonly timeout: number;
	readonly state: string;
	readonly fresh?: true;
	readonly json?: true;
}

export function register(command: Command): void {
	secretOptions(command.option("--url <url>", "the callback address to register", endpointUrl))
		.option("--speed <times>", "how much faster than a wallet", wholeNumber(1, 1_000_000), 200)
		.option(
			"--seed <number>",
			"the same events again (default: others each time)",
			wholeNumber(0, 2 ** 40),
		)
		.option("--chain <chain>", "chain of the events, as CAIP-2", "eip155:1")
		.option("--duplicates <percent>", "how many callbacks come twice", wholeNumber(0, 100), 25)
		.option("--reordered <percent>", "how many come after the next one", wholeNumber(0, 100), 25)
		.option("--timeout <seconds>", "how long to wait for an answer", wholeNumber(1, 600), 15)
		.option(
			"--state <file>",
			"what has been delivered, to go on from",
			".wallet-callback-sandbox.json",
		)
		.option("--fresh", "start anew, whatever the state says")
		.option("--json", "print a JSON object for each try")
		.addHelpText(
			"after",
			examples(
				[
					"sandbox --url http://localhost:3000/callback",
					"a wallet for an endpoint on this machine",
				],
				[
					"sandbox --url http://localhost:3000/callback --speed 10000 --seed 7",
					"the same events each time, with retries after 24 hours in 9 seconds",
				],
			),
		)
		.action(play);
}

async function play(given: Omit<Options, "url"> & Partial<Pick<Options, "url">>): Promise<void> {
	const options = {
		...given,
		url: required("--url <url>, such as --url http://localhost:3000/callbacks", given.url),
	};
	const { url, speed, chain, state: file, json, timeout } = options;
	const key = await readSecret(options);
	const before = loadState(file);
	const state = begin(options, before);
	let view: View = json ? jsonLines : lines;
	const stopping = new AbortController();
	// Each callback waits by itself.
	setMaxListeners(0, stopping.signal);
	const stop = () => stopping.abort();
	process.once("SIGINT", stop).once("SIGTERM", stop);
	const wallet = new Wallet({
		key,
		url,
		chain,
		speed,
		timeoutMs: timeout * 1000,
		signal: stopping.signal,
		onAttempt(delivery, attempt) {
			saveState(file, state);
			view.attempted(delivery, attempt);
		},
	});
	wallet.rehearse(state);
	// A file that cannot be written is said before anything is sent. An old state stays until the first try.
	saveState(file, before ?? state);
	if (!json) announce(state, options);
	if (!json && process.stdout.isTTY) view = table(state);
	try {
		await wallet.play(state);
	} catch (error) {
		const isUntried = state.deliveries.every(({ attempts }) => attempts.length === 0);
		if (before === undefined && isUntried) rmSync(file, { force: true });
		throw error;
	} finally {
		view.close();
		process.off("SIGINT", stop).off("SIGTERM", stop);
	}
	if (!json) print(`\n${summary(state)}`);
	if (!isOver(state)) {
		saveState(file, state);
		note(`stopped: the same command goes on from ${file}`);
		process.exitCode = EXIT.interrupted;
		return;
	}
	rmSync(file, { force: true });
	if (state.deliveries.some(({ state }) => state === "given up")) process.exitCode = EXIT.finding;
}

/**
 * The state to go on from, or a new one.
 *
 * @throws {CommandError} for the state of another address.
 */
function begin(
	{ url, speed, state: file, fresh, ...options }: Options,
	before: State | undefined,
): State {
	const { seed = randomInt(2 ** 40), duplicates, reordered } = options;
	if (before === undefined || fresh) {
		return beginning(url, { seed, duplicates, reordered }, speed);
	}
	if (before.url === url.href) return before;
	throw new CommandError(
		`${plain(file)} is the state of ${before.url}: name another with --state, or start anew with --fresh`,
	);
}

function announce({ url, seed, deliveries }: State, { speed, state: file }: Options): void {
	const done = deliveries.filter(({ attempts }) => attempts.length > 0).length;
	const what = done > 0 ? `Going on from ${file} with` : "Registering";
	print(`${what} ${url}, ${speed} times as fast as a wallet, seed ${seed}.`);
	print(
		`${deliveries.length} callbacks: the verification of the address, then made-up events. Try it on a test system.\n`,
	);
}
