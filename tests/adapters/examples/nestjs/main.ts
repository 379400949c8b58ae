import { All, Controller, Module, Req, Res } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { type NodeRequest, type NodeResponse, toNodeListener } from "wallet-callback/node";
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
const listener = toNodeListener(receiver);

@Controller()
class CallbackController {
	@All("callback")
	receive(@Req() request: NodeRequest, @Res() response: NodeResponse): void {
		listener(request, response);
	}
}

@Module({ controllers: [CallbackController] })
class AppModule {}

const app = await NestFactory.create(AppModule, { rawBody: true });
await app.listen(process.env.PORT ?? 3000);
