//! The header `Forwarded` ([RFC 7239](https://www.rfc-editor.org/rfc/rfc7239), section 4).

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use super::{Peer, is_https};

/// What one proxy has written.
#[derive(Default)]
pub(super) struct Element {
    /// `for`, and nothing in it if that is not an address: `unknown` or a name that hides it.
    pub(super) client: Option<Option<Peer>>,
    /// Whether `proto` is `https`.
    pub(super) https: Option<bool>,
}

impl Element {
    /// Takes a parameter, which may come once (section 4). Others than these two say nothing here.
    fn set(&mut self, name: &str, value: &str) -> Option<()> {
        let again = if name.eq_ignore_ascii_case("for") {
            self.client.replace(Peer::parse(value)).is_some()
        } else if name.eq_ignore_ascii_case("proto") {
            self.https.replace(is_https(value)).is_some()
        } else {
            false
        };
        (!again).then_some(())
    }
}

/// The elements of the header's value, the nearest proxy's last; nothing if it is malformed. White
/// space may stand around `;`, too, as some proxies write it.
pub(super) fn parse(value: &str) -> Option<Vec<Element>> {
    let mut elements = Vec::new();
    let mut rest = trim(value);
    let mut element = None;
    loop {
        if !rest.is_empty() && !rest.starts_with([';', ',']) {
            let (name, behind) = token(rest)?;
            let (value, behind) = parameter(behind.strip_prefix('=')?)?;
            element
                .get_or_insert_with(Element::default)
                .set(name, &value)?;
            rest = trim(behind);
        }
        match rest.strip_prefix(';') {
            Some(behind) => rest = trim(behind),
            None => {
                elements.extend(element.take());
                if rest.is_empty() {
                    return Some(elements);
                }
                rest = trim(rest.strip_prefix(',')?);
            }
        }
    }
}

/// A token or a quoted string, and what stands behind it.
fn parameter(text: &str) -> Option<(Cow<'_, str>, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        return token(text).map(|(token, behind)| (Cow::Borrowed(token), behind));
    };
    let mut value = String::new();
    let mut rest = quoted.chars();
    loop {
        match rest.next()? {
            '"' => return Some((Cow::Owned(value), rest.as_str())),
            '\\' => value.push(rest.next().filter(|next| is_text(*next))?),
            next if is_text(next) => value.push(next),
            _ => return None,
        }
    }
}

/// A token of at least one character (RFC 9110, section 5.6.2), and what stands behind it.
fn token(text: &str) -> Option<(&str, &str)> {
    let end = text.find(|next| !is_token(next)).unwrap_or(text.len());
    let (token, behind) = text.split_at_checked(end)?;
    (!token.is_empty()).then_some((token, behind))
}

fn is_token(next: char) -> bool {
    let is_mark = |byte| b"!#$%&'*+-.^_`|~".contains(&byte);
    next.is_ascii_alphanumeric() || u8::try_from(next).is_ok_and(is_mark)
}

/// What may stand in a quoted string, or behind a backslash there (RFC 9110, section 5.6.4).
fn is_text(next: char) -> bool {
    next == '\t' || !next.is_control()
}

fn trim(text: &str) -> &str {
    text.trim_matches([' ', '\t'])
}
