//! The form of ids and signatures, the budget on signatures, and which headers a sender's are.

use crate::common::*;
use wallet_callback::claim::MAX_SIGNATURES;
use wallet_callback::error::{Code, HeaderProblem, Rejection};
use wallet_callback::event::{Content, Event};
use wallet_callback::options::sign;
use wallet_callback::sender::Sender;

const SIGNATURE: &str = "webhook-signature";

/// What [`SECRET`] and no other key verifies.
fn verify_signature(value: impl AsRef<[u8]>) -> Result<Verdict, Rejection> {
    Callback::genuine()
        .with(SIGNATURE, value)
        .verify(&verifier(&WALLET, &[SECRET]))
}

fn accepted_wallet() -> Result<Verdict, Rejection> {
    Ok(accepted(Event::Unknown))
}

fn malformed_signature(problem: HeaderProblem) -> Result<Verdict, Rejection> {
    Err(malformed_header(SIGNATURE, problem))
}

fn v1(bytes: usize) -> String {
    format!("v1,{}", base64(&vec![0x5a; bytes]))
}

fn v1a(bytes: usize) -> String {
    format!("v1a,{}", base64(&vec![0x5a; bytes]))
}

#[test]
fn an_id_is_1_to_256_visible_ascii_characters_without_a_dot() {
    let verifier = verifier(&WALLET, &[SECRET]);
    let visible: String = ('!'..='~').filter(|character| *character != '.').collect();
    assert_eq!(visible.len(), 93);
    for id in ["1", "msg_1", "a,b", "a/b=c", &visible, &"a".repeat(256)] {
        let callback = Callback::signed_by(&WALLET, SECRET, id, NOW, BODY);
        let expected = Verdict {
            id: Some(id.to_owned()),
            ..accepted(Event::Unknown)
        };
        assert_eq!(callback.verify(&verifier), Ok(expected));
    }
    let not_visible = (0..=b' ').chain(0x7f..=0xff).map(|byte| vec![b'a', byte]);
    let others = [
        "".into(),
        ".".into(),
        "a.b".into(),
        "msg.".into(),
        "a".repeat(257).into_bytes(),
        "mśg".into(),
        "ｍｓｇ".into(),
    ];
    for id in not_visible.chain(others) {
        let callback = Callback::genuine().with("webhook-id", &id);
        let expected = malformed_header("webhook-id", NOT_AN_ID);
        assert_eq!(callback.verify(&verifier), Err(expected), "{id:?}");
    }
}

/// The reason why an id has no dot: these two have the same bytes under their signature.
#[test]
fn bytes_cannot_move_between_the_id_and_the_timestamp() {
    let verifier = verifier(&STANDARD, &[SECRET]);
    let body = "2.true";
    let callback = Callback::signed_by(&STANDARD, SECRET, "1", 1_700_000_000, body);
    let moved = callback
        .with("webhook-id", "1.1700000000")
        .with("webhook-timestamp", "2")
        .with_body("true");
    let expected = malformed_header("webhook-id", NOT_AN_ID);
    assert_eq!(moved.verify_at(&verifier, 2), Err(expected));
}

#[test]
fn bytes_cannot_move_between_the_timestamp_and_the_body() {
    let verifier = verifier(&STANDARD, &[SECRET]);
    let callback = Callback::signed_by(&STANDARD, SECRET, "1", 17, "0.true");
    let moved = callback.with("webhook-timestamp", "17.0").with_body("true");
    let expected = malformed_header("webhook-timestamp", NOT_SECONDS);
    assert_eq!(moved.verify_at(&verifier, 17), Err(expected));
}

#[test]
fn header_names_are_found_in_any_letter_case() {
    let verifier = verifier(&WALLET, &[SECRET]);
    for change in [str::to_uppercase, |name: &str| {
        name.replace("webhook", "Webhook").replace("id", "ID")
    }] {
        let mut callback = Callback::genuine();
        for (name, _) in &mut callback.headers {
            *name = change(name);
        }
        assert_eq!(callback.verify(&verifier), accepted_wallet());
    }
}

#[test]
fn a_header_of_a_similar_name_is_another_header() {
    let verifier = verifier(&WALLET, &[SECRET]);
    for name in ["webhook_id", "webhook-id ", "x-webhook-id", "webhook-i", ""] {
        let callback = Callback::genuine().without("webhook-id").with(name, ID);
        let header = "webhook-id";
        let expected = missing_header(header);
        assert_eq!(callback.verify(&verifier), Err(expected), "{name:?}");
    }
}

