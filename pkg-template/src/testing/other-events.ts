/**
 * Typical bodies of the senders that are most used, by what their documents show. Each is made by a
 * function, so that a seed gives other ids, amounts, addresses and hashes.
 */
import type { Draw } from "./draw.js";
import type { OtherSampleSender, OtherSampleTypes, SampleBody } from "./types.js";

/** What a body is made of. */
interface Subject {
	readonly type: string;
	readonly draw: Draw;
	/** When it happened, in Unix seconds. */
	readonly time: number;
}

type Make = (subject: Subject) => SampleBody;
type Makers = {
	readonly [From in OtherSampleSender]: { readonly [Type in OtherSampleTypes[From]]: Make };
};

const USDC = "0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48";
const USDC_ON_BASE = "0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913";

const iso = (time: number) => new Date(time * 1000).toISOString().replace(".000Z", "Z");
const address = (draw: Draw) => `0x${draw.hex(40)}`;
const hash = (draw: Draw) => `0x${draw.hex(64)}`;
/** An amount of money, as `12.34`. */
const money = (draw: Draw) => (draw.integer(500, 50_000) / 100).toFixed(2);
const orderId = (draw: Draw) => `order-${draw.integer(1000, 9999)}`;

const stripe =
	(object: (subject: Subject, amount: number) => SampleBody): Make =>
	(subject) => {
		const { type, draw, time } = subject;
		return {
			id: `evt_${draw.letters(24)}`,
			object: "event",
			api_version: "2025-03-31.basil",
			created: time,
			data: { object: object(subject, draw.integer(500, 50_000)) },
			livemode: false,
			pending_webhooks: 1,
			request: { id: `req_${draw.letters(14)}`, idempotency_key: draw.uuid() },
			type,
		};
	};

const paymentIntent = (status: string, more: SampleBody) =>
	stripe(({ draw, time }, amount) => ({
		id: `pi_${draw.letters(24)}`,
		object: "payment_intent",
		amount,
		amount_received: status === "succeeded" ? amount : 0,
		currency: "usd",
		created: time - 2,
		customer: `cus_${draw.letters(14)}`,
		description: null,
		latest_charge: `ch_${draw.letters(24)}`,
		livemode: false,
		metadata: { order_id: orderId(draw) },
		payment_method: `pm_${draw.letters(24)}`,
		payment_method_types: ["card"],
		status,
		...more,
	}));

const repository = (draw: Draw) => ({
	id: draw.integer(100_000_000, 999_999_999),
	name: "hello-world",
	full_name: "octocat/hello-world",
	private: false,
	owner: { login: "octocat", id: 583_231, type: "User" },
	html_url: "https://github.com/octocat/hello-world",
	default_branch: "main",
});
const octocat = { login: "octocat", id: 583_231, type: "User" };

const charge =
	(status: string): Make =>
	({ type, draw, time }) => {
		const code = draw.capitals(8);
		const local = { amount: money(draw), currency: "USD" };
		const timeline = [{ status: "NEW", time: iso(time - 120) }];
		if (status !== "NEW") timeline.push({ status, time: iso(time - 1) });
		const isPaid = status === "PENDING" || status === "COMPLETED";
		const payment = {
			network: "ethereum",
			transaction_id: hash(draw),
			status: status === "COMPLETED" ? "CONFIRMED" : "PENDING",
			value: { local, crypto: { amount: local.amount, currency: "USDC" } },
		};
		return {
			attempt_number: 1,
			event: {
				api_version: "2018-03-22",
				created_at: iso(time),
				data: {
					id: draw.uuid(),
					code,
					name: "Order",
					description: orderId(draw),
					hosted_url: `https://commerce.coinbase.com/charges/${code}`,
					created_at: iso(time - 120),
					expires_at: iso(time + 3480),
					metadata: { customer_id: `cus_${draw.digits(6)}` },
					pricing: { local },
					pricing_type: "fixed_price",
					payments: isPaid ? [payment] : [],
					timeline,
				},
				id: draw.uuid(),
				resource: "event",
				type,
			},
			id: draw.uuid(),
			scheduled_for: iso(time),
		};
	};

const circle =
	(notification: (subject: Subject) => SampleBody): Make =>
	(subject) => ({
		subscriptionId: subject.draw.uuid(),
		notificationId: subject.draw.uuid(),
		notificationType: subject.type,
		notification: notification(subject),
		timestamp: iso(subject.time),
		version: 2,
	});

