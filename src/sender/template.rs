//! The bytes under a signature, as a text with tokens: `{timestamp}.{body}`.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use core::fmt;

/// A text whose tokens stand for parts of a callback.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Template(Vec<Part>);

/// One piece of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part {
    Literal(String),
    Body,
    Id,
    Timestamp,
    Nonce,
    KeyId,
    /// Which of the sender's clients the receiver is: a value that the receiver knows beforehand.
    ClientId,
    Method,
    /// The URL that the receiver registered; for a GET with the query that came.
    Url,
    /// The path of the URL that the receiver registered.
    Path,
    /// What stands behind the URL's first question mark.
    Query,
    /// The value of a header.
    Header(String),
}

/// Why a text is no template.
pub(crate) enum NoTemplate<'t> {
    /// The text between two braces is no token.
    Unknown(&'t str),
    /// A dollar sign stands before a token, as in a template literal.
    Dollar(&'t str),
}

impl Template {
    /// `{body}`.
    pub(crate) fn body() -> Self {
        Self(Vec::from([Part::Body]))
    }

    /// These parts one after the other.
    pub(crate) const fn from_parts(parts: Vec<Part>) -> Self {
        Self(parts)
    }

    /// Takes a text apart.
    pub(crate) fn parse(mut text: &str) -> Result<Self, NoTemplate<'_>> {
        let mut parts = Vec::new();
        while let Some((literal, rest)) = text.split_once('{') {
            let (token, rest) = rest.split_once('}').ok_or(NoTemplate::Unknown(rest))?;
            push_literal(&mut parts, literal);
            parts.push(Part::parse(token).ok_or(NoTemplate::Unknown(token))?);
            if literal.ends_with('$') {
                return Err(NoTemplate::Dollar(token));
            }
            text = rest;
        }
        push_literal(&mut parts, text);
        Ok(Self(parts))
    }

    pub(crate) fn parts(&self) -> impl Iterator<Item = &Part> + Clone {
        self.0.iter()
    }

    pub(crate) fn has(&self, part: &Part) -> bool {
        self.0.contains(part)
    }

    /// Whether nothing but fixed text stands beside this part.
    pub(crate) fn bounds(&self, part: &Part) -> bool {
        let place = self.0.iter().position(|other| other == part);
        let Some(place) = place else {
            return true;
        };
        let beside = [place.checked_sub(1), place.checked_add(1)];
        let mut beside = beside.into_iter().filter_map(|at| self.0.get(at?));
        beside.all(|part| matches!(part, Part::Literal(_)))
    }
}

impl Part {
    /// The names of the tokens.
    pub(crate) const TOKENS: &'static [&'static str] = &[
        "body",
        "id",
        "timestamp",
        "nonce",
        "keyId",
        "clientId",
        "method",
        "url",
        "path",
        "query",
        "header:name",
    ];

    fn parse(token: &str) -> Option<Self> {
        Some(match token {
            "body" => Self::Body,
            "id" => Self::Id,
            "timestamp" => Self::Timestamp,
            "nonce" => Self::Nonce,
            "keyId" => Self::KeyId,
            "clientId" => Self::ClientId,
            "method" => Self::Method,
            "url" => Self::Url,
            "path" => Self::Path,
            "query" => Self::Query,
            _ => {
                let name = token.strip_prefix("header:")?;
                super::descriptor::is_header_name(name)
                    .then(|| Self::Header(name.to_ascii_lowercase()))?
            }
        })
    }
}

fn push_literal(parts: &mut Vec<Part>, text: &str) {
    if !text.is_empty() {
        parts.push(Part::Literal(text.to_owned()));
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Literal(text) => write!(f, "\"{text}\""),
            Self::Body => f.write_str("{body}"),
            Self::Id => f.write_str("{id}"),
            Self::Timestamp => f.write_str("{timestamp}"),
            Self::Nonce => f.write_str("{nonce}"),
            Self::KeyId => f.write_str("{keyId}"),
            Self::ClientId => f.write_str("{clientId}"),
            Self::Method => f.write_str("{method}"),
            Self::Url => f.write_str("{url}"),
            Self::Path => f.write_str("{path}"),
            Self::Query => f.write_str("{query}"),
            Self::Header(name) => write!(f, "{{header:{name}}}"),
        }
    }
}
