//! Sign-In with Ethereum ([EIP-4361](https://eips.ethereum.org/EIPS/eip-4361)).

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde::Serialize;

use super::{Rejection, RejectionCode, account};
use crate::timestamp;
use crate::url::{WebUrl, uri};

/// What a sign-in message says. Its version is always 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase", tag = "version", rename = "1")]
pub struct SignIn<'a> {
    /// The scheme of the origin that asks, as `https`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scheme: Option<&'a str>,
    /// The authority that asks (RFC 3986, section 3.2), as `example.com:8080`.
    pub domain: &'a str,
    /// The account, with the checksum of EIP-55.
    pub address: &'a str,
    /// What the person agrees to: ASCII without line breaks, quotation marks or `%`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub statement: Option<&'a str>,
    /// What is signed in to.
    pub uri: &'a str,
    /// The chain of EIP-155, up to 2^53 - 1.
    pub chain_id: u64,
    /// At least 8 letters and digits.
    pub nonce: &'a str,
    /// When it was written (RFC 3339).
    pub issued_at: &'a str,
    /// From when on it is void (RFC 3339).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expiration_time: Option<&'a str>,
    /// From when on it is valid (RFC 3339).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_before: Option<&'a str>,
    /// The system's own name for the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<&'a str>,
    /// What else is asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<&'a str>,
}

impl<'a> SignIn<'a> {
    /// Reads a message by the ABNF of EIP-4361, to its last character.
    ///
    /// # Errors
    /// [`RejectionCode::MalformedPayload`] with the first member at fault, named as in JavaScript.
    pub fn parse(text: &'a str) -> Result<Self, Rejection> {
        let mut lines = text.split('\n').peekable();
        let mut line = || lines.next().unwrap_or_default();
        let origin = line().strip_suffix(REQUEST);
        let origin = origin.ok_or_else(|| expected("the line that asks to sign in", "domain"))?;
        let parts = origin.split_once(':');
        let parts = parts.and_then(|(scheme, rest)| Some((scheme, rest.strip_prefix("//")?)));
        let (scheme, domain) = match parts {
            Some((scheme, domain)) => (Some(scheme), domain),
            None => (None, origin),
        };
        let address = line();
        if !line().is_empty() {
            return Err(expected("an empty line behind the address", "address"));
        }
        let statement = Some(line()).filter(|statement| !statement.is_empty());
        if statement.is_some() && !line().is_empty() {
            return Err(expected("an empty line behind one line", "statement"));
        }
        let mut member = |label: &str, path| {
            let value = line().strip_prefix(label);
            value.ok_or_else(|| expected("the member at its place", path))
        };
        let uri = member("URI: ", "uri")?;
        if member("Version: ", "version")? != "1" {
            return Err(expected("1", "version"));
        }
        let chain_id = chain_id(member("Chain ID: ", "chainId")?)
            .ok_or_else(|| expected("digits, up to 2^53 - 1", "chainId"))?;
        let nonce = member("Nonce: ", "nonce")?;
        let issued_at = member("Issued At: ", "issuedAt")?;
        let mut optional = |label| {
            let value = lines.peek()?.strip_prefix(label)?;
            lines.next();
            Some(value)
        };
        let expiration_time = optional("Expiration Time: ");
        let not_before = optional("Not Before: ");
        let request_id = optional("Request ID: ");
        let mut resources = Vec::new();
        if lines.next_if_eq(&"Resources:").is_some() {
            while let Some(resource) = lines.peek().and_then(|line| line.strip_prefix("- ")) {
                resources.push(resource);
                lines.next();
            }
        }
        if lines.next().is_some() {
            return Err(malformed(
                "expected the end of the message, got another line",
            ));
        }
        let sign_in = Self {
            scheme,
            domain,
            address,
            statement,
            uri,
            chain_id,
            nonce,
            issued_at,
            expiration_time,
            not_before,
            request_id,
            resources,
        };
        sign_in.check_form()?;
        Ok(sign_in)
    }

