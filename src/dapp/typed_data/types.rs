//! The struct types of typed data, resolved once.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use super::super::Rejection;
use super::atom::Atom;
use super::{Word, hash, malformed, unexpected, within};
use crate::json::Value;

/// The longest `types`, in bytes, and the most types and members of a type. The text that stands for a
/// type holds that of all types it refers to, so that the work grows with their square.
const MAX_BYTES: usize = 16 * 1024;
const MAX_TYPES: usize = 64;
const MAX_MEMBERS: usize = 128;

/// The most dimensions of an array: no JSON that is read is deeper.
const MAX_DIMENSIONS: usize = 32;

/// The type of the domain.
pub(super) const DOMAIN: &str = "EIP712Domain";

/// The struct types, sorted by name.
pub(super) struct Types<'d>(Vec<Struct<'d>>);

pub(super) struct Struct<'d> {
    pub(super) name: Cow<'d, str>,
    pub(super) members: Vec<Member<'d>>,
    /// The places of the members, sorted by their names.
    by_name: Vec<usize>,
    /// The hash of the type.
    pub(super) hash: Word,
}

pub(super) struct Member<'d> {
    pub(super) name: Cow<'d, str>,
    kind: Cow<'d, str>,
    pub(super) base: Base,
    /// How many elements the arrays have, where that is fixed; the outermost last.
    pub(super) sizes: Vec<Option<usize>>,
}

/// What a value is, or in the end the elements of an array.
#[derive(Clone, Copy)]
pub(super) enum Base {
    Struct(usize),
    Atom(Atom),
    Unknown,
}

impl<'d> Types<'d> {
    pub(super) fn read(listed: Value<'d>, domain: Value<'d>) -> Result<Self, Rejection> {
        let wrong = |message: &'static str| malformed(message).at("types");
        if !listed.is_object() {
            return Err(wrong("expected an object of types"));
        }
        if listed.raw().len() > MAX_BYTES {
            return Err(wrong("expected at most 16384 bytes of types"));
        }
        let mut types = Self(Vec::new());
        for (name, members) in listed.members() {
            let name = name.string().unwrap_or_default();
            if types.0.len() == MAX_TYPES {
                return Err(wrong("expected at most 64 types"));
            }
            if !is_name(&name) || Atom::parse(&name).is_some() {
                return Err(wrong("expected names of types"));
            }
            let members = Struct::read(name.clone(), members)
                .map_err(|error| within("types", within(&name, error)))?;
            types.insert(members);
        }
        if types.position(DOMAIN).is_none() {
            types.insert(derive_domain(domain)?);
        }
        types.resolve();
        Ok(types)
    }

    /// Adds a type at its place. There are few, so that no sorting is worth its bytes.
    fn insert(&mut self, added: Struct<'d>) {
        let place = self.0.partition_point(|kind| kind.name < added.name);
        self.0.insert(place, added);
    }

    fn position(&self, name: &str) -> Option<usize> {
        self.0.binary_search_by(|kind| (*kind.name).cmp(name)).ok()
    }

