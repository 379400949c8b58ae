//! What a wallet's events say: the members of each family, and what is found out about them.

use crate::common::*;
use serde_json::{Value, json};
use wallet_callback::chain::amount::Point;
use wallet_callback::error::{PayloadProblem, Rejection};
use wallet_callback::event::{Event, Findings};

const ID: &str = "a string of 1 to 256 characters without control characters";
const AMOUNT: &str = "an object with value and decimals";
const UNITS: &str = "base units as a string of decimal digits";
const DECIMALS: &str = "a whole number from 0 to 36";

fn deposit() -> Value {
    json!({
        "depositId": "dep_1",
        "userId": "user_1",
        "chain": "eip155:1",
        "asset": "eip155:1/erc20:0xdAC17F958D2ee523a2206206994597C13D831ec7",
        "amount": { "value": "1250500000", "decimals": 6, "symbol": "USDT" },
        "from": "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
        "to": "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        "txHash": "0x79488bf8d42a39812d96c8e7c5ee3ebb1670464bcff811dc21a390146af90f1d",
        "confirmations": 12,
        "requiredConfirmations": 12
    })
}

fn withdrawal() -> Value {
    json!({
        "withdrawalId": "w_1",
        "userId": "user_1",
        "chain": "eip155:1",
        "asset": "eip155:1/slip44:60",
        "amount": { "value": "1500000000000000000", "decimals": 18 },
        "fee": { "value": "21", "decimals": 18 },
        "to": "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
    })
}

fn transaction() -> Value {
    json!({
        "txId": "t_1",
        "chain": "eip155:1",
        "from": "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
        "txHash": "0x79488bf8d42a39812d96c8e7c5ee3ebb1670464bcff811dc21a390146af90f1d"
    })
}

fn user() -> Value {
    json!({ "userId": "user_1", "registeredAt": "2026-03-05T08:00:00Z" })
}

/// What is found out about an event of this type with this data; nothing about an unknown type.
fn read(kind: &str, data: &Value) -> Result<Option<Findings>, Rejection> {
    let body = json!({ "type": kind, "timestamp": "2026-03-05T09:44:31Z", "data": data });
    let callback = Callback::signed(&WALLET, body.to_string());
    match callback.verify(&verifier(&WALLET, &[SECRET]))?.event {
        Event::Known(findings) => Ok(Some(findings)),
        Event::Unknown => Ok(None),
        Event::Other(other) => unreachable!("{other:?} is another sender's"),
    }
}

/// Whether addresses were checked, and where the points stand in the amount and in the fee.
fn found(address_checked: bool, points: [Option<(usize, usize, usize)>; 2]) -> Option<Findings> {
    let point = |(whole, zeros, end)| Point { whole, zeros, end };
    Some(Findings {
        address_checked,
        points: points.map(|place| place.map(point)),
    })
}

fn with(mut data: Value, path: &str, value: impl Into<Option<Value>>) -> Value {
    let (parent, name) = path.rsplit_once('/').unwrap();
    let parent = data.pointer_mut(parent).unwrap().as_object_mut().unwrap();
    match value.into() {
        Some(value) => drop(parent.insert(name.to_owned(), value)),
        None => drop(parent.remove(name)),
    }
    data
}

/// The path and the message of a refusal.
#[track_caller]
fn refused(kind: &str, data: &Value) -> (String, String) {
    match read(kind, data) {
        Err(Rejection::MalformedPayload { path, problem }) => (path, problem.to_string()),
        other => panic!("expected a malformed payload, got {other:?}"),
    }
}

fn missing(expected: &'static str) -> String {
    PayloadProblem::Missing { expected }.to_string()
}

fn unexpected(expected: &'static str, actual: &'static str) -> String {
    PayloadProblem::Unexpected { expected, actual }.to_string()
}

