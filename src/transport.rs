//! How a callback arrived: over HTTPS or not, and from whom.

mod forwarded;

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
    /// `X-Forwarded-For`: the addresses of the client and of the proxies between, in this order.
    pub forwarded_for: Option<&'a str>,
    /// `X-Forwarded-Proto`: the scheme of the client's request.
    pub forwarded_proto: Option<&'a str>,
    /// `Forwarded`: both (RFC 7239).
    pub forwarded: Option<&'a str>,
}

impl Transport {
    /// Finds the client's address and requires HTTPS. The address is `None` if it is unknown, or if a
    /// trusted proxy names something that is not an address. A scheme that a trusted proxy names
    /// decides: the connection that ends here is the proxy's.
    ///
    /// # Errors
    /// [`Rejection::InsecureTransport`].
    pub fn admit(&self, arrival: &Arrival) -> Result<Option<IpAddr>, Rejection> {
        let peer = arrival.peer.and_then(parse_address);
        let told = match peer {
            Some(proxy) if self.trusts(proxy) => self.believe(proxy, arrival),
            _ => Told {
                client: peer,
                https: None,
            },
        };
        let secure = told.https.unwrap_or(arrival.secure);
        let demanded = match self.https {
            Https::Always => true,
            Https::Never => false,
            Https::OutsideLoopback => {
                let local = told.client.is_some_and(url::is_loopback_address);
                !local || told.https == Some(false)
            }
        };
        if demanded && !secure {
            return Err(Rejection::InsecureTransport);
        }
        Ok(told.client)
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.trusted_proxies.contains(address)
    }

    /// What the headers say of a request that a trusted proxy has sent. A proxy sets the older two or
    /// `Forwarded`, and may pass on what the client has put into the other: so the older two count
    /// if one of them is there, and `Forwarded` can then only contradict them.
    fn believe(&self, proxy: IpAddr, arrival: &Arrival) -> Told {
        let Some(forwarded) = arrival.forwarded else {
            return self.believe_older(proxy, arrival);
        };
        let newer = self.believe_forwarded(proxy, forwarded);
        if arrival.forwarded_for.is_none() && arrival.forwarded_proto.is_none() {
            return newer;
        }
        let older = self.believe_older(proxy, arrival);
        Told {
            client: older.client.filter(|_| older.client == newer.client),
            https: if newer.https == Some(false) {
                newer.https
            } else {
                older.https
            },
        }
    }

    fn believe_older(&self, proxy: IpAddr, arrival: &Arrival) -> Told {
        let client = match arrival.forwarded_for {
            Some(hops) => self.client_behind(proxy, hops.split(',').map(parse_hop)),
            None => Some(proxy),
        };
        // The nearest proxy appends the last entry.
        let last = |schemes: &str| is_https(schemes.rsplit(',').next().unwrap_or_default());
        Told {
            client,
            https: arrival.forwarded_proto.map(last),
        }
    }

    fn believe_forwarded(&self, proxy: IpAddr, forwarded: &str) -> Told {
        let Some(elements) = forwarded::parse(forwarded) else {
            return Told {
                client: None,
                https: Some(false),
            };
        };
        let names_clients = elements.iter().any(|element| element.client.is_some());
        let hops = elements.iter().map(|element| element.client.flatten());
        Told {
            client: if names_clients {
                self.client_behind(proxy, hops)
            } else {
                Some(proxy)
            },
            https: elements.last().and_then(|element| element.https),
        }
    }

    /// The right-most hop that is not a trusted proxy: each proxy appends the address that it saw, so
    /// anything further left is only the client's claim. If all are trusted, the first hop.
    fn client_behind(
        &self,
        proxy: IpAddr,
        hops: impl DoubleEndedIterator<Item = Option<IpAddr>>,
    ) -> Option<IpAddr> {
        let mut client = proxy;
        for hop in hops.rev() {
            client = hop?;
            if !self.trusts(client) {
                break;
            }
        }
        Some(client)
    }
}

/// What is known of a client, or what a trusted proxy says of it.
struct Told {
    client: Option<IpAddr>,
    /// Whether it used HTTPS.
    https: Option<bool>,
}

/// An address, perhaps in brackets, perhaps with a port, as proxies write them.
fn parse_address(text: &str) -> Option<IpAddr> {
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
    bare.parse().ok()
}

fn parse_hop(hop: &str) -> Option<IpAddr> {
    parse_address(hop.trim_matches(|next: char| next.is_ascii_whitespace()))
}

fn is_port(text: &str) -> bool {
    text.parse::<u16>().is_ok()
}

fn is_https(scheme: &str) -> bool {
    scheme
        .trim_matches([' ', '\t'])
        .eq_ignore_ascii_case("https")
}
