import type { Command } from "commander";
import { createVerifier, type VerifyResult } from "wallet-callback";
import { type CallbackOptions, callbackOptions, readSubject, type Subject } from "../callback.js";
import { EXIT } from "../exit.js";
import { examples } from "../options.js";
import { bold, dim, green, plain, print, printJson, red, said } from "../output.js";

interface Options extends CallbackOptions {
	readonly json?: true;
	readonly allowShortKeys?: true;
}

export function register(command: Command): void {
	callbackOptions(command)
		.option("--allow-short-keys", "take secrets of fewer than 24 bytes")
		.option("--json", "print JSON")
		.addHelpText(
			"after",
			examples(
				["sign event.json | npx wallet-callback verify -", "what `sign` has signed"],
				["verify request.txt --secret-file .secret", "a request from a log or a proxy"],
				[
					'verify body.json --sender stripe --header "Stripe-Signature: t=…,v1=…"',
					"a body and its headers",
				],
			),
		)
		.action(verify);
}

async function verify(file: string, options: Options): Promise<void> {
	const subject = await readSubject(file, options);
	const { sender, keys, now, toleranceSeconds, url, clientId } = subject;
	const verifier = createVerifier({
		...{ sender, keys, toleranceSeconds, url, clientId },
		now: () => now,
		dangerouslyAllowShortKeys: options.allowShortKeys,
	});
	const result: VerifyResult<unknown> = verifier.safeVerify(subject.input);
	if (options.json) printJson(result);
	else show(result, subject);
	process.exitCode = result.ok ? EXIT.fine : EXIT.finding;
}

function show(result: VerifyResult<unknown>, { sender, now }: Subject): void {
	const name = typeof sender === "string" ? sender : sender.name;
	if (!result.ok) {
		print(`${red("✗ refused")}  ${bold(result.code)}  ${dim(name)}`);
		print(`  ${said(result)}`);
		print(dim("  `explain` finds out why"));
		return;
	}
	const { id, timestamp, key, event } = result;
	print(`${green("✓ verified")}  ${dim(name)}`);
	if (id !== undefined) print(`  id         ${plain(id)}`);
	if (timestamp !== undefined) {
		const age = Math.floor(now / 1000) - timestamp;
		print(`  signed     ${new Date(timestamp * 1000).toISOString()} ${dim(`(${inWords(age)})`)}`);
	}
	print(`  key        ${key.index + 1}${key.id === undefined ? "" : ` (${plain(key.id)})`}`);
	printJson(event);
}

function inWords(seconds: number): string {
	return seconds < 0 ? `${-seconds} s after it arrived` : `${seconds} s before it arrived`;
}
