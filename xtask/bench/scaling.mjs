// Runs in Node: how the time of a 1 KB callback grows with the number of keys and CIDRs.
import { createBatch } from "./batch.mjs";
import { secret } from "./callbacks.mjs";
import { measure } from "./measure.mjs";

const { entry, settings } = JSON.parse(process.argv[2]);
const { createVerifier } = await import(entry);

const keys = await series([1, 2, 4, 8, 16], (count) => ({
	keys: [...Array.from({ length: count - 1 }, otherSecret), secret],
}));
const cidrs = await series([0, 1, 10, 100, 1000], (count) => ({
	keys: secret,
	...(count > 0 && {
		allowedIps: [...Array.from({ length: count - 1 }, otherCidr), "203.0.113.0/24"],
	}),
}));
process.stdout.write(JSON.stringify({ keys, cidrs }));

/** Figures by count; what matches always comes last, so that all of the list is gone through. */
async function series(counts, optionsFor) {
	const rows = [];
	for (const count of counts) {
		const verifier = createVerifier(optionsFor(count));
		const verify = ({ headers, body }) => {
			const result = verifier.safeVerify({ headers, body, ip: "203.0.113.7" });
			return result.ok ? result.event : undefined;
		};
		const subject = { name: "wallet-callback", format: "standard", verify };
		rows.push({ count, batch: await createBatch(subject, 1024) });
	}
	return measure(rows, settings);
}

function otherSecret(_, index) {
	return `whsec_${btoa(`another-endpoints-secret-${index}`.padEnd(32, "x"))}`;
}

function otherCidr(_, index) {
	return `10.${index >> 8}.${index & 255}.0/24`;
}
