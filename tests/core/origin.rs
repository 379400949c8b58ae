//! Where callbacks may come from.

use crate::common::*;
use wallet_callback::error::{Client, ConfigError, Rejection};
use wallet_callback::event::Event;
use wallet_callback::origin::AllowedIps;
use wallet_callback::verify::Verifier;

fn verify(ranges: &[&str], ip: Option<&str>) -> Result<Verdict, Rejection> {
    let mut options = options(&WALLET, &[SECRET]);
    options.allowed_ips = Some(AllowedIps::parse(ranges.iter().copied()).unwrap());
    let mut callback = Callback::genuine();
    callback.ip = ip.map(str::to_owned);
    callback.verify(&Verifier::new(options).unwrap())
}

fn refused(client: Client) -> Result<Verdict, Rejection> {
    Err(Rejection::IpNotAllowed { client })
}

#[test]
fn a_range_holds_its_addresses_and_no_others() {
    for (range, inside, outside) in [
        (
            "203.0.113.0/24",
            vec!["203.0.113.0", "203.0.113.7", "203.0.113.255"],
            vec![
                "203.0.112.255",
                "203.0.114.0",
                "2001:db8::",
                "::",
                "::cb00:7107",
            ],
        ),
        (
            "203.0.113.8/29",
            vec!["203.0.113.8", "203.0.113.15"],
            vec!["203.0.113.7", "203.0.113.16"],
        ),
        ("203.0.113.7", vec!["203.0.113.7"], vec!["203.0.113.6"]),
        ("203.0.113.7/32", vec!["203.0.113.7"], vec!["203.0.113.6"]),
        (
            "203.0.113.6/31",
            vec!["203.0.113.6", "203.0.113.7"],
            vec!["203.0.113.5", "203.0.113.8"],
        ),
        (
            "128.0.0.0/1",
            vec!["128.0.0.0", "255.255.255.255"],
            vec!["127.255.255.255"],
        ),
        (
            "0.0.0.0/0",
            vec![
                "0.0.0.0",
                "127.0.0.1",
                "255.255.255.255",
                "::ffff:203.0.113.7",
            ],
            vec!["::", "::1", "2001:db8::1", "::203.0.113.7"],
        ),
        (
            "2001:db8::/32",
            vec![
                "2001:db8::",
                "2001:DB8::1",
                "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff",
            ],
            vec!["2001:db7:ffff::", "2001:db9::", "203.0.113.7"],
        ),
        (
            "2001:db8::1",
            vec!["2001:db8::1", "2001:db8:0:0:0:0:0:1"],
            vec!["2001:db8::2"],
        ),
        ("2001:db8::1/128", vec!["2001:db8::1"], vec!["2001:db8::"]),
        (
            "2001:db8::/127",
            vec!["2001:db8::", "2001:db8::1"],
            vec!["2001:db8::2"],
        ),
        ("8000::/1", vec!["8000::", "ffff::"], vec!["7fff::", "::"]),
    ] {
        for ip in inside {
            let result = verify(&[range], Some(ip));
            assert_eq!(result, Ok(accepted(Event::Unknown)), "{range} {ip}");
        }
        for ip in outside {
            let client = Client::Address(ip.parse().unwrap());
            assert_eq!(verify(&[range], Some(ip)), refused(client), "{range} {ip}");
        }
    }
}

/// RFC 4291, section 2.5.5.2: a socket that listens to both families shows an IPv4 client so.
#[test]
fn an_ipv4_address_and_its_mapped_form_are_the_same() {
    for range in [
        "203.0.113.0/24",
        "::ffff:203.0.113.0/120",
        "::ffff:cb00:7100/120",
    ] {
        for ip in ["203.0.113.7", "::ffff:203.0.113.7", "::FFFF:cb00:7107"] {
            let result = verify(&[range], Some(ip));
            assert_eq!(result, Ok(accepted(Event::Unknown)), "{range} {ip}");
        }
        for ip in ["203.0.114.7", "::ffff:203.0.114.7", "::203.0.113.7"] {
            let client = Client::Address(ip.parse().unwrap());
            assert_eq!(verify(&[range], Some(ip)), refused(client), "{range} {ip}");
        }
    }
    for ip in ["0.0.0.0", "203.0.113.7", "::ffff:255.255.255.255"] {
        let result = verify(&["::ffff:0:0/96"], Some(ip));
        assert_eq!(result, Ok(accepted(Event::Unknown)), "{ip}");
    }
}

/// Whoever writes `::/0` means every IPv6 address; the mapped ones are IPv4.
#[test]
fn an_ipv6_range_around_the_mapped_addresses_holds_no_ipv4() {
    for range in ["::/0", "::/1", "::/64", "::/80"] {
        for ip in ["203.0.113.7", "0.0.0.0", "::ffff:203.0.113.7"] {
            let client = Client::Address(ip.parse().unwrap());
            assert_eq!(verify(&[range], Some(ip)), refused(client), "{range} {ip}");
        }
        let result = verify(&[range], Some("::1"));
        assert_eq!(result, Ok(accepted(Event::Unknown)), "{range}");
    }
}

#[test]
fn one_range_of_several_is_enough() {
    let ranges = ["198.51.100.0/24", "2001:db8::/32", "203.0.113.7"];
    for ip in ["198.51.100.1", "2001:db8::1", "203.0.113.7"] {
        assert_eq!(verify(&ranges, Some(ip)), Ok(accepted(Event::Unknown)));
    }
    let client = Client::Address("192.0.2.1".parse().unwrap());
    assert_eq!(verify(&ranges, Some("192.0.2.1")), refused(client));
}

