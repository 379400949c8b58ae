/** The sandbox wallet, before receivers that work, that fail at first, and that are not who they say. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { RequestListener } from "node:http";
import { join } from "node:path";
import { test } from "node:test";
import { freePort } from "../ports.ts";
import { SECRET } from "./check.ts";
import { cli, folder, type Outcome, start } from "./cli.ts";
import { serve } from "./endpoints.ts";
import { bare, installed } from "./receivers.ts";

const { createReceiver }: typeof import("wallet-callback/receiver") = installed(
	"wallet-callback/receiver",
);
const { memoryStore }: typeof import("wallet-callback/stores/memory") = installed(
	"wallet-callback/stores/memory",
);
const { toNodeListener }: typeof import("wallet-callback/node") = installed("wallet-callback/node");

const env = { WALLET_CALLBACK_SECRET: SECRET };

/** What is told of, in the order in which it happens. */
const STORY = [
	"user.registered",
	"deposit.detected",
	"deposit.confirmed",
	"withdrawal.requested",
	"withdrawal.approved",
	"deposit.reverted",
	"withdrawal.broadcast",
	"withdrawal.requested",
	"withdrawal.completed",
	"withdrawal.approved",
	"withdrawal.broadcast",
	"withdrawal.failed",
];

/** A try, as `--json` prints it. */
interface Try {
	readonly id: string;
	readonly type: string;
	readonly try: number;
	readonly state: string;
	readonly status?: number;
	readonly answered: string;
	readonly again?: true;
}

const triesOf = ({ stdout }: Pick<Outcome, "stdout">): Try[] =>
	stdout
		.trim()
		.split("\n")
		.map((line) => JSON.parse(line));

const play = (url: string, words: readonly string[], cwd = folder()) =>
	cli(["sandbox", "--url", url, "--speed", "1000000", ...words], { env, cwd });

/** A receiver that notes which events it has handled, in their order. */
function noting(handled: { readonly type: string; readonly id: string }[]): RequestListener {
	const onAny = ({
		event,
		id,
	}: {
		readonly event: { readonly type: string };
		readonly id: string;
	}) => {
		handled.push({ type: event.type, id });
	};
	return toNodeListener(createReceiver({ keys: SECRET, store: memoryStore(), onAny, log: false }));
}

test("it verifies the address, then tells its story, each event once", async () => {
	const handled: { readonly type: string; readonly id: string }[] = [];
	const { url } = await serve(() => noting(handled));
	const cwd = folder();
	const words = ["--json", "--duplicates", "0", "--reordered", "0", "--speed", "200"];
	const outcome = await play(url, words, cwd);
	assert.deepEqual([outcome.code, outcome.stderr], [0, ""]);
	assert.deepEqual(
		triesOf(outcome).map(({ type, state }) => [type, state]),
		["callback.verification", ...STORY].map((type) => [type, "done"]),
	);
	assert.deepEqual(
		handled.map(({ type }) => type).filter((type) => type !== "callback.verification"),
		STORY,
	);
	assert.equal(existsSync(join(cwd, ".wallet-callback-sandbox.json")), false);
});

test("duplicates and disorder do not make a receiver handle anything twice", async () => {
	const handled: { readonly type: string; readonly id: string }[] = [];
	const { url } = await serve(() => noting(handled));
	const words = [
		"--json",
		"--duplicates",
		"100",
		"--reordered",
		"50",
		"--speed",
		"10000",
		"--seed",
		"4",
	];
	const outcome = await play(url, words);
	assert.equal(outcome.code, 0);
	const tries = triesOf(outcome);
	const again = tries.filter((one) => one.again);
	assert.equal(again.length, STORY.length);
	for (const { answered } of again) assert.match(answered, /^200 {"code":0,"duplicate":true}/);
	const told = handled.map(({ type }) => type).filter((type) => type !== "callback.verification");
	assert.deepEqual([...told].sort(), [...STORY].sort());
	assert.notDeepEqual(told, STORY);
	assert.equal(new Set(handled.map(({ id }) => id)).size, handled.length);
});

test("the same seed tells the same story", async () => {
	const storyOf = async (seed: string) => {
		const told: string[] = [];
		const onAny = ({
			event,
		}: {
			readonly event: { readonly type: string; readonly data: object };
		}) => {
			if (event.type === "callback.verification") return;
			told.push(JSON.stringify({ ...event.data, registeredAt: "now" }));
		};
		const options = { keys: SECRET, store: memoryStore(), onAny, log: false } as const;
		const { url } = await serve(() => toNodeListener(createReceiver(options)));
		const { code } = await play(url, ["--seed", seed, "--duplicates", "0", "--json"]);
		assert.deepEqual([code, told.length], [0, STORY.length]);
		return told.sort();
	};
	const story = await storyOf("7");
	assert.deepEqual(await storyOf("7"), story);
	assert.notDeepEqual(await storyOf("8"), story);
});

