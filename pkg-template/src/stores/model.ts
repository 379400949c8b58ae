/** A model of a store, which random operations are compared with. */
import type {
	Claim,
	ClaimOutcome,
	EnqueueOutcome,
	InboxEntry,
	InboxItem,
	ReplayStore,
	StoreInbox,
} from "./store.js";

/** What is used of `fast-check`, of any version from 3 on. */
export interface FastCheck {
	nat(max: number): unknown;
	constantFrom(...values: unknown[]): unknown;
	record(members: object): unknown;
	array(
		items: unknown,
		bounds: { readonly minLength: number; readonly maxLength: number; readonly size: "max" },
	): unknown;
	asyncProperty(steps: unknown, holds: (steps: readonly Step[]) => Promise<void>): unknown;
	assert(
		property: unknown,
		parameters: { readonly numRuns: number; readonly includeErrorInReport: true },
	): Promise<void> | void;
}

/** One operation, and what it is given. */
interface Step {
	readonly operation: (typeof OPERATIONS)[number];
	readonly id: number;
	readonly hash: string;
	readonly receiver: number;
	/** For a release, its delay. */
	readonly leaseMs: number;
	/** For a release. */
	readonly unused: boolean;
	readonly retentionMs: number;
	/** Which of those that were had so far, over and over. */
	readonly claim: number;
	/** How wrong `Date.now()` is. */
	readonly clockMs: number;
	readonly store: number;
}

const OPERATIONS = [
	"claim",
	"claim",
	"enqueue",
	"enqueue",
	"take",
	"take",
	"take",
	"complete",
	"complete",
	"release",
	"release",
	"bury",
	"bury",
	"retry",
	"drop",
	"get",
	"wait",
	"wait",
	"restart",
] as const;
const HASHES = ["a1".repeat(32), "a1".repeat(32), "a1".repeat(32), "a2".repeat(32)];
/** Over at once, soon, and never while a test runs. In any order: a lease may outlast its retention. */
const TIMES = [1, 40, 600_000];
const WAIT_MS = 30;
const HOUR = 3_600_000;
const CLOCKS = [0, 0, 0, 0, HOUR, -HOUR];
/** What the rounding of two clocks may add up to. */
const ROUNDING = 10;
/** For so many operations after a clock was wrong or a store was new, time may be in doubt. */
const IN_DOUBT = 4;

/** Compares a store with the model in `runs` runs, each with receivers of its own. */
export async function compareWithModel(
	create: () => Promise<ReplayStore> | ReplayStore,
	fastCheck: FastCheck,
	runs: number,
	shared: boolean,
): Promise<void> {
	const step = fastCheck.record({
		operation: fastCheck.constantFrom(...OPERATIONS),
		id: fastCheck.nat(1),
		hash: fastCheck.constantFrom(...HASHES),
		receiver: fastCheck.constantFrom(0, 0, 0, 1),
		leaseMs: fastCheck.constantFrom(...TIMES),
		unused: fastCheck.constantFrom(false, true),
		retentionMs: fastCheck.constantFrom(...TIMES),
		claim: fastCheck.nat(63),
		clockMs: fastCheck.constantFrom(...CLOCKS),
		store: fastCheck.nat(1),
	} satisfies { readonly [Member in keyof Step]: unknown });
	const steps = fastCheck.array(step, { minLength: 1, maxLength: 40, size: "max" });
	const property = fastCheck.asyncProperty(steps, async (steps) => {
		const run = new Run(create, shared);
		for (const step of steps) await run.play(step);
	});
	await fastCheck.assert(property, { numRuns: runs, includeErrorInReport: true });
}

/** By how much `Date.now()` is wrong for whom, the last one first: tests may run at the same time. */
const wrong: { readonly ms: number }[] = [];
let rightNow: () => number;

/** Runs something while `Date.now()` is wrong by so many milliseconds. */
export async function withClock<Result>(ms: number, run: () => Promise<Result>): Promise<Result> {
	if (wrong.length === 0) {
		rightNow = Date.now;
		Date.now = () => rightNow() + (wrong[0]?.ms ?? 0);
	}
	const own = { ms };
	wrong.unshift(own);
	try {
		return await run();
	} finally {
		wrong.splice(wrong.indexOf(own), 1);
		if (wrong.length === 0) Date.now = rightNow;
	}
}