#[test]
fn an_entry_is_a_version_a_comma_and_base64() {
    for value in [
        "",
        " ",
        ",",
        "v1",
        "v1,",
        ",AAAA",
        "v1;AAAA",
        "v1=AAAA",
        &SECRET_TAG["v1,".len()..],
        &format!("{SECRET_TAG},junk"),
        &format!("{SECRET_TAG},"),
        &format!(",{SECRET_TAG}"),
        &format!(" {SECRET_TAG}"),
        &format!("{SECRET_TAG} "),
        &format!("{SECRET_TAG}  {SECRET_TAG}"),
        &format!("{SECRET_TAG}, {SECRET_TAG}"),
        &format!("{SECRET_TAG},{SECRET_TAG}"),
        &format!("v1 {SECRET_TAG}"),
        &format!("v-1,AAAA {SECRET_TAG}"),
        &format!("v.1,AAAA {SECRET_TAG}"),
        &format!("v１,AAAA {SECRET_TAG}"),
        &format!("v2, {SECRET_TAG}"),
        &format!("\t{SECRET_TAG}"),
    ] {
        let expected = malformed_signature(NOT_AN_ENTRY);
        assert_eq!(verify_signature(value), expected, "{value:?}");
    }
}

#[test]
fn a_signature_is_canonical_base64_with_padding() {
    let good = &SECRET_TAG["v1,".len()..];
    let unpadded = good.trim_end_matches('=');
    for encoded in [
        unpadded,
        &format!("{good}="),
        &format!("{good}===="),
        &format!("={unpadded}"),
        // The last digit of 32 bytes has two loose bits: `U` and `V`, `W`, `X` decode to the same.
        &format!("{}V=", unpadded.trim_end_matches('U')),
        &format!("{}W=", unpadded.trim_end_matches('U')),
        &format!("{}X=", unpadded.trim_end_matches('U')),
        &good.replace('+', "-").replace('/', "_"),
        &good.replace('h', "h\t"),
        &good.replace('h', "\n"),
        &good.replace('h', "*"),
        &good.replace('h', "\0"),
        &good.replace('h', "é"),
        "=",
        "====",
        "A",
        "AA",
        "AAA",
        "AA=A",
    ] {
        assert_ne!(encoded, good);
        let expected = malformed_signature(NOT_BASE64);
        let value = format!("v1,{encoded}");
        assert_eq!(verify_signature(&value), expected, "{value:?}");
    }
    let url_safe = base64(&[0xfb; 32]).replace('+', "-").replace('/', "_");
    assert_eq!(
        verify_signature(format!("v1,{url_safe}")),
        malformed_signature(NOT_BASE64)
    );
    let invalid_utf8 = [b"v1,".as_slice(), &[0xff; 44]].concat();
    assert_eq!(
        verify_signature(invalid_utf8),
        malformed_signature(NOT_BASE64)
    );
}

#[test]
fn each_version_has_one_length() {
    for (value, expected, actual) in [
        (v1(1), 32, 1),
        (v1(20), 32, 20),
        (v1(31), 32, 31),
        (v1(33), 32, 33),
        (v1(64), 32, 64),
        (v1(96), 32, 96),
        (v1(10_000), 32, 10_000),
        (v1a(32), 64, 32),
        (v1a(63), 64, 63),
        (v1a(65), 64, 65),
        (v1a(96), 64, 96),
        (format!("{} {}", v1(31), v1(33)), 32, 31),
    ] {
        let problem = HeaderProblem::SignatureLength { expected, actual };
        assert_eq!(verify_signature(value), malformed_signature(problem));
    }
}

/// As Stripe's and Blockfrost's own libraries do; an entry that is no label and value is refused as
/// ever.
#[test]
fn a_value_of_another_form_is_left_out_beside_a_genuine_one() {
    let wrong_length = HeaderProblem::SignatureLength {
        expected: 64,
        actual: 3,
    };
    for (bad, problem) in [("v1,AAA", NOT_BASE64), ("v1a,AAAA", wrong_length)] {
        for beside in [format!("{bad} {SECRET_TAG}"), format!("{SECRET_TAG} {bad}")] {
            assert!(verify_signature(beside).is_ok(), "{bad}");
        }
        assert_eq!(verify_signature(bad), malformed_signature(problem));
        let twice = format!("{bad} {bad}");
        assert!(verify_signature(twice).is_err(), "{bad}");
        let beside_a_wrong_one = verify_signature(format!("{bad} {OTHER_SECRET_TAG}"));
        assert_eq!(beside_a_wrong_one, Err(mismatch("webhook-signature")));
    }
    for bad in ["v1", "v1,", ",AAAA", "v1,AAAA,junk"] {
        for beside in [format!("{bad} {SECRET_TAG}"), format!("{SECRET_TAG} {bad}")] {
            assert_eq!(verify_signature(beside), malformed_signature(NOT_AN_ENTRY));
        }
    }
}

