/** Express's body parsers before the receiver: each leaves the body in another shape, or none. */
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { compressed, credits, deposit, post, printed, signed } from "./callbacks.ts";
import { prepareProject, type Server, serve } from "./programs.ts";

let project: string;

before(() => {
	project = prepareProject("express");
});

for (const version of ["express", "express4"]) {
	const withServer = (use: (server: Server) => Promise<void>) =>
		serve([process.execPath, "fixtures/express-parsers.js"], project, use, { EXPRESS: version });

	test(`${version}: parsers that leave the bytes`, () =>
		withServer(async (server) => {
			for (const parser of ["none", "raw", "text", "verify", "urlencoded"]) {
				const url = `${server.url}/${parser}`;
				const emoji = signed(deposit(`dep_${parser}`, { "data.memo": "💸", "data.note": "  " }));
				assert.deepEqual(await post(url, emoji), [200, { code: 0 }], parser);
				assert.deepEqual(await post(url, emoji), [200, { code: 0, duplicate: true }], parser);
				const packed = compressed(signed(deposit(`dep_${parser}_gzip`)));
				assert.deepEqual(await post(url, packed), [200, { code: 0 }], `${parser} of gzip`);
				const forged = { ...signed(deposit("dep_1")), body: deposit("dep_forged") };
				assert.equal((await post(url, forged))[0], 401, parser);
				const large = signed(deposit("dep_large", { "data.filling": "x".repeat(1_100_000) }));
				assert.equal((await post(url, large))[0], 413, parser);
				const empty = await post(url, { ...signed(""), body: "" });
				assert.ok(empty[0] === 400 || empty[0] === 422, `${parser}: ${empty[0]} for nothing`);
				await printed(() => credits(server, `dep_${parser}`) > 0);
				assert.equal(credits(server, `dep_${parser}`), 1, parser);
			}
			assert.equal(credits(server, "dep_forged"), 0);
		}));

	test(`${version}: express.json() leaves nothing, and is told so`, () =>
		withServer(async (server) => {
			const started = performance.now();
			const answer = await post(`${server.url}/json`, signed(deposit("dep_parsed")));
			assert.deepEqual(answer, [500, { code: 500, error: "body_already_parsed" }]);
			assert.ok(performance.now() - started < 5_000, "it took its time");
			await printed(() =>
				server.output().includes("mount this route before app.use(express.json())"),
			);
			assert.equal(credits(server, "dep_parsed"), 0);
		}));
}
