import type { SenderName } from "./generated/model.js";
import { keyHosts } from "./generated/senders.js";
import type { SenderDescriptor } from "./verifier/descriptor.js";
import type { KeyInput } from "./verifier/types.js";

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
	/** How long an answer is used, in seconds. Default: 3600. */
	readonly ttlSeconds?: number | undefined;
	/** How long an answer without the key stands for "no such key", in seconds. Default: 60. */
	readonly negativeTtlSeconds?: number | undefined;
	/** The most answers that are kept; the least recently used one makes room. Default: 64. */
	readonly maxKeys?: number | undefined;
	/** The longest answer, in bytes. Default: 65,536. */
	readonly maxBytes?: number | undefined;
	/** How long a fetch may take, its body included, in seconds. Default: 5. */
	readonly timeoutSeconds?: number | undefined;
	/** The most fetches within a minute: anybody can invent key ids. Default: 10. */
	readonly maxFetchesPerMinute?: number | undefined;
	/** The clock, in milliseconds. For tests. Default: `Date.now`. */
	readonly now?: (() => number) | undefined;
}

type RequestHeaders = Readonly<Record<string, string>>;

/** Finds the key of an id. For the option `keys` of `createVerifier`. */
export type KeyResolver = (keyId: string) => Promise<KeyInput | undefined>;

/** The stable codes of {@link KeyResolutionError}. */
export type KeyResolutionErrorCode =
	| "invalid_option"
	| "host_not_allowed"
	| "too_many_fetches"
	| "key_fetch_failed"
	| "key_response_invalid";

/**
 * Thrown when it could not be found out whether a key exists: nothing has been verified, and the
 * sender should try again later. `invalid_option` and, for a fixed address, `host_not_allowed` are
 * thrown when the resolver is made.
 */
export class KeyResolutionError extends Error {
	override readonly name = "KeyResolutionError";
	readonly code: KeyResolutionErrorCode;

	constructor(code: KeyResolutionErrorCode, message: string, cause?: unknown) {
		super(message, { cause });
		this.code = code;
	}
}

/** An answer, undefined where the server knows no such key. */
interface Answer {
	readonly json: unknown;
	readonly at: number;
}

/** Upper bounds are far beyond what makes sense, and below what a timer or the memory can bear. */
const LIMITS = {
	ttlSeconds: [3600, 0, 86_400],
	negativeTtlSeconds: [60, 0, 86_400],
	maxKeys: [64, 1, 1024],
	maxBytes: [65_536, 1, 1_048_576],
	timeoutSeconds: [5, 0.001, 60],
	maxFetchesPerMinute: [10, 1, 600],
} as const;

/** The statuses by which servers say that there is no such key, or that its id makes no sense. */
const UNKNOWN_KEY = [400, 404, 410];

/**
 * Makes a resolver for a sender that publishes its keys. It keeps answers, and bounds what key ids
 * that somebody invents can cost. A key is never used after its time, even if it cannot be fetched
 * anew. Make it once, when the program starts.
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
		throw invalid("expected options, as createKeyResolver({ sender, url })");
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
		throw invalid(`${name}: expected ${least} to ${most}, got ${value}`);
	};
	const ttl = limit("ttlSeconds") * 1000;
	const negativeTtl = limit("negativeTtlSeconds") * 1000;
	const timeout = limit("timeoutSeconds") * 1000;
	const maxKeys = limit("maxKeys");
	const maxBytes = limit("maxBytes");
	const maxFetches = limit("maxFetchesPerMinute");

	const hosts = hostsOf(options.sender);
	const addressOf =
		typeof url === "function" ? (keyId: string) => toAddress(url(keyId), hosts) : undefined;
	const fixed = typeof url === "function" ? "" : toAddress(url, hosts);

	/** By address, the least recently used first. */
	const answers = new Map<string, Answer>();
	const underway = new Map<string, Promise<Answer>>();
	let recent: number[] = [];

	const fetchAnswer = async (address: string): Promise<Answer> => {
		const at = now();
		recent = recent.filter((time) => Math.abs(at - time) < 60_000);
		if (recent.length >= maxFetches) {
			throw new KeyResolutionError(
				"too_many_fetches",
				`expected at most ${maxFetches} fetches within a minute`,
			);
		}
		recent.push(at);
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

	const share = (address: string): Promise<Answer> => {
		let fetching = underway.get(address);
		if (fetching === undefined) {
			fetching = fetchAnswer(address).finally(() => underway.delete(address));
			underway.set(address, fetching);
		}
		return fetching;
	};

	const keep = (address: string, answer: Answer): void => {
		answers.delete(address);
		answers.set(address, answer);
		if (answers.size > maxKeys) {
			for (const oldest of answers.keys()) {
				answers.delete(oldest);
				break;
			}
		}
	};

	const find = ({ json }: Answer, keyId: string): KeyInput | undefined => {
		try {
			return json === undefined ? undefined : read(json, keyId);
		} catch (error) {
			if (error instanceof KeyResolutionError) throw error;
			throw new KeyResolutionError(
				"key_response_invalid",
				"read: could not read the answer",
				error,
			);
		}
	};

	return async (keyId) => {
		if (!isKeyId(keyId)) return undefined;
		const address = addressOf?.(encodeURIComponent(keyId)) ?? fixed;
		const known = answers.get(address);
		if (known !== undefined) {
			const age = Math.abs(now() - known.at);
			const key = find(known, keyId);
			if (age < (key === undefined ? Math.min(ttl, negativeTtl) : ttl)) {
				keep(address, known);
				return key;
			}
		}
		const answer = await share(address);
		const key = find(answer, keyId);
		keep(address, answer);
		return key;
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

/** Visible ASCII that is one segment of a path. */
function isKeyId(keyId: unknown): keyId is string {
	return (
		typeof keyId === "string" && /^[!-.0-~]{1,128}$/.test(keyId) && keyId !== "." && keyId !== ".."
	);
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
				`expected at most ${maxBytes} bytes of keys, got more`,
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
