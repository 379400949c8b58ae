/** The Workers of the tests: receivers, and the Durable Object that they share. */
import { createReceiver, type Receiver } from "wallet-callback/receiver";
import {
	durableObjectStore,
	type ObjectNamespace,
	type ObjectState,
	WalletCallbackStore,
} from "wallet-callback/stores/durable-object";
import {
	type Config,
	keepingLog,
	type LogRecord,
	type Order,
	pause,
	pausesOf,
	SECRET,
	setClock,
} from "./protocol.ts";

type Fault = Extract<Order, { order: "fault" }>;

/** The object of the package, which can be made slow or broken. */
export class Callbacks extends WalletCallbackStore {
	#fault: Fault = { order: "fault", delayMs: 0, fails: false };

	// biome-ignore lint/complexity/noUselessConstructor: workerd counts its parameters
	constructor(state: ObjectState, environment: unknown) {
		super(state, environment);
	}

	override async fetch(request: Request): Promise<Response> {
		if (new URL(request.url).pathname === "/fault") {
			this.#fault = await request.json();
			return new Response();
		}
		await new Promise((resolve) => setTimeout(resolve, this.#fault.delayMs));
		// Not thrown: workerd may then start the object anew, without its fault.
		if (this.#fault.fails) return new Response("out of order", { status: 500 });
		return super.fetch(request);
	}
}

interface Environment {
	readonly CONFIG: Config;
	readonly CALLBACKS: ObjectNamespace<unknown>;
	/** The process that workerd belongs to: it writes down the effects. */
	readonly EFFECTS: { fetch(request: Request): Promise<Response> };
}

const records: LogRecord[] = [];
const begun: string[] = [];
let receiver: Receiver | undefined;

function receiverFor({ CONFIG, CALLBACKS, EFFECTS }: Environment): Receiver {
	receiver ??= createReceiver({
		keys: SECRET,
		store: durableObjectStore(CALLBACKS, { name: CONFIG.name }),
		// The senders of the tests use plain HTTP, and a Worker does not know who its peer is.
		requireHttps: false,
		log: keepingLog(records),
		on: {
			async "deposit.confirmed"({ event, id, attempt }) {
				begun.push(id);
				const { before, after } = pausesOf(event);
				await pause(before[attempt - 1]);
				const body = JSON.stringify({ id, attempt, worker: CONFIG.worker });
				const { ok } = await EFFECTS.fetch(
					new Request("https://effects.example/", { method: "POST", body }),
				);
				if (!ok) throw new Error("the effect was not written");
				await pause(after);
			},
		},
		...CONFIG.options,
	});
	return receiver;
}

async function obey(order: Order, environment: Environment): Promise<unknown> {
	switch (order.order) {
		case "clock":
			return setClock(order.aheadMs);
		case "drain":
			return receiverFor(environment).drain();
		case "begun":
			return begun;
		case "records":
			return records;
		case "fault": {
			const { CALLBACKS, CONFIG } = environment;
			const object = CALLBACKS.get(CALLBACKS.idFromName(CONFIG.name));
			const body = JSON.stringify(order);
			await object.fetch(new Request("https://object.example/fault", { method: "POST", body }));
			return undefined;
		}
	}
}

export default {
	async fetch(
		request: Request,
		environment: Environment,
		context: { waitUntil(work: Promise<unknown>): void },
	): Promise<Response> {
		if (new URL(request.url).pathname === "/order") {
			return Response.json({ answer: await obey(await request.json(), environment) });
		}
		const waitUntil = context.waitUntil.bind(context);
		return receiverFor(environment)(request, { waitUntil });
	},
};
