import { isInherited } from "./core/names.js";
import type { SenderName } from "./generated/model.js";
import { keyHosts } from "./generated/senders.js";
import { type Answer, KeyCache } from "./keys/cache.js";
import { KeyResolutionError } from "./keys/error.js";
import type { SenderDescriptor } from "./verifier/descriptor.js";
import type { KeyInput } from "./verifier/types.js";

export { KeyResolutionError, type KeyResolutionErrorCode } from "./keys/error.js";

/** What {@link createKeyResolver} takes. */
export interface KeyResolverOptions {
	/** Whose keys: a sender that publishes them, or your own descriptor with `keyHosts`. */
	readonly sender: SenderName | SenderDescriptor;
	/**
	 * Where the keys are: the address of all of them, or a function that makes the address of one from
	 * its id. The id comes percent-encoded. Only HTTPS, and only the hosts of the sender's `keyHosts`.
	 */
	readonly url: string | URL | ((keyId: string) => string | URL);
	/** Headers of the request, as one with an API key. */
	readonly headers?: RequestHeaders | (() => RequestHeaders | Promise<RequestHeaders>) | undefined;
	/**
	 * Finds the key in the answer; undefined where it is not in there. Default: the entry of a JWKS
	 * (`keys`) with this `kid`, or `data.publicKey`, as Circle answers.
	 */
	readonly read?: ((answer: unknown, keyId: string) => KeyInput | undefined) | undefined;
	/** Fetches. For an address that wants a POST, and for tests. Default: the platform's `fetch`. */
	readonly fetch?: ((url: string, init: RequestInit) => Promise<Response>) | undefined;
	/**
	 * Ids that you know to be keys, where `url` makes the address of one key. They can be fetched from the
	 * start, however many ids others invent. At most `maxKeys`.
	 */
	readonly knownKeyIds?: readonly string[] | undefined;
	/**
	 * How long an answer is used, in seconds. A key in use is fetched again a little earlier, without
	 * anybody waiting for it. Default: 3600.
	 */
	readonly ttlSeconds?: number | undefined;
	/** How long a key is used after `ttlSeconds` while it cannot be fetched, in seconds. Default: 3600. */
	readonly staleSeconds?: number | undefined;
	/** How long an answer without the key stands for "no such key", in seconds. Default: 60. */
	readonly negativeTtlSeconds?: number | undefined;
	/** The number of keys that are kept; the least recently used one makes room. Default: 64. */
	readonly maxKeys?: number | undefined;
	/** The longest answer, in bytes. Default: 65,536. */
	readonly maxBytes?: number | undefined;
	/** How long a fetch may take, its body included, in seconds. Default: 5. */
	readonly timeoutSeconds?: number | undefined;
	/**
	 * The number of fetches within a minute for all ids that have never been a key, since anybody can invent
	 * ids; and for each id that has been one. Default: 10.
	 */
	readonly maxFetchesPerMinute?: number | undefined;
	/** The clock, in milliseconds. For tests. Default: `Date.now`. */
	readonly now?: (() => number) | undefined;
}

type RequestHeaders = Readonly<Record<string, string>>;

/** Finds the key of an id. For the option `keys` of `createVerifier`. */
export type KeyResolver = (keyId: string) => Promise<KeyInput | undefined>;

/** Upper bounds are far beyond what makes sense, and below what a timer or the memory can bear. */
const LIMITS = {
	ttlSeconds: [3600, 0, 86_400],
	staleSeconds: [3600, 0, 86_400],
	negativeTtlSeconds: [60, 0, 86_400],
	maxKeys: [64, 1, 1024],
	maxBytes: [65_536, 1, 1_048_576],
	timeoutSeconds: [5, 0.001, 60],
	maxFetchesPerMinute: [10, 1, 600],
} as const;

/** The one slot of the cache where one address has all keys. */
const LIST = "";

/** The statuses by which servers say that there is no such key, or that its id is invalid. */
const UNKNOWN_KEY = [400, 404, 410];

