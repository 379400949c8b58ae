//! What holds for every input: one function for each kind, which panics if it does not hold. A fuzzer
//! calls them (`fuzz_targets/`), and so does a short test (`tests/smoke.rs`).

mod callbacks;
mod dapp;
mod differential;
mod input;
mod settings;

pub use callbacks::{explain, payload, verify};
pub use dapp::{addresses, dapp_callback, typed_data};
pub use differential::{canonical, encodings, hmac};
pub use settings::{descriptor, keys};

/// What tries an input.
pub type Target = fn(&[u8]);

/// Every target by its name.
pub const TARGETS: [(&str, Target); 11] = [
    ("verify", verify),
    ("payload", payload),
    ("descriptor", descriptor),
    ("keys", keys),
    ("typed_data", typed_data),
    ("dapp_callback", dapp_callback),
    ("addresses", addresses),
    ("explain", explain),
    ("hmac", hmac),
    ("encodings", encodings),
    ("canonical", canonical),
];

/// The receiver's clock, in Unix seconds.
const NOW: u64 = 1_700_000_000;

/// A secret of Standard Webhooks, which is a text to other senders.
const SECRET: &str = "whsec_AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcY";
