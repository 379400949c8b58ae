//! The forms in which a wallet's answer arrives, read into one.
//!
//! Everything here is the sender's word: nothing is believed yet.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::{String, ToString};

use serde::Serialize;

use super::answer::Named;
use super::record::is_action_id;
use super::{Rejection, RejectionCode};
use crate::json::object::Object;
use crate::json::{Document, Fault, Rules, Value};
use crate::{unseen, url};

/// The longest body, and the longest query, in bytes. Typed data is not sent back, so that answers
/// have one or two kilobytes.
const MAX_BYTES: usize = 64 * 1024;

/// The longest text of the wallet that is handed on, in characters.
const MAX_MESSAGE: usize = 256;

/// How an answer was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// As JSON.
    Json,
    /// As names and values in a query, which may be all that the server itself wrote into its
    /// address and the result.
    Query,
}

/// What the wallet says has come of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Outcome {
    /// It was done.
    Success,
    /// The person declined.
    Cancelled,
    /// It did not work.
    Failed,
}

/// An answer's members. Those that are null or empty count as left out: some versions of the wallet
/// write every member that they know. `publickey` and `permissions` are not among them, since nothing
/// may rest on a key that the answer itself names.
pub(crate) struct Payload {
    pub(crate) form: Form,
    /// Whether it is of the protocol that TokenPocket's own grew from, whose logins have neither an
    /// action nor a result.
    pub(crate) is_simple_wallet: bool,
    pub(crate) action: Option<String>,
    pub(crate) action_id: Option<String>,
    pub(crate) result: Option<String>,
    pub(crate) wallet: Option<String>,
    pub(crate) account: Option<String>,
    pub(crate) network: Option<String>,
    pub(crate) chain_id: Option<String>,
    pub(crate) reference: Option<String>,
    pub(crate) timestamp: Option<String>,
    /// Text, or the text of an object.
    pub(crate) sign: Option<String>,
    pub(crate) transaction: Option<String>,
    /// For people, without control characters.
    pub(crate) message: Option<String>,
}

impl Payload {
    /// The action that is named, as the record has it: a number comes back with `.0` behind it.
    pub(crate) fn named(self) -> Result<Named, Rejection> {
        let id = self.action_id.ok_or_else(|| {
            Rejection::new(
                RejectionCode::MalformedPayload,
                "expected an actionId, got nothing",
            )
            .at("actionId")
        })?;
        let number = id.strip_suffix(".0");
        let number = number.filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
        let id = number.map(ToString::to_string).unwrap_or(id);
        if is_action_id(&id) {
            Ok(Named::new(id))
        } else {
            Err(Rejection::new(RejectionCode::UnknownAction, "no such action").at("actionId"))
        }
    }

    /// Reads a body, or the query of a URL where the body is empty.
    ///
    /// # Errors
    /// [`RejectionCode::MalformedPayload`].
    pub(crate) fn read(body: &[u8], url: Option<&str>) -> Result<Self, Rejection> {
        let query = url.map_or("", |url| url::split(url).query);
        let body = if body.is_empty() {
            query.as_bytes()
        } else {
            body
        };
        if body.len() > MAX_BYTES {
            return Err(malformed("expected at most 65536 bytes"));
        }
        let first = body.iter().find(|byte| !byte.is_ascii_whitespace());
        match first {
            None => Err(malformed("expected json or a query, got nothing")),
            Some(b'{' | b'[') => Self::from_json(body, ""),
            Some(_) => {
                let json = query_to_json(body)?;
                let document = document(json.as_bytes(), "")?;
                let members = Members::new(document.root());
                match members.text("param")? {
                    Some(param) => Self::from_json(param.as_bytes(), "param"),
                    None => Self::from_members(Form::Query, &members),
                }
            }
        }
    }

    fn from_json(json: &[u8], within: &str) -> Result<Self, Rejection> {
        let document = document(json, within)?;
        let outer = document.root();
        let found = |problem: Rejection| match within {
            "" => problem,
            within => problem.at(within.to_string()),
        };
        if !outer.is_object() {
            let got = outer.describe();
            return Err(found(malformed(format!("expected an object, got {got}"))));
        }
        let members = Members::new(outer);
        // The envelope of `callbackSchema`: `{ result, message, data }`.
        let data = outer.get("data").filter(|_| outer.get("result").is_some());
        match data {
            Some(data) if data.is_object() => {
                Self::from_members(Form::Json, &members.envelope(data))
            }
            Some(_) => match members.text("data")? {
                Some(text) => {
                    let document = self::document(text.as_bytes(), "data")?;
                    let data = document.root();
                    if !data.is_object() {
                        let got = data.describe();
                        let problem = malformed(format!("expected an object, got {got}"));
                        return Err(problem.at("data"));
                    }
                    Self::from_members(Form::Json, &members.envelope(data))
                }
                None => Self::from_members(Form::Json, &members),
            },
            None => Self::from_members(Form::Json, &members),
        }
    }