/**
 * Makes a resolver for a sender that publishes its keys. It keeps answers, and bounds what key ids
 * that somebody invents can cost: they take no fetches and no memory from ids that have once been a
 * key. Make it once, when the program starts.
 *
 * The resolver gives undefined for a key that does not exist, and throws a {@link KeyResolutionError}
 * where that cannot be found out.
 *
 * @throws {KeyResolutionError} `invalid_option` or `host_not_allowed`.
 *
 * @example
 * ```ts
 * const keys = createKeyResolver({
 *   sender: "circle",
 *   url: (keyId) => `https://api.circle.com/v2/notifications/publicKey/${keyId}`,
 *   headers: { authorization: `Bearer ${process.env.CIRCLE_API_KEY}` },
 * });
 * const verifier = createVerifier({ sender: "circle", keys });
 * const { id, event } = await verifier.verifyRequest(request);
 * ```
 */
export function createKeyResolver(options: KeyResolverOptions): KeyResolver {
	if (typeof options !== "object" || options === null) {
		throw invalid("expected options, as in createKeyResolver({ sender, url })");
	}
	const {
		url,
		headers = {},
		read = findPublished,
		fetch = (url, init) => globalThis.fetch(url, init),
		now = Date.now,
	} = options;
	for (const [name, value] of Object.entries({ read, fetch, now })) {
		if (typeof value !== "function") throw invalid(`${name}: expected a function`);
	}
	const limit = (name: keyof typeof LIMITS): number => {
		const [usual, least, most] = LIMITS[name];
		const value = options[name] ?? usual;
		if (typeof value === "number" && value >= least && value <= most) return value;
		const got = typeof value === "number" ? value : typeof value;
		throw invalid(`${name}: expected ${least} to ${most}, got ${got}`);
	};
	const timeout = limit("timeoutSeconds") * 1000;
	const maxBytes = limit("maxBytes");

	const hosts = hostsOf(options.sender);
	const addressOf =
		typeof url === "function" ? (keyId: string) => toAddress(url(keyId), hosts) : undefined;
	const fixed = typeof url === "function" ? "" : toAddress(url, hosts);

	const fetchAnswer = async (address: string, at: number): Promise<Answer> => {
		const signal = AbortSignal.timeout(timeout);
		const { host } = new URL(address);
		try {
			const response = await fetch(address, {
				headers: {
					accept: "application/json",
					...(typeof headers === "function" ? await headers() : headers),
				},
				// Not "error", which Cloudflare Workers do not have: a redirect's status is refused below.
				redirect: "manual",
				signal,
			});
			if (addressOf !== undefined && UNKNOWN_KEY.includes(response.status)) {
				response.body?.cancel().catch(() => {});
				return { json: undefined, at };
			}
			if (response.status !== 200) {
				response.body?.cancel().catch(() => {});
				throw new KeyResolutionError(
					"key_fetch_failed",
					`expected status 200 from ${host}, got ${response.status}`,
				);
			}
			return { json: parse(await readText(response, maxBytes), host), at };
		} catch (error) {
			if (error instanceof KeyResolutionError) throw error;
			const problem = signal.aborted ? `no answer within ${timeout / 1000} s` : "no answer";
			throw new KeyResolutionError("key_fetch_failed", `${host}: ${problem}`, error);
		}
	};

	const find = (json: unknown, keyId: string): KeyInput | undefined => {
		try {
			return json === undefined ? undefined : (read(json, keyId) ?? undefined);
		} catch (error) {
			if (error instanceof KeyResolutionError) throw error;
			throw new KeyResolutionError(
				"key_response_invalid",
				"read: could not read the answer",
				error,
			);
		}
	};

	const maxKeys = limit("maxKeys");
	const known = toKnownIds(options.knownKeyIds, maxKeys);
	if (known.length > 0 && addressOf === undefined) {
		throw invalid("knownKeyIds: only valid if url is a function");
	}
	const cache = new KeyCache({
		ttl: limit("ttlSeconds") * 1000,
		negativeTtl: limit("negativeTtlSeconds") * 1000,
		stale: limit("staleSeconds") * 1000,
		timeout,
		maxKeys,
		maxFetchesPerMinute: limit("maxFetchesPerMinute"),
		pinned: new Set(addressOf === undefined ? [LIST] : known),
		now,
		fetch: async (slot, at) => fetchAnswer(addressOf?.(encodeURIComponent(slot)) ?? fixed, at),
	});

	return (keyId) => {
		if (!isKeyId(keyId)) return Promise.resolve(undefined);
		return cache.find(addressOf === undefined ? LIST : keyId, (json) => find(json, keyId));
	};
}

