// Signing in with a wallet: what it posts to the callbackUrl, what it is told, and who is signed in.
import { once } from "node:events";
import { createServer } from "node:http";
import {
	createDappRequest,
	memoryStore,
	safeRecoverSigner,
	toDappHandler,
	toNodeListener,
} from "./library.mjs";
import { post } from "./receiver.mjs";
import { readLink, Wallet } from "./wallet.mjs";

/** @import { DappExpected, DappRequestOptions } from "../../pkg/dist/esm/dapp/types.js" */
/** @import { Link } from "./wallet.mjs" */
/** @typedef {(body: object) => Promise<string>} Send Posts a callback and gives the answer in words. */
/** @typedef {(options?: object) => Link} Ask Makes a request, with other options than the usual, and gives what is in its link. */
/**
 * @typedef {object} SignIn
 * @property {string} title What a person reads.
 * @property {(desk: { send: Send, ask: Ask, pass: (seconds: number) => void }) => Promise<string[]>} run Gives the answers.
 * @property {readonly string[]} answers What is expected.
 * @property {readonly string[]} signedIn The accounts that are signed in by it.
 */
/** @typedef {{ check: SignIn, answers: readonly string[], signedIn: readonly string[], isExpected: boolean }} SignInFinding */

const solana = "solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp";
const payee = "7S3P4HxJpyyigGzodYwHtCxZyUQe9JiBMHyRWXArAaKv";
const hash = "5".repeat(88);

/** @returns {readonly SignIn[]} */
export function signIns() {
	const [owner, stranger] = [new Wallet(), new Wallet()];
	const isOwner = [owner.address];
	return [
		{
			title: "a signature over the server's text",
			run: async ({ send, ask }) => [await send(owner.agree(ask({ address: owner.address })))],
			answers: ["200 accepted"],
			signedIn: isOwner,
		},
		{
			title: "replayed: the same once more",
			async run({ send, ask }) {
				const callback = owner.agree(ask());
				return [await send(callback), await send(callback)];
			},
			answers: ["200 accepted", "200 duplicate"],
			signedIn: isOwner,
		},
		{
			title: "replayed: as the answer to another one",
			async run({ send, ask }) {
				const { actionId } = ask();
				return [await send({ ...owner.agree(ask()), actionId })];
			},
			answers: ["401 signature_mismatch"],
			signedIn: [],
		},
		{
			title: "tampered: another account's name",
			async run({ send, ask }) {
				return [await send({ ...stranger.agree(ask()), wallet: owner.address })];
			},
			answers: ["401 signature_mismatch"],
			signedIn: [],
		},
		{
			title: "tampered: over another text",
			async run({ send, ask }) {
				return [await send(owner.agree({ ...ask(), message: "Hello" }))];
			},
			answers: ["401 signature_mismatch"],
			signedIn: [],
		},
		{
			title: "genuine, of another account than asked",
			run: async ({ send, ask }) => [await send(stranger.agree(ask({ address: owner.address })))],
			answers: ["401 account_mismatch"],
			signedIn: [],
		},
		{
			title: "genuine, but too late",
			async run({ send, ask, pass }) {
				const callback = owner.agree(ask({ expiresInSeconds: 60 }));
				pass(61);
				return [await send(callback)];
			},
			answers: ["401 action_expired"],
			signedIn: [],
		},
		{
			title: "a success without a signature, then it",
			async run({ send, ask }) {
				const callback = owner.agree(ask());
				return [await send({ ...callback, sign: "{}" }), await send(callback)];
			},
			answers: ["200 accepted, not authenticated", "200 accepted"],
			signedIn: isOwner,
		},
		{
			title: "cancelled",
			async run({ send, ask }) {
				const { action, actionId } = ask();
				return [await send({ action, actionId, result: 0 })];
			},
			answers: ["200 cancelled"],
			signedIn: [],
		},
		{
			title: "a transfer's hash, which nobody signs",
			async run({ send, ask }) {
				const { action, actionId } = ask({
					action: "transfer",
					message: undefined,
					...{ to: payee, amount: "0.1", symbol: "SOL", decimals: 9 },
				});
				return [await send({ action, actionId, result: 1, txID: hash })];
			},
			answers: ["200 accepted, not authenticated"],
			signedIn: [],
		},
		{
			title: "a published EIP-4361 message",
			run: async () => [published("login.xyz")],
			answers: ["ok 0x9D85ca56217D2bb651b00f15e694EB7E713637D4"],
			signedIn: [],
		},
		{
			title: "the same, shown to another domain",
			run: async () => [published("shop.example")],
			answers: ["malformed_payload domain"],
			signedIn: [],
		},
	];
}

