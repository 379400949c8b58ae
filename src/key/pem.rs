//! Public keys in PEM.

use alloc::string::String;

use crate::error::KeyProblem;
use crate::key::der;
use crate::key::public::{Material, decode};

/// How each block starts.
pub(super) const BEGIN: &str = "-----BEGIN ";

/// Armour as of RFC 7468. White space between the lines is ignored as in its laxer grammar, but
/// nothing else may stand around one key. (The crate pem-rfc7468 reads the strict grammar alone, while
/// an environment variable often has the block on one line.)
pub(super) fn read(text: &str) -> Result<Material, KeyProblem> {
    if text.contains('\\') {
        return Err(KeyProblem::PemEscapes);
    }
    let (label, body) = split_pem(text).ok_or(KeyProblem::Pem)?;
    match label {
        "PUBLIC KEY" | "RSA PUBLIC KEY" => {}
        "CERTIFICATE" => return Err(KeyProblem::Certificate),
        _ if label.ends_with("PRIVATE KEY") => return Err(KeyProblem::Private),
        _ => return Ok(Material::Other("another kind of pem block")),
    }
    let body: String = body.split_ascii_whitespace().collect();
    let bytes = decode(&body).ok_or(KeyProblem::Pem)?;
    der::read(&bytes)
}

/// The label and what is between the lines that bear it.
fn split_pem(text: &str) -> Option<(&str, &str)> {
    let (label, rest) = text.strip_prefix(BEGIN)?.split_once('-')?;
    let (body, end) = rest.strip_prefix("----")?.split_once('-')?;
    let end = end.strip_prefix("----END ")?;
    (end.strip_suffix("-----")? == label).then_some((label, body))
}
