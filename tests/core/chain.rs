//! Chains and assets: the test cases of CAIP-2 and CAIP-19, then their grammars' edges.

use wallet_callback::chain::address::AddressError;
use wallet_callback::chain::asset::{Asset, AssetError};
use wallet_callback::chain::id::{Chain, ChainError, Family};

/// CAIP-2, test cases; the namespaces' own for those that have one.
#[test]
fn published_chains_are_read() {
    for (id, family, name) in [
        ("eip155:1", Family::Evm, Some("Ethereum")),
        ("eip155:56", Family::Evm, Some("BNB Smart Chain")),
        ("eip155:137", Family::Evm, Some("Polygon")),
        ("eip155:66", Family::Evm, Some("OKC")),
        ("eip155:11155111", Family::Evm, None),
        (
            "bip122:000000000019d6689c085ae165831e93",
            Family::Bitcoin { mainnet: true },
            Some("Bitcoin"),
        ),
        (
            "bip122:12a765e31ffd4059bada1e25190f6e98",
            Family::Bitcoin { mainnet: false },
            None,
        ),
        (
            "bip122:fdbe99b90c90bae7505796461471d89a",
            Family::Bitcoin { mainnet: false },
            None,
        ),
        ("cosmos:cosmoshub-2", Family::Other, None),
        ("cosmos:cosmoshub-3", Family::Other, None),
        ("cosmos:Binance-Chain-Tigris", Family::Other, None),
        ("cosmos:iov-mainnet", Family::Other, None),
        ("starknet:SN_GOERLI", Family::Other, None),
        ("lip9:9ee11e9df416b18b", Family::Other, None),
        (
            "chainstd:8c3444cf8970a9e41a706fab93e7a6c4",
            Family::Other,
            None,
        ),
        ("tron:0x2b6653dc", Family::Tron, Some("TRON")),
        ("tron:728126428", Family::Tron, Some("TRON")),
        ("tron:2494104990", Family::Tron, None),
        (
            "solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp",
            Family::Solana,
            Some("Solana"),
        ),
        (
            "solana:EtWTRABZaYq6iMfeYKouRu166VU2xqa1",
            Family::Solana,
            None,
        ),
        ("aptos:1", Family::Aptos, Some("Aptos")),
        ("aptos:2", Family::Aptos, None),
        (
            "polkadot:91b171bb158e2d3848fa23a9f1c25182",
            Family::Polkadot { prefix: Some(0) },
            Some("Polkadot"),
        ),
        (
            "polkadot:b0a8d493285c2df73290dfb7e61f870f",
            Family::Polkadot { prefix: Some(2) },
            Some("Kusama"),
        ),
        (
            "polkadot:a0453819cbf8b4df9423a5cd601f546c",
            Family::Polkadot { prefix: None },
            None,
        ),
        (
            "antelope:aca376f206b8fc25a6ed44dbdc66547c",
            Family::Antelope,
            Some("EOS"),
        ),
        (
            "antelope:1064487b3cd1a897ce03ae5b6a865651",
            Family::Antelope,
            None,
        ),
    ] {
        let chain = Chain::parse(id).unwrap();
        assert_eq!(chain.id(), id);
        assert_eq!(format!("{}:{}", chain.namespace(), chain.reference()), id);
        assert_eq!(chain.family(), family, "{id}");
        assert_eq!(chain.name(), name, "{id}");
    }
}

#[test]
fn malformed_chains_are_refused() {
    use ChainError::{Form, Namespace};
    let reference = |expected| ChainError::Reference { expected };
    let caip = reference("1 to 32 of a-z, A-Z, 0-9, - and _");
    let decimal = reference("a decimal chain id");
    let hash = reference("32 lower-case hex digits");
    for (id, error) in [
        ("", Form),
        ("eip155", Form),
        (":", Namespace),
        (":1", Namespace),
        ("ei:1", Namespace),
        ("eip155eip:1", Namespace),
        ("EIP155:1", Namespace),
        ("eip_155:1", Namespace),
        (" eip155:1", Namespace),
        ("éé:1", Namespace),
        ("cosmos:", caip),
        ("cosmos:cosmoshub-3:x", caip),
        ("cosmos:cosmos hub", caip),
        ("cosmos:cosmoshub-3\n", caip),
        ("cosmos:é", caip),
        ("chainstd:8c3444cf8970a9e41a706fab93e7a6c45", caip),
        ("eip155:", decimal),
        ("eip155:0", decimal),
        ("eip155:01", decimal),
        ("eip155:0x1", decimal),
        ("eip155:-1", decimal),
        ("eip155:1:1", decimal),
        ("eip155:123456789012345678901234567890123", decimal),
        ("bip122:000000000019D6689C085AE165831E93", hash),
        ("bip122:000000000019d6689c085ae165831e9", hash),
        ("bip122:mainnet", hash),
        ("polkadot:91b171bb158e2d3848fa23a9f1c251820", hash),
        ("antelope:eos", hash),
    ] {
        assert_eq!(Chain::parse(id), Err(error), "{id:?}");
    }
}

