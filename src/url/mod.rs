//! URLs, queries and forms: how they are taken apart, escaped and read, and which hosts are this
//! machine.

#[cfg(feature = "dapp")]
pub(crate) mod uri;
#[cfg(feature = "dapp")]
mod web;

use core::net::IpAddr;

use alloc::string::String;
use alloc::vec::Vec;

#[cfg(feature = "dapp")]
pub(crate) use web::WebUrl;

/// A URL, absolute or not, taken apart. Nothing is checked or decoded.
pub(crate) struct Parts<'u> {
    /// The scheme and the authority of an absolute URL.
    #[cfg_attr(
        not(feature = "full"),
        allow(dead_code, reason = "only explanations read it")
    )]
    pub(crate) origin: Option<(&'u str, &'u str)>,
    /// From the slash after the authority to the question mark; `/` if there is no slash.
    pub(crate) path: &'u str,
    /// What follows the first question mark.
    pub(crate) query: &'u str,
}

/// Takes a URL apart and drops its fragment.
pub(crate) fn split(url: &str) -> Parts<'_> {
    let url = url.split('#').next().unwrap_or_default();
    let (before, query) = url.split_once('?').unwrap_or((url, ""));
    let Some((scheme, rest)) = split_scheme(before) else {
        return Parts {
            origin: None,
            path: before,
            query,
        };
    };
    let slash = rest.find('/').unwrap_or(rest.len());
    let (authority, path) = rest.split_at_checked(slash).unwrap_or((rest, ""));
    Parts {
        origin: Some((scheme, authority)),
        path: if path.is_empty() { "/" } else { path },
        query,
    }
}

/// What stands before and behind the first `://`. The standard library's search for text takes 5 KB.
fn split_scheme(url: &str) -> Option<(&str, &str)> {
    let mut triples = url.as_bytes().windows(3);
    let (scheme, rest) = url.split_at_checked(triples.position(|triple| triple == b"://")?)?;
    Some((scheme, rest.strip_prefix("://")?))
}

/// Whether a URL is absolute, of HTTP, without a fragment, and spelt with the characters of a URI alone
/// (RFC 3986, section 2).
pub(crate) fn is_absolute(url: &str) -> bool {
    let rest = url
        .strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://"));
    rest.is_some_and(|rest| {
        let is_allowed = |byte| may_be_in_url(byte) && byte != b'#';
        rest.starts_with(|first: char| first.is_ascii_alphanumeric() || first == '[')
            && rest.bytes().all(is_allowed)
    })
}

/// The characters of a URI (RFC 3986, section 2).
pub(crate) fn may_be_in_url(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=%".contains(&byte)
}

/// A URL without its query and its fragment.
pub(crate) fn without_query(url: &str) -> &str {
    url.split(['?', '#']).next().unwrap_or_default()
}

/// Whether a host without a port is this machine: `localhost`, a name below it (RFC 6761, section
/// 6.3), or a loopback address, an IPv6 one in brackets or not.
#[cfg(feature = "dapp")]
pub(crate) fn is_loopback_host(host: &str) -> bool {
    let address = bracketed(host).unwrap_or(host).parse();
    address.map_or_else(|_| is_localhost(host), is_loopback_address)
}

/// Whether an address is one of this machine, written as IPv4, as IPv6 or as IPv4 in IPv6.
pub(crate) fn is_loopback_address(address: IpAddr) -> bool {
    address.to_canonical().is_loopback()
}

#[cfg(feature = "dapp")]
fn is_localhost(name: &str) -> bool {
    let top = name.rsplit('.').next().unwrap_or_default();
    top.eq_ignore_ascii_case("localhost")
}

/// The address between the brackets of an IPv6 host (RFC 3986, section 3.2.2).
#[cfg(feature = "dapp")]
pub(crate) fn bracketed(host: &str) -> Option<&str> {
    host.strip_prefix('[')?.strip_suffix(']')
}

/// The names and values of `application/x-www-form-urlencoded`
/// ([URL Standard](https://url.spec.whatwg.org/#application/x-www-form-urlencoded)), decoded so.
pub(crate) fn form_fields<T>(form: &[u8], decode: fn(&[u8]) -> T) -> impl Iterator<Item = (T, T)> {
    let fields = form.split(|byte| *byte == b'&');
    fields.filter(|field| !field.is_empty()).map(move |field| {
        let mut halves = field.splitn(2, |byte| *byte == b'=');
        let mut next = || decode(halves.next().unwrap_or_default());
        (next(), next())
    })
}

