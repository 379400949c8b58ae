//! What is no secret: a key that is published, and the text of a value that is not set.

use crate::common::*;
use wallet_callback::error::{ConfigError, KeyProblem};
use wallet_callback::key::{KeySource, Keys, SigningKey};
use wallet_callback::sender::{self, Sender};

/// Made by OpenSSL: a public key of each kind, an RSA key as RSAPublicKey, and a certificate.
const RSA_INFO: &str = "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQCfDEtt5cYlUgtYqcDADPiRrx7kyQ4YmYukdrKBDIVomzazqxLNgDMOoLpxN26pJagTKR6AmSJFJQMZOUM4Qc3yS2IZ950TaaJr45AfFAUHuYu/OmTyw2vu2VSzcS/2y/uaHPDz7cN4SN44dpBLn2KBzeb+fPdSxchPh7FmhF9SawIDAQAB";
const RSA_KEY: &str = "MIGJAoGBAJ8MS23lxiVSC1ipwMAM+JGvHuTJDhiZi6R2soEMhWibNrOrEs2AMw6gunE3bqklqBMpHoCZIkUlAxk5QzhBzfJLYhn3nRNpomvjkB8UBQe5i786ZPLDa+7ZVLNxL/bL+5oc8PPtw3hI3jh2kEufYoHN5v5891LFyE+HsWaEX1JrAgMBAAE=";
const P256_INFO: &str = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEYP7UuiVanTHJYet0xjVtaMBJuJI7Yfps5mliLmDyn7Z5A/4QCLi8maQa6elWKLxk8vGyDC1+n1F3o8KU1EYimQ==";
const SECP256K1_INFO: &str = "MFYwEAYHKoZIzj0CAQYFK4EEAAoDQgAEqLKf1gbICL6Wanoss0qyOjPxYHBMgppXd/K8+klnWfk5ad/pdpvmQJFIL33t5InJzwSVWs29OrCH7J9rHaljuw==";
const ED_INFO: &str = "MCowBQYDK2VwAyEAA6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=";
const CERTIFICATE: &str = "MIIBjTCCATOgAwIBAgIUA3n/HpobcQrdvYcol/opNrRosZAwCgYIKoZIzj0EAwIwHDEaMBgGA1UEAwwRY2FsbGJhY2tzLmV4YW1wbGUwHhcNMjYxMTI4MTk0NjA3WhcNMzYxMTI1MTk0NjA3WjAcMRowGAYDVQQDDBFjYWxsYmFja3MuZXhhbXBsZTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABInLUBb3gAJs1KiCqQRQT7ku1HbSdGduVZ3t3zUO0qyOqXc3YpU5uFmmN1Wx2qMY+9Ot6VokpelZJq2glNOkhXKjUzBRMB0GA1UdDgQWBBTthbIaX0KrLtm5RKyFvT+uXf0FLDAfBgNVHSMEGDAWgBTthbIaX0KrLtm5RKyFvT+uXf0FLDAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0gAMEUCIHTDT5B3hTt5eYaxNCQlG8q+jIwZNcGXsUzXhgosqjCWAiEAiAWKHxY87ttkHRFAC/wqSyXN59D9tiGNcr4t6JWLBe8=";

const P256_JWK: &str = r#"{"kty":"EC","crv":"P-256","x":"YP7UuiVanTHJYet0xjVtaMBJuJI7Yfps5mliLmDyn7Y","y":"eQP-EAi4vJmkGunpVii8ZPLxsgwtfp9Rd6PClNRGIpk"}"#;
const OPENSSH: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4 me@example";

fn parse(sender: &Sender, source: KeySource) -> Result<(), KeyProblem> {
    match Keys::parse(&sender.key_rules(), vec![source.into()], true, false) {
        Ok(_) => Ok(()),
        Err(ConfigError::InvalidKey { problem, .. }) => Err(problem),
        Err(error) => unreachable!("{error}"),
    }
}

fn text(text: &str) -> KeySource {
    KeySource::text(text)
}

/// The senders that share a secret with the receiver. 20 bytes in hex are no public key.
fn sharing() -> Vec<Sender> {
    let secrets = ["00112233445566778899aabbccddeeff00112233", SECRET];
    let shares = |sender: &Sender| {
        let mut secrets = secrets.iter();
        secrets.any(|secret| parse(sender, text(secret)).is_ok())
    };
    let senders: Vec<_> = sender::all().into_iter().filter(shares).collect();
    assert!(senders.len() > 40, "{}", senders.len());
    senders
}

