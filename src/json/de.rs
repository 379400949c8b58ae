//! serde over a [`Value`]: what is read into a type is refused with its path, by name where nobody
//! knows it, and without the text of any string, which may be a secret in the wrong place.

use alloc::borrow::{Cow, ToOwned};
use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};

use core::fmt;

use serde::de::{
    self, Deserialize, DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, MapAccess,
    SeqAccess, Unexpected, VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;

use super::nearest::nearest;
use super::path::Path;
use super::{Kind, Value, write_string};
use crate::error::ConfigError;

/// The longest unknown name that a message quotes, in characters.
const MAX_NAME: usize = 64;

/// Why a value cannot be read. Boxed, since every reading function returns one and it is rare.
#[derive(Debug)]
pub(crate) struct Error(Box<(Path, Problem)>);

/// The members that a struct has.
type Names = &'static [&'static str];

#[derive(Debug)]
enum Problem {
    Text(String),
    /// Nobody knows a member of this name, but these.
    Unknown {
        name: String,
        known: [Names; 2],
    },
}

impl Error {
    pub(crate) fn new(problem: String) -> Self {
        Self(Box::new((Path::default(), Problem::Text(problem))))
    }

    fn unknown(name: &str, known: [Names; 2]) -> Self {
        let name = name.chars().take(MAX_NAME).collect();
        let problem = Problem::Unknown { name, known };
        Self(Box::new((Path::default(), problem)))
    }

    /// The same of what stands in a member of this name.
    #[must_use]
    pub(crate) fn within(mut self, name: &str) -> Self {
        self.0.0.push_name(name);
        self
    }

    #[cold]
    #[inline(never)]
    fn within_member(self, name: Value) -> Self {
        self.within(&name.string().unwrap_or_default())
    }

    #[cold]
    #[inline(never)]
    fn within_index(mut self, index: usize) -> Self {
        self.0.0.push_index(index);
        self
    }

    /// The path to the member, and what is wrong with it.
    pub(crate) fn into_parts(self) -> (String, String) {
        let (path, problem) = *self.0;
        let path = String::from(&path);
        let problem = match problem {
            Problem::Text(text) => text,
            Problem::Unknown { name, known } => {
                let kind = if path.is_empty() { "option" } else { "member" };
                let known = known.concat();
                let (before, names, behind) = match nearest(&name, &known) {
                    Some(near) => ("did you mean \"", String::from(near), "\"?"),
                    None => ("known: ", joined(known, ", "), ""),
                };
                let mut text = String::from("unknown ");
                text.push_str(kind);
                text.push(' ');
                write_string(&mut text, &name);
                for part in [" (", before, &names, behind, ")"] {
                    text.push_str(part);
                }
                text
            }
        };
        (path, problem)
    }
}

/// What is wrong with an option.
impl From<Error> for ConfigError {
    fn from(error: Error) -> Self {
        let (path, problem) = error.into_parts();
        let of_sender = path.strip_prefix("sender");
        if of_sender.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '['])) {
            let member = path;
            return Self::InvalidSender { member, problem };
        }
        let option = path.into();
        Self::InvalidOption { option, problem }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("unreadable")
    }
}

impl core::error::Error for Error {}

impl de::Error for Error {
    fn custom<T: fmt::Display>(problem: T) -> Self {
        Self::new(problem.to_string())
    }

    #[inline(never)]
    fn invalid_type(unexpected: Unexpected, expected: &dyn de::Expected) -> Self {
        let got = match unexpected {
            Unexpected::Other(got) => got,
            // A string came, of another form. Its text may be a secret in the wrong place.
            _ => "another string",
        };
        Self::new(format!("expected {expected}, got {got}"))
    }

    /// A place is always one of those that there are.
    #[inline(always)]
    fn invalid_value(unexpected: Unexpected, expected: &dyn de::Expected) -> Self {
        match unexpected {
            Unexpected::Unsigned(_) => never(),
            _ => Self::invalid_type(unexpected, expected),
        }
    }

