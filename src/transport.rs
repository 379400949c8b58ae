//! How a callback arrived: over HTTPS or not, and from whom.

use core::net::IpAddr;

use crate::error::Rejection;
use crate::origin::IpRanges;
use crate::url;

/// What a receiver requires of the transport, and which proxies it believes.
#[derive(Debug, Default)]
pub struct Transport {
    /// The proxies whose forwarded headers are believed.
    pub trusted_proxies: IpRanges,
    /// Where HTTPS is required.
    pub https: Https,
}

/// Where HTTPS is required.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Https {
    /// Everywhere except between programs on one machine.
    #[default]
    OutsideLoopback,
    /// Everywhere.
    Always,
    /// Nowhere.
    Never,
}

/// What is known about a request apart from its headers and body.
#[derive(Debug, Default)]
pub struct Arrival<'a> {
    /// The address at the other end of the connection.
    pub peer: Option<&'a str>,
    /// Whether the connection is encrypted.
    pub secure: bool,
    /// The host that the request names. It replaces an unknown peer.
    pub host: Option<&'a str>,
    /// `X-Forwarded-For`: the addresses of the client and of the proxies between, in this order.
    pub forwarded_for: Option<&'a str>,
    /// `X-Forwarded-Proto`: the scheme of the client's request.
    pub forwarded_proto: Option<&'a str>,
}

impl Transport {
    /// Finds the client's address and requires HTTPS. The address is `None` if it is unknown, or if a
    /// trusted proxy names something that is not an address.
    ///
    /// # Errors
    /// [`Rejection::InsecureTransport`].
    pub fn admit<'a>(&self, arrival: &Arrival<'a>) -> Result<Option<&'a str>, Rejection> {
        let peer = arrival.peer.and_then(Client::parse);
        let forwarded = peer.is_some_and(|peer| self.trusts(peer));
        let client = match (peer, arrival.forwarded_for) {
            (Some(peer), Some(hops)) if forwarded => self.client_behind(peer, hops),
            _ => peer,
        };
        let secure = arrival.secure || (forwarded && arrival.forwarded_proto.is_some_and(is_https));
        let demanded = match self.https {
            Https::Always => true,
            Https::Never => false,
            Https::OutsideLoopback => match arrival.peer {
                None => !arrival.host.is_some_and(is_loopback_host),
                Some(_) => !client.is_some_and(Client::is_loopback),
            },
        };
        if demanded && !secure {
            return Err(Rejection::InsecureTransport);
        }
        Ok(client.map(|client| client.text))
    }

    fn trusts(&self, client: Client) -> bool {
        self.trusted_proxies.contains(client.address)
    }

    /// The right-most hop that is not a trusted proxy: each proxy appends the address that it saw, so
    /// anything further left is only the client's claim. If all are trusted, the first hop.
    fn client_behind<'a>(&self, peer: Client<'a>, hops: &'a str) -> Option<Client<'a>> {
        let mut client = peer;
        for hop in hops.as_bytes().rsplit(is_comma) {
            client = Client::parse(str::from_utf8(hop.trim_ascii()).ok()?)?;
            if !self.trusts(client) {
                break;
            }
        }
        Some(client)
    }
}

/// An address and its text.
#[derive(Clone, Copy)]
struct Client<'a> {
    address: IpAddr,
    text: &'a str,
}

impl<'a> Client<'a> {
    /// An address, perhaps in brackets, perhaps with a port, as proxies write them.
    fn parse(text: &'a str) -> Option<Self> {
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
        let address = bare.parse().ok()?;
        Some(Self {
            address,
            text: bare,
        })
    }

    fn is_loopback(self) -> bool {
        url::is_loopback_address(self.address)
    }
}

fn is_comma(byte: &u8) -> bool {
    *byte == b','
}

fn is_port(text: &str) -> bool {
    text.parse::<u16>().is_ok()
}

/// The nearest proxy appends the last entry.
fn is_https(protocols: &str) -> bool {
    let last = protocols.rsplit(',').next().unwrap_or_default();
    last.trim_matches([' ', '\t']).eq_ignore_ascii_case("https")
}

/// Whether the host of a request, perhaps with a port, is this machine.
fn is_loopback_host(host: &str) -> bool {
    let name = host.split_once(':').map_or(host, |(name, _)| name);
    url::is_loopback_host(name) || Client::parse(host).is_some_and(Client::is_loopback)
}
