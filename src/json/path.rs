//! Where a value stands in a document.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::write_string;

/// The longest member name that a path quotes, in characters.
const MAX_NAME: usize = 64;

/// The members and elements in which a value stands, from the inside out.
#[derive(Debug, Default)]
pub(super) struct Path(Vec<Segment>);

#[derive(Debug)]
enum Segment {
    Name(String),
    Index(usize),
}

impl Path {
    pub(super) fn push_name(&mut self, name: &str) {
        let name = name.chars().take(MAX_NAME).collect();
        self.0.push(Segment::Name(name));
    }

    pub(super) fn push_index(&mut self, index: usize) {
        self.0.push(Segment::Index(index));
    }
}

/// As `data.amount.value` and `keys[1]`; empty for the document itself.
impl From<&Path> for String {
    fn from(path: &Path) -> Self {
        let mut text = Self::new();
        for segment in path.0.iter().rev() {
            match segment {
                Segment::Index(index) => {
                    text.push('[');
                    text.push_str(&index.to_string());
                    text.push(']');
                }
                Segment::Name(name) if is_identifier(name) => {
                    if !text.is_empty() {
                        text.push('.');
                    }
                    text.push_str(name);
                }
                Segment::Name(name) => {
                    text.push('[');
                    write_string(&mut text, name);
                    text.push(']');
                }
            }
        }
        text
    }
}

fn is_identifier(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$';
    !name.is_empty() && name.bytes().all(allowed)
}
