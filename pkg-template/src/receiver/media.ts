/** What HTTP says of a callback before its body is read. */

import type { VerifierSettings } from "wallet-callback";
import { acceptedEncodings, isReadable } from "../verifier/decompress.js";
import { type Reading, readBody, readHeaders, toBytes } from "../verifier/request.js";
import { onWorkers, UNIX_PEER } from "./peer.js";
import type { Incoming, ReceiverContext, Reply } from "./types.js";

const HEADERS = ["content-type", "content-encoding", "content-length"] as const;

/** Why a request is refused. */
export interface Refusal {
	readonly status: number;
	readonly code: string;
	readonly message: string;
	/** The header at fault, in lower case. */
	readonly header?: string | undefined;
	/** The member of the body at fault. */
	readonly path?: string | undefined;
	/** What goes with the answer. */
	readonly headers?: Reply["headers"];
}

/** Why a request cannot be a callback, whatever its body says. */
export function refuseMedia(
	{ method, headers }: Incoming,
	settings: VerifierSettings,
): Refusal | undefined {
	const { mediaType, deliversByGet } = settings;
	if (method !== "POST" && !(method === "GET" && deliversByGet)) {
		const methods = ["POST", ...(deliversByGet ? ["GET"] : []), ...settings.probes];
		const message = `expected ${methods.join(" or ")}, got ${method}`;
		const headers = { allow: methods.join(", ") };
		return { status: 405, code: "method_not_allowed", message, headers };
	}
	const [type, encoding, length] = readHeaders(headers, HEADERS);
	if (!isReadable(encoding)) {
		const accepted = acceptedEncodings();
		const message = `expected content-encoding ${accepted}`;
		const headers = { "accept-encoding": accepted };
		return { status: 415, code: "unsupported_media_type", message, headers };
	}
	if (type !== undefined && mediaType !== undefined && !isOf(type, mediaType)) {
		const message = `expected content-type ${mediaType} in utf-8`;
		return { status: 415, code: "unsupported_media_type", message };
	}
	return refuseLength(Number(length ?? 0), settings);
}

/** Why a body is not read or not looked at. The verifier refuses it, too, but later. */
export function refuseLength(
	length: number,
	{ maxBodyBytes }: VerifierSettings,
): Refusal | undefined {
	if (!(length > maxBodyBytes)) return undefined;
	const message = `expected a body of at most ${maxBodyBytes} bytes`;
	return { status: 413, code: "body_too_large", message };
}

/**
 * The bytes of a body, which nobody else can change between one look and the next. A string is what a
 * parser has made of UTF-8.
 */
export function toOwn(body: string | Uint8Array): Uint8Array {
	if (typeof body === "string") return new TextEncoder().encode(body);
	return new Uint8Array(toBytes(body) ?? []);
}

/** Whether a content type is the media type, in UTF-8 if it names a charset (RFC 9110, section 8.3). */
function isOf(contentType: string, mediaType: string): boolean {
	if (contentType === mediaType) return true;
	const [type = "", ...parameters] = contentType.toLowerCase().split(";");
	const charset = parameters.map((text) => text.trim()).find((text) => text.startsWith("charset="));
	return type.trim() === mediaType && /^charset="?utf-8"?$/.test(charset ?? "charset=utf-8");
}

/** A Fetch request as the receiver takes it. */
export function fromRequest(request: Request, context: ReceiverContext): Incoming {
	const { method, headers, url } = request;
	let reading: Reading | undefined;
	return {
		method,
		headers,
		url,
		secure: url.startsWith("https:"),
		peer: peerOf(request, context),
		readBody: (limit) => {
			const mistaken = request.bodyUsed || request.body?.locked;
			reading = readBody(request, limit);
			return mistaken ? reading.body : reading.body.catch(blameNetwork);
		},
		cancelBody: () => reading?.cancel(),
	};
}

/** That a body was read before is the program's mistake; the rest is the network's. */
function blameNetwork(error: unknown): never {
	throw new Error("the client stopped before the end of the body", { cause: error });
}

/** The address at the other end of the connection, as far as the runtime tells it. */
function peerOf(request: Request, context: ReceiverContext): string | undefined {
	const { remoteAddr, requestIP } = context;
	if (remoteAddr !== undefined && "hostname" in remoteAddr) return remoteAddr.hostname;
	if (remoteAddr !== undefined && "path" in remoteAddr) return UNIX_PEER;
	if (typeof requestIP === "function") return askForIp(requestIP.bind(context), request);
	// Cloudflare's edge sets it and overwrites what the client says. Elsewhere it is just a header.
	return onWorkers ? (request.headers.get("cf-connecting-ip") ?? undefined) : undefined;
}

function askForIp(
	requestIP: NonNullable<ReceiverContext["requestIP"]>,
	request: Request,
): string | undefined {
	try {
		return requestIP(request)?.address;
	} catch {
		return undefined;
	}
}
