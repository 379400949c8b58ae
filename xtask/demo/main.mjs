// Starts servers that import the installed package, sends them callbacks over HTTP and shows the
// answers: node main.mjs [--serve]. Exits 0 only if each answer is the expected one.
import { isDeepStrictEqual, parseArgs } from "node:util";
import { samples } from "./callbacks.mjs";
import { createVerifier, generateKeyPair, generateSecret } from "./library.mjs";
import { checks, tryOut } from "./once.mjs";
import { SITE, servePage } from "./page.mjs";
import { post, startReceiver } from "./receiver.mjs";
import {
	printChecks,
	printEvents,
	printOutcome,
	printPayloads,
	printSignIns,
	printTable,
} from "./report.mjs";
import { serve } from "./serve.mjs";
import { signIns, trySignIn } from "./sign-in.mjs";

/** @import { VerifyResult } from "../../pkg/dist/esm/index.js" */
/** @import { Outcome, Sample } from "./callbacks.mjs" */
/** @import { Finding } from "./once.mjs" */
/** @import { SignInFinding } from "./sign-in.mjs" */
/** @typedef {{ sample: Sample, outcome: Outcome, result: VerifyResult, microseconds: number, isExpected: boolean }} Row */

/** How often each callback is sent, signed anew every time: the table shows the median. */
const rounds = 21;

const { values: flags } = parseArgs({ options: { serve: { type: "boolean", default: false } } });

const maxBodyBytes = 1_048_576;
const ed25519 = generateKeyPair();
const secrets = {
	current: generateSecret(),
	previous: generateSecret(),
	stranger: generateSecret(),
	ed25519: ed25519.privateKey,
};
const verifier = createVerifier({
	keys: [
		{ id: "current", key: secrets.current },
		{ id: "previous", key: secrets.previous },
		{ id: "ed25519", key: ed25519.publicKey },
	],
	maxBodyBytes,
});

const all = samples(secrets, maxBodyBytes);
const [deposit] = all;
const backToBack = warmUp(deposit);

const receiver = await startReceiver({ verifier, onAny: () => {} });
console.log(`A receiver with three keys (current, previous, ed25519) at ${receiver.address}\n`);

/** @type {Row[]} */
const rows = [];
for (const sample of all) {
	rows.push(await observe(sample));
}
await receiver.close();
printTable(rows, rounds, backToBack);
printEvents(rows);
printPayloads(rows);

/** @type {Finding[]} */
const findings = [];
for (const check of checks(secrets.current)) {
	findings.push(await tryOut(check, verifier));
}
printChecks(findings);

/** @type {SignInFinding[]} */
const signedIn = [];
for (const check of signIns()) {
	signedIn.push(await trySignIn(check));
}
printSignIns(signedIn);

printOutcome(rows, [...findings, ...signedIn]);
if ([...rows, ...findings, ...signedIn].some(({ isExpected }) => !isExpected)) process.exitCode = 1;
if (flags.serve) {
	const { PORT = "0", PAGE_PORT = "0" } = process.env;
	await serve(verifier, secrets.current, Number(PORT)).catch(cannotListen("receiver", PORT));
	const served = servePage(SITE, Number(PAGE_PORT)).catch(cannotListen("site", PAGE_PORT));
	const { address, close } = await served;
	console.log(`\nThe documentation: ${address}`);
	console.log(`The page to see callbacks verified, broken and explained: ${address}playground/`);
	for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, close);
}

/**
 * @param {string} what
 * @param {string} port
 */
function cannotListen(what, port) {
	/** @param {Error} error @returns {never} */
	return ({ message }) => {
		console.error(`The ${what} cannot listen on port ${port}: ${message}`);
		process.exit(1);
	};
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
		verifier.safeVerify(input);
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
 * Sends a callback, and verifies the same bytes here: a sender is told neither the key nor the
 * member at fault.
 *
 * @param {Sample} sample
 * @returns {Promise<Row>}
 */
async function send(sample) {
	const callback = sample.make();
	const answer = await post(receiver.address, callback);
	const input = { headers: callback.headers, body: Buffer.from(callback.body) };
	const start = process.hrtime.bigint();
	const result = verifier.safeVerify(input);
	const microseconds = Number(process.hrtime.bigint() - start) / 1000;
	const part = result.ok ? `key ${result.key.id}` : (result.path ?? result.header ?? "body");
	const outcome = { ...answer, part };
	const isExpected = isDeepStrictEqual(outcome, sample.expected);
	return { sample, outcome, result, microseconds, isExpected };
}
