//! Strict JSON (RFC 8259 within the limits of I-JSON, RFC 7493).
//!
//! Two parsers that disagree about one body are two different payments, so everything on which they
//! could disagree is refused: duplicate member names, lone surrogates, numbers that a double does not
//! carry exactly, byte order marks, trailing data, bytes that are not UTF-8. What is accepted here
//! `JSON.parse` reads to the same value.
//!
//! The document is one flat list of nodes, so that reading costs no allocation per value.

pub(crate) mod canonical;
pub(crate) mod de;
mod fault;
mod nearest;
#[cfg(feature = "dapp")]
pub(crate) mod object;
mod path;
mod reader;
pub(crate) mod shapes;

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use crate::error::PayloadProblem;

pub(crate) use canonical::write_string;
pub(crate) use fault::Fault;
use reader::Reader;

/// The largest integer up to which a double carries every integer: 2^53 - 1 (RFC 7493, section 2.2).
const MAX_SAFE_INTEGER: u64 = (1 << 53) - 1;

/// Which integers a document may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Integers {
    /// Those that a double carries exactly, up to 2^53 - 1.
    Exact,
    /// Any. What reads the document into doubles rounds the larger ones.
    Any,
}

/// A JSON text that was read to its end.
pub(crate) struct Document<'a> {
    text: &'a str,
    nodes: Vec<Node>,
}

#[derive(Clone, Copy)]
struct Node {
    kind: Kind,
    /// Where the value's text starts and ends.
    start: usize,
    end: usize,
    /// The index of the first node behind this value and all that it holds.
    next: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Null,
    Boolean,
    Number,
    /// A string whose text between the quotes is its value.
    Plain,
    /// A string with escapes.
    Escaped,
    Array,
    /// Nodes of names and values take turns.
    Object,
}

/// A value inside of a document.
#[derive(Clone, Copy)]
pub(crate) struct Value<'d> {
    document: &'d Document<'d>,
    index: usize,
}

impl<'a> Document<'a> {
    /// Reads a body.
    ///
    /// # Errors
    /// A [`Fault`] with the path of the innermost member that was being read.
    pub(crate) fn read(body: &'a [u8], integers: Integers) -> Result<Self, Fault> {
        let text = str::from_utf8(body).map_err(|error| {
            let offset = error.valid_up_to();
            Fault::from(PayloadProblem::NotUtf8 { offset })
        })?;
        let nodes = Reader::new(text, integers).document()?;
        Ok(Self { text, nodes })
    }

    pub(crate) const fn root(&self) -> Value<'_> {
        Value {
            document: self,
            index: 0,
        }
    }

    fn node(&self, index: usize) -> Node {
        self.nodes.get(index).copied().unwrap_or(Node {
            kind: Kind::Null,
            start: 0,
            end: 0,
            next: self.nodes.len(),
        })
    }
}

impl<'d> Value<'d> {
    /// The value's own text, as it stands in the document.
    pub(crate) fn raw(self) -> &'d str {
        raw(self.document.text, self.node())
    }

    /// What kind of value it is, for messages.
    pub(crate) fn describe(self) -> &'static str {
        match self.node().kind {
            Kind::Null => "null",
            Kind::Boolean => "a boolean",
            Kind::Number => "a number",
            Kind::Plain | Kind::Escaped => "a string",
            Kind::Array => "an array",
            Kind::Object => "an object",
        }
    }

    pub(crate) fn is_object(self) -> bool {
        self.node().kind == Kind::Object
    }

    pub(crate) fn is_number(self) -> bool {
        self.node().kind == Kind::Number
    }

    pub(crate) fn is_array(self) -> bool {
        self.node().kind == Kind::Array
    }

    /// The boolean, if it is one.
    pub(crate) fn boolean(self) -> Option<bool> {
        (self.node().kind == Kind::Boolean).then(|| self.raw() == "true")
    }

    /// The number, if it is one, written as a whole number without a sign, and up to 2^53 - 1.
    pub(crate) fn integer(self) -> Option<u64> {
        let number = self.node().kind == Kind::Number;
        let value = self.raw().parse().ok();
        value.filter(|_| number && is_safe(value))
    }

    /// The string's value, if it is a string.
    pub(crate) fn string(self) -> Option<Cow<'d, str>> {
        decoded(self.document.text, self.node())
    }

    /// Whether it is this string.
    pub(crate) fn is(self, text: &str) -> bool {
        let node = self.node();
        match node.kind {
            Kind::Plain => plain(self.document.text, node) == text,
            _ => self.string().is_some_and(|other| other == text),
        }
    }

    /// The member of this name, if it is an object that has one.
    pub(crate) fn get(self, name: &str) -> Option<Self> {
        self.members()
            .find(|(other, _)| other.is(name))
            .map(|(_, value)| value)
    }

    /// The value at a path of member names with dots between them.
    pub(crate) fn at(self, path: &str) -> Option<Self> {
        path.split('.').try_fold(self, Self::get)
    }

    /// The names and values of an object, or nothing.
    pub(crate) fn members(self) -> impl Iterator<Item = (Self, Self)> {
        let mut values = self.children(Kind::Object);
        core::iter::from_fn(move || Some((values.next()?, values.next()?)))
    }

    /// The elements of an array, or nothing.
    pub(crate) fn elements(self) -> impl Iterator<Item = Self> {
        self.children(Kind::Array)
    }

    fn children(self, kind: Kind) -> impl Iterator<Item = Self> {
        let node = self.node();
        let end = if node.kind == kind { node.next } else { 0 };
        let mut index = self.index.wrapping_add(1);
        core::iter::from_fn(move || {
            let child = Self { index, ..self };
            index = child.node().next;
            (child.index < end).then_some(child)
        })
    }

    fn node(self) -> Node {
        self.document.node(self.index)
    }
}

fn raw(text: &str, node: Node) -> &str {
    text.get(node.start..node.end).unwrap_or_default()
}

/// The value of a string node.
fn decoded(text: &str, node: Node) -> Option<Cow<'_, str>> {
    match node.kind {
        Kind::Plain => Some(Cow::Borrowed(plain(text, node))),
        Kind::Escaped => Some(Cow::Owned(unescape(plain(text, node)))),
        _ => None,
    }
}

/// The text between the quotes.
fn plain(text: &str, node: Node) -> &str {
    let inner = node.start.wrapping_add(1)..node.end.wrapping_sub(1);
    text.get(inner).unwrap_or_default()
}

/// Resolves the escapes of a string that the reader has accepted.
fn unescape(escaped: &str) -> String {
    let mut units = Vec::with_capacity(escaped.len());
    let mut characters = escaped.chars();
    while let Some(character) = characters.next() {
        let unit = match character {
            '\\' => match characters.next() {
                Some('b') => '\u{8}',
                Some('f') => '\u{c}',
                Some('n') => '\n',
                Some('r') => '\r',
                Some('t') => '\t',
                Some('u') => {
                    let hex = characters.as_str().get(..4).unwrap_or_default();
                    units.extend(u16::from_str_radix(hex, 16));
                    characters = characters.as_str().get(4..).unwrap_or_default().chars();
                    continue;
                }
                Some(literal) => literal,
                None => break,
            },
            plain => plain,
        };
        units.extend_from_slice(unit.encode_utf16(&mut [0; 2]));
    }
    String::from_utf16_lossy(&units)
}

fn is_safe(integer: Option<u64>) -> bool {
    integer.is_some_and(|integer| integer <= MAX_SAFE_INTEGER)
}
