//! The options of `createDappRequest`.

use alloc::borrow::{Cow, ToOwned};
use alloc::string::String;
use alloc::vec::Vec;

use serde::Deserialize;

use super::invalid;
use crate::dapp::record::Action;
use crate::dapp::request::{DappRequest, Prepared, SignInOptions, SignType, Task, Transfer};
use crate::error::ConfigError;
use crate::json::Value;
use crate::json::shapes::{Apart, Raw};
use crate::options::read;

/// What every request takes.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(dead_code, reason = "what crosses apart has a name here and no value")]
struct RequestOptions {
    /// What the wallet is asked to do.
    action: Action,
    /// Who asks.
    dapp: Dapp,
    /// The chains on which the wallet may do it, in CAIP-2.
    chains: Vec<String>,
    /// Where the wallet sends its answer.
    callback_url: String,
    /// How long the answer is waited for, in seconds, 30 to 3,600. Default: 300.
    expires_in_seconds: Option<u64>,
    /// A note that the wallet shows; of a transfer, the one that goes with it.
    memo: Option<String>,
    /// The account that has to answer.
    address: Option<String>,
    /// The clock.
    now: Option<Apart>,
}

/// Who asks.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Dapp {
    /// The name, shown by the wallet.
    name: String,
    /// Where its icon is.
    icon: String,
}

/// What a login takes beside that.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LoginOptions {}

/// What a signature takes beside that: nothing, for a sign-in message, or a message of one's own.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SignOptions<'d> {
    /// What a sign-in message says beside what the request itself says.
    sign_in: Option<SignInOptions<'d>>,
    /// A text, or typed data.
    #[serde(borrow)]
    message: Option<Raw<'d>>,
    /// How accounts of Ethereum sign it.
    sign_type: Option<SignType>,
}

/// What a transaction takes beside that: itself, or its actions.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct TransactionOptions<'d> {
    /// A transaction of Ethereum or TRON.
    #[serde(borrow)]
    transaction: Option<Raw<'d>>,
    /// The actions of one of EOS.
    #[serde(borrow)]
    actions: Option<Raw<'d>>,
}

/// Makes a request from the text of the options. `now` is in Unix seconds.
///
/// # Errors
/// The first option that is invalid, and what `entropy` gives.
pub fn request(
    json: &[u8],
    now: u64,
    entropy: impl Fn() -> Result<[u8; 16], ConfigError>,
) -> Result<Prepared, ConfigError> {
    read(json, |document| {
        let options = document.root();
        let action = options.get("action").map(Value::into::<Action>);
        let action = action.transpose().map_err(|error| error.within("action"))?;
        let (common, task) = match action {
            None | Some(Action::Login) => {
                let (common, LoginOptions {}) = options.into_both()?;
                (common, Task::Login)
            }
            Some(Action::Sign) => {
                let (common, own) = options.into_both()?;
                (common, sign(own)?)
            }
            Some(Action::Transfer) => {
                let (common, own) = options.into_both::<_, Transfer>()?;
                (common, Task::Transfer(own))
            }
            Some(Action::PushTransaction) => {
                let (common, own) = options.into_both()?;
                (common, transaction(own)?)
            }
        };
        prepare(common, task, now, entropy()?)
    })
}

fn prepare(
    common: RequestOptions,
    task: Task,
    now: u64,
    entropy: [u8; 16],
) -> Result<Prepared, ConfigError> {
    let request = DappRequest {
        name: common.dapp.name.into(),
        icon: common.dapp.icon.into(),
        chains: common.chains,
        callback_url: common.callback_url.into(),
        expires_in: common.expires_in_seconds,
        memo: common.memo.map(Cow::Owned),
        address: common.address.map(Cow::Owned),
        task,
    };
    request.prepare(now, entropy)
}

fn sign(options: SignOptions<'_>) -> Result<Task<'_>, ConfigError> {
    let kind = options.sign_type;
    let Some(message) = options.message else {
        if kind.is_some() {
            let problem = "only valid with a message of your own";
            return Err(invalid("signType", problem));
        }
        return Ok(Task::SignIn(options.sign_in.unwrap_or_default()));
    };
    if options.sign_in.is_some() {
        let problem = "expected this or a message of your own, not both";
        return Err(invalid("signIn", problem));
    }
    let is_typed = kind.is_some_and(|kind| kind != SignType::Personal);
    let text = message.with(|value| match value.string() {
        Some(text) => Ok(Some(text.into_owned())),
        None if is_typed && (value.is_object() || value.is_array()) => Ok(None),
        None => Err(value.unexpected("a string").within("message")),
    })?;
    let message = text.map_or(Cow::Borrowed(message.0), Cow::Owned);
    Ok(Task::Sign { message, kind })
}

fn transaction(options: TransactionOptions<'_>) -> Result<Task<'_>, ConfigError> {
    match (options.transaction, options.actions) {
        (Some(transaction), None) => {
            let (from, to) = transaction.with(|value| {
                if !value.is_object() {
                    return Err(value.unexpected("an object").within("transaction"));
                }
                let account = |name| {
                    let account = value.get(name).map(Value::into::<String>).transpose();
                    account.map_err(|error| error.within(name).within("transaction"))
                };
                Ok((account("from")?, account("to")?))
            })?;
            Ok(Task::Transaction {
                json: transaction.0,
                from: from.map(Cow::Owned),
                to: to.map(Cow::Owned),
            })
        }
        (None, Some(actions)) => {
            let are_objects = actions.with(|value| {
                let mut elements = value.elements();
                elements.next().is_some_and(Value::is_object) && elements.all(Value::is_object)
            });
            match are_objects {
                true => Ok(Task::Actions(actions.0)),
                false => {
                    let problem = "expected an array of objects";
                    Err(invalid("actions", problem))
                }
            }
        }
        (Some(_), Some(_)) => {
            let problem = "expected these or a transaction, not both".to_owned();
            Err(invalid("actions", problem))
        }
        (None, None) => {
            let problem = "expected this or actions".to_owned();
            Err(invalid("transaction", problem))
        }
    }
}
