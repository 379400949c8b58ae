//! What holds for every input, tried on many: the same ones in every run.

use crate::common::*;
use serde::de::IgnoredAny;
use serde_json::Value;
use wallet_callback::error::{Code, Rejection};
use wallet_callback::event::Content;

/// 60,000 callbacks whose headers differ from a genuine one's. One that is accepted all the same
/// still says what was signed, and holds the genuine signature.
#[test]
fn changed_headers_never_panic_and_never_change_what_is_accepted() {
    let mut random = Random::new(0x9e37_79b9_7f4a_7c15);
    let verifiers = [
        (verifier(&WALLET, &[SECRET]), SECRET_TAG),
        (
            verifier(&WALLET, &[OTHER_SECRET, PUBLIC]),
            PRIVATE_SIGNATURE,
        ),
    ];
    let (mut accepted, mut refused) = (0, [0; 11]);
    for round in 0..60_000 {
        // The second verifier is slower: it gets one round in fifty.
        let (verifier, signature) = &verifiers[usize::from(round % 50 == 0)];
        let mut callback = Callback::genuine().with("webhook-signature", signature);
        if random.below(3) == 0 {
            let entries = [*signature, "v2,AAAA", OTHER_SECRET_TAG, "v1a,AAAA"];
            let list: Vec<_> = (0..random.below(18))
                .map(|_| *random.pick(&entries))
                .collect();
            callback = callback.with("webhook-signature", list.join(" "));
        }
        for _ in 0..=random.below(2) {
            let index = random.below(callback.headers.len());
            mutate(&mut random, &mut callback.headers[index].1);
        }
        match callback.verify(verifier) {
            Ok(verdict) => {
                accepted += 1;
                assert_eq!(
                    (verdict.id.as_deref(), verdict.timestamp),
                    (Some(ID), Some(NOW))
                );
                let list = String::from_utf8_lossy(callback.header("webhook-signature"));
                let mut entries = list.split(' ');
                let genuine = [*signature, OTHER_SECRET_TAG];
                assert!(entries.any(|entry| genuine.contains(&entry)), "{list}");
            }
            Err(rejection) => {
                let code = rejection.code();
                let index = Code::ALL.iter().position(|other| *other == code);
                refused[index.unwrap()] += 1;
            }
        }
    }
    // Each outcome that headers decide came up, so the changes are neither too small nor too big.
    assert!(accepted > 100, "{accepted}");
    for code in [
        Code::MalformedHeader,
        Code::UnsupportedSignature,
        Code::SignatureMismatch,
    ] {
        let index = Code::ALL.iter().position(|other| *other == code);
        assert!(refused[index.unwrap()] > 500, "{refused:?}");
    }
}

#[test]
fn random_headers_never_panic() {
    let mut random = Random::new(0x2545_f491_4f6c_dd1d);
    let verifier = verifier(&SVIX, &[SECRET]);
    let names = SVIX.header_names();
    for _ in 0..100_000 {
        let mut callback = Callback::genuine();
        callback.headers.clear();
        for name in &names {
            if random.below(5) == 0 {
                continue;
            }
            let length = random.below(60);
            let value: Vec<_> = (0..length).map(|_| *random.pick(TRICKY)).collect();
            callback = callback.with(name, value);
        }
        let ip: String = (0..random.below(20))
            .map(|_| char::from(*random.pick(TRICKY)))
            .collect();
        callback = callback.with_ip(&ip);
        let rejection = callback.verify(&verifier).unwrap_err();
        assert!(
            matches!(
                rejection.code(),
                Code::MissingHeader | Code::MalformedHeader
            ),
            "{rejection:?}"
        );
    }
}

/// 40,000 genuine callbacks with bodies that are almost JSON. What is read as JSON is JSON to another
/// parser too, and what a wallet may post another sender may.
#[test]
fn bodies_that_are_almost_json_never_panic() {
    const SEEDS: [&str; 6] = [
        r#"{"type":"test.event","timestamp":"2026-11-23T01:02:03Z","data":{"a":[1,2.5e-3,{"b":null}]}}"#,
        r#"{"type":"t","timestamp":"2026-11-23T01:02:03.5+01:00","data":{"a":"\ud83d\ude00é\\","a\u0062":-0}}"#,
        r#"[true,false,null,"",{},[],0,-1,9007199254740991,1e307,"\"\/\b\f\n\r\t\u0000"]"#,
        r#"{"a":{"b":{"c":{"d":[[[[1]]]]}}},"k1":1,"k2":2,"k3":3,"k4":4,"k5":5,"k6":6,"k7":7,"k8":8,"k9":9,"k10":1,"k11":1,"k12":1,"k13":1,"k14":1,"k15":1,"k16":1}"#,
        "\u{feff}{}",
        "\"plain text of a stretch or two, so that reading by stretches is met as well\"",
    ];
    let mut random = Random::new(0xda94_2042_e4dd_58b5);
    let wallet = verifier(&WALLET, &[SECRET]);
    let other = verifier(&STANDARD, &[SECRET]);
    let (mut read, mut refused, mut events) = (0, 0, 0);
    for _ in 0..40_000 {
        let mut body = random.pick(&SEEDS).as_bytes().to_vec();
        mutate(&mut random, &mut body);
        let callback = Callback::signed(&WALLET, &body);
        let as_wallet = callback.verify(&wallet);
        let as_other = callback.verify(&other);
        match &as_other {
            Ok(verdict) if is_json(&verdict.clone().content()) => {
                read += 1;
                let text = String::from_utf8_lossy(&body);
                let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
                let parsed = serde_json::from_str::<IgnoredAny>(text);
                assert!(parsed.is_ok(), "{parsed:?} {text}");
            }
            Ok(_) => assert!(as_wallet.is_err()),
            Err(rejection) => {
                refused += 1;
                assert_eq!(rejection.code(), Code::MalformedPayload);
                let rejection = as_wallet.as_ref().unwrap_err();
                assert_eq!(rejection.code(), Code::MalformedPayload);
            }
        }
        if as_wallet.is_ok() {
            events += 1;
            assert!(as_other.is_ok());
        }
    }
    assert!(
        read > 5_000 && refused > 5_000 && events > 500,
        "{read} {refused} {events}"
    );
}

