//! Keys: which are keys, several of them at once, and what they must not verify.

use crate::common::*;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::json;
use sha2::{Sha256, Sha512};
use wallet_callback::error::{ConfigError, KeyProblem, Rejection};
use wallet_callback::event::Event;
use wallet_callback::key::{KeySource, MAX_KEYS, SigningKey};
use wallet_callback::verify::{Options, Verifier};

fn no_match() -> Rejection {
    mismatch("webhook-signature")
}

/// The key pairs of RFC 8032, section 7.1, in the text form.
const RFC_8032_PAIRS: [(&str, &str); 5] = [
    (
        "whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
        "whsk_nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2DXWpgBgrEKt9VL/tPJZAc6DuFy89qmIyWvAhpo9wdRGg==",
    ),
    (
        "whpk_PUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw=",
        "whsk_TM0Imyj/ltqdtsNG7BFOD1uKMZ81q6Yk2oz27U+4pvs9QBfD6EOJWpK3CqdNG368nJgszy7ElozAzVXxKvRmDA==",
    ),
    (
        "whpk_/FHNjmIYoaONpH7QAjDwWAgW7RO6MwOsXeuRFUiQgCU=",
        "whsk_xaqN9D+fg3vtt0QvMdy3sWbThTUHbwlLhc46LgtEWPf8Uc2OYhiho42kftACMPBYCBbtE7ozA6xd65EVSJCAJQ==",
    ),
    (
        "whpk_J4EX/BRMcjQPZ9DyMW6Dhs7/vyskKMnFH+98WX8dQm4=",
        "whsk_9eV2fPFTMZUXYw8iaHa4bIFgzFg7wBN0TGvyVfXMDuUngRf8FExyNA9n0PIxboOGzv+/KyQoycUf73xZfx1Cbg==",
    ),
    (
        "whpk_7Bcrk61eVjv0kyxw4SRQNMNUZ+8u/U1k6/gZaDRn4r8=",
        "whsk_gz/mJAkje51i7HdYdSCRHpp1nOwdGXVbfakBuW3KPULsFyuTrV5WO/STLHDhJFA0w1Rn7y79TWTr+BloNGfivw==",
    ),
];

/// Every encoding of the eight points of small order: the canonical ones, and those with a
/// coordinate of p or more or the sign bit of an absent sign (the set of
/// <https://hdevalence.ca/blog/2020-10-04-its-25519am>).
const SMALL_ORDER: [&str; 14] = [
    "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    "7v///////////////////////////////////////38=",
    "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAIA=",
    "7v////////////////////////////////////////8=",
    "xxdqcD1N2E+6PAt2DRBnDyogU/osOczGTsf9d5KsA3o=",
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAIA=",
    "7f////////////////////////////////////////8=",
    "JuiVj8KyJ7BFw/SJ8u+Y8NXfrAXTxjM5sTgCiG1T/AU=",
    "7P///////////////////////////////////////38=",
    "7P////////////////////////////////////////8=",
    "JuiVj8KyJ7BFw/SJ8u+Y8NXfrAXTxjM5sTgCiG1T/IU=",
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    "7f///////////////////////////////////////38=",
    "xxdqcD1N2E+6PAt2DRBnDyogU/osOczGTsf9d5KsA/o=",
];

const fn too_long(actual: usize) -> KeyProblem {
    KeyProblem::SecretTooLong { limit: 64, actual }
}

fn whsec(bytes: usize) -> String {
    format!("whsec_{}", base64(&vec![7; bytes]))
}

fn whpk(bytes: &[u8]) -> String {
    format!("whpk_{}", base64(bytes))
}

fn whsk(bytes: usize) -> String {
    format!("whsk_{}", base64(&vec![7; bytes]))
}

/// What is wrong with a key, to a verifier and to a signer alike.
fn both_refuse(text: &str, problem: KeyProblem) {
    refuse_to_verify(text, problem);
    refuse_to_sign(text, problem);
}

fn refuse_to_verify(text: &str, problem: KeyProblem) {
    let verifying = keys(&[text]).map(drop);
    let index = Some(0);
    assert_eq!(
        verifying,
        Err(ConfigError::InvalidKey { index, problem }),
        "{text:?}"
    );
}

fn refuse_to_sign(text: &str, problem: KeyProblem) {
    let signing = signing_key(text).map(drop);
    let index = None;
    assert_eq!(
        signing,
        Err(ConfigError::InvalidKey { index, problem }),
        "{text:?}"
    );
}