const circleTransaction = (transactionType: string) =>
	circle(({ draw, time }) => ({
		id: draw.uuid(),
		blockchain: "ETH-SEPOLIA",
		walletId: draw.uuid(),
		tokenId: draw.uuid(),
		userId: draw.uuid(),
		sourceAddress: address(draw),
		destinationAddress: address(draw),
		amounts: [money(draw)],
		nfts: null,
		refId: orderId(draw),
		state: "COMPLETED",
		errorReason: "",
		transactionType,
		txHash: hash(draw),
		createDate: iso(time - 30),
		updateDate: iso(time),
	}));

const nowpayments =
	(paid: 0 | 0.5 | 1): Make =>
	({ type, draw, time }) => {
		const price = Number(money(draw));
		return {
			payment_id: draw.integer(4_000_000_000, 6_000_000_000),
			parent_payment_id: null,
			invoice_id: null,
			payment_status: type,
			pay_address: address(draw),
			payin_extra_id: null,
			price_amount: price,
			price_currency: "usd",
			pay_amount: price,
			actually_paid: price * paid,
			actually_paid_at_fiat: 0,
			pay_currency: "usdterc20",
			order_id: orderId(draw),
			order_description: "Order",
			purchase_id: draw.digits(10),
			outcome_amount: Number((price * 0.995).toFixed(6)),
			outcome_currency: "usdterc20",
			payment_extra_ids: null,
			created_at: (time - 600) * 1000,
			updated_at: time * 1000,
		};
	};

const btcpay =
	(more: (subject: Subject) => SampleBody): Make =>
	(subject) => {
		const { type, draw, time } = subject;
		const deliveryId = draw.letters(22);
		return {
			deliveryId,
			webhookId: draw.letters(22),
			originalDeliveryId: deliveryId,
			isRedelivery: false,
			type,
			timestamp: time,
			storeId: draw.letters(44),
			invoiceId: draw.letters(22),
			metadata: { orderId: orderId(draw) },
			...more(subject),
		};
	};

const alchemy =
	(event: (draw: Draw) => SampleBody): Make =>
	({ type, draw, time }) => ({
		webhookId: `wh_${draw.letters(16).toLowerCase()}`,
		id: `whevt_${draw.letters(16).toLowerCase()}`,
		createdAt: iso(time),
		type,
		event: event(draw),
	});

const alchemyTransaction = alchemy((draw) => ({
	appId: draw.letters(16).toLowerCase(),
	network: "ETH_MAINNET",
	transaction: {
		hash: hash(draw),
		nonce: `0x${draw.integer(1, 4095).toString(16)}`,
		from: address(draw),
		to: address(draw),
		value: `0x${draw.integer(1, 255).toString(16)}${"0".repeat(14)}`,
		gas: "0x5208",
		input: "0x",
	},
}));

const moralis =
	(
		more: (draw: Draw, facts: { readonly hash: string; readonly logIndex: string }) => SampleBody,
	): Make =>
	({ type, draw, time }) => ({
		confirmed: true,
		chainId: "0x1",
		abi: [],
		streamId: draw.uuid(),
		tag: type,
		retries: 0,
		block: {
			number: String(draw.integer(24_000_000, 25_000_000)),
			hash: hash(draw),
			timestamp: String(time),
		},
		logs: [],
		txs: [],
		txsInternal: [],
		erc20Transfers: [],
		erc20Approvals: [],
		nftTransfers: [],
		nativeBalances: [],
		...more(draw, { hash: hash(draw), logIndex: String(draw.integer(0, 300)) }),
	});

