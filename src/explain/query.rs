//! Queries as they may have been signed, before something on their way wrote them anew.

use core::ops::ControlFlow;

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::case::Budget;
use super::form;
use crate::url::{self, Escape};

/// The longest query that is written in other ways, in bytes.
const MAX_READ: usize = 1 << 14;

/// The most parameters of which some are left out: the callbacks of senders have up to 20.
const MAX_PARAMETERS: usize = 32;

/// What a query may hold as it is and many programs escape (RFC 3986, section 3.4): not what forms give
/// a meaning.
const PLAIN: &[u8] = b"!$'()*,;:@/?-._~";

/// What happened to a URL that was signed without a query.
pub(super) const NONE: &str = "its query, without which it was signed";

/// A query in place of the one that came, and what happened to it.
pub(super) type Other = (String, String);

/// The queries that may have been signed in place of this one, the likeliest first.
pub(super) fn others(query: &str, budget: &mut Budget) -> Vec<Other> {
    let mut others = Vec::new();
    if query.len() > MAX_READ {
        budget.exceed();
    } else if !query.is_empty() {
        reordered(query, &mut others);
        respelt(query, &mut others);
        shortened(query, &mut others, budget);
        rewritten(query, &mut others);
    }
    // What stands behind a number sign is read as a fragment and not as signed.
    others.retain(|(other, _)| !other.contains('#'));
    others
}

fn reordered(query: &str, others: &mut Vec<Other>) {
    let mut sorted: Vec<&str> = query.split('&').collect();
    sorted.sort_unstable();
    others.push((String::new(), NONE.to_owned()));
    others.push((sorted.join("&"), "the order of its query".to_owned()));
}

fn respelt(query: &str, others: &mut Vec<Other>) {
    let mut add = |other: String, what: &str| others.push((other, format!("its query, {what}")));
    let plus = with_escapes(query, &|digits| match digits {
        "20" => "+".to_owned(),
        _ => format!("%{digits}"),
    });
    let spaces = query.split('+').collect::<Vec<_>>().join("%20");
    add(plus, "in which a space was + and came as %20");
    add(spaces, "in which a space was %20 and came as +");
    let lower = with_escapes(query, &|digits| format!("%{}", digits.to_ascii_lowercase()));
    let upper = with_escapes(query, &|digits| format!("%{}", digits.to_ascii_uppercase()));
    add(lower, "whose escapes had lower-case digits");
    add(upper, "whose escapes had upper-case digits");
    add(
        plain(query),
        "in which characters came escaped that were not",
    );
    for escape in [Escape::Component, Escape::Form] {
        let decoded = url::unescape(query.as_bytes(), escape);
        if let Some(decoded) = decoded.and_then(|bytes| String::from_utf8(bytes).ok()) {
            add(decoded, "which was signed as it is decoded");
        }
    }
    let each = |map: &dyn Fn(&str) -> String| {
        let parameters: Vec<String> = query.split('&').map(map).collect();
        parameters.join("&")
    };
    let short = |parameter: &str| parameter.strip_suffix('=').unwrap_or(parameter).to_owned();
    let long = |parameter: &str| match parameter.contains('=') {
        true => parameter.to_owned(),
        false => format!("{parameter}="),
    };
    add(each(&short), "in which empty values had no equals sign");
    add(each(&long), "in which empty values had an equals sign");
}

/// The query without escapes that it does not need.
fn plain(query: &str) -> String {
    with_escapes(query, &|digits| {
        let mut byte = [0];
        let decoded = hex::decode_to_slice(digits, &mut byte);
        let [byte] = byte;
        if decoded.is_ok() && PLAIN.contains(&byte) {
            char::from(byte).into()
        } else {
            format!("%{digits}")
        }
    })
}

/// The query with its escapes written in another way, given their digits.
fn with_escapes(query: &str, write: &dyn Fn(&str) -> String) -> String {
    let mut pieces = query.split('%');
    let mut out = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        match piece.split_at_checked(2) {
            Some((digits, rest)) if digits.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
                out.push_str(&write(digits));
                out.push_str(rest);
            }
            _ => {
                out.push('%');
                out.push_str(piece);
            }
        }
    }
    out
}

/// The query without its last parameter, which may have been added to those that are signed.
pub(super) fn without_last(query: &str) -> Option<(&str, String)> {
    let (other, _) = query.rsplit_once('&')?;
    let place = query.split('&').count();
    Some((other, added(place)))
}

fn added(place: usize) -> String {
    format!("its query, to which parameter {place} was added")
}

/// Without one parameter, or without the last ones: what is added stands at the end as a rule.
fn shortened(query: &str, others: &mut Vec<Other>, budget: &mut Budget) {
    let parameters: Vec<&str> = query.split('&').collect();
    let count = parameters.len();
    if count > MAX_PARAMETERS {
        budget.exceed();
        return;
    }
    for place in (1..=count).rev() {
        let kept = (1..).zip(&parameters).filter(|(other, _)| *other != place);
        let kept: Vec<&str> = kept.map(|(_, parameter)| *parameter).collect();
        others.push((kept.join("&"), added(place)));
    }
    for kept in (1..count).rev() {
        let first = kept.saturating_add(1);
        let what = format!("its query, to which parameters {first} to {count} were added");
        let kept = parameters.get(..kept).unwrap_or_default();
        others.push((kept.join("&"), what));
    }
}

/// As the libraries of other languages write it.
fn rewritten(query: &str, others: &mut Vec<Other>) {
    let fields = url::form_fields(query.as_bytes(), url::decode_leniently).collect();
    let _ = form::each_style(fields, &mut |style, write| {
        if let Ok(other) = String::from_utf8(write()) {
            others.push((other, format!("its query, signed as {style}")));
        }
        ControlFlow::Continue(())
    });
}
