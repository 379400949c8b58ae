import { inflateSync } from "fflate";

/** What Node and its like have. */
interface Host {
	readonly process?: {
		getBuiltinModule?(name: string): { inflateRawSync(bytes: Uint8Array): Uint8Array } | undefined;
	};
}

/** Compiles a module of so many bytes that is part of the program's text: deflated, and as base64. */
export function compile(base64: string, length: number): WebAssembly.Module {
	const binary = atob(base64);
	const bytes = new Uint8Array(binary.length);
	for (let at = 0; at < binary.length; at++) bytes[at] = binary.charCodeAt(at);
	return new WebAssembly.Module(inflate(bytes, length));
}

/** By the platform's own zlib if it can be had at once: that is faster while a program starts. */
function inflate(bytes: Uint8Array, length: number): Uint8Array<ArrayBuffer> {
	const { process } = globalThis as Host;
	const zlib = process?.getBuiltinModule?.("node:zlib");
	if (zlib !== undefined) return new Uint8Array(zlib.inflateRawSync(bytes));
	const out = new Uint8Array(length);
	inflateSync(bytes, { out });
	return out;
}
