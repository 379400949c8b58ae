/** The package as its users have it: installed from its tarball. */
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import type { AnySchemaObject } from "ajv/dist/2020.js";

/** The folder into which the package's tarball was installed. */
const CONSUMER = resolve(process.env.WALLET_CALLBACK_PKG ?? "target/consumer");
const require = createRequire(join(CONSUMER, "package.json"));

/** The library. Its core starts with the first call. */
export const wallet: typeof import("wallet-callback") = require("wallet-callback");

/** A JSON Schema, as far as the package's own uses it. */
export interface Schema {
	readonly type?: string;
	readonly const?: string;
	readonly required?: readonly string[];
	readonly properties?: { readonly [name: string]: Schema };
	readonly items?: Schema;
	readonly $ref?: string;
}

export const schema: {
	readonly oneOf: readonly (Schema & { readonly title: string })[];
	readonly $defs: { readonly [name: string]: Schema };
} = require("wallet-callback/schema.json");

/** The JSON Schema of descriptors. */
export const descriptorSchema: AnySchemaObject = require("wallet-callback/sender.schema.json");
