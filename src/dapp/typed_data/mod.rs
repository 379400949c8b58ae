//! The digests of typed data: [EIP-712](https://eips.ethereum.org/EIPS/eip-712) as
//! `eth_signTypedData_v4` signs it, and the list of `eth_signTypedData_v1`, which is older.
//!
//! Wallets differ in what they make of values that do not fit their types. Such values are refused
//! here, so that what is accepted has one digest.

mod atom;

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use super::{Rejection, RejectionCode, payload};
use crate::algorithm::keccak256;
use crate::json::Value;

use atom::Atom;

/// The most types, and members of a type. The text that stands for a type holds that of all types it
/// refers to, so that the work grows with their square.
const MAX_TYPES: usize = 64;
const MAX_MEMBERS: usize = 128;

/// The type of the domain.
const DOMAIN: &str = "EIP712Domain";

type Word = [u8; 32];

/// The digest of typed data in JSON: an object is `{ types, primaryType, domain, message }`, an array
/// the legacy list of `{ type, name, value }`.
pub(super) fn digest(json: &[u8]) -> Result<Word, Rejection> {
    let document = payload::document(json, "")?;
    match document.root() {
        list if list.is_array() => legacy(list),
        data => typed(data),
    }
}

fn typed(data: Value) -> Result<Word, Rejection> {
    let member = |name: &'static str| {
        let value = data.get(name);
        value.ok_or_else(|| malformed("expected a member of typed data, got none").at(name))
    };
    let domain = member("domain")?;
    let types = Types::read(member("types")?, domain)?;
    let primary = member("primaryType")?.string().unwrap_or_default();
    let primary = types
        .find(&primary)
        .ok_or_else(|| malformed("expected one of the types, got another").at("primaryType"))?;
    let separator = types
        .hash_struct(types.domain()?, domain)
        .map_err(|error| within("domain", error))?;
    // The domain alone may be signed.
    if primary.name == DOMAIN {
        return Ok(hash(&[b"\x19\x01", &separator]));
    }
    let message = types.hash_struct(primary, member("message")?);
    let message = message.map_err(|error| within("message", error))?;
    Ok(hash(&[b"\x19\x01", &separator, &message]))
}

/// The struct types, sorted by name.
struct Types<'d>(Vec<Struct<'d>>);

struct Struct<'d> {
    name: Cow<'d, str>,
    members: Vec<Member<'d>>,
    /// The hash of the type.
    hash: Word,
}

struct Member<'d> {
    name: Cow<'d, str>,
    kind: Cow<'d, str>,
}

impl<'d> Types<'d> {
    fn read(listed: Value<'d>, domain: Value<'d>) -> Result<Self, Rejection> {
        let wrong = |message: &'static str| malformed(message).at("types");
        if !listed.is_object() {
            return Err(wrong("expected an object of types, got another value"));
        }
        let mut types = Self(Vec::new());
        for (name, members) in listed.members() {
            let name = name.string().unwrap_or_default();
            if types.0.len() == MAX_TYPES {
                return Err(wrong("expected at most 64 types, got more"));
            }
            if !is_name(&name) || Atom::parse(&name).is_some() {
                return Err(wrong("expected names of types, got another"));
            }
            let members =
                read_members(members).map_err(|error| within("types", within(&name, error)))?;
            types.insert(name, members);
        }
        if types.position(DOMAIN).is_none() {
            types.insert(DOMAIN.into(), derive_domain(domain)?);
        }
        let hashes: Vec<_> = (0..types.0.len())
            .map(|place| types.hash_type(place))
            .collect();
        for (kind, hash) in types.0.iter_mut().zip(hashes) {
            kind.hash = hash;
        }
        Ok(types)
    }

    /// Adds a type at its place. There are few, so that no sorting is worth its bytes.
    fn insert(&mut self, name: Cow<'d, str>, members: Vec<Member<'d>>) {
        let place = self.0.partition_point(|kind| kind.name < name);
        let kind = Struct {
            name,
            members,
            hash: [0; 32],
        };
        self.0.insert(place, kind);
    }

    fn position(&self, name: &str) -> Option<usize> {
        self.0.binary_search_by(|kind| (*kind.name).cmp(name)).ok()
    }

