//! What was signed besides the body: ids, times, methods and URLs that may have been sent in place of
//! those that arrived.

use alloc::borrow::{Cow, ToOwned};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::case::{Budget, Case, Change};
use super::cause::{CauseCode, Finding};
use super::header::{shown, with_time};
use super::query;
use crate::json::{Document, Rules, Value};
use crate::sender::template::Part;
use crate::url;

/// The most ids, and the most times, that are taken from the body.
const MAX_CANDIDATES: usize = 64;

/// The longest body that is searched for them, in bytes.
const MAX_READ: usize = 1 << 16;

const METHODS: [&str; 5] = ["POST", "GET", "PUT", "PATCH", "DELETE"];

/// Every change of the time's unit, the method and the URL that may undo a mistake.
pub(super) fn changes(case: Case, budget: &mut Budget) -> Vec<Change> {
    let mut changes = Vec::new();
    units(case, &mut changes);
    methods(case, &mut changes);
    if budget.spend(writing_urls(case)) {
        urls(case, budget, &mut changes);
    }
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
fn urls(case: Case, budget: &mut Budget, changes: &mut Vec<Change>) {
    // Of a URL that is not signed but for its query, nothing is registered.
    let registered = case.registered_url.filter(|_| signs_place(case));
    if let Some(called) = case.url.filter(|_| registered.is_some()) {
        let evidence = "the one that was called was signed";
        add(changes, called.to_owned(), evidence);
    }
    let registered = registered.map(|registered| registered_with_query(case, registered));
    let called = case.url.map(ToOwned::to_owned);
    let given: Vec<String> = called.into_iter().chain(registered).collect();
    // With public keys, the budget may not last until the end.
    if signs_query(case) {
        for url in &given {
            likely_queries(case, url, changes);
        }
    }
    for url in &given {
        variants(case, url, budget, changes);
    }
}

/// The registered URL. A GET has its callback in the query.
fn registered_with_query(case: Case, registered: &str) -> String {
    let query = case.url.map_or("", |called| url::split(called).query);
    if case.sender.reads_url() && !query.is_empty() {
        with_query(url::without_query(registered), query)
    } else {
        registered.to_owned()
    }
}

/// Whether the URL itself is signed, or its path.
fn signs_place(case: Case) -> bool {
    let signed = case.sender.signed_in(case.method);
    signed.has(&Part::Url) || signed.has(&Part::Path)
}

/// Whether the query is signed, alone or in the URL.
fn signs_query(case: Case) -> bool {
    let signed = case.sender.signed_in(case.method);
    signed.has(&Part::Url) || signed.has(&Part::Query)
}

/// More URLs than are made of all that there are.
const VARIANTS: usize = 512;

/// What it costs to write other URLs, each with what headers say of it.
fn writing_urls(case: Case) -> usize {
    if !signs_place(case) && !signs_query(case) {
        return 0;
    }
    let names = HOSTS.iter().chain(&ORIGINAL_TARGETS).chain(&PREFIXES);
    let headers = names.filter_map(|name| text(case, name));
    let parts = [case.url, case.registered_url].into_iter().flatten();
    let lengths = parts.chain(headers).map(str::len);
    let length = lengths.fold(0, usize::saturating_add);
    length.saturating_mul(VARIANTS)
}

fn variants(case: Case, given: &str, budget: &mut Budget, changes: &mut Vec<Change>) {
    if signs_place(case) {
        places(case, given, changes);
    }
    if signs_query(case) {
        queries(given, budget, changes);
    }
}

/// Adds a URL that was not tried before.
fn add(changes: &mut Vec<Change>, url: String, evidence: impl Into<Cow<'static, str>>) {
    let is_new = |change: &Change| change.url.as_deref() != Some(&url);
    if changes.iter().all(is_new) {
        let finding = Finding::new(CauseCode::UrlChanged, evidence);
        changes.push(Change::of_url(finding, url));
    }
}

fn with_query(path: &str, query: &str) -> String {
    if query.is_empty() {
        path.to_owned()
    } else {
        format!("{path}?{query}")
    }
}

/// The URL with the queries that proxies pass on, and without a parameter that something added.
fn likely_queries(case: Case, given: &str, changes: &mut Vec<Change>) {
    let (base, query) = (url::without_query(given), url::split(given).query);
    for name in ORIGINAL_TARGETS {
        if let Some(target) = text(case, name) {
            let original = url::split(target).query;
            if original != query {
                let evidence = format!("its query, which {name} has as it was");
                add(changes, with_query(base, original), evidence);
            }
        }
    }
    if let Some((other, evidence)) = query::without_last(query) {
        add(changes, with_query(base, other), evidence);
    }
}

/// The URL with other queries.
fn queries(given: &str, budget: &mut Budget, changes: &mut Vec<Change>) {
    let (base, query) = (url::without_query(given), url::split(given).query);
    for (other, evidence) in query::others(query, budget) {
        if other != query {
            add(changes, with_query(base, &other), evidence);
        }
    }
}

/// The headers in which proxies pass on what was called.
const ORIGINAL_TARGETS: [&str; 4] = [
    "x-original-uri",
    "x-original-url",
    "x-forwarded-uri",
    "x-rewrite-url",
];

/// The headers in which they pass on the host.
const HOSTS: [&str; 3] = ["x-forwarded-host", "x-original-host", "host"];

/// The headers in which they pass on what they cut off the path.
const PREFIXES: [&str; 2] = ["x-forwarded-prefix", "x-script-name"];

/// A header's value, if it is text.
fn text<'c>(case: Case<'c>, name: &str) -> Option<&'c str> {
    str::from_utf8(case.header(name)?).ok()
}