/** A moment, not before `from` by the test's clock, and not after `to` by that of a store that is late. */
interface Moment {
	readonly from: number;
	readonly to: number;
}

/** What a store has to know of an id. */
interface Known {
	readonly hash: string;
	readonly retentionMs: number;
	readonly state: "free" | "leased" | "done";
	/** How often it was claimed; nothing if it may have been forgotten by now. */
	readonly attempt: number | undefined;
	readonly token: string | undefined;
	/** When the lease ends, or when the entry may be taken. */
	readonly due: Moment;
	readonly expiry: Moment;
	/** Of an unfinished entry of the inbox. */
	readonly payload: string | undefined;
	/** Of one that was given up: the payload that is kept, if it was an entry. */
	readonly dead?: { readonly kept: string | undefined } | undefined;
}

class Run {
	readonly #create: () => Promise<ReplayStore> | ReplayStore;
	readonly #shared: boolean;
	readonly #stores: (ReplayStore | undefined)[] = [];
	readonly #run = crypto.randomUUID();
	readonly #known = new Map<string, Known>();
	readonly #claims: Claim[] = [];
	/** How much time a store may have left out, since it could not know whether it had passed. */
	#lost = 0;
	#inDoubt = 0;
	#lastWrite = performance.now();

	constructor(create: () => Promise<ReplayStore> | ReplayStore, shared: boolean) {
		this.#create = create;
		this.#shared = shared;
	}

	/** Whether the clock was wrong at the last look of each store. */
	readonly #wasWrong: boolean[] = [];

	async play(step: Step): Promise<void> {
		const { operation, hash, leaseMs, unused, retentionMs } = step;
		const index = this.#shared ? step.store : 0;
		if (operation === "wait") return sleep(WAIT_MS);
		if (operation === "restart") {
			if (this.#shared) this.#stores[index] = undefined;
			return undefined;
		}
		const store = await this.#storeAt(index);
		// A clock is wrong for one look at a time.
		const clockMs = this.#wasWrong[index] ? 0 : step.clockMs;
		this.#wasWrong[index] = clockMs !== 0;
		if (clockMs !== 0) this.#inDoubt = IN_DOUBT;
		if (this.#shared && this.#inDoubt > 0) {
			this.#inDoubt -= 1;
			this.#lost += performance.now() - this.#lastWrite;
			this.#lastWrite = performance.now();
		}
		const receiver = `${this.#run}:${step.receiver}`;
		const id = `${this.#run}-${step.id}`;
		const claim = this.#claims[step.claim % Math.max(1, this.#claims.length)];
		const at = <Answer>(ask: () => Promise<Answer>) =>
			this.#at(clockMs === 0 ? ask : () => withClock(clockMs, ask));
		switch (operation) {
			case "claim": {
				const ask = () => store.claim(id, hash, leaseMs, retentionMs, receiver);
				return this.#checkClaim(receiver, id, hash, leaseMs, retentionMs, await at(ask));
			}
			case "enqueue": {
				const payload = `payload ${this.#claims.length}`;
				const ask = () => store.enqueue(id, hash, payload, retentionMs, receiver);
				return this.#checkEnqueue(receiver, id, hash, payload, retentionMs, await at(ask));
			}
			case "take":
				return this.#checkTake(receiver, leaseMs, await at(() => store.take(leaseMs, receiver)));
			case "complete":
				if (claim === undefined) return undefined;
				return this.#checkComplete(claim, await at(() => store.complete(claim)));
			case "release": {
				if (claim === undefined) return undefined;
				const ask = () => store.release(claim, leaseMs, unused);
				return this.#checkRelease(claim, leaseMs, unused, await at(ask));
			}
			default:
				if (store.inbox === undefined) return undefined;
				return this.#playInbox(operation, store.inbox, { receiver, id }, claim, at);
		}
	}

	async #playInbox(
		operation: "bury" | "retry" | "drop" | "get",
		inbox: StoreInbox,
		{ receiver, id }: Pick<Claim, "receiver" | "id">,
		claim: Claim | undefined,
		at: <Answer>(ask: () => Promise<Answer>) => Promise<Asked<Answer>>,
	): Promise<void> {
		switch (operation) {
			case "bury":
				if (claim === undefined) return;
				return this.#checkBury(claim, await at(() => inbox.bury(claim, { error: claim.token })));
			case "retry":
				return this.#checkRetry({ receiver, id }, await at(() => inbox.retry(id, receiver)));
			case "drop":
				return this.#checkDrop({ receiver, id }, await at(() => inbox.drop(id, receiver)));
			case "get":
				return this.#checkGet({ receiver, id }, await at(() => inbox.get(id, receiver)));
		}
	}

