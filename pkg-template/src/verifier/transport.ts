import { toOptions, withCore } from "../core/core.js";
import { readHeaders } from "./request.js";
import type { HeadersInput, Rejected } from "./types.js";

/** What {@link createTransport} takes. */
export interface TransportOptions {
	/**
	 * The proxies in front of this server, as ranges in CIDR notation or single addresses. Only
	 * they are believed about a client's address (`X-Forwarded-For`) and scheme
	 * (`X-Forwarded-Proto`). Default: none.
	 */
	readonly trustedProxies?: readonly string[] | undefined;
	/**
	 * Whether a request must have come over HTTPS. Default: unless it comes from the machine itself.
	 */
	readonly requireHttps?: boolean | undefined;
}

/** How a request arrived. */
export interface Arrival {
	readonly headers: HeadersInput;
	/** The address at the other end of the connection. */
	readonly peer?: string | undefined;
	/** Whether the connection is encrypted. */
	readonly secure: boolean;
	/** The host that the request names. It stands for the peer where nobody knows one. */
	readonly host?: string | undefined;
}

/** A request that was let through, with its client's address where that is known. */
export interface Admitted {
	readonly ok: true;
	readonly ip?: string;
}

/** Finds out who sent a request, and refuses one that did not come over HTTPS. */
export interface Transport {
	/**
	 * Admits a request or refuses it as `insecure_transport`. The client is the right-most address of
	 * `X-Forwarded-For` that is no trusted proxy, and the peer where the peer is none.
	 */
	admit(arrival: Arrival): Admitted | Rejected;
}

type Verdict = Admitted | Rejected;
type Known = readonly (string | undefined)[];

const FORWARDED = ["x-forwarded-for", "x-forwarded-proto"] as const;

/**
 * Builds what decides about the transport of requests.
 *
 * @throws {ConfigError} for an option that makes no sense.
 *
 * @example
 * ```ts
 * const transport = createTransport({ trustedProxies: ["10.0.0.0/8"] });
 * const admitted = transport.admit({ headers, peer: socket.remoteAddress, secure: false });
 * ```
 */
export function createTransport(options: TransportOptions = {}): Transport {
	const text = toOptions(options);
	const ask = (secure: boolean, arrival: readonly (string | undefined)[]) =>
		withCore((core) => core.ask((wasm) => wasm.admit(secure), [text, ...arrival]));
	ask(true, []);
	let last:
		| { readonly secure: boolean; readonly known: Known; readonly verdict: Verdict }
		| undefined;
	const believed = options.trustedProxies?.length ? FORWARDED : [];
	return {
		admit({ headers, peer, secure, host }) {
			const known: Known = [peer, host, ...readHeaders(headers, believed)];
			if (last?.secure === secure && last.known.every((part, index) => part === known[index])) {
				return last.verdict;
			}
			const verdict = ask(secure, known) as Verdict;
			last = { secure, known, verdict };
			return verdict;
		},
	};
}
