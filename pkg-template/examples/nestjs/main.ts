import { Injectable, Module } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import type { NestExpressApplication } from "@nestjs/platform-express";
import { WalletCallbackModule } from "wallet-callback/nestjs";
import { memoryStore } from "wallet-callback/stores/memory";

@Injectable()
class DepositsService {
	credit(depositId: string): void {
		console.log("credit", depositId);
	}
}

@Module({ providers: [DepositsService], exports: [DepositsService] })
class DepositsModule {}

@Module({
	imports: [
		WalletCallbackModule.forRootAsync({
			path: "callback",
			imports: [DepositsModule],
			inject: [DepositsService],
			useFactory: (deposits: DepositsService) => ({
				keys: process.env.WALLET_CALLBACK_SECRET,
				store: memoryStore(),
				on: {
					"deposit.confirmed": ({ event }) => deposits.credit(event.data.depositId),
				},
			}),
		}),
	],
})
class AppModule {}

// The raw body is what is verified.
const app = await NestFactory.create<NestExpressApplication>(AppModule, { rawBody: true });
app.useBodyParser("json", { limit: "1mb" });
await app.listen(process.env.PORT ?? 3000);
