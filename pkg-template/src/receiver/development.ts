/** Whether a developer watches. */

import { onWorkers } from "./peer.js";

/** What of Node's and Deno's globals matters. */
interface Runtime {
	readonly process?: { readonly env?: { readonly NODE_ENV?: string } };
	readonly Deno?: {
		readonly permissions: {
			querySync(wanted: { readonly name: "env"; readonly variable: string }): {
				readonly state: string;
			};
		};
	};
}

/** Whether the environment does not say that this is production; on Workers, and where there is none, no. */
export function isDevelopment(): boolean {
	const { process, Deno } = globalThis as Runtime;
	if (onWorkers || process?.env === undefined) return false;
	// Deno asks before a program reads a variable.
	const permission = Deno?.permissions.querySync({ name: "env", variable: "NODE_ENV" }).state;
	return (permission ?? "granted") === "granted" && process.env.NODE_ENV !== "production";
}
