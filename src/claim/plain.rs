//! What a descriptor says, applied to a request.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use super::form::{self, token};
use super::{Claim, Content, MAX_SIGNATURES, Pieces, Signature, malformed};
use crate::algorithm::Algorithm;
use crate::encoding::Encoding;
use crate::error::{Excluded, HeaderProblem, Location, Rejection};
use crate::request::Request;
use crate::sender::template::{Part, Template};
use crate::sender::unique::{Use, starts_get};
use crate::sender::{HeaderSet, Sender, SignatureForm};
use crate::timestamp::Unit;
use crate::url;

/// Reads the headers of a sender that signs the body's own bytes.
pub(super) fn read<'a>(request: &Request<'a>, sender: &'a Sender) -> Result<Claim<'a>, Rejection> {
    read_over(request, sender, Cow::Borrowed(request.body), as_it_is)
}

/// Takes the signatures out of their header's value.
type Unwrap = fn(&[u8]) -> Result<Cow<'_, [u8]>, HeaderProblem>;

/// For a header that holds only signatures.
pub(super) fn as_it_is(value: &[u8]) -> Result<Cow<'_, [u8]>, HeaderProblem> {
    Ok(Cow::Borrowed(value))
}

/// Reads the headers of a sender that signs `content` in place of the body, with `unwrap` for the
/// header that holds its signatures.
#[inline(never)]
pub(super) fn read_over<'a>(
    request: &Request<'a>,
    sender: &'a Sender,
    content: Cow<'a, [u8]>,
    unwrap: Unwrap,
) -> Result<Claim<'a>, Rejection> {
    let headers = choose_headers(request, sender)?;
    let values = Values::read(request, sender, headers)?;
    let (template, is_get) = choose_template(request, sender)?;
    let (signed, mut content) = values.fill(template, is_get, request, content)?;
    if is_get {
        content = Content::Query(url::split(request.require_url()?).query.as_bytes());
    }
    let timestamp = match (&sender.timestamp, values.time) {
        (Some(form), Some(text)) => {
            let time = form::time_from_text(text, form.unit);
            Some(time.map_err(malformed(values.time_header))?)
        }
        _ => None,
    };
    let key_id = match (values.key_id, &headers.key_id) {
        (Some(value), Some(name)) => {
            let text = token(value, Excluded::Nothing).map_err(malformed(name))?;
            Some(Cow::Borrowed(text))
        }
        _ => None,
    };
    let signatures =
        unwrap(values.signature).and_then(|value| signatures(&value, &sender.signature));
    Ok(Claim {
        sender,
        headers: Some(headers),
        id: values.id.and_then(|id| str::from_utf8(id).ok()),
        timestamp,
        once: (values.nonce, values.time),
        key_id,
        signatures: signatures.map_err(malformed(&headers.signature))?,
        signed,
        content,
        document: None,
        covered: Vec::new(),
        request: *request,
    })
}

/// The values of a set's headers.
struct Values<'a> {
    headers: &'a HeaderSet,
    id: Option<&'a [u8]>,
    time: Option<&'a [u8]>,
    time_header: &'a str,
    signature: &'a [u8],
    nonce: Option<&'a [u8]>,
    key_id: Option<&'a [u8]>,
    client_id: Option<&'a [u8]>,
    unit: Option<Unit>,
}