function invalid(message: string): KeyResolutionError {
	return new KeyResolutionError("invalid_option", message);
}

function hostsOf(sender: SenderName | SenderDescriptor): readonly string[] {
	const own = typeof sender === "object" && sender !== null;
	const hosts = own ? sender.keyHosts : Object.hasOwn(keyHosts, sender) && keyHosts[sender];
	if (hosts) return hosts;
	const names = Object.keys(keyHosts).join(", ");
	throw invalid(
		`sender: expected one that publishes keys (${names}), or a descriptor with keyHosts`,
	);
}

/** An address from which keys may be fetched. */
function toAddress(input: string | URL, hosts: readonly string[]): string {
	const url = URL.canParse(input) ? new URL(input) : undefined;
	if (url?.protocol !== "https:") throw invalid("url: expected an absolute https address");
	// With another port it is another server, and with a user name one that looks like another.
	if (!hosts.includes(url.host) || url.username !== "" || url.password !== "") {
		throw new KeyResolutionError(
			"host_not_allowed",
			`url: expected the host ${hosts.join(" or ")}, without user name and port`,
		);
	}
	url.hash = "";
	return url.href;
}

function toKnownIds(ids: unknown = [], most: number): readonly string[] {
	if (Array.isArray(ids) && ids.length <= most && ids.every(isKeyId)) return ids;
	throw invalid(`knownKeyIds: expected at most ${most} ids of keys`);
}

/** Visible ASCII that is one segment of a path. */
function isKeyId(keyId: unknown): keyId is string {
	const isSegment = typeof keyId === "string" && /^[!-.0-~]{1,128}$/.test(keyId);
	return isSegment && keyId !== "." && keyId !== ".." && !isInherited(keyId);
}

async function readText(response: Response, maxBytes: number): Promise<string> {
	const decoder = new TextDecoder();
	const reader = response.body?.getReader();
	let text = "";
	let length = 0;
	while (reader !== undefined) {
		const { done, value } = await reader.read();
		if (done) break;
		length += value.length;
		if (length > maxBytes) {
			reader.cancel().catch(() => {});
			throw new KeyResolutionError(
				"key_response_invalid",
				`expected at most ${maxBytes} bytes of keys`,
			);
		}
		text += decoder.decode(value, { stream: true });
	}
	return text + decoder.decode();
}

function parse(text: string, host: string): unknown {
	try {
		return JSON.parse(text);
	} catch (error) {
		throw new KeyResolutionError("key_response_invalid", `expected JSON from ${host}`, error);
	}
}

/** The forms in which keys are published. */
interface Published {
	readonly keys?: readonly { readonly kid?: unknown }[];
	readonly data?: { readonly id?: unknown; readonly publicKey?: unknown };
}

function findPublished(answer: unknown, keyId: string): KeyInput | undefined {
	const { keys, data } = (answer ?? {}) as Published;
	if (Array.isArray(keys)) return keys.find((key) => key?.kid === keyId);
	if (typeof data?.publicKey === "string") {
		return data.id === undefined || data.id === keyId ? data.publicKey : undefined;
	}
	throw new KeyResolutionError(
		"key_response_invalid",
		"expected keys or data.publicKey in the answer, got neither: read it with the option read",
	);
}
