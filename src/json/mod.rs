//! Strict JSON (RFC 8259 within the limits of I-JSON, RFC 7493).
//!
//! Two parsers that disagree about one body are two different payments, so everything on which they
//! could disagree is refused by [`Rules::Exact`]: duplicate member names, lone surrogates, numbers that a
//! double does not carry exactly, byte order marks, trailing data, bytes that are not UTF-8. Another
//! sender's text cannot be chosen: [`Rules::Lenient`] reads what `JSON.parse` reads, to the same value.
//!
//! The document is one flat list of small nodes, so that reading costs no allocation per value, and at
//! most four times the memory of the text.

#[cfg(feature = "full")]
pub(crate) mod canonical;
pub(crate) mod de;
mod fault;
mod marks;
mod name;
pub(crate) mod nearest;
#[cfg(feature = "dapp")]
pub(crate) mod object;
mod path;
mod reader;
mod scan;
pub(crate) mod shapes;
mod string;

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use core::ops::Range;

use crate::error::PayloadProblem;

pub(crate) use fault::Fault;
use name::Units;
use reader::Reader;
pub(crate) use string::write_string;

/// The largest integer up to which a double carries every integer: 2^53 - 1 (RFC 7493, section 2.2).
const MAX_SAFE_INTEGER: u64 = (1 << 53) - 1;

/// The longest text, in bytes; much more than the longest body.
pub(crate) const MAX_TEXT: usize = (1 << 29) - 1;

/// May stand before a JSON text, and is no part of it (RFC 8259, section 8.1).
pub(crate) const BYTE_ORDER_MARK: char = '\u{feff}';

/// The text behind a byte order mark.
pub(crate) fn without_bom(text: &str) -> &str {
    text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text)
}

/// On what a text is refused beside the grammar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rules {
    /// On everything on which two parsers could differ, and on numbers that a double does not carry.
    Exact,
    /// On duplicate names alone: what counts is written anew, and nobody could say which of two was meant.
    Unique,
    /// On nothing that `JSON.parse` reads.
    Lenient,
}

impl Rules {
    /// The most containers inside each other. Wallet events need five. What writes a text anew is as deep
    /// in its own calls. A trace of calls in a block has hundreds, and `JSON.stringify` takes thousands.
    const fn max_depth(self) -> usize {
        match self {
            Self::Exact => 32,
            Self::Unique => 128,
            Self::Lenient => 1000,
        }
    }
}

/// A JSON text that was read to its end.
pub(crate) struct Document<'a> {
    text: &'a str,
    nodes: Vec<Node>,
}

/// What a value is, and where its text starts and ends. Anybody can make a value of two bytes, so a node
/// has eight.
#[derive(Clone, Copy)]
struct Node {
    /// The place, above the three bits of the kind.
    start: u32,
    end: u32,
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

impl Node {
    /// A value of a text of at most [`MAX_TEXT`] bytes.
    fn new(kind: Kind, start: usize, end: usize) -> Self {
        let place = |place| u32::try_from(place).unwrap_or(u32::MAX);
        Self {
            start: place(start).wrapping_shl(3) | kind.bits(),
            end: place(end),
        }
    }

    const fn kind(self) -> Kind {
        match self.start & 7 {
            0 => Kind::Null,
            1 => Kind::Boolean,
            2 => Kind::Number,
            3 => Kind::Plain,
            4 => Kind::Escaped,
            5 => Kind::Array,
            _ => Kind::Object,
        }
    }

    fn start(self) -> usize {
        usize::try_from(self.start.wrapping_shr(3)).unwrap_or(MAX_TEXT)
    }

    fn end(self) -> usize {
        usize::try_from(self.end).unwrap_or(MAX_TEXT)
    }
}

impl Kind {
    const fn bits(self) -> u32 {
        match self {
            Self::Null => 0,
            Self::Boolean => 1,
            Self::Number => 2,
            Self::Plain => 3,
            Self::Escaped => 4,
            Self::Array => 5,
            Self::Object => 6,
        }
    }
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
    pub(crate) fn read(body: &'a [u8], rules: Rules) -> Result<Self, Fault> {
        let text = str::from_utf8(body).map_err(|error| {
            let offset = error.valid_up_to();
            Fault::from(PayloadProblem::NotUtf8 { offset })
        })?;
        if text.len() > MAX_TEXT {
            return Err(PayloadProblem::Syntax {
                expected: "a shorter text",
                offset: MAX_TEXT,
            }
            .into());
        }
        Reader::new(text, rules).document()
    }