    fn find(&self, name: &str) -> Option<&Struct<'d>> {
        self.0.get(self.position(name)?)
    }

    fn domain(&self) -> Result<&Struct<'d>, Rejection> {
        self.find(DOMAIN)
            .ok_or_else(|| malformed("expected the domain's type, got none").at("types"))
    }

    /// The hash of `encodeType`: the type and, sorted by name, those that it refers to.
    fn hash_type(&self, first: usize) -> Word {
        let mut referenced = vec![false; self.0.len()];
        let mut open = Vec::from([first]);
        while let Some(next) = open.pop() {
            for member in self.0.get(next).into_iter().flat_map(|kind| &kind.members) {
                let base = member.kind.split('[').next().unwrap_or_default();
                let place = self.position(base);
                let known = place.and_then(|place| referenced.get_mut(place));
                if let (Some(place), Some(known @ false)) = (place, known) {
                    *known = true;
                    open.push(place);
                }
            }
        }
        let others = (0..).zip(referenced);
        let others = others.filter_map(|(place, known)| (known && place != first).then_some(place));
        let mut text = String::new();
        for kind in core::iter::once(first)
            .chain(others)
            .filter_map(|place| self.0.get(place))
        {
            text.push_str(&kind.name);
            for (index, member) in kind.members.iter().enumerate() {
                text.push(if index == 0 { '(' } else { ',' });
                text.push_str(&member.kind);
                text.push(' ');
                text.push_str(&member.name);
            }
            text.push_str(if kind.members.is_empty() { "()" } else { ")" });
        }
        hash(&[text.as_bytes()])
    }

    /// `hashStruct`.
    fn hash_struct(&self, kind: &Struct<'d>, value: Value) -> Result<Word, Rejection> {
        if !value.is_object() {
            return Err(unexpected("an object", value));
        }
        let mut content =
            Vec::with_capacity(kind.members.len().saturating_add(1).saturating_mul(32));
        content.extend(kind.hash);
        for member in &kind.members {
            let word = self.encode(&member.kind, value.get(&member.name));
            content.extend(word.map_err(|error| within(&member.name, error))?);
        }
        Ok(hash(&[&content]))
    }

    /// `encodeData` of one value. The recursion is as deep as the document, which its reader bounds.
    fn encode(&self, kind: &str, value: Option<Value>) -> Result<Word, Rejection> {
        if let Some(kind) = self.find(kind) {
            // What lets a recursive type end: a struct that is not there.
            return match value {
                Some(value) if !is_null(value) => self.hash_struct(kind, value),
                _ => Ok([0; 32]),
            };
        }
        let value = value.ok_or_else(|| malformed("expected a value of its type, got none"))?;
        let Some((kind, size)) = array(kind) else {
            let atom =
                Atom::parse(kind).ok_or_else(|| malformed("expected a known type, got another"))?;
            return atom.word(value);
        };
        let mut content = Vec::new();
        for (index, element) in elements(value, size)?.enumerate() {
            let word = self.encode(kind, Some(element));
            content.extend(word.map_err(|error| within(&format!("[{index}]"), error))?);
        }
        Ok(hash(&[&content]))
    }
}

/// The members of a type: an array of `{ name, type }`.
fn read_members(members: Value) -> Result<Vec<Member>, Rejection> {
    if !members.is_array() {
        return Err(unexpected("an array of members", members));
    }
    let mut read = Vec::new();
    for member in members.elements() {
        let text = |name| member.get(name).and_then(Value::string);
        let (Some(name), Some(kind)) = (text("name"), text("type")) else {
            return Err(malformed("expected a name and a type, got another"));
        };
        if read.len() == MAX_MEMBERS {
            return Err(malformed("expected at most 128 members, got more"));
        }
        let is_twice = read.iter().any(|known: &Member| known.name == name);
        if !is_name(&name) || is_twice || !is_type(&kind) {
            return Err(malformed(
                "expected names and types, each name once, got another",
            ));
        }
        read.push(Member { name, kind });
    }
    Ok(read)
}

