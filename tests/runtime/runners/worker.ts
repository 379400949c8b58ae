/** Cloudflare Workers: the corpus comes as a request, the report goes as the response. */
import { report } from "./entry.ts";

export default {
	async fetch(request: Request): Promise<Response> {
		return Response.json(await report(await request.json()));
	},
};
