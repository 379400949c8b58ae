/** What is done with the pages once they are built. */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, posix } from "node:path";
import { pages, textOf, titleOf } from "./pages.ts";

/** Lets a page run its own scripts and ask its own origin only. */
export function addPolicy(html: string): string {
	const hashes = [...html.matchAll(/<script(?![^>]*\bsrc=)[^>]*>(.*?)<\/script>/gs)].map(
		([, script = ""]) => `'sha256-${createHash("sha256").update(script).digest("base64")}'`,
	);
	const policy = [
		"default-src 'self'",
		`script-src 'self' ${[...new Set(hashes)].join(" ")}`,
		// Code is coloured by attributes, and icons are data.
		"style-src 'self' 'unsafe-inline'",
		"img-src 'self' data:",
	].join("; ");
	const meta = `<meta http-equiv="Content-Security-Policy" content="${policy}">`;
	return html.replace('<meta charset="utf-8">', `$&\n    ${meta}`);
}

/** Lets the switch of languages lead to the Chinese start page from a page without a translation. */
export function leadToTranslations(html: string, base: string): string {
	const translated = new Set(pages());
	return html.replaceAll(/href="([^"]*\/zh\/[^"#]*)"/g, (link, path: string) => {
		const page = path
			.slice(base.length)
			.replace(/\.html$|$/, "")
			.replace(/\/$/, "/index");
		return translated.has(`${page}.md`) ? link : `href="${base}zh/"`;
	});
}

/** Fails if a link of the built pages leads to a page or a heading that is not there. */
export function checkLinks(site: string, base: string): void {
	const files = readdirSync(site, { recursive: true, encoding: "utf8" })
		.map((name) => name.replaceAll("\\", "/"))
		.filter((name) => name.endsWith(".html"));
	const texts = new Map(files.map((name) => [name, readFileSync(join(site, name), "utf8")]));
	const ids = new Map(
		[...texts].map(([name, html]) => [
			name,
			new Set([...html.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id)),
		]),
	);
	const dead = new Set<string>();
	for (const [name, html] of texts) {
		for (const [, href = ""] of html.matchAll(/<a\s[^>]*?href="([^"]*)"/g)) {
			if (/^[a-z]+:/.test(href)) continue;
			const { pathname, hash } = new URL(href, `http://site${base}${name}`);
			const path = decodeURI(pathname).slice(base.length);
			const file = path === "" || path.endsWith("/") ? posix.join(path, "index.html") : path;
			// It is put beside the pages after they are built.
			if (file.startsWith("playground/")) continue;
			const known = ids.get(file);
			const anchor = decodeURIComponent(hash.slice(1));
			const leads =
				known === undefined ? existsSync(join(site, file)) : anchor === "" || known.has(anchor);
			if (!leads) dead.add(`${name}: ${href}`);
		}
	}
	if (dead.size > 0) throw new Error(`dead links:\n${[...dead].join("\n")}`);
}

/** Writes the pages for language models: a list of them, and all of their text. */
export function writeLlms(site: string): void {
	const english = pages().filter((page) => !/^(zh|project|reference)\//.test(page));
	const first = (page: string) =>
		textOf(page)
			.split(/\n{2,}/)
			.find((block) => !/^([#<|!>[]|```|- )/.test(block))
			?.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
			.replaceAll(/\s+/g, " ") ?? "";
	const list = english
		.filter((page) => page !== "index.md")
		.map((page) => `- [${titleOf(page)}](${page.replace(/md$/, "html")}): ${first(page)}`);
	const index = `# wallet-callback\n\n> ${first("index.md")}\n\n## Pages\n\n${list.join("\n")}\n`;
	writeFileSync(join(site, "llms.txt"), index);
	const all = english.map((page) => `<!-- ${page} -->\n\n${textOf(page).trim()}\n`);
	writeFileSync(join(site, "llms-full.txt"), all.join("\n"));
}
