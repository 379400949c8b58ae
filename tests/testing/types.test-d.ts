/** What the types of the entry for tests say. Nothing here is run. */
import type { Amount } from "wallet-callback";
import {
	fakeClock,
	type fakeWallet,
	type SampleBody,
	sampleEvent,
	signedRequest,
	type WalletEventType,
} from "wallet-callback/testing";

type Equal<A, B> =
	(<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
declare function expect<_ extends true>(): void;

const deposit = sampleEvent("deposit.confirmed", { chain: "tron:0x2b6653dc", seed: 7 });
expect<Equal<typeof deposit.type, "deposit.confirmed">>();
expect<Equal<typeof deposit.data.depositId, string>>();
expect<Equal<typeof deposit.data.amount, Omit<Amount, "decimal">>>();
expect<Equal<ReturnType<typeof failed>["data"]["reason"], string>>();
const failed = () => sampleEvent("withdrawal.failed");
// What is added when it is verified, and what its data has not.
// @ts-expect-error
deposit.known;
// @ts-expect-error
deposit.data.amount.decimal;
// @ts-expect-error
deposit.data.withdrawalId;

const anything = (type: WalletEventType) => sampleEvent(type);
expect<Equal<ReturnType<typeof anything>["timestamp"], string>>();

const payment = sampleEvent("payment_intent.succeeded", { sender: "stripe" });
expect<Equal<typeof payment, SampleBody>>();

// @ts-expect-error
sampleEvent("deposit.confimed");
// @ts-expect-error
sampleEvent("deposit.confirmed", { sender: "stripe" });
// @ts-expect-error
sampleEvent("payment_intent.succeeded");
// @ts-expect-error
sampleEvent("ping", { sender: "git-hub" });
// @ts-expect-error
sampleEvent("deposit.confirmed", { chain: "ethereum" });
// @ts-expect-error
sampleEvent("deposit.confirmed", { seed: "7" });

expect<Equal<ReturnType<typeof signedRequest>, Request>>();
signedRequest(deposit, { key: "whsec_" });
signedRequest(payment, { key: "whsec_", sender: "stripe", url: new URL("https://a.example") });
// @ts-expect-error
signedRequest(deposit, {});
// @ts-expect-error
signedRequest(deposit, { key: "whsec_", method: "PUT" });

const clock = fakeClock(new Date());
expect<Equal<ReturnType<typeof clock.now>, number>>();
expect<Equal<ReturnType<ReturnType<typeof fakeWallet>["answer"]>, Request>>();