#[test]
fn an_empty_list_lets_nobody_through() {
    let client = Client::Address("203.0.113.7".parse().unwrap());
    assert_eq!(verify(&[], Some("203.0.113.7")), refused(client));
}

#[test]
fn without_a_list_the_address_is_not_looked_at() {
    for ip in ["203.0.113.7", "", "nonsense"] {
        let callback = Callback::genuine().with_ip(ip);
        let result = callback.verify(&verifier(&WALLET, &[SECRET]));
        assert_eq!(result, Ok(accepted(Event::Unknown)));
    }
}

#[test]
fn an_unknown_client_is_refused() {
    for range in ["0.0.0.0/0", "::/0"] {
        assert_eq!(verify(&[range], None), refused(Client::Unknown));
    }
}

#[test]
fn what_is_no_address_is_refused() {
    for ip in [
        "",
        " ",
        "localhost",
        " 203.0.113.7",
        "203.0.113.7 ",
        "203.0.113.7\n",
        "203.0.113.7:443",
        "203.0.113.7, 198.51.100.1",
        "203.0.113.7/32",
        "203.0.113",
        "203.0.113.256",
        "203.0.113.07",
        "0xcb.0.113.7",
        "3405803783",
        "２03.0.113.7",
        "[2001:db8::1]",
        "[2001:db8::1]:443",
        "fe80::1%eth0",
        "2001:db8::1::2",
        "2001:db8::g",
        "2001:db8:0:0:0:0:0:0:1",
    ] {
        let result = verify(&["0.0.0.0/0", "::/0"], Some(ip));
        assert_eq!(result, refused(Client::NotAnAddress), "{ip:?}");
    }
}

fn refused_range(index: usize, expected: &str, range: &str) -> ConfigError {
    // Another text may be anything, as a secret, and is not shown.
    let is_shown = |byte: u8| byte.is_ascii_hexdigit() || b".:/+- ".contains(&byte);
    let has_parts = range.contains(['.', ':']);
    let got = if has_parts && range.len() < 50 && range.bytes().all(is_shown) {
        format!(", got \"{range}\"")
    } else {
        String::new()
    };
    let problem = format!("expected {expected} at index {index}{got}");
    invalid_option("allowedIps", &problem)
}

#[test]
fn what_is_no_range_is_refused_when_it_is_configured() {
    for range in [
        "",
        "redis://user:pa55word@host",
        "0123456789abcdef0123456789abcdef",
        "/",
        "/24",
        " ",
        "203.0.113.0/",
        "203.0.113.0/33",
        "203.0.113.0/128",
        "203.0.113.0/-1",
        "203.0.113.0/+24",
        "203.0.113.0/024",
        "203.0.113.0/24 ",
        "203.0.113.0/ 24",
        " 203.0.113.0/24",
        "203.0.113.0 /24",
        "203.0.113.0/24/24",
        "203.0.113.0/0x18",
        "203.0.113.0/２４",
        "203.0.113.0/24.0",
        "203.0.113.0/4294967320",
        "203.0.113.0/99999999999999999999",
        "203.0.113.0/255.255.255.0",
        "203.0.113.0-203.0.113.255",
        "203.0.113.*",
        "203.0.113/24",
        "203.0.113.256/32",
        "203.0.113.07",
        "203.0.113.0:443",
        "2001:db8::/129",
        "2001:db8::/",
        "2001:db8::/+32",
        "[2001:db8::]/32",
        "[2001:db8::1]:443",
        "fe80::1%eth0",
        "fe80::%eth0/10",
        "2001:db8::/32%eth0",
        "example.com",
        "any",
    ] {
        let expected = refused_range(0, "a range such as 203.0.113.0/24 or 2001:db8::/32", range);
        let result = AllowedIps::parse([range]).map(drop);
        assert_eq!(result, Err(expected), "{range:?}");
    }
}

#[test]
fn bits_behind_the_prefix_are_refused() {
    for (range, meant) in [
        ("203.0.113.1/24", "203.0.113.0/24"),
        ("203.0.113.128/24", "203.0.113.0/24"),
        ("203.0.113.1/0", "0.0.0.0/0"),
        ("203.0.113.1/31", "203.0.113.0/31"),
        ("0.0.0.1/0", "0.0.0.0/0"),
        ("2001:db8::1/32", "2001:db8::/32"),
        ("2001:db8::1/0", "::/0"),
        ("2001:db8:1::/32", "2001:db8::/32"),
        ("::1/127", "::/127"),
        ("::ffff:203.0.113.1/120", "::ffff:203.0.113.0/120"),
        ("::ffff:0:0/95", "::fffe:0:0/95"),
        ("::ffff:0:0/0", "::/0"),
    ] {
        let expected = format!("{meant} (no bits behind the prefix)");
        let expected = refused_range(0, &expected, range);
        let result = AllowedIps::parse([range]).map(drop);
        assert_eq!(result, Err(expected), "{range}");
    }
}

#[test]
fn the_range_at_fault_is_named_by_its_index() {
    let result = AllowedIps::parse(["203.0.113.0/24", "2001:db8::/32", "x"]).map(drop);
    let expected = refused_range(2, "a range such as 203.0.113.0/24 or 2001:db8::/32", "x");
    assert_eq!(result, Err(expected));
}
