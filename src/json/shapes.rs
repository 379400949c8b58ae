//! What serde does not derive: texts of a form, one value or several, a value's own text.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use core::fmt;
use core::marker::PhantomData;

use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, Unexpected, Visitor};

#[cfg(feature = "dapp")]
use super::de::RAW;
#[cfg(feature = "dapp")]
use super::{Document, Rules, Value};

/// Reads a text of the form that `accept` takes and `expected` names.
#[inline(never)]
pub(crate) fn text<'d, D: Deserializer<'d>>(
    deserializer: D,
    accept: fn(&str) -> bool,
    expected: &'static str,
) -> Result<String, D::Error> {
    deserializer.deserialize_str(TextVisitor { accept, expected })
}

struct TextVisitor {
    accept: fn(&str) -> bool,
    expected: &'static str,
}

impl Visitor<'_> for TextVisitor {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(self.expected)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<String, E> {
        match (self.accept)(text) {
            true => Ok(text.to_owned()),
            false => Err(E::invalid_value(Unexpected::Str(text), &self)),
        }
    }
}

/// Declares a type for texts of one form.
macro_rules! text_type {
    ($(#[$attribute:meta])* $name:ident, $accept:expr, $expected:literal) => {
        $(#[$attribute])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct $name(pub(crate) alloc::string::String);

        impl<'d> serde::Deserialize<'d> for $name {
            fn deserialize<D: serde::Deserializer<'d>>(deserializer: D) -> Result<Self, D::Error> {
                crate::json::shapes::text(deserializer, $accept, $expected).map(Self)
            }
        }
    };
}

pub(crate) use text_type;

/// An object whose members have the names of nobody's choice: names and values in their order.
#[derive(Debug, Clone)]
pub struct Entries<N, V>(pub(crate) Vec<(N, V)>);

impl<N, V> Default for Entries<N, V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'d, N: Deserialize<'d>, V: Deserialize<'d>> Deserialize<'d> for Entries<N, V> {
    fn deserialize<D: Deserializer<'d>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(EntriesVisitor(PhantomData))
    }
}

struct EntriesVisitor<N, V>(PhantomData<(N, V)>);

impl<'d, N: Deserialize<'d>, V: Deserialize<'d>> Visitor<'d> for EntriesVisitor<N, V> {
    type Value = Entries<N, V>;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'d>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Entries(entries))
    }
}

/// One object, or an array of them.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename = "$object or array")]
pub enum OneOrMany<T> {
    /// An object.
    #[serde(rename = "an object")]
    One(T),
    /// An array.
    #[serde(rename = "an array of objects")]
    Many(Vec<T>),
}

/// A value's own text, as it stands in the document.
#[cfg(feature = "dapp")]
#[derive(Debug, Clone, Copy)]
pub(crate) struct Raw<'d>(pub(crate) &'d str);

#[cfg(feature = "dapp")]
impl Raw<'_> {
    /// Hands the value on.
    pub(crate) fn with<T>(self, read: impl FnOnce(Value) -> T) -> T {
        match Document::read(self.0.as_bytes(), Rules::Unique) {
            Ok(document) => read(document.root()),
            #[expect(clippy::unreachable, reason = "it stands in a document that was read")]
            Err(_) => unreachable!(),
        }
    }
}

#[cfg(feature = "dapp")]
impl<'d: 'r, 'r> Deserialize<'d> for Raw<'r> {
    fn deserialize<D: Deserializer<'d>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(RAW, RawVisitor)
    }
}

#[cfg(feature = "dapp")]
struct RawVisitor;

#[cfg(feature = "dapp")]
impl<'d> Visitor<'d> for RawVisitor {
    type Value = Raw<'d>;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_borrowed_str<E: Error>(self, text: &'d str) -> Result<Raw<'d>, E> {
        Ok(Raw(text))
    }
}

/// Reads and writes an enum by the names that it gives its variants.
#[cfg(feature = "dapp")]
macro_rules! by_name {
    ($type:ty) => {
        impl $type {
            /// The one of this name.
            pub(crate) fn from_name(name: &str) -> Option<Self> {
                Self::ALL.into_iter().find(|one| one.name() == name)
            }
        }

        impl<'d> serde::Deserialize<'d> for $type {
            fn deserialize<D: serde::Deserializer<'d>>(deserializer: D) -> Result<Self, D::Error> {
                let name = <alloc::borrow::Cow<'d, str>>::deserialize(deserializer)?;
                Self::from_name(&name).ok_or_else(|| {
                    let names = Self::ALL.map(Self::name).join("\", \"");
                    serde::de::Error::custom(alloc::format!(
                        "expected one of \"{names}\", got another text"
                    ))
                })
            }
        }

        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.name())
            }
        }
    };
}

#[cfg(feature = "dapp")]
pub(crate) use by_name;

/// An option that does not cross among the others: a key, a body, a clock.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Apart {}

impl<'d> Deserialize<'d> for Apart {
    fn deserialize<D: Deserializer<'d>>(_: D) -> Result<Self, D::Error> {
        Err(Error::custom(
            "expected it apart from the other options, got it among them",
        ))
    }
}
