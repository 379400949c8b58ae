/** The full module as this page has it: a file that is compiled while it arrives, once. */
import { initialize } from "wallet-callback/slim";

let loading: Promise<void> | undefined;

export function loadModule(): Promise<void> {
	loading ??= load();
	return loading;
}

async function load(): Promise<void> {
	const response = fetch(new URL("full.wasm", import.meta.url));
	initialize(await WebAssembly.compileStreaming(response));
}
