// What the project has promised itself. Timings inform, they never fail a run.

import { nanosPerByte } from "./measure.mjs";

const kilobyte = 1024;

/** Each target as `{ text, value, limit }`; `value` is NaN where its runtime was not measured. */
export function targets({ runtimes, linearity, packageSizes, memory, senders, dapp }) {
	const micros = (major, name, size) =>
		runtimes
			.find(({ runtime }) => runtime.startsWith(`Node ${major}.`))
			?.figures.find((figure) => figure.name === name && figure.size === size).micros;
	const ratio = (major, size, peer) =>
		micros(major, "wallet-callback", size) / micros(major, peer, size);
	const gzipOf = (module) =>
		packageSizes.modules.find(({ name }) => name === module).gzip / kilobyte;
	const speed = [
		{ size: 300, major: 20, peer: "node:crypto + JSON.parse", limit: 1 },
		{ size: 300, major: 24, peer: "node:crypto + JSON.parse", limit: 0.5 },
		// The peer validates nothing, and this event has three checksums.
		{ size: 1024, major: 20, peer: "node:crypto + JSON.parse", limit: 1.3 },
		{ size: 1024, major: 24, peer: "node:crypto + JSON.parse", limit: 0.6 },
		{ size: 1024, major: 20, peer: "node:crypto + JSON.parse + zod", limit: 1 },
		{ size: 1024, major: 24, peer: "node:crypto + JSON.parse + zod", limit: 1 },
		...[300, 1024].flatMap((size) =>
			[20, 24].map((major) => ({ size, major, peer: "standardwebhooks", limit: 0.3 })),
		),
	].map(({ size, major, peer, limit }) => ({
		text: `Node ${major}, ${size} B, of ${peer}`,
		value: ratio(major, size, peer),
		limit,
	}));
	return [
		...speed,
		...growth(linearity.figures),
		...senders.map(({ runtime, figures }) => ({
			text: `${runtime}, dearest sender with a secret, of tp-wallet`,
			value: dearest(figures),
			limit: 1.2,
		})),
		...dapp.flatMap(({ runtime, figures }) =>
			["viem", "ethers"].map((peer) => ({
				text: `${runtime}, eip191 at 1 KB, of ${peer}`,
				value: ratioTo(figures, peer),
				limit: 0.333,
			})),
		),
		{ text: "core wasm, KB gzip", value: gzipOf("core.wasm"), limit: 104 },
		{ text: "dapp wasm, KB gzip", value: gzipOf("dapp.wasm"), limit: 110 },
		...memory.map(({ runtime, before, after, afterVerifiers }) => ({
			text: `${runtime}, growth of wasm memory, KB`,
			value: (Math.max(after.wasm, afterVerifiers.wasm) - before.wasm) / kilobyte,
			limit: 0,
		})),
	];
}

function ratioTo(figures, peer) {
	const micros = (name) => figures.find((figure) => figure.name === name).micros;
	return micros("wallet-callback") / micros(peer);
}

function dearest(figures) {
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
