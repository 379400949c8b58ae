import type { Command } from "commander";
import { type Explanation, explain as explainCallback, senders } from "wallet-callback";
import { type CallbackOptions, callbackOptions, readSubject, type Subject } from "../callback.js";
import { CommandError, EXIT } from "../exit.js";
import { examples } from "../options.js";
import { bold, dim, green, note, plain, print, printJson, red, said, yellow } from "../output.js";

export function register(command: Command): void {
	callbackOptions(command)
		.option("--json", "print JSON")
		.addHelpText(
			"after",
			examples(
				["explain request.txt --secret-file .secret", "a request that does not verify"],
				["explain - < log-line.json", "the line of a log"],
				[
					'explain body.json --sender stripe --header "Stripe-Signature: t=…,v1=…"',
					"a body and its headers",
				],
			),
		)
		.action(explain);
}

async function explain(
	file: string,
	{ json, ...options }: CallbackOptions & { readonly json?: true },
): Promise<void> {
	const subject = await readSubject(file, options);
	const { input, sender, keys, now, toleranceSeconds, url, clientId, pasted } = subject;
	// A verifier would not be made, and without it another URL or key would be blamed.
	const info = senders().find(({ name }) => name === sender);
	if (url === undefined && info?.requires.includes("url")) {
		throw new CommandError(`--url is required: ${info.name} signs it`);
	}
	const explanation = explainCallback({
		...{ ...input, sender, keys, now, toleranceSeconds, clientId },
		registeredUrl: url,
	});
	if (pasted.reparsed) {
		note(
			"The log has the body as an object: its bytes are lost, and the signature may not match them.",
		);
	}
	if (json) printJson(explanation);
	else show(explanation, subject);
	process.exitCode = explanation.verdict.ok ? EXIT.fine : EXIT.finding;
}

function show({ verdict, causes }: Explanation, { sender }: Subject): void {
	const name = typeof sender === "string" ? sender : sender.name;
	if (verdict.ok) {
		print(`${green("✓ verified")}  ${dim(name)}`);
		return;
	}
	print(`${red("✗ refused")}  ${bold(verdict.code)}  ${dim(name)}`);
	print(`  ${said(verdict)}`);
	showCauses(causes);
}

/** What may be wrong, and what to do. */
export function showCauses(causes: Explanation["causes"], indent = ""): void {
	for (const { code, certainty, message, fix } of causes) {
		const sure = certainty === "certain" ? red(certainty) : yellow(certainty);
		print(`\n${indent}${bold(code)}  ${sure}`);
		print(`${indent}  ${plain(message)}`);
		print(`${indent}  ${green("fix:")} ${plain(fix)}`);
	}
	if (causes.length === 0)
		print(`\n${indent}No cause was found: is it another secret, or another sender?`);
}