    fn invalid_length(length: usize, expected: &dyn de::Expected) -> Self {
        Self::new(format!("expected {expected}, got {length} elements"))
    }

    fn unknown_field(name: &str, known: Names) -> Self {
        Self::unknown(name, [known, &[]])
    }

    fn unknown_variant(_: &str, known: Names) -> Self {
        let known = joined(known.iter().copied(), "\", \"");
        Self::new(format!("expected one of \"{known}\", got another string"))
    }

    /// The reader has refused it already.
    #[inline(always)]
    fn duplicate_field(_: &'static str) -> Self {
        never()
    }

    #[cold]
    #[inline(never)]
    fn missing_field(name: &'static str) -> Self {
        Self::new("expected a value, got nothing".to_owned()).within(name)
    }
}

/// Texts with another between them.
pub(crate) fn joined<'t>(texts: impl IntoIterator<Item = &'t str>, between: &str) -> String {
    let mut out = String::new();
    for text in texts {
        if !out.is_empty() {
            out.push_str(between);
        }
        out.push_str(text);
    }
    out
}

impl<'d> Value<'d> {
    /// Reads the value into a type.
    pub(crate) fn into<T: Deserialize<'d>>(self) -> Result<T, Error> {
        T::deserialize(self)
    }

    /// Reads an object that has the members of two structs.
    #[cfg(feature = "dapp")]
    pub(crate) fn into_both<A: Deserialize<'d>, B: Deserialize<'d>>(self) -> Result<(A, B), Error> {
        let mut known: [Names; 2] = [&[], &[]];
        let [first, second] = &mut known;
        let a = A::deserialize(Part(self, first));
        let b = B::deserialize(Part(self, second));
        for (name, _) in self.members() {
            if !known.iter().any(|known| is_among(name, known)) {
                return Err(Error::unknown(&name.string().unwrap_or_default(), known));
            }
        }
        Ok((a?, b?))
    }

    /// Says what came in place of what was expected. A number is no secret; a string may be one.
    pub(crate) fn unexpected(self, expected: &str) -> Error {
        let got = match self.node().kind() {
            Kind::Number | Kind::Boolean => self.raw(),
            _ => self.describe(),
        };
        Error::new(format!("expected {expected}, got {got}"))
    }
}

/// What does not depend on the type that is read stands here, once.
impl<'d> Value<'d> {
    fn is_text(self) -> bool {
        matches!(self.node().kind(), Kind::Plain | Kind::Escaped)
    }

    #[inline(never)]
    fn to_boolean(self) -> Result<bool, Error> {
        self.boolean().ok_or_else(|| self.unexpected("a boolean"))
    }

    #[inline(never)]
    fn to_integer(self) -> Result<u64, Error> {
        let integer = self.integer();
        integer.ok_or_else(|| self.unexpected("a whole number"))
    }

    #[inline(never)]
    fn to_text(self) -> Result<Cow<'d, str>, Error> {
        self.string().ok_or_else(|| self.unexpected("a string"))
    }

    #[inline(never)]
    fn to_choice(self, kinds: &str, known: Names) -> Result<Choice<'d>, Error> {
        let place = match kinds {
            TEXT_OR_OBJECT if self.is_text() => Some(0),
            TEXT_OR_OBJECT => self.is_object().then_some(1),
            OBJECT_OR_ARRAY if self.is_object() => Some(0),
            OBJECT_OR_ARRAY => self.is_array().then_some(1),
            _ => known.iter().position(|name| self.is(name)),
        };
        let value = self;
        place.map(|place| Choice { place, value }).ok_or_else(|| {
            if matches!(kinds, TEXT_OR_OBJECT | OBJECT_OR_ARRAY) {
                return self.unexpected(&joined(known.iter().copied(), " or "));
            }
            let one_of = format!("one of \"{}\"", joined(known.iter().copied(), "\", \""));
            let near = self.string().and_then(|text| nearest(&text, known));
            match near {
                Some(near) => Error::new(format!(
                    "expected {one_of}, got another string (did you mean \"{near}\"?)"
                )),
                None if self.is_text() => {
                    Error::new(format!("expected {one_of}, got another string"))
                }
                None => self.unexpected(&one_of),
            }
        })
    }

    #[inline(never)]
    fn require(self, kind: Kind) -> Result<(), Error> {
        match kind {
            _ if self.node().kind() == kind => Ok(()),
            Kind::Array => Err(self.unexpected("an array")),
            _ => Err(self.unexpected("an object")),
        }
    }
}

