//! The record of a request: what the server keeps until the wallet answers.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::message::Scheme;
use super::network::{Network, WalletChain};
use super::object::{self, Object};
use super::sign_in::SignIn;
use super::typed_data;
use crate::error::ConfigError;
use crate::json::Value;
use crate::report;

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

    /// The action of this name.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.name() == name)
    }

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
    /// Reads a record as [`to_json`](Self::to_json) writes it.
    ///
    /// # Errors
    /// [`ConfigError::InvalidOption`] for every other text: a record that has been changed may check
    /// less than was asked.
    pub(crate) fn read(record: Value) -> Result<Self, ConfigError> {
        let reader = Reader(record);
        reader.refuse_unknown()?;
        if reader.integer("version")? != VERSION {
            return Err(invalid("expected version 1, got another"));
        }
        let action = Action::from_name(&reader.text("action")?)
            .ok_or_else(|| invalid("expected an action in action, got another text"))?;
        let action_id = reader.text("actionId")?;
        if !is_action_id(&action_id) {
            return Err(invalid(
                "expected 1 to 128 visible ascii characters in actionId, got others",
            ));
        }
        let chains = reader.chains()?;
        check_chains(action, &chains)
            .map_err(|problem| invalid(&format!("{problem} (in chains)")))?;
        let (issued_at, expires_at) = (reader.integer("issuedAt")?, reader.integer("expiresAt")?);
        if issued_at > expires_at {
            return Err(invalid("expected expiresAt behind issuedAt, got it before"));
        }
        let address = reader.maybe("address")?;
        if let Some(address) = &address {
            account_network(&chains, address)
                .map_err(|problem| invalid(&format!("{problem} (in address)")))?;
        }
        let text = match action {
            Action::Sign => Some(reader.signed_text(&chains)?),
            _ if record.get("scheme").or(record.get("message")).is_none() => None,
            _ => {
                return Err(invalid(
                    "expected scheme and message of a sign alone, got them",
                ));
            }
        };
        Ok(Self {
            action,
            action_id,
            chains,
            issued_at,
            expires_at,
            address,
            text,
        })
    }

    /// Whether its id looks like a number, which some wallets then take for one. Those that are made
    /// here do not.
    pub(crate) fn is_number(&self) -> bool {
        self.action_id.bytes().all(|byte| byte.is_ascii_digit())
    }

    /// The record as JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        let chains = self.chains.iter().map(|chain| report::text(chain.id()));
        let mut object = Object::new();
        object.json("version", &VERSION.to_string());
        object.text("action", self.action.name());
        object.text("actionId", &self.action_id);
        object.json("chains", &object::array(chains));
        object.json("issuedAt", &self.issued_at.to_string());
        object.json("expiresAt", &self.expires_at.to_string());
        object.maybe("address", self.address.as_deref());
        if let Some(text) = &self.text {
            object.text("scheme", text.scheme.name());
            object.text("message", &text.message);
        }
        object.finish()
    }
}

/// Checks that an action can be asked for on these chains.
pub(crate) fn check_chains(action: Action, chains: &[WalletChain]) -> Result<(), &'static str> {
    let (Some(first), 1..=MAX_CHAINS) = (chains.first(), chains.len()) else {
        return Err("expected 1 to 16 chains, got none or more");
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
            return Err("expected eip155 or eos for a login, got another chain");
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
        Scheme::TronV1 => {
            let digits = message.strip_prefix("0x").unwrap_or(message);
            let in_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
            // Wallets disagree on what an odd number of digits stands for.
            return match in_hex && !digits.is_empty() && digits.len().is_multiple_of(2) {
                true => Ok(()),
                false => Err(
                    "expected pairs of hex digits, whose bytes the wallet signs on \
                              tron, got another text"
                        .to_string(),
                ),
            };
        }
        Scheme::Eip191 | Scheme::TronV2 | Scheme::EosK1 | Scheme::Solana => Ok(()),
    };
    problem.map_err(|refusal| match refusal.path {
        Some(path) => format!("{} (in {path})", refusal.message),
        None => refusal.message.into_owned(),
    })
}

struct Reader<'d>(Value<'d>);

impl Reader<'_> {
    fn refuse_unknown(&self) -> Result<(), ConfigError> {
        const KNOWN: [&str; 9] = [
            "version",
            "action",
            "actionId",
            "chains",
            "issuedAt",
            "expiresAt",
            "address",
            "scheme",
            "message",
        ];
        if !self.0.is_object() {
            let got = self.0.describe();
            return Err(invalid(&format!("expected the record, got {got}")));
        }
        let mut names = self.0.members();
        if names.any(|(name, _)| !KNOWN.iter().any(|known| name.is(known))) {
            return Err(invalid("expected the members of a record, got another"));
        }
        Ok(())
    }

    fn maybe(&self, member: &str) -> Result<Option<String>, ConfigError> {
        self.0
            .get(member)
            .map(|value| match value.string() {
                Some(text) => Ok(text.into_owned()),
                None => Err(unexpected("a string", member, value.describe())),
            })
            .transpose()
    }

    fn text(&self, member: &str) -> Result<String, ConfigError> {
        self.maybe(member)?
            .ok_or_else(|| unexpected("a string", member, "nothing"))
    }

    fn integer(&self, member: &str) -> Result<u64, ConfigError> {
        let value = self.0.get(member);
        value.and_then(Value::integer).ok_or_else(|| {
            let got = value.map_or("nothing", Value::describe);
            unexpected("a whole number", member, got)
        })
    }

    fn chains(&self) -> Result<Vec<WalletChain>, ConfigError> {
        let ids = self.0.get("chains").into_iter().flat_map(Value::elements);
        ids.map(|id| {
            let id = id
                .string()
                .ok_or_else(|| unexpected("strings", "chains", id.describe()))?;
            WalletChain::parse(&id).map_err(|problem| invalid(&format!("{problem} (in chains)")))
        })
        .collect()
    }

    /// The text that has to be signed, in a way that is one of the chains'.
    fn signed_text(&self, chains: &[WalletChain]) -> Result<Text, ConfigError> {
        let scheme = Scheme::from_name(&self.text("scheme")?);
        let network = chains.first().map(WalletChain::network);
        let fits = |scheme: &Scheme| match scheme {
            Scheme::Eip712 | Scheme::Eip4361 => network == Some(Network::Ethereum),
            scheme => network.map(text_scheme) == Some(*scheme),
        };
        let scheme = scheme
            .filter(fits)
            .ok_or_else(|| invalid("expected a scheme of the chains in scheme, got another"))?;
        let message = self.text("message")?;
        check_message(scheme, &message)
            .map_err(|problem| invalid(&format!("{problem} (in message)")))?;
        // The answer names the chain that was signed in to, so the record must not say another.
        let chain = chains.first().and_then(WalletChain::number);
        if scheme == Scheme::Eip4361
            && SignIn::parse(&message).is_ok_and(|sign_in| Some(sign_in.chain_id) != chain)
        {
            return Err(invalid(
                "expected the message's chain first in chains, got another",
            ));
        }
        Ok(Text { scheme, message })
    }
}

fn unexpected(expected: &str, member: &str, got: &str) -> ConfigError {
    invalid(&format!("expected {expected} in {member}, got {got}"))
}

fn invalid(problem: &str) -> ConfigError {
    ConfigError::InvalidOption {
        option: "expected",
        problem: problem.to_string(),
    }
}
