/** What every program carries stays small. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";

const CONSUMER = resolve(process.env.WALLET_CALLBACK_PKG ?? "target/consumer");
const require = createRequire(join(CONSUMER, "package.json"));

/** In KiB, gzipped. */
const MOST = 104;

test(`core.wasm is at most ${MOST} KiB, gzipped`, () => {
	const core = readFileSync(require.resolve("wallet-callback/core.wasm"));
	const { length } = gzipSync(core, { level: 9 });
	assert.ok(length <= MOST * 1024, `${length} bytes`);
});
