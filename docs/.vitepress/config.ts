/** The site: `cargo xtask docs` builds it into target/site. */
import { join } from "node:path";
import type { DefaultTheme, UserConfig } from "vitepress";
import { addPolicy, checkLinks, leadToTranslations, writeLlms } from "./finish.ts";
import { forSearch, rewriteLinks, slugify } from "./markdown.ts";
import { pages, ROOT, sidebar } from "./pages.ts";

const CHINESE_SEARCH = {
	button: { buttonText: "搜索", buttonAriaLabel: "搜索" },
	modal: {
		displayDetails: "显示详细列表",
		resetButtonTitle: "清除",
		backButtonTitle: "关闭",
		noResultsText: "没有找到",
		footer: { selectText: "选择", navigateText: "切换", closeText: "关闭" },
	},
};

/** What the theme is told: for the switch of languages, which pages have a translation. */
type ThemeConfig = DefaultTheme.Config & { translated?: string[] };

const config: UserConfig<ThemeConfig> = {
	title: "wallet-callback",
	description: "Verify webhooks and callbacks of wallets and payment platforms",
	outDir: join(ROOT, "target/site"),
	cacheDir: join(ROOT, "target/vitepress"),
	head: [["link", { rel: "icon", href: "/playground/icon.svg", type: "image/svg+xml" }]],
	markdown: {
		anchor: { slugify },
		config: rewriteLinks,
	},
	locales: {
		root: {
			label: "English",
			lang: "en",
			themeConfig: {
				nav: [{ text: "Playground", link: "/playground/", target: "_self" }],
				sidebar: sidebar("en"),
			},
		},
		zh: {
			label: "简体中文",
			lang: "zh-CN",
			link: "/zh/",
			themeConfig: {
				nav: [{ text: "试验台", link: "/playground/", target: "_self" }],
				sidebar: sidebar("zh"),
				outline: { label: "本页目录" },
				docFooter: { prev: "上一页", next: "下一页" },
				darkModeSwitchLabel: "外观",
				lightModeSwitchTitle: "切换到浅色",
				darkModeSwitchTitle: "切换到深色",
				sidebarMenuLabel: "菜单",
				returnToTopLabel: "回到顶部",
				langMenuLabel: "切换语言",
			},
		},
	},
	themeConfig: {
		outline: [2, 3],
		translated: pages().filter((page) => page.startsWith("zh/")),
		search: {
			provider: "local",
			options: {
				locales: { zh: { translations: CHINESE_SEARCH } },
				_render: (source, env, md) => forSearch(md.render(source, env)),
			},
		},
	},
	transformHtml: (html, _file, { siteData }) => addPolicy(leadToTranslations(html, siteData.base)),
	buildEnd({ outDir, site: { base } }) {
		checkLinks(outDir, base);
		writeLlms(outDir);
	},
};

export default config;
