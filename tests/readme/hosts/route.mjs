/**
 * Calls route handlers as Next.js and SvelteKit do: the module is loaded in the build, without the
 * secret, and again by the server, which calls it with requests.
 */
import { serve } from "@hono/node-server";

const { WALLET_CALLBACK_SECRET } = process.env;
delete process.env.WALLET_CALLBACK_SECRET;
await import(process.env.SNIPPET);
process.env.WALLET_CALLBACK_SECRET = WALLET_CALLBACK_SECRET;
const { POST } = await import(`${process.env.SNIPPET}?again`);

const getClientAddress = () => "127.0.0.1";
const takes = {
	next: (request) => POST(request),
	sveltekit: (request) => POST({ request, getClientAddress }),
};

serve({ fetch: takes[process.env.FRAMEWORK], port: Number(process.env.PORT) });
