import { provide } from "./core.js";
import { compileInline } from "./inline.js";

provide(compileInline);

export * from "./api.js";
