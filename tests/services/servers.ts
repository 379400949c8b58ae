/** Real servers for tests: each on a free loopback port, with its data in a folder of its own. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { accessSync, chownSync, constants, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../ports.ts";

/** A server that has been started. Its port and its data stay the same over restarts. */
export interface Server {
	readonly port: number;
	readonly url: string;
	/** Ends its process; with SIGKILL, as a crash would. */
	stop(signal?: NodeJS.Signals): Promise<void>;
	/** Starts it again. Fulfilled once it answers. */
	start(): Promise<void>;
	/** Ends its process and deletes its data. */
	dispose(): Promise<void>;
}

export interface RedisServers extends Server {
	/** Every node's port; the first is `port`. */
	readonly ports: readonly number[];
}

export interface RedisOptions {
	/** Three masters that share the slots, in place of one server. */
	readonly cluster?: boolean;
	/** Settings of redis-server beside those that make it durable. */
	readonly settings?: { readonly [name: string]: string };
}

/** Starts Redis with an append-only file. */
export async function startRedis(options: RedisOptions = {}): Promise<RedisServers> {
	const program = find("redis-server", "redis-server");
	const cli = find("redis-cli", "redis-tools");
	const nodes = await Promise.all(
		Array.from({ length: options.cluster ? 3 : 1 }, async () => {
			const [port, busPort] = [await freePort(), await freePort()];
			const settings = {
				port: `${port}`,
				bind: "127.0.0.1",
				save: "",
				appendonly: "yes",
				appendfsync: "everysec",
				"maxmemory-policy": "noeviction",
				...(options.cluster && { "cluster-enabled": "yes", "cluster-port": `${busPort}` }),
				...options.settings,
			};
			const flags = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
			return serve({
				port,
				url: `redis://127.0.0.1:${port}`,
				folder: mkdtempSync(join(tmpdir(), "wallet-callback-redis-")),
				command: (folder) => [program, [...flags, "--dir", folder]],
				ready: () => succeeds(cli, ["-p", `${port}`, "ping"], "PONG"),
			});
		}),
	);
	const [first] = nodes;
	if (first === undefined) throw new Error("expected a node");
	const ports = nodes.map(({ port }) => port);
	const each = (act: (node: Server) => Promise<void>) => async () => {
		await Promise.all(nodes.map(act));
	};
	const formed = () => {
		const info = (port: number) => ["-p", `${port}`, "cluster", "info"];
		return ports.every((port) => succeeds(cli, info(port), "cluster_state:ok"));
	};
	await each((node) => node.start())();
	if (options.cluster) {
		const addresses = ports.map((port) => `127.0.0.1:${port}`);
		execFileSync(cli, ["--cluster", "create", ...addresses, "--cluster-yes"], { stdio: "pipe" });
		await until(formed, "the cluster to have all slots");
	}
	return {
		port: first.port,
		url: first.url,
		ports,
		stop: (signal) => each((node) => node.stop(signal))(),
		async start() {
			await each((node) => node.start())();
			if (options.cluster) await until(formed, "the cluster to have all slots");
		},
		dispose: each((node) => node.dispose()),
	};
}

export interface PostgresOptions {
	/** Settings of postgresql.conf. */
	readonly settings?: { readonly [name: string]: string };
}

