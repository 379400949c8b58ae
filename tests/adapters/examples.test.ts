/** Every example is started with its framework's real package and called over HTTP. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import { packageFile } from "../readme/programs.ts";
import { converse } from "./callbacks.ts";
import { prepareProject, run, serve } from "./programs.ts";

const NODE = process.execPath;
/** Where applications are built, the secret is not to be had. */
const BUILD = { WALLET_CALLBACK_SECRET: undefined };
let project: string;

before(() => {
	project = prepareProject("examples");
});

for (const name of ["node", "express5", "express4", "fastify", "hono"]) {
	test(name, () => serve([NODE, `${name}.js`], project, converse));
}

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
	["nestjs, in a controller", "main.ts"],
	["nestjs, as a middleware", "middleware.ts"],
] as const) {
	test(title, () => serve([NODE, "--import", "tsx", file], `${project}/nestjs`, converse));
}

test("next", async () => {
	const next = [NODE, packageFile("next", "dist/bin/next")];
	const folder = `${project}/next`;
	await run([...next, "build"], folder, BUILD);
	await serve([...next, "start"], folder, converse);
});

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
declare module "express" { const express: any; export default express; }
`,
	);
	await run([NODE, packageFile("typescript", "bin/tsc"), "--project", config], project);
});
