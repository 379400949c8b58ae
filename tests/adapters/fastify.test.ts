/** The plugin keeps to its own route. */
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { converse } from "./callbacks.ts";
import { prepareProject, serve } from "./programs.ts";

let project: string;

before(() => {
	project = prepareProject("fastify");
});

for (const version of ["fastify", "fastify4"]) {
	test(version, () =>
		serve(
			[process.execPath, "fixtures/fastify-app.js"],
			project,
			async (server) => {
				await converse(server);
				assert.match(server.output(), /^preHandler \/callback$/m);

				const echo = async (type: string, body: string) => {
					const headers = { "content-type": type };
					const response = await fetch(`${server.url}/echo`, { method: "POST", headers, body });
					return response.json();
				};
				assert.deepEqual(await echo("application/json", '{"a":1}'), { body: { a: 1 } });
				assert.deepEqual(await echo("text/plain", "x"), { body: "parsed by the app" });
				assert.deepEqual(await echo("image/png", "x"), { body: "taken by the app" });
				const tooLarge = await echo("application/json", `{"a":"${"x".repeat(2_000)}"}`);
				assert.equal(tooLarge.statusCode, 413);
			},
			{ FASTIFY: version },
		),
	);
}
