import { setTimeout as sleep } from "node:timers/promises";
import type { Command } from "commander";
import { SENDER_HELP } from "../callback.js";
import { CommandError, EXIT } from "../exit.js";
import { readFile } from "../files.js";
import { collect, endpointUrl, examples, required, wholeNumber } from "../options.js";
import { bold, dim, green, plain, print, printJsonLine, red } from "../output.js";
import { readSecret, type SecretOptions, secretOptions } from "../secret.js";
import { fromRecord, fromSample, type Outgoing, type SampleOptions } from "../send/callbacks.js";
import { Agents, type Answer, describe, exchange, isAccepted } from "../wire.js";

interface Options extends SecretOptions, SampleOptions {
	readonly url?: URL;
	readonly resend?: string;
	readonly repeat: number;
	readonly concurrency: number;
	readonly rate?: number;
	readonly timeout: number;
	readonly verbose?: true;
	readonly json?: true;
}

export function register(command: Command): void {
	command
		.argument("[type]", "the event's type, such as deposit.confirmed")
		.option("--url <url>", "where to send it", endpointUrl)
		.option("--sender <name>", `${SENDER_HELP} (default: tp-wallet)`)
		.option("--chain <chain>", "of a tp-wallet event: its chain, as CAIP-2 (default: eip155:1)")
		.option("--amount <amount>", "of a tp-wallet event: its amount, such as 12.50")
		.option(
			"--set <member=value>",
			"another value, such as data.memo=123; data.n:=1 sets JSON",
			collect,
		)
		.option(
			"--seed <number>",
			"the same data again, with the current time",
			wholeNumber(0, Number.MAX_SAFE_INTEGER),
		)
		.option("--body <file>", "a body of your own; - for the standard input")
		.option("--id <id>", "identifies the callback (default: a random one)")
		.option("--client-id <id>", "your id at the sender, for one that signs it")
		.option("--resend <file>", "a recorded callback again, signed anew with its id")
		.option("--repeat <times>", "so many events", wholeNumber(1, 1_000_000), 1)
		.option("--concurrency <number>", "so many at once", wholeNumber(1, 1000), 1)
		.option("--rate <number>", "at most so many in a second", wholeNumber(1, 100_000))
		.option("--timeout <seconds>", "how long to wait for an answer", wholeNumber(1, 600), 15)
		.option("--verbose", "show the whole request and answer")
		.option("--json", "print a JSON object for each, in a line");
	secretOptions(command)
		.addHelpText(
			"after",
			examples(
				["send deposit.confirmed --url http://localhost:3000/callback", "a deposit"],
				[
					"send withdrawal.failed --url http://localhost:3000/callback --chain tron:0x2b6653dc --amount 12.50 --set data.memo=42",
					"a withdrawal on TRON",
				],
				[
					"send payment_intent.succeeded --sender stripe --url http://localhost:3000/stripe",
					"an event of another sender",
				],
				[
					"send deposit.detected --url http://localhost:3000/callback --repeat 1000 --concurrency 20",
					"a thousand of them",
				],
				[
					"send --resend recorded/1.http --url http://localhost:3000/callback",
					"what `listen --record` has kept",
				],
			),
		)
		.action(send);
}

