//! The pipeline. A request can only go through the stages in this order: each stage takes what only
//! the one before it can make.

use alloc::format;
use alloc::string::String;

use crate::claim::Claim;
use crate::error::{ConfigError, Rejection};
use crate::event::{Event, UnsafeNumbers};
use crate::freshness::{Fresh, Tolerance};
use crate::handshake;
use crate::key::Keys;
use crate::origin::AllowedIps;
use crate::request::Request;
use crate::sender::Sender;
use crate::signature::Authentic;
use crate::{json, url};

const _: () = assert!(Options::HIGHEST_MAX_BODY_BYTES <= json::MAX_TEXT);

/// Decides whether callbacks are genuine, fresh and well-formed.
#[derive(Debug)]
pub struct Verifier {
    sender: Sender,
    keys: Keys,
    tolerance: Tolerance,
    max_body_bytes: usize,
    allowed_ips: Option<AllowedIps>,
    url: Option<String>,
    client_id: Option<String>,
    unsafe_numbers: UnsafeNumbers,
}

/// What a verifier needs. Everything but the keys has a default: [`Options::new`].
#[derive(Debug)]
pub struct Options {
    /// Whose callbacks.
    pub sender: Sender,
    /// What signs them.
    pub keys: Keys,
    /// How far their timestamps may be from the clock.
    pub tolerance: Tolerance,
    /// The longest body, in bytes.
    pub max_body_bytes: usize,
    /// Where they may come from; `None` for anywhere.
    pub allowed_ips: Option<AllowedIps>,
    /// The URL that was registered with the sender, if the sender signs it: the request's own is made
    /// from its `Host` header, which the network chooses.
    pub url: Option<String>,
    /// Which of the sender's clients they are for, if the sender signs it.
    pub client_id: Option<String>,
    /// What another sender's numbers become if a double does not carry them.
    pub unsafe_numbers: UnsafeNumbers,
}

impl Options {
    /// The default limit on a body: 1 MiB.
    pub const DEFAULT_MAX_BODY_BYTES: usize = 1 << 20;
    /// The highest limit that can be set: 64 MiB, so that a typing error does not hand an attacker the
    /// receiver's memory.
    pub const HIGHEST_MAX_BODY_BYTES: usize = 1 << 26;

    /// The default options.
    #[must_use]
    pub fn new(sender: Sender, keys: Keys) -> Self {
        Self {
            tolerance: Tolerance::of(&sender),
            sender,
            keys,
            max_body_bytes: Self::DEFAULT_MAX_BODY_BYTES,
            allowed_ips: None,
            url: None,
            client_id: None,
            unsafe_numbers: UnsafeNumbers::String,
        }
    }
}

/// A callback that passed every stage.
pub struct Accepted<'a> {
    fresh: Fresh<'a>,
    event: Event,
}

impl Verifier {
    /// Builds a verifier.
    ///
    /// # Errors
    /// [`ConfigError::InvalidOption`] for a body limit of 0 or above
    /// [`Options::HIGHEST_MAX_BODY_BYTES`].
    pub fn new(options: Options) -> Result<Self, ConfigError> {
        let highest = Options::HIGHEST_MAX_BODY_BYTES;
        if !(1..=highest).contains(&options.max_body_bytes) {
            return Err(ConfigError::InvalidOption {
                option: "maxBodyBytes".into(),
                problem: format!("expected 1 to {highest}, got {}", options.max_body_bytes),
            });
        }
        let Options {
            sender,
            url,
            client_id,
            ..
        } = &options;
        check_agreed("url", url, sender.needs_url(), sender, is_registered_url)?;
        let signs_client = sender.needs_client_id();
        check_agreed("clientId", client_id, signs_client, sender, is_client_id)?;
        Ok(Self::trusting_requests(options))
    }

    /// A verifier that believes what a request says of its URL and its client, unless the options say it.
    pub(crate) fn trusting_requests(options: Options) -> Self {
        Self {
            sender: options.sender,
            keys: options.keys,
            tolerance: options.tolerance,
            max_body_bytes: options.max_body_bytes,
            allowed_ips: options.allowed_ips,
            url: options.url,
            client_id: options.client_id,
            unsafe_numbers: options.unsafe_numbers,
        }
    }

