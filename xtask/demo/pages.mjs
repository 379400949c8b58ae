// The page of the sign-in at /tokenpocket: without scripts, and without anything from elsewhere.
import { createHash } from "node:crypto";
import { readLink } from "./wallet.mjs";

const style = `
	body { font: 1rem/1.5 system-ui, sans-serif; max-width: 44rem; margin: 0 auto; padding: 1rem; }
	label, input, textarea, button { display: block; width: 100%; box-sizing: border-box; font: inherit; }
	input, textarea, pre { font-family: ui-monospace, monospace; font-size: .85rem; }
	input, button { padding: .6rem; }
	textarea { height: 16rem; }
	button { margin: .5rem 0 1.5rem; }
	pre { white-space: pre-wrap; overflow-wrap: anywhere; border: 1px solid; padding: .6rem; }
	a { overflow-wrap: anywhere; }
	.yes { border-color: green; }
	.no { border-color: firebrick; }
`;
const hash = createHash("sha256").update(style).digest("base64");

export const headers = {
	"content-type": "text/html; charset=utf-8",
	"content-security-policy": `default-src 'none'; style-src 'sha256-${hash}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
	"cache-control": "no-store",
	"referrer-policy": "no-referrer",
	"x-content-type-options": "nosniff",
};

/** Asks for the address. `problem` says what is wrong with the one before. */
export function askAddress(address = "", problem = "") {
	const wrong = problem && `<pre class="no">${quote(problem)}</pre>`;
	return page(`
<p>A server asks the wallet to sign a message of its own, and believes nothing else that is posted to it.</p>
<form method="post" action="/tokenpocket">
<label>An address on Ethereum <input name="address" value="${quote(address)}" required></label>
<button>Make the link</button>
</form>${wrong}`);
}

/**
 * Shows the link, and takes what the wallet posts.
 *
 * @param {{ uri: string, actionId: string, address: string, callback?: string, verdict?: { ok: boolean, authenticated?: boolean } }} request
 */
export function askCallback({ uri, actionId, address, callback, verdict }) {
	const { message = "" } = readLink(uri);
	const said = {
		ref: "TokenPocket",
		action: "sign",
		actionId,
		wallet: address,
		sign: "0x…",
		result: 1,
	};
	const shown = callback ?? JSON.stringify(said, null, 2);
	const colour = verdict?.ok && verdict.authenticated ? "yes" : "no";
	const judged =
		verdict &&
		`<h2>The verdict</h2>
<pre class="${colour}">${quote(JSON.stringify(verdict, null, 2))}</pre>`;
	return page(`
<h2>The link</h2>
<p><a href="${quote(uri)}">${quote(uri)}</a></p>
<h2>What the wallet shows and signs</h2>
<pre>${quote(message)}</pre>
<h2>What the wallet posts</h2>
<p>Sign the message with any wallet (personal_sign) and put the signature into <code>sign</code>; or see
what becomes of anything else.</p>
<form method="post" action="/tokenpocket/verdict">
<input type="hidden" name="actionId" value="${quote(actionId)}">
<label>The callback <textarea name="callback" spellcheck="false">
${quote(shown)}</textarea></label>
<button>Judge it</button>
</form>${judged ?? ""}
<p><a href="/tokenpocket">Begin again</a></p>`);
}

/** @param {string} content */
function page(content) {
	return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sign in with TokenPocket</title>
<style>${style}</style>
<h1>Sign in with TokenPocket</h1>${content}
</html>
`;
}

/** @param {string} text */
function quote(text) {
	return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