#[test]
fn what_is_pasted_wrong_is_named() {
    let bare = &SECRET["whsec_".len()..];
    for (text, problem) in [
        ("", KeyProblem::Missing),
        (" ", KeyProblem::WhiteSpace),
        ("\n", KeyProblem::WhiteSpace),
        (&format!(" {SECRET}"), KeyProblem::WhiteSpace),
        (&format!("{SECRET} "), KeyProblem::WhiteSpace),
        (&format!("{SECRET}\n"), KeyProblem::WhiteSpace),
        (&format!("{SECRET}\r\n"), KeyProblem::WhiteSpace),
        (&format!("\t{SECRET}"), KeyProblem::WhiteSpace),
        (&format!("{SECRET}\u{a0}"), KeyProblem::WhiteSpace),
        (&format!("{SECRET}\u{2003}"), KeyProblem::WhiteSpace),
        (&format!("whsec_ {bare}"), KeyProblem::WhiteSpace),
        (&format!("{SECRET} {SECRET}"), KeyProblem::WhiteSpace),
        (&format!("\"{SECRET}\""), KeyProblem::Quotes),
        (&format!("'{SECRET}'"), KeyProblem::Quotes),
        (&format!("`{SECRET}`"), KeyProblem::Quotes),
        (&format!("\"{SECRET}"), KeyProblem::Quotes),
        (&format!("{SECRET}'"), KeyProblem::Quotes),
        ("\"", KeyProblem::Quotes),
        (&format!("v1,{SECRET}"), KeyProblem::VersionPrefix),
        (SECRET_TAG, KeyProblem::Signature),
        (&format!("WEBHOOK_SECRET={SECRET}"), KeyProblem::Assignment),
        (&format!("export S3=\"{SECRET}\""), KeyProblem::Assignment),
        (&format!("PUBLIC={PUBLIC}"), KeyProblem::Assignment),
        (
            OTHER_SECRET["whsec_".len()..].trim_end_matches('='),
            KeyProblem::Prefix,
        ),
        (&format!("{bare}|{bare}"), KeyProblem::Prefix),
        ("correct-horse-battery-staple", KeyProblem::Prefix),
        (&base64(&[7; 65]), too_long(65)),
        ("undefined", KeyProblem::Unset),
        ("null", KeyProblem::Unset),
        ("whsec", KeyProblem::Prefix),
        (&format!("whsec-{bare}"), KeyProblem::Prefix),
        (&format!("WHSEC_{bare}"), KeyProblem::Prefix),
        (&format!("_{bare}"), KeyProblem::Prefix),
        (&format!("sk_live_{bare}"), KeyProblem::Prefix),
        (&format!("\u{feff}{SECRET}"), KeyProblem::Prefix),
        (&format!("whsec_{SECRET}"), KeyProblem::Encoding),
        (&format!("{SECRET}\u{200b}"), KeyProblem::Encoding),
        (&format!("{SECRET}="), KeyProblem::Encoding),
        (&format!("{SECRET}A"), KeyProblem::Encoding),
        (OTHER_SECRET.trim_end_matches('='), KeyProblem::Encoding),
        ("whsec_your-secret-here", KeyProblem::Encoding),
        ("whsec_{{secret}}", KeyProblem::Encoding),
        ("whsec_", KeyProblem::SecretTooShort { actual: 0 }),
        (&whsec(65), too_long(65)),
        (&whsec(10_000), too_long(10_000)),
        ("whpk_", KeyProblem::PublicLength { actual: 0 }),
        (&whpk(&[7; 31]), KeyProblem::PublicLength { actual: 31 }),
        (&whpk(&[7; 33]), KeyProblem::PublicLength { actual: 33 }),
        (&whpk(&[7; 64]), KeyProblem::PublicLength { actual: 64 }),
        ("whsk_", KeyProblem::PrivateLength { actual: 0 }),
        (&whsk(31), KeyProblem::PrivateLength { actual: 31 }),
        (&whsk(33), KeyProblem::PrivateLength { actual: 33 }),
        (&whsk(63), KeyProblem::PrivateLength { actual: 63 }),
        (&whsk(65), KeyProblem::PrivateLength { actual: 65 }),
    ] {
        both_refuse(text, problem);
    }
}