    fn from_members(form: Form, members: &Members) -> Result<Self, Rejection> {
        let protocol = members.text("protocol")?;
        Ok(Self {
            form,
            is_simple_wallet: protocol.is_some_and(|protocol| protocol == "SimpleWallet"),
            action: members.text("action")?,
            action_id: members.agreeing(["actionId", "uuID"])?,
            result: members.scalar("result")?,
            wallet: members.text("wallet")?,
            account: members.text("account")?,
            network: members.text("network")?,
            chain_id: members.scalar("chainId")?,
            reference: members.text("ref")?,
            timestamp: members.scalar("timestamp")?,
            sign: members.sign()?,
            transaction: members.agreeing(["txID", "txId", "txid"])?,
            message: members.message(),
        })
    }

    /// What the wallet says has come of it.
    pub(crate) fn outcome(&self) -> Result<Outcome, Rejection> {
        let problem = match self.result.as_deref() {
            Some("0") => return Ok(Outcome::Cancelled),
            Some("1") => return Ok(Outcome::Success),
            Some("2") => return Ok(Outcome::Failed),
            None if self.is_simple_wallet && self.sign.is_some() => return Ok(Outcome::Success),
            Some(_) => "expected a result of 0, 1 or 2",
            None => "expected a result of 0, 1 or 2, got nothing",
        };
        Err(malformed(problem).at("result"))
    }
}

/// The members of an answer.
struct Members<'d> {
    inner: Value<'d>,
    /// Where `result` and `message` are where they are not inside.
    outer: Value<'d>,
}

impl<'d> Members<'d> {
    const fn new(object: Value<'d>) -> Self {
        Self {
            inner: object,
            outer: object,
        }
    }

    /// The members of an envelope's data.
    const fn envelope<'e>(&self, data: Value<'e>) -> Members<'e>
    where
        'd: 'e,
    {
        Members {
            inner: data,
            outer: self.outer,
        }
    }

    fn get(&self, name: &str) -> Option<Value<'d>> {
        let is_there = |value: &Value| value.raw() != "null" && !value.is("");
        let inner = self.inner.get(name).filter(is_there);
        match name {
            "result" | "message" => inner.or_else(|| self.outer.get(name).filter(is_there)),
            _ => inner,
        }
    }

    fn text(&self, name: &'static str) -> Result<Option<String>, Rejection> {
        self.read(name, "a string", |value| value.string())
    }

    /// A text or a number, which is read as it is written.
    fn scalar(&self, name: &'static str) -> Result<Option<String>, Rejection> {
        self.read(name, "a string or a number", |value| {
            let number = value.is_number().then(|| Cow::Borrowed(value.raw()));
            number.or_else(|| value.string())
        })
    }

    fn sign(&self) -> Result<Option<String>, Rejection> {
        self.read("sign", "a string or an object", |value| {
            let object = value.is_object().then(|| Cow::Borrowed(value.raw()));
            object.or_else(|| value.string())
        })
    }

    /// What goes by several names, of which each that is there has to say the same.
    fn agreeing<const N: usize>(
        &self,
        names: [&'static str; N],
    ) -> Result<Option<String>, Rejection> {
        let mut found: Option<String> = None;
        for name in names {
            let value = self.scalar(name)?;
            if let (Some(one), Some(other)) = (&found, &value)
                && one != other
            {
                let problem = "expected the same as in another member";
                return Err(malformed(problem).at(name));
            }
            found = found.or(value);
        }
        Ok(found)
    }

    /// The wallet's own text, in which no line can be forged.
    fn message(&self) -> Option<String> {
        let text = self.get("message")?.string()?;
        let shown = text
            .chars()
            .filter(|character| !unseen::breaks_lines(*character));
        Some(shown.take(MAX_MESSAGE).collect())
    }

    fn read(
        &self,
        name: &'static str,
        expected: &str,
        convert: impl Fn(Value<'d>) -> Option<Cow<'d, str>>,
    ) -> Result<Option<String>, Rejection> {
        self.get(name)
            .map(|value| match convert(value) {
                Some(text) => Ok(text.into_owned()),
                None => {
                    let got = value.describe();
                    Err(malformed(format!("expected {expected}, got {got}")).at(name))
                }
            })
            .transpose()
    }
}

/// Reads JSON that lies in this member.
pub(super) fn document<'t>(json: &'t [u8], within: &str) -> Result<Document<'t>, Rejection> {
    Document::read(json, Rules::Exact).map_err(|fault| rejection(fault, within))
}

fn rejection(fault: Fault, within: &str) -> Rejection {
    let (path, problem) = fault.into_parts();
    let rejection = malformed(problem.to_string());
    match (within, &*path) {
        ("", "") => rejection,
        ("", _) => rejection.at(path),
        (within, "") => rejection.at(within.to_string()),
        (within, path) if path.starts_with('[') => rejection.at(format!("{within}{path}")),
        (within, path) => rejection.at(format!("{within}.{path}")),
    }
}

fn malformed(message: impl Into<Cow<'static, str>>) -> Rejection {
    Rejection::new(RejectionCode::MalformedPayload, message)
}

/// The names and values of a query (`application/x-www-form-urlencoded`) as an object of strings, so
/// that it is read as JSON is: a name that is there twice is refused.
fn query_to_json(query: &[u8]) -> Result<String, Rejection> {
    let mut json = Object::new();
    for (name, value) in url::form_fields(query, url::decode) {
        json.text(&name.map_err(malformed)?, &value.map_err(malformed)?);
    }
    Ok(json.finish())
}
