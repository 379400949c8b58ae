/** Checked by tsc, never run: what the entries give is what the frameworks' own types take. */
import Router from "@koa/router";
import { type MiddlewareConsumer, Module, type NestModule } from "@nestjs/common";
import type { RequestHandler } from "@sveltejs/kit";
import express from "express";
import { Hono } from "hono";
import Koa from "koa";
import { after, type NextRequest } from "next/server.js";
import { createVerifier } from "wallet-callback";
import * as cloudflare from "wallet-callback/cloudflare";
import * as forExpress from "wallet-callback/express";
import * as hono from "wallet-callback/hono";
import * as koa from "wallet-callback/koa";
import * as nestjs from "wallet-callback/nestjs";
import * as next from "wallet-callback/next";
import { createReceiver } from "wallet-callback/receiver";
import { memoryStore } from "wallet-callback/stores/memory";
import * as sveltekit from "wallet-callback/sveltekit";

const keys = "whsec_…";
const store = memoryStore();
const receiver = createReceiver({ keys, store, onAny: () => {} });

/** A deposit's id is a string. */
declare function credit(depositId: string): void;

const app = express();
app.post("/callback", forExpress.walletCallback(receiver));
app.use("/callback", express.raw(), forExpress.walletCallback(receiver));
app.all(
	"/callback",
	forExpress.walletCallback({
		keys,
		store,
		on: { "deposit.confirmed": ({ event }) => credit(event.data.depositId) },
	}),
);
app.post(
	"/stripe",
	forExpress.walletCallback({
		sender: "stripe",
		keys,
		store,
		// @ts-expect-error: another sender's data
		on: { "charge.succeeded": ({ event }) => credit(event.data.depositId) },
	}),
);
const verifier = createVerifier({ keys });
app.post(
	"/callback",
	forExpress.walletCallback({
		verifier,
		store,
		on: { "deposit.confirmed": ({ event }) => credit(event.data.depositId) },
	}),
);
// @ts-expect-error: no such type
forExpress.walletCallback({ keys, store, on: { "deposit.confrmed": () => {} } });
// @ts-expect-error: no store
forExpress.walletCallback({ keys, onAny: () => {} });

const koaApp = new Koa();
const router = new Router();
koaApp.use(koa.walletCallback(receiver));
router.post("/callback", koa.walletCallback({ keys, store, onAny: ({ id }) => credit(id) }));

interface Bindings {
	readonly SECRET: string;
}
const honoApp = new Hono<{ Bindings: Bindings }>();
honoApp.post("/callback", hono.walletCallback(receiver));
honoApp.post("/callback", hono.walletCallback({ keys, store, onAny: ({ id }) => credit(id) }));
honoApp.post(
	"/callback",
	hono.walletCallback((env: Bindings) => ({
		keys: env.SECRET,
		store,
		on: { "deposit.confirmed": ({ event }) => credit(event.data.depositId) },
	})),
);
honoApp.post(
	"/callback",
	hono.walletCallback((env) => ({
		keys: env.SECRET,
		store,
		on: { "deposit.confirmed": ({ event }) => credit(event.data.depositId) },
	})),
);
honoApp.post(
	"/callback",
	// @ts-expect-error: the application has no such binding
	hono.walletCallback((env: { readonly KEY: string }) => ({ keys: env.KEY, store })),
);
new Hono().post("/callback", hono.walletCallback({ keys, store, onAny: ({ id }) => credit(id) }));

type RouteHandler = (
	request: NextRequest,
	context: { params: Promise<Record<string, string>> },
) => Promise<Response>;
export const POST: RouteHandler = next.walletCallback(receiver);
export const PUT: RouteHandler = next.walletCallback(
	() => ({
		keys,
		store,
		on: { "deposit.confirmed": ({ event }) => credit(event.data.depositId) },
	}),
	{ waitUntil: after },
);

declare global {
	namespace App {
		interface Platform {
			readonly env: Bindings;
		}
	}
}
export const handlers: RequestHandler[] = [
	sveltekit.walletCallback(receiver),
	sveltekit.walletCallback({ keys, store, onAny: ({ id }) => credit(id) }),
	sveltekit.walletCallback((platform) => ({
		keys: platform?.env.SECRET,
		store,
		on: { "deposit.confirmed": ({ event }) => credit(event.data.depositId) },
	})),
	sveltekit.walletCallback((platform) => ({
		// @ts-expect-error: the application has no such binding
		keys: platform?.env.KEY,
		store,
		onAny: ({ id }) => credit(id),
	})),
];

export const ready: cloudflare.CallbackWorker<Bindings> = cloudflare.walletCallback(
	(env: Bindings) => ({
		verifier: createVerifier({ keys: env.SECRET }),
		store,
		on: { "deposit.confirmed": ({ event }) => credit(event.data.depositId) },
	}),
);

export const workers: cloudflare.CallbackWorker<Bindings>[] = [
	cloudflare.walletCallback(receiver),
	cloudflare.walletCallback((env: Bindings) => ({
		keys: env.SECRET,
		store,
		on: { "deposit.confirmed": ({ event }) => credit(event.data.depositId) },
	})),
];

class Deposits {
	credit(depositId: string): void {
		credit(depositId);
	}
}

@Module({ providers: [Deposits], exports: [Deposits] })
class DepositsModule {}

@Module({
	imports: [
		nestjs.WalletCallbackModule.forRoot("callback", receiver),
		nestjs.WalletCallbackModule.forRoot("callback", { keys, store, onAny: ({ id }) => credit(id) }),
		nestjs.WalletCallbackModule.forRootAsync({
			path: "callback",
			imports: [DepositsModule],
			inject: [Deposits, { token: "KEYS", optional: true }],
			useFactory: async (deposits: Deposits, given: string) => ({
				keys: given,
				store,
				on: { "deposit.confirmed": ({ event }) => deposits.credit(event.data.depositId) },
			}),
		}),
	],
})
export class AppModule implements NestModule {
	configure(consumer: MiddlewareConsumer): void {
		consumer.apply(nestjs.walletCallback(receiver)).forRoutes("callback");
	}
}
