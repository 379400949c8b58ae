//! Judging a wallet's answer against the record of what was asked.
//!
//! The answer comes from anybody. What it claims is compared with the record, and only a signature
//! over a text that is built from the record authenticates it.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::message::{self, MAX_PUBLIC_KEYS, Scheme, SignedMessage};
use super::network::{Network, WalletChain};
pub use super::payload::Outcome;
use super::payload::{Form, Payload};
use super::record::{Action, Expected, account_network};
use super::{Rejection, RejectionCode, antelope, web3};
use crate::freshness::Tolerance;

/// What the wallet writes into every login, and signs.
const REFERENCE: &str = "TokenPocket";

/// The longest `ref` of a SimpleWallet.
const MAX_REFERENCE: usize = 64;

/// The most keys of an account that are tried. Each 16 cost as much as a signature.
const MAX_ACCOUNT_KEYS: usize = 64;

/// The bytes of a Unix time in seconds, from 2001 to 2286. The signed text has nothing between its
/// parts, so that each part must have one length or end in one way.
const TIMESTAMP_BYTES: usize = 10;

const FETCH_TRANSACTION: &str = "nothing in this callback is signed: fetch the transaction from a node and compare its recipient, amount and state with what was asked before believing it";
const ASK_AGAIN: &str =
    "the wallet sent no signature: sign nobody in, and ask again with the action sign";
const FETCH_KEYS: &str = "fetch the keys of the account's active and owner permissions from a node and pass them as accountKeys";

/// What an answer is judged by.
pub struct Judge<'a> {
    /// The record of the request.
    pub expected: &'a Expected,
    /// The keys of the active and owner permissions of the account that answers, where it is one of
    /// EOS: the only thing that ties a name to a key. None at all match no signature.
    pub account_keys: Option<&'a [&'a str]>,
    /// How far a login's timestamp may be from now.
    pub tolerance: Tolerance,
    /// In Unix seconds.
    pub now: u64,
}

/// An answer that fits its record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// What the wallet says has come of it.
    pub outcome: Outcome,
    /// Whether the account has signed the record's text. Never of a transaction.
    pub authenticated: bool,
    /// The account: in canonical form where it is authenticated, and else as it was claimed.
    pub address: Option<String>,
    /// The chain in CAIP-2: that of a sign-in message, which is signed. Else the one that the answer
    /// names, or the record's only one, of which nothing is signed.
    pub chain: Option<String>,
    /// The transaction's hash, of which nothing more is known.
    pub transaction: Option<String>,
    /// The wallet's own text where it was not a success: up to 256 characters.
    pub message: Option<String>,
    /// What to do about a success that is not authenticated.
    pub advice: Option<&'static str>,
}

