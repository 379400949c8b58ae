//! The web addresses that a request takes.

use alloc::format;
use alloc::string::String;

use core::net::Ipv6Addr;

use super::{bracketed, is_loopback_host, uri};

/// The longest address: links with it have to fit into a QR code.
const MAX_BYTES: usize = 2048;
const _: () = assert!(MAX_BYTES == 2048, "the message below names it");

/// An absolute `https:` address, or an `http:` one of this very machine.
pub(crate) struct WebUrl<'a> {
    scheme: &'static str,
    authority: &'a str,
}

impl<'a> WebUrl<'a> {
    /// Reads an address (RFC 3986) that every parser reads the same way: without user names, escapes
    /// in its host, a fragment, or characters that have to be escaped.
    ///
    /// # Errors
    /// What was expected and what came.
    pub(crate) fn parse(text: &'a str) -> Result<Self, &'static str> {
        const FORM: &str = "expected an absolute https url";
        let (scheme, rest) = match text.strip_prefix("https://") {
            Some(rest) => ("https", rest),
            None => ("http", text.strip_prefix("http://").ok_or(FORM)?),
        };
        if text.len() > MAX_BYTES {
            return Err("expected a url of at most 2048 characters");
        }
        if !uri::is_uri(text) || text.contains('#') {
            return Err("expected a url of rfc 3986 without a fragment");
        }
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let authority = rest.get(..end).unwrap_or_default();
        let host = host(authority).ok_or("expected a host in the url")?;
        if scheme == "http" && !is_loopback_host(host) {
            return Err("expected https, got http of another host than this machine");
        }
        Ok(Self { scheme, authority })
    }

    /// Host and port, as browsers write them.
    pub(crate) fn host(&self) -> String {
        let default = match self.scheme {
            "https" => ":443",
            _ => ":80",
        };
        let authority = self.authority;
        let host = authority.strip_suffix(default).unwrap_or(authority);
        host.to_ascii_lowercase()
    }

    /// Scheme, host and port.
    pub(crate) fn origin(&self) -> String {
        format!("{}://{}", self.scheme, self.host())
    }
}

/// The host of an authority without a user name.
fn host(authority: &str) -> Option<&str> {
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (authority, None),
    };
    let digits = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit());
    if port.is_some_and(|port| !digits(port) || port.parse::<u16>().is_err()) {
        return None;
    }
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.');
    let good = match bracketed(host) {
        Some(address) => address.parse::<Ipv6Addr>().is_ok(),
        None => !host.is_empty() && host.bytes().all(is_name),
    };
    good.then_some(host)
}