    pub(super) fn get(&self, place: usize) -> Option<&Struct<'d>> {
        self.0.get(place)
    }

    pub(super) fn find(&self, name: &str) -> Option<&Struct<'d>> {
        self.get(self.position(name)?)
    }

    pub(super) fn domain(&self) -> Result<&Struct<'d>, Rejection> {
        self.find(DOMAIN)
            .ok_or_else(|| malformed("expected the domain's type, got none").at("types"))
    }

    /// Finds out what each member is, and hashes the types.
    fn resolve(&mut self) {
        let names: Vec<_> = self.0.iter().map(|kind| kind.name.clone()).collect();
        let members = self.0.iter_mut().flat_map(|kind| &mut kind.members);
        for member in members {
            let base = member.kind.split('[').next().unwrap_or_default();
            member.base = match (
                names.binary_search_by(|name| (**name).cmp(base)),
                Atom::parse(base),
            ) {
                (Ok(place), _) => Base::Struct(place),
                (Err(_), Some(atom)) => Base::Atom(atom),
                (Err(_), None) => Base::Unknown,
            };
        }
        let hashes: Vec<_> = (0..self.0.len())
            .map(|place| self.hash_type(place))
            .collect();
        for (kind, hash) in self.0.iter_mut().zip(hashes) {
            kind.hash = hash;
        }
    }

    /// The hash of `encodeType`: the type and, sorted by name, those that it refers to.
    fn hash_type(&self, first: usize) -> Word {
        let mut referenced = vec![false; self.0.len()];
        let mut open = Vec::from([first]);
        while let Some(next) = open.pop() {
            for member in self.get(next).into_iter().flat_map(|kind| &kind.members) {
                if let Base::Struct(place) = member.base
                    && let Some(known @ false) = referenced.get_mut(place)
                {
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
            .filter_map(|place| self.get(place))
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
}

impl<'d> Struct<'d> {
    const fn new(name: Cow<'d, str>) -> Self {
        Self {
            name,
            members: Vec::new(),
            by_name: Vec::new(),
            hash: [0; 32],
        }
    }

    /// Reads the members: an array of `{ name, type }`.
    fn read(name: Cow<'d, str>, members: Value<'d>) -> Result<Self, Rejection> {
        if !members.is_array() {
            return Err(unexpected("an array of members", members));
        }
        let mut kind = Self::new(name);
        for member in members.elements() {
            let text = |name| member.get(name).and_then(Value::string);
            let (Some(name), Some(type_name)) = (text("name"), text("type")) else {
                return Err(malformed("expected a name and a type"));
            };
            if kind.members.len() == MAX_MEMBERS {
                return Err(malformed("expected at most 128 members"));
            }
            let sizes = sizes(&type_name).filter(|_| is_name(&name));
            let added = sizes.is_some_and(|sizes| kind.add(name, type_name, sizes));
            if !added {
                return Err(malformed("expected names and types, each name once"));
            }
        }
        Ok(kind)
    }

    /// Adds a member, unless there is one of this name.
    fn add(&mut self, name: Cow<'d, str>, kind: Cow<'d, str>, sizes: Vec<Option<usize>>) -> bool {
        let Err(place) = self.search(&name) else {
            return false;
        };
        self.by_name.insert(place, self.members.len());
        self.members.push(Member {
            name,
            kind,
            base: Base::Unknown,
            sizes,
        });
        true
    }

    /// Where a name is in `by_name`, or where it would be.
    fn search(&self, name: &str) -> Result<usize, usize> {
        self.by_name.binary_search_by(|place| {
            let member = self.members.get(*place);
            member.map_or("", |member| &member.name).cmp(name)
        })
    }

    /// The place of the member of this name.
    pub(super) fn position(&self, name: &str) -> Option<usize> {
        self.by_name.get(self.search(name).ok()?).copied()
    }
}

/// The domain's type where none is given, of the members that the domain has.
fn derive_domain<'d>(domain: Value<'d>) -> Result<Struct<'d>, Rejection> {
    const MEMBERS: [(&str, &str); 5] = [
        ("name", "string"),
        ("version", "string"),
        ("chainId", "uint256"),
        ("verifyingContract", "address"),
        ("salt", "bytes32"),
    ];
    let is_known = |name: Value| MEMBERS.iter().any(|(known, _)| name.is(known));
    if !domain.members().all(|(name, _)| is_known(name)) {
        let message = "expected name, version, chainId, verifyingContract or salt";
        return Err(malformed(message).at("domain"));
    }
    let mut kind = Struct::new(DOMAIN.into());
    for (name, type_name) in MEMBERS {
        if domain.get(name).is_some_and(|value| value.raw() != "null") {
            kind.add(name.into(), type_name.into(), Vec::new());
        }
    }
    Ok(kind)
}

/// Names may hold what no separator is: some wallets' types have a colon in their names.
fn is_name(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_graphic() && !b"()[],\"\\".contains(&byte);
    !text.is_empty() && text.bytes().all(allowed)
}

/// The sizes of a type's arrays, where it is a name and up to 32 times `[]` or `[n]`.
fn sizes(kind: &str) -> Option<Vec<Option<usize>>> {
    let (name, mut rest) = kind.split_at(kind.find('[').unwrap_or(kind.len()));
    let mut sizes = Vec::new();
    while !rest.is_empty() {
        let (size, behind) = rest.strip_prefix('[')?.split_once(']')?;
        let size = match size {
            "" => None,
            digits => Some(
                digits
                    .parse()
                    .ok()
                    .filter(|_| !digits.starts_with(['0', '+']))?,
            ),
        };
        if sizes.len() == MAX_DIMENSIONS {
            return None;
        }
        sizes.push(size);
        rest = behind;
    }
    is_name(name).then_some(sizes)
}
