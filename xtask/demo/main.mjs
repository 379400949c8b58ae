// Starts a receiver that imports the installed package, sends it callbacks over HTTP and shows the
// answers: node main.mjs [--serve]. Exits 0 only if each answer is the expected one.
// WALLET_CALLBACK_PKG names the folder in whose node_modules the package is installed.
import { once } from "node:events";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { isDeepStrictEqual, parseArgs } from "node:util";
import { samples } from "./callbacks.mjs";
import { startReceiver } from "./receiver.mjs";
import { printEvents, printOutcome, printPayloads, printTable } from "./report.mjs";
import { serve } from "./serve.mjs";

/** @import { VerifyResult } from "../../pkg/dist/esm/index.js" */
/** @import { Outcome, Sample } from "./callbacks.mjs" */
/** @typedef {{ sample: Sample, outcome: Outcome, result: VerifyResult, microseconds: number, isExpected: boolean }} Row */

/** How often each callback is sent, signed anew every time: the table shows the median. */
const rounds = 21;

const { values: flags } = parseArgs({ options: { serve: { type: "boolean", default: false } } });

const root = join(import.meta.dirname, "..", "..");
const consumer = resolve(process.env.WALLET_CALLBACK_PKG ?? join(root, "target", "consumer"));
/** @type {typeof import("../../pkg/dist/esm/index.js")} */
const library = createRequire(join(consumer, "package.json"))("wallet-callback");

const maxBodyBytes = 1_048_576;
const ed25519 = library.generateKeyPair();
const secrets = {
	current: library.generateSecret(),
	previous: library.generateSecret(),
	stranger: library.generateSecret(),
	ed25519: ed25519.privateKey,
};
const verifier = library.createVerifier({
	keys: [
		{ id: "current", key: secrets.current },
		{ id: "previous", key: secrets.previous },
		{ id: "ed25519", key: ed25519.publicKey },
	],
	maxBodyBytes,
});

const all = samples(library.sign, secrets, maxBodyBytes);
const [deposit] = all;
const backToBack = warmUp(deposit);

const port = flags.serve ? Number(process.env.PORT ?? 0) : 0;
const receiver = await startReceiver(verifier, { port, maxBodyBytes }).catch((error) => {
	console.error(`The receiver cannot listen on port ${process.env.PORT}: ${error.message}`);
	process.exit(1);
});
console.log(`A receiver with three keys (current, previous, ed25519) at ${receiver.address}\n`);

/** @type {Row[]} */
const rows = [];
for (const sample of all) {
	rows.push(await observe(sample));
}
printTable(rows, rounds, backToBack);
printEvents(rows);
printPayloads(rows);

printOutcome(rows);
if (rows.some((row) => !row.isExpected)) process.exitCode = 1;
if (flags.serve) {
	serve(receiver, library.sign, secrets.current);
} else {
	receiver.server.close();
}

/**
 * Lets the engine compile what is measured before it is measured.
 *
 * @param {Sample} sample
 * @returns {number} Microseconds for one call of very many.
 */
function warmUp(sample) {
	const { headers, body } = sample.make();
	const input = { headers, body: Buffer.from(body) };
	const calls = 10_000;
	let start = 0n;
	for (let call = -calls; call < calls; call++) {
		if (call === 0) start = process.hrtime.bigint();
		verifier.verify(input);
	}
	return Number(process.hrtime.bigint() - start) / 1000 / calls;
}

/**
 * Sends a callback `rounds` times. An answer that is not the expected one is the one that is shown.
 *
 * @param {Sample} sample
 * @returns {Promise<Row>}
 */
async function observe(sample) {
	const times = [];
	let shown = await send(sample);
	for (let round = 0; round < rounds; round++) {
		const row = await send(sample);
		times.push(row.microseconds);
		if (shown.isExpected) shown = row;
	}
	times.sort((a, b) => a - b);
	return { ...shown, microseconds: times[rounds >> 1] ?? Number.NaN };
}

/**
 * @param {Sample} sample
 * @returns {Promise<Row>}
 */
async function send(sample) {
	const { headers, body } = sample.make();
	const verdictGiven = once(receiver.server, "verdict");
	const response = await fetch(receiver.address, {
		method: "POST",
		headers: { "content-type": "application/json", ...headers },
		body,
	});
	const answer = await response.text();
	const [{ result, microseconds }] = await verdictGiven;
	const outcome = {
		status: response.status,
		code: codeOf(answer, response.status),
		// The sender is not told: this is what the receiver knows.
		part: result.ok ? `key ${result.key.id}` : (result.path ?? result.header ?? "body"),
	};
	const isExpected = isDeepStrictEqual(outcome, sample.expected);
	return { sample, outcome, result, microseconds, isExpected };
}

/**
 * What an answer says; the answer itself if it has another form.
 *
 * @param {string} answer
 * @param {number} status
 */
function codeOf(answer, status) {
	if (answer === '{"code":0}') return "accepted";
	const { code, error } = JSON.parse(answer);
	return code === status ? error : answer;
}
