/** A TCP proxy in front of a store, as slow and as broken as a test wants it. */
import { connect, createServer, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

export interface FaultyProxy {
	readonly port: number;
	/** Holds back what passes from now on for so many milliseconds, in the direction of the server. */
	delay(ms: number): void;
	/** Whether new connections are reset at once. */
	refuse(refuses: boolean): void;
	/** Resets all connections. */
	reset(): void;
	dispose(): Promise<void>;
}

export async function startFaultyProxy(serverPort: number): Promise<FaultyProxy> {
	const clients = new Set<Socket>();
	let delayMs = 0;
	let refuses = false;

	const proxy = createServer((client) => {
		if (refuses) {
			client.resetAndDestroy();
			return;
		}
		const server = connect(serverPort, "127.0.0.1");
		clients.add(client);
		client.on("close", () => clients.delete(client));
		for (const [from, to] of [
			[client, server],
			[server, client],
		] as const) {
			from.setNoDelay(true);
			from.on("error", () => to.destroy());
			from.on("close", () => {
				to.destroy();
			});
		}
		server.on("data", (chunk) => client.write(chunk));
		// One after the other, whatever the delay was when each came.
		let passing = Promise.resolve();
		client.on("data", (chunk) => {
			const due = performance.now() + delayMs;
			passing = passing.then(async () => {
				const rest = due - performance.now();
				if (rest > 0) await sleep(rest);
				if (!server.destroyed) server.write(chunk);
			});
		});
	});
	await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
	const address = proxy.address();
	if (address === null || typeof address === "string") throw new Error("expected a port");

	return {
		port: address.port,
		delay(ms) {
			delayMs = ms;
		},
		refuse(wish) {
			refuses = wish;
		},
		reset() {
			for (const client of clients) client.resetAndDestroy();
		},
		async dispose() {
			for (const client of clients) client.destroy();
			await new Promise((resolve) => proxy.close(resolve));
		},
	};
}
