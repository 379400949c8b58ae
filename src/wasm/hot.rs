//! The way of a callback: JavaScript writes its parts without gaps into the input, says in the shared [`Layout`] how long each is, calls, and reads
//! the verdict from there. Nothing is allocated for it but what the event itself needs.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use wasm_bindgen::prelude::*;

use super::callbacks::Reader;
use super::{Core, unix_seconds, value};
use crate::error::Rejection;
use crate::event::Event;
use crate::event::answer::write_other;
use crate::json::shapes::Entries;
use crate::json::{Document, Rules};
use crate::layout::{ABSENT, ID_OF_EVENT, Layout, REJECTED, outcome};
use crate::request::Request;
use crate::sender::MAX_HEADERS;

/// What one callback after the other goes through.
pub(super) struct Hot {
    /// The parts of a callback in the order of the layout, without gaps.
    input: Vec<u8>,
    layout: Box<Layout>,
    /// What is said beside the body.
    output: String,
    /// Why the last callback was rejected, if it was.
    rejection: Option<Rejection>,
}

impl Hot {
    pub(super) fn new() -> Self {
        Self {
            input: Vec::new(),
            layout: Box::new(Layout::new()),
            output: String::with_capacity(4096),
            rejection: None,
        }
    }

    fn verify(&mut self, Reader { verifier, names }: &Reader, now: u64) -> u32 {
        let mut parts = Parts(&self.input);
        let mut headers = [("", [].as_slice()); MAX_HEADERS];
        for ((slot, name), length) in headers.iter_mut().zip(names).zip(self.layout.headers) {
            if let Some(value) = parts.next(length) {
                *slot = (name, value);
            }
        }
        let method = parts.next(self.layout.method).map(text);
        let url = parts.next(self.layout.url).map(text);
        let ip = parts.next(self.layout.ip).map(text);
        let all_headers = parts.next(self.layout.all_headers).map(object);
        let all_headers = all_headers.as_deref().map(borrowed);
        let request = Request {
            body: parts.next(self.layout.body).unwrap_or_default(),
            headers: all_headers.as_deref().unwrap_or(&headers),
            method,
            url,
            registered_url: None,
            ip,
        };
        self.output.clear();
        let accepted = match verifier.verify(&request, now) {
            Ok(accepted) => accepted,
            Err(rejection) => {
                self.rejection = Some(rejection);
                return REJECTED;
            }
        };
        let layout = self.layout.as_mut();
        layout.key = word(accepted.key());
        layout.timestamp = words(accepted.timestamp().unwrap_or(u64::MAX));
        layout.id = ABSENT;
        if let Some(header) = accepted.id_header() {
            let place = names.iter().position(|name| name == header);
            layout.id = place.map_or(ABSENT, word);
        }
        match accepted.event() {
            Event::Known(findings) => {
                layout.address_checked = u32::from(findings.address_checked);
                layout.points = findings.points.map(|point| {
                    point.map_or([ABSENT; 3], |point| {
                        [point.whole, point.zeros, point.end].map(word)
                    })
                });
            }
            Event::Unknown => {}
            Event::Other(other) => {
                if layout.id == ABSENT && other.is_identified && other.id.is_some() {
                    layout.id = ID_OF_EVENT;
                }
                let lengths = write_other(&mut self.output, other);
                layout.names = lengths.map(|length| length.map_or(ABSENT, word));
            }
        }
        layout.beside = [word(self.output.as_ptr().addr()), word(self.output.len())];
        outcome(accepted.event())
    }
}

#[wasm_bindgen]
impl Core {
    /// The address of the layout, which never moves.
    pub fn layout(&self) -> *const u8 {
        core::ptr::from_ref(self.hot.layout.as_ref()).cast()
    }

    /// Makes room for an input of `length` bytes and returns where it goes.
    pub fn reserve(&mut self, length: usize) -> *const u8 {
        self.hot.input = Vec::new();
        self.hot.input.resize(length, 0);
        self.hot.input.as_ptr()
    }

    /// Verifies what stands in the input and returns how its body is to be read, or that it is
    /// rejected. `now` is in milliseconds.
    pub fn verify(&mut self, verifier: usize, now: f64) -> u32 {
        let reader = self.verifiers.get(verifier);
        self.hot.verify(reader, unix_seconds(now))
    }

    /// Why the last callback was rejected.
    pub fn rejection(&mut self) -> JsValue {
        let rejection = self.hot.rejection.take();
        rejection.as_ref().map_or(JsValue::UNDEFINED, value::answer)
    }
}

/// The input, part by part.
struct Parts<'a>(&'a [u8]);

impl<'a> Parts<'a> {
    fn next(&mut self, length: u32) -> Option<&'a [u8]> {
        let length = usize::try_from(length).ok().filter(|_| length != ABSENT)?;
        let (part, behind) = self.0.split_at_checked(length)?;
        self.0 = behind;
        Some(part)
    }
}

/// The members of an object of strings.
#[inline(never)]
fn object(json: &[u8]) -> Vec<(String, String)> {
    let document = Document::read(json, Rules::Unique).ok();
    let entries = document.and_then(|document| document.root().into::<Entries<_, _>>().ok());
    entries.unwrap_or_default().0
}

fn borrowed(headers: &[(String, String)]) -> Vec<(&str, &[u8])> {
    let headers = headers.iter();
    headers
        .map(|(name, value)| (name.as_str(), value.as_bytes()))
        .collect()
}

/// What JavaScript's encoder wrote, which is always UTF-8.
fn text(bytes: &[u8]) -> &str {
    str::from_utf8(bytes).unwrap_or_default()
}

/// A number or an address of this memory, which has 32 bits.
fn word(number: usize) -> u32 {
    u32::try_from(number).unwrap_or_default()
}

/// The low and the high half.
fn words(number: u64) -> [u32; 2] {
    let [a, b, c, d, e, f, g, h] = number.to_le_bytes();
    [
        u32::from_le_bytes([a, b, c, d]),
        u32::from_le_bytes([e, f, g, h]),
    ]
}
