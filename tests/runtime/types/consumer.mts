/** A TypeScript project that uses the package: what must compile, and what must not. */
import {
	type Accepted,
	CallbackRejectedError,
	ConfigError,
	CoreError,
	createVerifier,
	EVENT_TYPES,
	generateKeyPair,
	generateSecret,
	type SenderInfo,
	type SignedCallback,
	senders,
	sign,
	type Verifier,
	type VerifierOptions,
	type VerifyResult,
} from "wallet-callback";
import {
	createDappRequest,
	type DappHandler,
	type DappOutcome,
	DappRejectedError,
	type DappRequest,
	type DappResult,
	type SignedMessage,
	safeVerifyDappCallback,
	recoverSigner,
	safeVerifySignedMessage,
	toDappHandler,
	verifyDappCallback,
	verifySignedMessage,
} from "wallet-callback/dapp";
import { waitForDapp } from "wallet-callback/dapp/wait";
import { toNodeListener } from "wallet-callback/node";
import { memoryStore } from "wallet-callback/stores/memory";

const options: VerifierOptions = {
	keys: [
		generateSecret(),
		new Uint8Array(32),
		{ id: "2024", key: generateKeyPair().publicKey },
		{ key: new Uint8Array(32) },
	],
	sender: "tp-wallet",
	toleranceSeconds: 300,
	maxBodyBytes: 1_048_576,
	allowedIps: ["203.0.113.0/24"],
	now: () => Date.now(),
	url: "https://pay.example/callback",
	clientId: "client-1",
	dangerouslyAllowShortKeys: false,
	dangerouslyAllowUnsignedHeaders: false,
	dangerouslyAllowUnsignedUrl: false,
};
const verifier: Verifier = createVerifier(options);
createVerifier({ keys: "whsec_…" as const });
createVerifier({ keys: ["a", "b"] as const });

const headers: Record<string, string | string[] | undefined> = {
	"webhook-id": "1",
	"set-cookie": ["a", "b"],
};
const result: VerifyResult = verifier.safeVerify({
	headers,
	body: new Uint8Array(),
	ip: "203.0.113.7",
	method: "POST",
	url: "/",
});
verifier.safeVerify({ headers: new Headers(), body: "" });
verifier.safeVerify({ headers: new Map([["webhook-id", "1"]]), body: new ArrayBuffer(0) });
verifier.safeVerify({ headers: [["webhook-id", "1"]], body: "" });

if (result.ok) {
	const id: string | undefined = result.id;
	const timestamp: number | undefined = result.timestamp;
	const { index, id: name }: { index: number; id?: string } = result.key;
	const { type, data, known } = result.event;
	const all: [string, object, boolean] = [type, data, known];
	console.log(id, timestamp, index, name, all);
	// @ts-expect-error: an accepted callback has no code
	result.code;
} else {
	const { status, message }: { status: number; message: string } = result;
	const header: string | undefined = result.header;
	const path: string | undefined = result.path;
	console.log(status, message, header, path);
	switch (result.code) {
		case "missing_header":
		case "malformed_header":
		case "body_too_large":
		case "ip_not_allowed":
		case "insecure_transport":
		case "unknown_key":
		case "unsupported_signature":
		case "signature_mismatch":
		case "timestamp_too_old":
		case "timestamp_too_new":
		case "malformed_payload":
			break;
		default:
			result.code satisfies never;
	}
	// @ts-expect-error: a refused callback has no event
	result.event;
}

const accepted: Accepted = verifier.verify({ headers, body: "" });
// @ts-expect-error: what verify returns is accepted, so there is nothing to ask
accepted.ok;
// @ts-expect-error: a promise is always true
if (verifier.verifyAsync({ headers, body: "" })) console.log("accepted");
const soon: Promise<Accepted> = verifier.verifyAsync({ headers, body: "" });
const read: Promise<Accepted> = verifier.verifyRequest(new Request("https://receiver.example/"));
const asked: Promise<VerifyResult> = verifier.safeVerifyAsync({ headers, body: "" });
console.log(soon, read, asked);
const later: Promise<VerifyResult> = verifier.safeVerifyRequest(
	new Request("https://receiver.example/"),
	{ ip: "::1" },
);
verifier.safeVerifyRequest(new Request("https://receiver.example/"));
const signed: SignedCallback = sign({
	body: "{}",
	key: generateSecret(),
	id: "1",
	timestamp: 1_700_000_000,
	sender: "svix",
});
const info: readonly SenderInfo[] = senders();
console.log(accepted, later, signed.headers["webhook-id"], info[0]?.name);

