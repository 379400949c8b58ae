import { ConfigError } from "../core/errors.js";
import { nearest } from "../core/nearest.js";
import { shownName } from "../core/shown.js";

/**
 * A name that has to be one of these.
 *
 * @throws {ConfigError} for another, with the nearest known one.
 */
export function requireKnown(kind: string, name: unknown, known: readonly string[]): void {
	if (typeof name === "string" && known.includes(name)) return;
	const near = typeof name === "string" ? nearest(name, known) : undefined;
	const hint = near === undefined ? `known: ${known.join(", ")}` : `did you mean "${near}"?`;
	const text = typeof name === "string" ? JSON.stringify(name.slice(0, 64)) : shownName(name);
	throw new ConfigError("invalid_option", `unknown ${kind} ${text} (${hint})`);
}

/** @throws {ConfigError} for an option that is not known. */
export function requireOptions(options: unknown, known: readonly string[]): void {
	if (typeof options !== "object" || options === null) {
		throw new ConfigError("invalid_option", `expected options, got ${shownName(options)}`);
	}
	for (const name of Object.keys(options)) requireKnown("option", name, known);
}
