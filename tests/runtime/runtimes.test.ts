/**
 * One suite, every runtime: each must answer every case as it is due, and as this Node does, to the letter. This Node
 * has 10,000 random cases, the others the first 1,000 of them.
 */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { before, mock, test } from "node:test";
import { buildCorpus } from "./corpus.ts";
import { type App, buildRunner, prepareApp } from "./harness.ts";
import { differences, faults } from "./judge.ts";
import type { Report, SignCase } from "./model.ts";
import { browsers } from "./runtimes/browser.ts";
import { bundlers } from "./runtimes/bundlers.ts";
import { edgePlatforms } from "./runtimes/edge.ts";
import { jest } from "./runtimes/jest.ts";
import { processes, runEntry } from "./runtimes/processes.ts";

const whole = buildCorpus();
const corpus = buildCorpus(1_000);
let app: App;
let baseline: Report;

before(async () => {
	const folder = prepareApp("suite");
	app = { folder, corpus: join(folder, "corpus.json") };
	writeFileSync(app.corpus, JSON.stringify(whole));
	baseline = await runEntry(app, await buildRunner(folder, "entry.ts"));
	writeFileSync(app.corpus, JSON.stringify(corpus));
});

test(`this Node (${process.version})`, () => {
	assert.deepEqual(baseline.lacks, []);
	none(faults(whole, baseline));
});

for (const runtime of [...processes, ...edgePlatforms, ...browsers, jest, ...bundlers]) {
	test(runtime.name, async (context) => {
		const install = runtime.missing?.();
		if (install !== undefined) {
			assert.ok(!process.env.CI, `not installed: ${install}`);
			return context.skip(`not installed: ${install}`);
		}
		const report = await runtime.run(app);
		assert.deepEqual(report.lacks, runtime.lacks);
		none([...faults(corpus, report), ...differences(report, baseline)]);
	});
}

test("what sign makes, standardwebhooks and svix accept", () => {
	const require = createRequire(import.meta.url);
	const signed = corpus.cases.filter((one) => one.kind === "sign").filter(canBeReadByPeers);
	assert.ok(signed.length > 10);
	for (const { name, options } of signed) {
		const { headers } = baseline.outcomes[name] as { headers: Record<string, string> };
		const body =
			options.body.shape === "string"
				? options.body.text
				: Buffer.from(options.body.base64, "base64");
		mock.timers.enable({ apis: ["Date"], now: (options.timestamp ?? 0) * 1000 });
		const peer = options.sender === "svix" ? "svix" : "standardwebhooks";
		const webhook = new (require(peer).Webhook)(options.key);
		assert.doesNotThrow(() => webhook.verify(body, headers, { jsonParse: false }), name);
		mock.timers.reset();
	}
});

/** They know text secrets and HMAC, and read bytes as UTF-8. */
function canBeReadByPeers({ options: { key, body }, expect }: SignCase): boolean {
	const isText = body.shape === "string" || isUtf8(Buffer.from(body.base64, "base64"));
	return "headers" in expect && typeof key === "string" && key.startsWith("whsec_") && isText;
}

function isUtf8(bytes: Buffer): boolean {
	return Buffer.from(bytes.toString()).equals(bytes);
}

function none(lines: readonly string[]): void {
	const shown = lines.slice(0, 40).join("\n  ");
	assert.equal(lines.length, 0, `${lines.length} of them:\n  ${shown}`);
}