	async #storeAt(index: number): Promise<ReplayStore> {
		let store = this.#stores[index];
		if (store === undefined) {
			store = await this.#create();
			this.#stores[index] = store;
			this.#inDoubt = IN_DOUBT;
		}
		return store;
	}

	/** Asks, and notes down when the store was asked at the earliest and at the latest. */
	async #at<Answer>(ask: () => Promise<Answer>): Promise<Asked<Answer>> {
		const from = performance.now();
		const answer = await ask();
		return { answer, from, to: performance.now(), lost: this.#lost };
	}

	#checkClaim(
		receiver: string,
		id: string,
		hash: string,
		leaseMs: number,
		retentionMs: number,
		asked: Asked<ClaimOutcome>,
	): void {
		const { answer } = asked;
		const known = this.#admit("claim", receiver, id, hash, answer, asked);
		if (answer.status !== "claimed") return;
		const { claim } = answer;
		expect(
			claim.id === id && claim.receiver === receiver,
			"claim: expected the id and receiver given",
		);
		const due = after(asked, leaseMs);
		this.#set(claim, {
			hash,
			retentionMs,
			state: "leased",
			attempt: claim.attempt,
			token: claim.token,
			due,
			expiry: plus(due, retentionMs),
			payload: undefined,
		});
		expectNext("claim", claim, known === undefined ? 0 : known.attempt);
		this.#claims.push(claim);
		this.#lastWrite = asked.from;
	}

	#checkEnqueue(
		receiver: string,
		id: string,
		hash: string,
		payload: string,
		retentionMs: number,
		asked: Asked<EnqueueOutcome>,
	): void {
		const known = this.#admit("enqueue", receiver, id, hash, asked.answer, asked);
		if (asked.answer.status !== "stored") return;
		const due = after(asked, 0);
		const { attempt, token } = known ?? { attempt: 0, token: undefined };
		const expiry = plus(due, retentionMs);
		const entry = { hash, retentionMs, attempt, token, due, expiry, payload };
		this.#set({ receiver, id }, { state: "free", ...entry });
		this.#lastWrite = asked.from;
	}

	/** Checks the outcome of a claim or an enqueue. Gives what was known if it goes on from that. */
	#admit(
		what: string,
		receiver: string,
		id: string,
		hash: string,
		outcome: ClaimOutcome | EnqueueOutcome,
		asked: Asked<unknown>,
	): Known | undefined {
		const known = this.#get({ receiver, id });
		const { status } = outcome;
		const admitted = status === "claimed" || status === "stored";
		if (known === undefined || isForgotten(known, asked) === "yes") {
			expect(admitted, `${what} of a new id: expected it to be had, got ${status}`);
			return undefined;
		}
		if (admitted && isForgotten(known, asked) === "maybe") {
			if (outcome.status === "stored") return { ...known, attempt: undefined, token: undefined };
			// The number of its attempt tells whether a claim begins anew.
			if (outcome.claim.attempt === 1) return undefined;
		}
		const allowed = allowedFor(known, hash, asked);
		const got = admitted ? "admitted" : status;
		expect(allowed.includes(got), `${what}: expected ${allowed.join(" or ")}, got ${status}`);
		if (outcome.status === "busy") {
			const { retryAfterMs } = outcome;
			const most = known.due.to - (asked.from - asked.lost) + ROUNDING;
			expect(
				retryAfterMs > 0 && retryAfterMs <= most,
				`${what}: expected a rest above 0, at most ${most}, got ${retryAfterMs}`,
			);
		}
		return known;
	}

	#checkTake(receiver: string, leaseMs: number, asked: Asked<InboxEntry | undefined>): void {
		const { answer } = asked;
		const entries = [...this.#known].filter(
			([key, known]) => key.startsWith(`${receiver} `) && known.payload !== undefined,
		);
		if (answer === undefined) {
			const due = entries.find(([, { due }]) => isOver(due, asked) === "yes");
			expect(due === undefined, "take: expected an entry that is due, got nothing");
			return;
		}
		const { claim, payload } = answer;
		const known = this.#get(claim);
		expect(
			claim.receiver === receiver && known?.payload !== undefined,
			`take: expected an entry of the receiver, got ${claim.id}`,
		);
		expect(isOver(known.due, asked) !== "no", "take: expected an entry that is due, got another");
		expect(payload === known.payload, `take: expected ${known.payload}, got ${payload}`);
		expectNext("take", claim, known.attempt);
		const due = after(asked, leaseMs);
		const { attempt, token } = claim;
		const expiry = plus(due, known.retentionMs);
		this.#set(claim, { ...known, state: "leased", attempt, token, due, expiry });
		this.#claims.push(claim);
		this.#lastWrite = asked.from;
	}

	#checkComplete(claim: Claim, asked: Asked<boolean>): void {
		const known = this.#checkOwn("complete", claim, asked, () => true);
		if (known === undefined || known.state === "done") return;
		const expiry = latest(known.expiry, plus(after(asked, 0), known.retentionMs));
		this.#set(claim, { ...known, state: "done", expiry, payload: undefined });
		this.#lastWrite = asked.from;
	}

	#checkBury(claim: Claim, asked: Asked<boolean>): void {
		const known = this.#checkOwn("bury", claim, asked, () => true);
		if (known === undefined || known.state === "done") return;
		const expiry = latest(known.expiry, plus(after(asked, 0), known.retentionMs));
		const dead = { kept: known.payload };
		this.#set(claim, { ...known, state: "done", expiry, payload: undefined, dead });
		this.#lastWrite = asked.from;
	}

	#checkRetry(of: Pick<Claim, "receiver" | "id">, asked: Asked<boolean>): void {
		const known = this.#checkHad("retry", of, asked);
		if (known === undefined) return;
		const due = earliest(known.due, after(asked, 0));
		const { dead } = known;
		if (dead === undefined) this.#set(of, { ...known, due });
		else {
			const anew = { attempt: 0, token: undefined, payload: dead.kept, dead: undefined };
			this.#set(of, { ...known, ...anew, state: "free", due: after(asked, 0) });
		}
		this.#lastWrite = asked.from;
	}

	#checkDrop(of: Pick<Claim, "receiver" | "id">, asked: Asked<boolean>): void {
		const known = this.#checkHad("drop", of, asked);
		if (known === undefined) return;
		if (known.dead !== undefined) this.#set(of, { ...known, dead: undefined });
		else {
			const expiry = latest(known.expiry, plus(after(asked, 0), known.retentionMs));
			this.#set(of, { ...known, state: "done", token: undefined, expiry, payload: undefined });
		}
		this.#lastWrite = asked.from;
	}

	/** Checks whether a retry or a drop was had; gives what is known if so. */
	#checkHad(
		what: string,
		of: Pick<Claim, "receiver" | "id">,
		asked: Asked<boolean>,
	): Known | undefined {
		const known = this.#get(of);
		const can = known === undefined ? "no" : canBeChanged(known, asked);
		const isRight = can === "maybe" || asked.answer === (can === "yes");
		expect(isRight, `${what}: expected ${can}, got ${asked.answer}`);
		return asked.answer ? known : undefined;
	}

	#checkGet(of: Pick<Claim, "receiver" | "id">, { answer, ...asked }: Asked<Got>): void {
		const known = this.#get(of);
		const shown = known?.dead ? not(isForgotten(known, asked)) : "yes";
		const expected = known?.dead || known?.payload !== undefined ? shown : "no";
		const got = answer === undefined ? "no" : "yes";
		expect(expected === "maybe" || got === expected, `get: expected ${expected}, got ${got}`);
		if (answer === undefined || known === undefined) return;
		const isDead = answer.status === "dead";
		expect(
			isDead === (known.dead !== undefined),
			`get: expected another state than ${answer.status}`,
		);
		const payload = known.dead ? known.dead.kept : known.payload;
		expect(answer.payload === payload, `get: expected ${payload}, got ${answer.payload}`);
		const { attempt = answer.attempt } = known;
		expect(answer.attempt === attempt, `get: expected attempt ${attempt}, got ${answer.attempt}`);
	}

	#checkRelease(claim: Claim, delayMs: number, unused: boolean, asked: Asked<boolean>): void {
		const known = this.#checkOwn("release", claim, asked, ({ state }) => state === "leased");
		if (known === undefined) return;
		const attempt = known.attempt === undefined ? undefined : known.attempt - (unused ? 1 : 0);
		this.#set(claim, { ...known, state: "free", attempt, due: after(asked, delayMs) });
		this.#lastWrite = asked.from;
	}

	/** Checks the answer to the holder of a claim; gives what is known if it is true. */
	#checkOwn(
		what: string,
		claim: Claim,
		asked: Asked<boolean>,
		isPossible: (known: Known) => boolean,
	): Known | undefined {
		const known = this.#get(claim);
		if (known === undefined) return undefined;
		const isNewest = known.attempt === undefined || known.token === claim.token;
		const expected = isNewest && isPossible(known);
		// A store may still have what it need not remember any more.
		const isEither =
			expected && (known.attempt === undefined || isForgotten(known, asked) !== "no");
		const isRight = isEither || asked.answer === expected;
		expect(isRight, `${what}: expected ${expected}, got ${asked.answer}`);
		return asked.answer ? known : undefined;
	}

	#get({ receiver, id }: Pick<Claim, "receiver" | "id">): Known | undefined {
		return this.#known.get(`${receiver} ${id}`);
	}

	#set({ receiver, id }: Pick<Claim, "receiver" | "id">, known: Known): void {
		this.#known.set(`${receiver} ${id}`, known);
	}
}

