/** What the site has: the pages of docs/, their titles and their order. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import type { DefaultTheme } from "vitepress";

export const DOCS: string = join(import.meta.dirname, "..");
export const ROOT: string = join(DOCS, "..");

/** Documents of the repository that are pages of the site, by the page that includes each. */
export const INCLUDED: Readonly<Record<string, string>> = {
	"index.md": "README.md",
	"zh/index.md": "README.zh-CN.md",
	"project/changelog.md": "CHANGELOG.md",
	"project/contributing.md": "CONTRIBUTING.md",
	"project/conduct.md": "CODE_OF_CONDUCT.md",
	"project/security.md": "SECURITY.md",
};

/** The sidebar's groups. A name with a slash at its end stands for all pages of that folder. */
const GROUPS: readonly (readonly [en: string, zh: string, pages: readonly string[]])[] = [
	["Start", "开始", ["getting-started", "migrating"]],
	["Frameworks", "框架", ["frameworks/"]],
	[
		"Guide",
		"指南",
		[
			"verifier",
			"receiver",
			"keys",
			"payloads",
			"exactly-once",
			"dead-letters",
			"testing",
			"operations",
			"troubleshooting",
		],
	],
	["Senders", "发送方", ["senders", "custom-sender", "senders/"]],
	[
		"TP Wallet",
		"TP 钱包",
		[
			"events",
			"chains",
			"wallet-sign-in",
			"wallet-sign-in-hono",
			"wallet-sign-in-workers",
			"wallet-requests",
			"signed-messages",
		],
	],
	["Reference", "参考", ["cli", "check", "sandbox", "entry-points"]],
	["Types", "类型", ["reference/"]],
	[
		"Project",
		"项目",
		[
			"security",
			"assurance",
			"assurance/",
			"benchmarks",
			"how-it-is-tested",
			"architecture",
			"project/",
		],
	],
];

/** Paths under docs/, in every language. */
export function pages(): string[] {
	return readdirSync(DOCS, { recursive: true, encoding: "utf8" })
		.map((name) => name.replaceAll("\\", "/"))
		.filter((name) => name.endsWith(".md") && !name.startsWith("."))
		.sort();
}

/** What a page says, also if all of it is another document. */
export function textOf(page: string): string {
	const included = INCLUDED[page];
	return readFileSync(included === undefined ? join(DOCS, page) : join(ROOT, included), "utf8");
}

export function titleOf(page: string): string {
	const [, title] = /^# (.+)$/m.exec(textOf(page)) ?? [];
	if (title === undefined) throw new Error(`${page}: expected a heading`);
	return title.replace(/`|\\(?=[^\w\s])/g, "");
}

/** The sidebar of a language, whose pages are those under `prefix`. */
export function sidebar(language: "en" | "zh"): DefaultTheme.SidebarItem[] {
	const prefix = language === "zh" ? "zh/" : "";
	const left = new Set(
		pages()
			.filter((page) => page.startsWith("zh/") === (language === "zh"))
			.map((page) => page.slice(prefix.length, -".md".length))
			.filter((page) => page !== "index"),
	);
	const take = (wanted: string): string[] => {
		const found = [...left].filter((page) =>
			wanted.endsWith("/") ? page.startsWith(wanted) : page === wanted,
		);
		for (const page of found) left.delete(page);
		return found;
	};
	const item = (page: string) => ({
		text: titleOf(`${prefix}${page}.md`).replace(/^wallet-callback\//, ""),
		link: `/${prefix}${page}`,
	});
	const groups = GROUPS.map(([en, zh, names]) => ({
		text: { en, zh }[language],
		collapsed: false,
		items: names.flatMap(take).map(item),
	}));
	// A page that nobody has put into a group is found, too.
	groups.push({
		text: { en: "More", zh: "更多" }[language],
		collapsed: false,
		items: [...left].map(item),
	});
	return groups
		.filter(({ items }) => items.length > 0)
		.map((group) => ({ ...group, collapsed: group.items.length > 10 }));
}

/** The document of the repository from which a page's links lead. */
const sourceOf = (page: string) => INCLUDED[page] ?? `docs/${page}`;

/**
 * Where a relative link of a page leads on the site: `undefined` if the repository has the file and
 * the site has not.
 */
export function onSite(page: string, link: string): string | undefined {
	const [path = "", anchor] = link.split("#");
	if (path === "") return link;
	const target = posix.join(posix.dirname(sourceOf(page)), decodeURI(path));
	if (!existsSync(join(ROOT, target))) throw new Error(`${page}: dead link ${link}`);
	const including = Object.entries(INCLUDED).find(([, document]) => document === target)?.[0];
	const to = including ?? (target.startsWith("docs/") ? target.slice("docs/".length) : undefined);
	if (to === undefined || !to.endsWith(".md")) return undefined;
	return `/${to}${anchor === undefined ? "" : `#${anchor}`}`;
}

/** A relative link to a file of the repository, from the folder of a page. */
export function inRepository(page: string, link: string): string {
	const target = posix.join(posix.dirname(sourceOf(page)), link);
	return posix.relative(posix.dirname(posix.join("docs", page)), target);
}
