import { base64 } from "./generated/bytes.js";

/** Compiles the core that is part of the program's text. */
export function compileInline(): WebAssembly.Module {
	const binary = atob(base64);
	const bytes = new Uint8Array(binary.length);
	for (let at = 0; at < binary.length; at++) bytes[at] = binary.charCodeAt(at);
	return new WebAssembly.Module(bytes);
}
