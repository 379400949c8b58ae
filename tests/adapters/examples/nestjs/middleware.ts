import { Module } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { toNodeListener } from "wallet-callback/node";
import { createReceiver } from "wallet-callback/receiver";
import { memoryStore } from "wallet-callback/stores/memory";

const receiver = createReceiver({
	keys: process.env.WALLET_CALLBACK_SECRET ?? "",
	store: memoryStore(),
	on: {
		"deposit.confirmed": async ({ event }) => {
			console.log("credit", event.data.depositId);
		},
	},
});

@Module({})
class AppModule {}

const app = await NestFactory.create(AppModule);
// Before `listen`, which adds the parsers of bodies.
app.use("/callback", toNodeListener(receiver));
await app.listen(process.env.PORT ?? 3000);
