/** Runs the snippets that need a Redis or a PostgreSQL server. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, test } from "node:test";
import { Client } from "pg";
import { startPostgres, startRedis } from "../services/servers.ts";
import {
	converse,
	creditsIn,
	type Fault,
	failAndRepeat,
	postTo,
	repeat,
	secret,
} from "./callbacks.ts";
import { snippetOf } from "./documents.ts";
import { ON_SERVERS } from "./on-servers.ts";
import { type Project, prepareProject } from "./programs.ts";

const NODE = process.execPath;
let project: Project;

before(() => {
	project = prepareProject("readme-servers");
});

const POSTGRES_FAULTS: readonly Fault[] = [
	["CHECK (false)", "credits"] as const,
	["CHECK (state <> 'done')", "wallet_callback"] as const,
].map(([check, table]) => [
	`ALTER TABLE ${table} ADD CONSTRAINT fault ${check} NOT VALID`,
	`ALTER TABLE ${table} DROP CONSTRAINT fault`,
]);

const RUNNERS: { readonly [title: string]: (file: string) => Promise<void> } = {
	async "aws-lambda"(file) {
		const redis = await startRedis();
		try {
			const env = { WALLET_CALLBACK_SECRET: secret, SNIPPET: file, REDIS_URL: redis.url };
			await project.serve([NODE, project.host("lambda")], env, async ({ port, output }) => {
				const post = postTo(`http://127.0.0.1:${port}/callback`);
				await converse(post);
				await repeat(post, creditsIn(output));
			});
		} finally {
			await redis.dispose();
		}
	},

	async "redis-store"(file) {
		const redis = await startRedis();
		try {
			const use = `const { store } = await import(process.env.SNIPPET);
				const { status } = await store.claim("msg_1", "${"a1".repeat(32)}", 1000, 1000);
				console.log(status);
				process.exit();`;
			const env = { SNIPPET: file, REDIS_URL: redis.url };
			assert.equal(await project.run(NODE, ["--input-type=module", "-e", use], env), "claimed\n");
		} finally {
			await redis.dispose();
		}
	},

	"postgres-once": (file) => creditsOnce("listener", { SNIPPET: file }),

	async "pg-store"(file) {
		const postgres = await startPostgres();
		try {
			const use = `const { pool, store } = await import(process.env.SNIPPET);
				const { status } = await store.claim("msg_1", "${"a1".repeat(32)}", 1000, 1000);
				console.log(status);
				await pool.end();`;
			const env = { SNIPPET: file, DATABASE_URL: postgres.url };
			assert.equal(await project.run(NODE, ["--input-type=module", "-e", use], env), "claimed\n");
		} finally {
			await postgres.dispose();
		}
	},

	...Object.fromEntries(
		["pg-once", "drizzle-once", "kysely-once", "prisma-once"].map((title) => [
			title,
			(file: string) => {
				const store = project.write("pg-store.js", snippetOf("pg-store").code);
				const generated = readFileSync(project.host("prisma-client"), "utf8");
				project.write("generated/prisma/client.js", generated);
				return creditsOnce("credit", { SNIPPET: file, STORE: store });
			},
		]),
	),
};

/** Runs a snippet's handler, which writes into the store's database, with faults there. */
async function creditsOnce(host: string, files: NodeJS.ProcessEnv): Promise<void> {
	const postgres = await startPostgres({ settings: { fsync: "off" } });
	try {
		const env = { WALLET_CALLBACK_SECRET: secret, DATABASE_URL: postgres.url, ...files };
		await project.serve([NODE, project.host(host)], env, async ({ port }) => {
			const client = new Client(postgres.url);
			await client.connect();
			try {
				const post = postTo(`http://127.0.0.1:${port}/callback`);
				const credits = async (depositId: string): Promise<number> => {
					const count = "SELECT count(*)::int FROM credits WHERE deposit = $1";
					return (await client.query(count, [depositId])).rows[0].count;
				};
				await repeat(post, credits);
				for (const fault of POSTGRES_FAULTS) {
					await failAndRepeat(post, credits, (statement) => client.query(statement), fault);
				}
			} finally {
				await client.end();
			}
		});
	} finally {
		await postgres.dispose();
	}
}

for (const title of ON_SERVERS) {
	test(title, async () => {
		const runner = RUNNERS[title];
		assert.ok(runner, "nothing runs this snippet");
		await runner(project.write(`${title}.js`, snippetOf(title).code));
	});
}