/**
 * Runs a check on a server of its own, over HTTP.
 *
 * @param {SignIn} check
 * @returns {Promise<SignInFinding>}
 */
export async function trySignIn(check) {
	/** @type {Map<string, DappExpected>} */
	const requests = new Map();
	/** @type {string[]} */
	const signedIn = [];
	let said = "";
	let passed = 0;
	const handler = toDappHandler({
		find: (actionId) => requests.get(actionId),
		store: memoryStore(),
		now: () => Date.now() + passed * 1000,
		onResult({ result }) {
			if (result.authenticated) signedIn.push(result.address);
			else said = result.outcome === "success" ? "accepted, not authenticated" : result.outcome;
		},
	});
	const server = createServer(toNodeListener(handler)).listen(0, "127.0.0.1");
	await once(server, "listening");
	const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
	const address = `http://127.0.0.1:${port}/`;

	const answers = await check.run({
		ask(options) {
			const request = /** @type {DappRequestOptions} */ ({
				action: "sign",
				message: `Sign in to the demo at ${address}, once: ${crypto.randomUUID()}`,
				dapp: { name: "Demo", icon: `${address}icon.png` },
				chains: [solana],
				callbackUrl: address,
				...options,
			});
			const { uri, actionId, expected } = createDappRequest(request);
			requests.set(actionId, expected);
			return readLink(uri);
		},
		async send(body) {
			said = "";
			const { status, code } = await post(address, { headers: {}, body: JSON.stringify(body) });
			return `${status} ${code === "accepted" && said !== "" ? said : code}`;
		},
		pass(seconds) {
			passed += seconds;
		},
	});
	server.close();
	server.closeAllConnections();
	const isExpected =
		answers.join() === check.answers.join() && signedIn.join() === check.signedIn.join();
	return { check, answers, signedIn, isExpected };
}

/**
 * The verdict on the first valid message of the tests of siwe (spruceid/siwe, verification_positive).
 *
 * @param {string} domain Who it is shown to.
 */
function published(domain) {
	const message = [
		"login.xyz wants you to sign in with your Ethereum account:",
		"0x9D85ca56217D2bb651b00f15e694EB7E713637D4",
		"",
		"Sign-In With Ethereum Example Statement",
		"",
		"URI: https://login.xyz",
		"Version: 1",
		"Chain ID: 1",
		"Nonce: bTyXgcQxn2htgkjJn",
		"Issued At: 2022-01-27T17:09:38.578Z",
		"Expiration Time: 2100-01-07T14:31:43.952Z",
	].join("\n");
	const signature = [
		"0xdc35c7f8ba2720df052e0092556456127f00f7707eaa8e3bbff7e56774e7f2e0",
		"5a093cfc9e02964c33d86e8e066e221b7d153d27e5a2e97ccd5ca7d3f2ce06cb1b",
	].join("");
	const nonce = "bTyXgcQxn2htgkjJn";
	const now = Date.parse("2022-01-27T17:10:00Z");
	const signed = { scheme: "eip4361", message, signature, domain, nonce, now };
	const result = safeRecoverSigner(signed);
	return result.ok ? `ok ${result.address}` : `${result.code} ${result.path}`;
}