impl Judge<'_> {
    /// Judges a body, or the query of a URL where the body is empty.
    ///
    /// # Errors
    /// The first thing that does not fit: its form, the request, the action, its expiry, the result,
    /// chain and account, the time, the signature.
    pub fn judge(&self, body: &[u8], url: Option<&str>) -> Result<Answer, Rejection> {
        let payload = Payload::read(body, url)?;
        let id = self.identify(&payload)?;
        self.check_action(&payload)?;
        if self.now > self.expected.expires_at {
            return refuse(
                RejectionCode::ActionExpired,
                "expected an answer in time, got a late one",
            );
        }
        let outcome = payload.outcome()?;
        if outcome != Outcome::Success {
            return Ok(Answer {
                outcome,
                authenticated: false,
                address: None,
                chain: None,
                transaction: None,
                message: payload.message,
                advice: None,
            });
        }
        let subject = self.subject(&payload)?;
        match self.expected.action {
            Action::Login => self.login(&payload, &subject, id),
            Action::Sign => self.sign(&payload, &subject),
            Action::Transfer | Action::PushTransaction => transaction(&payload, &subject),
        }
    }

    /// Finds the record's id in the answer, in one of two spellings.
    fn identify(&self, payload: &Payload) -> Result<Spelling, Rejection> {
        let expected = self.expected;
        match payload.action_id.as_deref() {
            Some(id) if id == expected.action_id => Ok(Spelling::Own),
            Some(id)
                if id.strip_suffix(".0") == Some(&expected.action_id) && expected.is_number() =>
            {
                Ok(Spelling::Float)
            }
            Some(_) => refuse_at(
                RejectionCode::UnknownAction,
                "expected the actionId of the record",
                "actionId",
            ),
            None if is_own_query(payload, expected.action) => Ok(Spelling::Own),
            None => refuse_at(
                RejectionCode::MalformedPayload,
                "expected an actionId, got nothing",
                "actionId",
            ),
        }
    }

    fn check_action(&self, payload: &Payload) -> Result<(), Rejection> {
        let expected = self.expected.action;
        match payload.action.as_deref().map(Action::from_name) {
            Some(Some(action)) if action == expected => Ok(()),
            // Some versions of the wallet name their answer to `sign` so.
            Some(Some(Action::PushTransaction)) if expected == Action::Sign => Ok(()),
            None if is_own_query(payload, expected) => Ok(()),
            None if payload.is_simple_wallet && expected == Action::Login => Ok(()),
            None => refuse_at(
                RejectionCode::MalformedPayload,
                "expected an action, got nothing",
                "action",
            ),
            Some(_) => refuse_at(
                RejectionCode::ActionMismatch,
                format!("expected {}", expected.name()),
                "action",
            ),
        }
    }

    /// What the answer says of account and chain, where both can be the record's.
    fn subject<'p>(&'p self, payload: &'p Payload) -> Result<Subject<'p>, Rejection> {
        let (network, id) = (payload.network.as_deref(), payload.chain_id.as_deref());
        let chains = self.expected.chains.iter();
        let chains: Vec<_> = chains.filter(|chain| chain.is_named(network, id)).collect();
        let Some(first) = chains.first() else {
            let path = if id.is_some() { "chainId" } else { "network" };
            let message = "expected a chain of the record";
            return refuse_at(RejectionCode::ChainMismatch, message, path);
        };
        let named = match &*chains {
            [chain] => Some(*chain),
            _ => None,
        };
        let (account, network) = match (payload.wallet.as_deref(), payload.account.as_deref()) {
            (Some(wallet), other) => {
                let network = form_of(&chains, wallet, "wallet")?;
                if other.is_some_and(|other| !network.is_same_account(wallet, other)) {
                    let message = "expected the same account as in wallet";
                    return refuse_at(RejectionCode::AccountMismatch, message, "account");
                }
                (Some((wallet, "wallet")), network)
            }
            (None, Some(account)) => {
                let network = form_of(&chains, account, "account")?;
                (Some((account, "account")), network)
            }
            (None, None) => (None, first.network()),
        };
        if let (Some((account, path)), Some(expected)) = (account, &self.expected.address)
            && !network.is_same_account(account, expected)
        {
            let message = "expected the account of the record";
            return refuse_at(RejectionCode::AccountMismatch, message, path);
        }
        Ok(Subject {
            account: account.map(|(account, _)| account),
            network,
            chain: named.map(WalletChain::id),
        })
    }

    /// A login: the wallet signs a text of its own form, `timestamp + wallet + actionId + ref`.
    fn login(
        &self,
        payload: &Payload,
        subject: &Subject,
        id: Spelling,
    ) -> Result<Answer, Rejection> {
        let account = subject.required_account()?;
        let reference = payload.reference.as_deref();
        let reference = reference.filter(|text| self.is_reference(text, payload, subject));
        let Some(reference) = reference else {
            let message = "expected the ref to be TokenPocket";
            return refuse_at(RejectionCode::MalformedPayload, message, "ref");
        };
        let timestamp = payload.timestamp.as_deref().unwrap_or_default();
        self.check_time(timestamp)?;
        let Some(signature) = web3::signature(payload)? else {
            return Ok(subject.unauthenticated(ASK_AGAIN));
        };
        let expected_id = &self.expected.action_id;
        let suffix = match id {
            Spelling::Own => "",
            Spelling::Float => ".0",
        };
        let text = format!("{timestamp}{account}{expected_id}{suffix}{reference}");
        let result = self.authenticate(subject, account, Scheme::Eip191, &text, &signature);
        match (id, result) {
            // The wallet may have signed the id as it was given and have changed it afterwards.
            (Spelling::Float, Err(rejection))
                if rejection.code == RejectionCode::SignatureMismatch =>
            {
                let text = format!("{timestamp}{account}{expected_id}{reference}");
                self.authenticate(subject, account, Scheme::Eip191, &text, &signature)
            }
            (_, result) => result,
        }
    }

    /// Whether a `ref` may stand behind the id in the signed text. Other wallets of the SimpleWallet
    /// protocol name themselves as they like. That leaves no doubt where the id starts as long as a
    /// character of it can be in no account's name.
    fn is_reference(&self, text: &str, payload: &Payload, subject: &Subject) -> bool {
        let in_name = |byte: u8| matches!(byte, b'a'..=b'z' | b'1'..=b'5' | b'.');
        let is_free = payload.is_simple_wallet
            && subject.network == Network::Eosio
            && !self.expected.action_id.bytes().all(in_name);
        let is_visible = || text.bytes().all(|byte| byte.is_ascii_graphic());
        text == REFERENCE || (is_free && text.len() <= MAX_REFERENCE && is_visible())
    }

    /// Checks when a login was signed.
    fn check_time(&self, timestamp: &str) -> Result<(), Rejection> {
        let tolerance = self.tolerance.seconds();
        let is_time = timestamp.len() == TIMESTAMP_BYTES
            && timestamp.bytes().all(|byte| byte.is_ascii_digit());
        let Some(time) = timestamp.parse::<u64>().ok().filter(|_| is_time) else {
            let message = "expected a timestamp of 10 digits in seconds";
            return refuse_at(RejectionCode::MalformedPayload, message, "timestamp");
        };
        let latest = self.now.saturating_add(tolerance);
        let earliest = self.now.max(self.expected.issued_at);
        if time > latest {
            let ahead = time.saturating_sub(self.now);
            let message = format!("expected at most {tolerance} s ahead, got {ahead} s");
            return refuse_at(RejectionCode::TimestampTooNew, message, "timestamp");
        }
        if time < earliest.saturating_sub(tolerance) {
            let age = earliest.saturating_sub(time);
            let message = format!("expected at most {tolerance} s ago, got {age} s");
            return refuse_at(RejectionCode::TimestampTooOld, message, "timestamp");
        }
        Ok(())
    }

    /// A signature over the record's text. The answer does not repeat the text, and if it did, it
    /// would not be read.
    fn sign(&self, payload: &Payload, subject: &Subject) -> Result<Answer, Rejection> {
        let account = match (subject.account, &self.expected.address) {
            (None, Some(address)) => address,
            _ => subject.required_account()?,
        };
        let subject = &Subject {
            account: Some(account),
            ..*subject
        };
        let (Some(signature), Some(text)) = (web3::signature(payload)?, &self.expected.text) else {
            return Ok(subject.unauthenticated(ASK_AGAIN));
        };
        let answer = self.authenticate(subject, account, text.scheme, &text.message, &signature)?;
        Ok(match (text.scheme, self.expected.chains.first()) {
            // Whatever chain the answer names, this one is in the text.
            (Scheme::Eip4361, Some(signed)) => Answer {
                chain: Some(signed.id().to_string()),
                ..answer
            },
            _ => answer,
        })
    }

    /// Verifies that the account has signed this text, which is built from the record. `scheme` is
    /// how accounts of Ethereum sign it.
    fn authenticate(
        &self,
        subject: &Subject,
        account: &str,
        scheme: Scheme,
        text: &str,
        signature: &str,
    ) -> Result<Answer, Rejection> {
        let signed = |scheme, address, public_keys| SignedMessage {
            scheme,
            message: text.as_bytes(),
            is_text: true,
            signature,
            address,
            public_keys,
        };
        let address = match (subject.network, self.account_keys) {
            (Network::Eosio, None) => return Ok(subject.unauthenticated(FETCH_KEYS)),
            (Network::Eosio, Some(keys)) => {
                verify_by_any(&signed(Scheme::EosK1, None, keys))?;
                // The keys are those of the account that is named, which the caller has looked up.
                Some(account.to_string())
            }
            _ => {
                let signer = message::verify(&signed(scheme, Some(account), &[]));
                signer.map_err(as_callback)?.address
            }
        };
        let unsigned = || {
            Rejection::new(
                RejectionCode::SignatureMismatch,
                "expected an account, got none",
            )
        };
        Ok(Answer {
            authenticated: true,
            address: Some(address.ok_or_else(unsigned)?),
            advice: None,
            ..subject.unauthenticated(ASK_AGAIN)
        })
    }
}

