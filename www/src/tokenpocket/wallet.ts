/** Requests to TokenPocket, and their callbacks: loaded, with their module, when they are asked for. */
import encodeQR from "qr";
import {
	createDappRequest,
	type DappRequest,
	type DappRequestOptions,
	type DappResult,
	safeVerifyDappCallback,
} from "wallet-callback/dapp";
import { svg } from "../dom.ts";

export const request = (options: DappRequestOptions): DappRequest => createDappRequest(options);

/** Judges what a wallet has posted, or the URL that it has called. */
export function judge(pasted: string, expected: DappRequest["expected"]): DappResult {
	const text = pasted.trim();
	const called = /^https?:\/\//.test(text);
	return safeVerifyDappCallback({ ...(called ? { url: text } : { body: text }), expected });
}

/** A QR code as one path, with the quiet zone that readers need. */
export function qrCode(text: string, label: string): SVGSVGElement {
	const rows = encodeQR(text, "raw", { ecc: "low", border: 4 });
	const modules = rows.flatMap((row, y) =>
		row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : [])),
	);
	const size = rows.length;
	return svg(
		"svg",
		{ class: "qr", viewBox: `0 0 ${size} ${size}`, role: "img", "aria-label": label },
		svg("rect", { width: size, height: size, fill: "#fff" }),
		svg("path", { d: modules.join(""), fill: "#000", "shape-rendering": "crispEdges" }),
	);
}
