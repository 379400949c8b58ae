/** Makes keys and genuine callbacks. What a sender takes is for the core to say. */
import {
	ConfigError,
	createVerifier,
	generateKeyPair,
	generateSecret,
	type SenderName,
	senders,
	sign,
} from "wallet-callback/slim";
import { writeHead } from "../../../pkg-template/src/cli/head.ts";

export const METHOD = "POST";
export const URL_OF_RECEIVER = "https://shop.example/callback";
const CLIENT_ID = "client-1";

/** What signs, and what the receiver holds. */
export interface Keys {
	readonly signing: string;
	readonly verifying: string;
}

export interface Signed {
	readonly head: string;
	readonly body: string;
}

/** What a callback is made of, so that it can be made again with one part changed. */
export interface Making {
	readonly sender: SenderName;
	readonly keys: Keys;
	readonly body: string;
	/** Unix seconds. */
	readonly timestamp: number;
	readonly id: string;
	readonly nonce: string;
}

/** What a receiver was told beside its keys, where the sender signs it. */
export function registered(sender: SenderName): { url?: string; clientId?: string } {
	const requires = senders().find(({ name }) => name === sender)?.requires ?? [];
	const options = { url: URL_OF_RECEIVER, clientId: CLIENT_ID };
	return Object.fromEntries(requires.map((option) => [option, options[option]]));
}

export function signCallback({ sender, keys, body, timestamp, id, nonce }: Making): Signed {
	const place = { method: METHOD, url: URL_OF_RECEIVER, clientId: CLIENT_ID };
	const signed = sign({ sender, key: keys.signing, body, timestamp, id, nonce, ...place });
	const headers = { "content-type": "application/json", ...signed.headers };
	return { head: writeHead(METHOD, URL_OF_RECEIVER, headers), body: signed.body };
}

/** New keys, in the first form that the core takes for this sender. */
export function makeKeys(sender: SenderName): Keys {
	for (const make of [secret, hexSecret, keyPair]) {
		const keys = make();
		try {
			signCallback({
				sender,
				keys,
				body: "{}",
				timestamp: 1_700_000_000,
				id: "id_1",
				nonce: "nonce_1",
			});
			createVerifier({ ...registered(sender), sender, keys: keys.verifying });
			return keys;
		} catch (error) {
			if (!(error instanceof ConfigError)) throw error;
		}
	}
	throw new TypeError(`no key of a form that ${sender} takes`);
}

function secret(): Keys {
	const text = generateSecret();
	return { signing: text, verifying: text };
}

function hexSecret(): Keys {
	const text = hex(crypto.getRandomValues(new Uint8Array(32)));
	return { signing: text, verifying: text };
}

function keyPair(): Keys {
	const { privateKey, publicKey } = generateKeyPair();
	const base64 = publicKey.replace("whpk_", "");
	const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
	return { signing: privateKey, verifying: hex(bytes) };
}

function hex(bytes: Uint8Array): string {
	return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