async function send(type: string | undefined, options: Options): Promise<void> {
	const url = required("--url <url>, such as --url http://localhost:3000/callbacks", options.url);
	const { resend, body, repeat } = options;
	if (resend !== undefined) requireNoneOf({ type, body, ...sampleOf(options) }, "--resend");
	else if (body !== undefined) requireNoneOf(sampleOf(options), "--body");
	const make =
		resend === undefined
			? await fromSample(required("<type>, such as deposit.confirmed", type), url, options)
			: fromRecord(readFile(resend, "--resend"), resend, url, options);
	const key = await readSecret(options);
	// What cannot be signed is said before anything is sent.
	const first = await make(0, key);
	const agents = new Agents();
	const tally = new Tally();
	let next = 0;
	let due = performance.now();
	const work = async () => {
		while (next < repeat) {
			const index = next;
			next += 1;
			if (options.rate !== undefined) {
				const wait = due - performance.now();
				due = Math.max(due, performance.now()) + 1000 / options.rate;
				if (wait > 0) await sleep(wait);
			}
			const outgoing = index === 0 ? first : await make(index, key);
			const sending = { ...outgoing.sending, kept: repeat > 1 };
			const answer = await exchange(sending, options.timeout * 1000, agents);
			tally.add(answer);
			show(outgoing, answer, options);
		}
	};
	try {
		await Promise.all(Array.from({ length: Math.min(options.concurrency, repeat) }, work));
	} finally {
		agents.close();
	}
	if (repeat > 1 && !options.json) print(tally.summary());
	process.exitCode = tally.exitCode;
}

/** What only an event that is made up can be told. */
function sampleOf({ chain, amount, set, seed }: Options): object {
	return { chain, amount, set, seed };
}

/** Refuses what would be ignored. */
function requireNoneOf(given: object, beside: string): void {
	const [name] = Object.entries(given).find(([, value]) => value !== undefined) ?? [];
	if (name === undefined) return;
	const shown = name === "type" ? "<type>" : `--${name}`;
	throw new CommandError(`${shown}: leave it out: ${beside} has an event of its own`);
}

/** Of how many, each is shown. */
const MOST_SHOWN = 20;

function show(outgoing: Outgoing, answer: Answer, { json, verbose, repeat }: Options): void {
	const { sending, type, id } = outgoing;
	const { url, method, headers, body } = sending;
	if (json) {
		printJsonLine({ type, id, url: url.href, ...answer });
		return;
	}
	if (repeat > MOST_SHOWN && !verbose && isAccepted(answer)) return;
	const what = [
		...(type === undefined ? [] : [bold(plain(type))]),
		...(id === undefined ? [] : [dim(plain(id))]),
	];
	print(`${dim("→")} ${method} ${url.href}  ${what.join(" ")}`.trimEnd());
	if (verbose) {
		for (const [name, value] of headers) print(`  ${dim(`${name}:`)} ${plain(value)}`);
		print(`  ${plain(new TextDecoder().decode(body))}`);
	}
	const mark = isAccepted(answer) ? green("←") : red("←");
	print(`${mark} ${describe(answer)}`);
	if (verbose && answer.status !== undefined) {
		for (const [name, value] of Object.entries(answer.headers)) {
			print(`  ${dim(`${name}:`)} ${plain(value)}`);
		}
	}
}

/** What was answered. */
class Tally {
	readonly #times: number[] = [];
	#accepted = 0;
	#refused = 0;
	#unanswered = 0;

	add(answer: Answer): void {
		if (answer.status === undefined) {
			this.#unanswered += 1;
			return;
		}
		this.#times.push(answer.milliseconds);
		if (isAccepted(answer)) this.#accepted += 1;
		else this.#refused += 1;
	}

	summary(): string {
		const times = this.#times.sort((one, other) => one - other);
		const at = (part: number) =>
			`${Math.round(times[Math.floor((times.length - 1) * part)] ?? 0)} ms`;
		const parts = [
			green(`${this.#accepted} accepted`),
			...(this.#refused > 0 ? [red(`${this.#refused} refused`)] : []),
			...(this.#unanswered > 0 ? [red(`${this.#unanswered} without an answer`)] : []),
		];
		const took =
			times.length === 0 ? "" : ` (median ${at(0.5)}, 99% ${at(0.99)}, longest ${at(1)})`;
		return `${parts.join(", ")}${dim(took)}`;
	}

	get exitCode(): number {
		if (this.#unanswered > 0) return EXIT.unreachable;
		return this.#refused > 0 ? EXIT.finding : EXIT.fine;
	}
}
