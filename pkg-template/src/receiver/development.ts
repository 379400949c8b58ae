/** Whether a developer watches. */

import { onWorkers } from "./peer.js";

/** What of Node's and Deno's globals matters. */
interface Runtime {
	readonly process?: { readonly env?: { readonly [name: string]: string | undefined } };
	readonly Deno?: {
		readonly permissions: {
			querySync(wanted: { readonly name: "env"; readonly variable: string }): {
				readonly state: string;
			};
		};
	};
}

/** What is set where a program is hosted: on AWS Lambda, Cloud Run, Vercel. */
const HOSTS = ["AWS_LAMBDA_FUNCTION_NAME", "K_SERVICE", "VERCEL"];

/**
 * Whether nothing says that this is production: neither `NODE_ENV` nor, unless that is `"development"`, a
 * host. On Workers, and where there is no environment, no.
 */
export function isDevelopment(): boolean {
	const { process, Deno } = globalThis as Runtime;
	if (onWorkers || process?.env === undefined) return false;
	const { env } = process;
	// Deno asks before a program reads a variable.
	const mayRead = (variable: string) =>
		(Deno?.permissions.querySync({ name: "env", variable }).state ?? "granted") === "granted";
	const read = (variable: string) => (mayRead(variable) ? env[variable] : undefined);
	if (!mayRead("NODE_ENV") || env.NODE_ENV === "production") return false;
	if (env.NODE_ENV === "development" || read("VERCEL_ENV") === "development") return true;
	return HOSTS.every((variable) => read(variable) === undefined);
}
