import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { Command } from "commander";
import { createVerifier, type Verifier, type VerifyResult } from "wallet-callback";
import { readSender, SENDER_HELP } from "../callback.js";
import { CommandError } from "../exit.js";
import { makeFolder, writeFile } from "../files.js";
import {
	type Arrived,
	acknowledge,
	detailsOf,
	jsonOf,
	lineOf,
	rawRequest,
} from "../listen/arrived.js";
import { endpointUrl, examples, hostName, signedUrl, wholeNumber } from "../options.js";
import { dim, note, plain, print, printJsonLine } from "../output.js";
import { readKeys } from "../paste.js";
import { recordName } from "../record.js";
import { readSecrets, type SecretOptions, secretOptions } from "../secret.js";
import { listenProblem } from "../system.js";
import { Agents, type Answer, exchange } from "../wire.js";

interface Options extends SecretOptions {
	readonly port: number;
	readonly host: string;
	readonly sender: string;
	readonly url?: string;
	readonly clientId?: string;
	readonly tolerance?: number;
	readonly allowShortKeys?: true;
	readonly forward?: URL;
	readonly record?: string;
	readonly verbose?: true;
	readonly json?: true;
}

export function register(command: Command): void {
	command
		.option("--port <port>", "where to listen; 0 takes a free one", wholeNumber(0, 65_535), 4000)
		.option("--host <address>", "the address to listen at", hostName, "127.0.0.1")
		.option("--sender <name>", SENDER_HELP, "tp-wallet")
		.option(
			"--url <url>",
			"the URL that is registered with the sender, for one that signs it",
			signedUrl,
		)
		.option("--client-id <id>", "your id at the sender, for one that signs it")
		.option("--tolerance <seconds>", "how old a callback may be", wholeNumber(1, 86_400))
		.option("--allow-short-keys", "take secrets of fewer than 24 bytes")
		.option(
			"--forward <url>",
			"send on what arrives, and answer what is answered there",
			endpointUrl,
		)
		.option(
			"--record <folder>",
			"keep each request in a file, for verify, explain and send --resend",
		)
		.option("--verbose", "show the headers and the event")
		.option("--json", "print a JSON object for each, in a line");
	secretOptions(command)
		.addHelpText(
			"after",
			examples(
				["listen", "verifies what arrives at port 4000"],
				[
					"listen --forward http://localhost:3000/callback",
					"in front of the server that you are writing",
				],
				["listen --sender stripe --record recorded", "keeps each request in a file"],
			),
		)
		.action(listen);
}

/** Of a body, no more is kept. */
const MOST_BYTES = 16 * 1024 * 1024;
const FORWARD_TIMEOUT_MS = 30_000;

async function listen(options: Options): Promise<void> {
	const { json, record, url, clientId, tolerance } = options;
	const verifier = createVerifier({
		sender: readSender(options.sender),
		keys: readKeys(await readSecrets(options)),
		toleranceSeconds: tolerance,
		...{ url, clientId },
		maxBodyBytes: MOST_BYTES,
		dangerouslyAllowShortKeys: options.allowShortKeys,
	}) as Verifier<unknown>;
	if (record !== undefined) makeFolder(record, "--record");
	const agents = new Agents();
	const counts = { verified: 0, refused: 0 };
	const handle = async (request: IncomingMessage, response: ServerResponse) => {
		const arrived = await answer(request, response, verifier, options, agents);
		if (arrived === undefined) return;
		counts[arrived.result.ok ? "verified" : "refused"] += 1;
		if (json) printJsonLine(jsonOf(arrived));
		else print([lineOf(arrived), ...detailsOf(arrived, options.verbose === true)].join("\n"));
		if (record !== undefined) keep(record, counts.verified + counts.refused, arrived);
	};
	const server = createServer((request, response) => {
		handle(request, response).catch((error) => {
			note(`error: ${plain((error as Error).message)}`);
			response.destroy();
		});
	});
	await open(server, options);
	if (!json) greet(server, options);
	await interrupted();
	server.close();
	server.closeAllConnections();
	agents.close();
	if (!json) print(`\n${counts.verified} verified, ${counts.refused} refused`);
}