/// As the libraries of Standard Webhooks and Svix take it.
#[test]
fn a_secret_without_its_prefix_is_the_same_secret() {
    let bare = &SECRET["whsec_".len()..];
    let callback = Callback::signed_by(&WALLET, SECRET, ID, NOW, BODY);
    assert!(callback.verify(&verifier(&WALLET, &[bare])).is_ok());
    let problem = KeyProblem::SecretTooShort { actual: 6 };
    let index = Some(0);
    let expected = Err(ConfigError::InvalidKey { index, problem });
    assert_eq!(keys(&["hunter22"]).map(drop), expected);
    // A text that could be base64 is read as base64, and never as its own bytes.
    let text = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    let raw = format!("whsec_{}", base64(text.as_bytes()));
    let callback = Callback::signed_by(&WALLET, &raw, ID, NOW, BODY);
    assert!(callback.verify(&verifier(&WALLET, &[text])).is_err());
}

/// The last digit of 32 bytes has two loose bits, which the canonical form leaves at zero.
#[test]
fn a_key_has_one_spelling() {
    let canonical = format!("whsec_{}A=", "A".repeat(42));
    assert!(keys(&[&canonical]).is_ok());
    for loose in ["B", "C", "D"] {
        let text = format!("whsec_{}{loose}=", "A".repeat(42));
        both_refuse(&text, KeyProblem::Encoding);
    }
    let url_safe = format!("whsec_{}", base64(&[0xfb; 32]).replace('+', "-"));
    both_refuse(&url_safe, KeyProblem::Encoding);
}

#[test]
fn a_secret_that_verifies_has_24_to_64_bytes() {
    for bytes in [24, 25, 32, 63, 64] {
        assert!(keys(&[&whsec(bytes)]).is_ok());
        assert!(parse_keys([KeySource::bytes(&vec![7; bytes])], false).is_ok());
    }
    for actual in [0, 1, 16, 23, 65, 128] {
        let index = Some(0);
        let problem = match actual {
            ..24 => KeyProblem::SecretTooShort { actual },
            _ => too_long(actual),
        };
        let expected = Err(ConfigError::InvalidKey { index, problem });
        assert_eq!(keys(&[&whsec(actual)]).map(drop), expected);
        let raw = parse_keys([KeySource::bytes(&vec![7; actual])], false);
        assert_eq!(raw.map(drop), expected);
    }
}

#[test]
fn allowing_short_secrets_allows_neither_empty_nor_long_ones() {
    for (actual, valid) in [(0, false), (1, true), (23, true), (64, true), (65, false)] {
        let index = Some(0);
        let problem = match actual {
            0 => KeyProblem::SecretTooShort { actual },
            _ => too_long(actual),
        };
        let expected = if valid {
            Ok(())
        } else {
            Err(ConfigError::InvalidKey { index, problem })
        };
        let text = parse_keys([KeySource::text(&whsec(actual))], true);
        assert_eq!(text.map(drop), expected);
        let raw = parse_keys([KeySource::bytes(&vec![7; actual])], true);
        assert_eq!(raw.map(drop), expected);
    }
}

#[test]
fn raw_bytes_are_the_secret_and_not_its_text() {
    let raw = KeySource::bytes(&from_base64(&SECRET["whsec_".len()..]));
    let keys = parse_keys([raw], false).unwrap();
    let options = Options::new(WALLET.clone(), keys);
    let verifier = Verifier::new(options).unwrap();
    let result = Callback::genuine().verify(&verifier);
    assert_eq!(result, Ok(accepted(Event::Unknown)));

    let keys = parse_keys([KeySource::bytes(SECRET.as_bytes())], false).unwrap();
    let options = Options::new(WALLET.clone(), keys);
    let verifier = Verifier::new(options).unwrap();
    assert_eq!(Callback::genuine().verify(&verifier), Err(no_match()));
}

#[test]
fn a_private_key_does_not_verify_and_a_public_key_does_not_sign() {
    for private in [PRIVATE, &whsk(32)] {
        assert_eq!(
            keys(&[private]).map(drop),
            Err(ConfigError::InvalidKey {
                index: Some(0),
                problem: KeyProblem::PrivateToVerify
            })
        );
    }
    assert_eq!(
        signing_key(PUBLIC).map(drop),
        Err(ConfigError::InvalidKey {
            index: None,
            problem: KeyProblem::PublicToSign
        })
    );
}

