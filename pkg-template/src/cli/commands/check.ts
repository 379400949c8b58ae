import type { Command } from "commander";
import type { SenderName } from "wallet-callback";
import { isLoopback } from "../check/cases/genuine.js";
import { casesFor, type ExamineOptions, examine, isSignable } from "../check/examine.js";
import { Printer, summary, toJunit } from "../check/report.js";
import { Sender } from "../check/sender.js";
import type { Case } from "../check/types.js";
import { CommandError, EXIT } from "../exit.js";
import { requireWritable, writeFile } from "../files.js";
import { endpointUrl, examples, signedUrl, wholeNumber } from "../options.js";
import { note, print, printJson } from "../output.js";
import { readSecrets, type SecretOptions, secretOptions } from "../secret.js";

interface Options extends SecretOptions {
	readonly sender: SenderName;
	readonly type?: string;
	readonly probeUrl?: URL;
	readonly registeredUrl?: string;
	readonly clientId?: string;
	readonly only?: readonly string[];
	readonly skip?: readonly string[];
	readonly rate?: number;
	readonly timeout: number;
	readonly budget: number;
	readonly list?: true;
	readonly verbose?: true;
	readonly json?: true;
	readonly junit?: string;
}

/** Requests in a second, unless the user says so. */
const RATE = { loopback: 500, elsewhere: 50 };

export function register(command: Command): void {
	secretOptions(command.argument("<url>", "the endpoint", endpointUrl))
		.option("--sender <name>", "whose callbacks to send", "tp-wallet")
		.option("--type <type>", "type of the events, one that the endpoint handles")
		.option("--probe-url <url>", "address that tells how many callbacks were handled", endpointUrl)
		.option("--registered-url <url>", "address as the sender knows it, if it signs it", signedUrl)
		.option("--client-id <id>", "your id as the sender's client, if it signs it")
		.option("--only <name...>", "only these cases")
		.option("--skip <name...>", "not these cases")
		.option(
			"--rate <number>",
			"most requests in a second (default: 500 to this machine, else 50)",
			wholeNumber(1, 100_000),
		)
		.option("--timeout <seconds>", "how long to wait for an answer", wholeNumber(1, 600), 15)
		.option("--budget <ms>", "how long a genuine callback may take", wholeNumber(1, 600_000), 5000)
		.option("--list", "only list the cases")
		.option("--verbose", "show also what was answered in the cases that have passed")
		.option("--json", "print the report as JSON")
		.option("--junit <file>", "write the report as JUnit XML, too")
		.addHelpText(
			"after",
			examples(
				["check http://localhost:3000/callback", "an endpoint on this machine"],
				[
					"check http://localhost:3000/callback --probe-url http://localhost:3000/handled",
					"the same, with a counter of what was handled",
				],
				[
					"check https://staging.example/stripe --sender stripe --junit report.xml",
					"in CI: exits with 1 if a case fails",
				],
				["check http://localhost:3000/callback --list", "what is examined"],
			),
		)
		.action(check);
}

async function check(url: URL, options: Options): Promise<void> {
	const { sender: name, type, clientId, registeredUrl, only, skip, list, json, junit } = options;
	requireSender(name);
	const keys = list ? [] : await readSecrets(options);
	if (keys.length > 2) throw new CommandError("--secret-file: expected at most two");
	const [key = "", other] = keys;
	const sender = {
		name,
		keys: other === undefined ? ([key] as const) : ([key, other] as const),
		url,
		type,
		clientId,
		registeredUrl,
	};
	const cases = casesFor(new Sender(sender), { only, skip });
	const names = cases.map(({ name }) => name);
	if (list) {
		if (json)
			printJson(cases.map(({ name, group, proves, mend }) => ({ name, group, proves, mend })));
		else for (const { name, proves } of cases) print(`${name.padEnd(20)}${proves}`);
		return;
	}
	if (junit !== undefined) requireWritable(junit, "--junit");
	const rate = options.rate ?? (isLoopback(url) ? RATE.loopback : RATE.elsewhere);
	if (!json) announce(url, options, rate, cases);
	const printer = new Printer(names, options.verbose === true);
	const examining: ExamineOptions = {
		sender,
		probeUrl: options.probeUrl,
		rate,
		timeoutMs: options.timeout * 1000,
		budgetMs: options.budget,
		only,
		skip,
		...(json ? {} : { onResult: (result) => printer.show(result) }),
	};
	const report = await examine(examining);
	if (json) printJson(report);
	else print(summary(report));
	if (junit !== undefined) {
		writeFile(junit, `${toJunit(report)}\n`, "--junit");
		if (!json) note(`JUnit XML: ${junit}`);
	}
	process.exitCode = report.counts.fail > 0 ? EXIT.finding : EXIT.fine;
}

function requireSender(name: SenderName): void {
	if (isSignable(name)) return;
	throw new CommandError(
		`${name} signs with a private key that only ${name} has: nobody else can make its callbacks`,
	);
}

/** Says what will be sent, and to whom. */
function announce(
	url: URL,
	{ sender, probeUrl }: Options,
	rate: number,
	cases: readonly Case[],
): void {
	const most = cases.reduce((sum, { requests = 4 }) => sum + requests, 0);
	print(`Examining ${url.href} as ${sender}: ${cases.length} cases.`);
	print(
		`Sends up to ${most.toLocaleString("en")} requests to ${url.host}, ${rate} a second at most.`,
	);
	print("Some are genuine: the endpoint will handle made-up events. Try it on a test system.");
	if (probeUrl !== undefined) print(`Reads the count of handled callbacks at ${probeUrl.href}.`);
}
