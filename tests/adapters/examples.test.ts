/** Every example is started with its framework's real package and called over HTTP; that of Next.js in next.test.ts. */
import { readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { before, test } from "node:test";
import { packageFile } from "../readme/programs.ts";
import { converse, type Differences } from "./callbacks.ts";
import { prepareProject, run, serve } from "./programs.ts";

const NODE = process.execPath;
/** Where applications are built, the secret is not to be had. */
const BUILD = { WALLET_CALLBACK_SECRET: undefined };
let project: string;

before(() => {
	project = prepareProject("examples");
});

/** Of a route that is for POST alone, the framework itself refuses the rest. */
const ROUTES_POST: Differences = { otherMethods: 404 };

for (const [name, differences] of [
	["node", {}],
	["express", ROUTES_POST],
	["fastify", {}],
	["koa", ROUTES_POST],
	["hono", ROUTES_POST],
] as const) {
	test(name, () => serve([NODE, `${name}.js`], project, (server) => converse(server, differences)));
}

test("express 4", () => {
	const example = readFileSync(join(project, "express.js"), "utf8");
	writeFileSync(join(project, "express4.js"), example.replace('"express"', '"express4"'));
	return serve([NODE, "express4.js"], project, (server) => converse(server, ROUTES_POST));
});

test("deno", () => {
	const deno = packageFile("@deno/linux-x64-glibc", "deno");
	const options = ["--quiet", "--no-lock", "--no-remote", "--cached-only", "--allow-net"];
	const command = [deno, "run", ...options, "--node-modules-dir=manual", "--allow-env", "deno.js"];
	return serve(command, project, converse);
});

test("bun", () => {
	const bun = packageFile("@oven/bun-linux-x64", "bin/bun");
	return serve([bun, "run", "--no-install", "bun.js"], project, converse);
});

for (const [title, file] of [
	["nestjs", "nestjs/main.ts"],
	["nestjs, in a controller", "fixtures/nestjs/controller.ts"],
	["nestjs, as a middleware", "fixtures/nestjs/middleware.ts"],
] as const) {
	test(title, () => {
		const cwd = join(project, dirname(file));
		return serve([NODE, "--import", "tsx", basename(file)], cwd, converse);
	});
}

test("sveltekit", async () => {
	const folder = `${project}/sveltekit`;
	await run([NODE, packageFile("vite", "bin/vite.js"), "build"], folder, BUILD);
	// Its check of forms takes plain text for one.
	await serve([NODE, "build"], folder, (server) => converse(server, { plainText: 403 }));
});

test("the examples use the package as its types say", async () => {
	const compilerOptions = {
		target: "es2022",
		module: "nodenext",
		types: ["node"],
		allowJs: true,
		checkJs: true,
		strict: true,
		// JavaScript annotates nothing.
		noImplicitAny: false,
		experimentalDecorators: true,
		skipLibCheck: true,
		noEmit: true,
	};
	const files = ["*.js", "nestjs/*.ts", "next/app/**/*.js", "sveltekit/src/**/*.js", "*.d.ts"];
	const config = join(project, "tsconfig.examples.json");
	writeFileSync(config, JSON.stringify({ compilerOptions, include: files }));
	writeFileSync(
		join(project, "globals.d.ts"),
		`declare const Bun: any;
declare const Deno: any;
declare module "$env/dynamic/private" { export const env: Record<string, string | undefined>; }
declare module "express4" { export { default } from "express"; }
`,
	);
	await run([NODE, packageFile("typescript", "bin/tsc"), "--project", config], project);
});

test("the Worker is what Cloudflare's types say of one", async () => {
	const compilerOptions = {
		target: "es2022",
		module: "nodenext",
		types: ["@cloudflare/workers-types"],
		lib: ["es2023"],
		strict: true,
		skipLibCheck: true,
		noEmit: true,
	};
	const config = join(project, "workers/tsconfig.json");
	writeFileSync(config, JSON.stringify({ compilerOptions, include: ["*.ts"] }));
	writeFileSync(
		join(project, "workers/handlers.ts"),
		`import worker from "./worker.js";

interface Env {
	readonly CALLBACKS: DurableObjectNamespace;
	readonly WALLET_CALLBACK_SECRET: string;
}
export const handlers: ExportedHandler<Env> = worker;
`,
	);
	await run([NODE, packageFile("typescript", "bin/tsc"), "--project", config], project);
});
