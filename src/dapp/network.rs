//! The chains of the wallet's links, and how the wallet names them.

use alloc::borrow::ToOwned;
use alloc::string::{String, ToString};

use crate::chain::address::{self, AddressError, antelope, evm};
use crate::chain::id::{Chain, Family};

/// EOS, whose CAIP-2 name holds the first half of its chain id.
const EOS: &str = "antelope:aca376f206b8fc25a6ed44dbdc66547c";
const EOS_CHAIN_ID: &str = "aca376f206b8fc25a6ed44dbdc66547c36c6c33e3a119ffbeaef943642f0e906";

/// TRON's main network, as wallets name it.
const TRON: &str = "tron:0x2b6653dc";
/// The same number as it is in its namespace's profile.
const TRON_DECIMAL: &str = "728126428";

/// The largest chain id that JavaScript carries: 2^53 - 1.
const MAX_CHAIN_ID: u64 = (1 << 53) - 1;

/// Chains that the wallet treats alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Network {
    /// Ethereum and every chain with its accounts.
    Ethereum,
    /// EOS.
    Eosio,
    /// TRON.
    Tron,
    /// Solana.
    Solana,
}

impl Network {
    /// As the wallet's links name it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ethereum => "ethereum",
            Self::Eosio => "eosio",
            Self::Tron => "tron",
            Self::Solana => "solana",
        }
    }

    /// The network of this name in a callback. The wallet's documents write `evm` and `eos` too.
    fn from_name(name: &str) -> Option<Self> {
        match name {
            "ethereum" | "evm" => Some(Self::Ethereum),
            "eosio" | "eos" => Some(Self::Eosio),
            "tron" => Some(Self::Tron),
            "solana" => Some(Self::Solana),
            _ => None,
        }
    }

    const fn family(self) -> Family {
        match self {
            Self::Ethereum => Family::Evm,
            Self::Eosio => Family::Antelope,
            Self::Tron => Family::Tron,
            Self::Solana => Family::Solana,
        }
    }

    /// Checks an account's form.
    pub(crate) fn check_account(self, account: &str) -> Result<(), AddressError> {
        match self {
            Self::Ethereum => evm::parse(account).map(drop),
            Self::Eosio => antelope::check(account),
            Self::Tron => address::check_tron(account),
            Self::Solana => address::check_solana(account),
        }
    }

    /// Checks a transaction hash's form.
    pub(crate) fn check_transaction(self, hash: &str) -> Result<(), AddressError> {
        address::check_transaction_hash_in(self.family(), hash).map(drop)
    }

    /// Whether two accounts of the right form are one. Only Ethereum's go by several spellings.
    pub(crate) fn is_same_account(self, one: &str, other: &str) -> bool {
        match self {
            Self::Ethereum => one.eq_ignore_ascii_case(other),
            Self::Eosio | Self::Tron | Self::Solana => one == other,
        }
    }
}

/// A chain that the wallet's links can name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WalletChain {
    id: String,
    network: Network,
}

impl WalletChain {
    /// Reads a CAIP-2 identifier.
    ///
    /// # Errors
    /// What was expected and what came.
    pub(crate) fn parse(id: &str) -> Result<Self, String> {
        let chain = Chain::parse(id).map_err(|error| error.to_string())?;
        let network = match chain.namespace() {
            "eip155" if is_safe(chain.reference()) => Network::Ethereum,
            "eip155" => {
                return Err("expected a chain id up to 2^53 - 1".to_owned());
            }
            "solana" => Network::Solana,
            "antelope" if id == EOS => Network::Eosio,
            "tron" if id == TRON => Network::Tron,
            _ => {
                return Err("expected eip155:…, tron:0x2b6653dc, solana:… or eos \
                     (antelope:aca376f206b8fc25a6ed44dbdc66547c)"
                    .to_owned());
            }
        };
        Ok(Self {
            id: id.to_owned(),
            network,
        })
    }

    /// The CAIP-2 identifier.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The chains that the wallet treats as this one.
    #[must_use]
    pub const fn network(&self) -> Network {
        self.network
    }

    /// The chain id as the wallet's links write it.
    pub(crate) fn wallet_id(&self) -> &str {
        match self.network {
            Network::Eosio => EOS_CHAIN_ID,
            _ => self.reference(),
        }
    }

    /// Ethereum's chain id.
    pub(crate) fn number(&self) -> Option<u64> {
        (self.network == Network::Ethereum).then(|| self.reference().parse().ok())?
    }

    /// Whether a callback that names this network, this chain id or both means this chain.
    pub(crate) fn is_named(&self, network: Option<&str>, chain_id: Option<&str>) -> bool {
        network.is_none_or(|name| Network::from_name(name) == Some(self.network))
            && chain_id.is_none_or(|id| self.has_wallet_id(id))
    }

    fn has_wallet_id(&self, id: &str) -> bool {
        let in_hex = |digits| u64::from_str_radix(digits, 16).ok();
        match self.network {
            Network::Ethereum => {
                id == self.reference()
                    || id.strip_prefix("0x").is_some_and(|digits| {
                        digits.bytes().all(|byte| byte.is_ascii_hexdigit())
                            && in_hex(digits) == self.number()
                    })
            }
            Network::Tron => id == self.wallet_id() || id == TRON_DECIMAL,
            Network::Eosio | Network::Solana => id == self.wallet_id(),
        }
    }

    fn reference(&self) -> &str {
        self.id
            .split_once(':')
            .map_or("", |(_, reference)| reference)
    }
}

fn is_safe(reference: &str) -> bool {
    reference
        .parse()
        .is_ok_and(|number: u64| number <= MAX_CHAIN_ID)
}