fn pem(label: &str, base64: &str) -> String {
    let lines: Vec<_> = base64.as_bytes().chunks(64).collect();
    let body = String::from_utf8(lines.join(&b'\n')).unwrap();
    format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n")
}

/// What is published, as bytes of a file and as the texts that stand for them.
fn published() -> Vec<Vec<u8>> {
    let mut forms = Vec::new();
    for (label, encoded) in [
        ("PUBLIC KEY", RSA_INFO),
        ("RSA PUBLIC KEY", RSA_KEY),
        ("PUBLIC KEY", P256_INFO),
        ("PUBLIC KEY", SECP256K1_INFO),
        ("PUBLIC KEY", ED_INFO),
        ("CERTIFICATE", CERTIFICATE),
    ] {
        let der = from_base64(encoded);
        let url = encoded.replace('+', "-").replace('/', "_");
        let armoured = pem(label, encoded);
        let lines: Vec<_> = encoded.as_bytes().chunks(64).collect();
        forms.extend([
            hex::encode(&der).into_bytes(),
            hex::encode_upper(&der).into_bytes(),
            format!("0x{}", hex::encode(&der)).into_bytes(),
            encoded.into(),
            encoded.trim_end_matches('=').into(),
            url.trim_end_matches('=').into(),
            url.into_bytes(),
            lines.join(&b'\n'),
            base64(armoured.as_bytes()).into_bytes(),
            armoured.replace('\n', " ").into_bytes(),
            armoured.replace('\n', "\\n").into_bytes(),
            format!("Bag Attributes: none\n{armoured}").into_bytes(),
            armoured.into_bytes(),
            der,
        ]);
    }
    forms.extend(
        [
            P256_JWK,
            &format!(r#"{{ "keys": [{P256_JWK}] }}"#),
            &format!("[{P256_JWK}]"),
            PUBLIC,
            OPENSSH,
            "-----BEGIN PGP PUBLIC KEY BLOCK-----",
        ]
        .map(Into::into),
    );
    forms
}

#[test]
fn a_published_key_is_no_secret() {
    let forms = published();
    for sender in sharing() {
        let standard = parse(&sender, text(SECRET)) == Ok(()) && parse(&sender, text("a")).is_err();
        for form in &forms {
            let bytes = parse(&sender, KeySource::bytes(form));
            assert_eq!(bytes, Err(KeyProblem::PublicForSecret), "{form:?}");
            let Ok(form) = str::from_utf8(form) else {
                continue;
            };
            let as_text = parse(&sender, text(form));
            if !standard {
                assert_eq!(as_text, Err(KeyProblem::PublicForSecret), "{form}");
            } else if form != PUBLIC {
                assert!(as_text.is_err(), "{} {form}", sender.name());
            }
        }
    }
}

/// What a line of a file has around a value changes nothing.
#[test]
fn a_published_key_in_quotes_is_no_secret() {
    let github = Sender::find("github").unwrap();
    for key in [PUBLIC, ED_INFO, OPENSSH] {
        for quote in ["\"", "'", "`"] {
            let quoted = format!("{quote}{key}{quote}");
            for line in [
                quoted.clone(),
                format!("{quoted},"),
                format!(" {quoted}\n"),
                format!("KEY={quoted}"),
                format!("export KEY={quoted}\n"),
                format!("{quote}key{quote}: {quoted}"),
                format!("  {quote}key{quote}: {quoted},\n"),
            ] {
                let bytes = parse(&github, KeySource::bytes(line.as_bytes()));
                assert_eq!(bytes, Err(KeyProblem::PublicForSecret), "{line}");
            }
        }
    }
    for secret in [
        "\"a-shared-secret'",
        "'a-shared-secret",
        "KEY=\"a-shared-secret",
    ] {
        let bytes = parse(&github, KeySource::bytes(secret.as_bytes()));
        assert_eq!(bytes, Ok(()), "{secret}");
    }
}

/// The same bytes behind the prefix of a secret.
#[test]
fn a_prefix_makes_no_secret_of_a_published_key() {
    for encoded in [
        ED_INFO,
        &base64(PUBLIC.as_bytes()),
        &base64(b"-----BEGIN PUBLIC KEY-----"),
    ] {
        let source = text(&format!("whsec_{encoded}"));
        assert_eq!(parse(&WALLET, source), Err(KeyProblem::PublicForSecret));
    }
}

#[test]
fn a_published_key_does_not_sign_either() {
    let github = Sender::find("github").unwrap();
    for form in published() {
        let error = SigningKey::parse(&github.key_rules(), &KeySource::bytes(&form)).map(drop);
        let problem = KeyProblem::PublicForSecret;
        let index = None;
        assert_eq!(error, Err(ConfigError::InvalidKey { index, problem }));
    }
}

#[test]
fn the_text_of_an_unset_value_is_no_key() {
    let circle = Sender::find("circle").unwrap();
    for sender in sharing().iter().chain([&circle]) {
        for unset in [
            "undefined",
            "null",
            "NaN",
            "true",
            "false",
            "[object Object]",
            "[object Promise]",
            " undefined",
            "undefined\n",
        ] {
            let expected = Err(KeyProblem::Unset);
            assert_eq!(parse(sender, text(unset)), expected, "{unset}");
            let bytes = KeySource::bytes(unset.as_bytes());
            assert_eq!(parse(sender, bytes), expected, "{unset}");
        }
    }
    let github = Sender::find("github").unwrap();
    for secret in ["undefined1", "Null", "nullify", "[object", "trueish"] {
        assert_eq!(parse(&github, text(secret)), Ok(()), "{secret}");
    }
}

/// NOWPayments' own code trims its keys; of others, white space may belong to the key or be a mistake.
#[test]
fn white_space_around_a_secret_is_left_out_where_the_sender_does_so() {
    let parse_as = |sender: &str| {
        let sender = Sender::find(sender).unwrap();
        parse(&sender, text(" a-shared-secret\n"))
    };
    assert_eq!(parse_as("nowpayments"), Ok(()));
    assert_eq!(parse_as("github"), Err(KeyProblem::WhiteSpace));
}

/// Only both quotes together come from a configuration.
#[test]
fn a_quote_at_one_end_belongs_to_the_secret() {
    let github = Sender::find("github").unwrap();
    for quote in ['"', '\'', '`'] {
        let inner = "a-shared-secret";
        for secret in [format!("{quote}{inner}"), format!("{inner}{quote}")] {
            assert_eq!(parse(&github, text(&secret)), Ok(()), "{secret}");
        }
        assert_eq!(parse(&github, text(&quote.to_string())), Ok(()));
        let quoted = format!("{quote}{inner}{quote}");
        assert_eq!(parse(&github, text(&quoted)), Err(KeyProblem::Quotes));
    }
}

/// A secret may start like DER or like its base64, and only the whole of a key is one.
#[test]
fn a_secret_that_starts_like_a_key_is_a_secret() {
    let github = Sender::find("github").unwrap();
    let mut random = Random::new(7);
    for encoded in [RSA_INFO, RSA_KEY, P256_INFO, ED_INFO, CERTIFICATE] {
        let der = from_base64(encoded);
        for end in 1..der.len() {
            let part = KeySource::bytes(&der[..end]);
            assert_eq!(parse(&github, part), Ok(()), "{encoded} {end}");
        }
        let longer = [der.as_slice(), &[0]].concat();
        assert_eq!(parse(&github, KeySource::bytes(&longer)), Ok(()));
        for _ in 0..200 {
            let mut secret = der[..8.min(der.len())].to_vec();
            secret.extend((8..der.len()).map(|_| random.byte()));
            let source = text(&base64(&secret));
            assert_eq!(parse(&github, source), Ok(()), "{secret:?}");
        }
    }
    for secret in [&format!("x{PUBLIC}x"), "ssh-secret", "a secret AAAA"] {
        assert_eq!(parse(&github, text(secret)), Ok(()), "{secret}");
    }
    // Random secrets of the usual lengths, as bytes and in the usual encodings.
    for round in 0..20_000 {
        let length = [16, 20, 24, 32, 48, 64][round % 6];
        let mut secret: Vec<_> = (0..length).map(|_| random.byte()).collect();
        secret[0] = 0x30;
        secret[1] = length as u8 - 2;
        for source in [
            KeySource::bytes(&secret),
            text(&hex::encode(&secret)),
            text(&base64(&secret)),
        ] {
            assert_eq!(parse(&github, source), Ok(()), "{secret:?}");
        }
    }
}
