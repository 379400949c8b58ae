// Runs in Node: what verifying a signed text of 1 KB costs (EIP-191, as personal_sign makes it).
import { verifyMessage as verifyByEthers } from "ethers";
import { verifyMessage as verifyByViem } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { measure } from "./measure.mjs";

const { entry, settings } = JSON.parse(process.argv[2]);
const { safeVerifySignedMessage } = await import(entry);

/** Each says whether the account has signed the text. */
const subjects = [
	{
		name: "wallet-callback",
		verify: (signed) => safeVerifySignedMessage({ scheme: "eip191", ...signed }).ok,
	},
	{ name: "viem", verify: (signed) => verifyByViem(signed) },
	{
		name: "ethers",
		verify: ({ message, signature, address }) => verifyByEthers(message, signature) === address,
	},
];

/** Of several accounts, so that nothing can be answered from a cache. */
const texts = await Promise.all(Array.from({ length: 16 }, signedText));

const rows = [];
for (const { name, verify } of subjects) {
	const [genuine] = texts;
	if ((await verify(genuine)) !== true) throw new Error(`${name} refused a genuine signature`);
	if (await verify({ ...genuine, message: `${genuine.message} ` })) {
		throw new Error(`${name} accepted a changed text`);
	}
	rows.push({ name, batch: batchOf(name, verify) });
}
const figures = await measure(rows, settings);
process.stdout.write(JSON.stringify({ figures }));

async function signedText(_, index) {
	const account = privateKeyToAccount(`0x${String(index + 1).padStart(64, "0")}`);
	const message = `Sign in as ${account.address}: `.padEnd(1024, "invoice 2026-0042, ");
	return { message, address: account.address, signature: await account.signMessage({ message }) };
}

/** What gives no promise is not awaited, which would cost it time. */
function batchOf(name, verify) {
	const textOf = (call) => texts[call % texts.length];
	const refused = () => new Error(`${name} refused a genuine signature`);
	if (!(verify(texts[0]) instanceof Promise)) {
		return (calls) => {
			const start = performance.now();
			for (let call = 0; call < calls; call++) {
				if (!verify(textOf(call))) throw refused();
			}
			return performance.now() - start;
		};
	}
	return async (calls) => {
		const start = performance.now();
		for (let call = 0; call < calls; call++) {
			if (!(await verify(textOf(call)))) throw refused();
		}
		return performance.now() - start;
	};
}