/// Resolves the escapes of a name or a value as they are, whoever has written them. A malformed one
/// stands for itself, as in the URL Standard. With `%uXXXX`, or if the bytes are not UTF-8, each is a code
/// unit of UTF-16, as JavaScript's `escape` writes them (ECMA-262, section B.2.1.1): those up to `%FF` are
/// Latin-1.
pub(crate) fn decode_leniently(text: &[u8]) -> String {
    if !text.iter().any(|byte| matches!(byte, b'%' | b'+'))
        && let Ok(plain) = str::from_utf8(text)
    {
        return plain.into();
    }
    let mut units = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((byte, behind)) = rest.split_first() {
        let (unit, behind) = match byte {
            b'%' => escaped(behind).unwrap_or(([0, b'%'], behind)),
            b'+' => ([0, b' '], behind),
            byte => ([0, *byte], behind),
        };
        units.push(u16::from_be_bytes(unit));
        rest = behind;
    }
    let bytes = units.iter().map(|unit| u8::try_from(*unit).ok()).collect();
    let utf8 = Option::and_then(bytes, |bytes| String::from_utf8(bytes).ok());
    utf8.unwrap_or_else(|| String::from_utf16_lossy(&units))
}

/// The code unit that is written behind a percent sign, and what is behind it.
fn escaped(text: &[u8]) -> Option<([u8; 2], &[u8])> {
    let wide = text.strip_prefix(b"u").and_then(hex_digits);
    wide.or_else(|| hex_digits(text).map(|([byte], behind)| ([0, byte], behind)))
}

/// The bytes that hexadecimal digits at the start of a text stand for, and what is behind.
fn hex_digits<const BYTES: usize>(text: &[u8]) -> Option<([u8; BYTES], &[u8])> {
    let (digits, behind) = text.split_at_checked(BYTES.saturating_mul(2))?;
    let mut bytes = [0; BYTES];
    hex::decode_to_slice(digits, &mut bytes).ok()?;
    Some((bytes, behind))
}

/// Resolves the escapes of a name or a value, strictly. The error says what was expected.
#[cfg(feature = "dapp")]
pub(crate) fn decode(text: &[u8]) -> Result<String, &'static str> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((byte, behind)) = rest.split_first() {
        rest = behind;
        match byte {
            b'+' => bytes.push(b' '),
            b'%' => {
                let digits = behind.split_at_checked(2);
                let (digits, behind) = digits.ok_or("expected two hex digits behind %")?;
                let mut byte = [0];
                hex::decode_to_slice(digits, &mut byte)
                    .map_err(|_| "expected two hex digits behind %")?;
                bytes.extend(byte);
                rest = behind;
            }
            byte => bytes.push(*byte),
        }
    }
    String::from_utf8(bytes).map_err(|_| "expected utf-8")
}

/// Which characters stay as they are, and how a space is written.
#[cfg(any(feature = "full", feature = "dapp"))]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Escape {
    /// As `encodeURIComponent` does.
    Component,
    /// As `URLSearchParams` does.
    #[cfg(feature = "full")]
    Form,
}

/// Escapes bytes.
#[cfg(any(feature = "full", feature = "dapp"))]
pub(crate) fn escape(bytes: &[u8], escape: Escape) -> String {
    let kept: &[u8] = match escape {
        Escape::Component => b"-_.!~*'()",
        #[cfg(feature = "full")]
        Escape::Form => b"*-._",
    };
    let mut out = String::with_capacity(bytes.len());
    for byte in bytes {
        match byte {
            #[cfg(feature = "full")]
            b' ' if escape == Escape::Form => out.push('+'),
            _ if byte.is_ascii_alphanumeric() || kept.contains(byte) => out.push((*byte).into()),
            _ => {
                let digit = |value: u8| char::from_digit(value.into(), 16);
                out.push('%');
                let digits = [byte >> 4, byte & 15].into_iter().filter_map(digit);
                out.extend(digits.map(|digit| digit.to_ascii_uppercase()));
            }
        }
    }
    out
}

/// Resolves valid escapes and keeps malformed ones. `None` if nothing changes.
#[cfg(feature = "full")]
pub(crate) fn unescape(bytes: &[u8], escape: Escape) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((byte, behind)) = rest.split_first() {
        rest = behind;
        match byte {
            b'%' => {
                let mut decoded = [b'%'];
                let digits = behind.get(..2).unwrap_or_default();
                if hex::decode_to_slice(digits, &mut decoded).is_ok() {
                    rest = behind.get(2..).unwrap_or_default();
                }
                out.extend_from_slice(&decoded);
            }
            b'+' if escape == Escape::Form => out.push(b' '),
            _ => out.push(*byte),
        }
    }
    (out != bytes).then_some(out)
}