#[test]
fn sixteen_signatures_are_tried_and_a_seventeenth_is_refused() {
    assert_eq!(MAX_SIGNATURES, 16);
    let other = v1(32);
    for place in [0, 7, 15] {
        let mut entries = vec![other.as_str(); 16];
        entries[place] = SECRET_TAG;
        assert_eq!(verify_signature(entries.join(" ")), accepted_wallet());
    }
    let limit = 16;
    let expected = malformed_signature(HeaderProblem::TooManySignatures { limit });
    for entries in [
        vec![SECRET_TAG; 17],
        vec!["v9,unknown"; 17],
        vec![SECRET_TAG; 5_000],
        [vec![SECRET_TAG; 16], vec!["not an entry"]].concat(),
        [vec![SECRET_TAG; 16], vec![""]].concat(),
    ] {
        assert_eq!(verify_signature(entries.join(" ")), expected);
    }
    let sixteen = vec![other.as_str(); 16].join(" ");
    let header = SIGNATURE;
    let expected = mismatch(header);
    assert_eq!(verify_signature(sixteen), Err(expected));
}

#[test]
fn unknown_versions_are_left_out_beside_a_genuine_signature() {
    for value in [
        format!("v2,AAAA {SECRET_TAG}"),
        format!("{SECRET_TAG} v2,AAAA"),
        format!("v1b,not/base64=at:all {SECRET_TAG}"),
        format!("V1,AAAA {SECRET_TAG}"),
        format!("v01,AAAA v10,AAAA v,AAAA 1,AAAA {SECRET_TAG} hmac,AAAA"),
    ] {
        assert_eq!(verify_signature(value), accepted_wallet());
    }
}

#[test]
fn versions_for_which_there_is_no_key_are_unsupported() {
    let header = SIGNATURE;
    let unsupported = Err(unsupported(header));
    let mismatch = Err(mismatch(header));
    let secret = verifier(&WALLET, &[SECRET]);
    let public = verifier(&WALLET, &[PUBLIC]);
    let both = verifier(&WALLET, &[SECRET, PUBLIC]);
    let genuine_v9 = SECRET_TAG.replace("v1,", "v9,");
    let genuine_upper = SECRET_TAG.replace("v1,", "V1,");
    for (value, with_secret, with_public, with_both) in [
        (v1(32), &mismatch, &unsupported, &mismatch),
        (v1a(64), &unsupported, &mismatch, &mismatch),
        (genuine_v9, &unsupported, &unsupported, &unsupported),
        (genuine_upper, &unsupported, &unsupported, &unsupported),
        (
            format!("v2,AAAA {}", v1a(64)),
            &unsupported,
            &mismatch,
            &mismatch,
        ),
        (
            format!("{} {}", v1(32), v1a(64)),
            &mismatch,
            &mismatch,
            &mismatch,
        ),
        (
            PRIVATE_SIGNATURE.to_owned(),
            &unsupported,
            &accepted_wallet(),
            &Ok(Verdict {
                key: 1,
                ..accepted(Event::Unknown)
            }),
        ),
    ] {
        let callback = Callback::genuine().with(SIGNATURE, &value);
        assert_eq!(&callback.verify(&secret), with_secret, "{value}");
        assert_eq!(&callback.verify(&public), with_public, "{value}");
        assert_eq!(&callback.verify(&both), with_both, "{value}");
    }
}

mod svix {
    use super::*;

    fn verify(callback: &Callback) -> Result<Verdict, Rejection> {
        callback.verify(&verifier(&SVIX, &[SECRET]))
    }

    #[test]
    fn its_own_headers_come_first() {
        let callback = Callback::signed(&SVIX, "{}");
        let expected = Verdict {
            id_header: Some("svix-id".to_owned()),
            ..accepted_other(Content::Json)
        };
        assert_eq!(verify(&callback), Ok(expected));
        let names = SVIX.header_names();
        assert_eq!(names[..3], ["svix-id", "svix-timestamp", "svix-signature"]);
    }

    #[test]
    fn standard_headers_count_where_its_own_signature_is_not_there() {
        let callback = Callback::signed(&STANDARD, "{}");
        let expected = accepted_other(Content::Json);
        assert_eq!(verify(&callback), Ok(expected.clone()));
        assert_eq!(SVIX.header_names()[3], "webhook-id");
        let callback = callback
            .with("svix-id", "other")
            .with("svix-timestamp", "0");
        assert_eq!(verify(&callback), Ok(expected));
    }

