/** The corpus: every case that is plain data, built the same way each time, and behind these random ones. */
import { bodies } from "./cases/bodies.ts";
import { freshness } from "./cases/freshness.ts";
import { headers } from "./cases/headers.ts";
import { keys } from "./cases/keys.ts";
import { origin } from "./cases/origin.ts";
import { peers } from "./cases/peers.ts";
import { published } from "./cases/published.ts";
import { randomCases } from "./cases/random.ts";
import { signatures } from "./cases/signatures.ts";
import { signing } from "./cases/signing.ts";
import type { Corpus } from "./model.ts";

export function buildCorpus(random = 10_000): Corpus {
	return {
		cases: [
			...published,
			...peers,
			...headers,
			...signatures,
			...freshness,
			...origin,
			...bodies,
			...keys,
			...signing,
			...randomCases(random),
		],
	};
}
