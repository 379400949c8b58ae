//! The boundary to JavaScript: the one folder that knows of it.
//!
//! What a callback goes through is in [`hot`]: one call over shared memory. Everything else takes its
//! options as text, its keys and its body apart, and answers with values ([`value`]) or throws errors
//! that have a code. Verifiers stay here under a number, so that JavaScript never holds a pointer to
//! one.

#![allow(
    missing_docs,
    clippy::missing_errors_doc,
    clippy::new_without_default,
    reason = "the package's TypeScript layer documents what users see"
)]

#[cfg(feature = "callbacks")]
mod callbacks;
#[cfg(feature = "dapp")]
mod dapp;
#[cfg(feature = "callbacks")]
mod hot;
mod value;

use wasm_bindgen::prelude::*;
#[cfg(any(feature = "full", feature = "dapp"))]
use zeroize::Zeroizing;

#[cfg(any(feature = "full", feature = "dapp"))]
use crate::error::ConfigError;

#[global_allocator]
static ALLOCATOR: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

/// Everything that an instance holds.
#[wasm_bindgen]
pub struct Core {
    #[cfg(feature = "callbacks")]
    hot: hot::Hot,
    #[cfg(feature = "callbacks")]
    verifiers: callbacks::Slots<callbacks::Reader>,
    #[cfg(feature = "callbacks")]
    transports: callbacks::Slots<crate::transport::Transport>,
}

#[wasm_bindgen]
impl Core {
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self {
            #[cfg(feature = "callbacks")]
            hot: hot::Hot::new(),
            #[cfg(feature = "callbacks")]
            verifiers: callbacks::Slots::default(),
            #[cfg(feature = "callbacks")]
            transports: callbacks::Slots::default(),
        }
    }
}

/// Whole seconds: what a sender compares its clock with, too.
#[allow(
    clippy::as_conversions,
    reason = "saturates, which is right for any clock"
)]
fn unix_seconds(milliseconds: f64) -> u64 {
    (milliseconds / 1000.0) as u64
}

#[cfg(any(feature = "full", feature = "dapp"))]
fn entropy<const N: usize>() -> Result<Zeroizing<[u8; N]>, ConfigError> {
    let mut bytes = Zeroizing::new([0; N]);
    match getrandom::fill(bytes.as_mut_slice()) {
        Ok(()) => Ok(bytes),
        Err(_) => Err(ConfigError::NoRandomness),
    }
}