/// A family's statuses, an event of it, and the members without which there is none.
fn families() -> [(&'static str, &'static [&'static str], Value); 4] {
    [
        ("deposit", &["detected", "confirmed", "reverted"], deposit()),
        ("withdrawal", &["requested", "approved"], withdrawal()),
        (
            "transaction",
            &["pending", "confirmed", "failed", "replaced"],
            transaction(),
        ),
        ("user", &["registered"], user()),
    ]
}

#[test]
fn have_a_family_and_a_status() {
    for (family, statuses, data) in families() {
        for status in statuses {
            let found = read(&format!("{family}.{status}"), &data).unwrap();
            assert!(found.is_some(), "{family}.{status}");
        }
        for other in [
            family.to_owned(),
            format!("{family}."),
            format!("{family}.other"),
            format!("{family}.{}.x", statuses[0]),
            format!("other.{}", statuses[0]),
        ] {
            assert_eq!(read(&other, &json!({})), Ok(None), "{other}");
        }
    }
    // A status of another family is none of this one.
    assert_eq!(read("deposit.broadcast", &json!({})), Ok(None));
}

#[test]
fn say_what_was_found_out() {
    for (kind, data, findings) in [
        // 1250.5
        (
            "deposit.detected",
            deposit(),
            found(true, [Some((4, 0, 5)), None]),
        ),
        // 1.5 and 0.000000000000000021
        (
            "withdrawal.approved",
            withdrawal(),
            found(true, [Some((1, 0, 2)), Some((0, 16, 2))]),
        ),
        (
            "transaction.pending",
            transaction(),
            found(true, [None, None]),
        ),
        ("user.registered", user(), found(true, [None, None])),
    ] {
        assert_eq!(read(kind, &data), Ok(findings), "{kind}");
    }
    // Nothing is known of this chain's addresses and hashes.
    let other = json!({
        "txId": "t_1",
        "chain": "cosmos:cosmoshub-4",
        "from": "cosmos1x",
        "txHash": "ab"
    });
    let unchecked = Ok(found(false, [None, None]));
    assert_eq!(read("transaction.pending", &other), unchecked);
    let accounts = |accounts| with(user(), "/accounts", accounts);
    let known =
        json!({ "chain": "eip155:1", "address": "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed" });
    let unknown = json!({ "chain": "cosmos:cosmoshub-4", "address": "cosmos1x" });
    for (list, are_checked) in [
        (json!([]), true),
        (json!([known]), true),
        (json!([known, unknown]), false),
        (json!([unknown, known]), false),
    ] {
        let findings = read("user.registered", &accounts(list));
        assert_eq!(findings, Ok(found(are_checked, [None, None])));
    }
}

#[test]
fn lack_no_member_that_is_required() {
    let optional = ["from", "requiredConfirmations", "fee", "symbol"];
    for (family, statuses, data) in families() {
        let kind = format!("{family}.{}", statuses[0]);
        for name in data.as_object().unwrap().keys() {
            let without = with(data.clone(), &format!("/{name}"), None);
            if optional.contains(&name.as_str()) && family != "transaction" {
                assert!(read(&kind, &without).is_ok(), "{kind} {name}");
            } else {
                let (path, message) = refused(&kind, &without);
                assert_eq!(path, format!("data.{name}"));
                assert!(message.starts_with("expected "), "{message}");
            }
        }
    }
    let expected = ("data.depositId".to_owned(), missing(ID));
    assert_eq!(refused("deposit.detected", &json!({})), expected);
}

#[test]
fn need_more_in_some_statuses() {
    let hash = transaction()["txHash"].clone();
    for (status, name, value, expected) in [
        ("rejected", "reason", json!("limit"), "a string"),
        ("broadcast", "txHash", hash.clone(), "a transaction hash"),
        ("completed", "txHash", hash, "a transaction hash"),
        ("failed", "reason", json!("limit"), "a string"),
    ] {
        let kind = format!("withdrawal.{status}");
        let found = refused(&kind, &withdrawal());
        assert_eq!(found, (format!("data.{name}"), missing(expected)));
        let data = with(withdrawal(), &format!("/{name}"), value);
        assert!(read(&kind, &data).is_ok(), "{kind}");
    }
}

#[test]
fn that_are_confirmed_have_the_confirmations_that_they_need() {
    let confirmed = |actual: u64, required: Option<u64>| {
        let data = with(deposit(), "/confirmations", json!(actual));
        with(data, "/requiredConfirmations", required.map(Value::from))
    };
    for (actual, required) in [(12, Some(12)), (13, Some(12)), (1, None), (1, Some(0))] {
        assert!(read("deposit.confirmed", &confirmed(actual, required)).is_ok());
    }
    for (actual, required, needed) in [(11, Some(12), 12), (0, None, 1), (0, Some(0), 1)] {
        let problem = PayloadProblem::TooFewConfirmations {
            required: needed,
            actual,
        };
        let data = confirmed(actual, required);
        assert_eq!(
            refused("deposit.confirmed", &data),
            ("data.confirmations".to_owned(), problem.to_string())
        );
        assert!(read("deposit.detected", &data).is_ok());
    }
}

#[test]
fn have_members_of_the_right_kind() {
    let challenge = "a string of 32 to 128 characters of a-z, A-Z, 0-9, - and _";
    let cases: &[(&str, Value, &str, Value, &'static str, &'static str)] = &[
        (
            "deposit.detected",
            deposit(),
            "/depositId",
            json!(1),
            ID,
            "a number",
        ),
        (
            "deposit.detected",
            deposit(),
            "/depositId",
            json!(""),
            ID,
            "a string",
        ),
        (
            "deposit.detected",
            deposit(),
            "/userId",
            json!(null),
            ID,
            "null",
        ),
        (
            "deposit.detected",
            deposit(),
            "/confirmations",
            json!("1"),
            "a whole number from 0 to 2^53 - 1",
            "a string",
        ),
        (
            "deposit.detected",
            deposit(),
            "/confirmations",
            json!(-1),
            "a whole number from 0 to 2^53 - 1",
            "a number",
        ),
        (
            "deposit.detected",
            deposit(),
            "/amount",
            json!("1"),
            AMOUNT,
            "a string",
        ),
        (
            "deposit.detected",
            deposit(),
            "/amount/value",
            json!(1),
            UNITS,
            "a number",
        ),
        (
            "deposit.detected",
            deposit(),
            "/amount/decimals",
            json!("6"),
            DECIMALS,
            "a string",
        ),
        (
            "deposit.detected",
            deposit(),
            "/amount/symbol",
            json!(1),
            "a string",
            "a number",
        ),
        (
            "deposit.detected",
            deposit(),
            "/chain",
            json!(1),
            "a caip-2 chain id",
            "a number",
        ),
        (
            "deposit.detected",
            deposit(),
            "/asset",
            json!([]),
            "a caip-19 asset id",
            "an array",
        ),
        (
            "deposit.detected",
            deposit(),
            "/to",
            json!({}),
            "an address",
            "an object",
        ),
        (
            "deposit.detected",
            deposit(),
            "/txHash",
            json!(true),
            "a transaction hash",
            "a boolean",
        ),
        (
            "deposit.detected",
            deposit(),
            "/memo",
            json!(1),
            "a string",
            "a number",
        ),
        (
            "user.registered",
            user(),
            "/registeredAt",
            json!(1),
            "an rfc 3339 date-time",
            "a number",
        ),
        (
            "user.registered",
            user(),
            "/accounts",
            json!({}),
            "an array of objects",
            "an object",
        ),
        (
            "callback.verification",
            json!({}),
            "/challenge",
            json!("a".repeat(31)),
            challenge,
            "a string",
        ),
        (
            "callback.verification",
            json!({}),
            "/challenge",
            json!("a".repeat(129)),
            challenge,
            "a string",
        ),
        (
            "callback.verification",
            json!({}),
            "/challenge",
            json!("+".repeat(32)),
            challenge,
            "a string",
        ),
    ];
    for (kind, data, path, value, expected, actual) in cases {
        let found = refused(kind, &with(data.clone(), path, value.clone()));
        let path = format!("data{}", path.replace('/', "."));
        assert_eq!(found, (path, unexpected(expected, actual)), "{value}");
    }
    for name in ["value", "decimals"] {
        let data = with(deposit(), &format!("/amount/{name}"), None);
        let expected = if name == "value" { UNITS } else { DECIMALS };
        let found = refused("deposit.detected", &data);
        assert_eq!(found, (format!("data.amount.{name}"), missing(expected)));
    }
    for length in [32, 128] {
        let data = json!({ "challenge": "aZ0-_bY9".repeat(16)[..length] });
        assert!(read("callback.verification", &data).is_ok(), "{length}");
    }
}

#[test]
fn have_members_that_their_chain_has() {
    for (kind, data, path, value) in [
        ("deposit.detected", deposit(), "chain", json!("eip155")),
        (
            "deposit.detected",
            deposit(),
            "asset",
            json!("eip155:56/slip44:714"),
        ),
        (
            "deposit.detected",
            deposit(),
            "to",
            json!("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD"),
        ),
        ("deposit.detected", deposit(), "txHash", json!("79488b")),
        (
            "user.registered",
            user(),
            "registeredAt",
            json!("2026-02-30T00:00:00Z"),
        ),
    ] {
        let (found, message) = refused(kind, &with(data, &format!("/{path}"), value));
        assert_eq!(found, format!("data.{path}"));
        assert!(message.starts_with("expected "), "{message}");
    }
    let accounts = |list: Value| refused("user.registered", &with(user(), "/accounts", list)).0;
    let good =
        json!({ "chain": "eip155:1", "address": "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed" });
    assert_eq!(accounts(json!([good, 1])), "data.accounts[1]");
    assert_eq!(
        accounts(json!([good, { "chain": "eip155:1" }])),
        "data.accounts[1].address"
    );
    let bad = with(good.clone(), "/address", json!("0x"));
    assert_eq!(accounts(json!([bad])), "data.accounts[0].address");
    let bad = with(good, "/chain", json!("eip155"));
    assert_eq!(accounts(json!([bad])), "data.accounts[0].chain");
}

const EVM_HASH: &str = "0x79488bf8d42a39812d96c8e7c5ee3ebb1670464bcff811dc21a390146af90f1d";
const HASH: &str = "24694c0b20f0a3b46e846c2c248091e58771d9327d4e7105af58194c862a53eb";
const SOLANA_HASH: &str =
    "5VERv8NMvzbJMEkV8xnrLkEaWRtSz9CosKDYjCJjBRnbJLgp8uirBgmQpjKhoR4tjF3ZpRzrFmBV6UjKdiSZkQUW";
const EVM: &str = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";

#[test]
fn have_the_decimals_of_their_chains_coin() {
    let transfer = |chain: &str, coin: &str, decimals: u64, from: &str, hash: &str| {
        let data = json!({
            "txId": "t_1",
            "chain": chain,
            "from": from,
            "asset": format!("{chain}/slip44:{coin}"),
            "amount": { "value": "1", "decimals": decimals },
            "txHash": hash
        });
        read("transaction.pending", &data)
    };
    for (chain, coin, decimals, from, hash) in [
        ("eip155:1", "60", 18, EVM, EVM_HASH),
        ("eip155:56", "714", 18, EVM, EVM_HASH),
        (
            "bip122:000000000019d6689c085ae165831e93",
            "0",
            8,
            "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",
            HASH,
        ),
        ("aptos:1", "637", 8, "0x1", EVM_HASH),
        (
            "tron:0x2b6653dc",
            "195",
            6,
            "TCNtTa1rveKkovHR2ebABu4K66U6ocUCZX",
            HASH,
        ),
        (
            "solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp",
            "501",
            9,
            "4Nd1mBQtrMJVYVfKf2PJy9NZUZdTAsp7D4xWLs4gDB4T",
            SOLANA_HASH,
        ),
        (
            "polkadot:91b171bb158e2d3848fa23a9f1c25182",
            "354",
            10,
            "15oF4uVJwmo4TdGW7VfQxNLavjCXviqxT9S1MgbjMNHr6Sp5",
            EVM_HASH,
        ),
        (
            "polkadot:b0a8d493285c2df73290dfb7e61f870f",
            "434",
            12,
            "HNZata7iMYWmk5RvZRTiAsSDhV8366zq2YGb3tLH5Upf74F",
            EVM_HASH,
        ),
        (
            "antelope:aca376f206b8fc25a6ed44dbdc66547c",
            "194",
            4,
            "alice",
            HASH,
        ),
    ] {
        let good = transfer(chain, coin, decimals, from, hash);
        assert!(good.is_ok(), "{chain} {good:?}");
        for other in [decimals - 1, decimals + 1] {
            let Err(rejection) = transfer(chain, coin, other, from, hash) else {
                panic!("{chain} with {other} decimals");
            };
            assert_eq!(rejection.path(), Some("data.amount.decimals"), "{chain}");
            assert!(rejection.to_string().contains(&decimals.to_string()));
        }
    }
    let unknown = transfer("cosmos:cosmoshub-4", "118", 7, "cosmos1x", "ab");
    assert!(unknown.is_ok(), "{unknown:?}");
}

/// 256 characters, whatever bytes they take, and none that hides or turns others.
#[test]
fn have_ids_that_look_as_they_are() {
    let named = |id: &str| with(user(), "/userId", json!(id));
    for id in ["a", " ~", "é", "用户", &"a".repeat(256), &"é".repeat(256)] {
        assert!(read("user.registered", &named(id)).is_ok(), "{id}");
    }
    for id in [
        "",
        "a\n",
        "\u{7f}",
        "é\u{7f}",
        "é\0",
        "a\u{202e}b",
        "a\u{2066}b",
        &"a".repeat(257),
        &"é".repeat(257),
    ] {
        let found = refused("user.registered", &named(id));
        let expected = ("data.userId".to_owned(), unexpected(ID, "a string"));
        assert_eq!(found, expected, "{id:?}");
    }
}

/// In whatever order they come, and with whatever besides.
#[test]
fn have_their_members_in_any_order() {
    let names: Vec<String> = deposit().as_object().unwrap().keys().cloned().collect();
    for turn in 0..names.len() {
        let mut turned = names.clone();
        turned.rotate_left(turn);
        for order in [turned.clone(), turned.into_iter().rev().collect()] {
            let members = order
                .iter()
                .map(|name| format!("\"{name}\":{},\"x{name}\":1", deposit()[name]));
            let members: Vec<String> = members.collect();
            let body = format!(
                r#"{{"type":"deposit.confirmed","timestamp":"2026-03-05T09:44:31Z","data":{{{}}}}}"#,
                members.join(",")
            );
            let event = Callback::signed(&WALLET, body).verify(&verifier(&WALLET, &[SECRET]));
            let expected = found(true, [Some((4, 0, 5)), None]).map(Event::Known);
            assert_eq!(event.ok().map(|verdict| verdict.event), expected);
        }
    }
}
