//! Addresses from which callbacks are allowed.

use std::net::IpAddr;

use ipnet::{IpNet, Ipv4Net};

use crate::error::{Client, ConfigError, Rejection};

/// Ranges of addresses. IPv4-mapped IPv6 addresses (RFC 4291, section 2.5.5.2) count as the IPv4
/// addresses that they carry, in the ranges and in what is compared with them.
#[derive(Debug)]
pub struct AllowedIps(Vec<IpNet>);

impl AllowedIps {
    /// Parses ranges in CIDR notation (RFC 4632, RFC 4291) or single addresses.
    ///
    /// # Errors
    /// [`ConfigError::InvalidOption`] for what is no range, and for a range with bits set behind its
    /// prefix: its author meant another one.
    pub fn parse<'a>(ranges: impl IntoIterator<Item = &'a str>) -> Result<Self, ConfigError> {
        ranges
            .into_iter()
            .enumerate()
            .map(|(index, range)| {
                parse_range(range).map_err(|expected| ConfigError::InvalidOption {
                    option: "allowedIps",
                    problem: format!("expected {expected} at index {index}, got \"{range}\""),
                })
            })
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// Lets through a client whose address is in one of the ranges. No address is no pass.
    pub(crate) fn admit(&self, client: Option<&str>) -> Result<(), Rejection> {
        let refuse = |client| Err(Rejection::IpNotAllowed { client });
        let Some(text) = client else {
            return refuse(Client::Unknown);
        };
        let Ok(address) = text.parse::<IpAddr>() else {
            return refuse(Client::NotAnAddress);
        };
        let address = address.to_canonical();
        if self.0.iter().any(|range| range.contains(&address)) {
            Ok(())
        } else {
            refuse(Client::Address(address))
        }
    }
}

fn parse_range(text: &str) -> Result<IpNet, &'static str> {
    const RANGE: &str = "a range such as 203.0.113.0/24 or 2001:db8::/32";
    let (address, prefix) = match text.split_once('/') {
        Some((address, prefix)) => (address, Some(parse_prefix(prefix).ok_or(RANGE)?)),
        None => (text, None),
    };
    let address: IpAddr = address.parse().map_err(|_| RANGE)?;
    let range = match prefix {
        Some(prefix) => IpNet::new(address, prefix).map_err(|_| RANGE)?,
        None => address.into(),
    };
    if range.network() != address {
        return Err("no bits behind the prefix");
    }
    Ok(unmap(range))
}

/// Digits only: `u8::from_str` would take a plus sign.
fn parse_prefix(text: &str) -> Option<u8> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| digits)
}

/// An IPv4-mapped range as the IPv4 range that it stands for.
fn unmap(range: IpNet) -> IpNet {
    let prefix = range.prefix_len().checked_sub(96);
    match (range.addr().to_canonical(), prefix) {
        (IpAddr::V4(address), Some(prefix)) if matches!(range, IpNet::V6(_)) => {
            Ipv4Net::new(address, prefix).map_or(range, IpNet::V4)
        }
        _ => range,
    }
}
