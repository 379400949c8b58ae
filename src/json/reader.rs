//! Reading a JSON text from its first byte to its last.

use alloc::vec::Vec;

use super::name::{self, Name};
use super::scan::{self, Sixteen};
use super::{
    BYTE_ORDER_MARK, Document, Fault, Kind, Node, Rules, Value, decoded, is_safe, plain_bytes,
};
use crate::error::PayloadProblem;

/// Digits before the decimal point, counted with the exponent, that fit a double whatever they are:
/// numbers from 10^308 on are refused, though the largest double is 1.8 times that.
const MAX_MAGNITUDE: i64 = 308;

/// Objects with more members than this are searched for duplicates by sorting their names; in smaller
/// ones only names whose fingerprints are equal are.
const FEW_MEMBERS: usize = size_of::<Sixteen>() / size_of::<u32>();

/// How many nodes there is room for at first. A longer text is looked at before.
const FEW_NODES: usize = 64;

/// The name under which objects of JavaScript have their prototype.
const PROTO: &str = "__proto__";

/// Its [`Reader::fingerprint`]: 9 bytes, of which the first, the middle and the last are these.
const PROTO_FINGERPRINT: u32 = u32::from_le_bytes([9, b'_', b'o', b'_']);

/// Reads a text into nodes. Its containers stand in a list, so that no text fills the stack.
pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    rules: Rules,
    document: Document<'a>,
    /// The containers that have not ended, from the outside in.
    open: Vec<Container>,
    /// The node of the value that is being read in the innermost of them.
    value: Option<usize>,
}

