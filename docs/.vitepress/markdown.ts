/** Markdown as GitHub reads it: its anchors, and links that lead out of docs/. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import type { MarkdownOptions } from "vitepress";
import { DOCS, inRepository, onSite } from "./pages.ts";

type MarkdownIt = Parameters<NonNullable<MarkdownOptions["config"]>>[0];
type Token = ReturnType<MarkdownIt["parse"]>[number];

/** The anchor that GitHub gives a heading. */
export function slugify(heading: string): string {
	return heading
		.trim()
		.toLowerCase()
		.replace(/[^\p{L}\p{N}\s_-]/gu, "")
		.replaceAll(" ", "-");
}

/** Rewrites links and pictures for the site. */
export function rewriteLinks(md: MarkdownIt): void {
	md.core.ruler.after("inline", "links-of-the-repository", ({ tokens, env }) => {
		for (const token of tokens) {
			if (token.children) rewrite(token.children, env.relativePath);
			if (token.type === "html_block") rewriteHtml(token, env.relativePath);
		}
	});
}

const isExternal = (target: string) => /^[a-z]+:/.test(target);

function rewrite(tokens: Token[], page: string): void {
	let plain = false;
	for (const token of tokens) {
		if (token.type === "link_open") {
			const href = token.attrGet("href") ?? "";
			if (isExternal(href) || href.startsWith("/")) continue;
			const target = onSite(page, href);
			plain = target === undefined;
			if (target !== undefined) token.attrSet("href", target);
		}
		// What only the repository has is named, and leads nowhere here.
		if (plain && token.type.startsWith("link_")) {
			plain = token.type === "link_open";
			Object.assign(token, { type: "text", tag: "", nesting: 0, content: "" });
		}
		if (token.type === "image") {
			const src = token.attrGet("src") ?? "";
			// A page of the site asks nobody else for anything, badges neither.
			if (isExternal(src)) Object.assign(token, { type: "text", content: "", children: null });
			else token.attrSet("src", inRepository(page, src));
		}
	}
}

/** Pictures for light and for dark pages are written in HTML. One that is missing is left out, and named. */
function rewriteHtml(token: Token, page: string): void {
	token.content = token.content.replace(
		/\b(src|srcset)="(?![a-z]+:|\/)([^"\s]+)"/g,
		(attribute, name, path) => {
			const file = inRepository(page, path);
			if (existsSync(join(DOCS, dirname(page), file))) return `${name}="./${file}"`;
			console.warn(`docs/${page}: missing picture ${attribute}`);
			return "";
		},
	);
}

/**
 * A page's HTML for the search, which splits text at spaces, and finds words by how they begin. Chinese
 * has no spaces: what begins at each character is put beside the text, and outside of the headings that
 * the search shows.
 */
export function forSearch(html: string): string {
	return html
		.split(/(<h[1-6]\b.*?<\/h[1-6]>)/s)
		.map((part) => `${part}<p>${beginnings(part.replace(/<[^>]*>/g, " "))}</p>`)
		.join("");
}

/** As long as what a reader types. */
const LONGEST = 6;

function beginnings(text: string): string {
	const found = new Set<string>();
	for (const [run] of text.matchAll(/\p{Script=Han}+/gu)) {
		for (let start = 0; start < run.length; start += 1)
			found.add(run.slice(start, start + LONGEST));
	}
	return [...found].join(" ");
}
