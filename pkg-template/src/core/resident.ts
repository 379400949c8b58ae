import type { WasmCore } from "../generated/glue.js";
import type { Core } from "./core.js";

/** What a resident is dropped by: nothing of it leads back to the resident, or it would never be. */
interface Place<Info> {
	readonly core: Core;
	readonly info: Info;
	readonly release: (wasm: WasmCore, info: Info) => void;
}

function drop<Info>({ core, info, release }: Place<Info>): void {
	core.release((wasm) => release(wasm, info));
}

const registry =
	typeof FinalizationRegistry === "undefined"
		? undefined
		: // biome-ignore lint/suspicious/noExplicitAny: each place has an own kind of information.
			new FinalizationRegistry<Place<any>>(drop);

/**
 * Something that lives in a core: built when it is first needed, built anew in a core that replaces
 * another one, and dropped there when nobody holds it any more.
 */
export class Resident<Info> {
	readonly #build: (wasm: WasmCore) => Info;
	readonly #release: Place<Info>["release"];
	#place: Place<Info> | undefined;

	/** `release` must not hold what holds the resident. */
	constructor(build: (wasm: WasmCore) => Info, release: Place<Info>["release"]) {
		this.#build = build;
		this.#release = release;
	}

	/** What is known of it in this core. */
	in(core: Core): Info {
		if (this.#place?.core === core) return this.#place.info;
		const place = { core, info: core.ask(this.#build), release: this.#release };
		registry?.unregister(this);
		registry?.register(this, place, this);
		this.#place = place;
		return place.info;
	}

	/** Drops it, so that it is built anew when it is next needed. */
	drop(): void {
		if (this.#place !== undefined) drop(this.#place);
		registry?.unregister(this);
		this.#place = undefined;
	}
}