    /// Its text, in which values have their places.
    pub(crate) const fn text(&self) -> &str {
        self.text
    }

    pub(crate) const fn root(&self) -> Value<'_> {
        Value {
            document: self,
            index: 0,
        }
    }

    #[inline(always)]
    fn node(&self, index: usize) -> Node {
        /// Of kind null, behind every text.
        const NOTHING: Node = Node {
            start: u32::MAX << 3,
            end: u32::MAX,
        };
        self.nodes.get(index).copied().unwrap_or(NOTHING)
    }

    /// The index of the first node behind a value and all that it holds.
    fn behind(&self, index: usize) -> usize {
        let node = self.node(index);
        let first = index.wrapping_add(1);
        match node.kind() {
            Kind::Array | Kind::Object => {
                let rest = self.nodes.get(first..).unwrap_or_default();
                let inside = rest.partition_point(|other| other.start() < node.end());
                first.wrapping_add(inside)
            }
            _ => first,
        }
    }
}

impl<'d> Value<'d> {
    /// The value's own text, as it stands in the document.
    pub(crate) fn raw(self) -> &'d str {
        raw(self.document.text, self.node())
    }

    /// Where it stands in the document's text.
    pub(crate) fn span(self) -> Range<usize> {
        self.node().start()..self.node().end()
    }

    /// What kind of value it is, for messages.
    pub(crate) fn describe(self) -> &'static str {
        match self.node().kind() {
            Kind::Null => "null",
            Kind::Boolean => "a boolean",
            Kind::Number => "a number",
            Kind::Plain | Kind::Escaped => "a string",
            Kind::Array => "an array",
            Kind::Object => "an object",
        }
    }

    pub(crate) fn is_object(self) -> bool {
        self.node().kind() == Kind::Object
    }

    pub(crate) fn is_number(self) -> bool {
        self.node().kind() == Kind::Number
    }

    pub(crate) fn is_array(self) -> bool {
        self.node().kind() == Kind::Array
    }

    /// The boolean, if it is one.
    pub(crate) fn boolean(self) -> Option<bool> {
        (self.node().kind() == Kind::Boolean).then(|| self.raw() == "true")
    }

    /// The number, if it is one, written as a whole number without a sign, and up to 2^53 - 1.
    pub(crate) fn integer(self) -> Option<u64> {
        let number = self.node().kind() == Kind::Number;
        let value = self.raw().parse().ok();
        value.filter(|_| number && is_safe(value))
    }

    /// The string's value, if it is a string of whole characters.
    pub(crate) fn string(self) -> Option<Cow<'d, str>> {
        decoded(self.document.text, self.node())
    }

    /// Whether it is this string.
    pub(crate) fn is(self, text: &str) -> bool {
        let node = self.node();
        match node.kind() {
            Kind::Plain => plain_bytes(self.document.text, node) == text.as_bytes(),
            _ => self.string().is_some_and(|other| other == text),
        }
    }

    /// The member of this name, if it is an object that has one: the last one, as `JSON.parse` has it.
    pub(crate) fn get(self, name: &str) -> Option<Self> {
        let named = self.members().filter(|(other, _)| other.is(name));
        named.last().map(|(_, value)| value)
    }

    /// The members of these names, each as [`get`](Self::get) finds it, in one look at them all.
    pub(crate) fn pick<const N: usize>(self, names: [&str; N]) -> [Option<Self>; N] {
        let mut picked = [None; N];
        for (name, value) in self.members() {
            for (slot, wanted) in picked.iter_mut().zip(names) {
                if name.is(wanted) {
                    *slot = Some(value);
                }
            }
        }
        picked
    }

    /// The value at a path of member names with dots between them.
    pub(crate) fn at(self, path: &str) -> Option<Self> {
        path.split('.').try_fold(self, Self::get)
    }

    /// The names and values of an object, or nothing.
    pub(crate) fn members(self) -> impl Iterator<Item = (Self, Self)> {
        let end = self.end_of(Kind::Object);
        let mut index = self.index.wrapping_add(1);
        core::iter::from_fn(move || {
            let name = Self { index, ..self };
            if name.node().start() >= end {
                return None;
            }
            let value = name.following();
            index = self.document.behind(value.index);
            Some((name, value))
        })
    }

    /// The elements of an array, or nothing.
    pub(crate) fn elements(self) -> impl Iterator<Item = Self> {
        let end = self.end_of(Kind::Array);
        let mut index = self.index.wrapping_add(1);
        core::iter::from_fn(move || {
            let child = Self { index, ..self };
            if child.node().start() >= end {
                return None;
            }
            index = self.document.behind(index);
            Some(child)
        })
    }

    /// Where it ends, if it is of this kind.
    fn end_of(self, kind: Kind) -> usize {
        let node = self.node();
        if node.kind() == kind { node.end() } else { 0 }
    }

    /// The value that follows a name.
    const fn following(self) -> Self {
        Self {
            index: self.index.wrapping_add(1),
            ..self
        }
    }

    #[inline(always)]
    fn node(self) -> Node {
        self.document.node(self.index)
    }
}

