//! What was signed besides the body: ids, times, methods and URLs that may have been sent in place of
//! those that arrived.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::case::{Case, Change};
use super::cause::{CauseCode, Finding};
use super::header::{shown, with_time};
use crate::json::{Document, Rules, Value};
use crate::url;

/// The most ids, and the most times, that are taken from the body.
const MAX_CANDIDATES: usize = 64;

/// The longest body that is searched for them, in bytes.
const MAX_READ: usize = 1 << 16;

const METHODS: [&str; 5] = ["POST", "GET", "PUT", "PATCH", "DELETE"];

/// Every change of them that may undo a mistake.
pub(super) fn changes(case: Case) -> Vec<Change> {
    let mut changes = Vec::new();
    units(case, &mut changes);
    methods(case, &mut changes);
    urls(case, &mut changes);
    others(case, &mut changes);
    changes
}

fn units(case: Case, changes: &mut Vec<Change>) {
    let shorter = with_time(case, |time| time.strip_suffix(b"000").map(<[u8]>::to_vec));
    let cut = with_time(case, |time| {
        let length = time.len().checked_sub(3)?;
        time.get(..length).map(<[u8]>::to_vec)
    });
    let longer = with_time(case, |time| Some([time, b"000"].concat()));
    let divided = "seconds were signed, and came as milliseconds";
    let multiplied = "milliseconds were signed, and came as seconds";
    for (headers, evidence) in [(shorter, divided), (cut, divided), (longer, multiplied)] {
        let finding = Finding::new(CauseCode::TimestampUnit, evidence);
        changes.extend(headers.map(|headers| Change::of_headers(finding, headers)));
    }
}

fn methods(case: Case, changes: &mut Vec<Change>) {
    if !case.sender.reads_method() {
        return;
    }
    for method in METHODS {
        let finding = Finding::new(CauseCode::MethodChanged, format!("{method} was signed"));
        changes.push(Change::of_method(finding, method));
    }
}

/// The URL that was called and the one that is registered, each with what a proxy or a person changes of one.
fn urls(case: Case, changes: &mut Vec<Change>) {
    if !case.sender.reads_url() && !case.sender.needs_url() {
        return;
    }
    let called = case.url;
    let Some(registered) = case.registered_url else {
        called
            .into_iter()
            .for_each(|url| variants(case, url, changes));
        return;
    };
    let mut registered = registered.to_owned();
    if let Some(called) = called {
        let finding = Finding::new(CauseCode::UrlChanged, "the one that was called was signed");
        changes.push(Change::of_url(finding, called.to_owned()));
        variants(case, called, changes);
        // A GET has its callback there.
        let query = url::split(called).query;
        if case.sender.reads_url() && !query.is_empty() {
            registered = format!("{}?{query}", url::without_query(&registered));
        }
    }
    variants(case, &registered, changes);
}

fn variants(case: Case, given: &str, changes: &mut Vec<Change>) {
    let url::Parts {
        origin,
        path,
        query,
    } = url::split(given);
    let (scheme, given_host) = origin.unwrap_or(("https", ""));
    let text = |name| {
        case.header(name)
            .and_then(|value| str::from_utf8(value).ok())
    };
    let hosts = [
        Some(given_host),
        text("x-forwarded-host"),
        text("x-original-host"),
        text("host"),
    ];
    let without_port = given_host.rsplit_once(':').map(|(host, _)| host);
    let hosts: Vec<&str> = hosts.into_iter().chain([without_port]).flatten().collect();
    for (target, target_name) in targets(path, query, &text) {
        for host in &hosts {
            for scheme in [scheme, "https", "http"] {
                let absolute = format!("{scheme}://{host}{target}");
                let mut names: Vec<&str> = Vec::new();
                if !given.starts_with(&format!("{scheme}://")) {
                    names.push("its scheme");
                }
                if *host != given_host {
                    names.push("its host");
                }
                names.extend(Some(target_name).filter(|name| !name.is_empty()));
                let finding = Finding::new(CauseCode::UrlChanged, names.join(", "));
                if absolute != given {
                    changes.push(Change::of_url(finding, absolute));
                }
            }
        }
        let finding = Finding::new(CauseCode::UrlChanged, "the path alone was signed");
        changes.push(Change::of_url(finding, target));
    }
}