async function open(server: Server, { port, host }: Options): Promise<void> {
	server.listen(port, host);
	try {
		await once(server, "listening");
	} catch (error) {
		throw new CommandError(listenProblem(error, plain(host), port) ?? (error as Error).message);
	}
}

function greet(server: Server, { host, sender, forward }: Options): void {
	const { port } = server.address() as AddressInfo;
	const shown = host.includes(":") ? `[${host}]` : host;
	print(`Listening for ${sender} at http://${shown}:${port} (any path). Ctrl-C ends it.`);
	if (forward !== undefined) print(`What arrives is sent on to ${forward.href}.`);
	print(
		dim(
			`To reach it from outside, open a tunnel: cloudflared tunnel --url http://localhost:${port}, or ngrok http ${port}`,
		),
	);
}

function interrupted(): Promise<void> {
	return new Promise((resolve) => {
		for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
	});
}

/** Answers a request. Nothing for one that ended too early. */
async function answer(
	request: IncomingMessage,
	response: ServerResponse,
	verifier: Verifier<unknown>,
	{ forward }: Options,
	agents: Agents,
): Promise<Arrived | undefined> {
	const at = new Date();
	const since = performance.now();
	const body = await read(request);
	if (body === undefined) return undefined;
	const { method = "POST", url = "/" } = request;
	const host = request.headers.host ?? "localhost";
	const called = `http://${host}${url}`;
	const headers = pairs(request.rawHeaders);
	const input = { headers, body, method, url: called };
	const result: VerifyResult<unknown> = verifier.safeVerify(input);
	// A body that was cut off is not what the sender sent.
	const reply =
		forward && body.length <= MOST_BYTES
			? await sendOn(forward, { method, headers, body, url }, agents)
			: acknowledge(verifier, result);
	response.writeHead(reply.status, reply.headers).end(reply.body);
	const milliseconds = performance.now() - since;
	const causes = result.ok ? [] : (verifier.explain?.(input).causes ?? []);
	return { at, method, url, headers, body, result, causes, status: reply.status, milliseconds };
}

/** The body, or as much of it as shows that it is too long. Nothing where the client hangs up. */
async function read(request: IncomingMessage): Promise<Buffer | undefined> {
	const parts: Buffer[] = [];
	let length = 0;
	try {
		for await (const part of request) {
			if (length <= MOST_BYTES) parts.push(part);
			length += part.length;
		}
	} catch {
		return undefined;
	}
	return Buffer.concat(parts);
}

/** Headers as they came: each on its own. */
function pairs(raw: readonly string[]): (readonly [name: string, value: string])[] {
	const names = raw.filter((_, index) => index % 2 === 0);
	return names.map((name, index) => [name, raw[index * 2 + 1] ?? ""]);
}

interface Reply {
	readonly status: number;
	readonly headers: { readonly [name: string]: string };
	readonly body: string;
}

/** What belongs to one connection (RFC 9110, section 7.6.1), and what is made anew. */
const HOP_BY_HOP: readonly string[] = [
	"accept-encoding",
	"connection",
	"content-length",
	"expect",
	"host",
	"keep-alive",
	"proxy-authenticate",
	"proxy-authorization",
	"te",
	"trailer",
	"transfer-encoding",
	"upgrade",
];

async function sendOn(
	to: URL,
	{ method, headers, body, url }: Pick<Arrived, "method" | "headers" | "body" | "url">,
	agents: Agents,
): Promise<Reply> {
	const target = new URL(to);
	const query = url.indexOf("?");
	if (query >= 0) target.search = url.slice(query);
	const kept = headers.filter(([name]) => !HOP_BY_HOP.includes(name.toLowerCase()));
	const sending = { method, url: target, headers: kept, body, mostBytes: MOST_BYTES };
	const answer: Answer = await exchange(sending, FORWARD_TIMEOUT_MS, agents);
	if (answer.status === undefined) {
		const text = JSON.stringify({ code: 502, error: "unreachable" });
		return { status: 502, headers: { "content-type": "application/json" }, body: text };
	}
	const back = Object.entries(answer.headers).filter(([name]) => !HOP_BY_HOP.includes(name));
	return { status: answer.status, headers: Object.fromEntries(back), body: answer.body };
}

function keep(folder: string, number: number, arrived: Arrived): void {
	writeFile(join(folder, recordName(arrived.at, number)), rawRequest(arrived), "--record");
}
