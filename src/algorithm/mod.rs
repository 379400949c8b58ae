//! Algorithms: bytes in, bytes or a verdict out. Nothing here knows of headers or senders.

pub(crate) mod ed25519;
pub(crate) mod hmac;
#[cfg(target_arch = "wasm32")]
pub(crate) mod sha256;
