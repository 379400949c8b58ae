//! What is said of a verified body beside the body itself: it crosses with every accepted callback, so it
//! is written by hand.

use alloc::string::String;

use super::{Content, Other};

/// Appends without gaps what another sender's callback is called, and as JSON what it holds if that is not
/// its body. Returns the lengths of its type, its id, the hash of its content and what is signed with it, in
/// UTF-16 code units.
#[inline(never)]
pub fn write_other(out: &mut String, other: &Other) -> [Option<usize>; 4] {
    let hash = other.content_hash.map(hex::encode);
    let texts = [&other.kind, &other.id, &hash, &other.signed_with];
    let lengths = texts.map(|text| {
        let text = text.as_deref()?;
        out.push_str(text);
        Some(text.encode_utf16().count())
    });
    if let Content::Given(json) | Content::Marked(json) = &other.payload {
        out.push_str(json);
    }
    lengths
}
