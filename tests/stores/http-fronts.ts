/** What stands before a database for clients that speak HTTP: the protocols of Upstash and Neon. */
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import pg from "pg";
import { createClient } from "redis";

export interface Front {
	readonly url: string;
	close(): Promise<void>;
}

/** An answer: its status and what becomes JSON. */
type Answer = readonly [status: number, body: unknown];

async function serve(
	answer: (request: IncomingMessage, body: unknown) => Promise<Answer>,
	end: () => Promise<void>,
): Promise<Front> {
	const server = createServer(async (request, response) => {
		const [status, body] = await answer(request, await json(request));
		response.writeHead(status, { "content-type": "application/json" });
		response.end(JSON.stringify(body));
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		async close() {
			server.closeAllConnections();
			server.close();
			await end();
		},
	};
}

/** Upstash's REST API before a Redis: a command in the body, or several for `/pipeline`. */
export async function upstashFront(redisUrl: string, token: string): Promise<Front> {
	const client = createClient({ url: redisUrl });
	await client.connect();
	const run = async (command: readonly unknown[], encode: (reply: unknown) => unknown) => {
		try {
			return { result: encode(await client.sendCommand(command.map(String))) };
		} catch (error) {
			return { error: (error as Error).message };
		}
	};
	return serve(
		async ({ url, headers }, body) => {
			if (headers.authorization !== `Bearer ${token}`) return [401, { error: "Unauthorized" }];
			const encode =
				headers["upstash-encoding"] === "base64" ? toBase64 : (reply: unknown) => reply;
			if (url === "/pipeline") {
				const commands = body as readonly (readonly unknown[])[];
				const results = [];
				for (const command of commands) results.push(await run(command, encode));
				return [200, results];
			}
			const result = await run(body as readonly unknown[], encode);
			return ["error" in result ? 400 : 200, result];
		},
		async () => client.destroy(),
	);
}

function toBase64(reply: unknown): unknown {
	if (typeof reply === "string") return Buffer.from(reply).toString("base64");
	return Array.isArray(reply) ? reply.map(toBase64) : reply;
}

/** The members of a PostgreSQL error that Neon hands on. */
const ERROR_MEMBERS = ["code", "severity", "detail", "hint", "constraint", "table"] as const;

interface Statement {
	readonly query: string;
	readonly params: readonly (string | null)[];
}

/** Neon's `/sql` before a PostgreSQL: one statement, or several in a transaction. */
export async function neonFront(postgresUrl: string): Promise<Front> {
	const pool = new pg.Pool({ connectionString: postgresUrl, max: 10 });
	pool.on("error", () => {});
	const asText = { getTypeParser: () => (value: string) => value };
	const run = async (client: pg.PoolClient, { query: text, params }: Statement) => {
		// Values, even none, make it the protocol of single statements.
		const statement = { text, values: [...params], rowMode: "array", types: asText };
		const { fields, rows, rowCount, command } = await client.query({
			...statement,
			queryMode: "extended",
		} as pg.QueryArrayConfig);
		return { fields, rows, rowCount, command };
	};
	const runAll = async (client: pg.PoolClient, statements: readonly Statement[]) => {
		const results = [];
		await client.query("BEGIN");
		try {
			for (const statement of statements) results.push(await run(client, statement));
			await client.query("COMMIT");
			return { results };
		} catch (error) {
			await client.query("ROLLBACK");
			throw error;
		}
	};
	return serve(
		async ({ url, headers }, body) => {
			if (url !== "/sql" || !headers["neon-connection-string"]) return [404, {}];
			const client = await pool.connect();
			try {
				const asked = body as Statement | { readonly queries: readonly Statement[] };
				const work = "queries" in asked ? runAll(client, asked.queries) : run(client, asked);
				return [200, await work];
			} catch (error) {
				const { message, ...members } = error as pg.DatabaseError;
				const told = ERROR_MEMBERS.map((name) => [name, members[name]]);
				return [400, { message, ...Object.fromEntries(told) }];
			} finally {
				client.release();
			}
		},
		() => pool.end(),
	);
}
