//! Signed messages: the vectors that their sources publish, then every form that is refused.
use std::collections::BTreeMap;
use std::path::Path;

use k256::ecdsa::{Signature, SigningKey};
use ripemd::{Digest, Ripemd160};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use wallet_callback::dapp::message::{
    Scheme, SignedMessage, Signer, recover, sign, verify as verify_owner,
};
use wallet_callback::dapp::sign_in::{Demands, MAX_AGE, SignIn};
use wallet_callback::dapp::{Rejection, RejectionCode};
use wallet_callback::error::ConfigError;
use wallet_callback::options::dapp::{message, sign as sign_options};
use wallet_callback::timestamp;

fn read<T: DeserializeOwned>(name: &str) -> T {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/vectors")
        .join(name);
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// A message with neither an address nor keys.
fn signed<'a>(scheme: Scheme, message: &'a [u8], signature: &'a str) -> SignedMessage<'a> {
    SignedMessage {
        scheme,
        message,
        is_text: true,
        signature,
        address: None,
        public_keys: &[],
    }
}

fn by<'a>(message: SignedMessage<'a>, address: &'a str) -> SignedMessage<'a> {
    SignedMessage {
        address: Some(address),
        ..message
    }
}

/// Whether the owner has signed, where there is one, and else who has.
fn verify(message: &SignedMessage) -> Result<Signer, Rejection> {
    let names_signer = !matches!(message.scheme, Scheme::EosK1 | Scheme::Solana);
    match message.address.is_none() && message.public_keys.is_empty() && names_signer {
        true => recover(message),
        false => verify_owner(message),
    }
}

/// The address of who signed.
fn signer(message: &SignedMessage) -> String {
    verify(message).unwrap().address.unwrap()
}

/// The code and the path of the rejection.
fn rejection(message: &SignedMessage) -> (RejectionCode, Option<String>) {
    parts(verify(message).unwrap_err())
}

fn parts(rejection: Rejection) -> (RejectionCode, Option<String>) {
    let lower_case = |first: char| !first.is_uppercase();
    assert!(rejection.message.starts_with(lower_case), "{rejection:?}");
    (rejection.code, rejection.path.map(String::from))
}

fn at(code: RejectionCode, path: &str) -> (RejectionCode, Option<String>) {
    (code, Some(path.to_owned()))
}

const HELLO: &str = "Hello, world!";
const HELLO_SIGNATURE: &str = "0x90a938f7457df6e8f741264c32697fc52f9a8f867c52dd70713d9d2d472f2e415d9c94148991bbe1f4a1818d1dff09165782749c877f5cf1eff4ef126e55714d1c";
const HELLO_ADDRESS: &str = "0x29C76e6aD8f28BB1004902578Fb108c507Be341b";

const MAIL_SIGNATURE: &str = "0x4355c47d63924e8a72e509b65029052eb6c299d53a04e167c5775fd466751c9d07299936d304c153f6443dfa05f40ff007d72911b6f72307f996231605b915621c";
const COW: &str = "0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826";

/// The example of EIP-712.
fn mail() -> Value {
    json!({
        "types": {
            "EIP712Domain": [
                { "name": "name", "type": "string" },
                { "name": "version", "type": "string" },
                { "name": "chainId", "type": "uint256" },
                { "name": "verifyingContract", "type": "address" }
            ],
            "Person": [
                { "name": "name", "type": "string" },
                { "name": "wallet", "type": "address" }
            ],
            "Mail": [
                { "name": "from", "type": "Person" },
                { "name": "to", "type": "Person" },
                { "name": "contents", "type": "string" }
            ]
        },
        "primaryType": "Mail",
        "domain": {
            "name": "Ether Mail",
            "version": "1",
            "chainId": 1,
            "verifyingContract": "0xCcCCccccCCCCcCCCCCCcCcCccCcCCCcCcccccccC"
        },
        "message": {
            "from": { "name": "Cow", "wallet": "0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826" },
            "to": { "name": "Bob", "wallet": "0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB" },
            "contents": "Hello, Bob!"
        }
    })
}

#[derive(Deserialize)]
struct Vector {
    kind: String,
    valid: bool,
    message_utf8: Option<String>,
    message_hex: Option<String>,
    address: Option<String>,
    public_key: Option<String>,
    signature: Option<String>,
    signature_hex: Option<String>,
    r: Option<String>,
    s: Option<String>,
    v: Option<u8>,
}

/// What the sources of each kind of signature publish, in `wallet-signatures.json`.
#[test]
fn published_signatures() {
    let vectors: Vec<Vector> = read("wallet-signatures.json");
    assert_eq!(vectors.len(), 9);
    for vector in vectors {
        let mut bytes = vector.message_utf8.clone().unwrap_or_default().into_bytes();
        if let Some(digits) = &vector.message_hex {
            bytes = hex::decode(digits).unwrap();
        }
        let scheme = match &*vector.kind {
            "eip712-digest" => {
                bytes = mail().to_string().into_bytes();
                Scheme::Eip712
            }
            "eip4361" => {
                bytes = LOGIN_XYZ.into();
                Scheme::Eip4361
            }
            "solana-ed25519" => Scheme::Solana,
            name => serde_json::from_value(json!(name)).unwrap(),
        };
        let signature = vector
            .signature
            .or(vector.signature_hex)
            .unwrap_or_else(|| {
                let s = vector.s.unwrap();
                let s = s.strip_prefix("0x").unwrap();
                format!("{}{s}{:02x}", vector.r.unwrap(), vector.v.unwrap())
            });
        let keys: Vec<_> = vector.public_key.iter().map(String::as_str).collect();
        let mut message = SignedMessage {
            address: vector.address.as_deref(),
            public_keys: &keys,
            is_text: false,
            ..signed(scheme, &bytes, &signature)
        };
        if !vector.valid {
            message.public_keys = &[EOS_KEY];
            assert_eq!(
                rejection(&message),
                at(RejectionCode::MalformedSignature, "signature")
            );
            continue;
        }
        let signer = verify(&message).unwrap();
        let lower = |text: &str| text.to_ascii_lowercase();
        match scheme {
            Scheme::EosK1 => assert_eq!(signer.public_key.as_deref(), Some(EOS_KEY_K1)),
            _ => assert_eq!(
                lower(&signer.address.unwrap()),
                lower(vector.address.as_ref().unwrap())
            ),
        }
        // Every other message is another one's.
        let mut other = bytes.clone();
        match scheme {
            Scheme::Eip712 => other = mail().to_string().replace("Bob!", "Eve!").into(),
            Scheme::Eip4361 => other = LOGIN_XYZ.replace("Example", "example").into(),
            _ => *other.last_mut().unwrap() ^= 1,
        }
        let other = SignedMessage {
            message: &other,
            ..message
        };
        assert_eq!(rejection(&other), (RejectionCode::SignatureMismatch, None));
    }
}

const LOGIN_XYZ: &str = "login.xyz wants you to sign in with your Ethereum account:\n\
    0x9D85ca56217D2bb651b00f15e694EB7E713637D4\n\n\
    Sign-In With Ethereum Example Statement\n\n\
    URI: https://login.xyz\nVersion: 1\nChain ID: 1\nNonce: bTyXgcQxn2htgkjJn\n\
    Issued At: 2022-01-27T17:09:38.578Z\nExpiration Time: 2100-01-07T14:31:43.952Z";

#[derive(Deserialize)]
struct TypedData {
    address: String,
    vectors: Vec<TypedVector>,
}

#[derive(Deserialize)]
struct TypedVector {
    data: Value,
    signature: String,
}

/// What a key signs names its account, whatever the scheme, and every message has its own nonce.
#[test]
fn what_is_signed_is_verified() {
    let key = [0xa1; 32];
    let typed = mail().to_string();
    let legacy = json!([{ "type": "string", "name": "Message", "value": "Hi" }]).to_string();
    let sign_in = "shop.example wants you to sign in with your Ethereum account:\n\
        ADDRESS\n\n\nURI: https://shop.example\nVersion: 1\nChain ID: 1\nNonce: 12345678\n\
        Issued At: 2026-01-01T00:00:00Z";
    let account = sign(Scheme::Eip191, b"", true, &key).unwrap();
    let own = SigningKey::from_slice(&key).unwrap();
    let own = own.verifying_key().to_sec1_point(false);
    let own = format!("0x{}", hex::encode(own.as_bytes()));
    assert_eq!(account.public_key, Some(own));
    let sign_in = sign_in.replace("ADDRESS", account.address.as_deref().unwrap());
    let mut nonces = BTreeMap::new();
    for (scheme, message) in [
        (Scheme::Eip191, "Hi"),
        (Scheme::Eip712, &typed),
        (Scheme::Eip712V1, &legacy),
        (Scheme::Eip4361, &sign_in),
        (Scheme::TronV1, "0a0b"),
        (Scheme::TronV2, "Hi"),
        (Scheme::EosK1, "Hi"),
    ] {
        let made = sign(scheme, message.as_bytes(), true, &key).unwrap();
        assert_eq!(sign(scheme, message.as_bytes(), true, &key).unwrap(), made);
        let keys = made.public_key.as_deref();
        let message = SignedMessage {
            address: made.address.as_deref(),
            public_keys: keys.as_slice(),
            ..signed(scheme, message.as_bytes(), &made.signature)
        };
        assert_eq!(verify_owner(&message).unwrap(), made, "{scheme:?}");
        let other = sign(scheme, message.message, true, &[0xb2; 32]).unwrap();
        let forged = SignedMessage {
            signature: &other.signature,
            ..message
        };
        assert!(verify_owner(&forged).is_err(), "{scheme:?}");
        let r = made.signature.get(..66).map(str::to_owned);
        assert_eq!(nonces.insert(r, scheme), None, "{scheme:?}");
    }
    assert_eq!(
        parts(sign(Scheme::Solana, b"Hi", true, &key).unwrap_err()),
        at(RejectionCode::UnsupportedSignature, "scheme"),
    );
    // Zero, and the number of points of the curve, are no keys.
    let order = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";
    let order = hex::decode(order).unwrap().try_into().unwrap();
    for key in [[0; 32], order, [0xff; 32]] {
        assert_eq!(
            parts(sign(Scheme::Eip191, b"Hi", true, &key).unwrap_err()),
            at(RejectionCode::MalformedPayload, "privateKey"),
        );
    }
}

#[test]
fn typed_data_as_other_implementations_hash_it() {
    let TypedData { address, vectors } = read("typed-data.json");
    assert_eq!(vectors.len(), 27);
    for TypedVector { data, signature } in vectors {
        let scheme = match data {
            Value::Array(_) => Scheme::Eip712V1,
            _ => Scheme::Eip712,
        };
        let data = data.to_string();
        let message = signed(scheme, data.as_bytes(), &signature);
        assert_eq!(
            verify(&message).unwrap().address,
            Some(address.clone()),
            "{data}"
        );
    }
}

/// `sign-typed-data.test.ts` of MetaMask's eth-sig-util.
#[test]
fn published_typed_data() {
    let mut arrays = mail();
    arrays["types"]["Person"][1] = json!({ "name": "wallets", "type": "address[]" });
    arrays["types"]["Mail"][1]["type"] = "Person[]".into();
    arrays["types"]["Group"] = json!([
        { "name": "name", "type": "string" },
        { "name": "members", "type": "Person[]" }
    ]);
    arrays["message"]["from"] = json!({
        "name": "Cow",
        "wallets": [
            "0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826",
            "0xDeaDbeefdEAdbeefdEadbEEFdeadbeEFdEaDbeeF"
        ]
    });
    arrays["message"]["to"] = json!([{
        "name": "Bob",
        "wallets": [
            "0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB",
            "0xB0BdaBea57B0BDABeA57b0bdABEA57b0BDabEa57",
            "0xB0B0b0b0b0b0B000000000000000000000000000"
        ]
    }]);
    let mut tree = mail();
    tree["types"]["Person"] = json!([
        { "name": "name", "type": "string" },
        { "name": "mother", "type": "Person" },
        { "name": "father", "type": "Person" }
    ]);
    tree["domain"]["name"] = "Family Tree".into();
    tree["primaryType"] = "Person".into();
    tree["message"] = json!({
        "name": "Jon",
        "mother": { "name": "Lyanna", "father": { "name": "Rickard" } },
        "father": { "name": "Rhaegar", "father": { "name": "Aeris II" } }
    });
    let legacy = json!([{ "type": "string", "name": "message", "value": "Hi, Alice!" }]);
    for (scheme, data, signature, address) in [
        (
            Scheme::Eip712,
            arrays,
            "65cbd956f2fae28a601bebc9b906cea0191744bd4c4247bcd27cd08f8eb6b71c78efdf7a31dc9abee78f492292721f362d296cf86b4538e07b51303b67f749061b",
            COW,
        ),
        (
            Scheme::Eip712,
            tree,
            "f2ec61e636ff7bb3ac8bc2a4cc2c8b8f635dd1b2ec8094c963128b358e79c85c5ca6dd637ed7e80f0436fe8fce39c0e5f2082c9517fe677cc2917dcd6c84ba881c",
            "0x065a687103C9F6467380beE800ecD70B17f6b72F",
        ),
        (
            Scheme::Eip712V1,
            legacy,
            "49e75d475d767de7fcc67f521e0d86590723d872e6111e51c393e8c1e2f21d032dfaf5833af158915f035db6af4f37bf2d5d29781cd81f28a44c5cb4b9d241531b",
            HELLO_ADDRESS,
        ),
    ] {
        let data = data.to_string();
        assert_eq!(signer(&signed(scheme, data.as_bytes(), signature)), address);
        // Which of the two it is, the caller says.
        let other = match scheme {
            Scheme::Eip712 => Scheme::Eip712V1,
            _ => Scheme::Eip712,
        };
        let refused = rejection(&signed(other, data.as_bytes(), signature));
        assert_eq!(refused.0, RejectionCode::MalformedPayload);
    }
}

/// The types of viem and ethers lack the domain's type, which is that of the domain's members.
#[test]
fn the_domain_has_the_type_of_its_members() {
    let mut data = mail();
    data["types"]
        .as_object_mut()
        .unwrap()
        .remove("EIP712Domain");
    let text = data.to_string();
    assert_eq!(
        signer(&signed(Scheme::Eip712, text.as_bytes(), MAIL_SIGNATURE)),
        COW
    );
    data["domain"]["salt"] = Value::Null;
    let text = data.to_string();
    assert_eq!(
        signer(&signed(Scheme::Eip712, text.as_bytes(), MAIL_SIGNATURE)),
        COW
    );
    data["domain"]["chain"] = json!(1);
    let text = data.to_string();
    let message = signed(Scheme::Eip712, text.as_bytes(), MAIL_SIGNATURE);
    assert_eq!(
        rejection(&message),
        at(RejectionCode::MalformedPayload, "domain")
    );
}

/// The digest of a list with one value, or why there is none.
fn legacy(kind: &str, value: Value) -> Result<Signer, Rejection> {
    let data = json!([{ "type": kind, "name": "a", "value": value }]).to_string();
    verify(&signed(Scheme::Eip712V1, data.as_bytes(), MAIL_SIGNATURE))
}

fn is_good(result: Result<Signer, Rejection>) -> bool {
    match result {
        Ok(_) => true,
        // The signature is of another text.
        Err(rejection) if rejection.code == RejectionCode::SignatureMismatch => true,
        Err(rejection) => {
            assert_eq!(
                rejection.code,
                RejectionCode::MalformedPayload,
                "{rejection:?}"
            );
            false
        }
    }
}

/// Each value of a type, at its edges and beyond them.
#[test]
fn values_fit_their_types() {
    let max = "115792089237316195423570985008687907853269984665640564039457584007913129639935";
    let above = "115792089237316195423570985008687907853269984665640564039457584007913129639936";
    let half = "57896044618658097711785492504343953926634992332820282019728792003956564819968";
    for (kind, value, good) in [
        ("uint8", json!(255), true),
        ("uint8", json!("0xff"), true),
        ("uint8", json!("0x00ff"), true),
        ("uint8", json!("255"), true),
        ("uint8", json!(256), false),
        ("uint8", json!("0x100"), false),
        ("uint8", json!(-1), false),
        ("uint8", json!("-0"), true),
        ("uint8", json!(""), false),
        ("uint8", json!("-"), false),
        ("uint8", json!("+1"), false),
        ("uint8", json!("--1"), false),
        ("uint8", json!("-0x1"), false),
        ("uint8", json!("0x"), false),
        ("uint8", json!("0X1"), false),
        ("uint8", json!("1e1"), false),
        ("uint8", json!("0xfg"), false),
        ("uint8", json!(" 1"), false),
        ("uint8", json!("ä"), false),
        ("uint8", json!(1.5), false),
        ("uint8", json!(true), false),
        ("uint8", json!(null), false),
        ("uint256", json!(max), true),
        ("uint256", json!(above), false),
        ("uint256", json!("0x".to_owned() + &"f".repeat(64)), true),
        ("uint256", json!("0x1".to_owned() + &"0".repeat(64)), false),
        ("uint256", json!("9".repeat(100_000)), false),
        ("int8", json!(127), true),
        ("int8", json!(128), false),
        ("int8", json!(-128), true),
        ("int8", json!(-129), false),
        ("int8", json!("-128"), true),
        ("int8", json!("-0"), true),
        ("int256", json!(half), false),
        ("int256", json!("-".to_owned() + half), true),
        ("int256", json!("-".to_owned() + above), false),
        ("uint", json!(1), false),
        ("int", json!(1), false),
        ("uint0", json!(1), false),
        ("uint08", json!(1), false),
        ("uint7", json!(1), false),
        ("uint9", json!(1), false),
        ("int12", json!(1), false),
        ("uint264", json!(1), false),
        ("uint+8", json!(1), false),
        ("bytes", json!("0x"), true),
        ("bytes", json!("0xabcD"), true),
        ("bytes", json!("0xabc"), false),
        ("bytes", json!("abcd"), false),
        ("bytes", json!([1]), false),
        ("bytes1", json!("0x01"), true),
        ("bytes1", json!("0x"), false),
        ("bytes1", json!("0x0101"), false),
        ("bytes0", json!("0x"), false),
        ("bytes33", json!("0x".to_owned() + &"00".repeat(33)), false),
        ("bool", json!(true), true),
        ("bool", json!("true"), false),
        ("bool", json!(1), false),
        ("string", json!(""), true),
        ("string", json!(1), false),
        ("string", json!(null), false),
        ("address", json!(HELLO_ADDRESS), true),
        ("address", json!(HELLO_ADDRESS.to_ascii_lowercase()), true),
        ("address", json!(HELLO_ADDRESS.replace('c', "C")), false),
        ("address", json!("0x01"), false),
        ("address", json!(1), false),
        ("function", json!("0x"), false),
        ("uint8[]", json!([1]), false),
        ("", json!(1), false),
    ] {
        assert_eq!(is_good(legacy(kind, value.clone())), good, "{kind} {value}");
        if kind.ends_with(']') {
            continue;
        }
        let data = json!({
            "types": { "A": [{ "name": "a", "type": kind }] },
            "primaryType": "A",
            "domain": {},
            "message": { "a": value }
        })
        .to_string();
        let result = verify(&signed(Scheme::Eip712, data.as_bytes(), MAIL_SIGNATURE));
        assert_eq!(is_good(result), good, "{kind} {value}");
    }
}

/// What is wrong with typed data is named by its path.
#[test]
fn typed_data_that_has_no_digest() {
    for (pointer, value, path) in [
        ("/types", json!([]), "types"),
        ("/types/A B", json!([]), "types"),
        ("/types/", json!([]), "types"),
        ("/types/uint8", json!([]), "types"),
        ("/types/Person", json!({}), "types.Person"),
        ("/types/Person/0", json!({ "name": "a" }), "types.Person"),
        (
            "/types/Person/0",
            json!({ "name": "a", "type": 1 }),
            "types.Person",
        ),
        ("/types/Person/0/name", json!("a,uint8 b"), "types.Person"),
        ("/types/Person/0/name", json!("wallet"), "types.Person"),
        ("/types/Person/0/type", json!("string["), "types.Person"),
        ("/types/Person/0/type", json!("string[]]"), "types.Person"),
        ("/types/Person/0/type", json!("string[0]"), "types.Person"),
        ("/types/Person/0/type", json!("string[01]"), "types.Person"),
        ("/types/Person/0/type", json!("string[-1]"), "types.Person"),
        ("/types/Person/0/type", json!("[]"), "types.Person"),
        ("/types/Person/0/type", json!("String"), "message.from.name"),
        (
            "/types/Person/0/type",
            json!("string[]"),
            "message.from.name",
        ),
        ("/types/Mail/0/type", json!("Person[1]"), "message.from"),
        ("/primaryType", json!("mail"), "primaryType"),
        ("/primaryType", json!("Mail[]"), "primaryType"),
        ("/primaryType", json!(1), "primaryType"),
        ("/domain", json!("x"), "domain"),
        ("/domain/chainId", json!("x"), "domain.chainId"),
        ("/message", json!(null), "message"),
        ("/message/to", json!([]), "message.to"),
        ("/message/to/wallet", json!("0x"), "message.to.wallet"),
        ("/message/contents", json!({}), "message.contents"),
    ] {
        let mut data = mail();
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        match data.pointer_mut(parent).unwrap() {
            Value::Array(items) => items[name.parse::<usize>().unwrap()] = value.clone(),
            object => object[name] = value.clone(),
        }
        let text = data.to_string();
        let message = signed(Scheme::Eip712, text.as_bytes(), MAIL_SIGNATURE);
        let expected = at(RejectionCode::MalformedPayload, path);
        assert_eq!(rejection(&message), expected, "{pointer} {value}");
    }
    for name in ["types", "primaryType", "domain", "message"] {
        let mut data = mail();
        data.as_object_mut().unwrap().remove(name);
        let text = data.to_string();
        let message = signed(Scheme::Eip712, text.as_bytes(), MAIL_SIGNATURE);
        assert_eq!(
            rejection(&message),
            at(RejectionCode::MalformedPayload, name)
        );
    }
    let mut data = mail();
    data["message"].as_object_mut().unwrap().remove("contents");
    let text = data.to_string();
    let message = signed(Scheme::Eip712, text.as_bytes(), MAIL_SIGNATURE);
    assert_eq!(
        rejection(&message),
        at(RejectionCode::MalformedPayload, "message.contents")
    );
    // Elements are named by their place, at each depth.
    let mut data = mail();
    data["types"]["Mail"][2]["type"] = json!("string[][]");
    data["message"]["contents"] = json!([["a"], ["b", 1]]);
    let text = data.to_string();
    let message = signed(Scheme::Eip712, text.as_bytes(), MAIL_SIGNATURE);
    assert_eq!(
        rejection(&message),
        at(RejectionCode::MalformedPayload, "message.contents[1][1]")
    );
    let mut data = mail();
    // A struct that is not there is 32 zeros, so this is a text that somebody may have signed.
    data["message"] = json!({ "contents": "" });
    let text = data.to_string();
    assert!(verify(&signed(Scheme::Eip712, text.as_bytes(), MAIL_SIGNATURE)).is_ok());
    for (text, path) in [
        (r#"{"types":{},"types":{}}"#, "types"),
        (r#"{"types":{"A":[],"A":[]}}"#, "types.A"),
        (
            r#"{"domain":{"chainId":9007199254740992}}"#,
            "domain.chainId",
        ),
        ("1", "domain"),
        ("[]", "domain"),
        ("", ""),
    ] {
        assert_malformed(Scheme::Eip712, text, path);
    }
    for (text, path) in [
        ("{}", ""),
        ("1", ""),
        ("", ""),
        ("[]", ""),
        ("[1]", "[0]"),
        (r#"[{"name":"a","type":"bool"}]"#, "[0]"),
        (r#"[{"name":"a","type":"bool","value":1}]"#, "[0].value"),
        (
            r#"[{"name":"a","type":"bool","value":true,"more":1}]"#,
            "[0].more",
        ),
    ] {
        assert_malformed(Scheme::Eip712V1, text, path);
    }
}

fn assert_malformed(scheme: Scheme, text: &str, path: &str) {
    let (code, found) = rejection(&signed(scheme, text.as_bytes(), MAIL_SIGNATURE));
    let found = found.unwrap_or_default();
    assert_eq!(
        (code, &*found),
        (RejectionCode::MalformedPayload, path),
        "{text}"
    );
}

/// What no type names, nobody has signed.
#[test]
fn members_that_no_type_names_are_refused() {
    for (parent, name, path) in [
        ("", "version", "version"),
        ("/domain", "salt", "domain.salt"),
        ("/message", "amount", "message.amount"),
        ("/message/from", "amount", "message.from.amount"),
    ] {
        let mut data = mail();
        data.pointer_mut(parent).unwrap()[name] = json!("1");
        assert_malformed(Scheme::Eip712, &data.to_string(), path);
    }
    // Of a domain that is signed alone, the message is no part.
    let mut data = mail();
    data["primaryType"] = json!("EIP712Domain");
    assert_malformed(Scheme::Eip712, &data.to_string(), "message");
    data["message"] = json!({});
    assert!(
        verify(&signed(
            Scheme::Eip712,
            data.to_string().as_bytes(),
            MAIL_SIGNATURE
        ))
        .is_ok()
    );
}

/// The digest of a legacy list has nothing between names, types and values. Of all lists that share a
/// digest, one is taken at most.
#[test]
fn no_two_legacy_lists_share_a_digest() {
    let entry = |kind: &str, name: &str, value: Value| json!({ "type": kind, "name": name, "value": value });
    let lists = [
        // Values that could end elsewhere.
        vec![
            vec![
                entry("string", "amount", json!("10")),
                entry("string", "currency", json!("0 JPY")),
            ],
            vec![
                entry("string", "amount", json!("100")),
                entry("string", "currency", json!(" JPY")),
            ],
        ],
        vec![
            vec![
                entry("bytes", "a", json!("0x0102")),
                entry("uint8", "b", json!(3)),
                entry("string", "c", json!("")),
            ],
            vec![
                entry("bytes", "a", json!("0x01")),
                entry("uint8", "b", json!(2)),
                entry("string", "c", json!("\u{3}")),
            ],
        ],
        // Names that could end elsewhere.
        vec![
            vec![
                entry("string", "a", json!("x")),
                entry("uint8", "b", json!(65)),
            ],
            vec![entry("string", "auint8 b", json!("xA"))],
        ],
        vec![
            vec![
                entry("bool", "a", json!(true)),
                entry("uint8", "b", json!(1)),
            ],
            vec![
                entry("bool", "au", json!(true)),
                entry("int8", "b", json!(1)),
            ],
        ],
        vec![
            vec![
                entry("bool", "", json!(true)),
                entry("bool", "b", json!(true)),
            ],
            vec![entry("bytes2", "bool b", json!("0x0101"))],
        ],
    ];
    let taken = |list: &[Value]| {
        let data = json!(list).to_string();
        is_good(verify(&signed(
            Scheme::Eip712V1,
            data.as_bytes(),
            MAIL_SIGNATURE,
        )))
    };
    for list in lists {
        let count = list.iter().filter(|list| taken(list)).count();
        assert!(count <= 1, "{count} of {list:?}");
    }
    // The example of MetaMask's documentation.
    let example = [
        entry("string", "Message", json!("Hi, Alice!")),
        entry("uint32", "A number", json!("1337")),
    ];
    assert!(taken(&example));
}

/// Lists of all types with names that look like types: those that are taken and have one schema and
/// equal concatenated values are one list.
#[test]
fn legacy_lists_are_told_apart_by_what_is_hashed() {
    let kinds = ["bool", "uint8", "int8", "bytes1", "string"];
    let names = [
        "", "a", "u", "au", "bool", "a b", "uint8 a", "string ", "int",
    ];
    let mut seen = BTreeMap::new();
    let mut taken = 0;
    let entries: Vec<_> = kinds
        .iter()
        .flat_map(|kind| names.iter().map(move |name| (*kind, *name)))
        .collect();
    let lists = entries.iter().flat_map(|one| {
        let pairs = entries.iter().map(move |other| vec![*one, *other]);
        pairs.chain([vec![*one]])
    });
    for list in lists {
        let data: Vec<_> = list
            .iter()
            .map(|(kind, name)| {
                let value = match *kind {
                    "bool" => json!(true),
                    "bytes1" => json!("0x01"),
                    "string" => json!("\u{1}"),
                    _ => json!(1),
                };
                json!({ "type": kind, "name": name, "value": value })
            })
            .collect();
        let data = json!(data).to_string();
        if !is_good(verify(&signed(
            Scheme::Eip712V1,
            data.as_bytes(),
            MAIL_SIGNATURE,
        ))) {
            continue;
        }
        taken += 1;
        let schema: String = list
            .iter()
            .map(|(kind, name)| format!("{kind} {name}"))
            .collect();
        // Every value is one byte of 1, so that the number of entries is that of the values' bytes.
        if let Some(other) = seen.insert((schema, list.len()), data.clone()) {
            panic!("{other} and {data}");
        }
    }
    assert!(taken > 500, "{taken}");
}

/// The text of a type holds those of the types that it refers to, so their number is bounded, and so
/// is the depth of what is signed.
#[test]
fn typed_data_is_bounded() {
    let data = |types: usize, members: usize| {
        let members: Vec<_> = (0..members)
            .map(|index| json!({ "name": format!("m{index}"), "type": format!("T{}", index % types) }))
            .collect();
        let types: BTreeMap<_, _> = (0..types)
            .map(|index| (format!("T{index}"), members.clone()))
            .collect();
        json!({ "types": types, "primaryType": "T0", "domain": {}, "message": {} }).to_string()
    };
    let good = data(64, 8);
    assert!(verify(&signed(Scheme::Eip712, good.as_bytes(), MAIL_SIGNATURE)).is_ok());
    for (text, path) in [
        (data(65, 1), "types"),
        (data(1, 129), "types.T0"),
        (data(64, 128), "types"),
    ] {
        let message = signed(Scheme::Eip712, text.as_bytes(), MAIL_SIGNATURE);
        assert_eq!(
            rejection(&message),
            at(RejectionCode::MalformedPayload, path)
        );
    }
    let deep = format!(
        r#"{{"types":{{"A":[{{"name":"a","type":"A"}}]}},"primaryType":"A","domain":{{}},"message":{}{}}}"#,
        r#"{"a":"#.repeat(100),
        format_args!("null{}", "}".repeat(100)),
    );
    let message = signed(Scheme::Eip712, deep.as_bytes(), MAIL_SIGNATURE);
    assert_eq!(rejection(&message).0, RejectionCode::MalformedPayload);
    let dimensions = |count: usize| {
        json!({
            "types": { "A": [{ "name": "a", "type": "bool".to_owned() + &"[]".repeat(count) }] },
            "primaryType": "A",
            "domain": {},
            "message": { "a": [] },
        })
        .to_string()
    };
    let text = dimensions(32);
    assert!(verify(&signed(Scheme::Eip712, text.as_bytes(), MAIL_SIGNATURE)).is_ok());
    assert_malformed(Scheme::Eip712, &dimensions(33), "types.A");
    let mut long = mail();
    long["message"]["contents"] = json!("a".repeat(256 * 1024));
    assert_malformed(Scheme::Eip712, &long.to_string(), "");
    // A struct whose members are left out costs a word for each of them.
    let members: Vec<_> = (0..128)
        .map(|index| json!({ "name": format!("m{index}"), "type": "B" }))
        .collect();
    let left_out = |count: usize| {
        json!({
            "types": { "A": [{ "name": "a", "type": "B[]" }], "B": members },
            "primaryType": "A",
            "domain": {},
            "message": { "a": vec![json!({}); count] },
        })
        .to_string()
    };
    let text = left_out(500);
    assert!(verify(&signed(Scheme::Eip712, text.as_bytes(), MAIL_SIGNATURE)).is_ok());
    let message = left_out(510);
    assert_eq!(
        rejection(&signed(Scheme::Eip712, message.as_bytes(), MAIL_SIGNATURE)).0,
        RejectionCode::MalformedPayload
    );
}

/// Nobody is accepted without an account to compare him with, and nobody is recovered whom the
/// signature does not name.
#[test]
fn an_owner_is_required() {
    let hello = signed(Scheme::Eip191, HELLO.as_bytes(), HELLO_SIGNATURE);
    for scheme in [
        Scheme::Eip191,
        Scheme::Eip712,
        Scheme::Eip712V1,
        Scheme::Eip4361,
        Scheme::TronV1,
        Scheme::TronV2,
        Scheme::Solana,
        Scheme::EosK1,
    ] {
        let (code, path) = parts(verify_owner(&SignedMessage { scheme, ..hello }).unwrap_err());
        assert_eq!(code, RejectionCode::MalformedPayload);
        let expected = match scheme {
            Scheme::EosK1 => "publicKeys",
            _ => "address",
        };
        assert_eq!(path.as_deref(), Some(expected));
    }
    for scheme in [Scheme::Solana, Scheme::EosK1] {
        let (code, _) = parts(recover(&SignedMessage { scheme, ..hello }).unwrap_err());
        assert_eq!(code, RejectionCode::UnsupportedSignature);
    }
    // Whoever is named is not looked at.
    let recovered = recover(&by(hello, COW)).unwrap();
    assert_eq!(recovered.address.as_deref(), Some(HELLO_ADDRESS));
}

/// `r`, `s` and the last byte, in hex.
fn halves(signature: &str) -> (String, String, u8) {
    let digits = signature.strip_prefix("0x").unwrap();
    let (r, rest) = digits.split_at(64);
    let (s, v) = rest.split_at(64);
    (
        r.to_owned(),
        s.to_owned(),
        u8::from_str_radix(v, 16).unwrap(),
    )
}

const ORDER: &str = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";

/// The other signature that anybody can make of one.
fn with_high_s(signature: &str) -> String {
    let (r, s, v) = halves(signature);
    let low = Signature::from_slice(&hex::decode(format!("{r}{s}")).unwrap()).unwrap();
    let high = Signature::from_scalars(low.r().to_bytes(), (-*low.s()).to_bytes()).unwrap();
    let (_, high) = high.split_bytes();
    format!("0x{r}{}{:02x}", hex::encode(high), 55 - v)
}

#[test]
fn forms_of_a_signature() {
    let (r, s, v) = halves(HELLO_SIGNATURE);
    assert_eq!(v, 28);
    let hello = |signature: &str| verify(&signed(Scheme::Eip191, HELLO.as_bytes(), signature));
    let signer = hello(HELLO_SIGNATURE).unwrap();
    assert_eq!(signer.address.as_deref(), Some(HELLO_ADDRESS));
    assert_eq!(signer.signature, HELLO_SIGNATURE);
    let key = signer.public_key.unwrap();
    assert!(key.starts_with("0x04") && key.len() == 132);
    for good in [
        format!("{r}{s}1c"),
        format!("0x{r}{s}01"),
        format!("0x{r}{s}1C"),
        format!("{}{s}01", r.to_ascii_uppercase()),
    ] {
        let signer = hello(&good).unwrap();
        assert_eq!(signer.address.as_deref(), Some(HELLO_ADDRESS), "{good}");
        assert_eq!(signer.signature, HELLO_SIGNATURE, "{good}");
    }
    // The other parity gives another key.
    assert_ne!(
        hello(&format!("{r}{s}1b")).unwrap().address.as_deref(),
        Some(HELLO_ADDRESS)
    );
    let zero = "0".repeat(64);
    // 5 is the x of no point, and this the greatest s that is not high.
    let no_point = format!("{:064x}", 5);
    let half = "7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0";
    let above_half = "7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a1";
    assert!(hello(&format!("{r}{half}1b")).is_ok());
    for bad in [
        with_high_s(HELLO_SIGNATURE),
        format!("{r}{above_half}1b"),
        format!("{r}{s}02"),
        format!("{r}{s}1a"),
        format!("{r}{s}1d"),
        format!("{r}{s}25"),
        format!("{zero}{s}1c"),
        format!("{r}{zero}1c"),
        format!("{ORDER}{s}1c"),
        format!("{r}{ORDER}1c"),
        format!("{}{s}1c", "f".repeat(64)),
        format!("{r}{s}1"),
        format!("{r}{}", &s[2..]),
        format!("{r}{s}1c00"),
        format!("{r}{s}1c\n"),
        format!(" {r}{s}1c"),
        format!("0x0x{r}{s}1c"),
        format!("0X{r}{s}1c"),
        format!("{r}{s}1g"),
        format!("{r}{s}é"),
        String::new(),
        "0x".to_owned(),
        "0".to_owned(),
    ] {
        let message = signed(Scheme::Eip191, HELLO.as_bytes(), &bad);
        assert_eq!(
            rejection(&message),
            at(RejectionCode::MalformedSignature, "signature"),
            "{bad}"
        );
    }
    let high = with_high_s(HELLO_SIGNATURE);
    assert!(hello(&high).unwrap_err().message.contains("high s"));
    let signature = format!("{no_point}{s}1c");
    let message = signed(Scheme::Eip191, HELLO.as_bytes(), &signature);
    assert_eq!(
        rejection(&message),
        (RejectionCode::SignatureMismatch, None)
    );
}

/// The examples of EIP-2098, whose key is 1234…1234.
#[test]
fn compact_signatures() {
    let address = "0x2e988A386a799F506693793c6A5AF6B54dfAaBfB";
    for (message, r, s, v, compact) in [
        (
            "Hello World",
            "68a020a209d3d56c46f38cc50a33f704f4a9a10a59377f8dd762ac66910e9b90",
            "7e865ad05c4035ab5792787d4a0297a43617ae897930a6fe4d822b8faea52064",
            "1b",
            "7e865ad05c4035ab5792787d4a0297a43617ae897930a6fe4d822b8faea52064",
        ),
        (
            "It's a small(er) world",
            "9328da16089fcba9bececa81663203989f2df5fe1faa6291a45381c81bd17f76",
            "139c6d6b623b42da56557e5e734a43dc83345ddfadec52cbe24d0cc64f550793",
            "1c",
            "939c6d6b623b42da56557e5e734a43dc83345ddfadec52cbe24d0cc64f550793",
        ),
    ] {
        for signature in [format!("0x{r}{s}{v}"), format!("0x{r}{compact}")] {
            let signer = verify(&signed(Scheme::Eip191, message.as_bytes(), &signature)).unwrap();
            assert_eq!(signer.address.as_deref(), Some(address));
            assert_eq!(signer.signature, format!("0x{r}{s}{v}"));
        }
        // TRON knows no such form.
        let signature = format!("0x{r}{compact}");
        let message = signed(Scheme::TronV2, message.as_bytes(), &signature);
        assert_eq!(
            rejection(&message),
            at(RejectionCode::MalformedSignature, "signature")
        );
    }
    let (r, _, _) = halves(HELLO_SIGNATURE);
    let signature = format!("{r}7f{}", "ff".repeat(31));
    let message = signed(Scheme::Eip191, HELLO.as_bytes(), &signature);
    assert_eq!(
        rejection(&message),
        at(RejectionCode::MalformedSignature, "signature")
    );
}

#[test]
fn what_only_a_contract_can_verify() {
    let magic = "6492".repeat(16);
    let ends = |length: usize| format!("{}{magic}", "00".repeat(length - 32));
    for (signature, needs_chain) in [
        (ends(32), true),
        (ends(131), true),
        (ends(320), true),
        (ends(131) + "00", false),
        ("00".repeat(130), true),
        ("00".repeat(195), true),
        ("00".repeat(96), true),
        ("00".repeat(128), true),
        ("00".repeat(32), false),
        ("00".repeat(66), false),
        ("00".repeat(97), false),
        ("0".repeat(261), false),
        ("0g".repeat(130), false),
    ] {
        for scheme in [Scheme::Eip191, Scheme::TronV1, Scheme::TronV2] {
            let code = match needs_chain && scheme == Scheme::Eip191 {
                true => RejectionCode::NeedsChain,
                false => RejectionCode::MalformedSignature,
            };
            let message = signed(scheme, b"00", &signature);
            assert_eq!(rejection(&message), at(code, "signature"), "{signature}");
        }
    }
    let message = by(
        signed(Scheme::Eip191, b"other", HELLO_SIGNATURE),
        HELLO_ADDRESS,
    );
    assert!(verify(&message).unwrap_err().message.contains("erc-1271"));
}

#[test]
fn addresses_of_the_signer() {
    let hello = signed(Scheme::Eip191, HELLO.as_bytes(), HELLO_SIGNATURE);
    let lower = HELLO_ADDRESS.to_ascii_lowercase();
    let upper = format!("0x{}", HELLO_ADDRESS[2..].to_ascii_uppercase());
    for good in [HELLO_ADDRESS, &lower, &upper] {
        assert_eq!(signer(&by(hello, good)), HELLO_ADDRESS);
    }
    let bad_checksum = HELLO_ADDRESS.replace("Be34", "be34");
    for bad in [
        &bad_checksum,
        "",
        "0x",
        &HELLO_ADDRESS[2..],
        &HELLO_ADDRESS[..41],
        &format!("{HELLO_ADDRESS}0"),
        "TMVQGm1qAQYVdetCeGRRkTWYYrLXuHK2HC",
    ] {
        let expected = at(RejectionCode::MalformedPayload, "address");
        assert_eq!(rejection(&by(hello, bad)), expected, "{bad}");
    }
    let other = by(hello, COW);
    assert_eq!(rejection(&other), (RejectionCode::SignatureMismatch, None));
    // The keys of accounts may be given instead, and one of all has to have signed.
    let key = verify(&hello).unwrap().public_key.unwrap();
    let prefix = match u8::from_str_radix(&key[130..], 16).unwrap() % 2 {
        0 => "02",
        _ => "03",
    };
    let compressed = format!("{prefix}{}", &key[4..68]);
    for good in [&*key, &key[2..], &compressed] {
        let message = SignedMessage {
            public_keys: &[good],
            ..hello
        };
        assert_eq!(signer(&message), HELLO_ADDRESS);
        assert_eq!(signer(&by(message, COW)), HELLO_ADDRESS);
    }
    let flipped = format!(
        "{}{}",
        if prefix == "02" { "03" } else { "02" },
        &key[4..68]
    );
    let message = SignedMessage {
        public_keys: &[&flipped],
        ..hello
    };
    assert_eq!(
        rejection(&message),
        (RejectionCode::SignatureMismatch, None)
    );
    let off_curve = format!("{}00", &key[..130]);
    let hybrid = format!("06{}", &key[4..]);
    let too_long = format!("{key}00");
    for bad in [
        "",
        "00",
        &off_curve,
        &hybrid,
        &too_long,
        &key[..130],
        "é",
        EOS_KEY,
    ] {
        let message = SignedMessage {
            public_keys: &[bad],
            ..hello
        };
        assert_eq!(
            rejection(&message),
            at(RejectionCode::MalformedPayload, "publicKeys"),
            "{bad}"
        );
    }
    let many = [&*key; 65];
    let message = SignedMessage {
        public_keys: &many,
        ..hello
    };
    assert_eq!(
        rejection(&message),
        at(RejectionCode::MalformedPayload, "publicKeys")
    );
    let message = SignedMessage {
        public_keys: &many[1..],
        ..hello
    };
    assert_eq!(signer(&message), HELLO_ADDRESS);
}

const TRON_V2_SIGNATURE: &str = "0x0dc0b53d525e0103a6013061cf18e60cf158809149f2b8994a545af65a7004cb1eeaff560e801ab51b28df5d42549aa024c2aa7e9d34de1e01294b9afb5e6c7e1c";
const TRON_V1_SIGNATURE: &str = "0xffcac5731d9f70a58e5126f44c34b9356ccb9bef53331e33ddab84bb829adc1b77df24362348f8d46e506b489b4af4496600799b173e708faf1b9db99da9d13c1b";

#[test]
fn tron() {
    let address = "TSPrmJetAMo6S6RxMd4tswzeRCFVegBNig";
    // Text is hex digits, and says the same as the bytes; the header says 32 bytes of these two.
    for text in ["abc", "0abc", "0x0abc", "0xABC", "0xabc"] {
        let message = signed(Scheme::TronV1, text.as_bytes(), TRON_V1_SIGNATURE);
        assert_eq!(signer(&message), address, "{text}");
    }
    let bytes = SignedMessage {
        is_text: false,
        ..signed(Scheme::TronV1, &[0x0a, 0xbc], TRON_V1_SIGNATURE)
    };
    assert_eq!(signer(&bytes), address);
    for text in ["0x0x0abc", "0Xabc", "hello", " abc", "abç"] {
        let message = signed(Scheme::TronV1, text.as_bytes(), TRON_V1_SIGNATURE);
        assert_eq!(
            rejection(&message),
            at(RejectionCode::MalformedPayload, "message"),
            "{text}"
        );
    }
    // Of 32 bytes both versions are one.
    let text = "00".repeat(32);
    let first = signed(Scheme::TronV1, text.as_bytes(), TRON_V1_SIGNATURE);
    let second = signed(Scheme::TronV2, &[0; 32], TRON_V1_SIGNATURE);
    assert_eq!(verify(&first), verify(&second));
    let shorter = signed(Scheme::TronV2, &[0x0a, 0xbc], TRON_V1_SIGNATURE);
    assert_ne!(signer(&shorter), address);

    let address = "TMVQGm1qAQYVdetCeGRRkTWYYrLXuHK2HC";
    let message = signed(Scheme::TronV2, b"hello world", TRON_V2_SIGNATURE);
    let digits = "417e5f4552091a69125d5dfcb7b8c2659029395bdf";
    for good in [address, digits, &digits.to_ascii_uppercase()] {
        assert_eq!(signer(&by(message, good)), address);
    }
    for bad in [
        "TMVQGm1qAQYVdetCeGRRkTWYYrLXuHK2HD",
        "TMVQGm1qAQYVdetCeGRRkTWYYrLXuHK2H",
        &digits[2..],
        &digits[..40],
        "0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf",
        // The same bytes as an address of Bitcoin.
        "1CUNEBjYrCn2y1SdiUMohaKUi4wpP326Lb",
    ] {
        let expected = at(RejectionCode::MalformedPayload, "address");
        assert_eq!(rejection(&by(message, bad)), expected, "{bad}");
    }
    let other = by(message, "TSPrmJetAMo6S6RxMd4tswzeRCFVegBNig");
    assert_eq!(rejection(&other), (RejectionCode::SignatureMismatch, None));
    let ethereum = signed(Scheme::Eip191, b"hello world", TRON_V2_SIGNATURE);
    assert_ne!(
        signer(&ethereum),
        "0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf"
    );
}

const EOS_KEY: &str = "EOS6zjfj9Xjk9CYoucZDptdDZ6317eZd622pVvaYtv5q6gwEs9icD";
/// The same key, written as Python's `hashlib` computes the checksum.
const EOS_KEY_K1: &str = "PUB_K1_6zjfj9Xjk9CYoucZDptdDZ6317eZd622pVvaYtv5q6gwBAtLn8";
const EOS_SIGNATURE: &str = "SIG_K1_KdgBih1poWj8DYZXwLxMdjaHMzYhuAVp7XshR9ZjrZSubZwsgSpiyUKXu44NmCtKgRFswmqKaioWLTuGZrXwYPsSNCSyyr";

#[test]
fn eos() {
    // The key of the older form's own example, the public key of the default development key.
    let other = "EOS6MRyAjQq8ud7hVNYcfnVPJqcVpscN5So8BhtHuGYqET5GDW5CV";
    let message = signed(Scheme::EosK1, b"message", EOS_SIGNATURE);
    for keys in [
        &[EOS_KEY] as &[_],
        &[EOS_KEY_K1],
        &[other, EOS_KEY],
        &[EOS_KEY, other],
    ] {
        let message = SignedMessage {
            public_keys: keys,
            ..message
        };
        let signer = verify(&message).unwrap();
        assert_eq!(signer.public_key.as_deref(), Some(EOS_KEY_K1));
        assert_eq!(signer.address, None);
    }
    let others = SignedMessage {
        public_keys: &[other],
        ..message
    };
    assert_eq!(rejection(&others), (RejectionCode::SignatureMismatch, None));
    // A key that comes out of the signature proves nothing, and neither does a name.
    assert_eq!(
        rejection(&message),
        at(RejectionCode::MalformedPayload, "publicKeys")
    );
    let message = SignedMessage {
        public_keys: &[EOS_KEY],
        ..message
    };
    assert_eq!(
        rejection(&by(message, "alice")),
        at(RejectionCode::MalformedPayload, "address")
    );
    for bad in [
        "EOS6zjfj9Xjk9CYoucZDptdDZ6317eZd622pVvaYtv5q6gwEs9icE",
        "PUB_K1_6zjfj9Xjk9CYoucZDptdDZ6317eZd622pVvaYtv5q6gwEs9icD",
        "PUB_R1_6zjfj9Xjk9CYoucZDptdDZ6317eZd622pVvaYtv5q6gwFta5JT",
        &EOS_KEY[3..],
        "EOS",
        "",
    ] {
        let message = SignedMessage {
            public_keys: &[bad],
            ..message
        };
        assert_eq!(
            rejection(&message),
            at(RejectionCode::MalformedPayload, "publicKeys"),
            "{bad}"
        );
    }
    // Made of the signature above: the byte before it says nothing of the key's form, but which key.
    let uncompressed = "SIG_K1_HKi2B1MgdxwqxN5sCr6mFVkMSx1Sh4ddcU3kjXKzvMvpp3GNhAx3Rqj1Vr7XuPBjCgheqWK9SJCRhqDZNpueUGE55oiGWr";
    let good = SignedMessage {
        signature: uncompressed,
        ..message
    };
    assert!(verify(&good).is_ok());
    let spoilt = EOS_SIGNATURE.replace("SNCSyyr", "SNCSyys");
    for (what, bad) in [
        (
            "26",
            "SIG_K1_GAiwQAXcZC4Cpmr2qbfy4NqPVRjp61hYMw8nPiD8TGAnRGvdCY1hf2RkJF97UULRxpRYHNZ4N5ttPWshnK6VwCQPRgY6qC",
        ),
        (
            "35",
            "SIG_K1_MN9osxFvvg4auvvHVDbYvQwjJGx9ojtwzLF9vsF3ZD5yBiTVvQEEdhGRhTX1QaAGYDg3myUTC3FpJwR3xdFfLzbxuDENWg",
        ),
        (
            "high s",
            "SIG_K1_K4BeLGbnm8HJekSckijxYB7oPEQtbe2mVGRDFF1Jd1ZtRSAaHfUF3kGrZoxcdUDmiBQ5tFGqtnNP8AttGWHCLp6uVYrzXX",
        ),
        (
            "a checksum without the kind",
            "SIG_K1_KdgBih1poWj8DYZXwLxMdjaHMzYhuAVp7XshR9ZjrZSubZwsgSpiyUKXu44NmCtKgRFswmqKaioWLTuGZrXwYPsSRifJbS",
        ),
        (
            "64 bytes",
            "SIG_K1_5DqkfSqDeGoFKhgYUigH1AeSunfT2rH3X2ZL8HSYTdoekBBcxA2JDLnS8GCBpdDzFNMbCWBwxfvaqN3nDRpLcCyiytouy",
        ),
        ("another checksum", &spoilt),
        ("a character behind", &format!("{EOS_SIGNATURE}1")),
        ("no prefix", &EOS_SIGNATURE[7..]),
        ("a prefix alone", "SIG_K1_"),
        ("hex", HELLO_SIGNATURE),
        ("nothing", ""),
    ] {
        let message = SignedMessage {
            signature: bad,
            ..message
        };
        assert_eq!(
            rejection(&message),
            at(RejectionCode::MalformedSignature, "signature"),
            "{what}"
        );
    }
    // The header says whether the key is compressed, which changes neither the key nor the normal form.
    let mut bytes = [0; 69];
    bs58::decode(&EOS_SIGNATURE[7..]).onto(&mut bytes).unwrap();
    bytes[0] -= 4;
    let mut hash = Ripemd160::new();
    hash.update(&bytes[..65]);
    hash.update("K1");
    bytes[65..].copy_from_slice(&hash.finalize()[..4]);
    let mut digits = [0; 96];
    let length = bs58::encode(bytes).onto(digits.as_mut_slice()).unwrap();
    let uncompressed = format!("SIG_K1_{}", str::from_utf8(&digits[..length]).unwrap());
    assert_ne!(uncompressed, EOS_SIGNATURE);
    for signature in [EOS_SIGNATURE, &uncompressed] {
        let signer = verify(&SignedMessage {
            signature,
            ..message
        })
        .unwrap();
        assert_eq!(signer.signature, EOS_SIGNATURE);
    }
    for other_kind in [
        "SIG_R1_KdgBih1poWj8DYZXwLxMdjaHMzYhuAVp7XshR9ZjrZSubZwsgSpiyUKXu44NmCtKgRFswmqKaioWLTuGZrXwYPsSMXGX7S",
        "SIG_WA_1",
    ] {
        let message = SignedMessage {
            signature: other_kind,
            ..message
        };
        assert_eq!(
            rejection(&message),
            at(RejectionCode::UnsupportedSignature, "signature")
        );
    }
}

#[test]
fn solana() {
    let address = "586Z7H2vpX9qNhN2T4e9Utugie3ogjbxzGaMtM3E6HR5";
    let hex = "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00";
    let base58 =
        "3w2b4gJH2VXfrwycUgMiE3TZJTztazKppFVojCQ9NDMDHq8PVTHxQdQovxMFxqeqeQf1xaADvhkj2nMuB1kzouA7";
    let other = "11111111111111111111111111111112";
    let message = signed(Scheme::Solana, b"r", hex);
    let good = by(message, address);
    let signer = Signer {
        address: Some(address.into()),
        public_key: Some(address.into()),
        signature: base58.into(),
    };
    assert_eq!(verify(&good), Ok(signer.clone()));
    let with_prefix = format!("0x{hex}");
    assert_eq!(
        verify(&SignedMessage {
            signature: &with_prefix,
            ..good
        }),
        Ok(signer.clone())
    );
    let keys = SignedMessage {
        public_keys: &[other, address],
        ..message
    };
    assert_eq!(verify(&keys), Ok(signer.clone()));
    assert_eq!(
        verify(&SignedMessage {
            signature: base58,
            ..good
        }),
        Ok(signer)
    );
    assert_eq!(
        rejection(&message),
        at(RejectionCode::MalformedPayload, "address")
    );
    assert_eq!(
        rejection(&by(message, other)),
        (RejectionCode::SignatureMismatch, None)
    );
    for bad in ["", "0", COW, "586Z7H2vpX9qNhN2T4e9Utugie3ogjbxzGaMtM3E6H"] {
        assert_eq!(
            rejection(&by(message, bad)),
            at(RejectionCode::MalformedPayload, "address"),
            "{bad}"
        );
        let keys = SignedMessage {
            public_keys: &[bad],
            ..message
        };
        assert_eq!(
            rejection(&keys),
            at(RejectionCode::MalformedPayload, "publicKeys"),
            "{bad}"
        );
    }
    for bad in [
        "",
        "0x",
        &hex[2..],
        &format!("{hex}00"),
        address,
        HELLO_SIGNATURE,
        "0",
    ] {
        let message = SignedMessage {
            signature: bad,
            ..good
        };
        assert_eq!(
            rejection(&message),
            at(RejectionCode::MalformedSignature, "signature"),
            "{bad}"
        );
    }
    // A key of small order verifies what nobody signed.
    let zeros = "0".repeat(128);
    let message = SignedMessage {
        signature: &zeros,
        ..by(message, "11111111111111111111111111111111")
    };
    assert_eq!(
        rejection(&message),
        (RejectionCode::SignatureMismatch, None)
    );
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
struct Fields {
    domain: String,
    address: String,
    statement: Option<String>,
    uri: String,
    version: String,
    chain_id: Value,
    nonce: String,
    issued_at: String,
    expiration_time: Option<String>,
    not_before: Option<String>,
    request_id: Option<String>,
    resources: Vec<String>,
    signature: String,
    /// When it is verified.
    time: Option<String>,
    domain_binding: Option<String>,
    match_nonce: Option<String>,
}

impl Fields {
    /// What these members say, where their version and chain can be said.
    fn sign_in(&self) -> Option<SignIn<'_>> {
        let chain_id = self.chain_id.to_string();
        Some(SignIn {
            scheme: None,
            domain: &self.domain,
            address: &self.address,
            statement: self.statement.as_deref(),
            uri: &self.uri,
            chain_id: chain_id.trim_matches('"').parse().ok()?,
            nonce: &self.nonce,
            issued_at: &self.issued_at,
            expiration_time: self.expiration_time.as_deref(),
            not_before: self.not_before.as_deref(),
            request_id: self.request_id.as_deref(),
            resources: self.resources.iter().map(String::as_str).collect(),
        })
        .filter(|_| self.version == "1")
    }

    fn verify(&self) -> Result<Signer, Rejection> {
        let sign_in = self.sign_in().unwrap();
        let demands = Demands {
            domain: self.domain_binding.as_deref().unwrap_or(&self.domain),
            nonce: self.match_nonce.as_deref().unwrap_or(&self.nonce),
            uri: Some(&self.uri),
            chain_id: None,
            max_age: u64::MAX,
        };
        let now = self.time.as_deref().unwrap_or("2024-01-01T00:00:00Z");
        sign_in.check(&demands, timestamp::parse(now).unwrap() as u64)?;
        let text = sign_in.compose()?;
        assert_eq!(SignIn::parse(&text).unwrap(), sign_in);
        verify(&signed(Scheme::Eip4361, text.as_bytes(), &self.signature))
    }
}

#[derive(Deserialize)]
struct Parsed {
    message: String,
    fields: Fields,
}

#[test]
fn siwe_parsing_positive() {
    let vectors: BTreeMap<String, Parsed> = read("siwe/parsing_positive.json");
    assert_eq!(vectors.len(), 8);
    for (name, Parsed { message, fields }) in vectors {
        let sign_in = SignIn::parse(&message);
        assert_eq!(sign_in, Ok(fields.sign_in().unwrap()), "{name}");
        assert_eq!(sign_in.unwrap().compose(), Ok(message), "{name}");
    }
}

/// Two of these say nothing that EIP-4361 forbids: an underscore may stand in a domain (RFC 3986,
/// `unreserved`), and the message with another version has version 1.
#[test]
fn siwe_parsing_negative() {
    let vectors: BTreeMap<String, String> = read("siwe/parsing_negative.json");
    assert_eq!(vectors.len(), 34);
    let mut accepted = Vec::new();
    for (name, message) in vectors {
        match SignIn::parse(&message).map_err(parts) {
            Ok(_) => accepted.push(name),
            Err((code, _)) => assert_eq!(code, RejectionCode::MalformedPayload, "{name}"),
        }
    }
    assert_eq!(accepted, ["domain not RFC4501 authority", "version not 1"]);
    let vectors: BTreeMap<String, String> = read("siwe/invalid_uris.json");
    assert_eq!(vectors.len(), 16);
    for (name, message) in vectors {
        let result = SignIn::parse(&message).map_err(parts);
        assert_eq!(
            result,
            Err(at(RejectionCode::MalformedPayload, "uri")),
            "{name}"
        );
    }
}

/// Three of these cannot be said: a version, and a chain that is no number.
#[test]
fn siwe_parsing_negative_objects() {
    let vectors: BTreeMap<String, Fields> = read("siwe/parsing_negative_objects.json");
    assert_eq!(vectors.len(), 18);
    let mut unsaid = Vec::new();
    for (name, fields) in vectors {
        match fields.sign_in() {
            Some(sign_in) => {
                let (code, path) = parts(sign_in.compose().unwrap_err());
                assert_eq!(code, RejectionCode::MalformedPayload, "{name}");
                assert!(path.is_some(), "{name}");
            }
            None => unsaid.push(name),
        }
    }
    assert_eq!(
        unsaid,
        [
            "missing chainId",
            "missing version",
            "not a valid chainId",
            "version not 1"
        ]
    );
}

#[derive(Deserialize)]
struct Characters {
    rule: String,
    input: String,
    answer: bool,
}

/// The rules of the grammar, each through a member that has it.
#[test]
fn siwe_characters() {
    let mut vectors: BTreeMap<String, Characters> = read("siwe/valid_chars.json");
    vectors.extend(read::<BTreeMap<_, _>>("siwe/invalid_chars.json"));
    assert_eq!(vectors.len(), 8 + 40);
    for (
        name,
        Characters {
            rule,
            input,
            answer,
        },
    ) in vectors
    {
        let mut sign_in = SignIn::parse(LOGIN_XYZ).unwrap();
        let text = match &*rule {
            "scheme" => format!("{input}:x"),
            "fragment" => format!("s:#{input}"),
            "userinfo" => format!("{input}@host"),
            "IPvFuture" => format!("[{input}]"),
            _ => input,
        };
        match &*rule {
            "scheme" | "fragment" => sign_in.uri = &text,
            "statement" => sign_in.statement = Some(&text),
            "userinfo" | "IPvFuture" | "reg-name" => sign_in.domain = &text,
            "pct-encoded" | "segment-nz" => sign_in.request_id = Some(&text),
            other => panic!("no member for {other}"),
        }
        assert_eq!(sign_in.compose().is_ok(), answer, "{name}");
    }
}

/// One of these is refused all the same: it says that it was issued two years after it is verified.
#[test]
fn siwe_verification_positive() {
    let vectors: BTreeMap<String, Fields> = read("siwe/verification_positive.json");
    assert_eq!(vectors.len(), 4);
    for (name, mut fields) in vectors {
        if name == "expired message" {
            let result = fields.verify().map_err(parts);
            assert_eq!(result, Err(at(RejectionCode::TimestampTooNew, "issuedAt")));
            continue;
        }
        let signer = fields.verify().unwrap();
        assert_eq!(signer.address.as_ref(), Some(&fields.address), "{name}");
        fields.nonce += "0";
        let result = fields.verify().map_err(parts);
        assert_eq!(
            result,
            Err((RejectionCode::SignatureMismatch, None)),
            "{name}"
        );
    }
}

#[test]
fn siwe_verification_negative() {
    let vectors: BTreeMap<String, Fields> = read("siwe/verification_negative.json");
    assert_eq!(vectors.len(), 7);
    for (name, fields) in vectors {
        let expected = match &*name {
            "custom nonce" => at(RejectionCode::MalformedPayload, "nonce"),
            "domain binding" => at(RejectionCode::MalformedPayload, "domain"),
            "custom time" | "expired message" => {
                at(RejectionCode::TimestampTooOld, "expirationTime")
            }
            "not yet valid" => at(RejectionCode::TimestampTooNew, "notBefore"),
            "malformed signature" => at(RejectionCode::MalformedSignature, "signature"),
            "wrong signature" => (RejectionCode::SignatureMismatch, None),
            other => panic!("no expectation for {other}"),
        };
        assert_eq!(fields.verify().map_err(parts), Err(expected), "{name}");
    }
}

#[test]
fn sign_in_messages_with_everything_and_with_little() {
    let full = "https://user@[::1]:8080 wants you to sign in with your Ethereum account:\n\
        0x9D85ca56217D2bb651b00f15e694EB7E713637D4\n\nA statement.\n\n\
        URI: did:key:z6Mk#a?b\nVersion: 1\nChain ID: 9007199254740991\nNonce: 12345678\n\
        Issued At: 2022-01-27t17:09:38+01:00\nExpiration Time: 2022-01-27T17:09:38Z\n\
        Not Before: 2022-01-27T17:09:38.5Z\nRequest ID: \nResources:\n- a:\n- ftp://h/?q#f";
    let sign_in = SignIn::parse(full).unwrap();
    assert_eq!(
        sign_in,
        SignIn {
            scheme: Some("https"),
            domain: "user@[::1]:8080",
            address: "0x9D85ca56217D2bb651b00f15e694EB7E713637D4",
            statement: Some("A statement."),
            uri: "did:key:z6Mk#a?b",
            chain_id: (1 << 53) - 1,
            nonce: "12345678",
            issued_at: "2022-01-27t17:09:38+01:00",
            expiration_time: Some("2022-01-27T17:09:38Z"),
            not_before: Some("2022-01-27T17:09:38.5Z"),
            request_id: Some(""),
            resources: vec!["a:", "ftp://h/?q#f"],
        }
    );
    assert_eq!(sign_in.compose().as_deref(), Ok(full));
    let little = full.split("\nExpiration").next().unwrap();
    let little = little
        .replace("A statement.\n\n", "\n")
        .replace("https://", "");
    let sign_in = SignIn::parse(&little).unwrap();
    assert_eq!((sign_in.scheme, sign_in.statement), (None, None));
    assert_eq!(sign_in.compose().as_ref(), Ok(&little));
    // The grammar lets the list be empty.
    let empty = format!("{little}\nResources:");
    assert_eq!(SignIn::parse(&empty), Ok(sign_in));

    for (from, to, path) in [
        ("https://", "1://", Some("scheme")),
        ("https://", "://", Some("scheme")),
        ("user@[::1]:8080", "", Some("domain")),
        ("[::1]", "", Some("domain")),
        ("user@[::1]:8080", "a/b", Some("domain")),
        ("user@[::1]:8080", "a b", Some("domain")),
        ("user@[::1]:8080", "a:b", Some("domain")),
        ("[::1]", "[::1", Some("domain")),
        ("[::1]", "[v.a]", Some("domain")),
        ("[::1]", "[v1.]", Some("domain")),
        ("[::1]", "[vg.a]", Some("domain")),
        ("[::1]", "[::1%25eth0]", Some("domain")),
        ("wants", "Wants", Some("domain")),
        ("account:\n", "account:\r\n", Some("domain")),
        ("637D4\n\n", "637D4\n", Some("address")),
        ("637D4\n\n", "637D4 \n\n", Some("address")),
        ("0x9D", "0x9d", Some("address")),
        ("0x9D", "0X9D", Some("address")),
        ("A statement.", "A \"statement\".", Some("statement")),
        ("A statement.", "A\tstatement.", Some("statement")),
        ("A statement.", "Ä", Some("statement")),
        ("A statement.", "100%", Some("statement")),
        ("did:key", "did\u{e4}:key", Some("uri")),
        ("did:key:z6Mk", "", Some("uri")),
        ("z6Mk", "%zz", Some("uri")),
        ("z6Mk", "%6", Some("uri")),
        ("z6Mk", "a b", Some("uri")),
        ("#a?b", "#a#b", Some("uri")),
        ("Version: 1", "Version: 2", Some("version")),
        ("Version: 1", "Version: 01", Some("version")),
        (
            "ID: 9007199254740991",
            "ID: 9007199254740992",
            Some("chainId"),
        ),
        ("ID: 9007199254740991", "ID: +1", Some("chainId")),
        ("ID: 9007199254740991", "ID: 0x1", Some("chainId")),
        ("ID: 9007199254740991", "ID: ", Some("chainId")),
        ("12345678", "1234567", Some("nonce")),
        ("12345678", "1234567-", Some("nonce")),
        ("12345678", "1234567\u{e4}", Some("nonce")),
        ("t17:09:38+01:00", " 17:09:38+01:00", Some("issuedAt")),
        ("t17:09:38+01:00", "t17:09:38", Some("issuedAt")),
        ("01-27T17:09:38Z", "02-30T17:09:38Z", Some("expirationTime")),
        ("17:09:38.5Z", "24:00:00Z", Some("notBefore")),
        ("Request ID: ", "Request ID: a b", Some("requestId")),
        ("Request ID: ", "Request ID: a/b", Some("requestId")),
        ("- a:", "- a", Some("resources[0]")),
        ("- a:", "-a:", None),
        ("- a:", "", None),
        ("h/?q#f", "h/?q#f\n", None),
        ("h/?q#f", "h/?q#f\nVersion: 1", None),
        ("h/?q#f", "[h]/?q#f", Some("resources[1]")),
    ] {
        assert!(full.contains(from), "{from}");
        let text = full.replacen(from, to, 1);
        let (code, found) = parts(SignIn::parse(&text).unwrap_err());
        assert_eq!(
            (code, found.as_deref()),
            (RejectionCode::MalformedPayload, path),
            "{from} {to}"
        );
    }
}

/// Nothing that goes into a message can end its line and begin another.
#[test]
fn what_is_composed_is_what_is_read() {
    for text in ["a\nURI: https://evil.example", "a\n", "\n", "a\r", ""] {
        let good = SignIn::parse(LOGIN_XYZ).unwrap();
        for sign_in in [
            SignIn {
                domain: text,
                ..good.clone()
            },
            SignIn {
                address: text,
                ..good.clone()
            },
            SignIn {
                statement: Some(text),
                ..good.clone()
            },
            SignIn {
                uri: text,
                ..good.clone()
            },
            SignIn {
                nonce: text,
                ..good.clone()
            },
            SignIn {
                issued_at: text,
                ..good.clone()
            },
            SignIn {
                expiration_time: Some(text),
                ..good.clone()
            },
            SignIn {
                not_before: Some(text),
                ..good.clone()
            },
            SignIn {
                resources: vec![text],
                ..good.clone()
            },
            SignIn {
                scheme: Some(text),
                ..good.clone()
            },
            SignIn {
                chain_id: 1 << 53,
                ..good.clone()
            },
        ] {
            assert_eq!(
                sign_in.compose().unwrap_err().code,
                RejectionCode::MalformedPayload
            );
        }
        let sign_in = SignIn {
            request_id: Some(text),
            ..good
        };
        assert_eq!(sign_in.compose().is_ok(), text.is_empty());
    }
}

#[test]
fn what_a_server_demands_of_a_sign_in() {
    let sign_in = SignIn::parse(LOGIN_XYZ).unwrap();
    let good = Demands {
        domain: "login.xyz",
        nonce: "bTyXgcQxn2htgkjJn",
        uri: Some("https://login.xyz"),
        chain_id: Some(1),
        max_age: MAX_AGE,
    };
    let unix = |text| timestamp::parse(text).unwrap() as u64;
    let issued = unix("2022-01-27T17:09:38Z");
    let expires = unix("2100-01-07T14:31:43Z");
    let check = |demands: Demands, now| sign_in.check(&demands, now).map_err(parts);
    assert_eq!(check(good, issued), Ok(()));
    assert_eq!(
        check(
            Demands {
                uri: None,
                chain_id: None,
                ..good
            },
            issued
        ),
        Ok(())
    );
    let malformed = |path| Err(at(RejectionCode::MalformedPayload, path));
    for domain in ["", "LOGIN.xyz", "login.xyz:443", "xyz", "login.xyz.evil"] {
        assert_eq!(
            check(Demands { domain, ..good }, issued),
            malformed("domain")
        );
    }
    assert_eq!(
        check(
            Demands {
                nonce: "btyXgcQxn2htgkjJn",
                ..good
            },
            issued
        ),
        malformed("nonce")
    );
    let demands = Demands {
        uri: Some("https://login.xyz/"),
        ..good
    };
    assert_eq!(check(demands, issued), malformed("uri"));
    let demands = Demands {
        chain_id: Some(56),
        ..good
    };
    assert_eq!(
        check(demands, issued),
        Err(at(RejectionCode::ChainMismatch, "chainId"))
    );
    // 300 seconds are what clocks may differ by, both ends included; who expires does so at once.
    assert_eq!(check(good, issued - 300), Ok(()));
    let too_new = |path| Err(at(RejectionCode::TimestampTooNew, path));
    assert_eq!(check(good, issued - 301), too_new("issuedAt"));
    assert_eq!(check(good, 0), too_new("issuedAt"));
    let max_age = expires - issued;
    assert_eq!(check(Demands { max_age, ..good }, expires - 1), Ok(()));
    let too_old = Err(at(RejectionCode::TimestampTooOld, "expirationTime"));
    assert_eq!(check(good, expires), too_old);
    assert_eq!(check(good, u64::MAX), too_old);
    // A message that does not say when it expires is too old ten minutes later, unless told otherwise.
    let too_old = Err(at(RejectionCode::TimestampTooOld, "issuedAt"));
    for (max_age, last) in [(MAX_AGE, issued + 600), (60, issued + 60)] {
        let demands = Demands { max_age, ..good };
        assert_eq!(check(demands, last), Ok(()));
        assert_eq!(check(demands, last + 1), too_old);
    }
    // Where no uri is asked for, it has to be an address of the domain, and never another site's.
    let anywhere = Demands { uri: None, ..good };
    for (domain, scheme, uri, demands, expected) in [
        (
            "login.xyz",
            None,
            "https://login.xyz/a?b#",
            anywhere,
            Err("uri"),
        ),
        ("login.xyz", None, "https://login.xyz/a?b", anywhere, Ok(())),
        (
            "login.xyz",
            None,
            "https://LOGIN.xyz:443/a",
            anywhere,
            Ok(()),
        ),
        (
            "login.xyz",
            None,
            "https://login.xyz:8443/a",
            anywhere,
            Err("uri"),
        ),
        (
            "login.xyz",
            None,
            "https://login.xyz.evil/",
            anywhere,
            Err("uri"),
        ),
        (
            "login.xyz",
            None,
            "https://evil.xyz/login.xyz",
            anywhere,
            Err("uri"),
        ),
        (
            "login.xyz",
            None,
            "https://login.xyz@evil.xyz/",
            anywhere,
            Err("uri"),
        ),
        ("login.xyz", None, "http://login.xyz", anywhere, Err("uri")),
        ("login.xyz", None, "did:key:z6Mk", anywhere, Err("uri")),
        (
            "login.xyz",
            Some("https"),
            "https://login.xyz",
            anywhere,
            Ok(()),
        ),
        (
            "login.xyz",
            Some("http"),
            "https://login.xyz",
            anywhere,
            Err("scheme"),
        ),
        (
            "login.xyz",
            Some("evil"),
            "https://login.xyz",
            anywhere,
            Err("scheme"),
        ),
        (
            "localhost:3000",
            None,
            "http://localhost:3000/a",
            anywhere,
            Ok(()),
        ),
        (
            "localhost:3000",
            Some("http"),
            "http://localhost:3000/a",
            anywhere,
            Ok(()),
        ),
        (
            "localhost:3000",
            Some("https"),
            "http://localhost:3000/a",
            anywhere,
            Err("uri"),
        ),
        // The caller may ask for any.
        (
            "login.xyz",
            None,
            "did:key:z6Mk",
            Demands {
                uri: Some("did:key:z6Mk"),
                ..good
            },
            Ok(()),
        ),
        (
            "login.xyz",
            Some("x-app"),
            "x-app:a",
            Demands {
                uri: Some("x-app:a"),
                ..good
            },
            Ok(()),
        ),
        (
            "login.xyz",
            Some("x-app"),
            "https://login.xyz",
            good,
            Err("scheme"),
        ),
    ] {
        let message = SignIn {
            domain,
            scheme,
            uri,
            ..sign_in.clone()
        };
        let result = message
            .check(&Demands { domain, ..demands }, issued)
            .map_err(parts);
        let expected = expected.map_err(|path| at(RejectionCode::MalformedPayload, path));
        assert_eq!(result, expected, "{scheme:?} {domain} {uri}");
    }
    let later = SignIn {
        not_before: Some("2022-01-27T17:10:38Z"),
        ..sign_in.clone()
    };
    let check = |now| later.check(&good, now).map_err(parts);
    assert_eq!(check(issued + 59), too_new("notBefore"));
    assert_eq!(check(issued + 60), Ok(()));
    let broken = SignIn {
        not_before: Some("soon"),
        ..sign_in.clone()
    };
    assert_eq!(
        broken.check(&good, issued).map_err(parts),
        malformed("notBefore")
    );
}

/// The options of a good sign-in, as JavaScript writes them.
fn sign_in_options() -> Value {
    json!({
        "scheme": "eip4361",
        "signature": LOGIN_SIGNATURE,
        "text": true,
        "domain": "login.xyz",
        "nonce": "bTyXgcQxn2htgkjJn",
        "address": "0x9D85ca56217D2bb651b00f15e694EB7E713637D4"
    })
}

const LOGIN_SIGNATURE: &str = "0xdc35c7f8ba2720df052e0092556456127f00f7707eaa8e3bbff7e56774e7f2e05a093cfc9e02964c33d86e8e066e221b7d153d27e5a2e97ccd5ca7d3f2ce06cb1b";
/// A second after the message was issued.
const NOW: u64 = 1_643_303_379;

fn answer(options: &Value, text: &[u8]) -> Value {
    match message(options.to_string().as_bytes(), text, NOW).unwrap() {
        Ok(verified) => serde_json::to_value(verified).unwrap(),
        Err(rejection) => serde_json::to_value(rejection).unwrap(),
    }
}

/// The option at fault.
fn bad_option(options: &Value) -> String {
    match message(options.to_string().as_bytes(), LOGIN_XYZ.as_bytes(), NOW) {
        Err(ConfigError::InvalidOption { option, problem }) => {
            let known = ["expected ", "only valid ", "unknown "]
                .iter()
                .any(|start| problem.starts_with(start));
            assert!(known, "{problem}");
            option.into_owned()
        }
        other => panic!("expected an option's rejection, got {other:?}"),
    }
}

fn with(mut options: Value, name: &str, value: Value) -> Value {
    options[name] = value;
    options
}

#[test]
fn answers_in_json() {
    let hello = json!({
        "scheme": "eip191",
        "signature": HELLO_SIGNATURE,
        "text": true,
        "address": HELLO_ADDRESS.to_ascii_lowercase()
    });
    let good = answer(&hello, HELLO.as_bytes());
    assert_eq!(good["ok"], true);
    assert_eq!(good["address"], HELLO_ADDRESS);
    assert!(good["publicKey"].as_str().unwrap().starts_with("0x04"));
    assert_eq!(good["signature"], HELLO_SIGNATURE);
    assert_eq!(good.as_object().unwrap().len(), 4);
    let bad = answer(&hello, b"other");
    assert_eq!(bad["ok"], false);
    assert_eq!(bad["code"], "signature_mismatch");
    assert_eq!(bad.get("path"), None);
    let bytes = with(hello, "signature", json!(&HELLO_SIGNATURE[2..]));
    assert_eq!(answer(&bytes, HELLO.as_bytes()), good);
    let bytes = with(bytes, "signature", json!("00"));
    let malformed = answer(&bytes, HELLO.as_bytes());
    assert_eq!(malformed["code"], "malformed_signature");
    assert_eq!(malformed["path"], "signature");

    let eos = json!({
        "scheme": "eos-k1",
        "signature": EOS_SIGNATURE,
        "text": true,
        "publicKeys": [EOS_KEY]
    });
    assert_eq!(
        answer(&eos, b"message"),
        json!({ "ok": true, "publicKey": EOS_KEY_K1, "signature": EOS_SIGNATURE })
    );
    let tron = json!({
        "scheme": "tron-v1",
        "signature": TRON_V1_SIGNATURE,
        "text": true,
        "recover": true
    });
    assert_eq!(
        answer(&tron, b"abc")["address"],
        "TSPrmJetAMo6S6RxMd4tswzeRCFVegBNig"
    );
    let tron = with(tron, "text", json!(false));
    assert_eq!(
        answer(&tron, b"\x0a\xbc")["address"],
        "TSPrmJetAMo6S6RxMd4tswzeRCFVegBNig"
    );
}

#[test]
fn sign_ins_in_json() {
    let options = sign_in_options();
    let good = answer(&options, LOGIN_XYZ.as_bytes());
    assert_eq!(
        good["address"],
        "0x9D85ca56217D2bb651b00f15e694EB7E713637D4"
    );
    assert_eq!(
        good["signIn"],
        json!({
            "domain": "login.xyz",
            "address": "0x9D85ca56217D2bb651b00f15e694EB7E713637D4",
            "statement": "Sign-In With Ethereum Example Statement",
            "uri": "https://login.xyz",
            "version": "1",
            "chainId": 1,
            "nonce": "bTyXgcQxn2htgkjJn",
            "issuedAt": "2022-01-27T17:09:38.578Z",
            "expirationTime": "2100-01-07T14:31:43.952Z"
        })
    );
    let lower = "0x9d85ca56217d2bb651b00f15e694eb7e713637d4";
    for (name, value, code, path) in [
        ("address", json!(lower), None, None),
        ("chain", json!("eip155:1"), None, None),
        ("uri", json!("https://login.xyz"), None, None),
        (
            "address",
            json!(COW),
            Some("account_mismatch"),
            Some("address"),
        ),
        (
            "chain",
            json!("eip155:56"),
            Some("chain_mismatch"),
            Some("chainId"),
        ),
        (
            "uri",
            json!("https://login.xyz/"),
            Some("malformed_payload"),
            Some("uri"),
        ),
        (
            "domain",
            json!("evil.xyz"),
            Some("malformed_payload"),
            Some("domain"),
        ),
        (
            "nonce",
            json!("12345678"),
            Some("malformed_payload"),
            Some("nonce"),
        ),
        (
            "signature",
            json!(HELLO_SIGNATURE),
            Some("signature_mismatch"),
            None,
        ),
        (
            "signature",
            json!("00".repeat(130)),
            Some("needs_chain"),
            Some("signature"),
        ),
    ] {
        let answer = answer(&with(options.clone(), name, value), LOGIN_XYZ.as_bytes());
        assert_eq!(answer["ok"], code.is_none(), "{name}");
        assert_eq!(
            answer.get("code").map(|code| code.as_str().unwrap()),
            code,
            "{name}"
        );
        assert_eq!(
            answer.get("path").map(|path| path.as_str().unwrap()),
            path,
            "{name}"
        );
    }
    // A member's resources and all else that may be there.
    let signed = answer(&options, b"\xff");
    assert_eq!(
        (&signed["code"], &signed["path"]),
        (&json!("malformed_payload"), &json!("message"))
    );
    let signed = answer(&options, b"login.xyz");
    assert_eq!(
        (&signed["code"], &signed["path"]),
        (&json!("malformed_payload"), &json!("domain"))
    );
}

#[test]
fn options_that_make_no_sense() {
    for (name, value) in [
        ("scheme", json!("EIP191")),
        ("scheme", json!(1)),
        ("signature", json!(1)),
        ("text", json!("yes")),
        ("text", json!(null)),
        ("address", json!(1)),
        ("publicKeys", json!("04")),
        ("publicKeys", json!([])),
        ("publicKeys", json!(vec!["04"; 65])),
        ("domain", json!(1)),
        ("nonce", json!(1)),
        ("chain", json!(1)),
        ("chain", json!("1")),
        ("chain", json!("eip155:01")),
        ("chain", json!("eip155:99999999999999999999999999")),
        ("chain", json!("tron:0x2b6653dc")),
        ("uri", json!(1)),
        ("recover", json!(1)),
        ("maxAgeSeconds", json!(0)),
        ("maxAgeSeconds", json!(31_536_001)),
        ("maxAgeSeconds", json!(1.5)),
        ("maxAgeSeconds", json!("600")),
    ] {
        let options = with(sign_in_options(), name, value.clone());
        assert_eq!(bad_option(&options), name, "{value}");
    }
    let keys = with(sign_in_options(), "publicKeys", json!([1]));
    assert_eq!(bad_option(&keys), "publicKeys[0]");
    let misspelt = with(sign_in_options(), "Domain", json!("x"));
    assert_eq!(bad_option(&misspelt), "");
    assert_eq!(bad_option(&json!([])), "options");
    for name in ["scheme", "signature", "text", "domain", "nonce", "address"] {
        let mut options = sign_in_options();
        options.as_object_mut().unwrap().remove(name);
        assert_eq!(bad_option(&options), name);
    }
    // What only a sign-in has is no option of another scheme.
    let plain = json!({ "scheme": "eip191", "signature": HELLO_SIGNATURE, "text": true });
    assert_eq!(bad_option(&plain), "address");
    let recovers = with(plain.clone(), "recover", json!(true));
    for (name, value) in [
        ("address", json!(HELLO_ADDRESS)),
        ("publicKeys", json!(["04"])),
        ("scheme", json!("solana")),
        ("scheme", json!("eos-k1")),
    ] {
        assert_eq!(bad_option(&with(recovers.clone(), name, value)), name);
    }
    let plain = with(plain, "address", json!(HELLO_ADDRESS));
    assert_eq!(
        bad_option(&with(plain.clone(), "maxAgeSeconds", json!(60))),
        "maxAgeSeconds"
    );
    for (name, value) in [
        ("domain", "login.xyz"),
        ("nonce", "12345678"),
        ("chain", "eip155:1"),
        ("uri", "https://login.xyz"),
    ] {
        assert_eq!(bad_option(&with(plain.clone(), name, json!(value))), name);
    }
    let eos = json!({ "scheme": "eos-k1", "signature": EOS_SIGNATURE, "text": true });
    assert_eq!(bad_option(&eos), "publicKeys");
    assert_eq!(bad_option(&with(eos, "address", json!("alice"))), "address");
    let solana = json!({ "scheme": "solana", "signature": "", "text": true });
    assert_eq!(bad_option(&solana), "address");
}

/// Who is said to have signed may come from the network with the signature.
#[test]
fn owners_that_are_none_are_refused_and_no_mistake_of_the_program() {
    for (name, value) in [
        ("address", json!("")),
        (
            "address",
            json!("0x9D85ca56217D2bb651b00f15e694EB7E713637d4"),
        ),
        ("publicKeys", json!(["04"])),
    ] {
        let refused = answer(
            &with(sign_in_options(), name, value.clone()),
            LOGIN_XYZ.as_bytes(),
        );
        assert_eq!(refused["code"], "malformed_payload", "{value}");
        assert_eq!(refused["path"], name, "{value}");
    }
}

#[test]
fn keys_that_cannot_sign_are_refused_by_their_option() {
    let sign = |scheme: &str, message: &[u8], key: &[u8]| {
        let options = json!({ "scheme": scheme, "text": true }).to_string();
        match sign_options(options.as_bytes(), message, key) {
            Ok(signed) => Ok(serde_json::to_value(signed).unwrap()),
            Err(ConfigError::InvalidOption { option, .. }) => Err(option.into_owned()),
            Err(error) => panic!("{error}"),
        }
    };
    let key = [7; 32];
    assert!(sign("eip191", b"hello", &key).unwrap()["address"].is_string());
    for (scheme, message, key, option) in [
        ("eip191", b"hello".as_slice(), &[0; 32][..], "privateKey"),
        ("eip191", b"hello", &[0xff; 32], "privateKey"),
        ("eip191", b"hello", &key[1..], "privateKey"),
        ("solana", b"hello", &key, "scheme"),
        ("eip712", b"hello", &key, "message"),
    ] {
        assert_eq!(
            sign(scheme, message, key),
            Err(option.to_owned()),
            "{scheme}"
        );
    }
}
