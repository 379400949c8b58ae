/** Cloudflare Workers, with the entry that has every sender and explains. */
import * as dapp from "wallet-callback/dapp";
import * as lib from "wallet-callback/full";
import { run } from "../suite.ts";

export default {
	async fetch(request: Request): Promise<Response> {
		return Response.json(await run({ ...lib, dapp }, await request.json()));
	},
};
