/** What is looked at first: of two faults of a callback, the answer names the one that comes first. */
import { test } from "node:test";
import {
	type Callback,
	createReceiver,
	deposit,
	expectAnswer,
	memoryStore,
	refused,
	SECRET,
	signed,
	storeWith,
} from "./receivers.ts";

const LIMIT = 5000;
const OTHER_SECRET = "whsec_Hx4dHBsaGRgXFhUUExIREA8ODQwLCgkIBwYFBAMCAQA=";

/** A callback to be made, faultless. */
class Plan {
	method = "POST";
	url = "https://pay.example/callback";
	ip = "203.0.113.7";
	body: string = deposit();
	key = SECRET;
	timestamp: number = Math.floor(Date.now() / 1000);
	spoil: (headers: Record<string, string>) => void = () => {};
	contentLength: string | undefined;
	mediaType = "application/json";
	tooLarge = false;
	conflict = false;
	fails = false;
}

interface Fault {
	readonly name: string;
	readonly answer: readonly [number, object];
	spoil(plan: Plan): void;
}

/** In the order of the checks. */
const faults: readonly Fault[] = [
	{
		name: "method",
		answer: refused(405, "method_not_allowed"),
		spoil: (plan) => {
			plan.method = "PUT";
		},
	},
	{
		name: "media type",
		answer: refused(415, "unsupported_media_type"),
		spoil: (plan) => {
			plan.mediaType = "text/plain";
		},
	},
	{
		name: "announced size",
		answer: refused(413, "body_too_large"),
		spoil: (plan) => {
			plan.contentLength = `${LIMIT + 1}`;
		},
	},
	{
		name: "size",
		answer: refused(413, "body_too_large"),
		spoil: (plan) => {
			plan.tooLarge = true;
		},
	},
	{
		name: "transport",
		answer: refused(403, "insecure_transport"),
		spoil: (plan) => {
			plan.url = "http://pay.example/callback";
		},
	},
	{
		name: "address",
		answer: refused(403, "ip_not_allowed"),
		spoil: (plan) => {
			plan.ip = "198.51.100.1";
		},
	},
	{
		name: "header",
		answer: refused(400, "missing_header"),
		spoil: (plan) => {
			plan.spoil = (headers) => {
				delete headers["webhook-id"];
			};
		},
	},
	{
		name: "signature",
		answer: refused(401, "signature_mismatch"),
		spoil: (plan) => {
			plan.key = OTHER_SECRET;
		},
	},
	{
		name: "freshness",
		answer: refused(401, "timestamp_too_old"),
		spoil: (plan) => {
			plan.timestamp -= 1000;
		},
	},
	{
		name: "payload",
		answer: refused(422, "malformed_payload"),
		spoil: (plan) => {
			plan.body = "{}";
		},
	},
	{
		name: "claim",
		answer: refused(422, "id_conflict"),
		spoil: (plan) => {
			plan.conflict = true;
		},
	},
	{
		name: "handler",
		answer: refused(500, "handler_failed"),
		spoil: (plan) => {
			plan.fails = true;
		},
	},
];

for (const [index, first] of faults.entries()) {
	test(`${first.name} comes before what follows it`, async (t) => {
		for (const second of faults.slice(index)) {
			await t.test(second.name, () => expectFirst(first, second));
		}
	});
}

async function expectFirst(first: Fault, second: Fault): Promise<void> {
	const plan = new Plan();
	second.spoil(plan);
	first.spoil(plan);
	const store = storeWith(plan.conflict ? { claim: async () => ({ status: "conflict" }) } : {});
	const receiver = createReceiver({
		keys: SECRET,
		store: plan.conflict ? store : memoryStore(),
		allowedIps: ["203.0.113.0/24"],
		maxBodyBytes: LIMIT,
		onAny: () => {
			if (plan.fails) throw new Error("failed");
		},
	});
	const { key, timestamp } = plan;
	const body = plan.tooLarge ? plan.body.padEnd(LIMIT + 1) : plan.body;
	await expectAnswer(receiver, toRequest(plan, signed(body, { key, timestamp })), first.answer, {
		ip: plan.ip,
	});
}

function toRequest(plan: Plan, { headers, body }: Callback): Request {
	const all: Record<string, string> = { ...headers, "content-type": plan.mediaType };
	if (plan.contentLength !== undefined) all["content-length"] = plan.contentLength;
	plan.spoil(all);
	return new Request(plan.url, { method: plan.method, headers: all, body });
}