    /// Verifies one callback. `now` is the receiver's clock in Unix seconds.
    ///
    /// # Errors
    /// The [`Rejection`] of the first stage that refuses.
    pub fn verify<'a>(
        &'a self,
        request: &Request<'a>,
        now: u64,
    ) -> Result<Accepted<'a>, Rejection> {
        request.limit_body(self.max_body_bytes)?;
        if let Some(allowed) = &self.allowed_ips {
            allowed.admit(request.ip)?;
        }
        let request = Request {
            registered_url: self.url.as_deref(),
            ..*request
        };
        let claim = Claim::read(&request, &self.sender)?;
        claim.require_client(self.client_id.as_deref())?;
        if self.keys.named(claim.key_id()).next().is_none() {
            // Its key may be looked up elsewhere, but not for what is stale by its own account.
            self.tolerance.admit_time_of(&claim, now)?;
        }
        let authentic = Authentic::check(claim, &self.keys)?;
        let fresh = Fresh::check(authentic, now, self.tolerance)?;
        let event = Event::read(&fresh, self.unsafe_numbers)?;
        Ok(Accepted { fresh, event })
    }

    /// Proves with the key that signed a `callback.verification` that this side holds it as well. `None`
    /// if that key is a public key.
    #[must_use]
    pub fn prove(&self, key: usize, id: &str, challenge: &str) -> Option<String> {
        handshake::prove(&self.keys, key, id, challenge)
    }

    /// Whose callbacks it verifies.
    #[must_use]
    pub const fn sender(&self) -> &Sender {
        &self.sender
    }

    /// The ids of its keys, in their order.
    pub fn key_ids(&self) -> impl Iterator<Item = Option<&str>> {
        self.keys.ids()
    }

    /// How far a callback's timestamp may be from the clock.
    #[must_use]
    pub const fn tolerance(&self) -> Tolerance {
        self.tolerance
    }

    /// What numbers become that a double does not carry.
    #[must_use]
    pub const fn unsafe_numbers(&self) -> UnsafeNumbers {
        self.unsafe_numbers
    }

    /// The longest accepted body, in bytes.
    #[must_use]
    pub const fn max_body_bytes(&self) -> usize {
        self.max_body_bytes
    }
}

impl<'a> Accepted<'a> {
    /// The id in a signed header: identifies the callback; a retry has the same.
    #[must_use]
    pub const fn id(&self) -> Option<&'a str> {
        self.fresh.authentic().claim().id()
    }

    /// The header that holds this id.
    #[must_use]
    pub fn id_header(&self) -> Option<&'a str> {
        self.fresh.authentic().claim().id_header()
    }

    /// The signed id that identifies the callback, in a header or in the body.
    #[must_use]
    pub fn signed_id(&self) -> Option<&str> {
        match (&self.event, self.id()) {
            (Event::Other(other), None) if other.is_identified => other.id.as_deref(),
            (_, id) => id,
        }
    }

    /// When it was signed, in Unix seconds, if its sender signs that.
    #[must_use]
    pub const fn timestamp(&self) -> Option<u64> {
        self.fresh.timestamp()
    }

    /// The index of the first key that made one of its signatures.
    #[must_use]
    pub const fn key(&self) -> usize {
        self.fresh.authentic().key()
    }

    /// How to read its body.
    #[must_use]
    pub const fn event(&self) -> &Event {
        &self.event
    }
}

/// Checks what was registered with the sender, and that it is given if the sender signs it: nobody can
/// change a part of the signed bytes that is known beforehand.
fn check_agreed(
    option: &'static str,
    value: &Option<String>,
    is_signed: bool,
    sender: &Sender,
    is_valid: fn(&str) -> Result<(), &'static str>,
) -> Result<(), ConfigError> {
    let name = sender.name();
    let problem = match value {
        None if is_signed => {
            return Err(ConfigError::OptionRequired {
                option,
                sender: name.into(),
            });
        }
        Some(_) if !is_signed => format!("leave it out: {name} does not sign it"),
        Some(value) => match is_valid(value) {
            Ok(()) => return Ok(()),
            Err(expected) => format!("expected {expected}"),
        },
        None => return Ok(()),
    };
    Err(ConfigError::InvalidOption {
        option: option.into(),
        problem,
    })
}

pub(crate) fn is_registered_url(text: &str) -> Result<(), &'static str> {
    let expected = "the registered url, such as https://shop.example/callbacks";
    url::is_absolute(text).then_some(()).ok_or(expected)
}

fn is_client_id(text: &str) -> Result<(), &'static str> {
    let is_id = (1..=256).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
    is_id
        .then_some(())
        .ok_or("1 to 256 visible ascii characters")
}