impl<'a> Values<'a> {
    /// Reads the headers, all of which are required.
    fn read(
        request: &Request<'a>,
        sender: &'a Sender,
        headers: &'a HeaderSet,
    ) -> Result<Self, Rejection> {
        let require = |name: &'a Option<String>| match name {
            Some(name) => request.require_header(name).map(Some),
            None => Ok(None),
        };
        let mut values = Self {
            headers,
            id: require(&headers.id)?,
            time: require(&headers.timestamp)?,
            time_header: headers.timestamp.as_ref().unwrap_or(&headers.signature),
            signature: request.require_header(&headers.signature)?,
            nonce: require(&headers.nonce)?,
            key_id: require(&headers.key_id)?,
            client_id: require(&headers.client_id)?,
            unit: sender.unit(),
        };
        check_expected(request, sender)?;
        if let Some(label) = &sender.signature.timestamp_label {
            let time = labelled_time(values.signature, &sender.signature, label);
            values.time = Some(time.map_err(malformed(values.time_header))?);
        }
        Ok(values)
    }

    /// The bytes under the signature: each part of the template, `content` in the body's place; and
    /// where that went.
    fn fill(
        &self,
        template: &'a Template,
        is_get: bool,
        request: &Request<'a>,
        mut content: Cow<'a, [u8]>,
    ) -> Result<(Pieces<'a>, Content<'a>), Rejection> {
        let is_body = matches!(content, Cow::Borrowed(_));
        let mut signed = Vec::with_capacity(8);
        let mut place = None;
        for (part, without) in template.with_excluded(Use {
            unit: self.unit,
            is_get,
        }) {
            let value = match part {
                Part::Literal(text) => text.as_bytes(),
                Part::Body => {
                    place = Some(signed.len());
                    signed.push(core::mem::take(&mut content));
                    continue;
                }
                Part::Id => part_of(self.id, &self.headers.id, without)?,
                Part::Nonce => part_of(self.nonce, &self.headers.nonce, without)?,
                Part::KeyId => part_of(self.key_id, &self.headers.key_id, without)?,
                Part::Timestamp => {
                    let time = self.time.unwrap_or_default();
                    if !template.bounds(&Part::Timestamp) {
                        form::digits_of_now(time, self.unit)
                            .map_err(malformed(self.time_header))?;
                    }
                    time
                }
                Part::Header(name) => {
                    let value = request.require_header(name)?;
                    form::text(value, without)
                        .map_err(malformed(name))?
                        .as_bytes()
                }
                Part::ClientId => {
                    part_of(self.client_id, &self.headers.client_id, Excluded::Nothing)?
                }
                Part::Method => {
                    let method = request.require_method()?;
                    form::method(method)
                        .ok_or_else(|| self.no_match())?
                        .as_bytes()
                }
                Part::Url if is_get => {
                    let url = self.url_with_query(request, without)?;
                    signed.push(Cow::Owned(url.into_bytes()));
                    continue;
                }
                Part::Url => request.require_registered_url()?.as_bytes(),
                Part::Path => url::split(request.require_registered_url()?)
                    .path
                    .as_bytes(),
                Part::Query => self.query(request, without, is_get)?.as_bytes(),
            };
            signed.push(Cow::Borrowed(value));
        }
        let content = match place {
            _ if is_body => Content::Body,
            Some(place) => Content::Piece(place),
            None => Content::Apart(content.into_owned()),
        };
        Ok((signed, content))
    }

    /// The registered URL with the query of the request, which holds the callback of a GET.
    #[inline(never)]
    fn url_with_query(&self, request: &Request, without: Excluded) -> Result<String, Rejection> {
        let base = url::without_query(request.require_registered_url()?);
        let query = self.query(request, without, true)?;
        let mark = if query.is_empty() { "" } else { "?" };
        let mut url = String::from(base);
        url.push_str(mark);
        url.push_str(query);
        Ok(url)
    }

    fn query<'r>(
        &self,
        request: &Request<'r>,
        without: Excluded,
        is_get: bool,
    ) -> Result<&'r str, Rejection> {
        let query = url::split(request.require_url()?).query;
        let is_alone = is_get && without == Excluded::Nothing;
        form::query(query, without, is_alone).ok_or_else(|| self.no_match())
    }

    /// For what no sender could have signed.
    fn no_match(&self) -> Rejection {
        Rejection::SignatureMismatch {
            location: Location::Header(self.headers.signature.clone()),
        }
    }
}

/// The value of a header as a part of the signed bytes.
fn part_of<'a>(
    value: Option<&'a [u8]>,
    header: &Option<String>,
    without: Excluded,
) -> Result<&'a [u8], Rejection> {
    let header = header.as_deref().unwrap_or_default();
    let text = token(value.unwrap_or_default(), without).map_err(malformed(header))?;
    Ok(text.as_bytes())
}

/// The first set whose signature header is present, or else the first set. If several sets share
/// that header, the first complete one.
fn choose_headers<'a>(request: &Request, sender: &'a Sender) -> Result<&'a HeaderSet, Rejection> {
    let is_there = |name: &str| request.header(name).is_some();
    let is_complete = |set: &HeaderSet| {
        let optional = [&set.timestamp, &set.id, &set.nonce, &set.key_id];
        optional.into_iter().flatten().all(|name| is_there(name))
    };
    let sets = &sender.header_sets;
    let first = sets.iter().find(|set| is_there(&set.signature));
    let mut same = sets
        .iter()
        .filter(|set| first.is_some_and(|first| first.signature == set.signature));
    match same.find(|set| is_complete(set)).or(first).or(sets.first()) {
        Some(set) => Ok(set),
        #[expect(
            clippy::unreachable,
            reason = "a descriptor with a header has a set of them"
        )]
        None => unreachable!(),
    }
}

fn check_expected(request: &Request, sender: &Sender) -> Result<(), Rejection> {
    for (name, value) in &sender.expected {
        if request.require_header(name)? != value.as_bytes() {
            return Err(Rejection::OtherVersion {
                header: name.clone(),
                expected: value.clone(),
            });
        }
    }
    Ok(())
}

