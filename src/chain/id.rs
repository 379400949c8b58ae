//! Chains, named as [CAIP-2](https://chainagnostic.org/CAIPs/caip-2) names them.

use core::fmt;

use crate::chain::split_once;

/// A chain identifier of the right form, such as `eip155:1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chain<'a> {
    id: &'a str,
    namespace: &'a str,
    reference: &'a str,
}

impl<'a> Chain<'a> {
    /// Reads `namespace:reference`, both within the CAIP-2 grammar.
    ///
    /// Where a namespace's own profile narrows the reference to one spelling, that spelling is
    /// required, so that one chain cannot go by two names: `eip155` is a decimal number without
    /// leading zeros; `bip122`, `polkadot` and `antelope` are 32 lower-case hex digits.
    ///
    /// # Errors
    ///
    /// Says which of the parts is malformed.
    pub fn parse(id: &'a str) -> Result<Self, ChainError> {
        let (namespace, reference) = split_once(id, b':').ok_or(ChainError::Form)?;
        if !is_namespace(namespace) {
            return Err(ChainError::Namespace);
        }
        let grammatical = matches!(reference.len(), 1..=32)
            && reference
                .bytes()
                .all(|byte| matches!(byte, b'-' | b'_') || byte.is_ascii_alphanumeric());
        let (canonical, expected) = match namespace {
            "eip155" => (is_decimal(reference), "a decimal chain id"),
            "bip122" | "polkadot" | "antelope" => (is_hash(reference), "32 lower-case hex digits"),
            _ => (true, "1 to 32 of a-z, A-Z, 0-9, - and _"),
        };
        if !grammatical || !canonical {
            return Err(ChainError::Reference { expected });
        }
        Ok(Self {
            id,
            namespace,
            reference,
        })
    }

    /// The whole identifier.
    #[must_use]
    pub fn id(&self) -> &'a str {
        self.id
    }

    /// The part before the colon: the kind of chain.
    #[must_use]
    pub fn namespace(&self) -> &'a str {
        self.namespace
    }

    /// The part after the colon: which chain of its kind.
    #[must_use]
    pub fn reference(&self) -> &'a str {
        self.reference
    }

    /// The rules for this chain's addresses and transaction hashes.
    #[must_use]
    pub fn family(&self) -> Family {
        match (self.namespace, self.reference) {
            ("bip122", reference) => Family::Bitcoin {
                mainnet: reference == "000000000019d6689c085ae165831e93",
            },
            ("eip155", _) => Family::Evm,
            ("tron", _) => Family::Tron,
            ("solana", _) => Family::Solana,
            ("aptos", _) => Family::Aptos,
            ("polkadot", "91b171bb158e2d3848fa23a9f1c25182") => {
                Family::Polkadot { prefix: Some(0) }
            }
            ("polkadot", "b0a8d493285c2df73290dfb7e61f870f") => {
                Family::Polkadot { prefix: Some(2) }
            }
            ("polkadot", _) => Family::Polkadot { prefix: None },
            ("antelope", _) => Family::Antelope,
            _ => Family::Other,
        }
    }

    /// The name to show a person, for the chains that are best known.
    #[must_use]
    pub fn name(&self) -> Option<&'static str> {
        NAMES
            .iter()
            .find(|(id, _)| *id == self.id)
            .map(|(_, name)| *name)
    }
}

/// Chains that share the rules for addresses and transaction hashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Family {
    /// BIP-122: Bitcoin and its relatives.
    Bitcoin {
        /// Whether this is Bitcoin's main network. The address prefixes of the others (Litecoin,
        /// the test networks) differ from chain to chain and overlap, so those addresses are not
        /// checked; their transaction hashes have one form.
        mainnet: bool,
    },
    /// EIP-155: Ethereum and every chain with its kind of accounts, with any chain id.
    Evm,
    /// TRON; the test networks have the same addresses.
    Tron,
    /// Solana; the test clusters have the same addresses.
    Solana,
    /// Aptos; the test networks have the same addresses.
    Aptos,
    /// Polkadot, Kusama, their parachains and other Substrate chains.
    Polkadot {
        /// The network's SS58 prefix; `None` if it is unknown here, and any is accepted.
        prefix: Option<u16>,
    },
    /// EOS and the other Antelope chains.
    Antelope,
    /// A namespace whose rules are not known here.
    Other,
}

/// Why a chain identifier was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChainError {
    /// There is no colon.
    Form,
    /// The namespace is outside of the CAIP-2 grammar.
    Namespace,
    /// The reference is outside of the grammar, or of the namespace's own profile.
    Reference {
        /// What this namespace's references are.
        expected: &'static str,
    },
}

impl fmt::Display for ChainError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Form => f.write_str("expected namespace:reference, got no colon"),
            Self::Namespace => {
                f.write_str("expected a chain namespace of 3 to 8 of a-z, 0-9 and -")
            }
            Self::Reference { expected } => {
                write!(f, "expected a chain reference of {expected}")
            }
        }
    }
}

impl core::error::Error for ChainError {}

/// The best-known chains and their names for people. TRON is listed twice: wallets write the chain id
/// in hex, as `eth_chainId` returns it; the
/// [namespace's profile](https://namespaces.chainagnostic.org/tron/caip2) writes it in decimal.
pub const NAMES: [(&str, &str); 12] = [
    ("bip122:000000000019d6689c085ae165831e93", "Bitcoin"),
    ("eip155:1", "Ethereum"),
    ("eip155:56", "BNB Smart Chain"),
    ("eip155:137", "Polygon"),
    ("eip155:66", "OKC"),
    ("tron:0x2b6653dc", "TRON"),
    ("tron:728126428", "TRON"),
    ("solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp", "Solana"),
    ("aptos:1", "Aptos"),
    ("polkadot:91b171bb158e2d3848fa23a9f1c25182", "Polkadot"),
    ("polkadot:b0a8d493285c2df73290dfb7e61f870f", "Kusama"),
    ("antelope:aca376f206b8fc25a6ed44dbdc66547c", "EOS"),
];

/// `[-a-z0-9]{3,8}`: CAIP-2 and CAIP-19 share it.
pub(crate) fn is_namespace(text: &str) -> bool {
    matches!(text.len(), 3..=8)
        && text
            .bytes()
            .all(|byte| matches!(byte, b'-' | b'a'..=b'z' | b'0'..=b'9'))
}

fn is_decimal(text: &str) -> bool {
    !text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_hash(text: &str) -> bool {
    text.len() == 32
        && text
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}
