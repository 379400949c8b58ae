//! Verifies what crypto wallets post to a server.
//!
//! A wallet calls a registered address when a deposit lands, a withdrawal moves, a transaction
//! confirms or a user registers. Money moves on the answer, so the receiver has to know: is it
//! genuine, fresh, allowed, and what exactly does it say?
//!
//! A [`Request`](request::Request) goes through the stages of [`verify`] in a fixed order; each stage
//! returns a value that only it can make:
//!
//! ```text
//! request -> claim -> signature -> freshness -> event
//!  bytes     parsed,   authentic    fresh        read
//!            untrusted
//! ```
//!
//! This crate is the core of the npm package `wallet-callback`, where it runs as WebAssembly. It has
//! no clock, no randomness and no input or output of its own.

#![cfg_attr(target_arch = "wasm32", no_std)]
#![cfg_attr(not(target_arch = "wasm32"), forbid(unsafe_code))]
#![cfg_attr(target_arch = "wasm32", deny(unsafe_code))]
#![deny(clippy::unreachable)]

extern crate alloc;

mod algorithm;
pub mod answer;
pub mod chain;
pub mod claim;
#[cfg(feature = "dapp")]
pub mod dapp;
pub mod encoding;
pub mod error;
pub mod event;
#[cfg(feature = "full")]
pub mod explain;
pub mod freshness;
pub mod handshake;
mod json;
pub mod key;
pub mod layout;
pub mod options;
pub mod origin;
pub mod request;
pub mod sender;
#[cfg(feature = "full")]
pub mod sign;
pub mod signature;
pub mod timestamp;
pub mod transport;
mod unseen;
mod url;
pub mod verify;

#[cfg(target_arch = "wasm32")]
#[allow(unsafe_code, reason = "wasm-bindgen writes some")]
pub mod wasm;
