//! What a wallet's app posts to a dapp's server: the results of TokenPocket's deep links.
//!
//! Nothing authenticates these posts but the signatures in them, so each is judged against the
//! [`record`] that the server kept when it made the [`request`]: the text that must have been signed
//! is ours, never the callback's.

mod account;
pub mod answer;
pub(crate) mod antelope;
pub mod callback;
pub mod message;
pub mod network;
mod number;
pub(crate) mod payload;
pub mod record;
pub(crate) mod rejection;
pub mod request;
mod secp256k1;
pub mod sign_in;
mod typed_data;
mod web3;

pub use rejection::{Rejection, RejectionCode};
