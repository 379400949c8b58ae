import { toOptions } from "../core/core.js";
import { optionalText, requireObject } from "../core/options.js";
import { Resident } from "../core/resident.js";
import { withCore } from "../core/runner.js";
import type { WasmCore } from "../generated/glue.js";
import { readHeaders } from "./request.js";
import type { HeadersInput, Rejected } from "./types.js";

/** What {@link createTransport} takes. */
export interface TransportOptions {
	/**
	 * The proxies in front of this server: ranges in CIDR notation, single addresses, `"loopback"`
	 * (127.0.0.0/8, ::1), `"private"` (10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, fc00::/7), or
	 * `"unix:"` for whoever connects to a Unix socket. Only they are believed about a client's address and scheme (`X-Forwarded-For` and
	 * `X-Forwarded-Proto`, or `Forwarded`, RFC 7239). They must overwrite or drop what a client has
	 * put into these headers. Default: none.
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
	/** The address at the other end of the connection; `"unix:"` for a Unix socket. */
	readonly peer?: string | undefined;
	/** Whether the connection is encrypted. */
	readonly secure: boolean;
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
	 * `X-Forwarded-For` or `Forwarded` that is no trusted proxy, and the peer where the peer is none. The
	 * scheme that a trusted proxy names for this client decides.
	 */
	admit(arrival: Arrival): Admitted | Rejected;
}

type Verdict = Admitted | Rejected;
/** The peer, and what the trusted proxies say. */
type Known = readonly [Text, Text, Text, Text];
type Text = string | undefined;

const release = (wasm: WasmCore, transport: number): void => wasm.releaseTransport(transport);

const FORWARDED = ["x-forwarded-for", "x-forwarded-proto", "forwarded"] as const;

/**
 * Builds what decides about the transport of requests.
 *
 * @throws {ConfigError} for an option that is invalid.
 *
 * @example
 * ```ts
 * const transport = createTransport({ trustedProxies: ["10.0.0.0/8"] });
 * const admitted = transport.admit({ headers, peer: socket.remoteAddress, secure: false });
 * ```
 */
export function createTransport(options: TransportOptions = {}): Transport {
	requireObject(options, "options, as in createTransport({ trustedProxies })");
	const text = toOptions(options);
	const resident = new Resident((wasm) => wasm.createTransport(text), release);
	withCore((core) => resident.in(core));
	let last:
		| { readonly secure: boolean; readonly known: Known; readonly verdict: Verdict }
		| undefined;
	const believed = options.trustedProxies?.length ? FORWARDED : [];
	return {
		admit(arrival) {
			requireObject(arrival, "an arrival, as in admit({ headers, peer, secure })");
			const { headers } = arrival;
			const peer = optionalText(arrival.peer, "peer");
			const secure = arrival.secure === true;
			const [forwardedFor, forwardedProto, forwarded] = readHeaders(headers, believed);
			const known: Known = [peer, forwardedFor, forwardedProto, forwarded];
			if (last?.secure === secure && last.known.every((part, index) => part === known[index])) {
				return last.verdict;
			}
			const verdict: Verdict = withCore((core) => {
				const transport = resident.in(core);
				// It is handed out again.
				return Object.freeze(core.ask((wasm) => wasm.admit(transport, secure, ...known)));
			});
			last = { secure, known, verdict };
			return verdict;
		},
	};
}
