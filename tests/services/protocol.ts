/** What the tests and the receivers that they start tell each other. */
import type { CallbackRecord, ReceiverOptions } from "wallet-callback/receiver";

/** The secret of every sender and receiver here. */
export const SECRET = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

/** Which client of which store. */
export type Client =
	| "memory"
	| "better-sqlite3"
	| "node:sqlite"
	| "redis"
	| "ioredis"
	| "pg"
	| "postgres"
	| "durable-object";

/** What a process of receivers is started with. */
export interface Config {
	readonly client: Client;
	/** The URL of the store's server, or its file or folder. */
	readonly at: string;
	/** Keeps what belongs to this scenario apart, as a part of the names of tables and keys. */
	readonly name: string;
	/** Which process of its scenario this is. */
	readonly worker: number;
	/** How many receivers it runs, each on a port of its own. */
	readonly receivers: number;
	/** Where effects go that are not written in a transaction of the store's: one line for each. */
	readonly effects: string;
	readonly options: Pick<
		ReceiverOptions,
		"leaseSeconds" | "storeTimeoutSeconds" | "acknowledge" | "concurrency"
	>;
}

/** What a handler did for a callback. */
export interface Effect {
	readonly id: string;
	readonly attempt: number;
	/** The process in which it ran. */
	readonly worker: number;
}

/** What a process can be told to do, by messages. */
export type Order =
	/** Sets the clock of the process so many milliseconds ahead of the real one. */
	| { readonly order: "clock"; readonly aheadMs: number }
	/** Handles what is due in the inbox. */
	| { readonly order: "drain" }
	/** Answers with the ids of the callbacks whose handlers have begun. */
	| { readonly order: "begun" }
	/** Answers with the records of the log at the levels warn and error. */
	| { readonly order: "records" }
	/** Makes the Durable Object slow, or makes it fail. */
	| { readonly order: "fault"; readonly delayMs: number; readonly fails: boolean };

/** A message of a process: it listens on these ports, or has done what it was told. */
export type Message =
	| { readonly ports: readonly number[] }
	| { readonly done: number; readonly answer: unknown };

export type LogRecord = Pick<CallbackRecord, "level" | "outcome" | "id" | "attempt" | "code">;

/** How long the handler of an event pauses. A test puts it into the event's data. */
export interface Pauses {
	/** Before its effect, in each attempt, in milliseconds. */
	readonly before: readonly number[];
	/** Between its effect and its end. */
	readonly after: number;
}

export function pausesOf({ data }: { readonly data: object }): Pauses {
	return (data as { readonly pauses: Pauses }).pauses;
}

export function pause(ms = 0): Promise<void> {
	return new Promise((resolve) => setTimeout(resolve, ms));
}

/** A log that keeps what is not well. */
export function keepingLog(records: LogRecord[]): NonNullable<ReceiverOptions["log"]> {
	const keep = (fields: object) => void records.push(fields as LogRecord);
	return { info: () => {}, warn: keep, error: keep };
}

const realNow = Date.now;

/** Steps the clock of this process. */
export function setClock(aheadMs: number): void {
	Date.now = () => realNow() + aheadMs;
}
