/** How the sandbox wallet is watched: a live table on a terminal, lines or JSON in a pipe. */
import { bold, cyan, dim, green, print, printJsonLine, red, yellow } from "../output.js";
import type { Attempt, Delivery, State } from "./state.js";

export interface View {
	attempted(delivery: Delivery, attempt: Attempt): void;
	/** Leaves the terminal as it was. */
	close(): void;
}

/** A line for each try. */
export const lines: View = {
	attempted({ id, type, attempts }, { at, status, answered, again }) {
		const what = again ? "duplicate" : `try ${attempts.filter((one) => !one.again).length}`;
		const isFine = status !== undefined && status >= 200 && status <= 299;
		const time = at.slice(11, 23);
		print(
			`${time}  ${type.padEnd(21)}  ${id}  ${what.padEnd(9)}  ${isFine ? green(answered) : red(answered)}`,
		);
	},
	close() {},
};

/** A JSON object for each try. */
export const jsonLines: View = {
	attempted({ id, type, state, attempts }, attempt) {
		printJsonLine({ id, type, try: attempts.length, state, ...attempt });
	},
	close() {},
};

const HIDE_CURSOR = "\u001b[?25l";
const SHOW_CURSOR = "\u001b[?25h";
const CLEAR_BELOW = "\u001b[J";
const FRAME_MS = 100;

/** A table that is drawn over itself. */
export function table({ deliveries }: State): View {
	const { stdout } = process;
	let drawn = 0;
	const draw = () => {
		const width = stdout.columns ?? 80;
		// A table that is higher than the terminal could not be drawn over.
		const height = Math.max(1, (stdout.rows ?? 24) - 2);
		const rows = deliveries.map((delivery) => toRow(delivery, width));
		const shown = rows.slice(0, height);
		const up = drawn > 0 ? `\u001b[${drawn}A\r` : "";
		stdout.write(`${up}${CLEAR_BELOW}${shown.join("\n")}\n`);
		drawn = shown.length;
	};
	stdout.write(HIDE_CURSOR);
	draw();
	const timer = setInterval(draw, FRAME_MS);
	return {
		attempted: draw,
		close() {
			clearInterval(timer);
			draw();
			stdout.write(SHOW_CURSOR);
		},
	};
}

function toRow(delivery: Delivery, width: number): string {
	const { type, id, attempts } = delivery;
	const last = attempts.at(-1)?.answered ?? "";
	const parts = [
		type.padEnd(21),
		dim(id.slice(0, 12)),
		stateOf(delivery),
		`${attempts.length}`.padStart(2),
	];
	const room = Math.max(0, width - 21 - 12 - STATE_WIDTH - 2 - 2 * parts.length - 1);
	return `${parts.join("  ")}  ${last.slice(0, room)}`;
}

const STATE_WIDTH = 14;

function stateOf({ state, due, attempts }: Delivery): string {
	const pad = (text: string) => text.padEnd(STATE_WIDTH);
	switch (state) {
		case "done":
			return green(pad("delivered"));
		case "accepted":
			return cyan(pad("again soon"));
		case "given up":
			return red(pad("given up"));
		default: {
			const seconds = Math.max(0, (due - Date.now()) / 1000).toFixed(1);
			return attempts.length === 0
				? dim(pad(`in ${seconds} s`))
				: yellow(pad(`again in ${seconds} s`));
		}
	}
}

/** The last line. */
export function summary({ deliveries }: State): string {
	const attempts = deliveries.flatMap((delivery) => delivery.attempts);
	const duplicates = attempts.filter(({ again }) => again).length;
	const delivered = deliveries.filter(({ state }) => state === "done").length;
	const lost = deliveries.filter(({ state }) => state === "given up").length;
	const waiting = deliveries.length - delivered - lost;
	const tried = deliveries.filter(({ attempts }) => attempts.length > 0).length;
	const retries = attempts.length - duplicates - tried;
	return bold(
		[
			`${delivered} delivered`,
			`${retries} ${retries === 1 ? "retry" : "retries"}`,
			`${duplicates} duplicates`,
			...(lost > 0 ? [`${lost} given up`] : []),
			...(waiting > 0 ? [`${waiting} left`] : []),
		].join(", "),
	);
}