/// Verifies a signature by any of an account's keys. How many those are is not the caller's choice: an
/// account can be made with as many as its chain takes.
fn verify_by_any(message: &SignedMessage) -> Result<(), Rejection> {
    if message.public_keys.len() > MAX_ACCOUNT_KEYS {
        let message = "expected an account of at most 64 keys";
        return refuse_at(RejectionCode::UnsupportedSignature, message, "sign");
    }
    // Without any key, too: nobody looks up the keys for what is no signature.
    antelope::signature(message.signature).map_err(as_callback)?;
    for public_keys in message.public_keys.chunks(MAX_PUBLIC_KEYS) {
        let result = message::verify(&SignedMessage {
            public_keys,
            ..*message
        });
        match result.map_err(as_callback) {
            Err(rejection) if rejection.code == RejectionCode::SignatureMismatch => {}
            result => return result.map(drop),
        }
    }
    let message = "expected a signature of one of accountKeys";
    refuse_at(RejectionCode::SignatureMismatch, message, "sign")
}

/// How the record's id came back.
#[derive(Clone, Copy)]
enum Spelling {
    Own,
    /// A number that was read as one: `11111111111` came back as `11111111111.0`.
    Float,
}

/// The account and chain of an answer, both possible by the record.
#[derive(Clone, Copy)]
struct Subject<'a> {
    account: Option<&'a str>,
    network: Network,
    chain: Option<&'a str>,
}

