//! The record of a request: what the server keeps until the wallet answers.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::message::Scheme;
use super::network::{Network, WalletChain};
use super::sign_in::SignIn;
use super::typed_data;
use crate::error::ConfigError;
use crate::json::shapes::by_name;

/// The version of the record's form.
const VERSION: u64 = 1;

/// The most chains of a request, and so of its record.
pub(crate) const MAX_CHAINS: usize = 16;

/// The longest actionId of a record. Those that are made here have 35 characters.
const MAX_ACTION_ID: usize = 128;

/// Whether a record can have this id.
pub(crate) fn is_action_id(id: &str) -> bool {
    matches!(id.len(), 1..=MAX_ACTION_ID) && id.bytes().all(|byte| byte.is_ascii_graphic())
}

/// What a wallet is asked to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Name its account, signed in a form of the wallet's own.
    Login,
    /// Sign a text of the server's.
    Sign,
    /// Send tokens.
    Transfer,
    /// Sign a transaction and send it.
    PushTransaction,
}

impl Action {
    const ALL: [Self; 4] = [
        Self::Login,
        Self::Sign,
        Self::Transfer,
        Self::PushTransaction,
    ];

    /// The name in links and callbacks.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Login => "login",
            Self::Sign => "sign",
            Self::Transfer => "transfer",
            Self::PushTransaction => "pushTransaction",
        }
    }

    /// Whether its result is a transaction that the wallet has sent.
    pub(crate) const fn sends(self) -> bool {
        matches!(self, Self::Transfer | Self::PushTransaction)
    }
}

by_name!(Action);

/// A text that the wallet has to sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// How.
    pub scheme: Scheme,
    /// The text itself.
    pub message: String,
}

/// The record of a request. It is the server's own and trusted; the callback is not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// What was asked.
    pub action: Action,
    /// The name of the request, which the callback repeats.
    pub action_id: String,
    /// The chains on which it may be done, at least one.
    pub chains: Vec<WalletChain>,
    /// When it was made, in Unix seconds.
    pub issued_at: u64,
    /// Its last second, in Unix seconds.
    pub expires_at: u64,
    /// The account that has to answer, where it is known.
    pub address: Option<String>,
    /// What has to be signed: of [`Action::Sign`], and of no other.
    pub text: Option<Text>,
}

impl Expected {
    /// Reads a record.
    ///
    /// # Errors
    /// [`ConfigError::InvalidOption`] for every other record than those that are made here: one that
    /// has been changed may check less than was asked.
    pub(crate) fn read(record: Record) -> Result<Self, ConfigError> {
        if record.version != VERSION {
            let problem = format!("expected {VERSION}, got {}", record.version);
            return Err(invalid("expected.version", &problem));
        }
        let Record { action, .. } = record;
        if !is_action_id(&record.action_id) {
            let problem = "expected 1 to 128 visible ascii characters";
            return Err(invalid("expected.actionId", problem));
        }
        let in_chains = |problem: &str| invalid("expected.chains", problem);
        let chains = record.chains.iter().map(|id| WalletChain::parse(id));
        let chains = chains.collect::<Result<Vec<_>, _>>();
        let chains = chains.map_err(|problem| in_chains(&problem))?;
        check_chains(action, &chains).map_err(in_chains)?;
        if record.issued_at > record.expires_at {
            let problem = "expected a time after issuedAt";
            return Err(invalid("expected.expiresAt", problem));
        }
        if let Some(address) = &record.address {
            account_network(&chains, address)
                .map_err(|problem| invalid("expected.address", &problem))?;
        }
        let text = match (action, record.scheme, record.message) {
            (Action::Sign, Some(scheme), Some(message)) => {
                check_text(scheme, &message, &chains)?;
                Some(Text { scheme, message })
            }
            (Action::Sign, ..) => {
                let problem = "expected scheme and message of a sign, got none";
                return Err(invalid("expected", problem));
            }
            (_, None, None) => None,
            _ => {
                let problem = "expected scheme and message only for the action sign";
                return Err(invalid("expected", problem));
            }
        };
        Ok(Self {
            action,
            action_id: record.action_id,
            chains,
            issued_at: record.issued_at,
            expires_at: record.expires_at,
            address: record.address,
            text,
        })
    }

    /// Whether its id looks like a number, which some wallets then take for one. Those that are made
    /// here do not.
    pub(crate) fn is_number(&self) -> bool {
        self.action_id.bytes().all(|byte| byte.is_ascii_digit())
    }
}

/// A record as it is kept.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Record {
    version: u64,
    action: Action,
    action_id: String,
    chains: Vec<String>,
    issued_at: u64,
    expires_at: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scheme: Option<Scheme>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
}

