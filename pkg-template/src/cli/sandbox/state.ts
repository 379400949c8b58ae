/** What the sandbox wallet remembers, in a file: nothing secret. */
import { renameSync, rmSync, writeFileSync } from "node:fs";
import { CommandError } from "../exit.js";
import { attempt, isReplaceable, readText, requireWritable } from "../files.js";
import { plain } from "../output.js";

/** A try to deliver a callback. */
export interface Attempt {
	/** RFC 3339. */
	readonly at: string;
	/** Nothing if there was no answer. */
	readonly status?: number;
	/** What was answered, in a line. */
	readonly answered: string;
	/** Whether it was a duplicate of an accepted one. */
	readonly again?: true;
}

/** A callback. */
export interface Delivery {
	readonly id: string;
	readonly type: string;
	readonly seed: number;
	/** When the event happened, in Unix seconds. */
	readonly happened: number;
	readonly repeats: boolean;
	/** When it is sent next, in milliseconds since 1970. */
	due: number;
	state: "waiting" | "accepted" | "done" | "given up";
	readonly attempts: Attempt[];
}

export interface State {
	readonly version: 1;
	readonly url: string;
	readonly seed: number;
	/** In milliseconds since 1970. */
	saved: number;
	/** The first one verifies the address. */
	readonly deliveries: Delivery[];
}

/** Whether nothing is left to do. */
export function isOver({ deliveries }: State): boolean {
	return deliveries.every(isDone) || deliveries[0]?.state === "given up";
}

export const isDone = ({ state }: Delivery): boolean => state === "done" || state === "given up";

/**
 * Reads the state, if there is one. What was due meanwhile is as far ahead as it was when it was saved.
 *
 * @throws {CommandError} for a file with something else.
 */
export function loadState(file: string): State | undefined {
	if (!isReplaceable(file, "--state")) {
		requireWritable(file, "--state");
		return undefined;
	}
	const state = parse(readText(file, "--state"));
	if (state === undefined) {
		throw new CommandError(
			`${plain(file)} is not a state of the sandbox: name another with --state`,
		);
	}
	const away = Date.now() - state.saved;
	for (const delivery of state.deliveries) delivery.due += away;
	return state;
}

/** Whoever wrote the file, its texts are shown on a terminal. */
function parse(text: string): State | undefined {
	try {
		const state = JSON.parse(text, (_, value) =>
			typeof value === "string" ? plain(value) : value,
		);
		return isState(state) ? state : undefined;
	} catch {
		return undefined;
	}
}

function isState(value: State): boolean {
	const { version, url, seed, saved, deliveries } = value;
	return (
		version === 1 &&
		typeof url === "string" &&
		[seed, saved].every(Number.isFinite) &&
		deliveries.length > 0 &&
		deliveries.every(isDelivery)
	);
}

const STATES: readonly Delivery["state"][] = ["waiting", "accepted", "done", "given up"];

function isDelivery({
	id,
	type,
	seed,
	happened,
	repeats,
	due,
	state,
	attempts,
}: Delivery): boolean {
	return (
		[id, type].every((text) => typeof text === "string") &&
		[seed, happened, due].every(Number.isFinite) &&
		typeof repeats === "boolean" &&
		STATES.includes(state) &&
		attempts.every(({ at, answered }) => typeof at === "string" && typeof answered === "string")
	);
}

/** Writes the state, so that the file is always the old one or the new. */
export function saveState(file: string, state: State): void {
	state.saved = Date.now();
	const beside = `${file}.${process.pid}`;
	attempt(file, "write", "--state", () => {
		try {
			writeFileSync(beside, `${JSON.stringify(state, null, "\t")}\n`);
			renameSync(beside, file);
		} finally {
			rmSync(beside, { force: true });
		}
	});
}
