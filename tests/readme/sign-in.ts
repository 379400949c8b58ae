/** A phone with a wallet and browsers, for the servers of "Sign in with TokenPocket". */
import assert from "node:assert/strict";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";

/** What stands in a link. */
interface Asked {
	readonly action: string;
	readonly actionId: string;
	readonly callbackUrl: string;
	readonly message: string;
	readonly signType: string;
}

/** A wallet with a key of its own. */
export class Wallet {
	readonly #account = privateKeyToAccount(generatePrivateKey());
	readonly address: string = this.#account.address;

	/** What the wallet posts once its owner has agreed. */
	async agree({ action, actionId, message }: Asked, wallet = this.address): Promise<object> {
		const sign = await this.#account.signMessage({ message });
		const rest = { ref: "TokenPocket", publickey: "", permissions: {}, result: 1 };
		return { ...rest, action, actionId, wallet, sign };
	}
}

/** Reads a link as a wallet does. */
export function readLink(uri: string): Asked {
	const { protocol, host, searchParams } = new URL(uri);
	assert.deepEqual([protocol, host], ["tpoutside:", "pull.activity"]);
	return JSON.parse(searchParams.get("param") ?? "");
}

/** A browser that keeps the cookies of one site. */
class Browser {
	readonly #site: string;
	readonly #cookies = new Map<string, string>();

	constructor(site: string) {
		this.#site = site;
	}

	async fetch(path: string, body?: object): Promise<[status: number, answer: Answer]> {
		const cookie = [...this.#cookies].map((pair) => pair.join("=")).join("; ");
		const headers = { "content-type": "application/json", cookie };
		const init = body && { method: "POST", body: JSON.stringify(body) };
		const response = await fetch(`${this.#site}${path}`, { ...init, headers });
		for (const set of response.headers.getSetCookie()) {
			const [, name = "", value = "", attributes = ""] = /^(.+?)=(.*?);(.*)$/.exec(set) ?? [];
			for (const attribute of ["path=/", "secure", "httponly", "samesite=lax"]) {
				assert.ok(attributes.toLowerCase().includes(` ${attribute}`), set);
			}
			this.#cookies.set(name, value);
		}
		return [response.status, (await response.json()) as Answer];
	}

	async status(): Promise<string | undefined> {
		const [code, { status }] = await this.fetch("/sign-in/status");
		assert.equal(code, 200);
		return status;
	}

	account(): Promise<[status: number, answer: Answer]> {
		return this.fetch("/account");
	}
}

interface Answer {
	readonly uri?: string;
	readonly status?: string;
	readonly address?: string;
	readonly error?: string;
}

const refusal = (error: string, code = 401) => [code, { code, error }];
const NOBODY = [401, { error: "nobody is signed in" }];

/** Posts a callback to a site and gives what the wallet is told. */
export async function callBack(site: string, { callbackUrl }: Asked, body: object) {
	const response = await fetch(`${site}${new URL(callbackUrl).pathname}`, {
		method: "POST",
		headers: { "content-type": "application/json;charset=UTF-8" },
		body: JSON.stringify(body),
	});
	return [response.status, await response.json()];
}

/**
 * Signs in at a server, and tries everything by which nobody may be signed in. `origin` is where the
 * server says that it is.
 */
export async function signIn(site: string, origin: string): Promise<void> {
	const [owner, stranger] = [new Wallet(), new Wallet()];
	const [browser, other] = [new Browser(site), new Browser(site)];
	const [refused, { error }] = await browser.fetch("/sign-in", { address: "0x1234" });
	assert.deepEqual([refused, error?.split(":")[0]], [400, "address"]);
	assert.equal((await browser.fetch("/sign-in", {}))[0], 400);

	assert.equal(await browser.status(), "over", "before it begins");
	const address = owner.address.toLowerCase();
	const asked = readLink((await browser.fetch("/sign-in", { address }))[1].uri ?? "");
	assert.equal(asked.callbackUrl, `${origin}/tokenpocket`);
	const { host } = new URL(origin);
	const head = `${host} wants you to sign in with your Ethereum account:\n${owner.address}\n`;
	assert.ok(asked.message.startsWith(head), asked.message);
	assert.ok(asked.message.includes(`\nURI: ${origin}\n`));

	const { actionId, action } = asked;
	const genuine = await owner.agree(asked);
	const tried: readonly (readonly [string, object, unknown])[] = [
		["another key", await stranger.agree(asked, owner.address), refusal("signature_mismatch")],
		[
			"another text",
			await owner.agree({ ...asked, message: "Hello" }),
			refusal("signature_mismatch"),
		],
		["another account", await stranger.agree(asked), refusal("account_mismatch")],
		["another action", { ...genuine, actionId: `${actionId}0` }, refusal("unknown_action")],
		["no signature", { ...genuine, sign: "{}" }, [200, { code: 0 }]],
		["cancelled", { action, actionId, result: 0 }, refusal("id_conflict", 422)],
	];
	for (const [title, body, expected] of tried) {
		assert.deepEqual(await callBack(site, asked, body), expected, title);
		assert.equal(await browser.status(), "pending", title);
	}

	assert.deepEqual(await callBack(site, asked, genuine), [200, { code: 0 }], "genuine");
	assert.deepEqual(await callBack(site, asked, genuine), [200, { code: 0, duplicate: true }]);
	assert.deepEqual(
		[await other.status(), await other.account()],
		["over", NOBODY],
		"another browser",
	);
	assert.deepEqual(await browser.account(), NOBODY, "a session comes with the status");
	assert.equal(await browser.status(), "done");
	assert.deepEqual(await browser.account(), [200, { address: owner.address }]);
	assert.deepEqual(
		[await other.status(), await other.account()],
		["over", NOBODY],
		"another browser",
	);
	assert.equal(await browser.status(), "over", "once");
	assert.deepEqual(
		await callBack(site, asked, genuine),
		refusal("unknown_action"),
		"when it is over",
	);
}
