//! Bodies of the media type `application/x-www-form-urlencoded`
//! ([URL Standard](https://url.spec.whatwg.org/#application/x-www-form-urlencoded)), strictly.

use alloc::string::String;
use alloc::vec::Vec;

use crate::error::PayloadProblem;
use crate::json::{Fault, write_string};

/// The most fields: each is compared with those before it.
const MAX_FIELDS: usize = 1000;

/// The object of JSON that has the form's fields, all of them strings.
///
/// # Errors
/// For a field that comes twice, for more than [`MAX_FIELDS`], and for what is not encoded as the standard says.
pub(super) fn to_json(form: &str) -> Result<String, Fault> {
    let mut names: Vec<String> = Vec::new();
    let mut json = String::from("{");
    for field in form.split('&').filter(|field| !field.is_empty()) {
        let (name, value) = field.split_once('=').unwrap_or((field, ""));
        let (Some(name), Some(value)) = (decode(name), decode(value)) else {
            return Err(unexpected("fields in percent-encoding", "another form"));
        };
        if names.len() == MAX_FIELDS {
            return Err(unexpected("at most 1000 fields", "more"));
        }
        if names.contains(&name) {
            return Err(Fault::from(PayloadProblem::DuplicateKey).within_name(&name));
        }
        if !names.is_empty() {
            json.push(',');
        }
        write_string(&mut json, &name);
        json.push(':');
        write_string(&mut json, &value);
        names.push(name);
    }
    json.push('}');
    Ok(json)
}

fn unexpected(expected: &'static str, actual: &'static str) -> Fault {
    PayloadProblem::Unexpected { expected, actual }.into()
}

fn decode(text: &str) -> Option<String> {
    if !text.bytes().any(|byte| matches!(byte, b'%' | b'+')) {
        return Some(text.into());
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, behind @ ..] = rest {
        rest = behind;
        match first {
            b'+' => bytes.push(b' '),
            b'%' => {
                let (digits, behind) = behind.split_at_checked(2)?;
                bytes.extend(hex::decode(digits).ok()?);
                rest = behind;
            }
            other => bytes.push(*other),
        }
    }
    String::from_utf8(bytes).ok()
}