fn is_json(content: &Content) -> bool {
    matches!(content, Content::Json | Content::Marked(_))
}

/// The other way round: what another parser writes is read here.
#[test]
fn what_another_parser_writes_is_read() {
    fn value(random: &mut Random, depth: usize) -> Value {
        match random.below(if depth == 0 { 5 } else { 7 }) {
            0 => Value::Null,
            1 => (random.below(2) == 0).into(),
            2 => (random.next() >> 11).into(),
            3 => (random.next() as i64 as f64 / 1e5).into(),
            4 => text(random).into(),
            5 => (0..random.below(5))
                .map(|_| value(random, depth - 1))
                .collect(),
            _ => {
                let members =
                    (0..random.below(30)).map(|_| (text(random), value(random, depth - 1)));
                Value::Object(members.collect())
            }
        }
    }
    fn text(random: &mut Random) -> String {
        let character = |random: &mut Random| {
            let limit = *random.pick(&[0x20, 0x80, 0x800, 0x1_0000, 0x11_0000]);
            char::from_u32(random.below(limit) as u32).unwrap_or('\u{fffd}')
        };
        (0..random.below(20)).map(|_| character(random)).collect()
    }
    let mut random = Random::new(0x1234_5678_9abc_def1);
    let verifier = verifier(&STANDARD, &[SECRET]);
    for _ in 0..2_000 {
        let body = value(&mut random, 3).to_string();
        let verdict = Callback::signed(&STANDARD, &body).verify(&verifier);
        assert!(is_json(&verdict.unwrap().content()), "{body}");
    }
}

/// A refusal of what is not authentic: it comes before the clock and the body are looked at.
fn is_not_authentic(rejection: &Rejection) -> bool {
    matches!(
        rejection.code(),
        Code::MalformedHeader | Code::UnsupportedSignature | Code::SignatureMismatch
    )
}

/// Flips every bit of the body and of the three headers.
fn flip_every_bit(genuine: &Callback, key: &str) {
    let verifier = verifier(&STANDARD, &[key]);
    assert!(genuine.verify(&verifier).is_ok());
    let flip = |part: fn(&mut Callback, usize) -> &mut Vec<u8>, index| {
        let bytes = part(&mut genuine.clone(), index).len();
        for bit in 0..bytes * 8 {
            let mut flipped = genuine.clone();
            part(&mut flipped, index)[bit / 8] ^= 1 << (bit % 8);
            let rejection = flipped.verify(&verifier).unwrap_err();
            assert!(is_not_authentic(&rejection), "{bit} {rejection:?}");
        }
        assert_ne!(bytes, 0);
    };
    flip(|callback, _| &mut callback.body, 0);
    for header in 0..3 {
        flip(|callback, header| &mut callback.headers[header].1, header);
    }
}

#[test]
fn no_bit_of_a_callback_with_a_tag_can_be_flipped() {
    flip_every_bit(&Callback::genuine(), SECRET);
}

/// On a short callback, since these signatures take long without optimisation.
#[test]
fn no_bit_of_a_callback_with_an_ed25519_signature_can_be_flipped() {
    let genuine = Callback::signed_by(&STANDARD, PRIVATE, "a", NOW, "[1]");
    flip_every_bit(&genuine, PUBLIC);
}

#[test]
fn no_byte_can_be_added_to_or_taken_from_a_genuine_callback() {
    let verifier = verifier(&WALLET, &[SECRET]);
    let genuine = Callback::genuine();
    for at in 0..BODY.len() {
        let mut shorter = genuine.clone();
        shorter.body.remove(at);
        assert!(is_not_authentic(&shorter.verify(&verifier).unwrap_err()));
    }
    for at in 0..=BODY.len() {
        for byte in [b' ', b'\n', 0] {
            let mut longer = genuine.clone();
            longer.body.insert(at, byte);
            assert!(is_not_authentic(&longer.verify(&verifier).unwrap_err()));
        }
    }
}