    /// Writes the message. Its parts are checked first, so that none can pose as another one.
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    pub fn compose(&self) -> Result<String, Rejection> {
        self.check_form()?;
        let mut text = String::with_capacity(512);
        if let Some(scheme) = self.scheme {
            text.push_str(scheme);
            text.push_str("://");
        }
        for part in [self.domain, REQUEST, "\n", self.address, "\n\n"] {
            text.push_str(part);
        }
        if let Some(statement) = self.statement {
            text.push_str(statement);
            text.push('\n');
        }
        let chain_id = self.chain_id.to_string();
        let members = [
            ("\nURI: ", Some(self.uri)),
            ("\nVersion: ", Some("1")),
            ("\nChain ID: ", Some(&chain_id)),
            ("\nNonce: ", Some(self.nonce)),
            ("\nIssued At: ", Some(self.issued_at)),
            ("\nExpiration Time: ", self.expiration_time),
            ("\nNot Before: ", self.not_before),
            ("\nRequest ID: ", self.request_id),
            ("\nResources:", (!self.resources.is_empty()).then_some("")),
        ];
        let resources = self.resources.iter().map(|uri| ("\n- ", Some(*uri)));
        for (label, value) in members.into_iter().chain(resources) {
            if let Some(value) = value {
                text.push_str(label);
                text.push_str(value);
            }
        }
        Ok(text)
    }

    /// Compares the message with what this server asked for, at this time in Unix seconds.
    ///
    /// # Errors
    /// [`RejectionCode::MalformedPayload`] with the path `domain`, `scheme`, `uri` or `nonce`,
    /// [`RejectionCode::ChainMismatch`], [`RejectionCode::TimestampTooOld`] once it is expired or older than `max_age`, and
    /// [`RejectionCode::TimestampTooNew`] before it is valid or where it was written more than 300 seconds from
    /// now.
    pub fn check(&self, demands: &Demands, now: u64) -> Result<(), Rejection> {
        if demands.domain != self.domain {
            return Err(expected("this server's domain", "domain"));
        }
        if !self.is_from_origin(demands.uri) {
            return Err(expected("https or the scheme of the uri", "scheme"));
        }
        match demands.uri {
            Some(uri) if uri != self.uri => {
                return Err(expected("the uri that was asked for", "uri"));
            }
            None if !self.is_uri_of_domain() => {
                return Err(expected("a uri of this server's domain", "uri"));
            }
            _ => {}
        }
        if demands.nonce != self.nonce {
            return Err(expected("the nonce that this server gave", "nonce"));
        }
        if demands.chain_id.is_some_and(|id| id != self.chain_id) {
            let message = format!(
                "expected the chain that was asked for, got {}",
                self.chain_id
            );
            return Err(Rejection::new(RejectionCode::ChainMismatch, message).at("chainId"));
        }
        self.check_times(demands.max_age, i64::try_from(now).unwrap_or(i64::MAX))
    }

    fn check_times(&self, max_age: u64, now: i64) -> Result<(), Rejection> {
        let [issued_at, expiration_time, not_before] = self.times()?;
        if expiration_time.is_some_and(|time| time <= now) {
            let message = "expected a message that is valid still, got an expired one";
            return Err(
                Rejection::new(RejectionCode::TimestampTooOld, message).at("expirationTime")
            );
        }
        if not_before.is_some_and(|time| time > now) {
            let message = "expected a message that is valid already, got one that will be";
            return Err(Rejection::new(RejectionCode::TimestampTooNew, message).at("notBefore"));
        }
        if issued_at.is_some_and(|time| time > now.saturating_add(CLOCK_SKEW)) {
            let message = "expected a message of the past, got one that is issued later";
            return Err(Rejection::new(RejectionCode::TimestampTooNew, message).at("issuedAt"));
        }
        let oldest = now.saturating_sub_unsigned(max_age);
        if issued_at.is_some_and(|time| time < oldest) {
            let message =
                format!("expected a message of the last {max_age} seconds, got an older one");
            return Err(Rejection::new(RejectionCode::TimestampTooOld, message).at("issuedAt"));
        }
        Ok(())
    }

    /// Whether the message's origin, where it names one, is `https:` (or `http:` on this machine), or
    /// has the scheme of the uri that was asked for.
    fn is_from_origin(&self, uri: Option<&str>) -> bool {
        self.scheme.is_none_or(|scheme| {
            let asked = uri.and_then(|uri| uri.split_once(':'));
            asked.is_some_and(|(asked, _)| asked == scheme)
                || WebUrl::parse(&format!("{scheme}://{}", self.domain)).is_ok()
        })
    }

    /// Whether the uri is an `https:` address of the domain, or an `http:` one on this machine.
    fn is_uri_of_domain(&self) -> bool {
        let scheme = self.uri.split_once(':').map(|(scheme, _)| scheme);
        WebUrl::parse(self.uri).is_ok_and(|url| url.host() == self.domain)
            && self.scheme.is_none_or(|own| scheme == Some(own))
    }

