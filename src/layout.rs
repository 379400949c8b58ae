//! What the core and JavaScript share while a callback is verified: words of memory, and numbers. It is
//! said here and nowhere else: `cargo xtask build` writes [`WORDS`] and [`NUMBERS`] into the TypeScript
//! layer.

use core::mem::{offset_of, size_of};

use crate::event::model::AMOUNTS;
use crate::event::{Content, Event};
use crate::sender::MAX_HEADERS;

/// The words.
#[repr(C)]
pub struct Layout {
    /// The length of each header's value in the order of `headers`, or [`ABSENT`].
    pub headers: [u32; MAX_HEADERS],
    /// The lengths of the method, the URL and the client's address, each or [`ABSENT`].
    pub method: u32,
    /// See `method`.
    pub url: u32,
    /// See `method`.
    pub ip: u32,
    /// The length of all headers as an object of JSON, or [`ABSENT`]: crosses for a verifier that says
    /// it reads them.
    pub all_headers: u32,
    /// The length of the body.
    pub body: u32,
    /// Whether every address and hash of a known event was checked, as 0 or 1.
    pub address_checked: u32,
    /// Of each of its [`AMOUNTS`]: how many of its digits stand before the point, how many zeros behind
    /// that, and how many digits there are in all; [`ABSENT`] first if it has no such amount.
    pub points: [[u32; 3]; AMOUNTS.len()],
    /// Where the text beside the body is, and its length.
    pub beside: [u32; 2],
    /// Of another sender's event: of how many UTF-16 code units of that text its type, its id, the hash of
    /// its content and what is signed with it are, in this order, each or [`ABSENT`].
    pub names: [u32; 4],
    /// Of an accepted callback: which key signed it.
    pub key: u32,
    /// And when, in Unix seconds, low word first; [`ABSENT`] twice where its sender signs no time.
    pub timestamp: [u32; 2],
    /// And which of the headers holds its id, or [`ID_OF_EVENT`], or [`ABSENT`].
    pub id: u32,
}

impl Layout {
    /// A layout that says nothing.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            headers: [ABSENT; MAX_HEADERS],
            method: ABSENT,
            url: ABSENT,
            ip: ABSENT,
            all_headers: ABSENT,
            body: 0,
            address_checked: 0,
            points: [[ABSENT; 3]; AMOUNTS.len()],
            beside: [0; 2],
            names: [ABSENT; 4],
            key: 0,
            timestamp: [0; 2],
            id: 0,
        }
    }
}

impl Default for Layout {
    fn default() -> Self {
        Self::new()
    }
}

const WORD: usize = size_of::<u32>();

/// The place of each word, or of the first of several, and how many there are.
pub const WORDS: [(&str, usize); 15] = [
    ("HEADERS", offset_of!(Layout, headers) / WORD),
    ("METHOD", offset_of!(Layout, method) / WORD),
    ("URL", offset_of!(Layout, url) / WORD),
    ("IP", offset_of!(Layout, ip) / WORD),
    ("ALL_HEADERS", offset_of!(Layout, all_headers) / WORD),
    ("BODY", offset_of!(Layout, body) / WORD),
    (
        "ADDRESS_CHECKED",
        offset_of!(Layout, address_checked) / WORD,
    ),
    ("POINTS", offset_of!(Layout, points) / WORD),
    ("BESIDE", offset_of!(Layout, beside) / WORD),
    ("NAMES", offset_of!(Layout, names) / WORD),
    ("KEY", offset_of!(Layout, key) / WORD),
    ("TIMESTAMP", offset_of!(Layout, timestamp) / WORD),
    ("ID", offset_of!(Layout, id) / WORD),
    ("WORDS", size_of::<Layout>() / WORD),
    ("MAX_HEADERS", MAX_HEADERS),
];

macro_rules! numbers {
    ($($(#[$doc:meta])* $name:ident = $value:expr;)*) => {
        $($(#[$doc])* pub const $name: u32 = $value;)*

        /// The numbers by their names.
        pub const NUMBERS: &[(&str, u32)] = &[$((stringify!($name), $name)),*];
    };
}

numbers! {
    /// The length of what is not there.
    ABSENT = u32::MAX;
    /// The id is that of the event.
    ID_OF_EVENT = ABSENT - 1;
    /// The callback is rejected.
    REJECTED = 0;
    /// The body is an event of a known type, with what was found out about its data in the layout.
    KNOWN_EVENT = 1;
    /// The body is an event of another type.
    UNKNOWN_EVENT = 2;
    /// The body is the payload, as JSON. From here on, what the event is called stands beside it.
    JSON_PAYLOAD = 3;
    /// The body is the payload, as text.
    TEXT_PAYLOAD = 4;
    /// The body is the payload, as bytes.
    BINARY_PAYLOAD = 5;
    /// There is no payload.
    NO_PAYLOAD = 6;
    /// The payload stands beside the body, behind that.
    OTHER_PAYLOAD = 7;
    /// The same, with marks.
    MARKED_PAYLOAD = 8;
}

/// How an accepted callback's body is to be read.
#[must_use]
pub const fn outcome(event: &Event) -> u32 {
    match event {
        Event::Known(_) => KNOWN_EVENT,
        Event::Unknown => UNKNOWN_EVENT,
        Event::Other(other) => match other.payload {
            Content::Json => JSON_PAYLOAD,
            Content::Text => TEXT_PAYLOAD,
            Content::Binary => BINARY_PAYLOAD,
            Content::Empty => NO_PAYLOAD,
            Content::Given(_) => OTHER_PAYLOAD,
            Content::Marked(_) => MARKED_PAYLOAD,
        },
    }
}
