/** Chromium: the package as it is, bundled by Vite, and through Vite's development server. */
import { createHash } from "node:crypto";
import { EventEmitter, once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { chromium } from "playwright-core";
import { createServer as createViteServer } from "vite";
import { type App, buildRunner, type Runtime } from "../harness.ts";
import { bundleWithVite } from "./bundlers.ts";

export const CHROMIUM = "/usr/bin/chromium";
const ARGUMENTS = [
	"--headless",
	"--no-sandbox",
	"--disable-gpu",
	"--disable-quic",
	"--no-first-run",
	"--disable-background-networking",
	"--disable-component-update",
	"--disable-sync",
];

export const chromiumMissing = (): string | undefined =>
	existsSync(CHROMIUM) ? undefined : "apt-get install chromium";

const DIST = "/node_modules/wallet-callback/dist";

/** What a bundler reads from package.json: where the package's own files are, and what they name. */
const IMPORT_MAP = JSON.stringify({
	imports: {
		"wallet-callback": `${DIST}/esm/index.js`,
		"wallet-callback/dapp": `${DIST}/esm/dapp.js`,
		"#layer": `${DIST}/esm/layer.js`,
		"#core": `${DIST}/load/core.inline.js`,
		"#on-demand": `${DIST}/load/full.inline.js`,
		"#dapp": `${DIST}/load/dapp.inline.js`,
	},
});
const MAP_HASH = createHash("sha256").update(IMPORT_MAP).digest("base64");

/** Allows WebAssembly to be compiled, and nothing else that a strict policy forbids. */
export const STRICT_POLICY = `default-src 'none'; script-src 'self' 'wasm-unsafe-eval' 'sha256-${MAP_HASH}'; connect-src 'self'`;
export const BLOCKING_POLICY = STRICT_POLICY.replace(" 'wasm-unsafe-eval'", "");

const TYPES: Record<string, string> = {
	".html": "text/html",
	".js": "text/javascript",
	".json": "application/json",
	".mjs": "text/javascript",
};

/** Opens a page that runs `script` and resolves with what the page posts to `/report`. */
export async function runPage(app: App, script: string, policy?: string): Promise<unknown> {
	return visit(page(script, IMPORT_MAP), policy, (request, response) => {
		const file = normalize(join(app.folder, (request.url ?? "").replace(/\?.*/, "")));
		if (!file.startsWith(app.folder) || !existsSync(file)) {
			response.writeHead(404).end();
			return;
		}
		response.setHeader("content-type", TYPES[extname(file)] ?? "application/octet-stream");
		response.end(readFileSync(file));
	});
}

const page = (script: string, importMap?: string) => {
	const map = importMap && `<script type="importmap">${importMap}</script>`;
	return `<!doctype html><body>${map ?? ""}<script type="module" src="/${script}"></script></body>`;
};

async function visit(
	html: string,
	policy: string | undefined,
	serve: RequestListener,
): Promise<unknown> {
	const report = new EventEmitter();
	const reported = once(report, "posted");
	const server = createServer(async (request, response) => {
		if (request.url === "/report") {
			report.emit("posted", JSON.parse(await text(request)));
			response.end();
		} else if (request.url === "/") {
			if (policy !== undefined) response.setHeader("content-security-policy", policy);
			response.setHeader("content-type", "text/html").end(html);
		} else {
			serve(request, response);
		}
	});
	await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
	const browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS });
	try {
		const tab = await browser.newPage();
		tab.on("pageerror", (error) => report.emit("error", error));
		await tab.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
		const [outcome] = await reported;
		return outcome;
	} finally {
		await browser.close();
		server.close();
	}
}

async function text(request: IncomingMessage): Promise<string> {
	const chunks: Buffer[] = [];
	for await (const chunk of request) chunks.push(chunk);
	return Buffer.concat(chunks).toString();
}

function inChromium(name: string, run: (app: App) => Promise<unknown>): Runtime {
	return {
		name,
		lacks: ["Buffer"],
		missing: chromiumMissing,
		run: run as Runtime["run"],
	};
}

export const browsers: readonly Runtime[] = [
	inChromium("Chromium under a policy with 'wasm-unsafe-eval'", async (app) => {
		await buildRunner(app.folder, "page.ts");
		return runPage(app, "page.mjs", STRICT_POLICY);
	}),
	inChromium("Chromium, bundled by Vite", async (app) => {
		await bundleWithVite(app.folder, await buildRunner(app.folder, "page.ts"), "vite-page");
		return runPage(app, "vite-page/bundle.mjs", STRICT_POLICY);
	}),
	inChromium("Chromium through Vite's development server", async (app) => {
		await buildRunner(app.folder, "page.ts");
		writeFileSync(join(app.folder, "index.html"), page("page.mjs"));
		const vite = await createViteServer({
			configFile: false,
			root: app.folder,
			appType: "custom",
			logLevel: "error",
			server: { middlewareMode: true, hmr: false, ws: false },
		});
		try {
			return await visit(page("page.mjs"), undefined, vite.middlewares);
		} finally {
			await vite.close();
		}
	}),
];
