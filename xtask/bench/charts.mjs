// Draws the figures, for light and for dark pages.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as echarts from "echarts";
import { sizeName } from "./callbacks.mjs";
import { isOurs, rivalOf } from "./subjects.mjs";
import { hasPeers } from "./tables.mjs";

/** The size of the body in the chart of peers, in bytes. */
const SIZE = 1024;

const THEMES = {
	light: { text: "#1f2328", faint: "#d0d7de", own: "#0969da", peer: "#8c959f" },
	dark: { text: "#e6edf3", faint: "#30363d", own: "#58a6ff", peer: "#6e7681" },
};

export function writeCharts(folder, figures) {
	mkdirSync(folder, { recursive: true });
	for (const [theme, colours] of Object.entries(THEMES)) {
		for (const [name, chart] of Object.entries({
			speed: speed(figures),
			growth: growth(figures),
		})) {
			const svg = draw(chart(colours), colours);
			writeFileSync(join(folder, `${name}-${theme}.svg`), `${svg}\n`);
		}
	}
}

function draw({ height, ...option }, { text }) {
	const chart = echarts.init(undefined, undefined, {
		...{ renderer: "svg", ssr: true },
		...{ width: 760, height },
	});
	const textStyle = { color: text, fontFamily: "system-ui, sans-serif", fontSize: 12 };
	chart.setOption({ animation: false, backgroundColor: "transparent", textStyle, ...option });
	const svg = chart.renderToSVGString();
	chart.dispose();
	return svg;
}

/** Bars: how often wallet-callback verifies a callback in the time in which a peer verifies one. */
function speed({ runtimes }) {
	const compared = runtimes.filter(hasPeers);
	const peers = [...new Set(compared[0].figures.map(({ name }) => name))].filter(
		(name) => !isOurs(name),
	);
	const microsOf = ({ figures }, wanted) =>
		figures.find(({ name, size }) => name === wanted && size === SIZE).micros;
	return ({ text, faint, own, peer }) => ({
		height: 90 + peers.length * 38,
		title: {
			text: `Time of a peer, divided by that of wallet-callback (${sizeName(SIZE)})`,
			...{ left: 0, top: 0, padding: 0 },
			textStyle: { color: text, fontSize: 14 },
		},
		legend: { left: 0, top: 30, itemGap: 24, textStyle: { color: text } },
		grid: { left: 230, right: 50, top: 60, bottom: 30 },
		xAxis: {
			...{ type: "log", min: 0.1, max: 20 },
			axisLabel: { color: text },
			splitLine: { lineStyle: { color: faint } },
		},
		yAxis: { type: "category", data: peers.toReversed(), axisLabel: { color: text } },
		color: [own, peer],
		series: compared.map((runtime) => ({
			...{ type: "bar", name: runtime.runtime },
			data: peers
				.toReversed()
				.map((name) => +(microsOf(runtime, name) / microsOf(runtime, rivalOf(name))).toFixed(2)),
			label: { show: true, position: "right", color: text },
			markLine: {
				...{ silent: true, symbol: "none", label: { show: false } },
				lineStyle: { color: text, type: "solid" },
				data: [{ xAxis: 1 }],
			},
		})),
	});
}

/** Lines: how time grows with the body. */
function growth({ growth: { figures } }) {
	const names = [...new Set(figures.map(({ name }) => name))];
	return ({ text, faint, own, peer }) => ({
		height: 340,
		title: {
			text: "Microseconds per callback, by the bytes of its body",
			...{ left: 0, top: 0, padding: 0 },
			textStyle: { color: text, fontSize: 14 },
		},
		legend: { left: 0, top: 30, itemGap: 24, textStyle: { color: text } },
		grid: { left: 80, right: 40, top: 64, bottom: 30 },
		xAxis: {
			...{ type: "log", logBase: 4, min: 256 },
			axisLabel: { color: text, formatter: sizeName },
			splitLine: { show: false },
		},
		yAxis: {
			type: "log",
			axisLabel: { color: text, formatter: (value) => value.toLocaleString("en") },
			splitLine: { lineStyle: { color: faint } },
		},
		color: [own, peer],
		series: names.map((name) => ({
			...{ type: "line", name, symbolSize: 6 },
			data: figures
				.filter((figure) => figure.name === name)
				.map(({ bytes, micros }) => [bytes, +micros.toFixed(2)]),
		})),
	});
}
