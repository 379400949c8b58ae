/**
 * Node: every function that the core exports is wrapped before the package is
 * loaded, so that the n-th call after arming runs a real `unreachable`. Prints,
 * for each operation, at how many points it was stopped and what went wrong then.
 */
import { stdout } from "node:process";
import type { CallbackLibrary } from "../model.ts";

const UNREACHABLE = Uint8Array.from(
	[
		..."\0asm\x01\0\0\0\x01\x04\x01\x60\0\0\x03\x02\x01\0\x07\x08\x01\x04trap\0\0\x0a\x05\x01\x03\0\0\x0b",
	].map((c) => c.charCodeAt(0)),
);
const NativeInstance = WebAssembly.Instance;
const trap = new NativeInstance(new WebAssembly.Module(UNREACHABLE)).exports.trap as () => never;

let callsUntilTrap = 0;
WebAssembly.Instance = class {
	readonly exports: WebAssembly.Exports;

	constructor(module: WebAssembly.Module, imports?: WebAssembly.Imports) {
		const { exports } = new NativeInstance(module, imports);
		this.exports = Object.fromEntries(
			Object.entries(exports).map(([name, value]) => [name, trapped(value)]),
		);
	}
};

function trapped(value: WebAssembly.ExportValue): WebAssembly.ExportValue {
	if (typeof value !== "function") return value;
	return (...args: unknown[]) => {
		if (callsUntilTrap > 0 && --callsUntilTrap === 0) trap();
		return value(...args);
	};
}

const lib: CallbackLibrary = await import("wallet-callback");
const key = lib.generateSecret();
const body = '{"type":"t","timestamp":"2023-11-14T22:13:20Z","data":{}}';
const verifier = lib.createVerifier({ keys: key });
const bystander = lib.createVerifier({ keys: [lib.generateSecret(), key] });
const input = lib.sign({ body, key });
const request = () =>
	new Request("https://receiver.example/", {
		method: "POST",
		headers: input.headers,
		body: input.body as string,
	});

const operations: Record<string, () => unknown> = {
	safeVerify: () => verifier.safeVerify(input).ok || "refused",
	"safeVerify, after the body grew": () =>
		verifier.safeVerify({ ...input, body: "x".repeat(900_000) }).ok === false || "accepted",
	verify: () => verifier.verify(input),
	safeVerifyRequest: async () => (await verifier.safeVerifyRequest(request())).ok || "refused",
	createVerifier: () => lib.createVerifier({ keys: key }),
	sign: () => lib.sign({ body, key }),
	generateSecret: () => lib.generateSecret(),
	generateKeyPair: () => lib.generateKeyPair(),
};

const results: Record<string, { points: number; problems: string[] }> = {};
for (const [name, operate] of Object.entries(operations)) {
	const problems: string[] = [];
	let points = 0;
	for (;;) {
		callsUntilTrap = points + 1;
		const first = await outcome(operate);
		const fired = callsUntilTrap === 0;
		callsUntilTrap = 0;
		if (!fired) break;
		points += 1;
		if (first !== "CoreError wasm_trap") problems.push(`point ${points}: ${first}`);
		const next = await outcome(operate);
		if (next !== "works") problems.push(`after point ${points}: ${next}`);
		const { ok } = bystander.safeVerify(input);
		if (!ok) problems.push(`after point ${points}: another verifier refuses`);
	}
	results[name] = { points, problems };
}
results["safeVerify, where the stack ends"] = { points: 1, problems: atTheEndOfTheStack() };
stdout.write(JSON.stringify(results));

async function outcome(operate: () => unknown): Promise<string> {
	try {
		const result = await operate();
		return typeof result === "string" && result.length < 10 ? result : "works";
	} catch (error) {
		if (error instanceof lib.CoreError) return `CoreError ${(error as { code?: string }).code}`;
		return String(error);
	}
}

/** Verifies in the last frames that the stack has room for, where the core may run out of it, and then with all the room. */
function atTheEndOfTheStack(): string[] {
	const problems = new Set<string>();
	let frames = 300;
	const dive = (): void => {
		try {
			dive();
		} catch {
			// The stack is full; the frames above try again with ever more room.
		}
		if (frames-- <= 0) return;
		try {
			if (!verifier.safeVerify(input).ok) problems.add("refused");
		} catch (error) {
			if (!(error instanceof RangeError || error instanceof lib.CoreError))
				problems.add(String(error));
		}
	};
	dive();
	try {
		if (!verifier.safeVerify(input).ok) problems.add("refused afterwards");
	} catch (error) {
		problems.add(`afterwards: ${error}`);
	}
	return [...problems];
}