/// CAIP-19, test cases, and the profiles of the namespaces.
#[test]
fn published_assets_are_read() {
    for (text, namespace, reference, token) in [
        ("eip155:1/slip44:60", "slip44", "60", None),
        (
            "bip122:000000000019d6689c085ae165831e93/slip44:0",
            "slip44",
            "0",
            None,
        ),
        ("cosmos:cosmoshub-3/slip44:118", "slip44", "118", None),
        (
            "bip122:12a765e31ffd4059bada1e25190f6e98/slip44:2",
            "slip44",
            "2",
            None,
        ),
        (
            "cosmos:Binance-Chain-Tigris/slip44:714",
            "slip44",
            "714",
            None,
        ),
        ("cosmos:iov-mainnet/slip44:234", "slip44", "234", None),
        ("lip9:9ee11e9df416b18b/slip44:134", "slip44", "134", None),
        (
            "eip155:1/erc20:0x6b175474e89094c44da98b954eedeac495271d0f",
            "erc20",
            "0x6b175474e89094c44da98b954eedeac495271d0f",
            None,
        ),
        (
            "eip155:1/erc721:0x06012c8cf97BEaD5deAe237070F9587f8E7A266d",
            "erc721",
            "0x06012c8cf97BEaD5deAe237070F9587f8E7A266d",
            None,
        ),
        (
            "eip155:1/erc721:0x06012c8cf97BEaD5deAe237070F9587f8E7A266d/771769",
            "erc721",
            "0x06012c8cf97BEaD5deAe237070F9587f8E7A266d",
            Some("771769"),
        ),
        (
            "hedera:mainnet/nft:0.0.55492/12",
            "nft",
            "0.0.55492",
            Some("12"),
        ),
        (
            "solana:4sGjMW1sUnHzSxGspuhpqLDx6wiyjNtZ/token:EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v",
            "token",
            "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v",
            None,
        ),
        (
            "bip122:000000000019d6689c085ae165831e93/ordinals:6fb976ab49dcec017f1e201e84395983204ae1a7c2abf7ced0a85d692e442799i0",
            "ordinals",
            "6fb976ab49dcec017f1e201e84395983204ae1a7c2abf7ced0a85d692e442799i0",
            None,
        ),
        (
            "tron:0x2b6653dc/trc20:TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t",
            "trc20",
            "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t",
            None,
        ),
        ("tron:0x2b6653dc/trc10:1002000", "trc10", "1002000", None),
    ] {
        let chain = Chain::parse(text.split_once('/').unwrap().0).unwrap();
        let asset = Asset::parse(text, &chain).unwrap();
        assert_eq!(asset.namespace(), namespace);
        assert_eq!(asset.reference(), reference);
        assert_eq!(asset.token(), token);
    }
}

#[test]
fn malformed_assets_are_refused() {
    let dai = "0x6b175474e89094c44da98b954eedeac495271d0f";
    for (text, error) in [
        ("", AssetError::Form),
        ("eip155:1", AssetError::Form),
        ("eip155:1/", AssetError::Form),
        ("eip155:1/slip44", AssetError::Form),
        ("eip155:1;slip44:60", AssetError::Form),
        ("/slip44:60", AssetError::Chain),
        ("eip155:56/slip44:60", AssetError::Chain),
        ("eip155:10/slip44:60", AssetError::Chain),
        ("eip155:01/slip44:60", AssetError::Chain),
        (" eip155:1/slip44:60", AssetError::Chain),
        (
            "bip122:000000000019d6689c085ae165831e93/slip44:0",
            AssetError::Chain,
        ),
        ("eip155:1/:60", AssetError::Namespace),
        ("eip155:1/sl:60", AssetError::Namespace),
        ("eip155:1/slip44444:60", AssetError::Namespace),
        ("eip155:1/SLIP44:60", AssetError::Namespace),
        ("eip155:1/slip44:", AssetError::Reference),
        ("eip155:1/slip44:6:0", AssetError::Reference),
        ("eip155:1/slip44:6 0", AssetError::Reference),
        ("eip155:1/slip44:6_0", AssetError::Reference),
        ("eip155:1/slip44:60/", AssetError::Token),
        ("eip155:1/slip44:60/1/2", AssetError::Token),
        ("eip155:1/slip44:60/a:b", AssetError::Token),
    ] {
        let chain = Chain::parse("eip155:1").unwrap();
        assert_eq!(Asset::parse(text, &chain), Err(error), "{text:?}");
    }
    let refused = |text: &str| {
        let chain = Chain::parse(text.split_once('/').unwrap().0).unwrap();
        match Asset::parse(text, &chain) {
            Err(AssetError::Address(error)) => error,
            other => panic!("{text}: {other:?}"),
        }
    };
    let checksum = AddressError::Checksum { expected: "eip-55" };
    for class in ["erc20", "erc721", "erc1155"] {
        let bad = "0x06012c8cf97BEaD5deAe237070F9587f8E7A266D";
        assert_eq!(refused(&format!("eip155:1/{class}:{bad}")), checksum);
        assert_eq!(refused(&format!("eip155:137/{class}:{bad}/7")), checksum);
    }
    let prefix = AddressError::Prefix { expected: "0x" };
    assert_eq!(refused("eip155:1/erc20:DAI"), prefix);
    refused(&format!("tron:0x2b6653dc/trc20:{dai}"));
    refused(&format!(
        "solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp/token:{dai}"
    ));
}

/// The longest that the grammar takes, and one more.
#[test]
fn lengths_are_bounded() {
    let chain = Chain::parse("cosmos:cosmoshub-3").unwrap();
    let asset = |reference: usize, token: usize| {
        let (reference, token) = ("r".repeat(reference), "t".repeat(token));
        let text = format!("cosmos:cosmoshub-3/ibc:{reference}/{token}");
        Asset::parse(&text, &chain).map(drop)
    };
    assert_eq!(asset(128, 78), Ok(()));
    assert_eq!(asset(129, 78), Err(AssetError::Reference));
    assert_eq!(asset(128, 79), Err(AssetError::Token));
}