const other = createVerifier({ keys: "whsec_…", sender: "standard-webhooks" });
const payload = other.safeVerify({ headers, body: "" });
if (payload.ok) console.log(payload.event.payload, payload.event.type, payload.event.id);

export function explain(error: unknown): string {
	if (error instanceof CallbackRejectedError)
		return `${error.code} ${error.status} ${error.header} ${error.path}`;
	if (error instanceof DappRejectedError) return `${error.code} ${error.path}`;
	if (error instanceof ConfigError) return error.code;
	if (error instanceof CoreError)
		return error.code satisfies "wasm_blocked" | "wasm_trap" | "wasm_missing";
	return String(error);
}

const request: DappRequest = createDappRequest({
	action: "sign",
	dapp: { name: "Shop", icon: "https://shop.example/icon.png" },
	chains: ["eip155:1"],
	callbackUrl: "https://shop.example/tokenpocket",
	address: "0x9D85ca56217D2bb651b00f15e694EB7E713637D4",
	signIn: { statement: "Sign in" },
});
const judged: DappResult = safeVerifyDappCallback({ body: new Uint8Array(), expected: request.expected });
if (judged.ok && judged.outcome === "success" && judged.authenticated) {
	const proved: string = judged.address;
	console.log(proved);
} else if (judged.ok && judged.outcome === "success") {
	const advice: string = judged.advice;
	// @ts-expect-error: what is not authenticated may have no account
	const account: string = judged.address;
	console.log(advice, account);
}
const outcome: DappOutcome = verifyDappCallback({ body: "{}", expected: request.expected });
// @ts-expect-error: what verifyDappCallback returns is accepted
outcome.ok;
const signer: SignedMessage = verifySignedMessage({
	scheme: "eip191",
	message: "",
	signature: "",
	address: "",
});
// @ts-expect-error: what verifySignedMessage returns is accepted
signer.ok;
const callbacks: DappHandler = toDappHandler({
	find: async () => request.expected,
	store: memoryStore(),
	onResult: ({ result }) => console.log(result.actionId),
});
toNodeListener(callbacks);
callbacks(new Request("https://shop.example/tokenpocket")) satisfies Promise<Response>;
waitForDapp<{ status: string; account?: string }>("/status").then(({ account }) => account);
const unsigned = { scheme: "eip191", message: "", signature: "0x" } as const;
console.log(safeVerifySignedMessage({ ...unsigned, publicKeys: [] }).address);
console.log(recoverSigner(unsigned).address.length);
// @ts-expect-error: a transfer has a recipient
createDappRequest({ ...request.expected, action: "transfer" });

// @ts-expect-error: a body that is parsed already
verifier.safeVerify({ headers, body: { parsed: true } });
// @ts-expect-error: no headers
verifier.safeVerify({ body: "" });
// @ts-expect-error: no keys
createVerifier({});
declare const fromEnvironment: string | undefined;
createVerifier({ keys: fromEnvironment });
createVerifier({ keys: [fromEnvironment, { id: "old", key: fromEnvironment }] });
sign({ body: "{}", key: fromEnvironment });
const typed = createVerifier<{ type: "paid"; amount: string } | { type: "due" }>({
	keys: fromEnvironment,
	sender: "stripe",
});
const paid = typed.verify({ headers, body: "" }).event;
if (paid.type === "paid") paid.payload.amount satisfies string;
EVENT_TYPES satisfies readonly string[];
// @ts-expect-error: the list is frozen
EVENT_TYPES.push("deposit.frozen");
// @ts-expect-error: a sender that nobody knows
createVerifier({ keys: "whsec_…", sender: "nobody" });
// @ts-expect-error: an option that is misspelt
createVerifier({ keys: "whsec_…", tolerance: 300 });
// @ts-expect-error: a result is a promise only where it is asked for one
verifier.safeVerify({ headers, body: "" }).then();
