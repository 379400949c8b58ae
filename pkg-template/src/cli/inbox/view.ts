/** How a callback of a store is shown. */
import type { InboxItem } from "wallet-callback/stores/sqlite";
import { bold, cyan, dim, green, plain, red } from "../output.js";

/** A callback in a line. */
export function lineOf(item: InboxItem): string {
	const { id, receiver, status, letter } = item;
	const parts = [
		statusOf(item),
		bold(plain(id)),
		plain(receiver === "" ? "-" : receiver),
		...(letter?.type === undefined ? [] : [plain(letter.type)]),
		tries(item),
		dim(whenOf(item)),
		...(status === "dead" ? [red(errorOf(item))] : []),
	];
	return parts.join("  ");
}

/** The same in several lines, with all that is known. */
export function describeItem(item: InboxItem): string {
	const { id, receiver, status, letter, isEntry, ageMs } = item;
	const lines: readonly (readonly [label: string, text: string | undefined])[] = [
		["receiver", plain(receiver === "" ? "-" : receiver)],
		["type", letter?.type && plain(letter.type)],
		["attempts", `${item.attempt}`],
		["first", ageMs === undefined ? undefined : timeOf(-ageMs)],
		[status === "dead" ? "given up" : status === "leased" ? "leased" : "due", whenOf(item)],
		["error", status === "dead" ? errorOf(item) : undefined],
		["payload", isEntry ? "kept" : "not kept: its sender has to deliver it once more"],
	];
	const shown = lines.filter(([, text]) => text !== undefined);
	return [
		`${statusOf(item)}  ${bold(plain(id))}`,
		...shown.map(([label, text]) => `  ${label.padEnd(9)}  ${text}`),
	].join("\n");
}

/** The same for a program to read. */
export function jsonOf(item: InboxItem): object {
	const { id, receiver, status, attempt, ageMs, dueMs, deadMs, letter, isEntry } = item;
	return {
		id,
		receiver,
		status,
		attempts: attempt,
		type: letter?.type,
		error: letter?.error,
		first: ageMs === undefined ? undefined : timeOf(-ageMs),
		due: dueMs === undefined ? undefined : timeOf(dueMs),
		givenUp: deadMs === undefined ? undefined : timeOf(-deadMs),
		hasPayload: isEntry,
	};
}

function statusOf({ status }: InboxItem): string {
	const paint = { waiting: green, leased: cyan, dead: red }[status];
	return paint(status.padEnd(7));
}

const tries = ({ attempt }: InboxItem) => `${attempt} ${attempt === 1 ? "try" : "tries"}`;

function whenOf({ status, dueMs = 0, deadMs = 0 }: InboxItem): string {
	if (status === "dead") return timeOf(-deadMs);
	if (status === "leased") return `until ${timeOf(dueMs)}`;
	return dueMs > 0 ? `due ${timeOf(dueMs)}` : "due now";
}

function errorOf({ letter }: InboxItem): string {
	return plain(letter?.error ?? "no error was kept");
}

/** A moment so many milliseconds from now. */
function timeOf(ms: number): string {
	return new Date(Date.now() + ms).toISOString().replace(/\.\d+/, "");
}
