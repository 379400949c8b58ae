/** Vercel's edge runtime: the host calls this and passes text, so that nothing else crosses the realms. */
import { report } from "./entry.ts";

Object.assign(globalThis, {
	async runSuite(corpus: string, foreignBytes: (bytes: Uint8Array) => Uint8Array): Promise<string> {
		return JSON.stringify(await report(JSON.parse(corpus), { foreignBytes }));
	},
});
