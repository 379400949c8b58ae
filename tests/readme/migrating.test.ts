/** Before and after of docs/migrating.md: both take the same genuine webhook, and refuse the same forged one. */
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { keyPair, signCallback, signerOf } from "../senders/signers.ts";
import { documentOf, snippetOf } from "./documents.ts";
import { type Project, prepareProject } from "./programs.ts";

type Headers = Record<string, string>;
type Verify = (headers: Headers, body: string) => unknown;

/** What signs for each pair of snippets, and the variable that has the secret. */
const PAIRS = {
	stripe: ["stripe", "STRIPE_WEBHOOK_SECRET"],
	svix: ["svix", "SVIX_SECRET"],
	standardwebhooks: ["standard-webhooks", "WEBHOOK_SECRET"],
	octokit: ["github", "GITHUB_WEBHOOK_SECRET"],
	tern: ["stripe", "STRIPE_WEBHOOK_SECRET"],
	crypto: ["coinbase-commerce", "WEBHOOK_SECRET"],
} as const;

let project: Project;

before(() => {
	project = prepareProject("migrating");
});

for (const [name, [sender, variable]] of Object.entries(PAIRS)) {
	test(`from ${name}: before and after agree`, async () => {
		const signer = signerOf(sender);
		const pair = keyPair(signer);
		const body = JSON.stringify({ id: "evt_1", object: "event", type: "paid", event: { id: "1" } });
		const callback = {
			body: Buffer.from(body),
			timestamp: Date.now(),
			id: "msg_1",
			nonce: "",
			keyId: "",
			clientId: "",
			method: "POST",
			url: "",
			covered: [],
		};
		const signed = Object.entries(signCallback(signer, callback, pair).headers);
		const headers = Object.fromEntries(
			signed.map(([header, value]) => [header.toLowerCase(), value]),
		);
		if (name === "crypto") headers["x-signature"] = String(headers["x-cc-webhook-signature"]);
		process.env[variable] = String(pair.verifying);

		for (const title of [`before-${name}`, `after-${name}`]) {
			const file = project.write(`${title}.js`, snippetOf(title).code);
			const { verify } = (await import(pathToFileURL(file).href)) as { verify: Verify };
			const call = async (sent: string) => verify({ ...headers }, sent);
			assert.deepEqual(await call(body), JSON.parse(body), title);
			await assert.rejects(call(body.replace("evt_1", "evt_2")), title);
		}
	});
}

test("every snippet of the page is run", () => {
	const titles = documentOf("docs/migrating.md").snippets.map(({ title }) => title);
	const run = Object.keys(PAIRS).flatMap((name) => [`before-${name}`, `after-${name}`]);
	assert.deepEqual(titles.sort(), run.sort());
});
