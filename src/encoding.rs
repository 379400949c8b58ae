//! Strict base64: standard alphabet, padding, canonical trailing bits (RFC 4648, sections 3.5 and 4).

use alloc::string::String;

use base64ct::{Base64, Encoding};

/// The text is not canonical base64 with padding, or does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NotBase64;

/// Decodes into `buffer` and returns the part that was filled.
pub(crate) fn decode_base64<'b>(text: &[u8], buffer: &'b mut [u8]) -> Result<&'b [u8], NotBase64> {
    Base64::decode(text, buffer).map_err(|_| NotBase64)
}

/// Encodes with padding.
pub(crate) fn encode_base64(bytes: &[u8]) -> String {
    Base64::encode_string(bytes)
}
