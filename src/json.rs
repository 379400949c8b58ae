//! Strict JSON (RFC 8259 within the limits of I-JSON, RFC 7493).
//!
//! Two parsers that disagree about one body are two different payments, so everything on which they
//! could disagree is refused: duplicate member names, lone surrogates, numbers that a double does not
//! carry exactly, byte order marks, trailing data, bytes that are not UTF-8. What is accepted here
//! `JSON.parse` reads to the same value.
//!
//! The document is one flat list of nodes, so that reading costs no allocation per value.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::collections::BinaryHeap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::error::{PayloadProblem, Rejection};

/// The most containers inside each other. Wallet events need five; the limit bounds the stack.
const MAX_DEPTH: usize = 32;

/// The longest member name that a path quotes, in characters.
const MAX_NAME_IN_PATH: usize = 64;

/// The largest integer up to which a double carries every integer: 2^53 - 1 (RFC 7493, section 2.2).
const MAX_SAFE_INTEGER: u64 = (1 << 53) - 1;

/// Digits before the decimal point, counted with the exponent, that fit a double whatever they are:
/// numbers from 10^308 on are refused, though the largest double is 1.8 times that.
const MAX_MAGNITUDE: i64 = 308;

/// Objects with more members than this are searched for duplicates by sorting their names; in smaller
/// ones only names whose fingerprints are equal are.
const FEW_MEMBERS: usize = 16;

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
    /// [`Rejection::MalformedPayload`] with the path of the innermost member that was being read.
    pub(crate) fn read(body: &'a [u8], integers: Integers) -> Result<Self, Rejection> {
        let text = str::from_utf8(body).map_err(|error| {
            let offset = error.valid_up_to();
            Fault::from(PayloadProblem::NotUtf8 { offset })
        })?;
        let mut reader = Reader {
            text,
            bytes: body,
            at: 0,
            integers,
            nodes: Vec::with_capacity(64),
        };
        reader.document()?;
        Ok(Self {
            text,
            nodes: reader.nodes,
        })
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
    fn is(self, text: &str) -> bool {
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

/// Appends `text` as a JSON string.
pub(crate) fn write_string(out: &mut String, text: &str) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => out.push('\\'),
            '\0'..='\x1f' => {
                out.push_str("\\u00");
                out.push_str(&hex::encode(character.encode_utf8(&mut [0])));
                continue;
            }
            _ => {}
        }
        out.push(character);
    }
    out.push('"');
}

fn is_safe(integer: Option<u64>) -> bool {
    integer.is_some_and(|integer| integer <= MAX_SAFE_INTEGER)
}

/// A problem and, from the inside out, the members in which it lies. Boxed, since every reading
/// function returns one and it is rare.
pub(crate) struct Fault(Box<(PayloadProblem, Vec<Segment>)>);

enum Segment {
    Name(String),
    Index(usize),
}

impl Fault {
    pub(crate) fn within_name(mut self, name: &str) -> Self {
        let name = name.chars().take(MAX_NAME_IN_PATH).collect();
        self.0.1.push(Segment::Name(name));
        self
    }

    pub(crate) fn within_index(mut self, index: usize) -> Self {
        self.0.1.push(Segment::Index(index));
        self
    }

    fn path(&self) -> String {
        let mut path = String::new();
        for segment in self.0.1.iter().rev() {
            match segment {
                Segment::Index(index) => {
                    path.push('[');
                    path.push_str(&index.to_string());
                    path.push(']');
                }
                Segment::Name(name) if is_identifier(name) => {
                    if !path.is_empty() {
                        path.push('.');
                    }
                    path.push_str(name);
                }
                Segment::Name(name) => {
                    path.push('[');
                    write_string(&mut path, name);
                    path.push(']');
                }
            }
        }
        path
    }
}

fn is_identifier(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$';
    !name.is_empty() && name.bytes().all(allowed)
}

impl From<Fault> for Rejection {
    fn from(fault: Fault) -> Self {
        let path = fault.path();
        let (problem, _) = *fault.0;
        Self::MalformedPayload { path, problem }
    }
}

impl From<PayloadProblem> for Fault {
    fn from(problem: PayloadProblem) -> Self {
        Self(Box::new((problem, Vec::new())))
    }
}

struct Reader<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    integers: Integers,
    nodes: Vec<Node>,
}

