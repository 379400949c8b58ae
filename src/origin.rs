//! Ranges of addresses, and those from which callbacks are allowed.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use core::net::{IpAddr, Ipv6Addr};

use crate::error::{Client, ConfigError, Rejection};

/// The longest text that an error shows: as long as the longest range.
const MAX_SHOWN: usize = 49;

/// Ranges of addresses. An IPv4-mapped IPv6 address (RFC 4291, section 2.5.5.2) counts as the IPv4
/// address that it carries, in the ranges and in what is compared with them; no other IPv6 range
/// holds an IPv4 address.
#[derive(Debug, Default)]
pub(crate) struct IpRanges(Vec<Range>);

#[derive(Debug)]
struct Range {
    ipv4: bool,
    network: u128,
    mask: u128,
}

impl IpRanges {
    /// Parses ranges in CIDR notation (RFC 4632, RFC 4291) or single addresses, each with the index
    /// under which an error names it. `option` and `expected` are what it says.
    ///
    /// # Errors
    /// [`ConfigError::InvalidOption`] for an invalid range, and for one with bits set after its prefix:
    /// its author meant another range.
    pub(crate) fn parse<'a>(
        option: &'static str,
        expected: &'static str,
        ranges: impl Iterator<Item = (usize, &'a str)>,
    ) -> Result<Self, ConfigError> {
        let parse = |(index, range)| {
            parse_range(range).map_err(|fault| {
                let meant;
                let expected = match fault {
                    Fault::Form => expected,
                    Fault::HostBits(network, prefix) => {
                        meant = format!("{network}/{prefix} (no bits behind the prefix)");
                        &meant
                    }
                };
                ConfigError::InvalidOption {
                    option: option.into(),
                    problem: format!("expected {expected} at index {index}{}", shown(range)),
                }
            })
        };
        ranges.map(parse).collect::<Result<_, _>>().map(Self)
    }

    /// Whether an address is in one of the ranges.
    pub(crate) fn contains(&self, address: IpAddr) -> bool {
        let (ipv4, bits) = (address.to_canonical().is_ipv4(), to_bits(address));
        let holds = |range: &Range| range.ipv4 == ipv4 && bits & range.mask == range.network;
        self.0.iter().any(holds)
    }
}

/// The addresses from which callbacks may come.
#[derive(Debug)]
pub struct AllowedIps(IpRanges);

impl AllowedIps {
    /// Parses ranges in CIDR notation (RFC 4632, RFC 4291) or single addresses.
    ///
    /// # Errors
    /// [`ConfigError::InvalidOption`] for an invalid range, and for one with bits set after its prefix.
    #[inline(never)]
    pub fn parse<'a>(ranges: impl IntoIterator<Item = &'a str>) -> Result<Self, ConfigError> {
        const EXPECTED: &str = "a range such as 203.0.113.0/24 or 2001:db8::/32";
        IpRanges::parse("allowedIps", EXPECTED, ranges.into_iter().enumerate()).map(Self)
    }

    /// Admits a client whose address is in one of the ranges. An unknown address is refused.
    #[inline(never)]
    pub(crate) fn admit(&self, client: Option<&str>) -> Result<(), Rejection> {
        let refuse = |client| Err(Rejection::IpNotAllowed { client });
        let Some(text) = client else {
            return refuse(Client::Unknown);
        };
        let Ok(address) = text.parse::<IpAddr>() else {
            return refuse(Client::NotAnAddress);
        };
        if self.0.contains(address) {
            Ok(())
        } else {
            refuse(Client::Address(address))
        }
    }
}

/// What an error shows of a text that is no range: nothing where it may be anything, as a secret.
fn shown(range: &str) -> String {
    let is_range_like = |byte: u8| byte.is_ascii_hexdigit() || b".:/+- ".contains(&byte);
    let has_parts = range.contains(['.', ':']);
    if has_parts && range.len() <= MAX_SHOWN && range.bytes().all(is_range_like) {
        format!(", got \"{range}\"")
    } else {
        String::new()
    }
}

fn to_bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => address.to_ipv6_mapped(),
        IpAddr::V6(address) => address,
    }
    .to_bits()
}

/// Why a text is not a range.
enum Fault {
    Form,
    /// Bits are set behind the prefix of what would be this network.
    HostBits(IpAddr, u32),
}

fn parse_range(text: &str) -> Result<Range, Fault> {
    let (address, prefix) = match text.split_once('/') {
        Some((address, prefix)) => (address, Some(prefix)),
        None => (text, None),
    };
    let address: IpAddr = address.parse().map_err(|_| Fault::Form)?;
    let width = if address.is_ipv4() {
        32
    } else {
        Ipv6Addr::BITS
    };
    let prefix = match prefix {
        Some(digits) => parse_prefix(digits).ok_or(Fault::Form)?,
        None => width,
    };
    let host_bits = width.checked_sub(prefix).ok_or(Fault::Form)?;
    let mask = u128::MAX.checked_shl(host_bits).unwrap_or(0);
    let network = to_bits(address);
    if network & mask != network {
        let meant = Ipv6Addr::from_bits(network & mask);
        let meant = if address.is_ipv4() {
            meant.to_canonical()
        } else {
            IpAddr::V6(meant)
        };
        return Err(Fault::HostBits(meant, prefix));
    }
    Ok(Range {
        ipv4: address.to_canonical().is_ipv4(),
        network,
        mask,
    })
}

/// Digits without a sign or a leading zero, so that one range has one spelling.
fn parse_prefix(text: &str) -> Option<u32> {
    let prefix: u32 = text.parse().ok()?;
    (prefix.to_string() == text).then_some(prefix)
}
