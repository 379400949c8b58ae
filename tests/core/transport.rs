//! How callbacks arrive, and how a sender's handshake is answered.

use crate::common::*;
use core::net::IpAddr;
use wallet_callback::error::{Code, ConfigError, Plain, Rejection};
use wallet_callback::handshake::prove;
use wallet_callback::options;
use wallet_callback::transport::{Arrival, Https, Proxies, Transport};

const CLIENT: &str = "203.0.113.7";
const PROXY: &str = "10.0.0.1";
const CHALLENGE: &str = "Q7u2nYx0fBvK3-ZtWm9Ls_4RcHdEoGj1PaXi6TkNyUM";

fn transport(https: Https) -> Transport {
    let proxies = ["10.0.0.0/8", "2001:db8:1::/48"];
    Transport {
        trusted_proxies: Proxies::parse(&proxies).unwrap(),
        https,
    }
}

/// The client of a request that comes over TLS.
fn client(peer: &str, forwarded_for: Option<&str>) -> Option<String> {
    let arrival = Arrival {
        peer: Some(peer),
        secure: true,
        forwarded_for,
        ..Arrival::default()
    };
    let client = transport(Https::Always).admit(&arrival).unwrap();
    client.map(|address| address.to_string())
}

/// Whether a request without TLS gets in.
fn admits(https: Https, arrival: Arrival) -> bool {
    match transport(https).admit(&arrival) {
        Ok(_) => true,
        Err(rejection) => {
            assert_eq!(rejection.code(), Code::InsecureTransport);
            false
        }
    }
}

fn insecure(plain: Plain) -> Result<Option<IpAddr>, Rejection> {
    Err(Rejection::InsecureTransport { plain })
}

fn from(peer: &str) -> Arrival<'_> {
    Arrival {
        peer: Some(peer),
        ..Arrival::default()
    }
}

#[test]
fn nobody_but_a_trusted_proxy_is_believed() {
    for peer in [CLIENT, "127.0.0.1", "::1", "9.255.255.255", "2001:db8:2::1"] {
        assert_eq!(client(peer, Some("198.51.100.1")).as_deref(), Some(peer));
        assert_eq!(client(peer, None).as_deref(), Some(peer));
    }
    let nobody = Transport::default();
    let arrival = Arrival {
        secure: true,
        forwarded_for: Some(CLIENT),
        ..from(PROXY)
    };
    assert_eq!(nobody.admit(&arrival), Ok(PROXY.parse().ok()));
}

#[test]
fn a_peer_that_nobody_knows_is_no_trusted_proxy() {
    for peer in [None, Some(""), Some("unknown"), Some("10.0.0.1, 10.0.0.2")] {
        let arrival = Arrival {
            peer,
            secure: true,
            forwarded_for: Some(CLIENT),
            ..Arrival::default()
        };
        assert_eq!(transport(Https::Always).admit(&arrival), Ok(None));
    }
}

#[test]
fn the_client_is_the_right_most_hop_that_is_no_trusted_proxy() {
    for (hops, expected) in [
        ("203.0.113.7", Some(CLIENT)),
        ("127.0.0.1, 198.51.100.1, 203.0.113.7", Some(CLIENT)),
        ("10.9.9.9,203.0.113.7,10.2.2.2,10.1.1.1", Some(CLIENT)),
        ("10.3.3.3, 10.2.2.2", Some("10.3.3.3")),
        ("\t203.0.113.7 ", Some(CLIENT)),
        ("203.0.113.7, ::ffff:10.2.2.2", Some(CLIENT)),
        ("203.0.113.7, [2001:db8:1::1]:80", Some(CLIENT)),
        ("unknown, 203.0.113.7", Some(CLIENT)),
        (", 203.0.113.7", Some(CLIENT)),
        ("203.0.113.7,", None),
        ("203.0.113.7,,10.2.2.2", None),
        ("203.0.113.7, unknown", None),
        ("unknown, 10.2.2.2", None),
        ("", None),
        (" ", None),
        (",", None),
        ("é", None),
    ] {
        for peer in [PROXY, "::ffff:10.0.0.1", "10.0.0.1:443", "2001:db8:1::9"] {
            let got = client(peer, Some(hops));
            assert_eq!(got.as_deref(), expected, "{peer} {hops:?}");
        }
    }
}

