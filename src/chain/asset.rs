//! Assets, named as [CAIP-19](https://chainagnostic.org/CAIPs/caip-19) names them.

use core::fmt;

use crate::chain::address::{self, AddressError};
use crate::chain::id::{Chain, Family, is_namespace};
use crate::chain::split_once;

/// An asset of one chain, such as `eip155:1/erc20:0x6b17…`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asset<'a> {
    namespace: &'a str,
    reference: &'a str,
    token: Option<&'a str>,
}

impl<'a> Asset<'a> {
    /// Reads `chain/namespace:reference` or `chain/namespace:reference/token` within the CAIP-19
    /// grammar.
    ///
    /// The chain part must be `chain`, letter for letter. A token contract is checked as an
    /// address of that chain: `erc20`, `erc721` and `erc1155` on EVM chains, `token` on Solana,
    /// `trc20` and `trc721` on TRON.
    ///
    /// # Errors
    ///
    /// Says which part is malformed, or that the asset belongs to another chain.
    pub fn parse(text: &'a str, chain: &Chain<'_>) -> Result<Self, AssetError> {
        let (id, asset) = split_once(text, b'/').ok_or(AssetError::Form)?;
        if id != chain.id() {
            return Err(AssetError::Chain);
        }
        let (class, token) = match split_once(asset, b'/') {
            Some((class, token)) => (class, Some(token)),
            None => (asset, None),
        };
        let (namespace, reference) = split_once(class, b':').ok_or(AssetError::Form)?;
        if !is_namespace(namespace) {
            return Err(AssetError::Namespace);
        }
        if !is_reference(reference, 128) {
            return Err(AssetError::Reference);
        }
        if token.is_some_and(|token| !is_reference(token, 78)) {
            return Err(AssetError::Token);
        }
        if let (Family::Evm, "erc20" | "erc721" | "erc1155")
        | (Family::Solana, "token")
        | (Family::Tron, "trc20" | "trc721") = (chain.family(), namespace)
        {
            address::check(chain, reference).map_err(AssetError::Address)?;
        }
        Ok(Self {
            namespace,
            reference,
            token,
        })
    }

    /// The kind of asset, such as `slip44` or `erc20`.
    #[must_use]
    pub fn namespace(&self) -> &'a str {
        self.namespace
    }

    /// Which asset of its kind: a coin type, a token's contract.
    #[must_use]
    pub fn reference(&self) -> &'a str {
        self.reference
    }

    /// Which item of a collection.
    #[must_use]
    pub fn token(&self) -> Option<&'a str> {
        self.token
    }
}

/// The decimals of a chain's own coin, if the asset is that coin
/// ([SLIP-44](https://github.com/satoshilabs/slips/blob/master/slip-0044.md)). On EVM chains every coin
/// has 18, since the unit is the wei.
#[must_use]
pub fn native_decimals(chain: &Chain, asset: &Asset) -> Option<u64> {
    if asset.namespace() != "slip44" || asset.token().is_some() {
        return None;
    }
    match (chain.family(), asset.reference()) {
        (Family::Evm, _) => Some(18),
        (Family::Bitcoin { mainnet: true }, "0") | (Family::Aptos, "637") => Some(8),
        (Family::Tron, "195") => Some(6),
        (Family::Solana, "501") => Some(9),
        (Family::Polkadot { prefix: Some(0) }, "354") => Some(10),
        (Family::Polkadot { prefix: Some(2) }, "434") => Some(12),
        (Family::Antelope, "194") => Some(4),
        _ => None,
    }
}

/// Why an asset was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum AssetError {
    /// A slash or a colon is missing.
    Form,
    /// The chain part is not the event's chain.
    Chain,
    /// The asset namespace is outside of the grammar.
    Namespace,
    /// The asset reference is outside of the grammar.
    Reference,
    /// The token id is outside of the grammar.
    Token,
    /// The token's contract is not an address of the chain.
    Address(AddressError),
}

impl fmt::Display for AssetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Form => "expected chain/namespace:reference",
            Self::Chain => "expected an asset of the event's chain",
            Self::Namespace => "expected an asset namespace of 3 to 8 of a-z, 0-9 and -",
            Self::Reference => {
                "expected an asset reference of 1 to 128 of a-z, A-Z, 0-9, -, . and %"
            }
            Self::Token => "expected a token id of 1 to 78 of a-z, A-Z, 0-9, -, . and %",
            Self::Address(error) => return error.fmt(f),
        })
    }
}

impl core::error::Error for AssetError {}

fn is_reference(text: &str, longest: usize) -> bool {
    !text.is_empty()
        && text.len() <= longest
        && text
            .bytes()
            .all(|byte| matches!(byte, b'-' | b'.' | b'%') || byte.is_ascii_alphanumeric())
}
