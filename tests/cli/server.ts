/** A server that keeps what it gets, and a `listen` to send to. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { after } from "node:test";
import { type Surroundings, start } from "./cli.ts";

/** A request that a server got. */
export interface Got {
	readonly method: string;
	readonly path: string;
	readonly headers: IncomingHttpHeaders;
	readonly body: string;
}

/** Starts a server that answers each request with a status, and keeps it. */
export async function keeper(status = 200, text = "kept"): Promise<{ url: string; got: Got[] }> {
	const got: Got[] = [];
	const server = createServer(async (request, response) => {
		let body = "";
		for await (const part of request.setEncoding("utf8")) body += part;
		const { method = "", url: path = "", headers } = request;
		got.push({ method, path, headers, body });
		response.writeHead(status, { "content-type": "text/plain" }).end(text);
	}).listen(0, "127.0.0.1");
	await once(server, "listening");
	after(() => server.close());
	return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/callbacks`, got };
}

/** A `listen` that runs. */
export interface Listening {
	readonly url: string;
	/** What it has printed, once that matches. */
	printed(expected: RegExp): Promise<string>;
	/** Presses Ctrl-C, and tells the exit code and all that was printed. */
	end(): Promise<readonly [code: number | null, output: string]>;
}

/** Starts `listen` at a free port. */
export async function listening(
	words: readonly string[],
	surroundings: Surroundings,
	port: number,
): Promise<Listening> {
	const child = start(["listen", "--port", `${port}`, ...words], surroundings);
	after(() => child.kill());
	let output = "";
	for (const stream of [child.stdout, child.stderr]) {
		stream.setEncoding("utf8").on("data", (text) => {
			output += text;
		});
	}
	const url = `http://127.0.0.1:${port}/callbacks`;
	const printed = async (expected: RegExp) => {
		for (const end = Date.now() + 30_000; !expected.test(output); ) {
			assert.ok(Date.now() < end && child.exitCode === null, `${expected}:\n${output}`);
			await new Promise((resolve) => setTimeout(resolve, 20));
		}
		return output;
	};
	for (const end = Date.now() + 30_000; ; ) {
		const answer = await fetch(url, { method: "HEAD" }).catch(() => undefined);
		if (answer !== undefined) break;
		assert.ok(Date.now() < end && child.exitCode === null, output);
		await new Promise((resolve) => setTimeout(resolve, 50));
	}
	await printed(/refused|"ok":false/);
	output = "";
	return {
		url,
		printed,
		async end() {
			child.kill("SIGINT");
			const [code] = await once(child, "close");
			return [code, output];
		},
	};
}
