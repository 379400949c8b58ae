// Runs in Node: how the time of a 1 KB callback grows with the number of keys, CIDRs, headers and verifiers.
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
const headers = await measure(await Promise.all([10, 100, 1000].map(amongHeaders)), settings);
const verifiers = await measure(await Promise.all([1, 100, 10_000].map(amongVerifiers)), settings);
process.stdout.write(JSON.stringify({ keys, cidrs, headers, verifiers }));

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

/** A callback among `count` headers that its sender has not signed. */
async function amongHeaders(count) {
	const verifier = createVerifier({ keys: secret });
	const others = Object.fromEntries(
		Array.from({ length: count }, (_, index) => [`x-header-${index}`, `value ${index}`]),
	);
	const prepare = ({ headers, body }) => ({ headers: { ...others, ...headers }, body });
	return { count, batch: await batchWith(prepare, () => verifier) };
}

/** Callbacks that verifiers which all live at once take in turn. */
async function amongVerifiers(count) {
	const all = Array.from({ length: count }, () => createVerifier({ keys: secret }));
	let next = 0;
	return {
		count,
		batch: await batchWith(
			(callback) => callback,
			() => all[next++ % count],
		),
	};
}

async function batchWith(prepare, nextVerifier) {
	const verify = (callback) => {
		const result = nextVerifier().safeVerify(callback);
		return result.ok ? result.event : undefined;
	};
	return createBatch({ name: "wallet-callback", format: "standard", prepare, verify }, 1024);
}

function otherSecret(_, index) {
	return `whsec_${btoa(`another-endpoints-secret-${index}`.padEnd(32, "x"))}`;
}

function otherCidr(_, index) {
	return `10.${index >> 8}.${index & 255}.0/24`;
}
