//! How a callback arrived: over HTTPS or not, and from whom.

mod forwarded;
mod peer;

use core::net::IpAddr;

use crate::error::{Plain, Rejection};
use crate::url;
use peer::Peer;
pub use peer::Proxies;

/// What a receiver requires of the transport, and which proxies it believes.
#[derive(Debug, Default)]
pub struct Transport {
    /// The proxies whose forwarded headers are believed.
    pub trusted_proxies: Proxies,
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
    /// The address at the other end of the connection, or `unix:` for a Unix socket.
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
        let peer = arrival.peer.and_then(Peer::parse);
        let proxy = peer.filter(|peer| self.trusted_proxies.contain(*peer));
        let told = match proxy {
            Some(proxy) => self.believe(proxy, arrival),
            None => Told {
                client: peer,
                https: None,
            },
        };
        let client = told.client.and_then(Peer::address);
        let secure = told.https.unwrap_or(arrival.secure);
        let demanded = match self.https {
            Https::Always => true,
            Https::Never => false,
            Https::OutsideLoopback => {
                let local = client.is_some_and(url::is_loopback_address);
                !local || told.https == Some(false)
            }
        };
        if demanded && !secure {
            let plain = match told.https {
                Some(_) => Plain::Told,
                None if proxy.is_some() => Plain::Untold,
                None => Plain::Connection,
            };
            return Err(Rejection::InsecureTransport { plain });
        }
        Ok(client)
    }

    /// What the headers say of a request that a trusted proxy has sent. A proxy sets the older two or
    /// `Forwarded`, and may pass on what the client has put into the other: so the older two count
    /// if one of them is there, and `Forwarded` can then only contradict them.
    fn believe(&self, proxy: Peer, arrival: &Arrival) -> Told {
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

    fn believe_older(&self, proxy: Peer, arrival: &Arrival) -> Told {
        let (client, passed) = match arrival.forwarded_for {
            Some(hops) => self.client_behind(proxy, hops.split(',').map(parse_hop)),
            None => (Some(proxy), 0),
        };
        let https = arrival.forwarded_proto.map(|schemes| {
            // Where proxies pass on what the first has set, there are fewer schemes than hops.
            let mut behind = schemes.rsplit(',');
            let first = schemes.split(',').next().unwrap_or_default();
            is_https(behind.nth(passed).unwrap_or(first))
        });
        Told { client, https }
    }

    fn believe_forwarded(&self, proxy: Peer, forwarded: &str) -> Told {
        let Some(elements) = forwarded::parse(forwarded) else {
            return Told {
                client: None,
                https: Some(false),
            };
        };
        let names_clients = elements.iter().any(|element| element.client.is_some());
        let hops = elements.iter().map(|element| element.client.flatten());
        let (client, passed) = if names_clients {
            self.client_behind(proxy, hops)
        } else {
            (Some(proxy), 0)
        };
        Told {
            client,
            https: elements
                .iter()
                .nth_back(passed)
                .and_then(|element| element.https),
        }
    }

    /// The right-most hop that is not a trusted proxy: each proxy appends the address that it saw, so
    /// anything further left is only the client's claim. If all are trusted, the first hop. And how
    /// many hops stand to its right: who saw the client also saw its scheme, and wrote both down in
    /// the same place.
    fn client_behind(
        &self,
        proxy: Peer,
        hops: impl DoubleEndedIterator<Item = Option<Peer>>,
    ) -> (Option<Peer>, usize) {
        let mut found = (Some(proxy), 0);
        for (passed, hop) in hops.rev().enumerate() {
            found = (hop, passed);
            if !hop.is_some_and(|hop| self.trusted_proxies.contain(hop)) {
                break;
            }
        }
        found
    }
}

/// What is known of a client, or what a trusted proxy says of it.
struct Told {
    client: Option<Peer>,
    /// Whether it used HTTPS.
    https: Option<bool>,
}

fn parse_hop(hop: &str) -> Option<Peer> {
    Peer::parse(hop.trim_matches(|next: char| next.is_ascii_whitespace()))
}

fn is_https(scheme: &str) -> bool {
    scheme
        .trim_matches([' ', '\t'])
        .eq_ignore_ascii_case("https")
}