    /// The account's bytes.
    pub(super) fn account(&self) -> Result<[u8; 20], Rejection> {
        account::ethereum(self.address).map_err(|error| malformed(error.to_string()).at("address"))
    }

    /// When it was issued, expires and becomes valid, in Unix seconds.
    fn times(&self) -> Result<[Option<i64>; 3], Rejection> {
        let read = |text: Option<&str>, path| {
            let time = text.map(timestamp::parse).transpose();
            time.map_err(|error| malformed(error.to_string()).at(path))
        };
        Ok([
            read(Some(self.issued_at), "issuedAt")?,
            read(self.expiration_time, "expirationTime")?,
            read(self.not_before, "notBefore")?,
        ])
    }

    /// The rules for the members by themselves.
    fn check_form(&self) -> Result<(), Rejection> {
        if !self.scheme.is_none_or(uri::is_scheme) {
            return Err(expected("a uri's scheme", "scheme"));
        }
        if !uri::is_domain(self.domain) {
            return Err(expected("an authority of rfc 3986", "domain"));
        }
        self.account()?;
        if !self.address.get(2..).is_some_and(account::has_checksum) {
            return Err(expected("the checksum of eip-55", "address"));
        }
        if self.statement.is_some_and(|text| !is_statement(text)) {
            return Err(expected(
                "letters, digits, spaces and :/?#[]@!$&'()*+,;=-._~",
                "statement",
            ));
        }
        if !uri::is_uri(self.uri) {
            return Err(expected("a uri of rfc 3986", "uri"));
        }
        if self.chain_id > MAX_CHAIN_ID {
            return Err(expected("digits, up to 2^53 - 1", "chainId"));
        }
        let is_alphanumeric = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if self.nonce.len() < 8 || !is_alphanumeric(self.nonce) {
            return Err(expected("8 letters and digits or more", "nonce"));
        }
        self.times()?;
        if self.request_id.is_some_and(|text| !uri::is_segment(text)) {
            return Err(expected(
                "characters of a path's segment (rfc 3986)",
                "requestId",
            ));
        }
        let is_refused = |text: &&str| !uri::is_uri(text) || uri::is_script(text);
        match self.resources.iter().position(is_refused) {
            Some(index) => {
                let path = format!("resources[{index}]");
                let problem = "expected a uri of rfc 3986 that runs no script";
                Err(malformed(problem).at(path))
            }
            None => Ok(()),
        }
    }
}

/// What a server asked for.
#[derive(Debug, Clone, Copy)]
pub struct Demands<'a> {
    /// The server's own domain.
    pub domain: &'a str,
    /// The nonce that it gave for this sign-in.
    pub nonce: &'a str,
    /// What was to be signed in to. Where it is left out, any address of the domain.
    pub uri: Option<&'a str>,
    /// The chain, where that matters.
    pub chain_id: Option<u64>,
    /// How long ago it may have been written, in seconds.
    pub max_age: u64,
}

/// How long ago a message may have been written where nothing is said, in seconds: time to read it and
/// to find a hardware wallet.
pub const MAX_AGE: u64 = 600;

/// How far the clock of who wrote the message may be ahead, in seconds.
const CLOCK_SKEW: i64 = 300;

/// The largest number that JavaScript holds exactly.
const MAX_CHAIN_ID: u64 = (1 << 53) - 1;

/// The first line behind the domain.
const REQUEST: &str = " wants you to sign in with your Ethereum account:";

fn chain_id(digits: &str) -> Option<u64> {
    // A sign would be read as well.
    let is_decimal = digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|_| is_decimal)
}

/// `1*( reserved / unreserved / " " )`: no `%`, no quotation mark, nothing but ASCII.
fn is_statement(text: &str) -> bool {
    let allowed =
        |byte: u8| byte.is_ascii_alphanumeric() || b" :/?#[]@!$&'()*+,;=-._~".contains(&byte);
    !text.is_empty() && text.bytes().all(allowed)
}

fn expected(what: &str, path: &'static str) -> Rejection {
    malformed(format!("expected {what}")).at(path)
}

fn malformed(message: impl Into<Cow<'static, str>>) -> Rejection {
    Rejection::new(RejectionCode::MalformedPayload, message)
}