#[test]
fn there_are_1_to_16_keys() {
    assert_eq!(MAX_KEYS, 16);
    let missing = ConfigError::InvalidKey {
        index: None,
        problem: KeyProblem::Missing,
    };
    assert_eq!(keys(&[]).map(drop), Err(missing));
    assert!(keys(&[SECRET; 16]).is_ok());
    let too_many = ConfigError::TooManyKeys { limit: 16 };
    assert_eq!(keys(&[SECRET; 17]).map(drop), Err(too_many.clone()));
    assert_eq!(keys(&["bad"; 17]).map(drop), Err(too_many));
}

#[test]
fn the_key_at_fault_is_named_by_its_index() {
    for index in [0, 1, 15] {
        let mut texts = vec![SECRET; 16];
        texts[index] = "whsec_AAAA";
        let expected = ConfigError::InvalidKey {
            index: Some(index),
            problem: KeyProblem::SecretTooShort { actual: 3 },
        };
        assert_eq!(keys(&texts).map(drop), Err(expected));
    }
}

/// Of several signatures by one key, one that matches is enough, and more do no harm.
#[test]
fn one_key_may_have_made_two_signatures() {
    let sender = json!({
        "name": "acme",
        "algorithm": { "a": "hmac-sha256", "b": "hmac-sha512" },
        "headers": { "signature": "acme-signature" },
        "signature": { "encoding": "hex" },
        "signed": "{body}"
    });
    let key = "a-shared-secret";
    let verifier = try_verifier(&json!({ "sender": sender }), key).unwrap();
    let mut short = Hmac::<Sha256>::new_from_slice(key.as_bytes()).unwrap();
    let mut long = Hmac::<Sha512>::new_from_slice(key.as_bytes()).unwrap();
    short.update(b"{}");
    long.update(b"{}");
    let short = hex::encode(short.finalize().into_bytes());
    let long = hex::encode(long.finalize().into_bytes());
    let (no_short, no_long) = ("0".repeat(64), "0".repeat(128));
    for (a, b, is_genuine) in [
        (&short, &long, true),
        (&short, &no_long, true),
        (&no_short, &long, true),
        (&no_short, &no_long, false),
    ] {
        let callback = Callback::default()
            .with("acme-signature", format!("a={a},b={b}"))
            .with_body("{}");
        let verdict = callback.verify(&verifier);
        assert_eq!(verdict.is_ok(), is_genuine, "{a} {b}");
    }
}

#[test]
fn the_first_key_that_matches_is_reported() {
    let third = whsec(40);
    let both = format!("{SECRET_TAG} {OTHER_SECRET_TAG}");
    let reversed = format!("{OTHER_SECRET_TAG} {SECRET_TAG}");
    let mixed = format!("{PRIVATE_SIGNATURE} {SECRET_TAG}");
    for (keys, signature, expected) in [
        (vec![SECRET], SECRET_TAG, Ok(0)),
        (vec![SECRET, OTHER_SECRET], SECRET_TAG, Ok(0)),
        (vec![SECRET, OTHER_SECRET], OTHER_SECRET_TAG, Ok(1)),
        (vec![OTHER_SECRET, SECRET], SECRET_TAG, Ok(1)),
        (vec![SECRET, OTHER_SECRET], both.as_str(), Ok(0)),
        (vec![SECRET, OTHER_SECRET], &reversed, Ok(0)),
        (vec![OTHER_SECRET, SECRET], &both, Ok(0)),
        (vec![&third, OTHER_SECRET, SECRET], &both, Ok(1)),
        (vec![SECRET, SECRET], SECRET_TAG, Ok(0)),
        (vec![&third, PUBLIC, SECRET], SECRET_TAG, Ok(2)),
        (vec![&third, PUBLIC, SECRET], PRIVATE_SIGNATURE, Ok(1)),
        (vec![SECRET, PUBLIC], &mixed, Ok(0)),
        (vec![PUBLIC, SECRET], &mixed, Ok(0)),
        (vec![&third, PUBLIC], &mixed, Ok(1)),
        (vec![&third], &both, Err(no_match())),
        (vec![&third, OTHER_SECRET], SECRET_TAG, Err(no_match())),
    ] {
        let callback = Callback::genuine().with("webhook-signature", signature);
        let result = callback.verify(&verifier(&WALLET, &keys));
        assert_eq!(result.map(|verdict| verdict.key), expected);
    }
}

