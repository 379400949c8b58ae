//! Bodies of the media type `application/x-www-form-urlencoded`
//! ([URL Standard](https://url.spec.whatwg.org/#application/x-www-form-urlencoded)), strictly.

use alloc::string::String;
use alloc::vec::Vec;

use crate::error::PayloadProblem;
use crate::json::{Fault, write_string};
use crate::url;

/// The most fields: each is compared with those before it.
const MAX_FIELDS: usize = 1000;
const _: () = assert!(MAX_FIELDS == 1000, "the message below names it");

/// The form's fields as a JSON object of strings.
///
/// # Errors
/// A field that occurs twice, more than [`MAX_FIELDS`] fields, or an invalid encoding.
pub(super) fn to_json(form: &str) -> Result<String, Fault> {
    let mut names: Vec<String> = Vec::new();
    let mut json = String::from("{");
    for field in url::form_fields(form.as_bytes()) {
        let (name, value) =
            field.map_err(|_| unexpected("fields in percent-encoding", "another form"))?;
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
