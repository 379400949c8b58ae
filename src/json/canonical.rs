//! JSON as senders write it before they sign it, where they do not sign the very bytes that they
//! send: what JavaScript's `JSON.stringify` gives, without indentation.
//!
//! Numbers keep the text in which they came, and names that look like array indices their place
//! among the others.

use alloc::string::String;
use alloc::vec::Vec;

use super::name::{self, Name, Units};
use super::string::{QUOTE, write_escape};
use super::{Kind, Value, write_string};

/// How the members of an object follow each other.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// As they came.
    Kept,
    /// By the UTF-16 code units of their names, as JavaScript compares strings.
    Sorted,
}

/// The value without white space.
pub(crate) fn compact(value: Value, order: Order) -> String {
    let mut out = String::with_capacity(value.raw().len());
    write(&mut out, value, order);
    out
}

/// The members of an object but the one called `without`, sorted, and scalar values as strings.
pub(crate) fn compact_strings(object: Value, without: &str) -> String {
    let members = members(object, Order::Sorted);
    let quotes = members.len().saturating_mul(2);
    let mut out = String::with_capacity(object.raw().len().saturating_add(quotes));
    for (name, value) in members {
        if name.is(without) {
            continue;
        }
        out.push(if out.is_empty() { '{' } else { ',' });
        write(&mut out, name, Order::Kept);
        out.push(':');
        match value.node().kind() {
            Kind::Null | Kind::Boolean | Kind::Number => write_string(&mut out, value.raw()),
            _ => write(&mut out, value, Order::Kept),
        }
    }
    out.push_str(if out.is_empty() { "{}" } else { "}" });
    out
}

/// Appends a value. The recursion is as deep as the document, which the reader bounds.
fn write(out: &mut String, value: Value, order: Order) {
    match value.node().kind() {
        Kind::Object => {
            out.push('{');
            for (index, (name, value)) in members(value, order).enumerate() {
                separate(out, index);
                write(out, name, order);
                out.push(':');
                write(out, value, order);
            }
            out.push('}');
        }
        Kind::Array => {
            out.push('[');
            for (index, element) in value.elements().enumerate() {
                separate(out, index);
                write(out, element, order);
            }
            out.push(']');
        }
        Kind::Escaped => match value.string() {
            Some(text) => write_string(out, &text),
            None => write_halves(out, value),
        },
        // A string without escapes holds nothing that has to be escaped.
        Kind::Plain | Kind::Null | Kind::Boolean | Kind::Number => out.push_str(value.raw()),
    }
}

fn separate(out: &mut String, index: usize) {
    if index > 0 {
        out.push(',');
    }
}

/// The names and values of an object.
pub(crate) fn members(
    object: Value<'_>,
    order: Order,
) -> impl ExactSizeIterator<Item = (Value<'_>, Value<'_>)> {
    let document = object.document;
    let mut names = Vec::with_capacity(object.members().count());
    names.extend(object.members().map(|(name, _)| Name::of(name)));
    if order == Order::Sorted {
        name::sort(document, &mut names);
    }
    names.into_iter().map(|name| {
        let name = name.in_document(document);
        (name, name.following())
    })
}

/// Appends a string in which half of a surrogate pair stands alone: as its escape, so that two such
/// strings are never written the same.
fn write_halves(out: &mut String, string: Value) {
    out.push_str(QUOTE);
    for character in char::decode_utf16(Units::of(string.inner())) {
        match character {
            Ok(character @ ('\0'..='\x1f' | '"' | '\\')) => write_escape(out, character),
            Ok(character) => out.push(character),
            Err(half) => {
                out.push_str("\\u");
                out.push_str(&hex::encode(half.unpaired_surrogate().to_be_bytes()));
            }
        }
    }
    out.push_str(QUOTE);
}

#[cfg(test)]
mod tests {
    #![allow(clippy::panic, reason = "a test fails by panicking")]

    use super::*;
    use crate::json::{Document, Rules};
    use alloc::borrow::ToOwned;

    fn with<T>(text: &str, convert: impl FnOnce(Value) -> T) -> T {
        match Document::read(text.as_bytes(), Rules::Unique) {
            Ok(document) => convert(document.root()),
            Err(_) => panic!("expected json, got {text}"),
        }
    }

    /// Each pair was made by Node.js.
    #[test]
    fn what_is_written_is_what_json_stringify_writes() {
        for (text, expected) in [
            (" null ", "null"),
            ("[ ]", "[]"),
            ("{ }", "{}"),
            ("[ 1 , [ { } ] , \"a\" ]", "[1,[{}],\"a\"]"),
            ("{ \"b\" : 1 ,\n\t\"a\" : true }", "{\"b\":1,\"a\":true}"),
            (r#""\/\u00e4\u2028\ud83d\ude00""#, "\"/ä\u{2028}😀\""),
            (r#""\u0008\u000C\u000a\r\t""#, r#""\b\f\n\r\t""#),
            (
                r#""\u0000\u001F\u007f\"\\""#,
                "\"\\u0000\\u001f\u{7f}\\\"\\\\\"",
            ),
            ("\"a \u{2028}b\"", "\"a \u{2028}b\""),
            (r#""\n\uD83C\u00e4\"""#, "\"\\n\\ud83cä\\\"\""),
            (r#""\udf89\ud83c\ud83c\udf89""#, "\"\\udf89\\ud83c🎉\""),
        ] {
            let written = with(text, |value| compact(value, Order::Kept));
            assert_eq!(written, expected);
        }
    }

    #[test]
    fn members_are_sorted_at_every_depth_and_elements_are_not() {
        let text = r#"{"b":2,"a":{"d":[3,1,{"z":0,"y":0}],"c":3}}"#;
        assert_eq!(
            with(text, |value| compact(value, Order::Sorted)),
            r#"{"a":{"c":3,"d":[3,1,{"y":0,"z":0}]},"b":2}"#
        );
    }

    #[test]
    fn names_are_compared_by_code_units_after_their_escapes_are_resolved() {
        // U+FF61 is behind U+1F600 there, though its code point is before it.
        let text = "{\"\u{ff61}\":1,\"😀\":2,\"b\":3,\"B\":4,\"\\u0061\":5,\"\":6,\"ab\":7}";
        assert_eq!(
            with(text, |value| compact(value, Order::Sorted)),
            "{\"\":6,\"B\":4,\"a\":5,\"ab\":7,\"b\":3,\"😀\":2,\"\u{ff61}\":1}"
        );
    }

    #[test]
    fn numbers_keep_their_text() {
        let text = "[1.50,1e2,-0,12345678901234567890]";
        assert_eq!(with(text, |value| compact(value, Order::Sorted)), text);
    }

    #[test]
    fn scalar_values_are_written_as_strings() {
        let text = r#"{"h":"x","n":1.50,"b":true,"a":"\u00e4","z":null,"o":{"k":1},"l":[ 1 ]}"#;
        assert_eq!(
            with(text, |value| compact_strings(value, "h")),
            r#"{"a":"ä","b":"true","l":[1],"n":"1.50","o":{"k":1},"z":"null"}"#
        );
        for text in ["{}", r#"{"h":1}"#, "[1]"] {
            assert_eq!(
                with(text, |value| compact_strings(value, "h")),
                "{}".to_owned()
            );
        }
    }
}