impl From<&Expected> for Record {
    fn from(expected: &Expected) -> Self {
        let text = expected.text.as_ref();
        let chains = expected.chains.iter();
        Self {
            version: VERSION,
            action: expected.action,
            action_id: expected.action_id.clone(),
            chains: chains.map(|chain| chain.id().to_string()).collect(),
            issued_at: expected.issued_at,
            expires_at: expected.expires_at,
            address: expected.address.clone(),
            scheme: text.map(|text| text.scheme),
            message: text.map(|text| text.message.clone()),
        }
    }
}

/// Checks that an action can be asked for on these chains.
pub(crate) fn check_chains(action: Action, chains: &[WalletChain]) -> Result<(), &'static str> {
    let (Some(first), 1..=MAX_CHAINS) = (chains.first(), chains.len()) else {
        return Err("expected 1 to 16 chains");
    };
    let mut rest = chains;
    while let Some((chain, behind)) = rest.split_first() {
        if behind.contains(chain) {
            return Err("expected each chain once, got one twice");
        }
        rest = behind;
    }
    let network = first.network();
    if action == Action::Login {
        // How a login is signed elsewhere is documented nowhere.
        let known =
            |chain: &WalletChain| matches!(chain.network(), Network::Ethereum | Network::Eosio);
        if !chains.iter().all(known) {
            return Err("expected eip155 or eos for a login");
        }
    } else if chains.iter().any(|chain| chain.network() != network) {
        return Err("expected chains of one namespace, got several");
    }
    Ok(())
}

/// The network of whose accounts this one has the form. No account has the form of two.
pub(crate) fn account_network<'c>(
    chains: impl IntoIterator<Item = &'c WalletChain>,
    account: &str,
) -> Result<Network, String> {
    let mut problem = None;
    for chain in chains {
        match chain.network().check_account(account) {
            Ok(()) => return Ok(chain.network()),
            Err(error) => problem = problem.or(Some(error)),
        }
    }
    Err(problem.map_or_else(String::new, |error| error.to_string()))
}

/// How a text is signed on these networks, where nothing else is said.
pub(crate) const fn text_scheme(network: Network) -> Scheme {
    match network {
        Network::Ethereum => Scheme::Eip191,
        Network::Eosio => Scheme::EosK1,
        Network::Tron => Scheme::TronV1,
        Network::Solana => Scheme::Solana,
    }
}

/// Checks that a message can be signed so.
pub(crate) fn check_message(scheme: Scheme, message: &str) -> Result<(), String> {
    let problem = match scheme {
        _ if message.is_empty() => return Err("expected a message, got an empty one".to_string()),
        Scheme::Eip4361 => SignIn::parse(message).map(drop),
        Scheme::Eip712 => typed_data::digest(message.as_bytes()).map(drop),
        Scheme::Eip712V1 => typed_data::legacy::digest(message.as_bytes()).map(drop),
        Scheme::TronV1 => {
            let digits = message.strip_prefix("0x").unwrap_or(message);
            let in_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
            // Wallets disagree on what an odd number of digits stands for.
            return match in_hex && !digits.is_empty() && digits.len().is_multiple_of(2) {
                true => Ok(()),
                false => Err(
                    "expected pairs of hex digits, whose bytes the wallet signs on \
                              tron"
                        .to_string(),
                ),
            };
        }
        Scheme::Eip191 | Scheme::TronV2 | Scheme::EosK1 | Scheme::Solana => Ok(()),
    };
    problem.map_err(|rejection| match rejection.path {
        Some(path) => format!("{} (in {path})", rejection.message),
        None => rejection.message.into_owned(),
    })
}

/// Checks that a text can be asked for so on these chains.
fn check_text(scheme: Scheme, message: &str, chains: &[WalletChain]) -> Result<(), ConfigError> {
    let network = chains.first().map(WalletChain::network);
    let fits = match scheme {
        Scheme::Eip712 | Scheme::Eip712V1 | Scheme::Eip4361 => network == Some(Network::Ethereum),
        scheme => network.map(text_scheme) == Some(scheme),
    };
    if !fits {
        let problem = "expected a scheme of the chains";
        return Err(invalid("expected.scheme", problem));
    }
    check_message(scheme, message).map_err(|problem| invalid("expected.message", &problem))?;
    // The answer names the chain that was signed in to, so the record must not say another.
    let chain = chains.first().and_then(WalletChain::number);
    if scheme == Scheme::Eip4361
        && SignIn::parse(message).is_ok_and(|sign_in| Some(sign_in.chain_id) != chain)
    {
        let problem = "expected the message's chain first";
        return Err(invalid("expected.chains", problem));
    }
    Ok(())
}

fn invalid(option: &'static str, problem: &str) -> ConfigError {
    ConfigError::InvalidOption {
        option: option.into(),
        problem: problem.to_string(),
    }
}
