/** Vectors that senders publish, verified at the time that they name. */
import { readFileSync } from "node:fs";
import type { VerifyCase } from "../model.ts";
import { opaqueEvent } from "./build.ts";

interface Vector {
	name: string;
	sender: string;
	key: string;
	headers: Record<string, string>;
	body: string;
	verify_at: number;
}

const vectors: Vector[] = JSON.parse(
	readFileSync(new URL("../../vectors/standard-webhooks.json", import.meta.url), "utf8"),
);

export const published: readonly VerifyCase[] = vectors.map((vector) => {
	const id = Object.entries(vector.headers).find(([name]) => name.endsWith("-id"))?.[1] ?? "";
	return {
		kind: "verify",
		name: `published vector: ${vector.name}`,
		setup: { keys: vector.key, sender: vector.sender, now: vector.verify_at * 1000 },
		headers: { shape: "record", entries: Object.entries(vector.headers) },
		body: { shape: "string", text: vector.body },
		expect: {
			ok: true,
			id,
			timestamp: vector.verify_at,
			key: { index: 0 },
			event: opaqueEvent(id, JSON.parse(vector.body)),
		},
	};
});
