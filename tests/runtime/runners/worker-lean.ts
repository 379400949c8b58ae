/** A Worker on the main entry: answers with what it throws for what only the full module has. */
import {
	createVerifier,
	detect,
	explain,
	generateKeyPair,
	generateSecret,
	sign,
} from "wallet-callback";
import { KEY } from "../signed.ts";

const PUBLIC_KEY =
	"MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEESl76SZPBJemW0mJNN4KTvYkLT8bOT4UGhFhzNk3fJqf6iuPlLQLq533FelXwczJbjg2U1PHTvQTK7qOQnDL2Tg==";

const attempts: Record<string, () => unknown> = {
	explain: () => explain({ headers: {}, body: "{}", keys: KEY }),
	detect: () => detect({ headers: {} }),
	sign: () => sign({ body: "{}", key: KEY }),
	generateSecret: () => generateSecret(),
	generateKeyPair: () => generateKeyPair(),
	createVerifier: () => createVerifier({ sender: "circle", keys: PUBLIC_KEY }),
};

export default {
	fetch(): Response {
		const outcomes = Object.entries(attempts).map(([name, act]) => {
			try {
				return [name, act()];
			} catch (error) {
				const { name: type, code, message } = error as Error & { code?: string };
				return [name, { type, code, message }];
			}
		});
		return Response.json(Object.fromEntries(outcomes));
	},
};
