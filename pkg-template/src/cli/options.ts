/** What options of several commands have in common. */
import { InvalidArgumentError } from "commander";
import { ConfigError, type ExplainOptions, explain } from "wallet-callback";
import { CommandError } from "./exit.js";

/** The examples in a command's help: what to type, and what it does. */
export function examples(...list: readonly (readonly [command: string, what: string])[]): string {
	const lines = list.map(([command, what]) => `  # ${what}\n  npx wallet-callback ${command}`);
	return `\nExamples:\n${lines.join("\n")}`;
}

/** Reads an option's value that is a whole number in a range. */
export function wholeNumber(least: number, most: number): (text: string) => number {
	return (text) => {
		const number = Number(text);
		if (/^-?\d+$/.test(text) && number >= least && number <= most) return number;
		throw new InvalidArgumentError(`Expected a whole number from ${least} to ${most}.`);
	};
}

/** Reads an option's value that is an `http:` or `https:` URL. */
export function httpUrl(text: string): URL {
	const url = URL.canParse(text) ? new URL(text) : undefined;
	if (url !== undefined && /^https?:$/.test(url.protocol)) return url;
	throw new InvalidArgumentError("Expected a URL such as http://localhost:3000/callbacks.");
}

/** Reads a URL that is signed as it is written. */
export function signedUrl(text: string): string {
	try {
		requireSound({ registeredUrl: text });
	} catch (error) {
		if (!(error instanceof ConfigError)) throw error;
		throw new InvalidArgumentError(error.message.replace(/^registeredUrl: e/, "E"));
	}
	return text;
}

/**
 * Has the package judge options, before there are keys and a callback.
 *
 * @throws {ConfigError} for what it refuses.
 */
export function requireSound(options: Pick<ExplainOptions, "registeredUrl" | "sender">): void {
	explain({ ...options, headers: {}, body: "", keys: [] });
}

/** The same of a URL that is called, and so shown and written into reports. */
export function endpointUrl(text: string): URL {
	const url = httpUrl(text);
	if (url.username === "" && url.password === "") return url;
	throw new InvalidArgumentError("Expected a URL without a user and a password.");
}

/** Reads an address to listen at: an empty one would stand for all of the machine's. */
export function hostName(text: string): string {
	if (text.trim() !== "") return text;
	throw new InvalidArgumentError("Expected an address such as 127.0.0.1, or 0.0.0.0 for all.");
}

/** Collects the values of an option that may be given more than once. */
export function collect(value: string, others: readonly string[] = []): readonly string[] {
	return [...others, value];
}

/** Reads a point in time, in RFC 3339 or as Unix seconds, into milliseconds. */
export function pointInTime(text: string): number {
	const time = /^\d{1,11}$/.test(text) ? Number(text) * 1000 : Date.parse(text);
	if (!Number.isNaN(time)) return time;
	throw new InvalidArgumentError("Expected a time such as 2026-03-05T12:00:00Z or 1772712000.");
}

/**
 * The value of an option that has to be given. `requiredOption` would ask for it before it says that another
 * is unknown, which may be this one with a typing error.
 */
export function required<Value>(name: string, value: Value | undefined): Value {
	if (value === undefined) throw new CommandError(`missing ${name}`);
	return value;
}
