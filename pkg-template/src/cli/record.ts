/** The names of the files that `listen --record` writes: they tell when a request arrived. */
import { basename } from "node:path";

export function recordName(at: Date, number: number): string {
	return `${at.toISOString().replaceAll(":", "-")}-${`${number}`.padStart(4, "0")}.http`;
}

/** When a request arrived, in milliseconds, if its file has such a name. */
export function recordedAt(file: string): number | undefined {
	const name = /^(\d{4}-\d\d-\d\dT\d\d)-(\d\d)-(\d\d\.\d{3}Z)-\d+\.http$/.exec(basename(file));
	const time = Date.parse(name?.slice(1).join(":") ?? "");
	return Number.isNaN(time) ? undefined : time;
}