/// What is signed, and whether it is what a GET signs: some senders sign another text for a GET, which
/// cannot have a signed body.
fn choose_template<'a>(
    request: &Request,
    sender: &'a Sender,
) -> Result<(&'a Template, bool), Rejection> {
    let mismatch = || Rejection::SignatureMismatch {
        location: Location::Member(String::new()),
    };
    match (&sender.signed_on_get, request.method) {
        (Some(template), Some("GET")) if request.body.is_empty() => Ok((template, true)),
        (Some(_), Some("GET")) => Err(mismatch()),
        (Some(_), _) if sender.takes_only_get() => {
            request.require_method().and(Err(Rejection::UnsignedUrl))
        }
        // The signature of a GET could stand for a body that is the same text.
        (Some(_), _) if request.body.first().copied().is_some_and(starts_get) => Err(mismatch()),
        _ => Ok((&sender.signed, false)),
    }
}

/// An entry of a list: its label and its value.
pub(super) struct Entry<'v> {
    pub(super) label: &'v [u8],
    pub(super) value: &'v [u8],
}

/// The entries of a list, at most [`MAX_SIGNATURES`] and one that holds the time.
pub(super) fn entries<'v>(
    value: &'v [u8],
    form: &SignatureForm,
) -> impl Iterator<Item = Result<Entry<'v>, HeaderProblem>> {
    let limit = MAX_SIGNATURES.saturating_add(usize::from(form.timestamp_label.is_some()));
    let (separator, assign) = (form.separator, form.assign);
    let entries = value.split(move |byte| *byte == separator).enumerate();
    entries.map(move |(index, entry)| {
        if index >= limit {
            return Err(HeaderProblem::TooManySignatures {
                limit: MAX_SIGNATURES,
            });
        }
        // In a list with commas, a space may follow each (RFC 9110, section 5.6.1); so with semicolons.
        let entry = match entry {
            [b' ', rest @ ..] if separator != b' ' && index > 0 => rest,
            entry => entry,
        };
        let mut halves = entry.splitn(2, |byte| *byte == assign);
        match (halves.next(), halves.next()) {
            (Some(label), Some(value))
                if !label.is_empty()
                    && !value.is_empty()
                    && label.iter().all(u8::is_ascii_alphanumeric)
                    // A header that comes twice is joined with a comma.
                    && !value.contains(&b',') =>
            {
                Ok(Entry { label, value })
            }
            _ => Err(HeaderProblem::SignatureEntry { separator, assign }),
        }
    })
}

/// The value of the one entry that holds the time.
#[inline(never)]
fn labelled_time<'v>(
    value: &'v [u8],
    form: &SignatureForm,
    label: &str,
) -> Result<&'v [u8], HeaderProblem> {
    let mut found = None;
    for entry in entries(value, form) {
        let entry = entry?;
        if entry.label == label.as_bytes() && found.replace(entry.value).is_some() {
            return Err(HeaderProblem::OneTimestamp);
        }
    }
    found.ok_or(HeaderProblem::OneTimestamp)
}

/// The signatures in a header's value. Unknown labels are ignored: senders add new ones.
fn signatures(value: &[u8], form: &SignatureForm) -> Result<Vec<Signature>, HeaderProblem> {
    let mut read = Signatures::default();
    if form.labelled {
        for entry in entries(value, form) {
            let Entry { label, value } = entry?;
            let mut algorithms = form.algorithms.iter();
            if let Some((_, algorithm)) = algorithms.find(|(other, _)| other.as_bytes() == label) {
                read.add(value, form.encoding, *algorithm);
            }
        }
    } else {
        let text = value.strip_prefix(form.prefix.as_bytes());
        let text = text.ok_or(HeaderProblem::SignaturePrefix)?;
        for (_, algorithm) in &form.algorithms {
            read.add(text, form.encoding, *algorithm);
        }
    }
    read.finish()
}

/// The signatures of a list that have the form of one. A value of another form beside them is skipped,
/// as Stripe's and Blockfrost's own libraries do; alone it is what is wrong.
#[derive(Default)]
pub(super) struct Signatures {
    found: Vec<Signature>,
    problem: Option<HeaderProblem>,
}

impl Signatures {
    pub(super) fn add(&mut self, text: &[u8], encoding: Encoding, algorithm: Algorithm) {
        match form::signature(text, encoding, algorithm) {
            Ok(bytes) => self.found.push(Signature { algorithm, bytes }),
            Err(problem) => self.problem = self.problem.or(Some(problem)),
        }
    }

    pub(super) fn finish(self) -> Result<Vec<Signature>, HeaderProblem> {
        match self.problem {
            Some(problem) if self.found.is_empty() => Err(problem),
            _ => Ok(self.found),
        }
    }
}