#[test]
fn a_port_and_brackets_are_left_out() {
    for (peer, expected) in [
        ("203.0.113.7:443", Some(CLIENT)),
        ("[2001:db8::7]", Some("2001:db8::7")),
        ("[2001:db8::7]:443", Some("2001:db8::7")),
        ("2001:db8::7", Some("2001:db8::7")),
        ("::ffff:203.0.113.7", Some("::ffff:203.0.113.7")),
        ("[::ffff:203.0.113.7]:1", Some("::ffff:203.0.113.7")),
    ] {
        assert_eq!(client(peer, None).as_deref(), expected, "{peer}");
    }
}

#[test]
fn what_is_no_address_is_none() {
    for peer in [
        "",
        " ",
        ":",
        ":443",
        "[",
        "[]",
        "[]:443",
        "[2001:db8::7",
        "2001:db8::7]",
        "localhost",
        "localhost:80",
        "203.0.113",
        "203.0.113.256",
        "203.0.113.07",
        "203.0.113.7/32",
        "fe80::1%eth0",
        "2001:db8::g",
        "\"203.0.113.7\"",
        " 203.0.113.7",
        "[2001:db8::7]x",
        "[2001:db8::7]443",
        "[203.0.113.7]",
        "203.0.113.7:x",
        "203.0.113.7:",
        "203.0.113.7:99999",
    ] {
        assert_eq!(client(peer, None), None, "{peer:?}");
    }
}

#[test]
fn https_is_demanded_outside_the_machine() {
    for (peer, admitted) in [
        ("127.0.0.1", true),
        ("127.255.255.255", true),
        ("::1", true),
        ("[::1]:80", true),
        ("::ffff:127.0.0.1", true),
        ("::127.0.0.1", false),
        ("126.255.255.255", false),
        ("128.0.0.1", false),
        ("0.0.0.0", false),
        ("::", false),
        ("10.0.0.1", false),
        (CLIENT, false),
        ("localhost", false),
        ("", false),
    ] {
        let got = admits(Https::OutsideLoopback, from(peer));
        assert_eq!(got, admitted, "{peer}");
        assert!(!admits(Https::Always, from(peer)), "{peer}");
        assert!(admits(Https::Never, from(peer)), "{peer}");
    }
}

/// The host that a request names is the client's own choice.
#[test]
fn https_is_demanded_where_nobody_knows_the_peer() {
    assert!(!admits(Https::OutsideLoopback, Arrival::default()));
    assert!(!admits(Https::Always, Arrival::default()));
    assert!(admits(Https::Never, Arrival::default()));
}

#[test]
fn a_client_behind_a_proxy_does_not_pass_for_the_machine() {
    let local = Proxies::parse(&["127.0.0.1", "10.0.0.0/8"]).unwrap();
    let transport = Transport {
        trusted_proxies: local,
        https: Https::OutsideLoopback,
    };
    for peer in ["127.0.0.1", PROXY] {
        for hops in ["203.0.113.7", "127.0.0.1, 203.0.113.7", "::1, x", "x"] {
            let arrival = Arrival {
                forwarded_for: Some(hops),
                ..from(peer)
            };
            let result = transport.admit(&arrival);
            assert_eq!(result, insecure(Plain::Untold), "{peer} {hops}");
        }
    }
}

/// Each proxy appends the scheme that it saw, as it does with the address.
#[test]
fn the_scheme_is_what_the_proxy_saw_that_saw_the_client() {
    for (hops, schemes, admitted) in [
        ("203.0.113.7, 10.2.2.2", "https,http", true),
        ("203.0.113.7, 10.2.2.2", "http,https", false),
        ("203.0.113.7, 10.2.2.2", "https", true),
        ("203.0.113.7, 10.2.2.2", "http", false),
        ("203.0.113.7, 10.3.3.3, 10.2.2.2", "https, http, http", true),
        (
            "203.0.113.7, 10.3.3.3, 10.2.2.2",
            "http, https, https",
            false,
        ),
        ("203.0.113.7, 10.3.3.3, 10.2.2.2", "https, http", true),
        // Entries of the client's own, left of what the proxies have seen.
        (
            "127.0.0.1, 203.0.113.7, 10.2.2.2",
            "https, http, https",
            false,
        ),
        (
            "127.0.0.1, 203.0.113.7, 10.2.2.2",
            "http, https, http",
            true,
        ),
        ("203.0.113.7", "https,http", false),
        ("10.3.3.3, 10.2.2.2", "https,http", true),
        ("unknown, 10.2.2.2", "https,http", true),
        ("203.0.113.7, unknown", "https,http", false),
    ] {
        let arrival = || Arrival {
            forwarded_for: Some(hops),
            forwarded_proto: Some(schemes),
            ..from(PROXY)
        };
        for https in [Https::OutsideLoopback, Https::Always] {
            assert_eq!(admits(https, arrival()), admitted, "{hops} {schemes}");
        }
    }
}

