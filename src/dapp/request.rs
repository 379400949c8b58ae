//! What a dapp asks of a wallet: the link that opens the wallet, and the record for its answer.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde::Deserialize;

use super::account;
use super::message::Scheme;
use super::network::{Network, WalletChain};
use super::record::{
    Action, Expected, Text, account_network, check_chains, check_message, text_scheme,
};
use super::sign_in::SignIn;
use crate::chain::amount::{self, Decimals};
use crate::error::ConfigError;
use crate::json::object::{self, Object};
use crate::json::shapes::by_name;
use crate::json::{Document, Rules};
use crate::timestamp::{self, Unit};
use crate::unseen;
use crate::url::{self, Escape, WebUrl};

const LINK: &str = "tpoutside://pull.activity?param=";

/// The longest `param`, in bytes: what is longer may be cut on its way into an app.
const MAX_PARAM: usize = 8 * 1024;

/// How long a request is valid where nothing is said, and the limits, in seconds.
const EXPIRES_IN: u64 = 300;
const MIN_EXPIRES_IN: u64 = 30;
const MAX_EXPIRES_IN: u64 = 3600;

/// The longest names and notes, in characters: wallets show them on a phone.
const MAX_NAME: usize = 64;
const MAX_NOTE: usize = 256;

/// The most digits of a number that survive a reader of doubles, as the wallet is one.
const MAX_DIGITS: usize = 15;

/// What a dapp asks of a wallet.
pub struct DappRequest<'a> {
    /// The dapp's name, shown by the wallet.
    pub name: Cow<'a, str>,
    /// Where its icon is.
    pub icon: Cow<'a, str>,
    /// The chains on which the wallet may do it, in CAIP-2.
    pub chains: Vec<String>,
    /// Where the wallet sends its answer.
    pub callback_url: Cow<'a, str>,
    /// How long the answer is waited for, in seconds.
    pub expires_in: Option<u64>,
    /// A note that the wallet shows; of a transfer, the one that goes with it.
    pub memo: Option<Cow<'a, str>>,
    /// The account that has to answer.
    pub address: Option<Cow<'a, str>>,
    /// What it is.
    pub task: Task<'a>,
}

/// What a wallet is asked to do.
pub enum Task<'a> {
    /// Name its account. It signs no text of the server's, so that another dapp can have asked.
    Login,
    /// Sign a sign-in message that is composed here.
    SignIn(SignInOptions<'a>),
    /// Sign this text.
    Sign {
        /// The text, or the JSON of typed data.
        message: Cow<'a, str>,
        /// How accounts of Ethereum sign it.
        kind: Option<SignType>,
    },
    /// Send tokens.
    Transfer(Transfer<'a>),
    /// Send a transaction of Ethereum or TRON.
    Transaction {
        /// The object's JSON.
        json: &'a str,
        /// Its `from`.
        from: Option<Cow<'a, str>>,
        /// Its `to`.
        to: Option<Cow<'a, str>>,
    },
    /// Send a transaction of these actions of EOS: the array's JSON.
    Actions(&'a str),
}

/// What a sign-in message says beside what the request itself says.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SignInOptions<'a> {
    /// The host of the callback where it is left out.
    pub domain: Option<Cow<'a, str>>,
    /// The origin of the callback where it is left out.
    pub uri: Option<Cow<'a, str>>,
    /// What the person agrees to.
    pub statement: Option<Cow<'a, str>>,
    /// From when on it is valid (RFC 3339).
    pub not_before: Option<Cow<'a, str>>,
    /// The system's own name for the request.
    pub request_id: Option<Cow<'a, str>>,
    /// What else is asked for.
    #[serde(default)]
    pub resources: Vec<String>,
}

/// How an account of Ethereum signs, as the wallet names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignType {
    /// Text (EIP-191).
    Personal,
    /// Typed data (EIP-712), an older form.
    TypedData,
    /// Typed data (EIP-712).
    TypedDataV4,
    /// Typed data before EIP-712 was final, an array.
    TypedDataLegacy,
}

impl SignType {
    const ALL: [Self; 4] = [
        Self::Personal,
        Self::TypedData,
        Self::TypedDataV4,
        Self::TypedDataLegacy,
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::Personal => "ethPersonalSign",
            Self::TypedData => "ethSignTypedData",
            Self::TypedDataV4 => "ethSignTypedData_v4",
            Self::TypedDataLegacy => "ethSignTypedDataLegacy",
        }
    }
}

by_name!(SignType);