const fireblocks =
	(status: string): Make =>
	({ type, draw, time }) => {
		const resourceId = draw.uuid();
		const amount = money(draw);
		return {
			id: draw.uuid(),
			eventType: type,
			eventVersion: 1,
			resourceId,
			workspaceId: draw.uuid(),
			createdAt: time * 1000,
			data: {
				id: resourceId,
				createdAt: (time - 60) * 1000,
				lastUpdated: time * 1000,
				assetId: "USDC",
				source: { id: draw.digits(2), type: "VAULT_ACCOUNT", name: "Deposits", subType: "" },
				destination: { id: draw.uuid(), type: "EXTERNAL_WALLET", name: "Payouts", subType: "" },
				amount: Number(amount),
				amountInfo: { amount, requestedAmount: amount, netAmount: amount, amountUSD: amount },
				fee: Number(`0.00${draw.integer(100, 999)}`),
				feeCurrency: "ETH",
				destinationAddress: address(draw),
				txHash: status === "COMPLETED" ? hash(draw) : "",
				status,
				subStatus: status === "COMPLETED" ? "CONFIRMED" : "",
				operation: "TRANSFER",
				numOfConfirmations: status === "COMPLETED" ? 12 : 0,
				externalTxId: orderId(draw),
			},
		};
	};