/// nginx calls a client at a Unix socket so, too: `$remote_addr`.
#[test]
fn a_unix_socket_is_believed_where_it_is_trusted() {
    let transport = |proxies: &[&str]| Transport {
        trusted_proxies: Proxies::parse(proxies).unwrap(),
        https: Https::OutsideLoopback,
    };
    let arrival = |forwarded_for, forwarded_proto| Arrival {
        forwarded_for,
        forwarded_proto,
        ..from("unix:")
    };
    let client = Ok(CLIENT.parse().ok());
    let trusting = transport(&["unix:", "10.0.0.0/8"]);
    for (hops, scheme, expected) in [
        (Some(CLIENT), Some("https"), client.clone()),
        (
            Some("203.0.113.7, 10.2.2.2"),
            Some("https, http"),
            client.clone(),
        ),
        (Some("203.0.113.7, unix:"), Some("https, http"), client),
        (Some("unix:"), Some("https"), Ok(None)),
        (None, Some("https"), Ok(None)),
        (Some(CLIENT), Some("http"), insecure(Plain::Told)),
        (Some(CLIENT), None, insecure(Plain::Untold)),
        (None, None, insecure(Plain::Untold)),
    ] {
        let result = trusting.admit(&arrival(hops, scheme));
        assert_eq!(result, expected, "{hops:?} {scheme:?}");
    }
    for proxies in [&[][..], &["loopback", "private", "0.0.0.0/0", "::/0"]] {
        let result = transport(proxies).admit(&arrival(Some(CLIENT), Some("https")));
        assert_eq!(result, insecure(Plain::Connection), "{proxies:?}");
    }
    let beside = Arrival {
        secure: true,
        forwarded_for: Some("203.0.113.7, unix:"),
        ..from(PROXY)
    };
    let result = transport(&["private"]).admit(&beside);
    assert_eq!(
        result,
        Ok(None),
        "a socket that is not trusted has no address"
    );
}

#[test]
fn names_stand_for_ranges() {
    for (name, members, others) in [
        (
            "loopback",
            vec!["127.0.0.1", "127.255.255.255", "::1", "::ffff:127.0.0.1"],
            vec!["128.0.0.1", "::2", "10.0.0.1"],
        ),
        (
            "private",
            vec![
                "10.255.0.1",
                "172.16.0.1",
                "172.31.255.255",
                "192.168.1.1",
                "fc00::1",
                "fdff::1",
                "::ffff:10.0.0.1",
            ],
            vec![
                "127.0.0.1",
                "::1",
                "172.15.255.255",
                "172.32.0.1",
                "192.169.0.1",
                "100.64.0.1",
                "169.254.1.1",
                "fe80::1",
                "fb00::1",
                "fe00::1",
            ],
        ),
    ] {
        let transport = Transport {
            trusted_proxies: Proxies::parse(&["2001:db8::/32", name]).unwrap(),
            https: Https::Never,
        };
        let peers = members.into_iter().map(|peer| (peer, CLIENT));
        for (peer, expected) in peers.chain(others.into_iter().map(|peer| (peer, peer))) {
            let arrival = Arrival {
                forwarded_for: Some(CLIENT),
                ..from(peer)
            };
            let result = transport.admit(&arrival);
            assert_eq!(result, Ok(expected.parse().ok()), "{name} {peer}");
        }
    }
}

#[test]
fn the_scheme_is_a_trusted_proxys_last_word() {
    for (peer, scheme, admitted) in [
        (PROXY, "https", true),
        (PROXY, "HTTPS", true),
        (PROXY, "http, https", true),
        (PROXY, "http,\thttps ", true),
        (PROXY, "https, http", false),
        (PROXY, "https,", false),
        (PROXY, "", false),
        (PROXY, "httpsx", false),
        (CLIENT, "https", false),
        ("", "https", false),
    ] {
        for https in [Https::OutsideLoopback, Https::Always] {
            for forwarded_for in [None, Some(CLIENT)] {
                let arrival = Arrival {
                    forwarded_for,
                    forwarded_proto: Some(scheme),
                    ..from(peer)
                };
                assert_eq!(admits(https, arrival), admitted, "{peer} {scheme:?}");
            }
        }
    }
}

