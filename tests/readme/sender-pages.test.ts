/** The programs of docs/senders/ take webhooks that are signed as each sender documents it. */
import assert from "node:assert/strict";
import { createPublicKey, type KeyObject } from "node:crypto";
import { readFileSync } from "node:fs";
import { before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { freePort } from "../ports.ts";
import { full } from "../senders/package.ts";
import {
	type Callback,
	KEY_ID,
	type KeyPair,
	keyPair,
	signCallback,
	signerOf,
} from "../senders/signers.ts";
import { documents, snippetOf } from "./documents.ts";
import { FROM_SENDERS } from "./on-servers.ts";
import { type Project, prepareProject } from "./programs.ts";

interface Case {
	readonly path: string;
	/** The variable that has the secret, or nothing for keys that are fetched. */
	readonly env?: string;
	readonly body: object;
	readonly headers?: Record<string, string>;
	/** What names the reader's account: the member, the variable. */
	readonly account?: readonly [member: string, env: string];
	readonly prints: RegExp;
}

const CASES: Readonly<Record<string, Case>> = {
	stripe: {
		path: "stripe",
		env: "STRIPE_WEBHOOK_SECRET",
		body: { id: "evt_1", type: "payment_intent.succeeded" },
		prints: /^paid evt_1$/gm,
	},
	github: {
		path: "github",
		env: "GITHUB_WEBHOOK_SECRET",
		body: { zen: "Keep it logically awesome." },
		headers: { "x-github-event": "ping", "x-github-delivery": "7" },
		prints: /^github ping$/gm,
	},
	shopify: {
		path: "shopify",
		env: "SHOPIFY_CLIENT_SECRET",
		body: { order: 1 },
		headers: { "x-shopify-topic": "orders/paid", "x-shopify-event-id": "7" },
		prints: /^shopify orders\/paid$/gm,
	},
	"coinbase-commerce": {
		path: "coinbase",
		env: "COINBASE_COMMERCE_SECRET",
		body: { id: 1, event: { id: "evt_1", type: "charge:confirmed" } },
		prints: /^paid evt_1$/gm,
	},
	"coinbase-cdp": {
		path: "cdp",
		env: "COINBASE_CDP_SECRET",
		body: { network: "base-mainnet" },
		prints: /^coinbase onchain\.activity\.detected evt_1$/gm,
	},
	circle: {
		path: "circle",
		body: { notificationId: "ntf_1", notificationType: "payments", subscriptionId: "own" },
		account: ["subscriptionId", "CIRCLE_SUBSCRIPTION_ID"],
		prints: /^paid ntf_1$/gm,
	},
	nowpayments: {
		path: "nowpayments",
		env: "NOWPAYMENTS_IPN_SECRET",
		body: { payment_status: "finished", payment_id: 5, fee: { b: 1, a: 2 } },
		prints: /^payment \{"payment_status":"finished".*\}$/gm,
	},
	"fireblocks-v2": {
		path: "fireblocks",
		body: { id: "evt_1", eventType: "transaction.created", workspaceId: "own" },
		account: ["workspaceId", "FIREBLOCKS_WORKSPACE_ID"],
		prints: /^created evt_1$/gm,
	},
	"tp-wallet": {
		path: "callback",
		env: "WALLET_CALLBACK_SECRET",
		body: JSON.parse(
			readFileSync(new URL("../vectors/events/deposit.confirmed.json", import.meta.url), "utf8"),
		),
		prints: /^credit \S+$/gm,
	},
	alchemy: {
		path: "alchemy",
		env: "ALCHEMY_SIGNING_KEY",
		body: { id: "whevt_1", type: "ADDRESS_ACTIVITY" },
		prints: /^activity whevt_1$/gm,
	},
	paddle: {
		path: "paddle",
		env: "PADDLE_WEBHOOK_SECRET",
		body: { event_id: "evt_1", event_type: "transaction.completed" },
		prints: /^paid evt_1$/gm,
	},
};

/** What CryptAPI tells of a payment to the address of the order in its program. */
const PAYMENT = {
	order: "7",
	uuid: "u",
	address_in: "3PFoGK63cVVUWnd2vu7W1kM83NXUfvzMqM",
	txid_in: "t",
	value_coin: "0.05",
	pending: "0",
	confirmations: "3",
};

let project: Project;

before(() => {
	project = prepareProject("sender-pages");
});

for (const [name, one] of Object.entries(CASES)) {
	const { path, env, body, headers: unsigned, account, prints } = one;
	const title = name === "fireblocks-v2" ? "from-fireblocks" : `from-${name}`;
	test(`${title}: takes a webhook once, and no forged one`, async () => {
		const { code } = snippetOf(title);
		assert.ok(code.includes(`sender: "${name}"`));
		const file = project.write(`${name}.js`, code);
		const signer = signerOf(name, name === "coinbase-cdp" ? "with headers" : undefined);
		const pair = keyPair(signer);
		const { headers, body: sent } = signCallback(signer, callbackOf(body), pair);
		const all = { "content-type": "application/json", ...headers, ...unsigned };
		const forged = sent.toString().replace(/"([a-z_]+)":/i, '"$1_":');

		const start = [process.execPath, ...(env === undefined ? ["--import", stub()] : []), file];
		const given: Record<string, string> =
			env === undefined ? { PUBLISHED: published(pair) } : { [env]: secretOf(pair) };
		if (account !== undefined) given[account[1]] = "own";
		await project.serve(start as [string], given, async ({ port, output }) => {
			const post = async (content: string | Buffer, headers = all) => {
				const url = `http://127.0.0.1:${port}/${path}`;
				const response = await fetch(url, {
					method: "POST",
					headers,
					body: new Uint8Array(Buffer.from(content)),
				});
				return [response.status, await response.json()];
			};
			if (account !== undefined) {
				// The same key has signed it, for another customer.
				const [id = ""] = Object.keys(body);
				const theirs = callbackOf({ ...body, [id]: "theirs", [account[0]]: "theirs" });
				const { headers, body: sent } = signCallback(signer, theirs, pair);
				assert.deepEqual(await post(sent, { ...all, ...headers }), [200, { code: 0 }]);
			}
			assert.deepEqual(await post(forged), [401, { code: 401, error: "signature_mismatch" }]);
			assert.deepEqual(await post(sent), [200, { code: 0 }]);
			assert.deepEqual(await post(sent), [200, { code: 0, duplicate: true }]);
			assert.equal(output().match(prints)?.length, 1, output());
			for (const probe of full.senders().find((info) => info.name === name)?.probes ?? []) {
				const { status } = await fetch(`http://127.0.0.1:${port}/${path}`, { method: probe });
				assert.equal(status, 200, probe);
			}
		});
	});
}

test("from-cryptapi: takes what comes by GET once, of the addresses that it knows", async () => {
	const file = project.write("cryptapi.js", snippetOf("from-cryptapi").code);
	const signer = signerOf("cryptapi");
	const pair = keyPair(signer);
	const called = "https://shop.example/cryptapi";
	const env = { CRYPTAPI_PUBLIC_KEY: secretOf(pair), CRYPTAPI_CALLBACK: called };
	await project.serve([process.execPath, file], env, async ({ port, output }) => {
		const get = async (changed: Record<string, string | undefined>, signed = called) => {
			const all = { ...PAYMENT, ...changed };
			const query = new URLSearchParams();
			for (const [name, value] of Object.entries(all)) if (value) query.append(name, value);
			const signature = signer.algorithm.sign(Buffer.from(`${signed}?${query}`), pair.signing);
			const headers = { "x-ca-signature": signature.toString("base64") };
			const answer = await fetch(`http://127.0.0.1:${port}/cryptapi?${query}`, { headers });
			return [answer.status, await answer.text()];
		};
		const OK = [200, "*ok*"];
		assert.deepEqual(await get({ pending: "1" }), OK);
		assert.deepEqual(await get({}), OK);
		assert.deepEqual(await get({ confirmations: "4" }), OK, "the same payment");
		assert.deepEqual(await get({ uuid: "v", value_coin: "0.4" }), OK, "another in one transaction");
		for (const theirs of ["THEIRS", undefined]) {
			assert.deepEqual(await get({ uuid: `of ${theirs}`, address_in: theirs }), OK);
			assert.deepEqual(
				await get({ uuid: `no ${theirs}`, address_in: theirs, order: undefined }),
				OK,
			);
		}
		for (const without of ["uuid", "pending"]) {
			assert.equal((await get({ [without]: undefined }))[0], 500, without);
		}
		assert.equal((await get({}, "https://theirs.example/"))[0], 401, "for another URL");
		const told = output().match(/^(seen|paid) .*$/gm);
		assert.deepEqual(told, ["seen 7 0.05", "paid 7 0.05", "paid 7 0.4"]);
	});
});

test("try-cryptapi: stands in CryptAPI's place", async () => {
	project.write("cryptapi.js", snippetOf("from-cryptapi").code);
	const file = project.write("try.js", snippetOf("try-cryptapi").code);
	const output = await project.run(process.execPath, [file], { PORT: String(await freePort()) });
	assert.deepEqual(output.trim().split("\n").slice(-2), ["paid 7 0.05", "200 *ok*"]);
});

test("every program of docs/senders/ is run", () => {
	const pages = documents.filter(({ name }) => name.startsWith("docs/senders/"));
	assert.equal(pages.length, 11);
	// What has no title is for readers, such as a command.
	const titles = pages.flatMap(({ snippets }) => snippets.flatMap(({ title }) => title ?? []));
	assert.deepEqual(titles.toSorted(), [...FROM_SENDERS].sort());
	for (const { name, text } of pages) {
		assert.ok(text.split("\n").length <= 120, name);
		// What a page says of its senders is what the package says.
		for (const [, sender] of text.matchAll(/^ {2}sender: "([\w-]+)",$/gm)) {
			const info = full.senders().find((one) => one.name === sender);
			assert.ok(info, sender);
			const { member, header } = { member: undefined, header: undefined, ...info.identifiedBy };
			const unique = member ?? header;
			const answer = info.acknowledgement
				? new RegExp(`\\| answer \\| ${info.acknowledgement.status}\\b`)
				: /\| answer \| .*no document that we know/;
			assert.match(text, answer, name);
			if (unique !== undefined) assert.match(text, new RegExp(`\`${unique}\``, "i"), name);
			else assert.match(text, /\| identifies an event \| (nothing|v2)/, name);
		}
	}
});

const stub = () => pathToFileURL(project.host("publishes-keys")).href;

function callbackOf(body: object): Callback {
	return {
		body: Buffer.from(JSON.stringify(body)),
		timestamp: Date.now(),
		id: "evt_1",
		nonce: "n",
		keyId: KEY_ID,
		clientId: "",
		method: "POST",
		url: "https://shop.example/",
		covered: [
			["x-event-id", "evt_1"],
			["x-event-type", "onchain.activity.detected"],
		],
	};
}

const secretOf = ({ verifying }: KeyPair) => String(verifying);

function published({ signing }: KeyPair): string {
	const pem = createPublicKey(signing as KeyObject).export({ format: "pem", type: "spki" });
	return JSON.stringify({ id: KEY_ID, pem });
}
