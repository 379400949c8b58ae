//! JSON as the serialisers of other languages write it.

use alloc::format;
use alloc::string::String;

use crate::json::canonical::{Order, members};
use crate::json::{Document, Value};

/// How a document is written.
#[derive(Clone, Copy)]
pub(super) struct Format {
    spacing: &'static Spacing,
    order: Order,
    escapes: &'static Escapes,
}

struct Spacing {
    name: &'static str,
    /// After a comma and after a colon.
    behind: (&'static str, &'static str),
    /// One step of indentation, if each member has its own line.
    indent: Option<&'static str>,
}

/// What is escaped beyond what JSON demands.
struct Escapes {
    name: &'static str,
    slashes: bool,
    non_ascii: bool,
    /// These characters, as `\u` and four digits.
    also: &'static str,
    upper: bool,
}

const SPACINGS: [Spacing; 5] = [
    Spacing {
        name: "without white space, as JSON.stringify writes it",
        behind: ("", ""),
        indent: None,
    },
    Spacing {
        name: "with a space behind each comma and colon, as Python's json.dumps writes it",
        behind: (" ", " "),
        indent: None,
    },
    Spacing {
        name: "indented by 2 spaces, as JSON.stringify(value, null, 2) writes it",
        behind: ("", " "),
        indent: Some("  "),
    },
    Spacing {
        name: "indented by 4 spaces",
        behind: ("", " "),
        indent: Some("    "),
    },
    Spacing {
        name: "indented by tabs",
        behind: ("", " "),
        indent: Some("\t"),
    },
];

const ESCAPES: [Escapes; 7] = [
    Escapes {
        name: "",
        slashes: false,
        non_ascii: false,
        also: "",
        upper: false,
    },
    Escapes {
        name: ", with what is not ASCII escaped",
        slashes: false,
        non_ascii: true,
        also: "",
        upper: false,
    },
    Escapes {
        name: ", with slashes and what is not ASCII escaped (PHP's json_encode)",
        slashes: true,
        non_ascii: true,
        also: "",
        upper: false,
    },
    Escapes {
        name: ", with slashes escaped",
        slashes: true,
        non_ascii: false,
        also: "",
        upper: false,
    },
    Escapes {
        name: ", with what is not ASCII escaped in upper-case digits",
        slashes: false,
        non_ascii: true,
        also: "",
        upper: true,
    },
    Escapes {
        name: ", with < > & escaped (Go's encoding/json)",
        slashes: false,
        non_ascii: false,
        also: "<>&\u{2028}\u{2029}",
        upper: false,
    },
    Escapes {
        name: ", with what is not ASCII and < > & + ' \" ` escaped in upper-case digits (.NET's JsonSerializer)",
        slashes: false,
        non_ascii: true,
        also: "<>&+'\"`\u{7f}",
        upper: true,
    },
];

impl Escapes {
    /// Whether there may be something to escape in a document with this text.
    fn concern(&self, text: &str) -> bool {
        let plain = !self.slashes && !self.non_ascii && self.also.is_empty();
        plain
            // A character that is written as an escape may be any.
            || text.contains("\\u")
            || self.slashes && text.contains('/')
            || self.non_ascii && !text.is_ascii()
            || text.contains(|character| self.also.contains(character))
    }
}

impl Format {
    /// Every format that may differ from the others for a document with this text, the most common
    /// ones first.
    pub(super) fn all(text: &str) -> impl Iterator<Item = Self> {
        let orders = [Order::Kept, Order::Sorted];
        let escapes = ESCAPES.iter().filter(move |escapes| escapes.concern(text));
        escapes.flat_map(move |escapes| {
            orders.into_iter().flat_map(move |order| {
                SPACINGS.iter().map(move |spacing| Self {
                    spacing,
                    order,
                    escapes,
                })
            })
        })
    }

    /// What it costs to write a document, in passes over its text.
    pub(super) const fn passes(self) -> usize {
        match self.order {
            Order::Kept => 10,
            Order::Sorted => 72,
        }
    }

    /// For people.
    pub(super) fn describe(self) -> String {
        let sorted = match self.order {
            Order::Kept => "",
            Order::Sorted => ", with its members sorted",
        };
        format!(
            "the signature matches it {}{sorted}{}",
            self.spacing.name, self.escapes.name
        )
    }

    pub(super) fn write(self, document: &Document) -> String {
        let mut out = String::with_capacity(document.root().raw().len());
        self.value(&mut out, document.root(), 1);
        out
    }

    /// Appends a value. The recursion is as deep as the document, which the reader bounds.
    fn value(self, out: &mut String, value: Value, depth: usize) {
        let (between, behind_colon) = self.spacing.behind;
        if value.is_object() {
            let members = members(value, self.order);
            let last = members.len();
            out.push('{');
            for (index, (name, value)) in members.enumerate() {
                self.begin(out, index, between, depth);
                self.string(out, &name.string().unwrap_or_default());
                out.push(':');
                out.push_str(behind_colon);
                self.value(out, value, depth.saturating_add(1));
            }
            self.end(out, last, depth);
            out.push('}');
        } else if value.is_array() {
            let mut count: usize = 0;
            out.push('[');
            for element in value.elements() {
                self.begin(out, count, between, depth);
                self.value(out, element, depth.saturating_add(1));
                count = count.saturating_add(1);
            }
            self.end(out, count, depth);
            out.push(']');
        } else {
            match value.string() {
                Some(text) => self.string(out, &text),
                None => out.push_str(value.raw()),
            }
        }
    }

    /// What precedes a member.
    fn begin(self, out: &mut String, index: usize, between: &str, depth: usize) {
        if index > 0 {
            out.push(',');
            out.push_str(between);
        }
        self.line(out, depth);
    }

    /// What follows the last member.
    fn end(self, out: &mut String, count: usize, depth: usize) {
        if count > 0 {
            self.line(out, depth.saturating_sub(1));
        }
    }

    fn line(self, out: &mut String, depth: usize) {
        if let Some(indent) = self.spacing.indent {
            out.push('\n');
            (0..depth).for_each(|_| out.push_str(indent));
        }
    }

    fn string(self, out: &mut String, text: &str) {
        let Escapes {
            slashes,
            non_ascii,
            also,
            ..
        } = self.escapes;
        out.push('"');
        for character in text.chars() {
            let short = match character {
                _ if also.contains(character) || *non_ascii && !character.is_ascii() => None,
                '/' if !slashes => Some('/'),
                '"' | '\\' | '/' => {
                    out.push('\\');
                    Some(character)
                }
                '\u{8}' => escape(out, 'b'),
                '\u{c}' => escape(out, 'f'),
                '\n' => escape(out, 'n'),
                '\r' => escape(out, 'r'),
                '\t' => escape(out, 't'),
                '\0'..='\x1f' => None,
                _ => Some(character),
            };
            match short {
                Some(character) => out.push(character),
                None => self.units(out, character),
            }
        }
        out.push('"');
    }

    fn units(self, out: &mut String, character: char) {
        for unit in character.encode_utf16(&mut [0; 2]) {
            out.push_str(&if self.escapes.upper {
                format!("\\u{unit:04X}")
            } else {
                format!("\\u{unit:04x}")
            });
        }
    }
}

fn escape(out: &mut String, letter: char) -> Option<char> {
    out.push('\\');
    Some(letter)
}