export const OTHER_EVENTS: Makers = {
	stripe: {
		"payment_intent.succeeded": paymentIntent("succeeded", { last_payment_error: null }),
		"payment_intent.payment_failed": paymentIntent("requires_payment_method", {
			last_payment_error: {
				code: "card_declined",
				decline_code: "generic_decline",
				message: "Your card was declined.",
				type: "card_error",
			},
		}),
		"checkout.session.completed": stripe(({ draw, time }, amount) => ({
			id: `cs_test_${draw.letters(58)}`,
			object: "checkout.session",
			amount_subtotal: amount,
			amount_total: amount,
			client_reference_id: orderId(draw),
			created: time - 60,
			currency: "usd",
			customer: `cus_${draw.letters(14)}`,
			customer_details: { email: "jenny.rosen@example.com", name: "Jenny Rosen" },
			livemode: false,
			metadata: {},
			mode: "payment",
			payment_intent: `pi_${draw.letters(24)}`,
			payment_status: "paid",
			status: "complete",
		})),
		"charge.refunded": stripe(({ draw, time }, amount) => ({
			id: `ch_${draw.letters(24)}`,
			object: "charge",
			amount,
			amount_captured: amount,
			amount_refunded: amount,
			captured: true,
			created: time - 3600,
			currency: "usd",
			livemode: false,
			metadata: { order_id: orderId(draw) },
			paid: true,
			payment_intent: `pi_${draw.letters(24)}`,
			refunded: true,
			status: "succeeded",
		})),
	},
	github: {
		ping: ({ draw }) => ({
			zen: "Keep it logically awesome.",
			hook_id: draw.integer(100_000_000, 999_999_999),
			hook: {
				type: "Repository",
				active: true,
				events: ["push"],
				config: { content_type: "json" },
			},
			repository: repository(draw),
			sender: octocat,
		}),
		push: ({ draw, time }) => {
			const [before, after] = [draw.hex(40), draw.hex(40)];
			const author = { name: "The Octocat", email: "octocat@github.com", username: "octocat" };
			const commit = {
				id: after,
				message: "Update README.md",
				timestamp: iso(time - 5),
				url: `https://github.com/octocat/hello-world/commit/${after}`,
				author,
				committer: author,
				added: [],
				removed: [],
				modified: ["README.md"],
			};
			return {
				ref: "refs/heads/main",
				before,
				after,
				created: false,
				deleted: false,
				forced: false,
				compare: `https://github.com/octocat/hello-world/compare/${before.slice(0, 12)}...${after.slice(0, 12)}`,
				commits: [commit],
				head_commit: commit,
				repository: repository(draw),
				pusher: { name: "octocat", email: "octocat@github.com" },
				sender: octocat,
			};
		},
		pull_request: ({ draw, time }) => {
			const number = draw.integer(1, 999);
			return {
				action: "opened",
				number,
				pull_request: {
					id: draw.integer(1_000_000_000, 1_999_999_999),
					number,
					state: "open",
					title: "Update README.md",
					body: null,
					user: octocat,
					created_at: iso(time),
					updated_at: iso(time),
					draft: false,
					merged: false,
					html_url: `https://github.com/octocat/hello-world/pull/${number}`,
					head: { ref: "readme", sha: draw.hex(40) },
					base: { ref: "main", sha: draw.hex(40) },
				},
				repository: repository(draw),
				sender: octocat,
			};
		},
	},
	"coinbase-commerce": {
		"charge:created": charge("NEW"),
		"charge:pending": charge("PENDING"),
		"charge:confirmed": charge("COMPLETED"),
		"charge:failed": charge("EXPIRED"),
	},
	"coinbase-cdp": {
		"onchain.activity.detected": ({ draw, time }) => {
			const to = address(draw);
			return {
				block_number: draw.integer(46_000_000, 47_000_000),
				contract_address: USDC_ON_BASE,
				event_name: "Transfer",
				event_signature: "Transfer(address,address,uint256)",
				log_index: draw.integer(0, 300),
				network: "base-mainnet",
				parameters: { from: address(draw), to, value: `${draw.integer(100, 500_000)}0000` },
				timestamp: iso(time),
				transaction_from: address(draw),
				transaction_hash: hash(draw),
				transaction_to: USDC_ON_BASE,
			};
		},
		"wallet.activity.detected": ({ type, draw, time }) => ({
			eventId: draw.uuid(),
			eventType: type,
			timestamp: iso(time),
			data: {
				network: "base-mainnet",
				blockNumber: String(draw.integer(46_000_000, 47_000_000)),
				blockTimestamp: iso(time - 2),
				transactionHash: hash(draw),
				logIndex: String(draw.integer(0, 300)),
				contractAddress: USDC_ON_BASE,
				eventName: "Transfer",
			},
		}),
	},
	circle: {
		"webhooks.test": circle(() => ({ hello: "world" })),
		"transactions.inbound": circleTransaction("INBOUND"),
		"transactions.outbound": circleTransaction("OUTBOUND"),
	},
	nowpayments: {
		waiting: nowpayments(0),
		confirming: nowpayments(1),
		partially_paid: nowpayments(0.5),
		finished: nowpayments(1),
		failed: nowpayments(0),
	},
	btcpay: {
		InvoiceCreated: btcpay(() => ({})),
		InvoiceReceivedPayment: btcpay(({ draw, time }) => ({
			afterExpiration: false,
			paymentMethodId: "BTC-CHAIN",
			payment: {
				id: `${draw.hex(64)}-0`,
				receivedDate: time,
				value: (draw.integer(10_000, 900_000) / 1e8).toFixed(8),
				fee: "0.0",
				status: "Processing",
				destination: "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",
			},
		})),
		InvoiceProcessing: btcpay(() => ({ overPaid: false })),
		InvoiceSettled: btcpay(() => ({ manuallyMarked: false, overPaid: false })),
		InvoiceExpired: btcpay(() => ({ partiallyPaid: false })),
	},
	alchemy: {
		ADDRESS_ACTIVITY: alchemy((draw) => {
			const units = draw.integer(1_000_000, 999_000_000);
			return {
				network: "ETH_MAINNET",
				activity: [
					{
						fromAddress: address(draw),
						toAddress: address(draw),
						blockNum: `0x${draw.integer(24_000_000, 25_000_000).toString(16)}`,
						hash: hash(draw),
						value: units / 1e6,
						asset: "USDC",
						category: "token",
						rawContract: {
							rawValue: `0x${units.toString(16).padStart(64, "0")}`,
							address: USDC,
							decimals: 6,
						},
					},
				],
			};
		}),
		MINED_TRANSACTION: alchemyTransaction,
		DROPPED_TRANSACTION: alchemyTransaction,
	},
	moralis: {
		"native-transfer": moralis((draw, { hash }) => ({
			txs: [
				{
					hash,
					gas: "21000",
					gasPrice: "1000000000",
					nonce: String(draw.integer(0, 4095)),
					input: "0x",
					transactionIndex: String(draw.integer(0, 200)),
					fromAddress: address(draw),
					toAddress: address(draw),
					value: `${draw.integer(1, 500)}${"0".repeat(16)}`,
					receiptStatus: "1",
				},
			],
		})),
		"erc20-transfer": moralis((draw, { hash, logIndex }) => {
			const units = draw.integer(1_000_000, 999_000_000);
			return {
				erc20Transfers: [
					{
						transactionHash: hash,
						logIndex,
						contract: USDC,
						from: address(draw),
						to: address(draw),
						value: String(units),
						tokenName: "USD Coin",
						tokenSymbol: "USDC",
						tokenDecimals: "6",
						valueWithDecimals: String(units / 1e6),
						possibleSpam: false,
					},
				],
			};
		}),
	},
	"fireblocks-v2": {
		"transaction.created": fireblocks("SUBMITTED"),
		"transaction.status.updated": fireblocks("COMPLETED"),
	},
};