/// Tokens to send.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Transfer<'a> {
    /// The sender, where it is known.
    pub from: Option<Cow<'a, str>>,
    /// The recipient.
    pub to: Cow<'a, str>,
    /// In whole tokens, in decimal.
    pub amount: Cow<'a, str>,
    /// The token's contract, where it is not the chain's own coin.
    pub contract: Option<Cow<'a, str>>,
    /// The token's symbol.
    pub symbol: Cow<'a, str>,
    /// The token's decimals.
    pub decimals: u64,
    /// A note that the wallet shows.
    #[serde(rename = "desc")]
    pub description: Option<Cow<'a, str>>,
}

/// A request that is ready to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prepared {
    /// The link, and the text of a QR code.
    pub uri: String,
    /// What the server keeps.
    pub expected: Expected,
}

impl DappRequest<'_> {
    /// Makes the link and its record. `now` is in Unix seconds; `entropy` makes the request's id, and
    /// its digits the nonce of a sign-in message.
    ///
    /// # Errors
    /// [`ConfigError::InvalidOption`] with the first option that is invalid.
    pub fn prepare(&self, now: u64, entropy: [u8; 16]) -> Result<Prepared, ConfigError> {
        let action = self.task.action();
        let chains = self.chains()?;
        check_chains(action, &chains).map_err(invalid("chains"))?;
        let callback = WebUrl::parse(&self.callback_url).map_err(invalid("callbackUrl"))?;
        WebUrl::parse(&self.icon).map_err(invalid("dapp.icon"))?;
        check_note("dapp.name", Some(&self.name), MAX_NAME)?;
        check_note("memo", self.memo.as_deref(), MAX_NOTE)?;
        let expires_at = now.saturating_add(self.expires_in()?);
        let nonce = hex::encode(entropy);
        let mut expected = Expected {
            action,
            // It starts with a letter, so that no wallet takes it for a number, and holds a character
            // that no account has, so that none can lend it characters in a login's signed text.
            action_id: format!("wc_{nonce}"),
            address: self.address(&chains)?,
            chains,
            issued_at: now,
            expires_at,
            text: None,
        };
        let mut link = Object::new();
        self.describe(&mut link, &expected);
        match &self.task {
            Task::Login => {}
            Task::SignIn(options) => {
                let message = options.compose(&expected, &callback, &nonce)?;
                link.text("signType", SignType::Personal.name());
                link.text("message", &message);
                expected.text = Some(Text {
                    scheme: Scheme::Eip4361,
                    message,
                });
            }
            Task::Sign { message, kind } => {
                expected.text = Some(sign(message, *kind, &expected, &mut link)?);
            }
            Task::Transfer(transfer) => transfer.describe(&mut link, &mut expected)?,
            Task::Transaction { json, from, to } => {
                let network = first_network(&expected);
                if !matches!(network, Network::Ethereum | Network::Tron) {
                    let problem = "only valid on eip155 or tron";
                    return Err(invalid("transaction")(problem));
                }
                sender("transaction", from.as_deref(), &mut expected)?;
                check_account("transaction", network, to.as_deref())?;
                link.text("txData", json);
            }
            Task::Actions(json) => {
                if first_network(&expected) != Network::Eosio {
                    let problem = "only valid on eos";
                    return Err(invalid("actions")(problem));
                }
                link.text("actions", json);
            }
        }
        let mut uri = String::from(LINK);
        uri.push_str(&url::escape(link.finish().as_bytes(), Escape::Component));
        if uri.len().saturating_sub(LINK.len()) > MAX_PARAM {
            let problem = format!("expected a link of at most {MAX_PARAM} bytes");
            return Err(invalid("options")(&problem));
        }
        Ok(Prepared { uri, expected })
    }

    fn chains(&self) -> Result<Vec<WalletChain>, ConfigError> {
        let chains = self.chains.iter().map(|id| WalletChain::parse(id));
        let chains = chains.collect::<Result<Vec<_>, _>>();
        chains.map_err(|problem| invalid("chains")(&problem))
    }

    fn expires_in(&self) -> Result<u64, ConfigError> {
        let seconds = self.expires_in.unwrap_or(EXPIRES_IN);
        if (MIN_EXPIRES_IN..=MAX_EXPIRES_IN).contains(&seconds) {
            return Ok(seconds);
        }
        let problem = format!("expected {MIN_EXPIRES_IN} to {MAX_EXPIRES_IN}, got {seconds}");
        Err(invalid("expiresInSeconds")(&problem))
    }

    /// The account that has to answer, in canonical form.
    fn address(&self, chains: &[WalletChain]) -> Result<Option<String>, ConfigError> {
        let Some(address) = &self.address else {
            return Ok(None);
        };
        let network = account_network(chains, address);
        let network = network.map_err(|problem| invalid("address")(&problem))?;
        Ok(Some(canonical(network, address)))
    }

    /// Writes what every link says.
    fn describe(&self, link: &mut Object, expected: &Expected) {
        let chains = expected.chains.iter().map(|chain| {
            let mut object = Object::new();
            object.text("chainId", chain.wallet_id());
            object.text("network", chain.network().name());
            object.finish()
        });
        link.text("protocol", "TokenPocket");
        link.text("version", "2.0");
        link.text("dappName", &self.name);
        link.text("dappIcon", &self.icon);
        link.text("action", expected.action.name());
        link.text("actionId", &expected.action_id);
        link.json("blockchains", &object::array(chains));
        link.text("callbackUrl", &self.callback_url);
        link.json("expired", &expected.expires_at.to_string());
        link.maybe("memo", self.memo.as_deref());
    }
}

