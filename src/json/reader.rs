//! Reading a JSON text from its first byte to its last.

use alloc::vec::Vec;

use super::name::{self, Name};
use super::scan;
use super::{Document, Fault, Integers, Kind, Node, Value, decoded, is_safe, plain_bytes};
use crate::error::PayloadProblem;

/// The most containers inside each other. Wallet events need five; the limit bounds the stack.
const MAX_DEPTH: usize = 32;

/// Digits before the decimal point, counted with the exponent, that fit a double whatever they are:
/// numbers from 10^308 on are refused, though the largest double is 1.8 times that.
const MAX_MAGNITUDE: i64 = 308;

/// Objects with more members than this are searched for duplicates by sorting their names; in smaller
/// ones only names whose fingerprints are equal are.
const FEW_MEMBERS: usize = 16;

/// How many nodes there is room for at first. A longer text is looked at before.
const FEW_NODES: usize = 64;

/// The name under which objects of JavaScript have their prototype.
const PROTO: &str = "__proto__";

/// Its [`Reader::fingerprint`]: 9 bytes, of which the first, the middle and the last are these.
const PROTO_FINGERPRINT: u32 = u32::from_le_bytes([9, b'_', b'o', b'_']);

/// Reads a text into nodes.
pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    integers: Integers,
    document: Document<'a>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a str, integers: Integers) -> Self {
        Self {
            bytes: text.as_bytes(),
            at: 0,
            integers,
            document: Document {
                text,
                nodes: Vec::with_capacity(expected_nodes(text)),
            },
        }
    }

    /// Reads the whole text.
    pub(super) fn document(mut self) -> Result<Document<'a>, Fault> {
        if self.document.text.starts_with('\u{feff}') {
            return Err(PayloadProblem::ByteOrderMark.into());
        }
        self.skip_space();
        self.value(1)?;
        self.skip_space();
        if self.at < self.bytes.len() {
            return Err(PayloadProblem::TrailingData { offset: self.at }.into());
        }
        Ok(self.document)
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
        let (index, start) = (self.document.nodes.len(), self.at);
        self.push(kind, start);
        self.advance(1);
        self.skip_space();
        match kind {
            Kind::Object => self.members(index, depth)?,
            _ => self.elements(depth)?,
        }
        self.end(index, Node::new(kind, start, self.at));
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
                let name = decoded(self.document.text, name).unwrap_or_default();
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
            self.refuse_duplicates(object, count)?;
        }
        Ok(())
    }

    /// Refuses a member that JavaScript may take for the prototype of the object.
    fn refuse_proto(&self, name: Node) -> Result<(), Fault> {
        match decoded(self.document.text, name) {
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
        let escaped = match name.kind() {
            Kind::Escaped => decoded(self.document.text, name),
            _ => None,
        };
        let bytes = match &escaped {
            Some(text) => text.as_bytes(),
            None => plain_bytes(self.document.text, name),
        };
        let byte = |index| bytes.get(index).copied().unwrap_or_default();
        let [length, ..] = bytes.len().to_le_bytes();
        let last = bytes.last().copied().unwrap_or_default();
        u32::from_le_bytes([length, byte(0), byte(bytes.len() / 2), last])
    }

    /// Refuses an object that has a name twice, of as many members as it has.
    fn refuse_duplicates(&self, object: usize, count: usize) -> Result<(), Fault> {
        let document = &self.document;
        let mut names = Vec::with_capacity(count);
        let mut index = object.wrapping_add(1);
        for _ in 0..count {
            names.push(Name::of(Value { document, index }));
            index = document.behind(index.wrapping_add(1));
        }
        name::sort(document, &mut names);
        let mut pairs = names.iter().zip(names.iter().skip(1));
        match pairs.find(|(one, two)| name::compare(document, one, two).is_eq()) {
            None => Ok(()),
            Some((name, _)) => {
                let name = name.in_document(document).string().unwrap_or_default();
                let fault = Fault::from(PayloadProblem::DuplicateKey);
                Err(fault.within_name(&name))
            }
        }
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
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        self.advance(scan::plain(rest));
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
        let digits = self.document.text.get(self.at..end);
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
        let integer = self.document.text.get(first..self.at).unwrap_or_default();
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
        let digits = self.document.text.get(start..self.at).unwrap_or_default();
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

    /// Adds a node that ends here.
    fn push(&mut self, kind: Kind, start: usize) -> Node {
        let node = Node::new(kind, start, self.at);
        self.document.nodes.push(node);
        node
    }

    /// Replaces the node of a container whose end has been found.
    fn end(&mut self, index: usize, node: Node) {
        if let Some(place) = self.document.nodes.get_mut(index) {
            *place = node;
        }
    }

    fn skip_space(&mut self) {
        if self.peek().is_some_and(|byte| byte <= b' ') {
            self.skip_spaces();
        }
    }

    #[inline(never)]
    fn skip_spaces(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.advance(1);
        }
    }

    #[inline(always)]
    fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        if found {
            self.advance(1);
        }
        found
    }

    #[inline(always)]
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

/// Room for how many nodes a text may need: each but the first follows one of four marks. There is never
/// more than one for two bytes, whatever strings hold.
fn expected_nodes(text: &str) -> usize {
    if text.len() <= FEW_NODES.saturating_mul(16) {
        return FEW_NODES;
    }
    let most = text.len().div_ceil(2);
    scan::marks(text.as_bytes()).saturating_add(1).min(most)
}
