//! What arrived, before anything about it is trusted.

use crate::error::Rejection;

/// A callback as it arrived: the raw body, the headers and the request line.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// The body's bytes, neither decoded nor parsed.
    pub body: &'a [u8],
    /// Header names in any letter case with their values. Values of a name that came more than once
    /// are joined with `, ` (RFC 9110, section 5.3).
    pub headers: &'a [(&'a str, &'a [u8])],
    /// The method, if the receiver passed it.
    pub method: Option<&'a str>,
    /// The URL that was called, if the receiver passed it.
    pub url: Option<&'a str>,
    /// The URL that was registered with the sender, if the receiver passed it. Only the query of the
    /// called URL counts then: the network chooses the rest.
    pub registered_url: Option<&'a str>,
    /// The client's address, if the receiver knows it.
    pub ip: Option<&'a str>,
}

impl<'a> Request<'a> {
    /// The value of the header of this name.
    pub(crate) fn header(&self, name: &str) -> Option<&'a [u8]> {
        self.headers
            .iter()
            .find(|(other, _)| {
                let same = other.len() == name.len();
                same && (*other == name || other.eq_ignore_ascii_case(name))
            })
            .map(|(_, value)| *value)
    }

    /// The value of the header of this name, or a rejection.
    pub(crate) fn require_header(&self, name: &str) -> Result<&'a [u8], Rejection> {
        self.header(name).ok_or_else(|| Rejection::MissingHeader {
            header: name.into(),
        })
    }

    /// The method, or a rejection.
    pub(crate) fn require_method(&self) -> Result<&'a str, Rejection> {
        self.method
            .ok_or(Rejection::IncompleteRequest { part: "method" })
    }

    /// The URL, or a rejection.
    pub(crate) fn require_url(&self) -> Result<&'a str, Rejection> {
        self.url.ok_or(Rejection::IncompleteRequest { part: "url" })
    }

    /// The URL as the sender knows it, which has to be there.
    pub(crate) fn require_registered_url(&self) -> Result<&'a str, Rejection> {
        self.registered_url.map_or_else(|| self.require_url(), Ok)
    }

    /// Refuses a body of more than `limit` bytes.
    pub(crate) const fn limit_body(&self, limit: usize) -> Result<(), Rejection> {
        if self.body.len() > limit {
            return Err(Rejection::BodyTooLarge { limit });
        }
        Ok(())
    }
}