#[test]
fn what_came_over_tls_is_admitted_whatever_a_client_says() {
    for https in [Https::OutsideLoopback, Https::Always, Https::Never] {
        for peer in [None, Some(CLIENT), Some("127.0.0.1"), Some("x")] {
            let arrival = Arrival {
                peer,
                secure: true,
                forwarded_proto: Some("http"),
                forwarded: Some("proto=http"),
                ..Arrival::default()
            };
            assert!(admits(https, arrival), "{peer:?}");
        }
    }
}

/// The connection that ends here is the proxy's. What the client used is what the proxy says.
#[test]
fn a_scheme_that_a_trusted_proxy_names_decides() {
    let proxies = ["127.0.0.1", "10.0.0.0/8"];
    let transport = |https| Transport {
        trusted_proxies: Proxies::parse(&proxies).unwrap(),
        https,
    };
    for peer in ["127.0.0.1", PROXY] {
        for secure in [false, true] {
            for forwarded_for in [None, Some("127.0.0.1"), Some(CLIENT)] {
                for scheme in ["http", "https, http", "HTTP", "", "ws"] {
                    let older = Arrival {
                        secure,
                        forwarded_for,
                        forwarded_proto: Some(scheme),
                        ..from(peer)
                    };
                    let newer = format!("proto=\"{scheme}\"");
                    let newer = Arrival {
                        secure,
                        forwarded_for,
                        forwarded: Some(&newer),
                        ..from(peer)
                    };
                    for arrival in [older, newer] {
                        for https in [Https::OutsideLoopback, Https::Always] {
                            let result = transport(https).admit(&arrival);
                            assert_eq!(result, insecure(Plain::Told), "{arrival:?}");
                        }
                        assert!(transport(Https::Never).admit(&arrival).is_ok());
                    }
                }
            }
        }
    }
}

