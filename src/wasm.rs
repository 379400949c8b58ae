//! The boundary to JavaScript: nothing but this and what is below it knows of it.
//!
//! Every call crosses the same way, a callback's in one step: JavaScript writes texts and a body one
//! behind the other into the input, says in the [`Layout`] how long each is, calls, and reads the
//! answer as JSON from where the layout then points. Verifiers stay here under a number, so that
//! JavaScript never holds a pointer to one.

#![allow(
    missing_docs,
    clippy::new_without_default,
    reason = "the package's TypeScript layer documents what users see"
)]

#[cfg(feature = "callbacks")]
mod callbacks;
#[cfg(feature = "dapp")]
mod dapp;

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use wasm_bindgen::prelude::*;
use zeroize::{Zeroize, Zeroizing};

use crate::error::ConfigError;
use crate::report;

#[global_allocator]
static ALLOCATOR: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

/// No input may panic. If one does, the trap ends this instance, and the TypeScript layer starts
/// another one.
#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    core::arch::wasm32::unreachable()
}

/// The most texts of one call: a descriptor may need as many headers.
const MAX_HEADERS: usize = crate::sender::MAX_HEADERS;

/// The length that says "not there".
const ABSENT: u32 = u32::MAX;

/// The words that JavaScript and [`Core`] share.
#[repr(C)]
struct Layout {
    /// The length of each header's value in the order of `headers`, or [`ABSENT`].
    headers: [u32; MAX_HEADERS],
    /// The length of the client's address, or [`ABSENT`].
    ip: u32,
    /// The length of the body.
    body: u32,
    /// Where the answer's JSON is, and its length.
    answer: u32,
    answer_length: u32,
    /// Of an accepted callback: which key signed it.
    key: u32,
    /// And when, in Unix seconds, low word first; [`ABSENT`] twice where its sender signs no time.
    timestamp: [u32; 2],
    /// And which of the headers holds its id, or says that the event does, or [`ABSENT`].
    id: u32,
}

/// Everything that an instance holds.
#[wasm_bindgen]
pub struct Core {
    #[cfg(feature = "callbacks")]
    verifiers: Vec<Option<callbacks::Slot>>,
    /// The headers' values, the client's address and the body, one behind the other.
    input: Vec<u8>,
    layout: Box<Layout>,
    output: String,
}

#[wasm_bindgen]
impl Core {
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self {
            #[cfg(feature = "callbacks")]
            verifiers: Vec::new(),
            input: Vec::new(),
            layout: Box::new(Layout {
                headers: [ABSENT; MAX_HEADERS],
                ip: ABSENT,
                body: 0,
                answer: 0,
                answer_length: 0,
                key: 0,
                timestamp: [0; 2],
                id: 0,
            }),
            output: String::with_capacity(4096),
        }
    }

    /// The address of the layout, which never moves.
    pub fn layout(&self) -> *const u8 {
        core::ptr::from_ref(self.layout.as_ref()).cast()
    }

    /// Makes room for an input of `length` bytes and returns where it goes.
    pub fn reserve(&mut self, length: usize) -> *const u8 {
        self.input = Vec::new();
        self.input.resize(length, 0);
        self.input.as_ptr()
    }

    /// Wipes what a call other than `verify` left behind: its options may hold a key, and its answer
    /// may be one.
    pub fn wipe(&mut self) {
        let options = self.options().len();
        if let Some(options) = self.input.get_mut(..options) {
            options.zeroize();
        }
        self.output.zeroize();
    }
}

impl Core {
    /// The first part of the input, where a call has options there.
    fn options(&self) -> &[u8] {
        let [length, ..] = self.layout.headers;
        let length = usize::try_from(length).unwrap_or_default();
        self.input.get(..length).unwrap_or_default()
    }

    /// What stands behind the options.
    fn body(&self) -> &[u8] {
        let body = self.input.get(self.options().len()..).unwrap_or_default();
        let length = usize::try_from(self.layout.body).unwrap_or_default();
        body.get(..length).unwrap_or_default()
    }

    /// Answers, or says what keeps from it and returns false.
    fn answer(&mut self, result: Result<String, ConfigError>) -> bool {
        let accepted = result.is_ok();
        self.output = result.unwrap_or_else(|error| report::config_error(&error));
        self.publish();
        accepted
    }

    /// Tells JavaScript where the answer is.
    fn publish(&mut self) {
        self.layout.answer = word(self.output.as_ptr().addr());
        self.layout.answer_length = word(self.output.len());
    }
}

/// A number or an address of this memory, which has 32 bits.
fn word(number: usize) -> u32 {
    u32::try_from(number).unwrap_or_default()
}

/// Whole seconds: what a sender compares its clock with, too.
#[allow(
    clippy::as_conversions,
    reason = "saturates, which is right for any clock"
)]
fn unix_seconds(milliseconds: f64) -> u64 {
    (milliseconds / 1000.0) as u64
}

fn entropy<const N: usize>() -> Result<Zeroizing<[u8; N]>, ConfigError> {
    let mut bytes = Zeroizing::new([0; N]);
    match getrandom::fill(bytes.as_mut_slice()) {
        Ok(()) => Ok(bytes),
        Err(_) => Err(ConfigError::NoRandomness),
    }
}