#[test]
fn the_last_of_16_keys_meets_the_last_of_16_signatures() {
    let secrets: Vec<_> = (1..16).map(|index| whsec(24 + index)).collect();
    let mut texts: Vec<_> = secrets.iter().map(String::as_str).collect();
    texts.push(SECRET);
    let mut signatures = vec![OTHER_SECRET_TAG; 15];
    signatures.push(SECRET_TAG);
    let callback = Callback::genuine().with("webhook-signature", signatures.join(" "));
    let result = callback.verify(&verifier(&WALLET, &texts));
    assert_eq!(result.map(|verdict| verdict.key), Ok(15));
}

/// A verification is a pass over the body that nobody has to be known for.
#[test]
fn public_keys_verify_16_signatures_and_no_repeated_one() {
    let verify = |place: usize, signatures: &[&str]| {
        let mut texts = vec![RFC_8032_PAIRS[1].0; 16];
        texts[place] = PUBLIC;
        let signatures = signatures.join(" ");
        let callback = Callback::genuine().with("webhook-signature", signatures);
        let result = callback.verify(&verifier(&WALLET, &texts));
        result.map(|verdict| verdict.key)
    };
    let other = format!("v1a,{}", base64(&[7; 64]));
    assert_eq!(verify(15, &[PRIVATE_SIGNATURE]), Ok(15));
    assert_eq!(verify(15, &[PRIVATE_SIGNATURE; 16]), Ok(15));
    assert_eq!(verify(7, &[&other, PRIVATE_SIGNATURE]), Ok(7));
    assert_eq!(verify(7, &[&other, &other, PRIVATE_SIGNATURE]), Ok(7));
    assert_eq!(verify(8, &[&other, PRIVATE_SIGNATURE]), Err(no_match()));
}

#[test]
fn ed25519_keys_are_those_of_rfc_8032() {
    for (index, (public, private)) in RFC_8032_PAIRS.iter().enumerate() {
        let seed = format!("whsk_{}", base64(&from_base64(&private[5..])[..32]));
        for private in [*private, &seed] {
            let callback = Callback::signed_by(&WALLET, private, ID, NOW, BODY);
            for (other, (public, _)) in RFC_8032_PAIRS.iter().enumerate() {
                let result = callback.verify(&verifier(&WALLET, &[public]));
                let expected = if other == index {
                    Ok(accepted(Event::Unknown))
                } else {
                    Err(no_match())
                };
                assert_eq!(result, expected);
            }
        }
        let next = RFC_8032_PAIRS[(index + 1) % RFC_8032_PAIRS.len()].0;
        let halves = [&from_base64(&seed[5..])[..], &from_base64(&next[5..])].concat();
        let unequal = format!("whsk_{}", base64(&halves));
        refuse_to_verify(&unequal, KeyProblem::PrivateToVerify);
        refuse_to_sign(&unequal, KeyProblem::HalvesDiffer);
        assert!(keys(&[public]).is_ok());
    }
}

/// A key of small order would verify signatures that nobody made.
#[test]
fn points_of_small_order_are_no_keys() {
    for encoded in SMALL_ORDER {
        both_refuse(&format!("whpk_{encoded}"), KeyProblem::NotAPoint);
    }
}

#[test]
fn bytes_that_are_no_point_are_no_key() {
    let mut two = [0; 32];
    two[0] = 2;
    both_refuse(&whpk(&two), KeyProblem::NotAPoint);
    // y = p + 3, a point that has another spelling (RFC 8032, section 5.1.3, step 1).
    let spelling = "whpk_8P///////////////////////////////////////38=";
    both_refuse(spelling, KeyProblem::NotAPoint);
}

/// The signature of RFC 8032's first key over [`ID`], [`NOW`] and [`BODY`], by OpenSSL, and others
/// that look like it. Computed with the formulae of RFC 8032, section 5.1, in Python.
mod strict_ed25519 {
    use super::*;

    const GENUINE: &str =
        "wWCeGJLFKLBnbtCfODKFtaj1YuxsmlmpAyNVJIqmiKVxv/UAjV8FimwDkBmM3JWrbz4GJkjtRgAs+ApSwwOvBA==";

