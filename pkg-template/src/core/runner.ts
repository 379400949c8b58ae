/** Cores: started when first used, replaced after a trap, and which of the modules they are made of. */

import { createGlue, type Glue } from "../generated/glue.js";
import { Core, STOPPED } from "./core.js";
import { ConfigError, CoreError } from "./errors.js";
import { type Load, MISSING } from "./load.js";

/** Runs something on a core. A trap in it costs this one call and nothing else. */
export type Runner = <T>(run: (core: Core) => T) => T;

/** A core of its own for whoever asks, with the glue that was made for its module. */
export function coreFrom(load: Load, glue: () => Glue): Runner {
	let core: Core | undefined;
	/** Why it cannot be started: a second try would fail the same way and cost as much. */
	let blocked: unknown;

	const start = (): Core => {
		if (blocked !== undefined) throw blocked;
		try {
			return new Core(bring(load), glue());
		} catch (error) {
			if (isPassing(error)) throw error;
			blocked = error instanceof CoreError ? error : new CoreError("wasm_blocked", BLOCKED, error);
			throw blocked;
		}
	};

	/** One that has stopped in the middle: it is let go of when there is room on the stack again. */
	let broken: Core | undefined;

	return (run) => {
		if (broken !== undefined) {
			broken.end();
			broken = undefined;
		}
		core ??= start();
		try {
			const result = run(core);
			if (core?.isLarge) {
				core.end();
				core = undefined;
			}
			return result;
		} catch (error) {
			if (!core?.inside) throw error;
			// Nothing is called before: the stack may be full.
			broken = core;
			core = undefined;
			throw new CoreError("wasm_trap", STOPPED, error);
		}
	};
}

/** Whether the stack or the memory was full, which need not be so the next time. */
function isPassing(error: unknown): boolean {
	return error instanceof RangeError || (error instanceof Error && error.name === "InternalError");
}

function bring(load: Load): WebAssembly.Module {
	try {
		return load();
	} catch (error) {
		const missing = error instanceof Error && "code" in error && error.code === MISSING;
		throw missing ? new CoreError(MISSING, error.message, error.cause) : error;
	}
}

const BLOCKED =
	"this platform does not compile WebAssembly here. In a page, add 'wasm-unsafe-eval' to script-src of its Content-Security-Policy; on an edge platform, let the bundler resolve the conditions workerd or edge-light, or hand the module to wallet-callback/slim";

/** The core of every entry but the dapp's. */
let own: Runner | undefined;

/** Whether the program has chosen its module: then there is no other. */
let isChosen = false;

/** The full module beside the core, started by whoever first needs it. */
let full: Runner | undefined;

/** How whoever keeps something in a core comes by the full module, where the platform reads it from a disk. */
let loadFull: Load | undefined;

/** Brings the core, unless the program has chosen a module; and perhaps a way to the full one. */
export function offer(load: Load, more: Load | undefined): void {
	own ??= coreFrom(load, createGlue);
	loadFull = more;
}

/** Brings the module that the program has chosen, in the place of any other. */
export function provide(load: Load): void {
	own = coreFrom(load, createGlue);
	full = undefined;
	isChosen = true;
}

/** Runs something on the core, or on the module that the program has chosen. */
export const withCore: Runner = (run) => {
	if (own !== undefined) return own(run);
	throw new CoreError(
		"wasm_missing",
		'wallet-callback/slim has no module yet: call initialize(module) first, with the WebAssembly.Module of "wallet-callback/core.wasm"',
	);
};

/** Runs something on the full module, if `load` can bring it and the program has not chosen a module. */
export function withFull(load: Load | undefined): Runner {
	return (run) => {
		if (isChosen || load === undefined) return withCore(run);
		full ??= coreFrom(load, createGlue);
		return full(run);
	};
}

/** Runs something on the full module, for whoever keeps something in a core. */
export const withMore: Runner = (run) => withFull(loadFull)(run);

/** Whether the full module is there, or comes when something needs it. */
export function hasFull(): boolean {
	return (loadFull !== undefined && !isChosen) || withCore((core) => core.full);
}

/**
 * Where to keep something: in the core, or in the full module if the core has not what it needs. Whoever
 * keeps it asks once, so that what others keep in the core stays there.
 */
export function runnerFor(run: (core: Core) => unknown): Runner {
	try {
		withCore(run);
		return withCore;
	} catch (error) {
		if (!needsFull(error)) throw error;
		withMore(run);
		return withMore;
	}
}

function needsFull(error: unknown): boolean {
	return error instanceof ConfigError && error.code === "needs_full";
}

/** The core, if it is the full module, which alone has this function. */
export function toFull(core: Core, name: string): Core {
	if (core.full) return core;
	throw new ConfigError(
		"needs_full",
		`${name} needs import { ${name} } from "wallet-callback/full" (with wallet-callback/slim, full.wasm)`,
	);
}
