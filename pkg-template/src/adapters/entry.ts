/** What the entries by framework have in common: each takes a receiver, or the options of one. */

import type { SenderDescriptor, SenderName, VerifierOptions } from "wallet-callback";
import {
	type AnyVerifier,
	createReceiver,
	type Receiver,
	type ReceiverOptions,
	type ReceiverSetup,
} from "wallet-callback/receiver";
import type { Wiring } from "../receiver/wiring.js";
import { requireReceiver } from "./receiver.js";

/**
 * The options of `createReceiver`, or a receiver from it: without its call, by which TypeScript would
 * take it for a function of an environment.
 */
export type ReceiverSource<
	Payload,
	From extends AnySender,
	Output,
	Ready extends AnyVerifier | undefined,
> = Pick<Receiver, "receive" | "drain"> | ReceiverSetup<Payload, From, Output, Ready>;

/** The same, or a function of what comes with the first request that gives one of these. */
export type LateReceiverSource<
	Payload,
	From extends AnySender,
	Output,
	Ready extends AnyVerifier | undefined,
	Env,
> =
	| ReceiverSource<Payload, From, Output, Ready>
	| ((env: Env) => ReceiverSource<Payload, From, Output, Ready>);

/** What `createReceiver` takes as the sender. */
export type AnySender = SenderName | SenderDescriptor | undefined;

/** What TypeScript infers from a receiver is its request. */
export type EnvironmentOf<Env> = [Env] extends [Request] ? unknown : Env;

/** An environment that nobody has described. */
// biome-ignore lint/suspicious/noExplicitAny: programs without types use it as it is
export type AnyEnvironment = any;

/** Makes a framework's handler. */
export type Entry<Handler> = <
	Payload = unknown,
	const From extends AnySender = AnySender,
	Output = unknown,
	const Ready extends AnyVerifier | undefined = undefined,
>(
	receiver: ReceiverSource<Payload, From, Output, Ready>,
) => Handler;

/**
 * How the entry of a framework is used.
 *
 * @internal
 */
export function wiringOf(entry: string, call: string): Wiring {
	return { name: "walletCallback", entry, call };
}

/** What an entry knows better than the receiver. */
type Defaults = Pick<ReceiverOptions, "requireHttps">;

/**
 * The receiver, or one with the options.
 *
 * @throws {ConfigError} for an option that is invalid, and for what is neither, such as a
 * verifier. `call` shows where it goes.
 */
export function toReceiver(source: unknown, call: string, defaults?: Defaults): Receiver {
	if (isOptions(source)) return createReceiver({ ...defaults, ...source });
	requireReceiver(source, call);
	return source;
}

/**
 * The same with the first request. Builds load the modules of routes, too, without the secrets; and
 * on Workers these come with the request.
 *
 * @param source A receiver, its options, or a function of what comes with the request that gives one
 * of these.
 */
export function toReceiverLater<Env>(
	source: unknown,
	call: string,
	defaults?: Defaults,
): (env: Env) => Receiver {
	let receiver: Receiver | undefined;
	if (isFunctionOf<Env>(source)) {
		return (env) => {
			receiver ??= toReceiver(source(env), call, defaults);
			return receiver;
		};
	}
	if (!isOptions(source)) requireReceiver(source, call);
	return () => {
		receiver ??= toReceiver(source, call, defaults);
		return receiver;
	};
}

function isFunctionOf<Env>(source: unknown): source is (env: Env) => unknown {
	return typeof source === "function" && !("receive" in source);
}

function isOptions(source: unknown): source is ReceiverOptions & VerifierOptions {
	return (
		typeof source === "object" &&
		source !== null &&
		!("receive" in source) &&
		!("safeVerify" in source)
	);
}
