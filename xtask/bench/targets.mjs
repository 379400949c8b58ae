// What the project has promised itself. Timings inform, they never fail a run.

const kilobyte = 1024;

/** Each target as `{ text, value, limit }`; `value` is NaN where its runtime was not measured. */
export function targets({ runtimes, packageSizes, memory }) {
	const micros = (major, name, size) =>
		runtimes
			.find(({ runtime }) => runtime.startsWith(`Node ${major}.`))
			?.figures.find((figure) => figure.name === name && figure.size === size).micros;
	const ratio = (major, size, peer) =>
		micros(major, "wallet-callback", size) / micros(major, peer, size);
	const speed = [
		{ major: 20, peer: "node:crypto + JSON.parse", limit: 1 },
		{ major: 24, peer: "node:crypto + JSON.parse", limit: 0.5 },
		{ major: 20, peer: "standardwebhooks", limit: 0.3 },
		{ major: 24, peer: "standardwebhooks", limit: 0.3 },
	].flatMap(({ major, peer, limit }) =>
		[300, 1024].map((size) => ({
			text: `Node ${major}, ${size} B, of ${peer}`,
			value: ratio(major, size, peer),
			limit,
		})),
	);
	return [
		...speed,
		{ text: "core wasm, KB gzip", value: packageSizes.wasmGzip / kilobyte, limit: 40 },
		...memory.map(({ runtime, before, after, afterVerifiers }) => ({
			text: `${runtime}, growth of wasm memory, KB`,
			value: (Math.max(after.wasm, afterVerifiers.wasm) - before.wasm) / kilobyte,
			limit: 0,
		})),
	];
}
