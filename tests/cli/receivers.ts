/** Endpoints that are right: this package's receivers, and handlers as other libraries show them. */
import type { RequestListener } from "node:http";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { getRequestListener } from "@hono/node-server";
import Router from "@koa/router";
import express from "express";
import Fastify from "fastify";
import { Hono } from "hono";
import Koa from "koa";
import { Webhook as StandardWebhook } from "standardwebhooks";
import Stripe from "stripe";
import { Webhook as SvixWebhook } from "svix";
import type { KeyInput, SenderName } from "wallet-callback";
import type { ReplayStore } from "wallet-callback/receiver";
import type { Count } from "./endpoints.ts";

const CONSUMER = resolve(process.env.WALLET_CALLBACK_PKG ?? "target/consumer");
export const installed: NodeJS.Require = createRequire(join(CONSUMER, "package.json"));

const { createReceiver }: typeof import("wallet-callback/receiver") = installed(
	"wallet-callback/receiver",
);
const { memoryStore }: typeof import("wallet-callback/stores/memory") = installed(
	"wallet-callback/stores/memory",
);
const { toNodeListener }: typeof import("wallet-callback/node") = installed("wallet-callback/node");

/** What our receivers are given. */
export interface Options {
	readonly keys: readonly KeyInput[];
	readonly sender?: SenderName;
	readonly store?: ReplayStore;
	readonly url?: string;
	readonly clientId?: string;
	readonly acknowledge?: "before-handling";
}

type Make = (count: Count) => RequestListener | Promise<RequestListener>;

export const optionsFor = ({ store = memoryStore(), ...options }: Options, count: Count) => ({
	...options,
	store,
	onAny: count,
	bodyTimeoutSeconds: 1,
	explainRefusals: false,
	log: false as const,
});

/** A receiver by itself. */
export function bare(options: Options): Make {
	return (count) => toNodeListener(createReceiver(optionsFor(options, count) as never));
}

/** A receiver in each framework. */
export const ADAPTERS: { readonly [name: string]: (options: Options) => Make } = {
	node: bare,
	express: (options) => (count) => {
		const { walletCallback } = installed("wallet-callback/express");
		const app = express().post("/callbacks", walletCallback(optionsFor(options, count)));
		return app as RequestListener;
	},
	fastify: (options) => async (count) => {
		const { default: walletCallback } = installed("wallet-callback/fastify");
		const app = Fastify();
		const receiver = createReceiver(optionsFor(options, count) as never);
		app.register(walletCallback, { path: "/callbacks", receiver });
		await app.ready();
		return (request, response) => app.routing(request, response);
	},
	koa: (options) => (count) => {
		const { walletCallback } = installed("wallet-callback/koa");
		const router = new Router().post("/callbacks", walletCallback(optionsFor(options, count)));
		return new Koa().use(router.routes()).callback();
	},
	hono: (options) => (count) => {
		const { walletCallback } = installed("wallet-callback/hono");
		const app = new Hono().post("/callbacks", walletCallback(optionsFor(options, count)));
		return getRequestListener(app.fetch);
	},
};

/** A handler in Express that verifies with a function, as the READMEs of Stripe, Svix and others show it. */
const inExpress =
	(verify: (body: Buffer, headers: { readonly [name: string]: string }) => unknown): Make =>
	(count) => {
		const app = express();
		app.post("/callbacks", express.raw({ type: "application/json" }), (request, response) => {
			try {
				verify(request.body as Buffer, request.headers as { [name: string]: string });
			} catch (error) {
				response.status(400).send(`Webhook Error: ${(error as Error).message}`);
				return;
			}
			count();
			response.json({ received: true });
		});
		return app as RequestListener;
	};

/** Handlers without a store, as the READMEs show them, by the sender. */
export const LIBRARIES: { readonly [Name in SenderName]?: (secret: string) => Make } = {
	stripe: (secret) => {
		const { webhooks } = new Stripe("sk_test_none");
		return inExpress((body, headers) =>
			webhooks.constructEvent(body, headers["stripe-signature"] ?? "", secret),
		);
	},
	svix: (secret) => {
		const webhook = new SvixWebhook(secret);
		return inExpress((body, headers) => webhook.verify(body, headers));
	},
	"standard-webhooks": (secret) => {
		const webhook = new StandardWebhook(secret);
		return inExpress((body, headers) => webhook.verify(body, headers));
	},
};