fn raw(text: &str, node: Node) -> &str {
    text.get(node.start()..node.end()).unwrap_or_default()
}

/// The value of a string node, unless half of a surrogate pair stands alone in it.
fn decoded(text: &str, node: Node) -> Option<Cow<'_, str>> {
    match node.kind() {
        Kind::Plain => Some(Cow::Borrowed(plain(text, node))),
        Kind::Escaped => unescape(plain(text, node)).map(Cow::Owned),
        _ => None,
    }
}

/// Its bytes, which are found faster.
#[inline(always)]
fn plain_bytes(text: &str, node: Node) -> &[u8] {
    let inner = node.start().wrapping_add(1)..node.end().wrapping_sub(1);
    text.as_bytes().get(inner).unwrap_or_default()
}

/// The text between the quotes.
fn plain(text: &str, node: Node) -> &str {
    let inner = node.start().wrapping_add(1)..node.end().wrapping_sub(1);
    text.get(inner).unwrap_or_default()
}

/// Resolves the escapes of a string that the reader has accepted.
fn unescape(escaped: &str) -> Option<String> {
    let mut out = String::with_capacity(escaped.len());
    let mut rest = escaped;
    loop {
        let (plain, escapes) = rest.split_at_checked(scan::plain(rest.as_bytes()))?;
        out.push_str(plain);
        if escapes.is_empty() {
            return Some(out);
        }
        let mut units = Units::of(escapes);
        // Of one escape, or of two for a pair.
        let character = char::decode_utf16(&mut units).next()?;
        out.push(character.ok()?);
        rest = units.rest();
    }
}

#[cfg(feature = "full")]
impl Document<'_> {
    /// Where its numbers stand.
    pub(crate) fn numbers(&self) -> impl Iterator<Item = Range<usize>> {
        self.places(|kind| kind == Kind::Number)
    }

    /// Where its strings and the names of its members stand, with their quotes.
    pub(crate) fn strings(&self) -> impl Iterator<Item = Range<usize>> {
        self.places(|kind| matches!(kind, Kind::Plain | Kind::Escaped))
    }

    fn places(&self, is_meant: fn(Kind) -> bool) -> impl Iterator<Item = Range<usize>> {
        let nodes = self.nodes.iter().filter(move |node| is_meant(node.kind()));
        nodes.map(|node| node.start()..node.end())
    }
}

/// Whether the digits of an integer are at most 2^53 - 1.
#[cfg(feature = "full")]
pub(crate) fn is_safe_integer(digits: &str) -> bool {
    is_safe(digits.parse().ok())
}

fn is_safe(integer: Option<u64>) -> bool {
    integer.is_some_and(|integer| integer <= MAX_SAFE_INTEGER)
}
