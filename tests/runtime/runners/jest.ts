/** Jest with jsdom, whose modules run in a realm of their own, without TextEncoder and Request. */
import { readFileSync, writeFileSync } from "node:fs";
import { runInNewContext } from "node:vm";
import * as lib from "wallet-callback";
import * as dapp from "wallet-callback/dapp";
import { run } from "../suite.ts";

declare const test: (name: string, run: () => Promise<void>, timeout: number) => void;
declare const __CORPUS__: string;
declare const __REPORT__: string;

test("the suite", async () => {
	const ForeignUint8Array: typeof Uint8Array = runInNewContext("Uint8Array");
	const host = { foreignBytes: (bytes: Uint8Array) => new ForeignUint8Array(bytes) };
	writeFileSync(
		__REPORT__,
		JSON.stringify(await run({ ...lib, dapp }, JSON.parse(readFileSync(__CORPUS__, "utf8")), host)),
	);
}, 240_000);