/// The name under which [`Deserializer::deserialize_newtype_struct`] gives a value's own text.
#[cfg(feature = "dapp")]
pub(crate) const RAW: &str = "$raw";

/// The names of enums whose variants are told by the kind of the value, which they hold. What serde has
/// for it would read each struct in a second way.
pub(crate) const TEXT_OR_OBJECT: &str = "$text or object";
pub(crate) const OBJECT_OR_ARRAY: &str = "$object or array";

impl<'d> Deserializer<'d> for Value<'d> {
    type Error = Error;

    /// Every type says what it expects.
    fn deserialize_any<V: Visitor<'d>>(self, visitor: V) -> Result<V::Value, Error> {
        Err(de::Error::invalid_type(
            Unexpected::Other(self.describe()),
            &visitor,
        ))
    }

    fn deserialize_bool<V: Visitor<'d>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_bool(self.to_boolean()?)
    }

    fn deserialize_u64<V: Visitor<'d>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_u64(self.to_integer()?)
    }

    fn deserialize_str<V: Visitor<'d>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_str(&self.to_text()?)
    }

    fn deserialize_string<V: Visitor<'d>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_str(visitor)
    }

    /// What is there is not nothing: a null is refused by whoever expects a value.
    fn deserialize_option<V: Visitor<'d>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'d>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        #[cfg(feature = "dapp")]
        if name == RAW {
            return visitor.visit_borrowed_str(self.raw());
        }
        #[cfg(not(feature = "dapp"))]
        let _ = name;
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'d>>(self, visitor: V) -> Result<V::Value, Error> {
        self.require(Kind::Array)?;
        visitor.visit_seq(Elements {
            values: self.elements(),
            index: 0,
        })
    }

    fn deserialize_map<V: Visitor<'d>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_struct("", &[], visitor)
    }

    fn deserialize_struct<V: Visitor<'d>>(
        self,
        _name: &'static str,
        known: Names,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.require(Kind::Object)?;
        visitor.visit_map(Members {
            values: self.members(),
            known,
            passes_over: false,
            last: None,
        })
    }

    fn deserialize_enum<V: Visitor<'d>>(
        self,
        name: &'static str,
        known: Names,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_enum(self.to_choice(name, known)?)
    }

    forward_to_deserialize_any! {
        <V: Visitor<'d>>
        i8 i16 i32 i64 i128 u8 u16 u32 u128 f32 f64 char bytes byte_buf unit unit_struct tuple
        tuple_struct identifier ignored_any
    }
}

/// The members of an object that one struct has. Others are passed over.
#[cfg(feature = "dapp")]
struct Part<'d, 'n>(Value<'d>, &'n mut Names);

#[cfg(feature = "dapp")]
impl<'d> Deserializer<'d> for Part<'d, '_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'d>>(self, visitor: V) -> Result<V::Value, Error> {
        self.0.deserialize_any(visitor)
    }

    fn deserialize_struct<V: Visitor<'d>>(
        self,
        _name: &'static str,
        known: Names,
        visitor: V,
    ) -> Result<V::Value, Error> {
        *self.1 = known;
        visitor.visit_map(Members {
            values: self.0.members(),
            known,
            passes_over: true,
            last: None,
        })
    }

    forward_to_deserialize_any! {
        <V: Visitor<'d>>
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit unit_struct newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

fn is_among(name: Value, known: Names) -> bool {
    known.iter().any(|known| name.is(known))
}

struct Elements<I> {
    values: I,
    index: usize,
}

impl<'d, I: Iterator<Item = Value<'d>>> SeqAccess<'d> for Elements<I> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'d>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Error> {
        let Some(value) = self.values.next() else {
            return Ok(None);
        };
        let index = self.index;
        self.index = index.saturating_add(1);
        let read = seed.deserialize(value);
        read.map(Some).map_err(|error| error.within_index(index))
    }
}

