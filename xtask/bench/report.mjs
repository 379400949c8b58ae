// Prints the figures in tables that fit 100 columns.
import { bodies, sizes } from "./callbacks.mjs";
import { nanosPerByte } from "./measure.mjs";
import { isOurs, rivalOf } from "./subjects.mjs";
import { verdictOn } from "./targets.mjs";

export function printReport(figures) {
	const {
		settings,
		runtimes,
		cold,
		packageSizes,
		memory,
		scaling,
		linearity,
		senders,
		dapp,
		targets,
	} = figures;
	const compared = runtimes.filter(hasPeers);
	const others = runtimes.filter((runtime) => !hasPeers(runtime));
	const lines = [
		"",
		"Microseconds from a callback, its body as bytes, to the parsed event: the median of",
		`${settings.rounds} batch means, the batches of all subjects and sizes in random order after a warm-up.`,
		"Beside it wallet-callback / peer, both in the peer's format: below 1, wallet-callback is faster.",
		...bodies,
		...compared.flatMap(peerTable),
		...ownTable(others),
		...coldTable(cold),
		...scalingTable("Keys, the last one fits", scaling.runtime, scaling.keys),
		...scalingTable("Allowed CIDRs, the last one fits", scaling.runtime, scaling.cidrs),
		...linearityTable(linearity),
		...sendersTable(senders),
		...dappTable(dapp),
		...memoryTable(memory),
		...sizeTable(packageSizes),
		...targetTable(targets),
	];
	console.log(lines.join("\n"));
}

function peerTable({ runtime, figures }) {
	const rows = rowsByName(figures);
	const cell = (name) => (peer, index) => {
		const share = isOurs(name) ? "" : ratio(rows.get(rivalOf(name))[index] / peer);
		return micros(peer).padStart(6) + share.padStart(5);
	};
	// The sizes stand above the microseconds, not above the ratios.
	const heads = sizes.map((size) => `${sizeName(size)}     `);
	return [
		"",
		row(32, 11, runtime, heads),
		...[...rows].map(([name, values]) => row(32, 11, name, values.map(cell(name)))),
	];
}

function ownTable(runtimes) {
	const rows = runtimes.flatMap(({ runtime, figures }) =>
		[...rowsByName(figures)].map(([name, values]) =>
			row(39, 10, name.replace("wallet-callback", runtime), values.map(micros)),
		),
	);
	return ["", row(39, 10, "wallet-callback elsewhere", sizes.map(sizeName)), ...rows];
}

function coldTable(cold) {
	const names = Object.keys(cold[0].medians);
	const cells = (name) => cold.map(({ medians }) => medians[name].toFixed(1));
	const heads = cold.map(({ runtime }) => runtime);
	return [
		"",
		row(39, 15, "Import to first verdict, ms", heads),
		...names.map((name) => row(39, 15, name, cells(name))),
	];
}

function scalingTable(title, runtime, figures) {
	const counts = figures.map(({ count }) => `${count}`);
	const times = figures.map((figure) => micros(figure.micros));
	return ["", row(39, 10, title, counts), row(39, 10, `${runtime}, 1 KB, µs`, times)];
}

function linearityTable({ runtime, figures }) {
	const names = [...new Set(figures.map(({ name }) => name))];
	const isSame = (one, other) => one.shape === other.shape && one.size === other.size;
	const lines = figures
		.filter(({ name }) => name === names[0])
		.map((body) => {
			const cells = figures
				.filter((figure) => isSame(figure, body))
				.map((figure) => nanosPerByte(figure).toFixed(1));
			const title = `${body.size.toLocaleString("en")} ${body.shape}`.padEnd(33);
			return row(47, 26, `${title}${kilobytes(body.bytes).padStart(8)} KB`, cells);
		});
	return ["", row(47, 26, `Nanoseconds per byte, ${runtime}`, names), ...lines];
}

/** The dearest senders, and how much of tp-wallet's time they take. */
function sendersTable(runtimes) {
	const dearest = 5;
	return runtimes.flatMap(({ runtime, figures }) => {
		const own = figures.find(({ sender }) => sender === "tp-wallet").micros;
		const others = figures.filter(({ sender }) => sender !== "tp-wallet");
		const rows = others.toSorted((one, other) => other.micros - one.micros).slice(0, dearest);
		const line = ({ sender, micros: value }) =>
			row(39, 10, sender, [micros(value), ratio(value / own)]);
		const title = `${runtime}, dearest of ${others.length} senders`;
		return ["", row(39, 10, title, ["1 KB, µs", "ratio"]), ...rows.map(line)];
	});
}

/** How long each takes to verify a signed text, and how much of that time ours takes. */
function dappTable(runtimes) {
	return runtimes.flatMap(({ runtime, figures }) => {
		const own = figures.find(({ name }) => name === "wallet-callback").micros;
		const line = ({ name, micros: value }) =>
			row(39, 10, name, [micros(value), ...(isOurs(name) ? [] : [ratio(own / value)])]);
		return ["", row(39, 10, `${runtime}, eip191`, ["1 KB, µs", "ratio"]), ...figures.map(line)];
	});
}

function memoryTable(memory) {
	const figures = ["rss", "heapUsed", "external", "arrayBuffers", "wasm"];
	const cells = (usage) => figures.map((figure) => (usage[figure] / 2 ** 20).toFixed(1));
	const line = (name, usage) => row(34, 13, name, cells(usage));
	const rows = memory.flatMap(({ runtime, calls, verifiers, before, after, afterVerifiers }) => [
		line(`${runtime}, warm`, before),
		line(`  after ${calls.toLocaleString("en")} calls`, after),
		line(`  after ${verifiers.toLocaleString("en")} dropped verifiers`, afterVerifiers),
	]);
	return ["", row(34, 13, "Memory, MB", figures), ...rows];
}

function sizeTable({ modules, tarball, unpacked }) {
	return [
		"",
		row(39, 10, "Size, KB", ["raw", "gzip", "brotli"]),
		...modules.map(({ name, raw, gzip, brotli }) =>
			row(39, 10, name, [raw, gzip, brotli].map(kilobytes)),
		),
		row(39, 10, "package, unpacked and as a tarball", [unpacked, tarball].map(kilobytes)),
	];
}

function targetTable(targets) {
	return [
		"",
		row(60, 12, "Targets", ["at most", "measured"]),
		...targets.map((target) => {
			const cells = [`${target.limit}`, target.value.toFixed(2)];
			return `${row(60, 12, target.text, cells)}  ${verdictOn(target)}`;
		}),
	];
}

function hasPeers({ figures }) {
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

function row(nameWidth, cellWidth, name, cells) {
	return (
		name.padEnd(nameWidth) + cells.map((cell) => cell.padStart(cellWidth)).join("")
	).trimEnd();
}

function sizeName(size) {
	if (size < 1024) {
		return `${size} B`;
	}
	return size < 2 ** 20 ? `${size / 1024} KB` : `${size / 2 ** 20} MB`;
}

function micros(value) {
	if (value < 10) {
		return value.toFixed(2);
	}
	return value.toFixed(value < 100 ? 1 : 0);
}

function ratio(value) {
	return value.toFixed(value < 10 ? 2 : 1);
}

function kilobytes(bytes) {
	return (bytes / 1024).toFixed(1);
}
