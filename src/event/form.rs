//! Bodies and queries of the media type `application/x-www-form-urlencoded`
//! ([URL Standard](https://url.spec.whatwg.org/#application/x-www-form-urlencoded)), as they come.

use alloc::string::String;
use alloc::vec::Vec;

use crate::algorithm::sha256;
use crate::error::PayloadProblem;
use crate::json::{Fault, write_string};
use crate::url;

/// The most fields, as in PHP: each is compared with those before it.
const MAX_FIELDS: usize = 1000;
const _: () = assert!(MAX_FIELDS == 1000, "the message below names it");

/// The longest name that is compared as it is, in bytes.
const LONG_NAME: usize = 64;

/// The form's fields as a JSON object. The value of a name that comes once is a string; of one that
/// comes again or ends with `[]`, an array of them in their order.
///
/// # Errors
/// More than [`MAX_FIELDS`] fields.
pub(super) fn to_json(form: &[u8]) -> Result<String, Fault> {
    // A hash stands for a long name: a thousand of them would take too long to compare.
    let mut members: Vec<(Option<[u8; 32]>, String, Vec<String>)> = Vec::new();
    for (count, (name, value)) in url::form_fields(form, url::decode_leniently).enumerate() {
        if count == MAX_FIELDS {
            return Err(PayloadProblem::Unexpected {
                expected: "at most 1000 fields",
                actual: "more",
            }
            .into());
        }
        let hash = (name.len() > LONG_NAME).then(|| sha256::digest(&[name.as_bytes()]));
        let is_same = |(other, text, _): &&mut (Option<[u8; 32]>, String, Vec<String>)| {
            *other == hash && (hash.is_some() || *text == name)
        };
        match members.iter_mut().find(is_same) {
            Some((.., values)) => values.push(value),
            None => members.push((hash, name, Vec::from([value]))),
        }
    }
    let mut json = String::new();
    for (_, name, values) in &members {
        json.push_str(if json.is_empty() { "{" } else { "," });
        write_string(&mut json, name);
        let is_list = values.len() > 1 || name.ends_with("[]");
        json.push_str(if is_list { ":[" } else { ":" });
        for (index, value) in values.iter().enumerate() {
            json.push_str(if index > 0 { "," } else { "" });
            write_string(&mut json, value);
        }
        json.push_str(if is_list { "]" } else { "" });
    }
    json.push_str(if json.is_empty() { "{}" } else { "}" });
    Ok(json)
}
