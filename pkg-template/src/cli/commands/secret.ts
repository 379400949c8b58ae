import type { Command } from "commander";
import { generateKeyPair, generateSecret } from "wallet-callback";
import { examples } from "../options.js";
import { print, printJson } from "../output.js";

export function register(command: Command): void {
	command
		.option("--ed25519", "make an Ed25519 key pair: whsk_… signs, whpk_… verifies")
		.option("--json", "print JSON")
		.addHelpText(
			"after",
			examples(
				["secret > .secret", "an HMAC secret, into a file"],
				["secret --ed25519", "a key pair"],
			),
		)
		.action(makeSecret);
}

function makeSecret({ ed25519, json }: { readonly ed25519?: true; readonly json?: true }): void {
	if (ed25519) {
		const pair = generateKeyPair();
		if (json) printJson(pair);
		else print(`${pair.publicKey}\n${pair.privateKey}`);
	} else {
		const secret = generateSecret();
		if (json) printJson({ secret });
		else print(secret);
	}
}