/// An object or an array whose end has not been found.
struct Container {
    kind: Kind,
    index: usize,
    /// How many of its values have been read.
    count: usize,
    /// The fingerprints of its first names, and zeros.
    seen: Sixteen,
    /// Whether one of them came again.
    repeated: bool,
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a str, rules: Rules) -> Self {
        Self {
            bytes: text.as_bytes(),
            at: 0,
            rules,
            document: Document {
                text,
                nodes: Vec::with_capacity(expected_nodes(text)),
            },
            open: Vec::with_capacity(8),
            value: None,
        }
    }

    /// Reads the whole text.
    pub(super) fn document(mut self) -> Result<Document<'a>, Fault> {
        if self.document.text.starts_with(BYTE_ORDER_MARK) {
            if self.rules == Rules::Exact {
                return Err(PayloadProblem::ByteOrderMark.into());
            }
            self.advance(BYTE_ORDER_MARK.len_utf8());
        }
        self.skip_space();
        self.values().map_err(|fault| self.locate(fault))?;
        self.skip_space();
        if self.at < self.bytes.len() {
            return Err(PayloadProblem::TrailingData { offset: self.at }.into());
        }
        Ok(self.document)
    }

    /// Reads a value and all that it holds.
    fn values(&mut self) -> Result<(), Fault> {
        loop {
            self.value = Some(self.document.nodes.len());
            let mut is_first = self.begin()?;
            self.value = None;
            // What follows a value or the start of a container, until another value starts.
            loop {
                let Some(container) = self.open.last_mut() else {
                    return Ok(());
                };
                let is_object = container.kind == Kind::Object;
                if !is_first {
                    container.count = container.count.wrapping_add(1);
                    self.skip_space();
                }
                if self.eat(if is_object { b'}' } else { b']' }) {
                    self.close()?;
                    is_first = false;
                    continue;
                }
                if !is_first {
                    if !self.eat(b',') {
                        let expected = if is_object {
                            "`,` or `}`"
                        } else {
                            "`,` or `]`"
                        };
                        return Err(self.syntax(expected));
                    }
                    self.skip_space();
                }
                if is_object {
                    self.name()?;
                }
                break;
            }
        }
    }

    /// Reads a value, or the start of a container: whether it was that.
    fn begin(&mut self) -> Result<bool, Fault> {
        match self.peek() {
            Some(b'"') => self.string().map(drop)?,
            Some(b'{') => return self.open(Kind::Object).map(|()| true),
            Some(b'[') => return self.open(Kind::Array).map(|()| true),
            Some(b'-' | b'0'..=b'9') => self.number()?,
            Some(b't') => self.literal("true", Kind::Boolean)?,
            Some(b'f') => self.literal("false", Kind::Boolean)?,
            Some(b'n') => self.literal("null", Kind::Null)?,
            _ => return Err(self.syntax("a value")),
        }
        Ok(false)
    }

    fn open(&mut self, kind: Kind) -> Result<(), Fault> {
        let limit = self.rules.max_depth();
        if self.open.len() >= limit {
            return Err(PayloadProblem::TooDeep { limit }.into());
        }
        let start = self.at;
        self.open.push(Container {
            kind,
            index: self.document.nodes.len(),
            count: 0,
            seen: [0; FEW_MEMBERS],
            repeated: false,
        });
        self.push(kind, start);
        self.advance(1);
        self.skip_space();
        Ok(())
    }

    /// Ends the innermost container.
    fn close(&mut self) -> Result<(), Fault> {
        let Some(container) = self.open.pop() else {
            return Ok(());
        };
        let Container { kind, index, .. } = container;
        if let Some(place) = self.document.nodes.get_mut(index) {
            *place = Node::new(kind, place.start(), self.at);
        }
        let (count, repeated) = (container.count, container.repeated);
        let may_repeat = kind == Kind::Object && (repeated || count > FEW_MEMBERS);
        if may_repeat && self.rules != Rules::Lenient {
            self.value = Some(index);
            self.refuse_duplicates(index, count)?;
            self.value = None;
        }
        Ok(())
    }

    /// Reads the name of a member, up to its value.
    fn name(&mut self) -> Result<(), Fault> {
        if self.peek() != Some(b'"') {
            return Err(self.syntax("a member name"));
        }
        let name = self.string()?;
        // An object of many is sorted at its end.
        let is_one_of_few = |open: &Container| open.count < FEW_MEMBERS;
        if self.rules == Rules::Exact || self.open.last().is_some_and(is_one_of_few) {
            let fingerprint = self.fingerprint(name);
            if fingerprint == PROTO_FINGERPRINT && self.rules == Rules::Exact {
                self.refuse_proto(name)?;
            }
            if let Some(container) = self.open.last_mut() {
                let (seen, count) = (&mut container.seen, container.count);
                container.repeated |= scan::contains(seen, fingerprint);
                if let Some(slot) = seen.get_mut(count) {
                    *slot = fingerprint;
                }
            }
        }
        self.skip_space();
        if !self.eat(b':') {
            return Err(self.syntax("`:`"));
        }
        self.skip_space();
        Ok(())
    }

    /// The fault with the members and elements in which it lies.
    fn locate(&self, mut fault: Fault) -> Fault {
        let mut child = self.value;
        for container in self.open.iter().rev() {
            fault = match (child, container.kind) {
                (None, _) => fault,
                (Some(value), Kind::Object) => {
                    let name = self.document.node(value.wrapping_sub(1));
                    let name = decoded(self.document.text, name).unwrap_or_default();
                    fault.within_name(&name)
                }
                (Some(_), _) => fault.within_index(container.count),
            };
            child = Some(container.index);
        }
        fault
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
        let decoded = match name.kind() {
            Kind::Escaped => decoded(self.document.text, name),
            _ => None,
        };
        let bytes = match &decoded {
            Some(text) => text.as_bytes(),
            // It has several spellings, with half of a surrogate pair.
            None if name.kind() == Kind::Escaped => &[],
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
        match name::sort(document, &mut names) {
            None => Ok(()),
            Some(name) => {
                let name = name.string().unwrap_or_default();
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
                    _ if self.rules != Rules::Exact => Ok(()),
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
        let mut is_exact = integer.len() < 16 || is_safe(integer.parse().ok());
        let mut magnitude = i64::try_from(integer.len()).unwrap_or(i64::MAX);
        if self.eat(b'.') {
            self.digits()?;
        }
        if self.eat(b'e') || self.eat(b'E') {
            magnitude = magnitude.saturating_add(self.exponent()?);
        }
        is_exact &= magnitude <= MAX_MAGNITUDE;
        if !is_exact && self.rules == Rules::Exact {
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
