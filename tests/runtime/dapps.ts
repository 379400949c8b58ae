/** What the entry for dapps does, which has a module of its own. */
import type { DappExpected, DappHandlerOptions } from "wallet-callback/dapp";
import type { Behaviour } from "./behaviours.ts";
import type { Library } from "./model.ts";

const NOW = 1_700_000_000_000;
const CALLBACK_URL = "https://shop.example/tokenpocket";

/** Of MetaMask's tests of `personal_sign`. */
const MESSAGE = "Hello, world!";
const ADDRESS = "0x29C76e6aD8f28BB1004902578Fb108c507Be341b";
const SIGNATURE =
	"0x90a938f7457df6e8f741264c32697fc52f9a8f867c52dd70713d9d2d472f2e415d9c94148991bbe1f4a1818d1dff09165782749c877f5cf1eff4ef126e55714d1c";

/** Of RFC 8032, section 7.1, test 2. */
const SOLANA_ADDRESS = "586Z7H2vpX9qNhN2T4e9Utugie3ogjbxzGaMtM3E6HR5";
const SOLANA_SIGNATURE =
	"92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00";

const EXPECTED: DappExpected = {
	version: 1,
	action: "sign",
	actionId: "wc_00112233445566778899aabbccddeeff",
	chains: ["eip155:1"],
	issuedAt: NOW / 1000,
	expiresAt: NOW / 1000 + 300,
	scheme: "eip191",
	message: MESSAGE,
};
const BODY = {
	action: "sign",
	actionId: EXPECTED.actionId,
	result: 1,
	wallet: ADDRESS.toLowerCase(),
	sign: SIGNATURE,
	permissions: {},
};
const AUTHENTICATED = {
	ok: true,
	action: "sign",
	actionId: EXPECTED.actionId,
	outcome: "success",
	authenticated: true,
	address: ADDRESS,
	chain: "eip155:1",
};

const signIn = ({ dapp }: Library) =>
	dapp.createDappRequest({
		action: "sign",
		dapp: { name: "Käse 🧀", icon: "https://shop.example/icon.png" },
		chains: ["eip155:1"],
		address: ADDRESS,
		callbackUrl: CALLBACK_URL,
		now: NOW,
	});

const judge = ({ dapp }: Library, body: string | Uint8Array | object, expected = EXPECTED) =>
	dapp.safeVerifyDappCallback({ body, expected, now: NOW });