impl Reader<'_> {
    fn document(&mut self) -> Result<(), Fault> {
        if self.text.starts_with('\u{feff}') {
            return Err(PayloadProblem::ByteOrderMark.into());
        }
        self.skip_space();
        self.value(1)?;
        self.skip_space();
        if self.at < self.bytes.len() {
            return Err(PayloadProblem::TrailingData { offset: self.at }.into());
        }
        Ok(())
    }

    /// Reads a value. `depth` is the number of containers that it would be, were it one.
    fn value(&mut self, depth: usize) -> Result<(), Fault> {
        match self.peek() {
            Some(b'"') => self.string().map(drop),
            Some(b'{') => self.container(Kind::Object, depth),
            Some(b'[') => self.container(Kind::Array, depth),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.literal("true", Kind::Boolean),
            Some(b'f') => self.literal("false", Kind::Boolean),
            Some(b'n') => self.literal("null", Kind::Null),
            _ => Err(self.syntax("a value")),
        }
    }

    fn container(&mut self, kind: Kind, depth: usize) -> Result<(), Fault> {
        if depth > MAX_DEPTH {
            return Err(PayloadProblem::TooDeep { limit: MAX_DEPTH }.into());
        }
        let index = self.nodes.len();
        self.push(kind, self.at);
        self.advance(1);
        self.skip_space();
        match kind {
            Kind::Object => self.members(index, depth)?,
            _ => self.elements(depth)?,
        }
        let (end, next) = (self.at, self.nodes.len());
        if let Some(node) = self.nodes.get_mut(index) {
            node.end = end;
            node.next = next;
        }
        Ok(())
    }

    fn elements(&mut self, depth: usize) -> Result<(), Fault> {
        let mut count: usize = 0;
        if self.eat(b']') {
            return Ok(());
        }
        loop {
            self.value(depth.wrapping_add(1))
                .map_err(|fault| fault.within_index(count))?;
            count = count.wrapping_add(1);
            self.skip_space();
            if self.eat(b']') {
                return Ok(());
            }
            if !self.eat(b',') {
                return Err(self.syntax("`,` or `]`"));
            }
            self.skip_space();
        }
    }

    fn members(&mut self, object: usize, depth: usize) -> Result<(), Fault> {
        if self.eat(b'}') {
            return Ok(());
        }
        let mut seen = [0; FEW_MEMBERS];
        let mut count: usize = 0;
        let mut repeated = false;
        loop {
            if self.peek() != Some(b'"') {
                return Err(self.syntax("a member name"));
            }
            let name = self.string()?;
            let fingerprint = self.fingerprint(name);
            let maybe_seen = seen.iter().take(count).any(|other| *other == fingerprint);
            if let Some(slot) = seen.get_mut(count) {
                *slot = fingerprint;
            }
            repeated |= maybe_seen;
            self.skip_space();
            if !self.eat(b':') {
                return Err(self.syntax("`:`"));
            }
            self.skip_space();
            self.value(depth.wrapping_add(1)).map_err(|fault| {
                let name = decoded(self.text, name).unwrap_or_default();
                fault.within_name(&name)
            })?;
            count = count.wrapping_add(1);
            self.skip_space();
            if self.eat(b'}') {
                break;
            }
            if !self.eat(b',') {
                return Err(self.syntax("`,` or `}`"));
            }
            self.skip_space();
        }
        if repeated || count > FEW_MEMBERS {
            self.refuse_duplicates(object)?;
        }
        Ok(())
    }

    /// A number that differs between most names. Two names that share it are compared as a whole.
    fn fingerprint(&self, name: Node) -> u32 {
        let escaped = match name.kind {
            Kind::Escaped => decoded(self.text, name),
            _ => None,
        };
        let bytes = match &escaped {
            Some(text) => text.as_bytes(),
            None => plain(self.text, name).as_bytes(),
        };
        let byte = |index| bytes.get(index).copied().unwrap_or_default();
        let [length, ..] = bytes.len().to_le_bytes();
        let last = bytes.last().copied().unwrap_or_default();
        u32::from_le_bytes([length, byte(0), byte(bytes.len() / 2), last])
    }

    /// Refuses an object that has a name twice. Names count as JavaScript compares them: after their
    /// escapes are resolved, code unit by code unit.
    fn refuse_duplicates(&self, object: usize) -> Result<(), Fault> {
        let mut names: BinaryHeap<_> = self.names(object).collect();
        let mut last = names.pop();
        while let Some(text) = names.pop() {
            if last.as_ref() == Some(&text) {
                let fault = Fault::from(PayloadProblem::DuplicateKey);
                return Err(fault.within_name(&text));
            }
            last = Some(text);
        }
        Ok(())
    }

    /// The names of the members of the object that is being read.
    fn names(&self, object: usize) -> impl Iterator<Item = Cow<'_, str>> {
        let end = self.nodes.len();
        let mut index = object.wrapping_add(1);
        core::iter::from_fn(move || {
            if index >= end {
                return None;
            }
            let name = *self.nodes.get(index)?;
            index = self.nodes.get(name.next)?.next;
            decoded(self.text, name)
        })
    }

    fn string(&mut self) -> Result<Node, Fault> {
        let start = self.at;
        let mut kind = Kind::Plain;
        self.advance(1);
        loop {
            self.skip_plain();
            match self.peek() {
                Some(b'"') => break,
                Some(b'\\') => {
                    kind = Kind::Escaped;
                    self.escape()?;
                }
                Some(_) => return Err(self.syntax("an escape in place of a control character")),
                None => return Err(self.syntax("the end of a string")),
            }
        }
        self.advance(1);
        Ok(self.push(kind, start))
    }

    /// Skips what stands for itself in a string, a stretch at a time.
    fn skip_plain(&mut self) {
        const STRETCH: usize = 16;
        let special = |byte: &u8| *byte < b' ' || *byte == b'"' || *byte == b'\\';
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let clean = rest
            .chunks_exact(STRETCH)
            .take_while(|stretch| !stretch.iter().fold(false, |any, byte| any | special(byte)))
            .count()
            .wrapping_mul(STRETCH);
        let tail = rest.get(clean..).unwrap_or_default();
        let plain = tail.iter().take_while(|byte| !special(byte)).count();
        self.advance(clean.wrapping_add(plain));
    }

    fn escape(&mut self) -> Result<(), Fault> {
        self.advance(1);
        match self.peek() {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => {
                self.advance(1);
                Ok(())
            }
            Some(b'u') => {
                self.advance(1);
                match self.hex4()? {
                    0xd800..=0xdbff => self.low_surrogate(),
                    0xdc00..=0xdfff => Err(PayloadProblem::LoneSurrogate.into()),
                    _ => Ok(()),
                }
            }
            _ => Err(self.syntax("an escape that JSON has")),
        }
    }

    fn low_surrogate(&mut self) -> Result<(), Fault> {
        if self.eat(b'\\') && self.eat(b'u') && matches!(self.hex4()?, 0xdc00..=0xdfff) {
            return Ok(());
        }
        Err(PayloadProblem::LoneSurrogate.into())
    }

    fn hex4(&mut self) -> Result<u16, Fault> {
        let end = self.at.wrapping_add(4);
        let digits = self.text.get(self.at..end);
        match digits.filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit())) {
            Some(digits) => {
                self.at = end;
                u16::from_str_radix(digits, 16).map_err(|_| self.syntax("four hex digits"))
            }
            None => Err(self.syntax("four hex digits")),
        }
    }

    fn number(&mut self) -> Result<(), Fault> {
        let start = self.at;
        self.eat(b'-');
        let first = self.at;
        if !self.eat(b'0') {
            self.digits()?;
        }
        let integer = self.text.get(first..self.at).unwrap_or_default();
        let exact =
            self.integers == Integers::Any || integer.len() < 16 || is_safe(integer.parse().ok());
        let mut magnitude = i64::try_from(integer.len()).unwrap_or(i64::MAX);
        if self.eat(b'.') {
            self.digits()?;
        }
        if self.eat(b'e') || self.eat(b'E') {
            magnitude = magnitude.saturating_add(self.exponent()?);
        }
        if !exact || magnitude > MAX_MAGNITUDE {
            return Err(PayloadProblem::InexactNumber.into());
        }
        self.push(Kind::Number, start);
        Ok(())
    }

    fn exponent(&mut self) -> Result<i64, Fault> {
        let negative = self.eat(b'-');
        if !negative {
            self.eat(b'+');
        }
        let start = self.at;
        self.digits()?;
        let digits = self.text.get(start..self.at).unwrap_or_default();
        let value: i64 = digits.parse().unwrap_or(i64::MAX);
        Ok(if negative {
            value.saturating_neg()
        } else {
            value
        })
    }

    fn digits(&mut self) -> Result<(), Fault> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let count = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if count == 0 {
            return Err(self.syntax("a digit"));
        }
        self.advance(count);
        Ok(())
    }

    fn literal(&mut self, text: &'static str, kind: Kind) -> Result<(), Fault> {
        let start = self.at;
        let rest = self.bytes.get(start..).unwrap_or_default();
        if !rest.starts_with(text.as_bytes()) {
            return Err(self.syntax("a value"));
        }
        self.advance(text.len());
        self.push(kind, start);
        Ok(())
    }

    /// Adds a node that ends here and holds nothing yet.
    fn push(&mut self, kind: Kind, start: usize) -> Node {
        let node = Node {
            kind,
            start,
            end: self.at,
            next: self.nodes.len().wrapping_add(1),
        };
        self.nodes.push(node);
        node
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.advance(1);
        }
    }

    fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        if found {
            self.advance(1);
        }
        found
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// Moves on. An index into memory cannot wrap, and past the end `peek` finds nothing.
    const fn advance(&mut self, count: usize) {
        self.at = self.at.wrapping_add(count);
    }

    fn syntax(&self, expected: &'static str) -> Fault {
        PayloadProblem::Syntax {
            expected,
            offset: self.at,
        }
        .into()
    }
}
