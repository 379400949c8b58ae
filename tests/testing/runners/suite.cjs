// What a user's tests do, with whatever runner: node:test, Jest or Vitest.
"use strict";

/** `same` compares two values, `test` is the runner's. */
module.exports = function suite({ core, receivers, stores, dapp, testing }, test, same) {
	const { fakeClock, fakeWallet, sampleEvent, signedRequest } = testing;

	test("a receiver handles a deposit once", async () => {
		const key = core.generateSecret();
		const clock = fakeClock();
		const booked = [];
		const receiver = receivers.createReceiver({
			keys: key,
			now: clock.now,
			store: stores.memoryStore({ now: clock.now }),
			explainRefusals: false,
			log: false,
			on: { "deposit.confirmed": ({ event }) => void booked.push(event.data.depositId) },
		});
		const deposit = sampleEvent("deposit.confirmed", { chain: "tron:0x2b6653dc", seed: 7 });
		const request = signedRequest(deposit, { key, id: "msg_1" });
		const late = request.clone();
		same((await receiver(request.clone())).status, 200);
		same((await receiver(request)).status, 200);
		same(booked, [deposit.data.depositId]);
		clock.advance(600);
		same((await receiver(late)).status, 401);
	});

	test("a callback of Stripe", async () => {
		const key = "whsec_as_the_dashboard_shows_it";
		const event = sampleEvent("payment_intent.succeeded", { sender: "stripe" });
		const verifier = core.createVerifier({ sender: "stripe", keys: key });
		const accepted = await verifier.verifyRequest(signedRequest(event, { sender: "stripe", key }));
		same([accepted.event.type, accepted.event.id], [event.type, event.id]);
	});

	test("a wallet signs in", async () => {
		const wallet = fakeWallet();
		const request = dapp.createDappRequest({
			action: "sign",
			address: wallet.address,
			dapp: { name: "Shop", icon: "https://shop.example/icon.png" },
			chains: ["eip155:1"],
			callbackUrl: "https://shop.example/tokenpocket",
		});
		const signedIn = [];
		const handler = dapp.toDappHandler({
			find: () => request.expected,
			store: stores.memoryStore(),
			onResult: ({ result }) => void signedIn.push(result.authenticated && result.address),
		});
		same((await handler(wallet.answer(request))).status, 200);
		same(signedIn, [wallet.address]);
	});
};
