// What `--serve` has at /tokenpocket: a page on which a person makes a request and has its callback
// judged, and the callbackUrl for those that are posted.
import { text } from "node:stream/consumers";
import {
	ConfigError,
	createDappRequest,
	memoryStore,
	safeVerifyDappCallback,
	toDappHandler,
	toNodeListener,
} from "./library.mjs";
import { askAddress, askCallback, headers } from "./pages.mjs";

/** @import { IncomingMessage, ServerResponse } from "node:http" */
/** @import { DappHandlerOptions } from "../../pkg/dist/esm/dapp/handler.js" */
/** @import { DappRequest } from "../../pkg/dist/esm/dapp/types.js" */
/** @typedef {{ status: number, body: string }} Page */

/** How many requests are remembered. */
const maxRequests = 1000;

const maxFormBytes = 262_144;

/**
 * @param {() => string} origin Where the server is.
 * @param {Pick<DappHandlerOptions, "onResult" | "log">} options
 * @returns {(request: IncomingMessage, response: ServerResponse) => boolean} Whether it answers.
 */
export function tokenPocket(origin, options) {
	/** @type {Map<string, DappRequest & { address: string }>} */
	const requests = new Map();
	const find = (/** @type {string} */ actionId) => requests.get(actionId)?.expected;
	const callback = toNodeListener(toDappHandler({ find, store: memoryStore(), ...options }));

	/** @param {URLSearchParams} form */
	function begin(form) {
		const address = (form.get("address") ?? "").trim();
		try {
			const request = createDappRequest({
				action: "sign",
				signIn: { statement: "Sign in to the demo." },
				address,
				dapp: { name: "wallet-callback", icon: `${origin()}/icon.png` },
				chains: ["eip155:1"],
				callbackUrl: `${origin()}/tokenpocket/callback`,
			});
			const [oldest] = requests.keys();
			if (oldest !== undefined && requests.size === maxRequests) requests.delete(oldest);
			requests.set(request.actionId, { ...request, address });
			return { status: 200, body: askCallback({ ...request, address }) };
		} catch (error) {
			if (!(error instanceof ConfigError)) throw error;
			return { status: 400, body: askAddress(address, error.message) };
		}
	}

	/** @param {URLSearchParams} form */
	function judge(form) {
		const request = requests.get(form.get("actionId") ?? "");
		if (request === undefined) return { status: 404, body: askAddress("", "no such request") };
		const { uri, actionId, address, expected } = request;
		const said = form.get("callback") ?? "";
		const verdict = safeVerifyDappCallback({ body: said, expected });
		return { status: 200, body: askCallback({ uri, actionId, address, callback: said, verdict }) };
	}

	/** @type {Record<string, (form: URLSearchParams) => Page>} */
	const pages = {
		"GET /tokenpocket": () => ({ status: 200, body: askAddress() }),
		"POST /tokenpocket": begin,
		"POST /tokenpocket/verdict": judge,
	};

	return (request, response) => {
		const { method, url = "" } = request;
		const [path = ""] = url.split("?");
		const show = pages[`${method} ${path}`];
		if (path === "/tokenpocket/callback") callback(request, response);
		else if (show === undefined) return false;
		else {
			readForm(request)
				.then((form) => send(response, show(form)))
				.catch(() => send(response, { status: 400, body: askAddress("", "no such form") }));
		}
		return true;
	};
}

/** @param {IncomingMessage} request */
async function readForm(request) {
	if (request.method === "GET") return new URLSearchParams();
	const length = Number(request.headers["content-length"]);
	if (!(length <= maxFormBytes)) throw new Error("expected a form of a known and small size");
	return new URLSearchParams(await text(request));
}

/**
 * @param {ServerResponse} response
 * @param {Page} page
 */
function send(response, { status, body }) {
	response.writeHead(status, headers).end(body);
}
