// What the project has promised itself.

import { sizeName } from "./callbacks.mjs";
import { nanosPerByte } from "./measure.mjs";
import { COLD_FLOOR, FLOOR, rivalOf } from "./subjects.mjs";

const kilobyte = 1024;
const megabyte = 1_000_000;

/** By how much a target may be missed before the bench fails: timings are noisy. */
const TOLERANCE = 1.15;

/** At most this part of a peer's time, by the size of the body. */
const SPEED = [
	{ majors: [20], peer: FLOOR, limits: { 1024: 1.8, 65536: 1.12 } },
	{ majors: [20], peer: "node:crypto + JSON.parse", limits: { 355: 1.45, 1024: 1.65, 4096: 2 } },
	{ majors: [24], peer: "node:crypto + JSON.parse", limits: { 355: 0.45, 1024: 0.5 } },
	// Of the same strictness: the other peers check nothing of an event, which has three checksums.
	{ majors: [20, 24], peer: "node:crypto + JSON.parse + zod", limits: { 1024: 0.2 } },
	{ majors: [20, 24], peer: "stripe", limits: { 355: 0.95, 1024: 1.05, 4096: 1.45 } },
	{ majors: [20, 24], peer: "@octokit/webhooks-methods", limits: { 355: 1.15, 1024: 1.35 } },
	...["svix", "standardwebhooks", "@hookflo/tern"].map((peer) => ({
		majors: [20, 24],
		peer,
		limits: { 355: 0.5, 1024: 0.5, 4096: 0.5, 65536: 0.5 },
	})),
];

/** Milliseconds from the import to the first verdict in a fresh process. */
const COLD_MS = { 20: 9.5, 24: 8 };

/**
 * Each target as `{ text, value, limit }`, and with the `floor` that no verifier in WebAssembly goes below, if it
 * was measured; `value` is NaN where its runtime was not measured.
 */
export function targets(figures) {
	const { runtimes, cold, linearity, packageSizes, upload, memory, senders, dapp } = figures;
	const micros = (major, name, size) =>
		runtimes
			.find(({ runtime }) => runtime.startsWith(`Node ${major}.`))
			?.figures.find((figure) => figure.name === name && figure.size === size).micros;
	const gzipOf = (module) =>
		packageSizes.modules.find(({ name }) => name === module).gzip / kilobyte;
	const speed = SPEED.flatMap(({ majors, peer, limits }) =>
		majors.flatMap((major) =>
			Object.entries(limits).map(([size, limit]) => ({
				text: `Node ${major}, ${sizeName(+size)}, divided by ${peer}`,
				value: micros(major, rivalOf(peer), +size) / micros(major, peer, +size),
				limit,
				floor: micros(major, FLOOR, +size) / micros(major, peer, +size),
			})),
		),
	);
	const starts = cold.map(({ runtime, medians }) => ({
		text: `${runtime}, cold start, ms`,
		value: medians["wallet-callback"],
		limit: COLD_MS[majorOf(runtime)] ?? Number.NaN,
		floor: medians[COLD_FLOOR],
	}));
	const programs = cold.map(({ runtime, program }) => ({
		text: `${runtime}, start of the command line, divided by that of Node with the core`,
		value: program.program / program.core,
		limit: 1.5,
	}));
	return [
		...speed,
		...starts,
		...programs,
		...receiver(figures.receiver),
		...growth(linearity.figures),
		...senders.map(({ runtime, figures }) => ({
			text: `${runtime}, slowest sender with a secret, divided by tp-wallet`,
			value: slowest(figures),
			limit: 1.2,
		})),
		...dapp.flatMap(({ runtime, figures }) =>
			["viem", "ethers"].map((peer) => ({
				text: `${runtime}, eip191 at 1 KB, divided by ${peer}`,
				value: ratioTo(figures, peer),
				limit: 0.333,
			})),
		),
		{ text: "core wasm, KB gzip", value: gzipOf("core.wasm"), limit: 104 },
		{ text: "dapp wasm, KB gzip", value: gzipOf("dapp.wasm"), limit: 116 },
		{ text: "a Worker with the main entry, KB gzip", value: upload / kilobyte, limit: 150 },
		{ text: "package unpacked, MB", value: packageSizes.unpacked / megabyte, limit: 3.6 },
		{ text: "package as a tarball, MB", value: packageSizes.tarball / megabyte, limit: 1.3 },
		...memory.map(({ runtime, before, after, afterVerifiers }) => ({
			text: `${runtime}, growth of wasm memory, KB`,
			value: (Math.max(after.wasm, afterVerifiers.wasm) - before.wasm) / kilobyte,
			limit: 0,
		})),
	];
}

/** What a receiver may cost: behind `node:http`, and in process with a log. */
function receiver(measured) {
	const { rows = [], inProcess = [] } = measured ?? {};
	const micros = { 20: 17 };
	return [
		...rows.map(({ runtime, bare, verifier, receiver: rate }) => ({
			text: `${runtime}, requests per second of a bare handler, divided by a receiver's`,
			value: bare / rate,
			limit: 1.82,
			floor: bare / verifier,
		})),
		...inProcess
			.filter(({ runtime }) => majorOf(runtime) in micros)
			.map(({ runtime, figures }) => {
				const microsOf = (subject) => figures.find(({ name }) => name === subject).micros;
				return {
					text: `${runtime}, receiver in process with a log, 1 KB, µs`,
					value: microsOf("receiver with log"),
					limit: micros[majorOf(runtime)],
					floor: microsOf("verify"),
				};
			}),
	];
}

function majorOf(runtime) {
	return +/\d+/.exec(runtime);
}

/** Whether a target was reached, for a person. */
export function verdictOn({ value, limit }) {
	if (Number.isNaN(value) || Number.isNaN(limit)) return "not measured";
	if (value <= limit) return "reached";
	return value <= limit * TOLERANCE ? "nearly reached" : "missed";
}

function ratioTo(figures, peer) {
	const micros = (name) => figures.find((figure) => figure.name === name).micros;
	return micros("wallet-callback") / micros(peer);
}

function slowest(figures) {
	const own = figures.find(({ sender }) => sender === "tp-wallet").micros;
	return Math.max(...figures.map(({ micros }) => micros / own));
}

/**
 * How much more a byte of the largest body of each shape costs than one of the smallest. Finding
 * duplicate keys costs a logarithm more; a square would show as 100 for keys, 4 for depth, 1024 for
 * strings.
 */
function growth(figures) {
	const own = figures.filter(({ name }) => name === "wallet-callback");
	return [...new Set(own.map(({ shape }) => shape))].map((shape) => {
		const costs = own.filter((figure) => figure.shape === shape).map(nanosPerByte);
		return { text: `growth per byte, ${shape}`, value: costs.at(-1) / costs[0], limit: 3 };
	});
}
