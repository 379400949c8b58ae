//! Senders that sign in a way of their own: what their rules cover, and what they refuse.

use crate::common::*;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::json;
use sha2::{Digest, Sha256};
use wallet_callback::error::{HeaderProblem, Location, Rejection};
use wallet_callback::event::{Content, Event, Other};
use wallet_callback::options::{self, GivenKeys};

const KEY: &str = "a-shared-secret";

fn hmac256(message: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(KEY.as_bytes()).unwrap();
    mac.update(message);
    mac.finalize().into_bytes().to_vec()
}

fn verify(sender: &str, callback: &Callback) -> Result<Other, Rejection> {
    let verifier = try_verifier(&json!({ "sender": sender }), KEY).unwrap();
    match callback.verify(&verifier)?.event {
        Event::Other(other) => Ok(other),
        event => unreachable!("{event:?} is not another sender's"),
    }
}

mod hook0 {
    use super::*;

    const HEADER: &str = "x-hook0-signature";

    /// What comes of a callback with these headers, of which these names are signed.
    fn covering(names: &str, headers: &[(String, &str)]) -> Result<Other, Rejection> {
        verify("coinbase-cdp", &callback(names, headers))
    }

    fn callback(names: &str, headers: &[(String, &str)]) -> Callback {
        let value = |name: &str| {
            let mut named = headers.iter().filter(|(other, _)| *other == name);
            named.next().map_or("", |(_, value)| *value)
        };
        let names_of_values = names.split(' ').map(str::to_ascii_lowercase);
        let values: String = names_of_values
            .map(|name| format!("{}.", value(&name)))
            .collect();
        let message = format!("{NOW}.{names}.{values}{BODY}");
        let tag = hex::encode(hmac256(message.as_bytes()));
        let mut callback = Callback::default()
            .with(HEADER, format!("t={NOW},h={names},v1={tag}"))
            .with_body(BODY);
        for (name, value) in headers {
            callback = callback.with(name, value);
        }
        callback
    }

    fn event_headers() -> [(String, &'static str); 2] {
        [("x-event-type", "paid"), ("x-event-id", "evt-1")]
            .map(|(name, value)| (name.to_owned(), value))
    }

    #[test]
    fn counts_no_header_that_it_does_not_name() {
        for (names, kind, id) in [
            ("x-event-type x-event-id", Some("paid"), Some("evt-1")),
            ("x-event-type", Some("paid"), None),
            ("X-Event-Id", None, Some("evt-1")),
        ] {
            let other = covering(names, &event_headers()).unwrap();
            assert_eq!(other.kind.as_deref(), kind, "{names}");
            assert_eq!(other.id.as_deref(), id, "{names}");
            assert_eq!(other.is_identified, id.is_some(), "{names}");
            // Also if the weaker signature, of no header, would be enough.
            let sender = "coinbase-cdp";
            let options = json!({ "sender": sender, "dangerouslyAllowUnsignedHeaders": true });
            let verifier = try_verifier(&options, KEY).unwrap();
            let lax = callback(names, &event_headers()).verify(&verifier);
            assert_eq!(lax.unwrap().event, Event::Other(other), "{names}");
        }
    }

    /// A signed header tells one callback from another with the same body.
    #[test]
    fn hashes_the_headers_that_it_names() {
        let hash = |names: &str, kind: &'static str| {
            let [_, id] = event_headers();
            let headers = [("x-event-type".to_owned(), kind), id];
            covering(names, &headers).unwrap().content_hash
        };
        let (both, id) = ("x-event-type x-event-id", "x-event-id");
        assert_eq!(hash(both, "paid"), hash(both, "paid"));
        assert_ne!(hash(both, "paid"), hash(both, "lost"));
        assert_eq!(hash(id, "paid"), hash(id, "lost"));
    }

    #[test]
    fn names_each_header_once() {
        let problem = HeaderProblem::CoveredHeaders { limit: 32 };
        let malformed = Err(malformed_header(HEADER, problem));
        for names in [
            "x-event-type x-event-type",
            "x-event-type X-Event-Type",
            "x-event-type  x-event-id",
            "x-event-type ",
            "x.event",
        ] {
            assert_eq!(covering(names, &event_headers()), malformed, "{names}");
        }
        let many = |count: usize| {
            let headers: Vec<_> = (0..count)
                .map(|index| (format!("x-{index}"), "1"))
                .collect();
            let names: Vec<_> = headers.iter().map(|(name, _)| name.as_str()).collect();
            covering(&names.join(" "), &headers)
        };
        assert!(many(32).is_ok());
        assert_eq!(many(33), malformed);
    }
}