/// Examples of RFC 7239, sections 4 and 7.1, and what must not be read as anything.
#[test]
fn forwarded_is_read_with_its_quoting_rules() {
    let v6 = "2001:db8:cafe::17";
    for (forwarded, expected, https) in [
        (r#"for="[2001:db8:cafe::17]:4711""#, Some(v6), false),
        (r#"For="[2001:DB8:cafe::17]:4711""#, Some(v6), false),
        (
            "for=203.0.113.7;proto=https;by=203.0.113.43",
            Some(CLIENT),
            true,
        ),
        ("for=192.0.2.43, for=203.0.113.7", Some(CLIENT), false),
        (
            r#"for=203.0.113.7, for="[2001:db8:1::17]""#,
            Some(CLIENT),
            false,
        ),
        (r#"for="203.0.113.7:47011";proto=https"#, Some(CLIENT), true),
        ("PROTO=HTTPS;FOR=203.0.113.7", Some(CLIENT), true),
        (r#"proto="https";for="203.0.113.7""#, Some(CLIENT), true),
        (r#"for="\2\03.0.113.7";proto="\https""#, Some(CLIENT), true),
        (
            "for=203.0.113.7;proto=https;x=\"a\tb\\\t\"",
            Some(CLIENT),
            true,
        ),
        ("for=203.0.113.7 ; proto=https", Some(CLIENT), true),
        ("\tfor=203.0.113.7;proto=https ", Some(CLIENT), true),
        (";for=203.0.113.7;;proto=https;", Some(CLIENT), true),
        (",for=203.0.113.7;proto=https, ,", Some(CLIENT), true),
        (
            r#"for=203.0.113.7;host="a;b,c=\"d\"";proto=https"#,
            Some(CLIENT),
            true,
        ),
        (
            "for=203.0.113.7;proto=https, for=10.2.2.2;proto=https",
            Some(CLIENT),
            true,
        ),
        (
            "for=203.0.113.7;proto=https, for=10.2.2.2;proto=http",
            Some(CLIENT),
            true,
        ),
        (
            "for=203.0.113.7;proto=https, for=10.2.2.2",
            Some(CLIENT),
            true,
        ),
        (
            "for=203.0.113.7;proto=http, for=10.2.2.2;proto=https",
            Some(CLIENT),
            false,
        ),
        ("proto=https", Some(PROXY), true),
        ("", Some(PROXY), false),
        ("for=10.3.3.3, for=10.2.2.2", Some("10.3.3.3"), false),
        ("for=198.51.100.1, for=unknown;proto=https", None, true),
        ("for=198.51.100.1, for=_hidden;proto=https", None, true),
        (
            r#"for=198.51.100.1, for="_SEVKISEK";proto=https"#,
            None,
            true,
        ),
        ("for=198.51.100.1, proto=https", None, true),
        (
            "for=unknown, for=203.0.113.7;proto=https",
            Some(CLIENT),
            true,
        ),
    ] {
        let arrival = |secure| Arrival {
            secure,
            forwarded: Some(forwarded),
            ..from(PROXY)
        };
        let expected = expected.map(|text| text.parse().unwrap());
        let got = transport(Https::Never).admit(&arrival(false));
        assert_eq!(got, Ok(expected), "{forwarded}");
        assert_eq!(admits(Https::Always, arrival(false)), https, "{forwarded}");
        let of_a_stranger = Arrival {
            forwarded: Some(forwarded),
            ..from(CLIENT)
        };
        assert!(
            !admits(Https::OutsideLoopback, of_a_stranger),
            "{forwarded}"
        );
    }
}

#[test]
fn what_is_not_of_forwardeds_form_names_nobody_and_no_https() {
    for forwarded in [
        "for=203.0.113.7:443;proto=https",
        "for=[2001:db8::7];proto=https",
        "for=203.0.113.7;for=203.0.113.7;proto=https",
        "for=203.0.113.7;proto=http;proto=https",
        "for=203.0.113.7;Proto=https;proto=https",
        "for=203.0.113.7 proto=https",
        "for =203.0.113.7;proto=https",
        "for= 203.0.113.7;proto=https",
        "for=203.0.113.7;proto=https;=",
        "for=;proto=https",
        "for;proto=https",
        "=203.0.113.7;proto=https",
        "for=203.0.113.7;proto=https;by",
        "for=203.0.113.7;proto=https=",
        r#"for="203.0.113.7;proto=https"#,
        r#"for="203.0.113.7"x;proto=https"#,
        "for=203.0.113.7;proto=https;x=\"\u{1}\"",
        "for=203.0.113.7;proto=https;x=\"\\\u{1}\"",
        r#"for=203.0.113.7;proto=https;host="a\"#,
        r#"for=203.0.113.7";proto=https"#,
        "for=203.0.113.7;proto=https;é=1",
        "203.0.113.7",
        // A client's open quotation mark does not swallow what the proxy adds.
        r#"for=127.0.0.1;proto=https;x=", for="203.0.113.7";proto=http"#,
        r#"for=127.0.0.1;proto=https;x="\, for=203.0.113.7;proto=http"#,
    ] {
        let arrival = |secure| Arrival {
            secure,
            forwarded: Some(forwarded),
            ..from(PROXY)
        };
        let got = transport(Https::Never).admit(&arrival(false));
        assert_eq!(got, Ok(None), "{forwarded}");
        assert!(
            !admits(Https::OutsideLoopback, arrival(true)),
            "{forwarded}"
        );
    }
}

/// A proxy sets the one, and may pass on what a client has put into the other.
#[test]
fn older_headers_and_forwarded_must_agree() {
    for (older, proto, forwarded, expected, https) in [
        (
            Some(CLIENT),
            Some("https"),
            "for=203.0.113.7;proto=https",
            Some(CLIENT),
            true,
        ),
        (
            Some(CLIENT),
            Some("https"),
            "for=198.51.100.1;proto=https",
            None,
            true,
        ),
        (
            Some(CLIENT),
            Some("https"),
            "for=203.0.113.7;proto=http",
            Some(CLIENT),
            false,
        ),
        (
            Some(CLIENT),
            Some("http"),
            "for=203.0.113.7;proto=https",
            Some(CLIENT),
            false,
        ),
        (
            Some(CLIENT),
            Some("https"),
            "for=203.0.113.7",
            Some(CLIENT),
            true,
        ),
        (
            Some(CLIENT),
            None,
            "for=203.0.113.7;proto=https",
            Some(CLIENT),
            false,
        ),
        (None, Some("https"), "for=127.0.0.1;proto=https", None, true),
        (Some(CLIENT), Some("https"), "\"", None, false),
    ] {
        let arrival = || Arrival {
            forwarded_for: older,
            forwarded_proto: proto,
            forwarded: Some(forwarded),
            ..from(PROXY)
        };
        let expected = expected.map(|text| text.parse().unwrap());
        let got = transport(Https::Never).admit(&arrival());
        assert_eq!(got, Ok(expected), "{forwarded}");
        assert_eq!(admits(Https::Always, arrival()), https, "{forwarded}");
        assert_eq!(
            admits(Https::OutsideLoopback, arrival()),
            https,
            "{forwarded}"
        );
    }
}

#[test]
fn proxies_are_named_in_the_error() {
    let result = Proxies::parse(&["10.0.0.1/8"]).map(drop);
    let problem = "expected 10.0.0.0/8 (no bits behind the prefix) at index 0, got \"10.0.0.1/8\"";
    assert_eq!(result, Err(invalid_option("trustedProxies", problem)));
    for entry in [
        "unix",
        "unix:/run/nginx.sock",
        "Loopback",
        "public",
        "uniquelocal",
        "",
    ] {
        let result = Proxies::parse(&["loopback", "private", entry]).map(drop);
        let problem = "expected \"loopback\", \"private\", \"unix:\" or a range such as \
                       10.0.0.0/8 or 2001:db8::/32 at index 2";
        assert_eq!(
            result,
            Err(invalid_option("trustedProxies", problem)),
            "{entry}"
        );
    }
}

/// The proofs are as Python's `hmac` computes them.
#[test]
fn a_handshake_is_answered_by_the_key_that_signed() {
    let keys = keys(&[SECRET, OTHER_SECRET, PUBLIC]).unwrap();
    let proof = |key| prove(&keys, key, ID, CHALLENGE);
    assert_eq!(
        proof(0).as_deref(),
        Some("v1,1KxfwiHPlMlSUjMxKjglSsPR6qIwpQmFvomWCNuCAoM=")
    );
    assert_eq!(
        proof(1).as_deref(),
        Some("v1,2Ug8IqmNonHZhNonPDfhZAsFGe8z2yMuyM/+PBqgWXI=")
    );
    assert_eq!(proof(2), None, "a public key");
    let verifier = verifier(&WALLET, &[SECRET, OTHER_SECRET, PUBLIC]);
    for key in 0..3 {
        assert_eq!(verifier.prove(key, ID, CHALLENGE), proof(key));
    }
    assert_eq!(proof(3), None, "no key");
    let empty = prove(&keys, 0, "", "");
    assert_eq!(
        empty.as_deref(),
        Some("v1,4Y8QpF4YF0kvzXyBpDVfjpPoulT9Boy9Bek28IPqMhk=")
    );
}

#[test]
fn a_proof_is_no_signature_of_a_callback() {
    let keys = keys(&[SECRET]).unwrap();
    let verifier = verifier(&WALLET, &[SECRET]);
    let body = format!("{ID}\n{CHALLENGE}");
    let proof = prove(&keys, 0, ID, CHALLENGE).unwrap();
    for body in [body.as_str(), CHALLENGE, BODY] {
        for id in [ID, "callback-verification"] {
            let callback = Callback::signed(&WALLET, body)
                .with("webhook-id", id)
                .with("webhook-signature", &proof);
            assert_eq!(
                callback.verify(&verifier),
                Err(mismatch("webhook-signature"))
            );
        }
    }
}

#[test]
fn what_is_insecure_says_whose_fault_it_is() {
    for (plain, message) in [
        (
            Plain::Connection,
            "expected https, got plain http (if a proxy terminates tls, list it in trustedProxies)",
        ),
        (
            Plain::Untold,
            "expected https, but the trusted proxy does not send x-forwarded-proto",
        ),
        (
            Plain::Told,
            "expected https, got http as the trusted proxy says",
        ),
    ] {
        assert_eq!(insecure(plain).unwrap_err().to_string(), message);
    }
}

#[test]
fn options_say_what_is_demanded() {
    let admits = |json: &str, arrival: &Arrival| {
        let transport = options::transport(json.as_bytes()).unwrap();
        transport.admit(arrival).is_ok()
    };
    let (here, outside) = (from("127.0.0.1"), from(CLIENT));
    for (json, locally, elsewhere) in [
        ("{}", true, false),
        (r#"{"requireHttps":true}"#, false, false),
        (r#"{"requireHttps":false}"#, true, true),
    ] {
        assert_eq!(admits(json, &here), locally, "{json}");
        assert_eq!(admits(json, &outside), elsewhere, "{json}");
    }
    let forwarded = Arrival {
        forwarded_for: Some(CLIENT),
        forwarded_proto: Some("https"),
        ..from(PROXY)
    };
    assert!(!admits("{}", &forwarded));
    let trusting = format!(r#"{{"trustedProxies":["{PROXY}"]}}"#);
    assert!(admits(&trusting, &forwarded));
    let result = options::transport(br#"{"trustedProxies":["10.0.0.0/33"]}"#);
    assert!(matches!(
        result.err(),
        Some(ConfigError::InvalidOption { .. })
    ));
}
