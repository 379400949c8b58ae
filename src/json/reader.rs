//! Reading a JSON text from its first byte to its last.

use alloc::borrow::Cow;
use alloc::collections::BinaryHeap;
use alloc::vec::Vec;

use super::{Fault, Integers, Kind, Node, decoded, is_safe, plain};
use crate::error::PayloadProblem;

/// The most containers inside each other. Wallet events need five; the limit bounds the stack.
const MAX_DEPTH: usize = 32;

/// Digits before the decimal point, counted with the exponent, that fit a double whatever they are:
/// numbers from 10^308 on are refused, though the largest double is 1.8 times that.
const MAX_MAGNITUDE: i64 = 308;

/// Objects with more members than this are searched for duplicates by sorting their names; in smaller
/// ones only names whose fingerprints are equal are.
const FEW_MEMBERS: usize = 16;

/// The name under which objects of JavaScript have their prototype.
const PROTO: &str = "__proto__";

/// Its [`Reader::fingerprint`]: 9 bytes, of which the first, the middle and the last are these.
const PROTO_FINGERPRINT: u32 = u32::from_le_bytes([9, b'_', b'o', b'_']);

/// Reads a text into nodes.
pub(super) struct Reader<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    integers: Integers,
    nodes: Vec<Node>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a str, integers: Integers) -> Self {
        Self {
            text,
            bytes: text.as_bytes(),
            at: 0,
            integers,
            nodes: Vec::with_capacity(64),
        }
    }

    /// Reads the whole text.
    pub(super) fn document(mut self) -> Result<Vec<Node>, Fault> {
        if self.text.starts_with('\u{feff}') {
            return Err(PayloadProblem::ByteOrderMark.into());
        }
        self.skip_space();
        self.value(1)?;
        self.skip_space();
        if self.at < self.bytes.len() {
            return Err(PayloadProblem::TrailingData { offset: self.at }.into());
        }
        Ok(self.nodes)
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
            if fingerprint == PROTO_FINGERPRINT && self.integers == Integers::Exact {
                self.refuse_proto(name)?;
            }
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

    /// Refuses a member that JavaScript may take for the prototype of the object.
    fn refuse_proto(&self, name: Node) -> Result<(), Fault> {
        match decoded(self.text, name) {
            Some(name) if name == PROTO => Err(Fault::from(PayloadProblem::Unexpected {
                expected: "another name of a member",
                actual: PROTO,
            })
            .within_name(&name)),
            _ => Ok(()),
        }
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
