/** Which receivers use a store: those of one name have to have the same keys. */

import { ConfigError, type Verifier } from "wallet-callback";
import type { ReplayStore } from "../stores/store.js";

/** The receivers of one identity. */
interface Users {
	/** Tells their keys from others. */
	readonly fingerprint: string;
	count: number;
}

const usersOf = new WeakMap<ReplayStore, Map<string, Users>>();

/**
 * Notes down that a receiver uses a store, and gives what takes it back. Two receivers of one
 * identity take each other's work, so one could handle what its own keys would have refused.
 *
 * @throws {ConfigError} where another one of this identity has other keys.
 */
export function share(
	store: ReplayStore,
	receiver: string,
	verifier: Verifier<unknown>,
): () => void {
	// Keys that are found by their ids cannot be compared.
	const fingerprint = verifier.fingerprint?.();
	if (fingerprint === undefined) return () => {};
	const receivers = usersOf.get(store) ?? new Map<string, Users>();
	usersOf.set(store, receivers);
	const users = receivers.get(receiver) ?? { fingerprint, count: 0 };
	if (users.fingerprint !== fingerprint) {
		throw new ConfigError(
			"invalid_option",
			`store: a receiver with other keys is "${receiver}" in this store already: give each a name of its own, as in createReceiver({ name: "tenant-1" }), or close the other one first`,
		);
	}
	users.count += 1;
	receivers.set(receiver, users);
	return () => {
		users.count -= 1;
		if (users.count === 0) receivers.delete(receiver);
	};
}
