// The figures as tables: for a terminal, and for a page.
import { sizeName, sizes } from "./callbacks.mjs";
import { nanosPerByte } from "./measure.mjs";
import { isOurs, rivalOf } from "./subjects.mjs";
import { verdictOn } from "./targets.mjs";

/**
 * Every table as `{ name, heads, rows }`: the name of its place in the page, and rows of cells, of which the
 * first is what the others are about.
 */
export function tablesOf(figures) {
	const { runtimes, cold, scaling, linearity, growth, senders, dapp, memory } = figures;
	const compared = runtimes.filter(hasPeers);
	const others = runtimes.filter((runtime) => !hasPeers(runtime));
	return [
		...compared.map(peerTable),
		ownTable(others),
		coldTable(cold),
		coldPartsTable(cold),
		growthTable(growth),
		...scalingTables(scaling),
		linearityTable(linearity),
		...sendersTables(senders),
		dappTable(dapp),
		...receiverTables(figures.receiver),
		memoryTable(memory),
		sizeTable(figures.packageSizes, figures.upload),
		targetTable(figures.targets),
	];
}

function peerTable({ runtime, figures }) {
	const rows = rowsByName(figures);
	const cell = (name) => (peer, index) => {
		if (isOurs(name)) return micros(peer);
		return `${micros(peer)} (${ratio(rows.get(rivalOf(name))[index] / peer)})`;
	};
	return {
		name: "speed",
		heads: [`${runtime}, µs`, ...sizes.map(sizeName)],
		rows: [...rows].map(([name, values]) => [name, ...values.map(cell(name))]),
	};
}

function ownTable(runtimes) {
	return {
		name: "speed",
		heads: ["wallet-callback elsewhere, µs", ...sizes.map(sizeName)],
		rows: runtimes.flatMap(({ runtime, figures }) =>
			[...rowsByName(figures)].map(([name, values]) => [
				name.replace("wallet-callback", runtime),
				...values.map(micros),
			]),
		),
	};
}

function coldTable(cold) {
	const names = Object.keys(cold[0].medians);
	return {
		name: "cold",
		heads: ["Import to first verdict, ms", ...cold.map(({ runtime }) => runtime)],
		rows: names.map((name) => [name, ...cold.map(({ medians }) => medians[name].toFixed(1))]),
	};
}

function coldPartsTable(cold) {
	const names = ["import", "core", "verifier", "first verdict", "second verdict"];
	return {
		name: "cold",
		heads: ["Parts of a start, ms", ...names],
		rows: cold.map(({ runtime, parts }) => [runtime, ...parts.map((part) => part.toFixed(1))]),
	};
}

/** How time grows with the body. */
function growthTable({ runtime, figures }) {
	const names = [...new Set(figures.map(({ name }) => name))];
	const own = figures.filter(({ name }) => name === names[0]);
	return {
		name: "growth",
		heads: [
			`Body, ${runtime}`,
			...names.flatMap((name) => [`${name}, µs`, `${name}, ns per byte`]),
		],
		rows: own.map(({ bytes }) => [
			sizeName(bytes),
			...names.flatMap((name) => {
				const figure = figures.find((other) => other.name === name && other.bytes === bytes);
				return [micros(figure.micros), nanosPerByte(figure).toFixed(1)];
			}),
		]),
	};
}

function scalingTables({ runtime, keys, cidrs, headers, verifiers }) {
	const table = (title, figures) => ({
		name: "scaling",
		heads: [title, ...figures.map(({ count }) => count.toLocaleString("en"))],
		rows: [[`${runtime}, 1 KB, µs`, ...figures.map((figure) => micros(figure.micros))]],
	});
	return [
		table("Keys, the last one fits", keys),
		table("Allowed CIDRs, the last one fits", cidrs),
		table("Other headers of the request", headers),
		table("Verifiers that live at once", verifiers),
	];
}

function linearityTable({ runtime, figures }) {
	const names = [...new Set(figures.map(({ name }) => name))];
	const isSame = (one, other) => one.shape === other.shape && one.size === other.size;
	return {
		name: "shapes",
		heads: [`Nanoseconds per byte, ${runtime}`, "KB", ...names],
		rows: figures
			.filter(({ name }) => name === names[0])
			.map((body) => [
				`${body.size.toLocaleString("en")} ${body.shape}`,
				kilobytes(body.bytes),
				...figures
					.filter((figure) => isSame(figure, body))
					.map((figure) => nanosPerByte(figure).toFixed(1)),
			]),
	};
}

/** The slowest senders, and how much of tp-wallet's time they take. */
function sendersTables(runtimes) {
	const slowest = 5;
	return runtimes.map(({ runtime, figures }) => {
		const own = figures.find(({ sender }) => sender === "tp-wallet").micros;
		const others = figures.filter(({ sender }) => sender !== "tp-wallet");
		const sorted = others.toSorted((one, other) => other.micros - one.micros);
		return {
			name: "senders",
			heads: [
				`${runtime}, slowest of ${others.length} senders`,
				"1 KB, µs",
				"divided by tp-wallet's",
			],
			rows: [{ sender: "tp-wallet", micros: own }, ...sorted.slice(0, slowest)].map(
				({ sender, micros: value }) => [sender, micros(value), ratio(value / own)],
			),
		};
	});
}

