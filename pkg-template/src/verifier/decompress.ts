/** Bodies that come compressed (RFC 9110, section 8.4): senders sign what is in them. */

import { join } from "./request.js";

/** The formats by their names in `content-encoding`. */
const FORMATS: { readonly [encoding: string]: CompressionFormat } = {
	gzip: "gzip",
	"x-gzip": "gzip",
	deflate: "deflate",
};

/** What is decompressed at once, in bytes: it may become a thousand times as long. */
const SLICE_BYTES = 4096;

/** What a sender may put into `content-encoding`, as `accept-encoding` says it. */
export function acceptedEncodings(): string {
	return formatOf("gzip") === undefined ? "identity" : "gzip, deflate, identity";
}

/** Whether a body in this `content-encoding` can be read. */
export function isReadable(encoding: string | undefined): boolean {
	const name = encoding?.toLowerCase() ?? "identity";
	return name === "identity" || formatOf(name) !== undefined;
}

/**
 * The body as it was before it was compressed, up to the chunk with which it passes `limit` bytes. One that
 * is not compressed, whatever the header says, stays as it is: a framework or a proxy has decompressed it.
 */
export async function decompress(
	body: Uint8Array,
	encoding: string | undefined,
	limit: number,
): Promise<Uint8Array> {
	const format = encoding === undefined ? undefined : formatOf(encoding.toLowerCase());
	if (format === undefined || !isCompressed(body, format)) return body;
	try {
		return await inflate(body, new DecompressionStream(format), limit);
	} catch {
		// What cannot be decompressed is verified as it came.
		return body;
	}
}

function formatOf(name: string): CompressionFormat | undefined {
	return Object.hasOwn(FORMATS, name) && decompresses() ? FORMATS[name] : undefined;
}

let tried: boolean | undefined;

/** Whether the runtime can decompress: some have no class for it, and that of Next.js' edge runtime throws. */
function decompresses(): boolean {
	if (tried === undefined) {
		try {
			new DecompressionStream("gzip");
			tried = true;
		} catch {
			tried = false;
		}
	}
	return tried;
}

/** Whether it starts as its format does (RFC 1952, section 2.3.1; RFC 1950, section 2.2). */
function isCompressed([first = 0, second = 0]: Uint8Array, format: CompressionFormat): boolean {
	if (format === "gzip") return first === 0x1f && second === 0x8b;
	return (first & 0x0f) === 8 && (first * 256 + second) % 31 === 0;
}

async function inflate(
	body: Uint8Array,
	{ readable, writable }: DecompressionStream,
	limit: number,
): Promise<Uint8Array> {
	const reader = (readable as ReadableStream<Uint8Array>).getReader();
	// What goes wrong there is read here.
	write(body, writable.getWriter()).catch(() => {});
	const chunks: Uint8Array[] = [];
	let length = 0;
	while (length <= limit) {
		const { done, value } = await reader.read();
		if (done) return join(chunks, length);
		chunks.push(value);
		length += value.length;
	}
	reader.cancel().catch(() => {});
	return join(chunks, length);
}

/** Writes a slice once the one before it is read, so that little is held of a body that has no end. */
async function write(
	body: Uint8Array,
	writer: WritableStreamDefaultWriter<BufferSource>,
): Promise<void> {
	for (let at = 0; at < body.length; at += SLICE_BYTES) {
		await writer.ready;
		await writer.write(body.slice(at, at + SLICE_BYTES));
	}
	await writer.close();
}