fn base64url(bytes: &[u8]) -> String {
    <base64ct::Base64UrlUnpadded as base64ct::Encoding>::encode_string(bytes)
}

mod tokens {
    use super::*;

    /// What comes of a token with this header and these claims, signed with HMAC-SHA-256 in any case.
    fn token(header: &str, claims: &[u8]) -> Result<Other, Rejection> {
        let signed = format!("{}.{}", base64url(header.as_bytes()), base64url(claims));
        let tag = base64url(&hmac256(signed.as_bytes()));
        let body = json!({ "data": format!("{signed}.{tag}") });
        verify("transak", &Callback::default().with_body(body.to_string()))
    }

    fn is_malformed(result: &Result<Other, Rejection>) -> bool {
        matches!(result, Err(Rejection::MalformedPayload { .. }))
    }

    /// RFC 8725, sections 3.1 and 3.2; RFC 7515, section 4.1.11; RFC 7797, section 3.
    #[test]
    fn are_signed_with_the_algorithm_that_is_expected() {
        let claims = br#"{"eventID":"paid"}"#;
        let other = token(r#"{"alg":"HS256","typ":"JWT"}"#, claims).unwrap();
        assert_eq!(other.kind.as_deref(), Some("paid"));
        let location = Location::Member("data".to_owned());
        let unsupported = Err(Rejection::UnsupportedSignature { location });
        for header in [
            r#"{"alg":"none"}"#,
            r#"{"alg":"HS512"}"#,
            r#"{"alg":"hs256"}"#,
            r#"{"alg":"HS256","crit":["exp"],"exp":1}"#,
            r#"{"alg":"HS256","b64":false}"#,
        ] {
            assert_eq!(token(header, claims), unsupported, "{header}");
        }
        for header in ["{}", "[]", "", r#"{"alg":"none","alg":"HS256"}"#] {
            assert!(is_malformed(&token(header, claims)), "{header}");
        }
    }

    /// Of other senders, a signed body that is no text is handed over as bytes.
    #[test]
    fn have_claims_in_json() {
        let header = r#"{"alg":"HS256"}"#;
        let claims = r#"{"eventID": "paid"}"#;
        let other = token(header, claims.as_bytes()).unwrap();
        assert_eq!(other.payload, Content::Given(claims.into()));
        // It is known again by all that is signed.
        let signed = [header, claims].map(|part| base64url(part.as_bytes()));
        let hash = Sha256::digest(signed.join("."));
        assert_eq!(other.content_hash, Some(hash.into()));
        for claims in [&b"paid"[..], b"", b"\xff", b"{"] {
            assert!(is_malformed(&token(header, claims)), "{claims:?}");
        }
    }

    #[test]
    fn have_a_header_of_at_most_4096_characters() {
        let header = |bytes: usize| {
            let empty = r#"{"alg":"HS256","more":""}"#;
            let more = "x".repeat(bytes - empty.len());
            format!(r#"{{"alg":"HS256","more":"{more}"}}"#)
        };
        assert!(token(&header(3072), b"{}").is_ok());
        assert!(is_malformed(&token(&header(3075), b"{}")));
    }
}

/// Tokens in a header, whose keys have names; the keys and the signature are by OpenSSL.
mod named {
    use super::*;

    const BODY: &str = r#"{"eventType":"transaction.created","id":"evt-1"}"#;
    const RSA_JWK: &str = r#"{"kty":"RSA","kid":"key-1","e":"AQAB","n":"8wPKaO9ri5DEseJv_NglsjmMB7yQLv2r2Vi4-mm97zZo1aRSM8K6tVRV-mnzzVLIbgAP3xQOJS2Qkx19iqYbPihyqJiIvoQzJrdUJO7iqWgHyV6IX75QtEXL5w7iQknBvFMpsz9yTGcJHIcZaSkjvENyqq-1A6Yj9wEwCQDH860MSzmvdvZ_UL5gM6ejDavU0AMa7hhY7BsgiDLnt8vIklR9L476GCPgFoRAKUqUMJpi3FV0LQX0Yepwe6fObQCqU9v58tHapoC-ohqcdY2aRHjM2PkEf7__7m5GHtOzaLgOQfZiARW_D1unK4t6uVZuBoxB4nQo_VfTmtSUJBE1Ow"}"#;
    const SIGNATURE: &str = "IjzRPHQZpJDonNS6C4ZoRP6TtHh4LN4hAxFgxw8eYQDiePQ_LIvwsAAin_-l91DY9tU94-zISqBS_zlGbgnNXLHCtmIkvsNs27SSultckBwvnmLFDKUWDQczjtz1TbkfJo2cUv-8YLDpvdwSYhhQpV4jN9H3FlrUYcKU_CDPkDEeT9sirdTzSKi0LzeEtwwSeAchQpTiCHLBPd-lu8F-8TDX9EW8nNOoVfpumrW3lRqXMBYxRVED2RIeL3a0HHOmdLeBqurGsj8cjCPRz33W-BnRXKG-WZ0D_tUL0T1djKJ0bas3dnfxQ1nredGlTadmO8AldjTse7wylcf7d53t3w";
    const EC_JWK: &str = r#"{"kty":"EC","kid":"key-1","crv":"P-256","x":"71vqiOrIGWM_6hcDPUz7P5tbStpftee438bFPIdSYP8","y":"E_ROgNiBgA_k_y2RErYYJzvvZYPnKK1CA7kzSzYxZFc"}"#;

    /// What comes of this value of the sender's header.
    fn verify(sender: &str, jwk: &str, value: &str, body: &str) -> Result<Other, Rejection> {
        let options = json!({ "sender": sender }).to_string();
        let keys = GivenKeys::Set(format!(r#"{{"keys":[{jwk}]}}"#).into());
        let verifier = options::verifier(options.as_bytes(), keys).unwrap();
        let header = verifier.sender().header_names()[0].to_owned();
        let callback = Callback::default().with(&header, value).with_body(body);
        match callback.verify(&verifier)?.event {
            Event::Other(other) => Ok(other),
            event => unreachable!("{event:?} is not another sender's"),
        }
    }

    /// RFC 7515, appendix F.
    #[test]
    fn a_signature_without_its_payload_is_over_the_body() {
        const HEADER: &str = "fireblocks-webhook-signature";
        let value = |protected: &str, payload: &str| {
            format!("{}.{payload}.{SIGNATURE}", base64url(protected.as_bytes()))
        };
        let fireblocks = |value: &str, body: &str| verify("fireblocks-v2", RSA_JWK, value, body);
        let protected = r#"{"alg":"RS512","kid":"key-1"}"#;
        let genuine = value(protected, "");
        let other = fireblocks(&genuine, BODY).unwrap();
        assert_eq!(other.kind.as_deref(), Some("transaction.created"));
        assert_eq!(other.id.as_deref(), Some("evt-1"));
        assert_eq!(fireblocks(&genuine, "{}"), Err(mismatch(HEADER)));
        for (value, expected) in [
            (
                value(r#"{"alg":"RS512","kid":"key-2"}"#, ""),
                Rejection::UnknownKey {
                    header: HEADER.to_owned(),
                    key_id: "key-2".to_owned(),
                },
            ),
            (
                value(r#"{"alg":"RS256","kid":"key-1"}"#, ""),
                unsupported(HEADER),
            ),
            // With its payload, cut off, and with more behind it.
            (
                value(protected, &base64url(BODY.as_bytes())),
                malformed_header(HEADER, HeaderProblem::Jws),
            ),
            (
                format!("{}.", base64url(protected.as_bytes())),
                malformed_header(HEADER, HeaderProblem::Jws),
            ),
            (
                format!("{genuine}."),
                malformed_header(HEADER, HeaderProblem::Jws),
            ),
            (
                value(r#"{"alg":"RS512","kid":"a b"}"#, ""),
                malformed_header(HEADER, HeaderProblem::Jws),
            ),
        ] {
            assert_eq!(fireblocks(&value, BODY), Err(expected), "{value}");
        }
    }

    /// Longer ones are not read.
    #[test]
    fn claims_have_at_most_4096_characters() {
        const HEADER: &str = "plaid-verification";
        let plaid = |bytes: usize| {
            let digest = hex::encode(Sha256::digest(BODY));
            let claims = json!({ "iat": NOW, "request_body_sha256": digest, "more": "" });
            let length = claims.to_string().len();
            let more = format!(r#""more":"{}""#, "x".repeat(bytes - length));
            let claims = claims.to_string().replace(r#""more":"""#, &more);
            let protected = r#"{"alg":"ES256","kid":"key-1"}"#;
            let parts = [protected.as_bytes(), claims.as_bytes(), &[1; 64]].map(base64url);
            verify("plaid", EC_JWK, &parts.join("."), BODY)
        };
        assert_eq!(plaid(3072), Err(mismatch(HEADER)));
        let malformed = malformed_header(HEADER, HeaderProblem::Jwt);
        assert_eq!(plaid(3075), Err(malformed));
    }
}