struct Members<'d, I> {
    values: I,
    /// The members of the type, if it is a struct.
    known: Names,
    /// Whether others are somebody else's.
    passes_over: bool,
    last: Option<(Value<'d>, Value<'d>)>,
}

impl<'d, I: Iterator<Item = (Value<'d>, Value<'d>)>> Members<'d, I> {
    /// The name of the next member that is not passed over.
    #[inline(never)]
    fn next_name(&mut self) -> Option<Value<'d>> {
        loop {
            self.last = self.values.next();
            let (name, _) = self.last?;
            if !self.passes_over || is_among(name, self.known) {
                return Some(name);
            }
        }
    }
}

impl<'d, I: Iterator<Item = (Value<'d>, Value<'d>)>> MapAccess<'d> for Members<'d, I> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'d>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Error> {
        let Some(name) = self.next_name() else {
            return Ok(None);
        };
        let known = self.known;
        seed.deserialize(Name { name, known }).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'d>>(&mut self, seed: V) -> Result<V::Value, Error> {
        let Some((name, value)) = self.last else {
            never()
        };
        seed.deserialize(value)
            .map_err(|error| error.within_member(name))
    }
}

/// The name of a member: text, or the place of a known one.
struct Name<'d> {
    name: Value<'d>,
    known: Names,
}

impl<'d> Deserializer<'d> for Name<'d> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'d>>(self, visitor: V) -> Result<V::Value, Error> {
        self.name.deserialize_str(visitor)
    }

    fn deserialize_identifier<V: Visitor<'d>>(self, visitor: V) -> Result<V::Value, Error> {
        let Self { name, known } = self;
        visitor.visit_u64(place(name, known)?)
    }

    forward_to_deserialize_any! {
        <V: Visitor<'d>>
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit unit_struct newtype_struct seq tuple tuple_struct map struct enum ignored_any
    }
}

/// The place of a name among those that a struct has.
#[inline(never)]
fn place(name: Value, known: Names) -> Result<u64, Error> {
    let place = known.iter().position(|known| name.is(known));
    place.map(to_u64).ok_or_else(|| {
        let name = name.string().unwrap_or_default();
        de::Error::unknown_field(&name, known)
    })
}

/// The variant of an enum by its place, and the value by which it was chosen.
struct Choice<'d> {
    place: usize,
    value: Value<'d>,
}

impl<'d> EnumAccess<'d> for Choice<'d> {
    type Error = Error;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'d>>(self, seed: V) -> Result<(V::Value, Self), Error> {
        let place = to_u64(self.place).into_deserializer();
        Ok((seed.deserialize(place)?, self))
    }
}

impl<'d> VariantAccess<'d> for Choice<'d> {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'d>>(self, seed: T) -> Result<T::Value, Error> {
        seed.deserialize(self.value)
    }

    fn tuple_variant<V: Visitor<'d>>(self, _: usize, _: V) -> Result<V::Value, Error> {
        never()
    }

    fn struct_variant<V: Visitor<'d>>(
        self,
        _: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Error> {
        never()
    }
}

/// For what cannot be. Code that leads nowhere takes no bytes: what serde derives has much of it.
#[cold]
#[inline(never)]
#[expect(clippy::unreachable, reason = "the reader has seen to it")]
fn never() -> ! {
    unreachable!()
}

fn to_u64(place: usize) -> u64 {
    u64::try_from(place).unwrap_or(u64::MAX)
}
