/** The core as this page has it: a file that is compiled while it arrives. */
import { initialize } from "wallet-callback/slim";

export async function loadCore(file: string): Promise<void> {
	const response = fetch(new URL(file, import.meta.url));
	initialize(await WebAssembly.compileStreaming(response));
}
