//! The grammar of URIs ([RFC 3986](https://www.rfc-editor.org/rfc/rfc3986), appendix A), as far as
//! sign-in messages need it.

use core::net::Ipv6Addr;

/// `URI`.
pub(crate) fn is_uri(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else {
        return false;
    };
    let (rest, fragment) = rest.split_once('#').unwrap_or((rest, ""));
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (authority, path) = match rest.strip_prefix("//") {
        Some(rest) => rest.split_at(rest.find('/').unwrap_or(rest.len())),
        None => ("", rest),
    };
    is_scheme(scheme)
        && is_authority(authority)
        && consists_of(path, b":@/")
        && [query, fragment]
            .iter()
            .all(|text| consists_of(text, b":@/?"))
}

/// Whether a page that links to it may run what stands in it.
pub(crate) fn is_script(text: &str) -> bool {
    let scheme = text.split(':').next().unwrap_or_default();
    ["javascript", "vbscript", "data"]
        .iter()
        .any(|other| scheme.eq_ignore_ascii_case(other))
}

/// `scheme`.
pub(crate) fn is_scheme(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
}

/// `authority`, and not one whose host is empty.
pub(crate) fn is_domain(text: &str) -> bool {
    let host = text.split_once('@').map_or(text, |(_, host)| host);
    !host.is_empty() && !host.starts_with(':') && is_authority(text)
}

/// `authority`.
fn is_authority(text: &str) -> bool {
    let (user, rest) = text.split_once('@').unwrap_or(("", text));
    let (host, port) = match rest.strip_prefix('[') {
        Some(rest) => match rest.split_once(']') {
            Some((literal, port)) => (is_ip_literal(literal), port),
            None => return false,
        },
        None => {
            let (name, port) = rest.split_at(rest.find(':').unwrap_or(rest.len()));
            (consists_of(name, b""), port)
        }
    };
    let port = match port.strip_prefix(':') {
        Some(digits) => digits.bytes().all(|byte| byte.is_ascii_digit()),
        None => port.is_empty(),
    };
    consists_of(user, b":") && host && port
}

/// The part between the brackets of `IP-literal`.
fn is_ip_literal(text: &str) -> bool {
    let Some((version, address)) = text
        .strip_prefix(['v', 'V'])
        .and_then(|text| text.split_once('.'))
    else {
        return text.parse::<Ipv6Addr>().is_ok();
    };
    !version.is_empty()
        && version.bytes().all(|byte| byte.is_ascii_hexdigit())
        && !address.is_empty()
        && !address.contains('%')
        && consists_of(address, b":")
}

/// `segment`.
pub(crate) fn is_segment(text: &str) -> bool {
    consists_of(text, b":@")
}

/// Whether the text is of `unreserved`, `pct-encoded`, `sub-delims` and these.
fn consists_of(text: &str, more: &[u8]) -> bool {
    let mut bytes = text.bytes();
    let digit =
        |bytes: &mut core::str::Bytes| bytes.next().is_some_and(|byte| byte.is_ascii_hexdigit());
    while let Some(byte) = bytes.next() {
        let fits = match byte {
            b'%' => digit(&mut bytes) && digit(&mut bytes),
            b'-' | b'.' | b'_' | b'~' => true,
            b'!' | b'$' | b'&' | b'\'' | b'(' | b')' | b'*' | b'+' | b',' | b';' | b'=' => true,
            _ => byte.is_ascii_alphanumeric() || more.contains(&byte),
        };
        if !fits {
            return false;
        }
    }
    true
}
