//! What the dapp's functions answer, in the shapes of the package's public types.

use alloc::string::{String, ToString};

use serde::{Serialize, Serializer};

use super::callback::Answer;
use super::message::Signer;
use super::payload::Outcome;
use super::record::{Action, Expected, Record};
use super::rejection::Rejection;
use super::request::Prepared;
use super::sign_in::SignIn;
use crate::answer::Is;

/// A callback that fits its record.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Accepted {
    ok: Is<true>,
    action: Action,
    action_id: String,
    outcome: Outcome,
    authenticated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    chain: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tx_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    advice: Option<&'static str>,
}

impl Accepted {
    pub(crate) fn new(expected: &Expected, answer: Answer) -> Self {
        Self {
            ok: Is,
            action: expected.action,
            action_id: expected.action_id.to_string(),
            outcome: answer.outcome,
            authenticated: answer.authenticated,
            address: answer.address,
            chain: answer.chain,
            tx_id: answer.transaction,
            message: answer.message,
            advice: answer.advice,
        }
    }
}

/// The action that a callback belongs to.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Named {
    ok: Is<true>,
    action_id: String,
}

impl Named {
    pub(crate) const fn new(action_id: String) -> Self {
        Self { ok: Is, action_id }
    }
}

/// A message that somebody has signed.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Verified<'m> {
    ok: Is<true>,
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    public_key: Option<String>,
    signature: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    sign_in: Option<SignIn<'m>>,
}

impl<'m> Verified<'m> {
    pub(crate) fn new(signer: Signer, sign_in: Option<SignIn<'m>>) -> Self {
        Self {
            ok: Is,
            address: signer.address,
            public_key: signer.public_key,
            signature: signer.signature,
            sign_in,
        }
    }
}

#[derive(Serialize)]
struct Refused<'a> {
    ok: Is<false>,
    code: &'static str,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<&'a str>,
}

impl Serialize for Rejection {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let refused = Refused {
            ok: Is,
            code: self.code.name(),
            message: &self.message,
            path: self.path.as_deref(),
        };
        refused.serialize(serializer)
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Request<'a> {
    uri: &'a str,
    action_id: &'a str,
    expected: Record,
}

impl Serialize for Prepared {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let request = Request {
            uri: &self.uri,
            action_id: &self.expected.action_id,
            expected: Record::from(&self.expected),
        };
        request.serialize(serializer)
    }
}
