/** The receiver as a module and as a middleware of NestJS. */

import type { AnyVerifier, Receiver } from "wallet-callback/receiver";
import { type AnySender, type Entry, type ReceiverSource, toReceiver, wiringOf } from "./entry.js";
import { refuseUncalled } from "./misuse.js";
import { listen, type NodeListener, toNodeListener } from "./node.js";

const WIRING = wiringOf("nestjs", 'app.use("/callback", walletCallback(receiver))');

/** Injects the receiver of {@link WalletCallbackModule}. */
export const WALLET_CALLBACK_RECEIVER = "WALLET_CALLBACK_RECEIVER";

/** The options of `forRootAsync` of {@link WalletCallbackModule}. */
export interface WalletCallbackAsyncOptions<
	Payload,
	From extends AnySender,
	Output,
	Ready extends AnyVerifier | undefined,
	Dependencies extends unknown[],
	Import,
	Token,
> {
	/** The route's path, behind the global prefix. */
	readonly path: string;
	/** Modules that export what is injected. Default: none. */
	readonly imports?: Import[];
	/** What `useFactory` gets. Default: nothing. */
	readonly inject?: Token[];
	/** Gives the options of `createReceiver`, or a receiver. */
	readonly useFactory: (
		...dependencies: Dependencies
	) =>
		| ReceiverSource<Payload, From, Output, Ready>
		| Promise<ReceiverSource<Payload, From, Output, Ready>>;
}

/** What of a Nest `MiddlewareConsumer` matters. */
export interface NestConsumer {
	apply(middleware: NodeListener): { forRoutes(path: string): unknown };
}

/** A `DynamicModule` of Nest. */
export interface WalletCallbackDynamicModule<
	Dependencies extends unknown[] = [],
	Import = never,
	Token = never,
> {
	readonly module: new () => object;
	imports: Import[];
	providers: {
		provide: string;
		inject: Token[];
		useFactory: (...dependencies: Dependencies) => Promise<Receiver>;
	}[];
	exports: string[];
}

/**
 * Serves callbacks on a route of NestJS. Create the application with `rawBody: true`, or its body parser
 * leaves no bytes to verify, and raise the parser's limit of 100 KB. When the application closes, it
 * waits for the callbacks that are being handled.
 *
 * @example
 * ```ts
 * @Module({
 *   imports: [
 *     WalletCallbackModule.forRootAsync({
 *       path: "callback",
 *       imports: [DepositsModule],
 *       inject: [DepositsService],
 *       useFactory: (deposits: DepositsService) => ({
 *         keys: process.env.WALLET_CALLBACK_SECRET,
 *         store: memoryStore(),
 *         on: { "deposit.confirmed": ({ event }) => deposits.credit(event.data) },
 *       }),
 *     }),
 *   ],
 * })
 * class AppModule {}
 *
 * const app = await NestFactory.create<NestExpressApplication>(AppModule, { rawBody: true });
 * app.useBodyParser("json", { limit: "1mb" });
 * ```
 */
export const WalletCallbackModule = {
	/** With the options of `createReceiver`, or a receiver. */
	forRoot<
		Payload = unknown,
		const From extends AnySender = AnySender,
		Output = unknown,
		const Ready extends AnyVerifier | undefined = undefined,
	>(
		path: string,
		receiver: ReceiverSource<Payload, From, Output, Ready>,
	): WalletCallbackDynamicModule {
		return WalletCallbackModule.forRootAsync({ path, useFactory: () => receiver });
	},

	/** With what is injected into `useFactory`. */
	forRootAsync<
		Payload = unknown,
		const From extends AnySender = AnySender,
		Output = unknown,
		const Ready extends AnyVerifier | undefined = undefined,
		Dependencies extends unknown[] = [],
		Import = never,
		Token = never,
	>({
		path,
		imports = [],
		inject = [],
		useFactory,
	}: WalletCallbackAsyncOptions<
		Payload,
		From,
		Output,
		Ready,
		Dependencies,
		Import,
		Token
	>): WalletCallbackDynamicModule<Dependencies, Import, Token> {
		let receiver: Receiver;
		let isOwn = false;
		// One of its own for each call: Nest tells modules apart by their classes.
		class WalletCallbackModule {
			configure(consumer: NestConsumer): void {
				consumer.apply(toNodeListener(receiver)).forRoutes(path);
			}

			async onModuleDestroy(): Promise<void> {
				if (isOwn) await receiver.close();
			}
		}
		const provider = {
			provide: WALLET_CALLBACK_RECEIVER,
			inject,
			useFactory: async (...dependencies: Dependencies) => {
				const source = await useFactory(...dependencies);
				receiver = toReceiver(source, "WalletCallbackModule.forRoot({ path, receiver })");
				isOwn = receiver !== source;
				return receiver;
			},
		};
		return {
			module: WalletCallbackModule,
			imports,
			providers: [provider],
			exports: [WALLET_CALLBACK_RECEIVER],
		};
	},
};

/**
 * Serves callbacks as a functional middleware of NestJS, for `app.use("/callback", …)` before
 * `app.listen()`, or `consumer.apply(…).forRoutes("callback")` with `rawBody: true`.
 *
 * @param receiver The options of `createReceiver`, or a receiver from it.
 * @throws {ConfigError} for an option that is invalid.
 */
export const walletCallback: Entry<NodeListener> = (receiver, ...passed) =>
	(refuseUncalled(WIRING, [receiver, ...passed]) as undefined) ??
	listen(toReceiver(receiver, WIRING.call), WIRING);

export default walletCallback;