/// The URL at other places: with another scheme, host or path.
fn places(case: Case, given: &str, changes: &mut Vec<Change>) {
    let url::Parts {
        origin,
        path,
        query,
    } = url::split(given);
    let (scheme, given_host) = origin.unwrap_or(("https", ""));
    let without_port = given_host.rsplit_once(':').map(|(host, _)| host);
    let mut hosts = Vec::from([given_host]);
    hosts.extend(HOSTS.iter().filter_map(|name| text(case, name)));
    hosts.extend(without_port);
    for (target, target_name) in targets(case, path, query) {
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
                if absolute != given {
                    add(changes, absolute, names.join(", "));
                }
            }
        }
        add(changes, target, "the path alone was signed");
    }
}

/// Paths with queries, and how they differ from the given one.
fn targets(case: Case, path: &str, query: &str) -> Vec<(String, &'static str)> {
    let mut sorted: Vec<&str> = query.split('&').collect();
    sorted.sort_unstable();
    let mut targets = Vec::from([
        (with_query(path, query), ""),
        (with_query(path, ""), query::NONE),
        (
            with_query(path, &sorted.join("&")),
            "the order of its query",
        ),
    ]);
    let slash = match path.strip_suffix('/') {
        Some(shorter) => shorter.to_owned(),
        None => format!("{path}/"),
    };
    targets.push((with_query(&slash, query), "the slash at its end"));
    for name in ORIGINAL_TARGETS {
        targets.extend(text(case, name).map(|target| (target.to_owned(), "its path")));
    }
    for name in PREFIXES {
        let prefix = text(case, name).map(|prefix| prefix.trim_end_matches('/'));
        targets.extend(
            prefix.map(|prefix| (with_query(&format!("{prefix}{path}"), query), "its path")),
        );
    }
    // A prefix that the application adds to what the proxy has cut off, one or two segments.
    for count in [1, 2] {
        let rest = path.match_indices('/').nth(count).map(|(at, _)| at);
        let shorter = rest.and_then(|at| path.get(at..));
        targets.extend(shorter.map(|path| (with_query(path, query), "its path")));
    }
    for prefix in ["/api", "/v1", "/webhooks", "/webhook"] {
        targets.push((with_query(&format!("{prefix}{path}"), query), "its path"));
    }
    targets
}

/// Ids and times of other headers and of the body.
pub(super) fn others(case: Case, budget: &mut Budget) -> Vec<Change> {
    let mut changes = Vec::new();
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
    // The headers are copied for a time and for each id.
    let copies = ids.len().saturating_add(1);
    for (place, value) in candidates {
        if !budget.spend(case.header_bytes().saturating_mul(copies)) {
            break;
        }
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
    changes
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