impl<'a> Subject<'a> {
    fn required_account(&self) -> Result<&'a str, Rejection> {
        self.account.ok_or_else(|| {
            Rejection::new(
                RejectionCode::MalformedPayload,
                "expected an account, got nothing",
            )
            .at("wallet")
        })
    }

    /// A success that proves nothing.
    fn unauthenticated(&self, advice: &'static str) -> Answer {
        Answer {
            outcome: Outcome::Success,
            authenticated: false,
            address: self.account.map(ToString::to_string),
            chain: self.chain.map(ToString::to_string),
            transaction: None,
            message: None,
            advice: Some(advice),
        }
    }
}

/// A transaction that the wallet says it has sent.
fn transaction(payload: &Payload, subject: &Subject) -> Result<Answer, Rejection> {
    let hash = payload.transaction.as_deref();
    let hash = hash.ok_or_else(|| {
        Rejection::new(
            RejectionCode::MalformedPayload,
            "expected a transaction's hash, got nothing",
        )
        .at("txID")
    })?;
    subject.network.check_transaction(hash).map_err(|error| {
        Rejection::new(RejectionCode::MalformedPayload, error.to_string()).at("txID")
    })?;
    Ok(Answer {
        transaction: Some(hash.to_string()),
        ..subject.unauthenticated(FETCH_TRANSACTION)
    })
}

/// Whether the answer may be the query that the server wrote into its own address, and a result: so
/// the first version of the protocol answers where there is a transaction. Nothing rests on it.
fn is_own_query(payload: &Payload, action: Action) -> bool {
    payload.form == Form::Query && action.sends()
}

/// The network of whose accounts the text has the form.
fn form_of(
    chains: &[&WalletChain],
    account: &str,
    path: &'static str,
) -> Result<Network, Rejection> {
    account_network(chains.iter().copied(), account)
        .map_err(|problem| Rejection::new(RejectionCode::MalformedPayload, problem).at(path))
}

/// What is wrong with a signature, in the words of a callback.
fn as_callback(mut rejection: Rejection) -> Rejection {
    // There is no telling from here whether the account is a contract.
    if rejection.code == RejectionCode::NeedsChain {
        rejection.code = RejectionCode::UnsupportedSignature;
    }
    let path = match rejection.code {
        RejectionCode::AccountMismatch => "wallet",
        _ => "sign",
    };
    rejection.at(path)
}

fn refuse<T>(code: RejectionCode, message: impl Into<Cow<'static, str>>) -> Result<T, Rejection> {
    Err(Rejection::new(code, message))
}

fn refuse_at<T>(
    code: RejectionCode,
    message: impl Into<Cow<'static, str>>,
    path: &'static str,
) -> Result<T, Rejection> {
    Err(Rejection::new(code, message).at(path))
}
