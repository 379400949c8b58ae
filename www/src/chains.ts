/** Names of what events speak of, which are the same in every language. */
import type { KnownChain } from "wallet-callback/slim";

const CHAINS: { readonly [Chain in KnownChain]: readonly [name: string, coin: string] } = {
	"bip122:000000000019d6689c085ae165831e93": ["Bitcoin", "BTC"],
	"eip155:1": ["Ethereum", "ETH"],
	"eip155:56": ["BNB Smart Chain", "BNB"],
	"eip155:137": ["Polygon", "POL"],
	"eip155:66": ["OKC", "OKT"],
	"tron:0x2b6653dc": ["TRON", "TRX"],
	"tron:728126428": ["TRON", "TRX"],
	"solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp": ["Solana", "SOL"],
	"aptos:1": ["Aptos", "APT"],
	"polkadot:91b171bb158e2d3848fa23a9f1c25182": ["Polkadot", "DOT"],
	"polkadot:b0a8d493285c2df73290dfb7e61f870f": ["Kusama", "KSM"],
	"antelope:aca376f206b8fc25a6ed44dbdc66547c": ["EOS", "EOS"],
};

const known = (chain: string) => CHAINS[chain as KnownChain] as readonly string[] | undefined;

export const chainName = (chain: string): string => known(chain)?.[0] ?? chain;

/** The name of an asset: a chain's own coin, or a token by its contract. */
export function assetName(asset: string): string {
	const [chain = "", token = ""] = asset.split("/");
	const [standard = "", reference = ""] = token.split(":");
	const own = standard === "slip44" ? known(chain)?.[1] : undefined;
	return own ?? `${standard.toUpperCase()} ${shortened(reference)}`;
}

function shortened(text: string): string {
	return text.length > 16 ? `${text.slice(0, 8)}…${text.slice(-6)}` : text;
}