test("an endpoint that gives the challenge back and no proof is given up", async () => {
	const { url } = await serve(() => (request, response) => {
		let body = "";
		request.on("data", (part) => {
			body += part;
		});
		request.on("end", () => {
			const { challenge } = JSON.parse(body).data;
			response.end(JSON.stringify({ challenge }));
		});
	});
	const outcome = await play(url, ["--json"]);
	assert.equal(outcome.code, 1);
	const [first, ...others] = triesOf(outcome);
	assert.match(first?.answered ?? "", /the signature proves nothing$/);
	assert.deepEqual([first?.state, others.length], ["given up", 0]);
});

test("what fails is tried again, signed anew, until it is accepted", async () => {
	const handled: { readonly type: string; readonly id: string }[] = [];
	const signatures = new Map<string, string[]>();
	const { url } = await serve(() => {
		const listener = noting(handled);
		return (request, response) => {
			const { "webhook-id": id = "", "webhook-signature": signature } = request.headers;
			const before = signatures.get(`${id}`) ?? [];
			signatures.set(`${id}`, [...before, `${signature}`]);
			if (before.length > 0) listener(request, response);
			else response.writeHead(503, { "retry-after": "1" }).end();
		};
	});
	const outcome = await play(url, ["--json", "--duplicates", "0"]);
	assert.equal(outcome.code, 0);
	const tries = triesOf(outcome);
	assert.equal(tries.length, 2 * (STORY.length + 1));
	assert.deepEqual(
		tries.filter(({ status }) => status === 503).map((one) => [one.try, one.state]),
		Array.from({ length: STORY.length + 1 }, () => [1, "waiting"]),
	);
	for (const all of signatures.values()) assert.equal(new Set(all).size, 2);
});

test("what never succeeds is given up after ten tries, and that is a finding", async () => {
	const { url } = await serve(() => {
		const listener = bare({ keys: [SECRET] })(() => {}) as RequestListener;
		let first = true;
		return (request, response) => {
			if (first) listener(request, response);
			else response.writeHead(500).end();
			first = false;
		};
	});
	const outcome = await play(url, []);
	assert.equal(outcome.code, 1);
	assert.match(outcome.stdout, /\n1 delivered, 108 retries, 0 duplicates, 12 given up\n$/);
	assert.match(outcome.stdout, /withdrawal\.failed {4} {2}msg_\w+ {2}try 10 {5}500 in \d+ ms/);
});

test("killed, it goes on where it was", async () => {
	const handled: { readonly type: string; readonly id: string }[] = [];
	const { url } = await serve(() => noting(handled));
	const cwd = folder();
	const file = join(cwd, "state.json");
	const words = [
		"sandbox",
		"--url",
		url,
		"--json",
		"--state",
		file,
		"--duplicates",
		"0",
		"--speed",
		"500",
	];
	const first = start(words, { env, cwd });
	let printed = "";
	first.stdout.setEncoding("utf8").on("data", (text) => {
		printed += text;
		if (printed.split("\n").length > 5) first.kill("SIGKILL");
	});
	await once(first, "close");
	const before = triesOf({ stdout: printed });
	const text = readFileSync(file, "utf8");
	assert.ok(!text.includes(SECRET.slice("whsec_".length)));

	const other = await cli(["sandbox", "--url", `${url}/other`, "--state", file], { env, cwd });
	assert.equal(other.code, 2);
	assert.match(other.stderr, /is the state of .+\/callbacks: name another with --state/);

	const rest = await cli(words, { env, cwd });
	assert.deepEqual([rest.code, rest.stderr], [0, ""]);
	const after = triesOf(rest);
	// At most one was under way.
	assert.ok(
		before.length + after.length <= STORY.length + 2,
		`${before.length} and ${after.length}`,
	);
	assert.ok(after.length < STORY.length);
	const told = handled.filter(({ type }) => type !== "callback.verification");
	assert.deepEqual(told.map(({ type }) => type).sort(), [...STORY].sort());
	assert.equal(existsSync(file), false);
});

test("Ctrl-C stops it at once, also while it waits for an answer", async () => {
	const { url } = await serve(() => {
		const listener = bare({ keys: [SECRET] })(() => {}) as RequestListener;
		let requests = 0;
		return (request, response) => {
			requests += 1;
			if (requests <= 2) listener(request, response);
		};
	});
	const cwd = folder();
	const child = start(["sandbox", "--url", url, "--duplicates", "0"], { env, cwd });
	let [stdout, stderr] = ["", ""];
	child.stderr.setEncoding("utf8").on("data", (text) => {
		stderr += text;
	});
	child.stdout.setEncoding("utf8").on("data", (text) => {
		stdout += text;
		if (/user\.registered/.test(text)) setTimeout(() => child.kill("SIGINT"), 200);
	});
	const [code] = await once(child, "close");
	assert.equal(code, 130);
	assert.match(stderr, /stopped: the same command goes on from .wallet-callback-sandbox.json/);
	assert.match(stdout, /, 11 left\n$/);
});