    /// The order of the group, in little-endian bytes.
    const L: [u8; 32] = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde,
        0x14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ];

    fn verify(public: &str, signature: &str) -> Result<Verdict, Rejection> {
        Callback::genuine()
            .with("webhook-signature", format!("v1a,{signature}"))
            .verify(&verifier(&WALLET, &[public]))
    }

    fn first_key() -> &'static str {
        RFC_8032_PAIRS[0].0
    }

    #[test]
    fn a_genuine_signature_verifies() {
        let expected = Ok(accepted(Event::Unknown));
        assert_eq!(verify(first_key(), GENUINE), expected);
    }

    /// RFC 8032, section 5.1.7: S is below the order of the group. S + L verifies where that is not
    /// checked, and a second signature of one message helps replays past a list of those seen.
    #[test]
    fn a_malleable_signature_is_refused() {
        let mut signature = from_base64(GENUINE);
        // S has 253 bits: up to 14 times the order can be added to it.
        for _ in 0..14 {
            let mut carry = 0;
            for (byte, order) in signature[32..].iter_mut().zip(L) {
                let sum = u16::from(*byte) + u16::from(order) + carry;
                *byte = sum as u8;
                carry = sum >> 8;
            }
            assert_eq!(carry, 0);
            assert_eq!(verify(first_key(), &base64(&signature)), Err(no_match()));
        }
    }

    /// Signed by the holder of the key with the neutral element for R: the equation holds, and RFC 8032
    /// does not ask for more. A sender that does so has a broken source of randomness.
    #[test]
    fn a_commitment_of_small_order_is_refused() {
        let signature = "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAmqeKd9jKiyjClKWdioAR9HeCOsSWAtDuTB1o5JgUJAw==";
        assert_eq!(verify(first_key(), signature), Err(no_match()));
    }

    /// The equation holds once both sides are multiplied by 8. Implementations disagree about these,
    /// so a sender and a receiver could; here they never verify.
    #[test]
    fn signatures_that_verify_only_with_the_cofactor_are_refused() {
        for (public, signature) in [
            (
                "whpk_kVgxKpqNbjs0yJHW1hRE+LghHFEX660VvbC9aLB+AkU=",
                "uGJAn7XExBI98qv3RiuI8EGtNt1oZM6HL9VHK+NjxbGy9G/x9qKLj0HsisUYhaLGt5TH4URbPpQmp1VbWCJxDA==",
            ),
            (
                first_key(),
                "yJHdL8DKh6dGAZOJXgRqkUwRtm/f+o5rfDuoMThJnHCySNf9V5G181kjOHiy9X29cvg5e5xZsgM2TH70YX6KDw==",
            ),
        ] {
            assert_eq!(verify(public, signature), Err(no_match()));
        }
    }

    /// Nothing in a key of mixed order can be told from its bytes: the signature decides.
    #[test]
    fn a_key_of_mixed_order_verifies_what_holds_without_the_cofactor() {
        let public = "whpk_kVgxKpqNbjs0yJHW1hRE+LghHFEX660VvbC9aLB+AkU=";
        let signature = "SrB14JA+TjWwltTWTg6BvKXDlorq6Oh9mNgLfoQmES5Z6a0aswJLb61Ecgi1RSkAZ1f+C9mMSrGqZ9q8Lve+Dw==";
        assert_eq!(verify(public, signature), Ok(accepted(Event::Unknown)));
    }
}

#[test]
fn a_public_key_is_not_taken_for_a_secret() {
    // An attacker knows the public key: were its bytes an HMAC key, anybody could sign.
    let public = from_base64(&PUBLIC["whpk_".len()..]);
    let forged = format!("whsec_{}", base64(&public));
    let callback = Callback::signed_by(&WALLET, &forged, ID, NOW, BODY);
    let header = "webhook-signature";
    assert_eq!(
        callback.verify(&verifier(&WALLET, &[PUBLIC])),
        Err(unsupported(header))
    );
}

#[test]
fn debug_output_holds_no_key() {
    let keys = keys(&[SECRET, PUBLIC]).unwrap();
    assert_eq!(format!("{keys:?}"), "[Secret([redacted]), Public]");
    for text in [SECRET, PRIVATE] {
        let key: SigningKey = signing_key(text).unwrap();
        assert_eq!(format!("{key:?}"), "SigningKey([redacted])");
    }
    let verifier = format!("{:?}", verifier(&WALLET, &[SECRET, OTHER_SECRET]));
    let options = format!("{:?}", options(&WALLET, &[SECRET, OTHER_SECRET]));
    for text in [verifier, options] {
        assert!(text.contains("[Secret([redacted]), Secret([redacted])]"));
        for secret in [SECRET, OTHER_SECRET] {
            let bytes = from_base64(&secret["whsec_".len()..]);
            assert!(!text.contains(&secret["whsec_".len()..]));
            let list = format!("{bytes:?}");
            assert!(!text.contains(&list[1..20]), "{text}");
        }
    }
}
