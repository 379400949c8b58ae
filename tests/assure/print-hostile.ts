/** Makes hostile calls and prints what came of them: `node --expose-gc --import tsx print-hostile.ts CALLS`. */
import process from "node:process";
import { attack } from "./hostile.ts";

const start = performance.now();
const { calls, outcomes, instances, memory, heap } = await attack(Number(process.argv[2] ?? 5e6));
const seconds = (performance.now() - start) / 1000;
const megabytes = (bytes: number) => `${(bytes / 1024 / 1024).toFixed(1)} MB`;
console.log(`${calls} calls in ${seconds.toFixed(0)} s`);
for (const [outcome, count] of Object.entries(outcomes)) console.log(`  ${outcome}: ${count}`);
console.log(`instances that had to be replaced: ${instances}`);
console.log(`memory of the modules: ${memory.map(megabytes).join(" after a tenth, at the end ")}`);
console.log(`heap of JavaScript: ${heap.map(megabytes).join(" after a tenth, at the end ")}`);
process.exitCode = instances === 0 && memory[1] < 1.5 * memory[0] ? 0 : 1;
