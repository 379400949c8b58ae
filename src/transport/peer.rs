//! Who is at the other end of a connection, and which of them are trusted proxies.

use core::net::IpAddr;
use core::slice;

use crate::error::ConfigError;
use crate::origin::IpRanges;

/// What stands for a Unix socket, which has no address: nginx writes it so, too.
const UNIX: &str = "unix:";

const EXPECTED: &str =
    "\"loopback\", \"private\", \"unix:\" or a range such as 10.0.0.0/8 or 2001:db8::/32";

/// RFC 1122, section 3.2.1.3, and RFC 4291, section 2.5.3.
const LOOPBACK: [&str; 2] = ["127.0.0.0/8", "::1"];

/// RFC 1918 and RFC 4193.
const PRIVATE: [&str; 4] = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"];

/// The other end of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Peer {
    Address(IpAddr),
    /// A program of this machine, at a Unix socket.
    Unix,
}

impl Peer {
    /// Reads an address, perhaps in brackets, perhaps with a port, as proxies write them.
    pub(super) fn parse(text: &str) -> Option<Self> {
        if text == UNIX {
            return Some(Self::Unix);
        }
        let bare = match text.strip_prefix('[') {
            Some(rest) => {
                let (bare, behind) = rest.split_once(']')?;
                let is_whole = behind.is_empty() || behind.strip_prefix(':').is_some_and(is_port);
                (is_whole && bare.contains(':')).then_some(bare)?
            }
            None => match text.split_once(':') {
                Some((bare, port)) if is_port(port) => bare,
                _ => text,
            },
        };
        bare.parse().ok().map(Self::Address)
    }

    pub(super) const fn address(self) -> Option<IpAddr> {
        match self {
            Self::Address(address) => Some(address),
            Self::Unix => None,
        }
    }
}

fn is_port(text: &str) -> bool {
    text.parse::<u16>().is_ok()
}

/// Proxies whose forwarded headers are believed.
#[derive(Debug, Default)]
pub struct Proxies {
    ranges: IpRanges,
    unix: bool,
}

impl Proxies {
    /// Parses ranges in CIDR notation, single addresses, and the names `loopback`, `private` (RFC 1918
    /// and RFC 4193) and `unix:` (whoever connects to a Unix socket).
    ///
    /// # Errors
    /// [`ConfigError::InvalidOption`] for anything else, and for a range with bits set after its prefix.
    pub fn parse(entries: &[&str]) -> Result<Self, ConfigError> {
        let ranges = entries.iter().enumerate().flat_map(|(index, entry)| {
            let ranges = match *entry {
                "loopback" => LOOPBACK.as_slice(),
                "private" => PRIVATE.as_slice(),
                UNIX => &[],
                _ => slice::from_ref(entry),
            };
            ranges.iter().map(move |range| (index, *range))
        });
        Ok(Self {
            ranges: IpRanges::parse("trustedProxies", EXPECTED, ranges)?,
            unix: entries.contains(&UNIX),
        })
    }

    pub(super) fn contain(&self, peer: Peer) -> bool {
        match peer {
            Peer::Address(address) => self.ranges.contains(address),
            Peer::Unix => self.unix,
        }
    }
}
