/** Compiles a module that is part of the program's text. */
export function compile(base64: string): WebAssembly.Module {
	const binary = atob(base64);
	const bytes = new Uint8Array(binary.length);
	for (let at = 0; at < binary.length; at++) bytes[at] = binary.charCodeAt(at);
	return new WebAssembly.Module(bytes);
}
