//! The texts of a descriptor, each with its form.

use alloc::format;
use alloc::string::String;

use serde::Deserialize;
use serde::de::{self, Deserializer};

use crate::json::de::joined;
use crate::json::nearest::nearest;
use crate::json::shapes::{self, text_type};
use crate::sender::template::{NoTemplate, Part, Template};

/// A header's name, in lower case whatever case it came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderName(pub(crate) String);

impl<'d> Deserialize<'d> for HeaderName {
    fn deserialize<D: Deserializer<'d>>(deserializer: D) -> Result<Self, D::Error> {
        let name = shapes::text(deserializer, is_header_name, "a header's name")?;
        Ok(Self(name.to_ascii_lowercase()))
    }
}

text_type! {
    /// The name by which a sender is chosen.
    Name, is_name, "1 to 64 of a-z, 0-9 and inner hyphens"
}
text_type! {
    /// The name of a host.
    Host, is_host, "a host name"
}
text_type! {
    /// The label of a list's entry.
    Label, is_label, "a label of 1 to 32 letters and digits"
}
text_type! {
    /// What stands before a signature.
    Prefix, is_prefix, "1 to 64 ascii characters, the first of them visible"
}
text_type! {
    /// A media type.
    MediaType, is_media_type, "a media type"
}
text_type! {
    /// The body of an answer.
    AnswerBody, is_answer, "1 to 1024 bytes"
}
text_type! {
    /// The path of a member, as `data.object.id`.
    MemberPath, is_member_path, "names of members with dots between them"
}

impl<'d> Deserialize<'d> for Template {
    fn deserialize<D: Deserializer<'d>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(|fault| {
            de::Error::custom(match fault {
                NoTemplate::Dollar(token) => {
                    format!("expected {{{token}}} without a dollar sign, got ${{{token}}}")
                }
                NoTemplate::Unknown(token) => match nearest(token.trim(), Part::TOKENS) {
                    Some(near) => format!("unknown token {{{token}}} (did you mean {{{near}}}?)"),
                    None => {
                        let known = joined(Part::TOKENS.iter().copied(), "}, {");
                        format!("unknown token {{{token}}} (known: {{{known}}})")
                    }
                },
            })
        })
    }
}

fn is_name(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=64).contains(&text.len())
        && text.bytes().all(allowed)
        && text.split('-').all(|word| !word.is_empty())
}

fn is_host(text: &str) -> bool {
    let allowed =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-".contains(&byte);
    (1..=253).contains(&text.len()) && text.bytes().all(allowed)
}

/// A field name (RFC 9110, section 5.1).
pub(crate) fn is_header_name(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    (1..=128).contains(&text.len()) && text.bytes().all(allowed)
}

fn is_label(text: &str) -> bool {
    (1..=32).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn is_prefix(text: &str) -> bool {
    let allowed = |byte: u8| byte == b' ' || byte.is_ascii_graphic();
    (1..=64).contains(&text.len()) && !text.starts_with(' ') && text.bytes().all(allowed)
}

fn is_media_type(text: &str) -> bool {
    let (media, parameters) = text.split_once(';').unwrap_or((text, ""));
    media
        .split_once('/')
        .is_some_and(|(kind, subtype)| is_header_name(kind) && is_header_name(subtype))
        && text.len() <= 128
        && parameters
            .bytes()
            .all(|byte| byte == b' ' || byte.is_ascii_graphic())
}

fn is_answer(text: &str) -> bool {
    (1..=1024).contains(&text.len())
}

pub(super) fn is_member_path(text: &str) -> bool {
    !text.is_empty() && text.len() <= 256 && text.split('.').all(|name| !name.is_empty())
}
