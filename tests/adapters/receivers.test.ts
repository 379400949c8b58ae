/** What is no receiver is refused before there are requests, which would end without an answer. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { SECRET } from "./callbacks.ts";
import { installed } from "./programs.ts";

const { createVerifier }: typeof import("wallet-callback") = installed("wallet-callback");
const { createReceiver }: typeof import("wallet-callback/receiver") = installed(
	"wallet-callback/receiver",
);
const { memoryStore }: typeof import("wallet-callback/stores/memory") = installed(
	"wallet-callback/stores/memory",
);
const { toNodeListener }: typeof import("wallet-callback/node") = installed("wallet-callback/node");
const { toLambdaHandler }: typeof import("wallet-callback/aws-lambda") = installed(
	"wallet-callback/aws-lambda",
);
const { walletCallback }: typeof import("wallet-callback/fastify") =
	installed("wallet-callback/fastify");

const STRANGERS: readonly (readonly [value: unknown, got: string])[] = [
	[undefined, "undefined"],
	[null, "null"],
	[{}, "object"],
	[{ receive: 5 }, "object"],
	[{ keys: SECRET }, "options (pass them to createReceiver first)"],
	[{ store: memoryStore() }, "options (pass them to createReceiver first)"],
	[{ verifier: {} }, "options (pass them to createReceiver first)"],
	[createReceiver, "a function without receive (call createReceiver first)"],
	[
		createVerifier({ keys: SECRET }),
		"a verifier (pass it to createReceiver({ verifier, … }) first)",
	],
];

for (const [value, got] of STRANGERS) {
	test(`instead of a receiver: ${got}`, async () => {
		const refusal = (call: string) => ({
			name: "ConfigError",
			code: "invalid_option",
			message: `expected a receiver from createReceiver({ … }), as in ${call}, got ${got}`,
		});
		assert.throws(() => toNodeListener(value as never), refusal("toNodeListener(receiver)"));
		assert.throws(() => toLambdaHandler(value as never), refusal("toLambdaHandler(receiver)"));
		const options = { path: "/callback", receiver: value as never };
		await assert.rejects(
			walletCallback({} as never, options),
			refusal('app.register(walletCallback, { path: "/callback", receiver })'),
		);
	});
}

test("the Fastify plugin without its options", async () => {
	const call = 'app.register(walletCallback, { path: "/callback", receiver })';
	for (const options of [undefined, {}] as never[]) {
		await assert.rejects(walletCallback({} as never, options), {
			name: "ConfigError",
			message: `expected a receiver from createReceiver({ … }), as in ${call}, got undefined`,
		});
	}
	const receiver = { receive: () => {} };
	await assert.rejects(walletCallback({} as never, { receiver } as never), {
		name: "ConfigError",
		message: `expected a path, as in ${call}, got undefined`,
	});
});