type Got = (InboxItem & { readonly payload?: string | undefined }) | undefined;

interface Asked<Answer> {
	readonly answer: Answer;
	readonly from: number;
	readonly to: number;
	/** How much time a store may have left out until then. */
	readonly lost: number;
}

function allowedFor(known: Known, hash: string, asked: Asked<unknown>): readonly string[] {
	if (known.hash !== hash) return ["conflict"];
	if (known.state === "done" || known.payload !== undefined) return ["done"];
	if (known.state === "free") return ["admitted"];
	return { no: ["busy"], maybe: ["busy", "admitted"], yes: ["admitted"] }[isOver(known.due, asked)];
}

/** Whether it can be retried or dropped: it was given up, or waits. */
function canBeChanged(known: Known, asked: Asked<unknown>): Certainty {
	if (known.dead !== undefined) return not(isForgotten(known, asked));
	if (known.payload === undefined) return "no";
	return known.state === "free" ? "yes" : isOver(known.due, asked);
}

const not = (certainty: Certainty): Certainty =>
	({ no: "yes", maybe: "maybe", yes: "no" })[certainty] as Certainty;

type Certainty = "no" | "maybe" | "yes";

function isOver(moment: Moment, { from, to, lost }: Omit<Asked<unknown>, "answer">): Certainty {
	if (to < moment.from - ROUNDING) return "no";
	return from - lost > moment.to + ROUNDING ? "yes" : "maybe";
}

function isForgotten(known: Known, asked: Omit<Asked<unknown>, "answer">): Certainty {
	return known.payload === undefined ? isOver(known.expiry, asked) : "no";
}

function after({ from, to, lost }: Asked<unknown>, ms: number): Moment {
	return { from: from + ms, to: to - lost + ms };
}

function plus({ from, to }: Moment, ms: number): Moment {
	return { from: from + ms, to: to + ms };
}

function earliest(one: Moment, other: Moment): Moment {
	return { from: Math.min(one.from, other.from), to: Math.min(one.to, other.to) };
}

function latest(one: Moment, other: Moment): Moment {
	return { from: Math.max(one.from, other.from), to: Math.max(one.to, other.to) };
}

function expectNext(what: string, { attempt }: Claim, before: number | undefined): void {
	if (before === undefined || attempt === before + 1) return;
	throw new Error(`${what}: expected attempt ${before + 1}, got ${attempt}`);
}

function expect(holds: boolean, message: string): asserts holds {
	if (!holds) throw new Error(message);
}

function sleep(ms: number): Promise<void> {
	return new Promise((resolve) => setTimeout(resolve, ms));
}
