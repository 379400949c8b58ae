//! Strict encodings of bytes as text.

use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use base64ct::{Base64, Encoding as _};
use serde::Deserialize;
use zeroize::Zeroizing;

/// How the bytes of a signature are written as text.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Encoding {
    /// Hexadecimal digits in either case.
    Hex,
    /// Canonical base64 with padding (RFC 4648, section 4).
    Base64,
    /// Canonical base64url without padding (RFC 4648, section 5).
    Base64Url,
}

impl Encoding {
    /// The form, for people.
    #[must_use]
    pub const fn form(self) -> &'static str {
        match self {
            Self::Hex => "pairs of hexadecimal digits",
            Self::Base64 => "canonical base64 with padding",
            Self::Base64Url => "canonical base64url without padding",
        }
    }

    /// The bytes of a text that is strictly of this encoding and no secret, such as a signature.
    pub(crate) fn decode(self, text: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::Hex => from_hex(text),
            Self::Base64 => STANDARD.decode(text).ok(),
            Self::Base64Url => Self::Base64.decode(&to_base64(text)?),
        }
    }

    /// The same of a key: base64 takes a time that does not depend on its characters.
    pub(crate) fn decode_secret(self, text: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::Hex => from_hex(text),
            Self::Base64 => {
                let mut bytes = vec![0; text.len()];
                let length = Base64::decode(text, &mut bytes).ok()?.len();
                bytes.truncate(length);
                Some(bytes)
            }
            // One decoder for both alphabets is half the code.
            Self::Base64Url => {
                let text = Zeroizing::new(to_base64(text)?);
                Self::Base64.decode_secret(&text)
            }
        }
    }

    /// The text of bytes; hexadecimal digits in lower case.
    pub(crate) fn encode(self, bytes: &[u8]) -> String {
        match self {
            Self::Hex => hex::encode(bytes),
            Self::Base64 => Base64::encode_string(bytes),
            Self::Base64Url => {
                let text = Base64::encode_string(bytes);
                let mut out = String::with_capacity(text.len());
                out.extend(text.bytes().filter_map(to_url_digit).map(char::from));
                out
            }
        }
    }
}

fn from_hex(text: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = vec![0; text.len() / 2];
    hex::decode_to_slice(text, &mut bytes).ok()?;
    Some(bytes)
}

/// The same bytes in base64 with padding.
fn to_base64(url: &[u8]) -> Option<Vec<u8>> {
    if url.iter().any(|byte| matches!(byte, b'+' | b'/' | b'=')) {
        return None;
    }
    let mut text = url.to_vec();
    for byte in &mut text {
        *byte = match *byte {
            b'-' => b'+',
            b'_' => b'/',
            other => other,
        };
    }
    text.resize(url.len().next_multiple_of(4), b'=');
    Some(text)
}

/// A digit of base64 in the alphabet of base64url, which has no padding.
const fn to_url_digit(byte: u8) -> Option<u8> {
    match byte {
        b'+' => Some(b'-'),
        b'/' => Some(b'_'),
        b'=' => None,
        other => Some(other),
    }
}
