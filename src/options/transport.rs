//! The options of `createTransport`.

use alloc::string::String;
use alloc::vec::Vec;

use serde::Deserialize;

use super::read;
use crate::error::ConfigError;
use crate::transport::{Https, Proxies, Transport};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct TransportOptions {
    /// The proxies in front of this server: ranges in CIDR notation, single addresses, `loopback`,
    /// `private`, or `unix:` for those that connect to a Unix socket. Only they are believed about a client's address (`X-Forwarded-For`) and scheme (`X-Forwarded-Proto`).
    /// Default: none.
    #[serde(default)]
    trusted_proxies: Vec<String>,
    /// Whether a request must have come over HTTPS. Default: unless it comes from the machine itself.
    require_https: Option<bool>,
}

/// What a receiver demands of the transport, from the text of its options.
///
/// # Errors
/// The first option that is invalid.
pub fn transport(json: &[u8]) -> Result<Transport, ConfigError> {
    read(json, |document| {
        let options: TransportOptions = document.root().into()?;
        let proxies: Vec<&str> = options.trusted_proxies.iter().map(String::as_str).collect();
        Ok(Transport {
            trusted_proxies: Proxies::parse(&proxies)?,
            https: match options.require_https {
                None => Https::OutsideLoopback,
                Some(true) => Https::Always,
                Some(false) => Https::Never,
            },
        })
    })
}