/** Starts PostgreSQL, with a superuser `postgres` who needs no password. */
export async function startPostgres(options: PostgresOptions = {}): Promise<Server> {
	const folders = postgresFolders();
	const [program, initdb, isReady] = [
		find("postgres", "postgresql", folders),
		find("initdb", "postgresql", folders),
		find("pg_isready", "postgresql", folders),
	];
	const port = await freePort();
	const user = unprivileged();
	const folder = mkdtempSync(join(tmpdir(), "wallet-callback-postgres-"));
	if (user) chownSync(folder, user.uid, user.gid);
	execFileSync(
		initdb,
		["-D", folder, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"],
		{ ...user, cwd: folder, stdio: "pipe" },
	);
	const settings = Object.entries(options.settings ?? {}).flatMap(([name, value]) => [
		"-c",
		`${name}=${value}`,
	]);
	const server = serve({
		port,
		url: `postgres://postgres@127.0.0.1:${port}/postgres`,
		folder,
		user,
		command: () => [
			program,
			["-D", folder, "-p", `${port}`, "-h", "127.0.0.1", "-k", "", ...settings],
		],
		ready: () => succeeds(isReady, ["-h", "127.0.0.1", "-p", `${port}`], "accepting"),
		// Orderly, and without waiting for clients to go.
		signal: "SIGINT",
	});
	await server.start();
	return server;
}

/** Counts the round trips of whoever connects to a server through it. */
export interface CountingProxy {
	readonly port: number;
	/** How often something was sent to the server after it had answered, on all connections. */
	roundTrips(): number;
	dispose(): Promise<void>;
}

export async function startProxy(serverPort: number): Promise<CountingProxy> {
	let count = 0;
	const proxy = createServer((client) => {
		const server = connect(serverPort, "127.0.0.1");
		let answered = true;
		client.on("data", () => {
			if (answered) count++;
			answered = false;
		});
		server.on("data", () => {
			answered = true;
		});
		client.pipe(server).pipe(client);
		for (const [one, other] of [
			[client, server],
			[server, client],
		] as const) {
			one.on("error", () => other.destroy());
			one.on("close", () => other.destroy());
		}
	});
	const port = await freePort();
	proxy.listen(port, "127.0.0.1");
	await once(proxy, "listening");
	return {
		port,
		roundTrips: () => count,
		dispose: () => new Promise((resolve) => proxy.close(() => resolve())),
	};
}

interface Service {
	readonly port: number;
	readonly url: string;
	readonly folder: string;
	readonly user?: User | undefined;
	readonly signal?: NodeJS.Signals;
	command(folder: string): readonly [program: string, flags: readonly string[]];
	ready(): boolean;
}

function serve({
	port,
	url,
	folder,
	user,
	signal: orderly = "SIGTERM",
	...service
}: Service): Server {
	let child: ChildProcess | undefined;
	let output = "";
	const kill = () => child?.kill("SIGKILL");
	process.once("exit", kill);

	async function start(): Promise<void> {
		const [program, flags] = service.command(folder);
		const started = spawn(program, flags, { ...user, cwd: folder, stdio: "pipe" });
		child = started;
		output = "";
		for (const stream of [started.stdout, started.stderr]) {
			stream.on("data", (chunk: Buffer) => {
				output = `${output}${chunk}`.slice(-4_000);
			});
		}
		await until(() => {
			if (started.exitCode !== null) throw new Error(`${program} has ended: ${output}`);
			return service.ready();
		}, `${program} to answer`);
	}

	async function stop(signal: NodeJS.Signals = orderly): Promise<void> {
		const running = child;
		child = undefined;
		if (running === undefined || running.exitCode !== null) return;
		const ended = new Promise((resolve) => running.once("close", resolve));
		running.kill(signal);
		await ended;
	}

	return {
		port,
		url,
		start,
		stop,
		async dispose() {
			await stop("SIGKILL");
			process.off("exit", kill);
			rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
		},
	};
}

interface User {
	readonly uid: number;
	readonly gid: number;
}

/** PostgreSQL refuses to run as root: then it is the user of its Debian package, or nobody. */
function unprivileged(): User | undefined {
	if (process.getuid?.() !== 0) return undefined;
	for (const name of ["postgres", "nobody"]) {
		try {
			const id = (flag: string) =>
				Number(execFileSync("id", [flag, name], { encoding: "utf8", stdio: "pipe" }));
			return { uid: id("-u"), gid: id("-g") };
		} catch {
			// There is no such user.
		}
	}
	throw new Error("expected a user postgres or nobody to run PostgreSQL as, since root may not");
}

/** Where Debian keeps the programs of its versions of PostgreSQL, the newest first. */
function postgresFolders(): string[] {
	const root = "/usr/lib/postgresql";
	try {
		const versions = readdirSync(root).sort((one, other) => Number(other) - Number(one));
		return versions.map((version) => join(root, version, "bin"));
	} catch {
		return [];
	}
}

function find(program: string, debianPackage: string, folders: readonly string[] = []): string {
	for (const folder of [...folders, ...(process.env.PATH ?? "").split(delimiter)]) {
		const path = join(folder, program);
		try {
			accessSync(path, constants.X_OK);
			return path;
		} catch {
			// It is not in this folder.
		}
	}
	throw new Error(`${program} is not installed: apt-get install ${debianPackage}`);
}

function succeeds(program: string, flags: readonly string[], expected: string): boolean {
	try {
		return execFileSync(program, flags, { encoding: "utf8", stdio: "pipe" }).includes(expected);
	} catch {
		return false;
	}
}

async function until(holds: () => boolean, what: string): Promise<void> {
	const end = Date.now() + 30_000;
	while (!holds()) {
		if (Date.now() > end) throw new Error(`waited 30 s for ${what}`);
		await sleep(50);
	}
}
