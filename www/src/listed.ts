/** The senders in the order in which the page lists them. */
import { type SenderInfo, type SenderName, senders } from "wallet-callback/slim";

/** Those that most readers come for. */
const FIRST: readonly SenderName[] = ["stripe", "tp-wallet"];

export function listedSenders(): SenderInfo[] {
	const rank = ({ name }: SenderInfo) =>
		(FIRST.indexOf(name) + FIRST.length + 1) % (FIRST.length + 1);
	return senders().sort((one, other) => rank(one) - rank(other));
}