/** How long each takes to verify a signed text, and how much of that time ours takes. */
function dappTable(runtimes) {
	const names = runtimes[0].figures.map(({ name }) => name);
	const cell = (name) => (runtime) => {
		const of = (other) => runtime.figures.find((figure) => figure.name === other).micros;
		const share = isOurs(name) ? "" : ` (${ratio(of("wallet-callback") / of(name))})`;
		return micros(of(name)) + share;
	};
	return {
		name: "dapp",
		heads: ["EIP-191 over 1 KB, µs", ...runtimes.map(({ runtime }) => runtime)],
		rows: names.map((name) => [name, ...runtimes.map(cell(name))]),
	};
}

function receiverTables(receiver) {
	if (receiver === undefined) return [];
	const { rows, inProcess, stores } = receiver;
	const count = (value) => Math.round(value).toLocaleString("en");
	const share = (value, { bare }) => `${count(value)} (${(value / bare).toFixed(2)})`;
	const names = inProcess[0].figures.map(({ name }) => name);
	const of = (runtime, name) => runtime.figures.find((figure) => figure.name === name).micros;
	return [
		{
			name: "receiver",
			heads: ["Requests per second, one core", "bare", "verifier", "receiver"],
			rows: rows.map((row) => [
				row.runtime,
				count(row.bare),
				share(row.verifier, row),
				share(row.receiver, row),
			]),
		},
		{
			name: "receiver",
			heads: ["In process, 1 KB, µs", ...inProcess.map(({ runtime }) => runtime)],
			rows: names.map((name) => [name, ...inProcess.map((runtime) => micros(of(runtime, name)))]),
		},
		{
			name: "receiver",
			heads: ["A store's part", "callbacks per second", "bytes per id"],
			rows: [
				["memoryStore", "not measured", `${Math.round(stores.memoryBytes / 1_000_000)}`],
				...stores.servers.map(({ name, perSecond, bytes }) => [
					name === "Redis" ? `${name}, ${stores.redisRoundTrips} round trips per callback` : name,
					count(perSecond),
					`${Math.round(bytes)}`,
				]),
			],
		},
	];
}

function memoryTable(memory) {
	const kinds = ["rss", "heapUsed", "external", "arrayBuffers", "wasm"];
	const line = (name, usage) => [name, ...kinds.map((kind) => (usage[kind] / 2 ** 20).toFixed(1))];
	return {
		name: "memory",
		heads: ["Memory, MB", ...kinds],
		rows: memory.flatMap(({ runtime, calls, verifiers, before, after, afterVerifiers }) => [
			line(`${runtime}, warm`, before),
			line(`after ${calls.toLocaleString("en")} calls`, after),
			line(`after ${verifiers.toLocaleString("en")} dropped verifiers`, afterVerifiers),
		]),
	};
}

function sizeTable({ modules, tarball, unpacked }, upload) {
	return {
		name: "size",
		heads: ["Size, KB", "raw", "gzip", "brotli"],
		rows: [
			...modules.map(({ name, raw, gzip, brotli }) => [
				name,
				...[raw, gzip, brotli].map(kilobytes),
			]),
			["a Worker with the main entry", "", kilobytes(upload), ""],
			["the package, unpacked", kilobytes(unpacked), "", ""],
			["the package, as a tarball", "", kilobytes(tarball), ""],
		],
	};
}

function targetTable(targets) {
	return {
		name: "targets",
		heads: ["Target", "at most", "floor", "measured", "result"],
		rows: targets.map((target) => [
			target.text,
			`${target.limit}`,
			target.floor?.toFixed(2) ?? "",
			apart(target.value, target.limit),
			verdictOn(target),
		]),
	};
}

/** With as many digits as show on which side of the limit it is. */
function apart(value, limit) {
	const text = value.toFixed(2);
	return Number(text) === limit && value !== limit ? value.toFixed(3) : text;
}

export function hasPeers({ figures }) {
	return figures.some(({ name }) => !isOurs(name));
}

/** The microseconds of each subject in the order of `sizes`. */
function rowsByName(figures) {
	const names = new Set(figures.map(({ name }) => name));
	const valuesOf = (name) =>
		sizes.map(
			(size) => figures.find((figure) => figure.name === name && figure.size === size).micros,
		);
	return new Map([...names].map((name) => [name, valuesOf(name)]));
}

function micros(value) {
	if (value < 10) return value.toFixed(2);
	return value < 100 ? value.toFixed(1) : Math.round(value).toLocaleString("en");
}

function ratio(value) {
	return value.toFixed(value < 10 ? 2 : 1);
}

function kilobytes(bytes) {
	return (bytes / 1024).toFixed(1);
}