test("stopped before the first answer, it goes on with the same story", async () => {
	const { url } = await serve(() => () => {});
	const cwd = folder();
	const child = start(["sandbox", "--url", url], { env, cwd });
	let stdout = "";
	child.stdout.setEncoding("utf8").on("data", (text) => {
		stdout += text;
		if (/made-up/.test(text)) setTimeout(() => child.kill("SIGINT"), 200);
	});
	const [code] = await once(child, "close");
	assert.equal(code, 130);
	const { seed } = JSON.parse(readFileSync(join(cwd, ".wallet-callback-sandbox.json"), "utf8"));
	assert.ok(stdout.includes(`seed ${seed}.`), stdout);
});

test("a state that cannot be written is said before anything is sent", async () => {
	let requests = 0;
	const { url } = await serve(() => (_request, response) => {
		requests += 1;
		response.end();
	});
	for (const [state, says] of [
		["missing/state.json", /^error: --state: no folder at missing: make it first\n$/],
		[".", /^error: --state: \. is a folder: expected a file\n$/],
	] as const) {
		const { code, stderr } = await play(url, ["--state", state], folder());
		assert.equal(code, 2);
		assert.match(stderr, says);
	}
	assert.equal(requests, 0);
});

test("nobody at the address is code 3; a file of something else, and a wrong chain, code 2", async () => {
	const cwd = folder();
	const nobody = `http://127.0.0.1:${await freePort()}/`;
	const refused = await play(nobody, [], cwd);
	assert.equal(refused.code, 3);
	assert.match(refused.stderr, /: nobody listens at 127\.0\.0\.1:\d+: is the server started\?\n$/);
	writeFileSync(join(cwd, "notes.txt"), "buy milk");
	const notes = await play(nobody, ["--state", "notes.txt"], cwd);
	assert.equal(notes.code, 2);
	assert.equal(readFileSync(join(cwd, "notes.txt"), "utf8"), "buy milk");
	for (const odd of [
		{},
		{ deliveries: [] },
		{ deliveries: [null] },
		{ deliveries: [{ id: "a", type: "deposit.detected", due: 0, state: "waiting" }] },
	]) {
		const state = { version: 1, url: nobody, seed: 1, saved: 1, ...odd };
		writeFileSync(join(cwd, "odd.json"), JSON.stringify(state));
		const { code, stderr } = await play(nobody, ["--state", "odd.json"], cwd);
		assert.equal(code, 2);
		assert.match(stderr, /^error: odd\.json is not a state of the sandbox: /);
	}
	rmSync(join(cwd, "odd.json"));
	assert.deepEqual(readdirSync(cwd), ["notes.txt"]);
	const chain = await play(nobody, ["--chain", "eip155:1000"], cwd);
	assert.equal(chain.code, 2);
	assert.match(chain.stderr, /unknown chain "eip155:1000"/);
});

test("--fresh spares a file of something else, and an old state until the address answers", async () => {
	const cwd = folder();
	const file = join(cwd, "state.json");
	const old = {
		...{ version: 1, url: "http://old.example/", seed: 1, saved: Date.now() },
		deliveries: [
			{
				...{ id: "msg_1", type: "callback.verification", seed: 1, happened: 1, repeats: false },
				...{ due: Date.now(), state: "waiting", attempts: [] },
			},
		],
	};
	const nobody = `http://127.0.0.1:${await freePort()}/`;
	const again = ["--state", file, "--fresh"];
	for (const text of ["PRECIOUS", '{"version":2}', ""]) {
		writeFileSync(file, text);
		const { code, stderr } = await play(nobody, again, cwd);
		assert.equal(code, 2);
		assert.match(stderr, /state\.json is not a state of the sandbox: name another with --state\n$/);
		assert.equal(readFileSync(file, "utf8"), text);
	}
	writeFileSync(file, JSON.stringify(old));
	assert.equal((await play(nobody, again, cwd)).code, 3);
	assert.deepEqual(JSON.parse(readFileSync(file, "utf8")).deliveries[0].id, "msg_1");
	// So does one of this address from which nothing was delivered yet.
	writeFileSync(file, JSON.stringify({ ...old, url: nobody }));
	assert.equal((await play(nobody, ["--state", file], cwd)).code, 3);
	assert.deepEqual(JSON.parse(readFileSync(file, "utf8")).deliveries[0].id, "msg_1");
	const { url } = await serve(() => noting([]));
	assert.equal((await play(url, again, cwd)).code, 0);
	assert.deepEqual(readdirSync(cwd), []);
});