/// The domain's type where none is given, of the members that the domain has.
fn derive_domain<'d>(domain: Value<'d>) -> Result<Vec<Member<'d>>, Rejection> {
    const MEMBERS: [(&str, &str); 5] = [
        ("name", "string"),
        ("version", "string"),
        ("chainId", "uint256"),
        ("verifyingContract", "address"),
        ("salt", "bytes32"),
    ];
    let is_known = |name: Value| MEMBERS.iter().any(|(known, _)| name.is(known));
    if !domain.members().all(|(name, _)| is_known(name)) {
        let message =
            "expected name, version, chainId, verifyingContract or salt, got another member";
        return Err(malformed(message).at("domain"));
    }
    let is_there = |(name, _): &(&str, &str)| domain.get(name).is_some_and(|value| !is_null(value));
    let members = MEMBERS.into_iter().filter(is_there);
    Ok(members
        .map(|(name, kind)| Member {
            name: name.into(),
            kind: kind.into(),
        })
        .collect())
}

/// Names may hold what no separator is: some wallets' types have a colon in their names.
fn is_name(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_graphic() && !b"()[],\"\\".contains(&byte);
    !text.is_empty() && text.bytes().all(allowed)
}

/// A name and any number of `[]` and `[n]`.
fn is_type(mut text: &str) -> bool {
    while let Some((inner, _)) = array(text) {
        text = inner;
    }
    is_name(text)
}

/// The type of an array's elements, and how many there have to be.
fn array(kind: &str) -> Option<(&str, Option<usize>)> {
    let (inner, size) = kind.strip_suffix(']')?.rsplit_once('[')?;
    match size {
        "" => Some((inner, None)),
        digits => {
            let canonical = !digits.starts_with(['0', '+']);
            let size = digits.parse().ok().filter(|_| canonical)?;
            Some((inner, Some(size)))
        }
    }
}

fn elements<'d>(
    value: Value<'d>,
    size: Option<usize>,
) -> Result<impl Iterator<Item = Value<'d>>, Rejection> {
    if !value.is_array() {
        return Err(unexpected("an array", value));
    }
    let length = value.elements().count();
    match size.filter(|size| *size != length) {
        Some(size) => Err(malformed(format!("expected {size} elements, got {length}"))),
        None => Ok(value.elements()),
    }
}

fn is_null(value: Value) -> bool {
    value.raw() == "null"
}

/// The digest of the legacy list: names and types packed into one hash, values into another.
///
/// Arrays are left out: what the first version made of them differs from wallet to wallet.
fn legacy(list: Value) -> Result<Word, Rejection> {
    let (mut schema, mut values) = (Vec::new(), Vec::new());
    for (index, entry) in list.elements().enumerate() {
        let mut pack = || {
            let text = |name| entry.get(name).and_then(Value::string);
            let (Some(name), Some(kind)) = (text("name"), text("type")) else {
                return Err(malformed(
                    "expected a name, a type and a value, got another",
                ));
            };
            let atom = Atom::parse(&kind)
                .ok_or_else(|| malformed("expected a known type, got another"))?;
            let value = entry
                .get("value")
                .ok_or_else(|| malformed("expected a value, got none"))?;
            for part in [&*kind, " ", &*name] {
                schema.extend(part.as_bytes());
            }
            values.extend(atom.bytes(value).map_err(|error| within("value", error))?);
            Ok(())
        };
        pack().map_err(|error| within(&format!("[{index}]"), error))?;
    }
    if schema.is_empty() {
        return Err(malformed("expected typed data, got an empty list"));
    }
    Ok(hash(&[&hash(&[&schema]), &hash(&[&values])]))
}

fn hash(parts: &[&[u8]]) -> Word {
    keccak256::hash(parts.iter().copied())
}

fn malformed(message: impl Into<Cow<'static, str>>) -> Rejection {
    Rejection::new(RejectionCode::MalformedPayload, message)
}

fn unexpected(expected: &str, value: Value) -> Rejection {
    malformed(format!("expected {expected}, got {}", value.describe()))
}

/// The longest member name that a path quotes, in characters.
const MAX_NAME_IN_PATH: usize = 64;

/// The rejection of a value inside of this member or, in brackets, element.
fn within(outer: &str, rejection: Rejection) -> Rejection {
    let outer: String = outer.chars().take(MAX_NAME_IN_PATH).collect();
    let path = match &rejection.path {
        Some(inner) if inner.starts_with('[') => format!("{outer}{inner}"),
        Some(inner) => format!("{outer}.{inner}"),
        None => outer,
    };
    rejection.at(path)
}