impl Task<'_> {
    const fn action(&self) -> Action {
        match self {
            Self::Login => Action::Login,
            Self::SignIn(_) | Self::Sign { .. } => Action::Sign,
            Self::Transfer(_) => Action::Transfer,
            Self::Transaction { .. } | Self::Actions(_) => Action::PushTransaction,
        }
    }
}

impl SignInOptions<'_> {
    /// The text, which names the request by its nonce.
    fn compose(
        &self,
        expected: &Expected,
        callback: &WebUrl,
        nonce: &str,
    ) -> Result<String, ConfigError> {
        let chain = expected.chains.first().and_then(WalletChain::number);
        let chain_id = chain.ok_or_else(|| {
            invalid("message")("expected a message, since sign-in messages are of eip155, got none")
        })?;
        let address = expected
            .address
            .as_deref()
            .ok_or_else(|| invalid("address")("expected the account that signs in, got nothing"))?;
        let time = |seconds| {
            let mut text = timestamp::to_text(seconds, Unit::Iso8601);
            text.push('Z');
            text
        };
        let (host, origin) = (callback.host(), callback.origin());
        let message = SignIn {
            scheme: None,
            domain: self.domain.as_deref().unwrap_or(&host),
            address,
            statement: self.statement.as_deref(),
            uri: self.uri.as_deref().unwrap_or(&origin),
            chain_id,
            nonce,
            issued_at: &time(expected.issued_at),
            expiration_time: Some(&time(expected.expires_at)),
            not_before: self.not_before.as_deref(),
            request_id: self.request_id.as_deref(),
            resources: self.resources.iter().map(String::as_str).collect(),
        };
        message.compose().map_err(|rejection| {
            let path = rejection.path.unwrap_or_default();
            invalid("signIn")(&format!("{} (in {path})", rejection.message))
        })
    }
}

/// A text of the server's own.
fn sign(
    message: &str,
    kind: Option<SignType>,
    expected: &Expected,
    link: &mut Object,
) -> Result<Text, ConfigError> {
    let network = first_network(expected);
    if kind.is_some() && network != Network::Ethereum {
        return Err(invalid("signType")("only valid on eip155"));
    }
    let kind = kind.unwrap_or(SignType::Personal);
    let scheme = match kind {
        SignType::Personal => text_scheme(network),
        SignType::TypedData | SignType::TypedDataV4 => Scheme::Eip712,
        SignType::TypedDataLegacy => Scheme::Eip712V1,
    };
    let starts_with = |first| message.trim_start().starts_with(first);
    match kind {
        // Wallets sign the bytes that hex digits stand for, so that there would be two texts.
        SignType::Personal if scheme == Scheme::Eip191 && is_hex(message) => {
            let problem =
                "expected a text that is not hex, of which wallets sign the bytes, got hex";
            return Err(invalid("message")(problem));
        }
        SignType::TypedData | SignType::TypedDataV4 if !starts_with('{') => {
            return Err(invalid("message")("expected an object of typed data"));
        }
        SignType::TypedDataLegacy if !starts_with('[') => {
            return Err(invalid("message")("expected an array of typed data"));
        }
        _ => {}
    }
    check_message(scheme, message).map_err(|problem| invalid("message")(&problem))?;
    if scheme == Scheme::Eip712 && !names_domain(message) {
        let problem = "expected EIP712Domain among the types, since wallets differ on a domain \
                       without a type, got none";
        return Err(invalid("message")(problem));
    }
    match network {
        Network::Ethereum => link.text("signType", kind.name()),
        Network::Tron => link.json("useTronHeader", "true"),
        Network::Eosio | Network::Solana => {}
    }
    link.text("message", message);
    Ok(Text {
        scheme,
        message: message.to_string(),
    })
}

