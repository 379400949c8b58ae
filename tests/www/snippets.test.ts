/** What the page copies is what the docs show, and works for other senders, too. */
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import type { SenderInfo } from "wallet-callback";
import { writeHead } from "../../pkg-template/src/cli/head.ts";
import { snippet, TARGETS } from "../../www/src/snippets.ts";
import { secret } from "../readme/callbacks.ts";
import { snippetOf } from "../readme/documents.ts";
import { type Project, packageFile, prepareProject } from "../readme/programs.ts";
import { core, full } from "../senders/package.ts";
import { type Callback, KEY_ID, keyPair, signCallback, signerOf } from "../senders/signers.ts";

const NODE = process.execPath;
const RUNTIMES = ["node", "express", "hono"] as const;
/** A secret, and a public key that needs the full entry. */
const OTHERS = ["stripe", "grid"] as const;

let project: Project;
before(() => {
	project = prepareProject("www-snippets");
});

const EMPTY = { head: "", body: "" };

function infoOf(name: string): SenderInfo {
	return core.senders().find((info) => info.name === name) ?? assert.fail(name);
}

/** A genuine callback of now, and what verifies it. */
function genuine(name: (typeof OTHERS)[number], body: string) {
	const signer = signerOf(name);
	const callback: Callback = {
		body: Buffer.from(body),
		timestamp: Date.now(),
		id: "msg_1",
		nonce: "n0nce",
		keyId: KEY_ID,
		clientId: "client-1",
		method: "POST",
		url: "http://localhost/callback",
		covered: [],
	};
	const pair = keyPair(signer);
	return { ...signCallback(signer, callback, pair), key: String(pair.verifying) };
}

describe("what the page copies", () => {
	for (const target of TARGETS.filter((name) => name !== "curl")) {
		test(`for tp-wallet is that of the docs: ${target}`, () => {
			assert.equal(snippet(target, infoOf("tp-wallet"), EMPTY), snippetOf(target).code);
		});
	}

	for (const name of OTHERS) {
		for (const target of RUNTIMES) {
			test(`receives callbacks of ${name}: ${target}`, async () => {
				const code = snippet(target, infoOf(name), EMPTY);
				const file = project.write(`${target}-${name}/server.mjs`, code);
				const { key, ...callback } = genuine(name, JSON.stringify({ type: "paid", id: file }));
				const env = { WALLET_CALLBACK_SECRET: key };
				await project.serve([NODE, file], env, async ({ url, output }) => {
					const post = async (body: Uint8Array<ArrayBuffer>) => {
						const { headers } = callback;
						const response = await fetch(`${url}/callback`, { method: "POST", headers, body });
						return `${response.status} ${await response.text()}`;
					};
					const body = new Uint8Array(callback.body);
					const forged = new TextEncoder().encode('{"id":"evt_2"}');
					assert.equal(await post(forged), '401 {"code":401,"error":"signature_mismatch"}');
					assert.equal(await post(body), '200 {"code":0}');
					assert.equal(await post(body), '200 {"code":0,"duplicate":true}');
					assert.match(output(), /received \S+ paid/);
				});
			});
		}
	}

	test("is sent by the command for curl", async () => {
		const body = `{"type":"user.registered","timestamp":"2026-01-01T00:00:00Z","data":{"userId":"o'user $1","registeredAt":"2026-01-01T00:00:00Z"}}`;
		const signed = full.sign({ key: secret, body });
		const headers = { "content-type": "application/json", ...signed.headers };
		const head = writeHead("POST", "https://shop.example/callback", headers);
		const info = infoOf("tp-wallet");
		const file = project.write("curl/server.mjs", snippet("node", info, EMPTY));
		const env = { WALLET_CALLBACK_SECRET: secret };
		await project.serve([NODE, file], env, async ({ url }) => {
			const command = snippet("curl", info, { head, body });
			const here = command.replace("http://localhost:3000", `--noproxy '*' ${url}`);
			assert.match(await project.run("sh", ["-c", here]), /200 OK[\s\S]*\{"code":0\}/);
		});
	});

	test("is right by the package's types, for every sender", async () => {
		for (const info of core.senders()) {
			for (const target of ["node", "express", "workers", "hono"] as const) {
				project.write(`types/${info.name}/${target}.js`, snippet(target, info, EMPTY));
			}
		}
		const compilerOptions = {
			...{ target: "es2022", module: "nodenext", types: ["node"], allowJs: true, checkJs: true },
			...{ strict: true, noImplicitAny: false, skipLibCheck: true, noEmit: true },
		};
		const config = project.write("types/tsconfig.json", JSON.stringify({ compilerOptions }));
		await project.run(NODE, [packageFile("typescript", "bin/tsc"), "--project", config]);
	});
});
