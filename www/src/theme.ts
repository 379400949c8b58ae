/** Sets the theme that was chosen, before anything is drawn. */
import { theme } from "./choices.ts";

const chosen = theme.get();
if (chosen !== undefined) document.documentElement.dataset.theme = chosen;