impl Transfer<'_> {
    fn describe(&self, link: &mut Object, expected: &mut Expected) -> Result<(), ConfigError> {
        let network = first_network(expected);
        sender("from", self.from.as_deref(), expected)?;
        check_account("to", network, Some(&self.to))?;
        check_account("contract", network, self.contract.as_deref())?;
        if network == Network::Eosio && self.contract.is_none() {
            return Err(invalid("contract")(
                "expected the token's contract, got nothing",
            ));
        }
        check_note("symbol", Some(&self.symbol), MAX_NAME)?;
        check_note("desc", self.description.as_deref(), MAX_NOTE)?;
        let decimals = Decimals::new(self.decimals)
            .map_err(|error| invalid("decimals")(&error.to_string()))?;
        amount::to_base_units(&self.amount, decimals)
            .map_err(|error| invalid("amount")(&error.to_string()))?;
        let significant = match self.amount.contains('.') {
            true => self.amount.trim_end_matches('0'),
            false => &self.amount,
        };
        let digits = significant.bytes().filter(u8::is_ascii_digit);
        if digits.skip_while(|digit| *digit == b'0').count() > MAX_DIGITS {
            let problem =
                format!("expected at most {MAX_DIGITS} digits, which the wallet reads as a number");
            return Err(invalid("amount")(&problem));
        }
        link.maybe("from", expected.address.as_deref());
        link.text("to", &self.to);
        link.json("amount", &self.amount);
        link.maybe("contract", self.contract.as_deref());
        link.text("symbol", &self.symbol);
        let name = match network {
            Network::Ethereum => "decimal",
            _ => "precision",
        };
        link.json(name, &self.decimals.to_string());
        link.maybe("desc", self.description.as_deref());
        Ok(())
    }
}

/// Takes the sender of what is sent for the account that has to answer.
fn sender(
    option: &'static str,
    from: Option<&str>,
    expected: &mut Expected,
) -> Result<(), ConfigError> {
    let Some(from) = from else {
        return Ok(());
    };
    let network = first_network(expected);
    check_account(option, network, Some(from))?;
    let address = expected.address.as_deref();
    if address.is_some_and(|address| !network.is_same_account(from, address)) {
        return Err(invalid(option)("expected the account of address"));
    }
    expected.address = Some(canonical(network, from));
    Ok(())
}

fn check_account(
    option: &'static str,
    network: Network,
    account: Option<&str>,
) -> Result<(), ConfigError> {
    let checked = account.map_or(Ok(()), |account| network.check_account(account));
    checked.map_err(|error| invalid(option)(&error.to_string()))
}

/// An account in its one spelling.
fn canonical(network: Network, address: &str) -> String {
    match (network, account::ethereum(address)) {
        (Network::Ethereum, Ok(bytes)) => account::ethereum_text(&bytes),
        _ => address.to_string(),
    }
}

/// The network of the first chain; outside of logins, of all.
fn first_network(expected: &Expected) -> Network {
    let first = expected.chains.first();
    first.map_or(Network::Ethereum, WalletChain::network)
}

fn is_hex(text: &str) -> bool {
    let digits = text.strip_prefix("0x").or(text.strip_prefix("0X"));
    digits.is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// Checks a text that the wallet shows: short, and without characters that could make it look like
/// another.
fn check_note(option: &'static str, text: Option<&str>, limit: usize) -> Result<(), ConfigError> {
    let text = text.unwrap_or("-");
    if text.is_empty() || text.chars().nth(limit).is_some() || text.chars().any(unseen::controls) {
        let problem = format!("expected 1 to {limit} characters without control characters");
        return Err(invalid(option)(&problem));
    }
    Ok(())
}

fn invalid(option: &'static str) -> impl Fn(&str) -> ConfigError {
    move |problem| ConfigError::InvalidOption {
        option: option.into(),
        problem: problem.to_string(),
    }
}

/// Whether typed data has a type for its domain.
fn names_domain(typed_data: &str) -> bool {
    Document::read(typed_data.as_bytes(), Rules::Unique)
        .is_ok_and(|document| document.root().at("types.EIP712Domain").is_some())
}
