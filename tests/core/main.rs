//! The tests of the core: one program, so that the core is linked once.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    reason = "a test fails by panicking"
)]

mod common;

mod address;
mod amount;
mod chain;
mod dapp_callbacks;
mod dapp_signatures;
mod descriptors;
mod events;
mod explain;
mod freshness;
mod headers;
mod json;
mod json_suite;
mod keys;
mod messages;
mod options;
mod origin;
mod payloads;
mod pipeline;
mod properties;
mod public_keys;
mod schemes;
mod secrets;
mod sign;
mod templates;
mod timestamp;
mod transport;
mod vectors;
