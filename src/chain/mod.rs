//! Chains, and what is written by their rules: assets, amounts, addresses, transaction hashes.

pub mod address;
pub mod amount;
pub mod asset;
pub mod id;
