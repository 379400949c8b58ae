/** What the compiler knows of the package's types. `tsc` checks this file; nothing runs it. */
import { type } from "arktype";
import type { Request as ExpressRequest } from "express";
import type Stripe from "stripe";
import * as v from "valibot";
import {
	type Accepted,
	type Amount,
	type Asset,
	type CallbackInput,
	type CallbackVerificationEvent,
	type Chain,
	createVerifier,
	type DepositData,
	EVENT_TYPES,
	type EventOf,
	type KnownChain,
	type KnownEvent,
	type OpaqueEvent,
	type RejectionCode,
	type SenderDescriptor,
	type SenderName,
	type StandardSchemaV1,
	sign,
	type TransactionData,
	type TypedEvent,
	type UnknownEvent,
	type UserData,
	type Verifier,
	type VerifyResult,
	type WalletEvent,
	type WithdrawalData,
} from "wallet-callback";
import * as z from "zod";

type Equal<A, B> =
	(<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
declare function expect<Holds extends true>(): Holds;

declare const event: WalletEvent;
declare const result: VerifyResult;

/** A `switch` narrows the data, and its branches are all the types that there are. */
export function narrows(): void {
	switch (event.type) {
		case "deposit.detected":
		case "deposit.confirmed":
		case "deposit.reverted":
			expect<Equal<typeof event.data, DepositData>>();
			expect<Equal<typeof event.data.txHash, string>>();
			expect<Equal<typeof event.data.confirmations, number>>();
			expect<Equal<typeof event.data.requiredConfirmations, number | undefined>>();
			// @ts-expect-error: of a withdrawal
			event.data.withdrawalId;
			break;
		case "withdrawal.requested":
		case "withdrawal.approved":
			expect<Equal<typeof event.data, WithdrawalData>>();
			expect<Equal<typeof event.data.txHash, string | undefined>>();
			expect<Equal<typeof event.data.reason, string | undefined>>();
			expect<Equal<typeof event.data.fee, Amount | undefined>>();
			break;
		case "withdrawal.rejected":
		case "withdrawal.failed":
			expect<Equal<typeof event.data.reason, string>>();
			expect<Equal<typeof event.data.txHash, string | undefined>>();
			break;
		case "withdrawal.broadcast":
		case "withdrawal.completed":
			expect<Equal<typeof event.data.txHash, string>>();
			expect<Equal<typeof event.data.reason, string | undefined>>();
			break;
		case "transaction.pending":
		case "transaction.confirmed":
		case "transaction.failed":
		case "transaction.replaced":
			expect<Equal<typeof event.data, TransactionData>>();
			expect<Equal<typeof event.data.amount, Amount | undefined>>();
			break;
		case "user.registered":
			expect<Equal<typeof event.data, UserData>>();
			for (const { chain, address } of event.data.accounts ?? []) {
				expect<Equal<typeof chain, Chain>>();
				expect<Equal<typeof address, string>>();
			}
			break;
		case "callback.verification":
			expect<Equal<typeof event.data.challenge, string>>();
			break;
		default:
			expect<Equal<typeof event, UnknownEvent>>();
			expect<Equal<typeof event.known, false>>();
	}
}

/** Without the unknown types, nothing is left over. */
export function exhausts(): string {
	if (!event.known) {
		expect<Equal<typeof event, UnknownEvent>>();
		// @ts-expect-error: nobody has checked it
		event.data.depositId satisfies string;
		// @ts-expect-error: there is nothing to say about it
		event.addressChecked;
		return event.type;
	}
	expect<Equal<typeof event, KnownEvent>>();
	expect<Equal<typeof event.addressChecked, boolean>>();
	switch (event.type) {
		case "deposit.detected":
		case "deposit.confirmed":
		case "deposit.reverted":
			return event.data.depositId;
		case "withdrawal.requested":
		case "withdrawal.approved":
		case "withdrawal.rejected":
		case "withdrawal.broadcast":
		case "withdrawal.completed":
		case "withdrawal.failed":
			return event.data.withdrawalId;
		case "transaction.pending":
		case "transaction.confirmed":
		case "transaction.failed":
		case "transaction.replaced":
			return event.data.txId;
		case "user.registered":
			return event.data.userId;
		case "callback.verification":
			return event.data.challenge;
		default:
			return event satisfies never;
	}
}

/** A status that is forgotten is an error. */
export function forgets(): void {
	if (!event.known || event.type === "callback.verification") return;
	switch (event.type) {
		case "deposit.detected":
		case "deposit.confirmed":
			break;
		default:
			// @ts-expect-error: deposits can be reverted, among others
			event satisfies never;
	}
	// @ts-expect-error: there is no such type
	if (event.type === "deposit.frozen") event;
}

/** What narrows by one literal. */
export function compares(): void {
	if (event.type === "withdrawal.rejected") {
		expect<Equal<typeof event.data.reason, string>>();
		expect<Equal<typeof event.known, true>>();
	}
	// @ts-expect-error: an event that is not narrowed may have no amount
	event.data.amount.value satisfies string;
	// @ts-expect-error: an event is not to be changed
	event.timestamp = "";
}

/** Amounts are never numbers. */
export function pays(amount: Amount): void {
	expect<Equal<typeof amount.value, string>>();
	expect<Equal<typeof amount.decimal, string>>();
	expect<Equal<typeof amount.decimals, number>>();
	// @ts-expect-error: a number cannot carry it
	amount.value satisfies number;
	// @ts-expect-error: nor be added to it
	amount.value * 2;
}

/** Chains and assets have a form. */
export function names(chain: KnownChain, text: string): void {
	chain satisfies Chain;
	"eip155:1" satisfies KnownChain;
	"eip155:8453" satisfies Chain;
	"eip155:1/slip44:60" satisfies Asset;
	`${chain}/slip44:60` satisfies Asset;
	// @ts-expect-error: no namespace
	"ethereum" satisfies Chain;
	// @ts-expect-error: not one of the best known
	"eip155:8453" satisfies KnownChain;
	// @ts-expect-error: a symbol is no asset
	"USDT" satisfies Asset;
	// @ts-expect-error: a chain is no asset
	"eip155:1" satisfies Asset;
	// @ts-expect-error: any text may be no chain
	text satisfies Chain;
}

/** A result is the one or the other. */
export function verifies(): void {
	if (result.ok) {
		expect<Equal<typeof result, { readonly ok: true } & Accepted>>();
		expect<Equal<typeof result.event, WalletEvent>>();
		expect<Equal<typeof result.id, string | undefined>>();
		expect<Equal<typeof result.timestamp, number | undefined>>();
		// @ts-expect-error: of a refusal
		result.code;
		return;
	}
	expect<Equal<typeof result.code, RejectionCode>>();
	expect<Equal<typeof result.status, number>>();
	expect<Equal<typeof result.path, string | undefined>>();
	// @ts-expect-error: nothing that was refused is handed over
	result.event;
}

// @ts-expect-error: a result has to be looked at first
result.event;

/** What throws returns what was accepted, in which there is nothing to ask. */
export function throws(verifier: Verifier, input: CallbackInput, request: Request): void {
	const accepted = verifier.verify(input);
	expect<Equal<typeof accepted, Accepted>>();
	expect<Equal<Extract<keyof typeof accepted, "ok">, never>>();
	expect<Equal<Awaited<ReturnType<Verifier["verifyAsync"]>>, Accepted>>();
	expect<Equal<Awaited<ReturnType<Verifier["verifyRequest"]>>, Accepted>>();
	expect<Equal<ReturnType<Verifier["safeVerify"]>, VerifyResult>>();
	expect<Equal<Awaited<ReturnType<Verifier["safeVerifyAsync"]>>, VerifyResult>>();
	expect<Equal<Awaited<ReturnType<Verifier["safeVerifyRequest"]>>, VerifyResult>>();
	// @ts-expect-error: what is accepted has no ok
	if (verifier.verify(input).ok) return;
	// @ts-expect-error: a promise is always true
	if (verifier.verifyAsync(input)) return;
	// @ts-expect-error: a promise is always true
	if (verifier.verifyRequest(request)) return;
}

/** The sender decides what an event is. */
export function chooses(sender: SenderName): void {
	expect<Equal<EventOf<"tp-wallet">, WalletEvent>>();
	expect<Equal<EventOf<"svix">, OpaqueEvent>>();
	const wallet = createVerifier({ keys: "whsec_…" });
	expect<Equal<typeof wallet, Verifier<WalletEvent>>>();
	const named = createVerifier({ keys: "whsec_…", sender: "tp-wallet" });
	expect<Equal<typeof named, Verifier<WalletEvent>>>();
	const svix = createVerifier({ keys: "whsec_…", sender: "svix" });
	expect<Equal<typeof svix, Verifier<OpaqueEvent>>>();
	const standard = createVerifier({ keys: "whsec_…", sender: "standard-webhooks" });
	expect<Equal<ReturnType<typeof standard.verify>, Accepted<OpaqueEvent>>>();
	const any = createVerifier({ keys: "whsec_…", sender });
	expect<Equal<typeof any, Verifier<WalletEvent | OpaqueEvent>>>();
	const other = svix.safeVerify({ headers: {}, body: "" });
	if (other.ok) {
		expect<Equal<typeof other.event.payload, unknown>>();
		// @ts-expect-error: another sender's data is its own affair
		other.event.data;
	}
	// @ts-expect-error: a sender that nobody knows
	createVerifier({ keys: "whsec_…", sender: "nobody" });
}

/** A body that was signed is the body that was given. */
export function signs(bytes: Uint8Array): void {
	expect<Equal<ReturnType<typeof sign<Uint8Array>>["body"], Uint8Array>>();
	sign({ body: bytes, key: "whsec_…" }).body satisfies Uint8Array;
	sign({ body: "{}", key: "whsec_…" }).body satisfies string;
	// @ts-expect-error: a body that is parsed already
	sign({ body: { type: "deposit.detected" }, key: "whsec_…" });
}

declare const key: string | undefined;
const keys = key;

/** A variable of the environment need not be asked for twice: what is not set is refused at the start. */
export function starts(): void {
	createVerifier({ keys: key });
	createVerifier({ keys: [key, key] });
	createVerifier({ keys: [{ id: "2026", key }, undefined] });
	createVerifier({ keys: async (id) => id.toUpperCase() });
	sign({ body: "{}", key });
	// @ts-expect-error: it has to be there, be it undefined
	createVerifier({ sender: "stripe" });
	// @ts-expect-error: a number is no key
	createVerifier({ keys: 5 });
}

/** What Express, Node and Fetch hand over is what `verify` takes. */
export function takes(verifier: Verifier, req: ExpressRequest, request: Request): void {
	verifier.verify({ headers: req.headers, body: req.body });
	verifier.verify({
		headers: req.headers,
		body: req.body,
		ip: req.ip,
		method: req.method,
		url: req.url,
	});
	verifier.verify({ headers: request.headers, body: new ArrayBuffer(0) });
}

/** The list of types at run time. */
export function lists(): void {
	expect<Equal<(typeof EVENT_TYPES)[number], KnownEvent["type"]>>();
	// @ts-expect-error: it is frozen
	EVENT_TYPES[0] = "deposit.detected";
}

const Invoice = z.discriminatedUnion("type", [
	z.object({ type: z.literal("paid"), amount: z.string().transform(BigInt) }),
	z.object({ type: z.literal("due"), on: z.iso.date() }),
]);
type Invoice = z.output<typeof Invoice>;

/** A schema of any library says what the payload is. */
export function shapes(): void {
	const zod = createVerifier({ keys, sender: "stripe", schema: Invoice });
	const { event } = zod.verify({ headers: {}, body: "" });
	expect<Equal<typeof event.payload, Invoice>>();
	expect<Equal<typeof event.type, "paid" | "due">>();
	if (event.type === "paid") event.payload.amount satisfies bigint;
	// @ts-expect-error: its output, not its input
	if (event.type === "paid") event.payload.amount satisfies string;

	const paid = v.object({ type: v.literal("paid"), n: v.pipe(v.string(), v.transform(Number)) });
	const valibot = createVerifier({ keys, sender: "stripe", schema: paid });
	valibot.verify({ headers: {}, body: "" }).event.payload.n satisfies number;
	const arktype = createVerifier({ keys, sender: "stripe", schema: type({ n: "number" }) });
	arktype.verify({ headers: {}, body: "" }).event.payload.n satisfies number;
	expect<Equal<typeof arktype, Verifier<TypedEvent<{ n: number }, "type">>>>();

	// @ts-expect-error: no schema
	createVerifier({ keys, sender: "stripe", schema: (payload: unknown) => payload });
	// @ts-expect-error: no schema
	createVerifier({ keys, sender: "stripe", schema: { type: "object" } });
}

/** Where the sender says the type decides what tells payloads apart. */
export function tellsApart(): void {
	const circle = z.discriminatedUnion("notificationType", [
		z.object({ notificationType: z.literal("a"), n: z.number() }),
		z.object({ notificationType: z.literal("b") }),
	]);
	const { event } = createVerifier({ keys, sender: "circle", schema: circle }).verify({
		headers: {},
		body: "",
	});
	if (event.type === "a") event.payload.n satisfies number;

	const nested = z.object({ event: z.object({ type: z.literal("charge:confirmed") }) });
	const commerce = createVerifier({ keys, sender: "coinbase-commerce", schema: nested });
	expect<Equal<ReturnType<typeof commerce.verify>["event"]["type"], "charge:confirmed">>();

	// GitHub says it in a header.
	const github = createVerifier({ keys, sender: "github", schema: Invoice });
	const other = github.verify({ headers: {}, body: "" }).event;
	expect<Equal<typeof other.type, string | undefined>>();
	expect<Equal<typeof other.payload, Invoice>>();

	const own = createVerifier({
		keys,
		sender: {
			name: "acme",
			algorithm: "hmac-sha256",
			headers: { signature: "acme-signature" },
			signature: { encoding: "hex" },
			signed: "{body}",
			type: { member: "kind" },
		},
		schema: z.object({ kind: z.literal("refund") }),
	});
	expect<Equal<ReturnType<typeof own.verify>["event"]["type"], "refund">>();
}

/** The events of `tp-wallet` are no payloads: a schema gets them whole. */
export function shapesWhole(): void {
	const schema = z.object({
		type: z.literal("deposit.confirmed"),
		data: z.object({ tag: z.int() }),
	});
	const { event } = createVerifier({ keys, schema }).verify({ headers: {}, body: "" });
	expect<Equal<typeof event, z.output<typeof schema> | CallbackVerificationEvent>>();
	if (event.type === "deposit.confirmed") event.data.tag satisfies number;
}

/** A type alone says what the payload is, and nothing checks that. */
export function namesPayloads(descriptor: SenderDescriptor): void {
	const verifier = createVerifier<Stripe.Event>({ keys, sender: "stripe" });
	const { event } = verifier.verify({ headers: {}, body: "" });
	event.payload satisfies Stripe.Event;
	if (event.type === "invoice.paid") event.payload.data.object satisfies Stripe.Invoice;
	createVerifier<{ n: number }>({ keys, sender: descriptor });
	// @ts-expect-error: whose callbacks?
	createVerifier<Stripe.Event>({ keys });
	// @ts-expect-error: those of tp-wallet have types already
	createVerifier<Stripe.Event>({ keys, sender: "tp-wallet" });
	// @ts-expect-error: a schema that makes something else
	createVerifier<Stripe.Event>({ keys, sender: "stripe", schema: Invoice });
	const schema: StandardSchemaV1<unknown, { n: number }> = z.object({ n: z.number() });
	createVerifier<{ n: number }>({ keys, sender: "stripe", schema });
}