    #[test]
    fn headers_of_two_sets_are_never_mixed() {
        let callback = Callback::signed(&STANDARD, "{}");
        let signature = callback.header(SIGNATURE).to_vec();
        let header = "svix-id";
        assert_eq!(
            verify(&callback.clone().with("svix-signature", &signature)),
            Err(missing_header(header))
        );
        let header = "svix-timestamp";
        assert_eq!(
            verify(
                &callback
                    .with("svix-signature", signature)
                    .with("svix-id", ID)
            ),
            Err(missing_header(header))
        );
    }

    /// Falling back would let whoever spoils one set choose the other.
    #[test]
    fn a_bad_own_signature_is_not_made_good_by_the_other_set() {
        let callback = Callback::signed(&STANDARD, "{}")
            .with("svix-id", ID)
            .with("svix-timestamp", NOW.to_string());
        let header = "svix-signature";
        assert_eq!(
            verify(&callback.clone().with(header, v1(32))),
            Err(mismatch(header))
        );
        assert_eq!(
            verify(&callback.clone().with(header, "v2,AAAA")),
            Err(unsupported(header))
        );
        let expected = malformed_header(header, NOT_AN_ENTRY);
        assert_eq!(verify(&callback.with(header, "")), Err(expected));
    }

    #[test]
    fn without_any_signature_its_own_header_is_missing() {
        let callback = Callback::signed(&STANDARD, "{}").without(SIGNATURE);
        let header = "svix-id";
        assert_eq!(verify(&callback), Err(missing_header(header)));
        let callback = callback.with("svix-id", ID).with("svix-timestamp", "0");
        let header = "svix-signature";
        assert_eq!(verify(&callback), Err(missing_header(header)));
    }

    #[test]
    fn other_senders_do_not_read_its_headers() {
        let callback = Callback::signed(&SVIX, "{}");
        let header = "webhook-id";
        for sender in [&WALLET, &STANDARD] {
            let result = callback.verify(&verifier(sender, &[SECRET]));
            assert_eq!(result, Err(missing_header(header)));
        }
    }
}

/// A comma of a list may have a space behind it (RFC 9110, section 5.6.1), and nothing else may.
#[test]
fn entries_of_a_list_stand_behind_commas() {
    let sender = Sender::find("stripe").unwrap();
    let key = "whsec_5WbX5kEWLlfzsGNjH64I8lOOqUB6e8FH";
    let genuine = Callback::signed_by(&sender, key, "", NOW, "{}");
    let value = String::from_utf8(genuine.header("stripe-signature").to_vec()).unwrap();
    let (time, tag) = value.split_once(',').unwrap();
    let verifier = verifier(&sender, &[key]);
    let verify = |value: String| {
        genuine
            .clone()
            .with("stripe-signature", value)
            .verify(&verifier)
    };
    for good in [
        value.clone(),
        format!("{time}, {tag}"),
        format!("{tag},{time}"),
    ] {
        assert!(verify(good.clone()).is_ok(), "{good}");
    }
    for bad in [
        format!(" {time},{tag}"),
        format!("{time},  {tag}"),
        format!("{time} ,{tag}"),
        format!("{time},{tag},"),
        format!(",{time},{tag}"),
        format!("{time};{tag}"),
    ] {
        let code = verify(bad.clone()).err().map(|rejection| rejection.code());
        assert_eq!(code, Some(Code::MalformedHeader), "{bad}");
    }
}

/// Such as the version of a signature, which says what is signed.
#[test]
fn a_header_that_is_expected_has_its_one_value() {
    let sender = serde_json::json!({
        "name": "acme",
        "algorithm": "hmac-sha256",
        "headers": { "signature": "acme-signature" },
        "expect": { "acme-version": "1" },
        "signature": { "encoding": "hex" },
        "signed": "{body}"
    });
    let key = "a-shared-secret";
    let own = serde_json::json!({ "sender": sender }).to_string();
    let random = || unreachable!("nothing is random");
    let signed = sign(own.as_bytes(), Ok(given_key(key)), b"{}", NOW, random).unwrap();
    let mut genuine = Callback::default().with_body("{}");
    for (name, value) in &signed.headers {
        genuine = genuine.with(name, value);
    }
    assert_eq!(genuine.header("acme-version"), b"1");
    let options = serde_json::json!({ "sender": sender });
    let verifier = try_verifier(&options, key).unwrap();
    let verify = |callback: Callback| callback.verify(&verifier).map(drop);
    assert_eq!(verify(genuine.clone()), Ok(()));
    let other = Rejection::OtherVersion {
        header: "acme-version".to_owned(),
        expected: "1".to_owned(),
    };
    assert_eq!(
        verify(genuine.clone().with("acme-version", "2")),
        Err(other)
    );
    let missing = missing_header("acme-version");
    assert_eq!(verify(genuine.without("acme-version")), Err(missing));
}
