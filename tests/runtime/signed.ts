/**
 * Callbacks by a signer that runs everywhere: not every entry of the package signs. Web standards only,
 * as the suite.
 */
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import type { CallbackInput } from "./model.ts";

export const NOW = 1_700_000_000;
export const KEY = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
export const BODY =
	'{"type":"test.event","timestamp":"2023-11-14T22:13:20Z","data":{"userId":"🎉"}}';

/** A callback that Standard Webhooks' HMAC signs, under the names of TP Wallet's headers or of Svix's. */
export function signed(
	body: string | Uint8Array = BODY,
	{
		key = KEY,
		sender = "webhook",
	}: { key?: string | Uint8Array | undefined; sender?: "webhook" | "svix" } = {},
): CallbackInput {
	const secret = typeof key === "string" ? fromBase64(key.replace("whsec_", "")) : key;
	const content = typeof body === "string" ? utf8(body) : body;
	const prefix = utf8(`msg_1.${NOW}.`);
	const bytes = new Uint8Array(prefix.length + content.length);
	bytes.set(prefix);
	bytes.set(content, prefix.length);
	const tag = hmac(sha256, Uint8Array.from(secret), bytes);
	const headers = {
		[`${sender}-id`]: "msg_1",
		[`${sender}-timestamp`]: String(NOW),
		[`${sender}-signature`]: `v1,${btoa(String.fromCharCode(...tag))}`,
	};
	return { headers, body };
}

function fromBase64(text: string): Uint8Array {
	return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

/** `TextEncoder` is not everywhere. */
export function utf8(text: string): Uint8Array<ArrayBuffer> {
	if (typeof TextEncoder === "function") return new TextEncoder().encode(text);
	const escaped = encodeURIComponent(text).replace(/%(..)/g, (_, hex) =>
		String.fromCharCode(Number.parseInt(hex, 16)),
	);
	return Uint8Array.from(escaped, (character) => character.charCodeAt(0));
}
