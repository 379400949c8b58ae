/** What editors know of a file: by TypeScript 5's language service, and by the server of TypeScript 7. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import ts from "typescript-5";

/** A mistake, and the text at which it is shown. */
export interface Shown {
	/** From 0. */
	readonly line: number;
	readonly at: string;
	readonly message: string;
}

/** Asks about one file. Offsets are in UTF-16 code units. */
export interface Editor {
	completions(offset: number): Promise<readonly string[]>;
	/** What is shown of the member whose name stands at an offset, when the mouse is over it. */
	hover(offset: number): Promise<string>;
	mistakes(): Promise<readonly Shown[]>;
	close(): void;
}

const OPTIONS = {
	target: "es2022",
	lib: ["es2023", "dom"],
	types: [],
	strict: true,
	exactOptionalPropertyTypes: true,
	skipLibCheck: true,
	noEmit: true,
};

export function typescript5(file: string): Editor {
	const text = readFileSync(file, "utf8");
	const options: ts.CompilerOptions = {
		...OPTIONS,
		target: ts.ScriptTarget.ES2022,
		lib: ["lib.es2023.d.ts", "lib.dom.d.ts"],
		module: ts.ModuleKind.NodeNext,
	};
	const { fileExists, readFile, readDirectory, directoryExists, getDirectories } = ts.sys;
	const service = ts.createLanguageService({
		...{ fileExists, readFile, readDirectory, directoryExists, getDirectories },
		getScriptFileNames: () => [file],
		getScriptVersion: () => "1",
		getScriptSnapshot: (name) => {
			const content = readFile(name);
			return content === undefined ? undefined : ts.ScriptSnapshot.fromString(content);
		},
		getCompilationSettings: () => options,
		getDefaultLibFileName: ts.getDefaultLibFilePath,
		getCurrentDirectory: () => dirname(file),
		useCaseSensitiveFileNames: () => true,
	});
	return {
		async completions(offset) {
			const found = service.getCompletionsAtPosition(file, offset, {});
			return found?.entries.map(({ name }) => name) ?? [];
		},
		async hover(offset) {
			return ts.displayPartsToString(service.getQuickInfoAtPosition(file, offset)?.documentation);
		},
		async mistakes() {
			return service.getSemanticDiagnostics(file).map(({ start = 0, length = 0, messageText }) => ({
				line: text.slice(0, start).split("\n").length - 1,
				at: text.slice(start, start + length),
				message: ts.flattenDiagnosticMessageText(messageText, "\n"),
			}));
		},
		close: () => service.dispose(),
	};
}

interface Message {
	readonly id?: number;
	readonly method?: string;
	readonly params?: { readonly items?: readonly unknown[] };
	// biome-ignore lint/suspicious/noExplicitAny: as the protocol has it
	readonly result?: any;
	readonly error?: { readonly message: string };
}

/** The Language Server Protocol over standard input and output. */
class Connection {
	readonly #process: ChildProcess;
	readonly #waiting = new Map<number, (message: Message) => void>();
	#received = Buffer.alloc(0);
	#last = 0;

	constructor(command: string, args: readonly string[], cwd: string) {
		this.#process = spawn(command, args, { cwd, stdio: ["pipe", "pipe", "inherit"] });
		this.#process.stdout?.on("data", (chunk: Buffer) => {
			this.#received = Buffer.concat([this.#received, chunk]);
			for (let message = this.#next(); message; message = this.#next()) this.#take(message);
		});
	}

	#next(): Message | undefined {
		const end = this.#received.indexOf("\r\n\r\n");
		const length = Number(/Content-Length: (\d+)/i.exec(this.#received.toString("latin1"))?.[1]);
		if (end < 0 || !(this.#received.length >= end + 4 + length)) return undefined;
		const body = this.#received.subarray(end + 4, end + 4 + length);
		this.#received = this.#received.subarray(end + 4 + length);
		return JSON.parse(body.toString());
	}

	#take({ id, method, params, ...rest }: Message): void {
		if (id === undefined) return;
		if (method === undefined) this.#waiting.get(id)?.({ ...rest });
		else this.#write({ id, result: params?.items?.map(() => null) ?? null });
	}

	#write(message: object): void {
		const text = JSON.stringify({ jsonrpc: "2.0", ...message });
		this.#process.stdin?.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
	}

	notify(method: string, params: object): void {
		this.#write({ method, params });
	}

	async ask(method: string, params: object): Promise<Message["result"]> {
		this.#last += 1;
		const id = this.#last;
		const answer = new Promise<Message>((resolve) => this.#waiting.set(id, resolve));
		this.#write({ id, method, params });
		const { result, error } = await answer;
		assert.equal(error, undefined, method);
		return result;
	}

	end(): void {
		this.#process.kill();
	}
}

export async function typescript7(file: string): Promise<Editor> {
	const text = readFileSync(file, "utf8");
	const folder = dirname(file);
	const compilerOptions = { ...OPTIONS, module: "nodenext" };
	writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: [file] }));
	const compiler = createRequire(import.meta.url).resolve("typescript/package.json");
	const tsc = join(dirname(compiler), "bin/tsc");
	const server = new Connection(process.execPath, [tsc, "--lsp", "--stdio"], folder);
	const hover = { contentFormat: ["plaintext"] };
	const capabilities = { textDocument: { completion: {}, diagnostic: {}, hover } };
	const rootUri = pathToFileURL(folder).href;
	await server.ask("initialize", { processId: process.pid, rootUri, capabilities });
	server.notify("initialized", {});
	const uri = pathToFileURL(file).href;
	const document = { uri, languageId: "typescript", version: 1, text };
	server.notify("textDocument/didOpen", { textDocument: document });
	const toPosition = (offset: number) => {
		const lines = text.slice(0, offset).split("\n");
		return { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 };
	};
	const lines = text.split("\n");
	type Position = ReturnType<typeof toPosition>;
	const toOffset = ({ line, character }: Position) =>
		lines.slice(0, line).reduce((sum, { length }) => sum + length + 1, character);
	type Item = { readonly label: string };
	const itemsAt = async (offset: number): Promise<readonly Item[]> => {
		const at = { textDocument: { uri }, position: toPosition(offset) };
		const found = await server.ask("textDocument/completion", {
			...at,
			context: { triggerKind: 1 },
		});
		return found?.items ?? found ?? [];
	};
	const nameOf = ({ label }: Item) => label.replace(/\?$/, "");
	return {
		completions: async (offset) => (await itemsAt(offset)).map(nameOf),
		async hover(offset) {
			const at = { textDocument: { uri }, position: toPosition(offset) };
			return (await server.ask("textDocument/hover", at))?.contents.value ?? "";
		},
		async mistakes() {
			const { items } = await server.ask("textDocument/diagnostic", { textDocument: { uri } });
			type Item = {
				readonly range: { readonly start: Position; readonly end: Position };
				readonly severity: number;
				readonly message: string;
			};
			// The others are hints.
			const errors = (items as readonly Item[]).filter(({ severity }) => severity === 1);
			return errors.map(({ range, message }) => ({
				line: range.start.line,
				at: text.slice(toOffset(range.start), toOffset(range.end)),
				message,
			}));
		},
		close: () => server.end(),
	};
}
