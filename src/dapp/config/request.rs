//! The options and the answer of `createDappRequest`.

use alloc::borrow::{Cow, ToOwned};
use alloc::format;
use alloc::string::String;

use super::invalid;
use crate::config::{document, integer, read, refuse_unknown, required, strings};
use crate::dapp::object::Object;
use crate::dapp::record::Action;
use crate::dapp::request::{DappRequest, SignInOptions, SignType, Task, Transfer};
use crate::error::ConfigError;
use crate::json::Value;

/// What every request takes.
const COMMON: [&str; 7] = [
    "action",
    "dapp",
    "chains",
    "callbackUrl",
    "expiresInSeconds",
    "memo",
    "address",
];

/// Makes a request from `{ action, dapp: { name, icon }, chains, callbackUrl, expiresInSeconds?, memo?,
/// address? }` and the options of the action: of `sign` `{ signIn? } | { message, signType? }`, of
/// `transfer` `{ from?, to, amount, contract?, symbol, decimals, desc? }`, of `pushTransaction`
/// `{ transaction } | { actions }`. The answer is `{ uri, actionId, expected }`. `now` is in Unix
/// seconds.
///
/// # Errors
/// The first option that makes no sense, and what `entropy` gives.
pub fn request(
    json: &[u8],
    now: u64,
    entropy: impl Fn() -> Result<[u8; 16], ConfigError>,
) -> Result<String, ConfigError> {
    let document = document(json)?;
    let options = document.root();
    let action = required(options, "action", "a string", Value::string)?;
    let action = Action::from_name(&action).ok_or_else(|| {
        let problem = "expected login, sign, transfer or pushTransaction, got another text";
        invalid("action", problem)
    })?;
    let own: &[&str] = match action {
        Action::Login => &[],
        Action::Sign => &["signIn", "message", "signType"],
        Action::Transfer => &[
            "from", "to", "amount", "contract", "symbol", "decimals", "desc",
        ],
        Action::PushTransaction => &["transaction", "actions"],
    };
    refuse_unknown(options, &[&COMMON, own].concat())?;
    let dapp = required(options, "dapp", "an object", object)?;
    refuse_unknown(dapp, &["name", "icon"])?;
    let of_dapp = |option, name| {
        let value = dapp.get(name).and_then(Value::string);
        value.ok_or_else(|| invalid(option, "expected a string, got something else or nothing"))
    };
    let request = DappRequest {
        name: of_dapp("dapp.name", "name")?,
        icon: of_dapp("dapp.icon", "icon")?,
        chains: required(options, "chains", "an array of strings", strings)?,
        callback_url: required(options, "callbackUrl", "a string", Value::string)?,
        expires_in: integer(options, "expiresInSeconds")?,
        memo: text(options, "memo")?,
        address: text(options, "address")?,
        task: match action {
            Action::Login => Task::Login,
            Action::Sign => sign(options)?,
            Action::Transfer => Task::Transfer(transfer(options)?),
            Action::PushTransaction => transaction(options)?,
        },
    };
    let prepared = request.prepare(now, entropy()?)?;
    let mut answer = Object::new();
    answer.text("uri", &prepared.uri);
    answer.text("actionId", &prepared.expected.action_id);
    answer.json("expected", &prepared.expected.to_json());
    Ok(answer.finish())
}

fn sign<'d>(options: Value<'d>) -> Result<Task<'d>, ConfigError> {
    let Some(message) = options.get("message") else {
        if options.get("signType").is_some() {
            let problem = "expected it with a message of your own, got none";
            return Err(invalid("signType", problem));
        }
        return sign_in(options).map(Task::SignIn);
    };
    if options.get("signIn").is_some() {
        let problem = "expected it or a message of your own, got both";
        return Err(invalid("signIn", problem));
    }
    let kind = text(options, "signType")?.map(|name| {
        SignType::from_name(&name).ok_or_else(|| {
            let problem = "expected ethPersonalSign, ethSignTypedData, ethSignTypedData_v4 or ethSignTypedDataLegacy, got another text";
            invalid("signType", problem)
        })
    });
    let kind = kind.transpose()?;
    let is_typed = kind.is_some_and(|kind| kind != SignType::Personal);
    let message = match message.string() {
        Some(text) => text,
        None if is_typed && (message.is_object() || message.is_array()) => message.raw().into(),
        None => {
            let got = message.describe();
            return Err(invalid("message", format!("expected a string, got {got}")));
        }
    };
    Ok(Task::Sign { message, kind })
}

fn sign_in<'d>(options: Value<'d>) -> Result<SignInOptions<'d>, ConfigError> {
    let Some(options) = read(options, "signIn", "an object", object)? else {
        return Ok(SignInOptions::default());
    };
    refuse_unknown(
        options,
        &[
            "domain",
            "uri",
            "statement",
            "notBefore",
            "requestId",
            "resources",
        ],
    )?;
    let member = |name| match options.get(name).map(|value| (value, value.string())) {
        None => Ok(None),
        Some((_, Some(text))) => Ok(Some(text)),
        Some((value, None)) => {
            let problem = format!("expected a string in {name}, got {}", value.describe());
            Err(invalid("signIn", problem))
        }
    };
    let resources = options.get("resources").map(|list| {
        strings(list).ok_or_else(|| invalid("signIn", "expected an array of strings in resources"))
    });
    Ok(SignInOptions {
        domain: member("domain")?,
        uri: member("uri")?,
        statement: member("statement")?,
        not_before: member("notBefore")?,
        request_id: member("requestId")?,
        resources: resources.transpose()?.unwrap_or_default(),
    })
}

fn transfer<'d>(options: Value<'d>) -> Result<Transfer<'d>, ConfigError> {
    Ok(Transfer {
        from: text(options, "from")?,
        to: required(options, "to", "a string", Value::string)?,
        amount: required(options, "amount", "a decimal as a string", Value::string)?,
        contract: text(options, "contract")?,
        symbol: required(options, "symbol", "a string", Value::string)?,
        decimals: required(options, "decimals", "a whole number", Value::integer)?,
        description: text(options, "desc")?,
    })
}

fn transaction<'d>(options: Value<'d>) -> Result<Task<'d>, ConfigError> {
    let transaction = read(options, "transaction", "an object", object)?;
    let actions = read(options, "actions", "an array of objects", objects)?;
    match (transaction, actions) {
        (Some(transaction), None) => {
            let account = |name| match transaction.get(name).map(Value::string) {
                None => Ok(None),
                Some(Some(account)) => Ok(Some(account)),
                Some(None) => {
                    let problem = format!("expected a string in {name}, got another value");
                    Err(invalid("transaction", problem))
                }
            };
            Ok(Task::Transaction {
                json: transaction.raw(),
                from: account("from")?,
                to: account("to")?,
            })
        }
        (None, Some(actions)) => Ok(Task::Actions(actions.raw())),
        (Some(_), Some(_)) => {
            let problem = "expected them or a transaction, got both".to_owned();
            Err(invalid("actions", problem))
        }
        (None, None) => {
            let problem = "expected it or actions, got neither".to_owned();
            Err(invalid("transaction", problem))
        }
    }
}

fn text<'d>(options: Value<'d>, option: &'static str) -> Result<Option<Cow<'d, str>>, ConfigError> {
    read(options, option, "a string", Value::string)
}

fn object(value: Value) -> Option<Value> {
    value.is_object().then_some(value)
}

/// An array of objects, at least one.
fn objects(value: Value) -> Option<Value> {
    let mut elements = value.elements();
    (elements.next()?.is_object() && elements.all(Value::is_object)).then_some(value)
}