/// Paths with queries, and how they differ from the given one.
fn targets<'t>(
    path: &str,
    query: &str,
    header: &dyn Fn(&'t str) -> Option<&'t str>,
) -> Vec<(String, &'static str)> {
    let with = |path: &str, query: &str| {
        if query.is_empty() {
            path.to_owned()
        } else {
            format!("{path}?{query}")
        }
    };
    let mut sorted: Vec<&str> = query.split('&').collect();
    sorted.sort_unstable();
    let mut targets = Vec::from([
        (with(path, query), ""),
        (with(path, ""), "its query"),
        (with(path, &sorted.join("&")), "the order of its query"),
    ]);
    let slash = match path.strip_suffix('/') {
        Some(shorter) => shorter.to_owned(),
        None => format!("{path}/"),
    };
    targets.push((with(&slash, query), "the slash at its end"));
    for name in [
        "x-original-uri",
        "x-original-url",
        "x-forwarded-uri",
        "x-rewrite-url",
    ] {
        targets.extend(header(name).map(|target| (target.to_owned(), "its path")));
    }
    for name in ["x-forwarded-prefix", "x-script-name"] {
        let prefix = header(name).map(|prefix| prefix.trim_end_matches('/'));
        targets.extend(prefix.map(|prefix| (with(&format!("{prefix}{path}"), query), "its path")));
    }
    // A prefix that the application adds to what the proxy has cut off, one or two segments.
    for count in [1, 2] {
        let rest = path.match_indices('/').nth(count).map(|(at, _)| at);
        let shorter = rest.and_then(|at| path.get(at..));
        targets.extend(shorter.map(|path| (with(path, query), "its path")));
    }
    for prefix in ["/api", "/v1", "/webhooks", "/webhook"] {
        targets.push((with(&format!("{prefix}{path}"), query), "its path"));
    }
    targets
}

/// Ids and times of other headers and of the body.
fn others(case: Case, changes: &mut Vec<Change>) {
    let own = case.sender.header_names();
    let foreign = case.headers.iter().filter(|(name, value)| {
        value.len() <= 256 && !own.iter().any(|other| other.eq_ignore_ascii_case(name))
    });
    let mut candidates: Vec<(String, Vec<u8>)> = foreign
        .map(|(name, value)| (format!("that of the header {}", shown(name)), value.clone()))
        .collect();
    if case.body.len() <= MAX_READ
        && let Ok(document) = Document::read(case.body, Rules::Unique)
    {
        collect(document.root(), &mut candidates);
    }
    let ids = case
        .sender
        .header_sets
        .iter()
        .filter_map(|set| set.id.as_deref());
    let ids: Vec<&str> = ids.collect();
    for (place, value) in candidates {
        if let Some(headers) = with_time(case, |_| Some(value.clone())) {
            let finding = Finding::new(CauseCode::OtherTimestamp, place.clone());
            changes.push(Change::of_headers(finding, headers));
        }
        for id in &ids {
            let finding = Finding::new(CauseCode::OtherId, place.clone());
            let headers = case.replace(id, value.clone());
            changes.push(Change::of_headers(finding, headers));
        }
    }
}

/// The short strings and the numbers of a value.
fn collect(value: Value, candidates: &mut Vec<(String, Vec<u8>)>) {
    if candidates.len() >= MAX_CANDIDATES {
        return;
    }
    for (_, member) in value.members() {
        collect(member, candidates);
    }
    for element in value.elements() {
        collect(element, candidates);
    }
    let scalar = value
        .string()
        .or_else(|| Some(value.integer()?.to_string().into()));
    if let Some(text) = scalar.filter(|text| (4..=128).contains(&text.len())) {
        candidates.push((
            "one that stands in the body".to_owned(),
            text.as_bytes().to_vec(),
        ));
    }
}
