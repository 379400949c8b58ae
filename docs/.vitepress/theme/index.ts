/** The default theme, with a switch of languages that leads to a page that is there. */
import type { Theme } from "vitepress";
import DefaultTheme from "vitepress/theme";

export default {
	extends: DefaultTheme,
	enhanceApp({ router, siteData }) {
		router.onBeforeRouteChange = (to) => {
			const path = to.replace(siteData.value.base, "").replace(/[?#].*$/, "");
			if (!path.startsWith("zh/")) return;
			const page = `${path.replace(/\.html$/, "").replace(/\/$/, "/index")}.md`;
			if (siteData.value.themeConfig.translated.includes(page)) return;
			router.go(`${siteData.value.base}zh/`);
			return false;
		};
	},
} satisfies Theme;