export const dapps: Readonly<Record<string, Behaviour>> = {
	"dapp: a request for a signature over a composed message": {
		run: (lib) => {
			const { uri, actionId, expected } = signIn(lib);
			const [link, param = ""] = uri.split("?param=");
			const { dappName, action, message, expired } = JSON.parse(decodeURIComponent(param));
			const { issuedAt, scheme } = expected;
			const isOwn = [param.includes(actionId), actionId === expected.actionId].every(Boolean);
			return {
				link,
				dappName,
				action,
				expired,
				issuedAt,
				scheme,
				isOwn,
				told: message.split("\n")[1],
			};
		},
		expect: {
			link: "tpoutside://pull.activity",
			dappName: "Käse 🧀",
			action: "sign",
			expired: EXPECTED.expiresAt,
			issuedAt: EXPECTED.issuedAt,
			scheme: "eip4361",
			isOwn: true,
			told: ADDRESS,
		},
	},
	"dapp: another actionId each time": {
		run: (lib) => {
			const ids = Array.from({ length: 100 }, () => signIn(lib).actionId);
			return [new Set(ids).size, ids.every((id) => /^wc_[0-9a-f]{32}$/.test(id))];
		},
		expect: [100, true],
	},
	"dapp: a request that makes no sense": {
		run: ({ dapp }) => {
			try {
				return dapp.createDappRequest({ action: "login", callbackUrl: CALLBACK_URL } as never);
			} catch (error) {
				const { code } = error as { code?: string };
				return [error instanceof dapp.ConfigError, code];
			}
		},
		expect: [true, "invalid_option"],
	},
	"dapp: a signature of an account of Ethereum": {
		run: ({ dapp }) => {
			const signed = { scheme: "eip191", message: MESSAGE, signature: SIGNATURE } as const;
			const { ok, address } = dapp.safeRecoverSigner(signed);
			const other = dapp.safeVerifySignedMessage({
				...signed,
				message: "Hello!",
				address: ADDRESS,
			});
			return [ok, address, other.ok || other.code];
		},
		expect: [true, ADDRESS, "signature_mismatch"],
	},
	"dapp: a signature of an account of Solana": {
		run: ({ dapp }) => {
			const account = { scheme: "solana", address: SOLANA_ADDRESS } as const;
			const signed = { ...account, signature: SOLANA_SIGNATURE };
			const { ok, address } = dapp.safeVerifySignedMessage({ ...signed, message: "r" });
			const bytes = dapp.safeVerifySignedMessage({ ...signed, message: Uint8Array.of(0x72) });
			const other = dapp.safeVerifySignedMessage({ ...signed, message: "s" });
			return [ok, address, bytes.ok, other.ok || other.code];
		},
		expect: [true, SOLANA_ADDRESS, true, "signature_mismatch"],
	},
	"dapp: a callback, as text, as bytes, and parsed": {
		run: (lib) => {
			const text = JSON.stringify(BODY);
			const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
			return [text, bytes, BODY].map((body) => judge(lib, body));
		},
		expect: [AUTHENTICATED, AUTHENTICATED, AUTHENTICATED],
	},
	"dapp: a callback as bytes of another realm": {
		needs: ["foreign realm"],
		run: (lib, host) => {
			const text = JSON.stringify(BODY);
			const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
			return judge(lib, host.foreignBytes?.(bytes) ?? bytes);
		},
		expect: AUTHENTICATED,
	},
	"dapp: callbacks that are refused": {
		run: (lib) =>
			[
				judge(lib, "{"),
				judge(lib, { ...BODY, actionId: "wc_00" }),
				judge(lib, { ...BODY, sign: SIGNATURE.replace("90", "91") }),
				judge(lib, BODY, { ...EXPECTED, message: "Hello!" }),
				judge(lib, BODY, { ...EXPECTED, issuedAt: 1, expiresAt: 2 }),
			].map((result) => (result.ok ? result : result.code)),
		expect: [
			"malformed_payload",
			"unknown_action",
			"signature_mismatch",
			"signature_mismatch",
			"action_expired",
		],
	},
	"dapp: a handler of callbacks": {
		needs: ["Request"],
		run: async ({ dapp }) => {
			const got: unknown[] = [];
			const handler = dapp.toDappHandler({
				find: (actionId) => (actionId === EXPECTED.actionId ? EXPECTED : undefined),
				store: openStore(),
				onResult: ({ result }) => got.push(result),
				now: () => NOW,
			});
			const answers: unknown[] = [];
			for (const body of [BODY, BODY, { ...BODY, actionId: "wc_00" }]) {
				const init = { method: "POST", body: JSON.stringify(body) };
				const response = await handler(new Request(CALLBACK_URL, init));
				answers.push([response.status, await response.json()]);
			}
			return { got, answers };
		},
		expect: {
			got: [AUTHENTICATED],
			answers: [
				[200, { code: 0 }],
				[200, { code: 0, duplicate: true }],
				[401, { code: 401, error: "unknown_action" }],
			],
		},
	},
};

/** As much of a store as a handler asks for. */
function openStore(): DappHandlerOptions["store"] {
	const claimed = new Set<string>();
	const none = () => Promise.reject(new Error("not asked for"));
	return {
		claim: async (id) => {
			if (claimed.has(id)) return { status: "done" };
			claimed.add(id);
			return { status: "claimed", claim: { id, receiver: "", token: id, attempt: 1 } };
		},
		complete: async () => true,
		release: none,
		enqueue: none,
		take: none,
	};
}
