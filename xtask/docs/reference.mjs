// Writes the reference into docs/reference, from the comments in pkg-template/src: node reference.mjs entry...
// Fails if a public symbol has no comment, or a comment does not say what it has to.
import { register } from "node:module";
import { join } from "node:path";

const root = join(import.meta.dirname, "..", "..");

// TypeDoc reads sources with the compiler's JavaScript API, which the current compiler does not have.
register(
	`data:text/javascript,${encodeURIComponent(`
	export const resolve = (name, context, next) =>
		next(name.replace(/^typescript(?=$|[/])/, "typescript-5"), context);
`)}`,
	import.meta.url,
);
const { Application, Converter, ReflectionKind } = await import("typedoc");

/** Numbers that say in their name or their sentence what they count. */
const UNIT = /(Seconds|Ms|Bytes)$/;
const UNIT_IN_WORDS = /second|byte|number|how (many|often)|at most \d|bits?\b|places|port|chain/i;

const { CallSignature, Class, Interface, TypeAlias, Variable } = ReflectionKind;
const DECLARATIONS = Class | Interface | TypeAlias | Variable;

/** Functions that throw nothing: what the network sends is no error of theirs. */
const SAFE = /^(safe[A-Z]|senders$)/;

const source = join(root, "pkg-template", "src");
// What several entries export is described with the first of them.
const entries = new Set(["index", "receiver", ...process.argv.slice(2)]);
const app = await Application.bootstrapWithPlugins({
	plugin: ["typedoc-plugin-markdown"],
	entryPoints: [...entries].map((entry) => join(source, `${entry}.ts`)),
	sortEntryPoints: false,
	tsconfig: join(root, "pkg-template", "tsconfig.json"),
	basePath: source,
	out: join(root, "docs", "reference"),
	name: "Reference",
	readme: "none",
	disableSources: true,
	preservedTypeAnnotationTags: ["@throws"],
	excludeInternal: true,
	excludePrivate: true,
	excludeExternals: true,
	treatWarningsAsErrors: true,
	// What has to be said, `flaws` says: a client's shape, which is not ours, needs no sentence for each method.
	validation: { notExported: false, invalidLink: true, notDocumented: false },
	logLevel: "Warn",
	router: "module",
	entryFileName: "index",
	hideBreadcrumbs: true,
	hidePageHeader: true,
	parametersFormat: "table",
	interfacePropertiesFormat: "table",
	typeDeclarationFormat: "table",
	useCodeBlocks: true,
	useHTMLAnchors: true,
});
app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
	for (const module of project.children ?? []) {
		const name = module.name.replace(/^adapters\//, "");
		module.name = name === "index" ? "wallet-callback" : `wallet-callback/${name}`;
	}
	// What is thrown is named before it is said when.
	for (const { comment } of Object.values(project.reflections)) {
		for (const { tag, typeAnnotation, content } of comment?.blockTags ?? []) {
			if (tag !== "@throws" || typeAnnotation === undefined) continue;
			const name = typeAnnotation.replace(/^\{|\}$/g, "");
			content.unshift({ kind: "code", text: `\`${name}\`` }, { kind: "text", text: " " });
		}
	}
});

const project = await app.convert();
if (project === undefined) process.exit(1);
app.validate(project);
for (const flaw of flaws(project)) app.logger.error(flaw);
if (app.logger.hasErrors() || app.logger.hasWarnings()) process.exit(1);
await app.generateOutputs(project);
if (app.logger.hasErrors() || app.logger.hasWarnings()) process.exit(1);

/**
 * What a comment lacks: the sentence of what is exported or of an option, the unit of a number, what a
 * function throws.
 *
 * @param {import("typedoc").ProjectReflection} project
 */
function* flaws(project) {
	for (const reflection of Object.values(project.reflections)) {
		const name = reflection.getFriendlyFullName();
		const { parent, comment } = reflection;
		const sentence = comment?.summary.map(({ text }) => text).join("") ?? "";
		if (reflection.kindOf(CallSignature) && parent?.kindOf(ReflectionKind.Function)) {
			if (sentence === "") yield `${name} has no sentence`;
			if (!SAFE.test(reflection.name) && !comment?.getTag("@throws")) {
				yield `${name} does not say what it throws`;
			}
		}
		if (reflection.kindOf(DECLARATIONS) && sentence === "") yield `${name} has no sentence`;
		if (reflection.kindOf(ReflectionKind.Property) && /(Options|Input)$/.test(parent?.name ?? "")) {
			if (sentence === "") yield `${name} has no sentence`;
			const { type } = /** @type {import("typedoc").DeclarationReflection} */ (reflection);
			const isNumber = /\bnumber\b/.test(type?.toString() ?? "");
			if (isNumber && !UNIT.test(reflection.name) && !UNIT_IN_WORDS.test(sentence)) {
				yield `${name} has no unit`;
			}
		}
	}
}
