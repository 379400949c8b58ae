//! What a dapp asks of a wallet, and what it makes of the answers.

use crate::common::Random;
use crate::common::wallet::{Wallet, base58, keccak256};
use ed25519_dalek::Signer;
use serde::Serialize;
use serde_json::{Map, Value, json};
use wallet_callback::dapp::Rejection;
use wallet_callback::error::ConfigError;
use wallet_callback::options::dapp::{action_id, callback, handler, request};

const NOW: u64 = 1_700_000_000;
const EOS: &str = "antelope:aca376f206b8fc25a6ed44dbdc66547c";
const EOS_ID: &str = "aca376f206b8fc25a6ed44dbdc66547c36c6c33e3a119ffbeaef943642f0e906";
const TRON: &str = "tron:0x2b6653dc";
const SOLANA: &str = "solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp";
const ID: &str = "wc_abababababababababababababababab";
const HASH: &str = "588c6797534d09e8e0b149c06c11bfd6ca7b96f0d4bba87700fffe7a87b0d988";

/// The options of a request with these members beside those that each needs.
fn options(own: &Value) -> Value {
    let mut options = json!({
        "dapp": { "name": "Shop", "icon": "https://shop.example/icon.png" },
        "chains": ["eip155:1"],
        "callbackUrl": "https://shop.example/wallet?session=1",
    });
    for (name, value) in own.as_object().unwrap() {
        options[name] = value.clone();
    }
    options
}

fn ask(own: &Value) -> Result<Value, ConfigError> {
    let json = options(own).to_string();
    let answer = request(json.as_bytes(), NOW, || Ok([0xab; 16]))?;
    Ok(serde_json::to_value(answer).unwrap())
}

/// What the wallet reads out of a link.
fn param(answer: &Value) -> Value {
    let uri = answer["uri"].as_str().unwrap();
    let encoded = uri
        .strip_prefix("tpoutside://pull.activity?param=")
        .unwrap();
    serde_json::from_str(&percent_decoded(encoded)).unwrap()
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next().unwrap(), rest.next().unwrap()];
            bytes.extend(hex::decode(digits).unwrap());
        } else {
            assert!(byte.is_ascii_alphanumeric() || b"-_.!~*'()".contains(&byte));
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).unwrap()
}

fn percent_encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

fn refused_option(own: &Value) -> (String, String) {
    match ask(own) {
        Err(ConfigError::InvalidOption { option, problem }) => (option.into_owned(), problem),
        other => unreachable!("{own} gave {other:?}"),
    }
}

/// A record as it is kept.
fn record(own: &Value) -> Value {
    ask(own).unwrap()["expected"].clone()
}

fn judge_with(options: &Value, body: impl AsRef<[u8]>) -> Value {
    let json = options.to_string();
    to_json(callback(json.as_bytes(), body.as_ref(), NOW + 10).unwrap())
}

fn to_json(answer: Result<impl Serialize, Rejection>) -> Value {
    match answer {
        Ok(accepted) => serde_json::to_value(accepted).unwrap(),
        Err(rejection) => serde_json::to_value(rejection).unwrap(),
    }
}

fn judge(record: &Value, body: &Value) -> Value {
    judge_with(&json!({ "expected": record }), body.to_string())
}

fn judge_with_keys(record: &Value, body: &Value, keys: &[String]) -> Value {
    let options = json!({ "expected": record, "accountKeys": keys });
    judge_with(&options, body.to_string())
}

/// `body` with a member changed, or removed where `value` is null.
fn with(body: &Value, name: &str, value: Value) -> Value {
    let mut body = body.clone();
    let members = body.as_object_mut().unwrap();
    match value {
        Value::Null => drop(members.remove(name)),
        value => drop(members.insert(name.to_owned(), value)),
    }
    body
}

/// RejectionCode and path of a rejection.
fn code(answer: &Value) -> (&str, &str) {
    assert_eq!(answer["ok"], false, "{answer}");
    assert!(!answer["message"].as_str().unwrap().is_empty());
    let path = answer.get("path").map_or("", |path| path.as_str().unwrap());
    (answer["code"].as_str().unwrap(), path)
}

fn assert_unauthenticated(answer: &Value) {
    assert_eq!(answer["ok"], true, "{answer}");
    assert_eq!(answer["outcome"], "success");
    assert_eq!(answer["authenticated"], false);
    assert!(!answer["advice"].as_str().unwrap().is_empty());
}

fn assert_authenticated(answer: &Value, address: &str) {
    assert_eq!(answer["authenticated"], true, "{answer}");
    assert_eq!(answer["outcome"], "success");
    assert_eq!(answer["address"], address);
    assert_eq!(answer.get("advice"), None);
}

/// A login of Ethereum, as the wallet writes it.
fn login_body(wallet: &Wallet, id: &str) -> Value {
    let (timestamp, address) = (NOW.to_string(), wallet.address());
    let text = format!("{timestamp}{address}{id}TokenPocket");
    let signature = wallet.personal(&text);
    let sign = json!({
        "r": signature[..66], "s": format!("0x{}", &signature[66..130]),
        "v": format!("0x{}", &signature[130..]), "signature": signature,
        "message": text, "messageHash": "0x00",
    });
    json!({
        "sign": sign.to_string(), "timestamp": timestamp, "wallet": address, "ref": "TokenPocket",
        "action": "login", "actionId": id, "publickey": "", "permissions": {}, "result": 1,
        "protocol": "TokenPocket", "version": "2.0", "network": "ethereum", "chainId": "1",
    })
}

/// A login of EOS, as the wallet writes it.
fn eos_login_body(wallet: &Wallet, id: &str) -> Value {
    let timestamp = NOW.to_string();
    let text = format!("{timestamp}eoseoseosacc{id}TokenPocket");
    json!({
        "sign": wallet.eos(&text), "timestamp": timestamp, "wallet": "eoseoseosacc",
        "ref": "TokenPocket", "action": "login", "actionId": id, "publickey": wallet.eos_key(),
        "permissions": ["active", "owner"], "result": 1,
    })
}

fn login() -> Value {
    record(&json!({ "action": "login" }))
}

fn eos_login() -> Value {
    record(&json!({ "action": "login", "chains": [EOS] }))
}

fn sign_in(wallet: &Wallet) -> Value {
    record(&json!({ "action": "sign", "address": wallet.address() }))
}

/// The answer to a `sign`, as the wallet writes it.
fn sign_body(account: &str, sign: &str) -> Value {
    json!({
        "ref": "TokenPocket", "sign": sign, "publickey": "", "action": "sign", "actionId": ID,
        "wallet": account, "permissions": [], "result": 1,
    })
}

fn transfer() -> Value {
    record(&json!({
        "action": "transfer", "chains": [EOS], "to": "newdexpocket", "amount": "0.0001",
        "contract": "eosio.token", "symbol": "EOS", "decimals": 4,
    }))
}

fn transfer_body() -> Value {
    json!({
        "ref": "TokenPocket", "txID": HASH, "publickey": "EOS6", "action": "transfer",
        "actionId": ID, "wallet": "eoseoseosacc", "permissions": ["active", "owner"], "result": 1,
    })
}

mod requests {
    use super::*;

    #[test]
    fn login() {
        let answer = ask(&json!({
            "action": "login", "chains": ["eip155:1", "eip155:56", EOS], "memo": "näh & ja?",
        }));
        let answer = answer.unwrap();
        assert_eq!(answer["actionId"], ID);
        assert_eq!(
            param(&answer),
            json!({
                "protocol": "TokenPocket", "version": "2.0",
                "dappName": "Shop", "dappIcon": "https://shop.example/icon.png",
                "action": "login", "actionId": ID,
                "blockchains": [
                    { "chainId": "1", "network": "ethereum" },
                    { "chainId": "56", "network": "ethereum" },
                    { "chainId": EOS_ID, "network": "eosio" },
                ],
                "callbackUrl": "https://shop.example/wallet?session=1",
                "expired": NOW + 300, "memo": "näh & ja?",
            })
        );
        assert_eq!(
            answer["expected"],
            json!({
                "version": 1, "action": "login", "actionId": ID,
                "chains": ["eip155:1", "eip155:56", EOS],
                "issuedAt": NOW, "expiresAt": NOW + 300,
            })
        );
    }

    #[test]
    fn sign_in_is_composed() {
        let wallet = Wallet::new(1);
        let answer = ask(&json!({
            "action": "sign", "chains": ["eip155:137", "eip155:1"], "expiresInSeconds": 60,
            "address": wallet.address().to_lowercase(),
            "callbackUrl": "https://Shop.example:443/wallet",
        }));
        let answer = answer.unwrap();
        let nonce = ID.strip_prefix("wc_").unwrap();
        let message = format!(
            "shop.example wants you to sign in with your Ethereum account:\n{}\n\n\n\
             URI: https://shop.example\nVersion: 1\nChain ID: 137\nNonce: {nonce}\n\
             Issued At: 2023-11-14T22:13:20Z\nExpiration Time: 2023-11-14T22:14:20Z",
            wallet.address()
        );
        let link = param(&answer);
        assert_eq!(link["message"], message);
        assert_eq!(link["signType"], "ethPersonalSign");
        assert_eq!(
            answer["expected"],
            json!({
                "version": 1, "action": "sign", "actionId": ID, "chains": ["eip155:137", "eip155:1"],
                "issuedAt": NOW, "expiresAt": NOW + 60, "address": wallet.address(),
                "scheme": "eip4361", "message": message,
            })
        );
    }

    #[test]
    fn sign_in_says_what_it_is_told() {
        let answer = ask(&json!({
            "action": "sign", "address": Wallet::new(1).address(),
            "signIn": {
                "domain": "example.org:8080", "uri": "https://example.org/login",
                "statement": "I accept.", "notBefore": "2023-11-14T22:13:20Z",
                "requestId": "r-1", "resources": ["https://example.org/a", "ipfs://b"],
            },
        }));
        let message = param(&answer.unwrap())["message"]
            .as_str()
            .unwrap()
            .to_owned();
        assert!(message.starts_with("example.org:8080 wants you"));
        let end = "\nNot Before: 2023-11-14T22:13:20Z\nRequest ID: r-1\nResources:\n- https://example.org/a\n- ipfs://b";
        assert!(message.ends_with(end), "{message}");
        assert!(message.contains("\n\nI accept.\n\nURI: https://example.org/login\n"));
    }

    #[test]
    fn sign() {
        let typed = json!({
            "types": { "EIP712Domain": [], "A": [{ "name": "x", "type": "string" }] },
            "primaryType": "A", "domain": {}, "message": { "x": "é\n" },
        });
        let legacy = json!([{ "type": "string", "name": "x", "value": "y" }]);
        let cases = [
            (
                json!({ "message": "Hi\n" }),
                json!("ethPersonalSign"),
                "eip191",
            ),
            (
                json!({ "message": typed, "signType": "ethSignTypedData_v4" }),
                json!("ethSignTypedData_v4"),
                "eip712",
            ),
            (
                json!({ "message": typed.to_string(), "signType": "ethSignTypedData" }),
                json!("ethSignTypedData"),
                "eip712",
            ),
            (
                json!({ "message": legacy, "signType": "ethSignTypedDataLegacy" }),
                json!("ethSignTypedDataLegacy"),
                "eip712-v1",
            ),
            (
                json!({ "message": "text", "chains": [EOS] }),
                Value::Null,
                "eos-k1",
            ),
            (
                json!({ "message": "0a0b", "chains": [TRON] }),
                Value::Null,
                "tron-v1",
            ),
            (
                json!({ "message": "text", "chains": [SOLANA] }),
                Value::Null,
                "solana",
            ),
        ];
        for (own, kind, scheme) in cases {
            let own = with(&own, "action", json!("sign"));
            let answer = ask(&own).unwrap();
            let link = param(&answer);
            let expected = &answer["expected"];
            let message = match &own["message"] {
                Value::String(text) => text.clone(),
                data => data.to_string(),
            };
            assert_eq!(link["signType"], kind);
            assert_eq!(link["message"], message);
            assert_eq!(expected["message"], message);
            assert_eq!(expected["scheme"], scheme);
            let tron = scheme == "tron-v1";
            assert_eq!(link.get("useTronHeader"), tron.then_some(&json!(true)));
        }
    }

    #[test]
    fn transfer() {
        let (from, to) = (Wallet::new(1).address(), Wallet::new(2).address());
        let answer = ask(&json!({
            "action": "transfer", "from": from.to_lowercase(), "to": to, "amount": "0.10",
            "contract": to, "symbol": "USDT", "decimals": 6, "desc": "Order 1", "memo": "m",
        }));
        let answer = answer.unwrap();
        assert!(
            percent_decoded(answer["uri"].as_str().unwrap().split_once('=').unwrap().1)
                .contains("\"amount\":0.10,")
        );
        let link = param(&answer);
        let own = [
            "from", "to", "contract", "symbol", "decimal", "desc", "memo",
        ];
        let own: Vec<_> = own.iter().map(|name| link[*name].clone()).collect();
        let expected = json!([from, to, to, "USDT", 6, "Order 1", "m"]);
        assert_eq!(Value::from(own), expected);
        assert_eq!(link.get("precision"), None);
        assert_eq!(answer["expected"]["address"], from);

        for amount in [
            "0",
            "0.100000000000000000",
            "123456789012345",
            "0.000123456789012345",
        ] {
            ask(&json!({
                "action": "transfer", "to": to, "amount": amount, "symbol": "A", "decimals": 18,
            }))
            .unwrap();
        }
        let chains = [
            (EOS, "newdexpocket", "eosio.token"),
            (
                TRON,
                &*Wallet::new(1).tron_address(),
                &*Wallet::new(2).tron_address(),
            ),
            (SOLANA, &*base58(&[7; 32]), &*base58(&[8; 32])),
        ];
        for (chain, to, contract) in chains {
            let answer = ask(&json!({
                "action": "transfer", "chains": [chain], "to": to, "amount": "12",
                "contract": contract, "symbol": "A", "decimals": 4,
            }));
            let link = param(&answer.unwrap());
            assert_eq!(link["precision"], 4);
            assert_eq!(link["amount"], 12);
            assert_eq!(link.get("decimal"), None);
        }
    }

    #[test]
    fn push_transaction() {
        let wallet = Wallet::new(1);
        let data = json!({ "from": wallet.address(), "to": wallet.address(), "value": "0x0" });
        let answer = ask(&json!({ "action": "pushTransaction", "transaction": data })).unwrap();
        let link = param(&answer);
        let text = link["txData"].as_str().unwrap();
        assert_eq!(serde_json::from_str::<Value>(text).unwrap(), data);
        assert_eq!(answer["expected"]["address"], wallet.address());
        assert_eq!(answer["expected"].get("message"), None);

        let data = json!({ "visible": false, "txID": HASH });
        let own = json!({ "action": "pushTransaction", "chains": [TRON], "transaction": data });
        assert!(param(&ask(&own).unwrap())["txData"].is_string());

        let actions = json!([{ "account": "eosio.token", "name": "transfer", "data": {} }]);
        let own = json!({ "action": "pushTransaction", "chains": [EOS], "actions": actions });
        let text = param(&ask(&own).unwrap())["actions"].clone();
        let read: Value = serde_json::from_str(text.as_str().unwrap()).unwrap();
        assert_eq!(read, actions);
    }

    #[test]
    fn typed_data_is_told_from_its_old_form() {
        let problem = |kind: &str, message: Value| {
            let own = json!({ "action": "sign", "signType": kind, "message": message });
            match ask(&own) {
                Err(ConfigError::InvalidOption { problem, .. }) => problem,
                other => unreachable!("{other:?}"),
            }
        };
        assert_eq!(
            problem("ethSignTypedData_v4", json!([])),
            "expected an object of typed data"
        );
        assert_eq!(
            problem("ethSignTypedDataLegacy", json!({})),
            "expected an array of typed data"
        );
    }

    fn url_of(length: usize) -> String {
        let start = "https://shop.example/";
        format!("{start}{}", "a".repeat(length - start.len()))
    }

    #[test]
    fn links_have_at_most_8_kb() {
        let length = |message: usize| {
            let own = json!({ "action": "sign", "message": "m".repeat(message) });
            let answer = ask(&own).ok()?;
            let (_, param) = answer["uri"]
                .as_str()
                .unwrap()
                .split_once("param=")
                .unwrap();
            Some(param.len())
        };
        let rest = length(1).unwrap() - 1;
        assert_eq!(length(8192 - rest), Some(8192));
        assert_eq!(length(8193 - rest), None);
        // And the url to which the answer comes 2,048 characters.
        for url in [
            &url_of(2048),
            "https://[2001:db8::7]/",
            "https://[::1]:8443/",
        ] {
            assert!(ask(&json!({ "action": "login", "callbackUrl": url })).is_ok());
        }
    }

    #[test]
    fn bad_options_are_named() {
        let address = Wallet::new(1).address();
        let tron = Wallet::new(1).tron_address();
        let transfer = json!({
            "action": "transfer", "to": address, "amount": "1", "symbol": "ETH", "decimals": 18,
        });
        let login = json!({ "action": "login" });
        let sign = json!({ "action": "sign", "address": address });
        let own = json!({ "action": "sign", "message": "Hi" });
        let push = json!({ "action": "pushTransaction" });
        let cases = [
            (json!({ "action": "logout" }), "action"),
            (json!({ "action": null }), "action"),
            (
                with(&login, "callbackUrl", json!("http://shop.example/")),
                "callbackUrl",
            ),
            (
                with(&login, "callbackUrl", json!("ftp://shop.example/")),
                "callbackUrl",
            ),
            (with(&login, "callbackUrl", json!("/wallet")), "callbackUrl"),
            (
                with(&login, "callbackUrl", json!(url_of(2049))),
                "callbackUrl",
            ),
            (
                with(&login, "callbackUrl", json!("https://")),
                "callbackUrl",
            ),
            (
                with(&login, "callbackUrl", json!("https://a@shop.example/")),
                "callbackUrl",
            ),
            (
                with(&login, "callbackUrl", json!("https://shop.example/#a")),
                "callbackUrl",
            ),
            (
                with(&login, "callbackUrl", json!("https://shop.example\\@a/")),
                "callbackUrl",
            ),
            (
                with(&login, "callbackUrl", json!("https://shop.example:99999/")),
                "callbackUrl",
            ),
            (
                with(&login, "callbackUrl", json!("http://localhost.example/")),
                "callbackUrl",
            ),
            (
                with(&login, "callbackUrl", json!("https://shop.example/ä")),
                "callbackUrl",
            ),
            (with(&login, "chains", json!([])), "chains"),
            (
                with(&login, "chains", json!(["eip155:1", "eip155:1"])),
                "chains",
            ),
            (
                with(
                    &login,
                    "chains",
                    json!(["bip122:000000000019d6689c085ae165831e93"]),
                ),
                "chains",
            ),
            (
                with(
                    &login,
                    "chains",
                    json!(["antelope:4667b205c6838ef70ff7988f6e8257e8"]),
                ),
                "chains",
            ),
            (with(&login, "chains", json!(["tron:0xcd8690dc"])), "chains"),
            (with(&login, "chains", json!(["eip155:01"])), "chains"),
            (
                with(&login, "chains", json!(["eip155:9007199254740992"])),
                "chains",
            ),
            (with(&login, "chains", json!([TRON])), "chains"),
            (
                with(&login, "chains", json!(["eip155:1", SOLANA])),
                "chains",
            ),
            (
                with(&transfer, "chains", json!(["eip155:1", TRON])),
                "chains",
            ),
            (with(&own, "chains", json!([EOS, SOLANA])), "chains"),
            (with(&own, "chains", json!(["tron:0x94a9059e"])), "chains"),
            (
                with(&login, "expiresInSeconds", json!(29)),
                "expiresInSeconds",
            ),
            (
                with(&login, "expiresInSeconds", json!(3601)),
                "expiresInSeconds",
            ),
            (
                with(&login, "expiresInSeconds", json!("60")),
                "expiresInSeconds",
            ),
            (
                with(
                    &login,
                    "dapp",
                    json!({ "name": "", "icon": "https://a.example" }),
                ),
                "dapp.name",
            ),
            (
                with(
                    &login,
                    "dapp",
                    json!({ "name": "a\nb", "icon": "https://a.example" }),
                ),
                "dapp.name",
            ),
            (with(&login, "dapp", json!({ "name": "a" })), "dapp.icon"),
            (
                with(
                    &login,
                    "dapp",
                    json!({ "name": "a", "icon": "javascript:1" }),
                ),
                "dapp.icon",
            ),
            (
                with(
                    &login,
                    "dapp",
                    json!({ "name": "a", "icon": "https://a", "x": 1 }),
                ),
                "dapp",
            ),
            (with(&login, "memo", json!("m".repeat(257))), "memo"),
            (with(&login, "address", json!(tron)), "address"),
            (with(&login, "address", json!("eoseoseosacc")), "address"),
            (with(&login, "message", json!("Hi")), ""),
            (with(&login, "expires", json!(60)), ""),
            (json!({ "action": "sign" }), "address"),
            (with(&sign, "chains", json!([EOS])), "address"),
            (json!({ "action": "sign", "chains": [EOS] }), "message"),
            (
                with(&sign, "signType", json!("ethPersonalSign")),
                "signType",
            ),
            (
                with(&sign, "signIn", json!({ "statement": "a\nb" })),
                "signIn",
            ),
            (with(&sign, "signIn", json!({ "domain": "a/b" })), "signIn"),
            (
                with(&sign, "signIn", json!({ "notBefore": "today" })),
                "signIn",
            ),
            (
                with(&sign, "signIn", json!({ "resources": "a" })),
                "signIn.resources",
            ),
            (
                with(&sign, "signIn", json!({ "resources": ["JavaScript:1"] })),
                "signIn",
            ),
            (
                with(&sign, "signIn", json!({ "nonce": "12345678" })),
                "signIn",
            ),
            (with(&own, "signIn", json!({})), "signIn"),
            (with(&own, "message", json!("")), "message"),
            (with(&own, "message", json!("0xabcd")), "message"),
            (with(&own, "message", json!({ "a": 1 })), "message"),
            (with(&own, "message", json!("m".repeat(8192))), "options"),
            (with(&own, "signType", json!("ethSign")), "signType"),
            (
                with(&own, "signType", json!("ethSignTypedData_v4")),
                "message",
            ),
            (
                with(
                    &with(&own, "signType", json!("ethSignTypedData_v4")),
                    "message",
                    json!({}),
                ),
                "message",
            ),
            (
                with(
                    &with(&own, "signType", json!("ethSignTypedData_v4")),
                    "message",
                    json!([]),
                ),
                "message",
            ),
            (
                with(
                    &with(&own, "signType", json!("ethPersonalSign")),
                    "chains",
                    json!([EOS]),
                ),
                "signType",
            ),
            (with(&own, "chains", json!([TRON])), "message"),
            (
                with(
                    &with(&own, "chains", json!([TRON])),
                    "message",
                    json!("abc"),
                ),
                "message",
            ),
            (
                with(
                    &with(&own, "signType", json!("ethSignTypedData_v4")),
                    "message",
                    json!({
                        "types": { "A": [] }, "primaryType": "A", "domain": {}, "message": {},
                    }),
                ),
                "message",
            ),
            (with(&transfer, "amount", json!("1e3")), "amount"),
            (with(&transfer, "amount", json!("-1")), "amount"),
            (with(&transfer, "amount", json!("01")), "amount"),
            (with(&transfer, "amount", json!(".1")), "amount"),
            (with(&transfer, "amount", json!("1.")), "amount"),
            (with(&transfer, "amount", json!(1)), "amount"),
            (
                with(&transfer, "amount", json!("1.0000000000000001")),
                "amount",
            ),
            (
                with(&transfer, "amount", json!("0.0000000000000000001")),
                "amount",
            ),
            (with(&transfer, "amount", json!("1,\"to\":\"x\"")), "amount"),
            (with(&transfer, "to", json!(tron)), "to"),
            (with(&transfer, "to", Value::Null), "to"),
            (with(&transfer, "from", json!(tron)), "from"),
            (
                with(
                    &with(&transfer, "from", json!(address)),
                    "address",
                    json!(Wallet::new(2).address()),
                ),
                "from",
            ),
            (with(&transfer, "contract", json!("0x1")), "contract"),
            (
                with(
                    &with(&transfer, "to", json!("newdexpocket")),
                    "chains",
                    json!([EOS]),
                ),
                "contract",
            ),
            (with(&transfer, "symbol", json!("")), "symbol"),
            (with(&transfer, "decimals", json!(37)), "decimals"),
            (with(&transfer, "decimals", Value::Null), "decimals"),
            (push.clone(), "transaction"),
            (with(&push, "transaction", json!("{}")), "transaction"),
            (
                with(&push, "transaction", json!({ "to": tron })),
                "transaction",
            ),
            (
                with(&push, "transaction", json!({ "from": 1 })),
                "transaction.from",
            ),
            (
                with(
                    &with(&push, "transaction", json!({})),
                    "chains",
                    json!([EOS]),
                ),
                "transaction",
            ),
            (with(&push, "actions", json!([{}])), "actions"),
            (
                with(&with(&push, "actions", json!([])), "chains", json!([EOS])),
                "actions",
            ),
            (
                with(
                    &with(&push, "actions", json!([{}])),
                    "transaction",
                    json!({}),
                ),
                "actions",
            ),
        ];
        for (own, option) in cases {
            let (got, problem) = refused_option(&own);
            assert_eq!(got, option, "{own}: {problem}");
            let known = ["expected ", "only valid ", "unknown "]
                .iter()
                .any(|start| problem.starts_with(start));
            assert!(known, "{problem}");
        }
        let error = request(b"{}", NOW, || unreachable!()).unwrap_err();
        assert_eq!(error.code(), "invalid_option");
        let json = options(&login).to_string();
        let error = request(json.as_bytes(), NOW, || Err(ConfigError::NoRandomness));
        assert_eq!(error, Err(ConfigError::NoRandomness));
    }

    #[test]
    fn this_machine_needs_no_https() {
        for host in [
            "localhost:3000",
            "127.0.0.1",
            "[::1]:8080",
            "shop.localhost",
            "LOCALHOST",
        ] {
            let own = json!({ "action": "login", "callbackUrl": format!("http://{host}/a") });
            ask(&own).unwrap();
        }
    }

    #[test]
    fn ids_differ_with_the_entropy() {
        let json = options(&json!({ "action": "login" })).to_string();
        let ask = |entropy| request(json.as_bytes(), NOW, || Ok(entropy)).unwrap();
        assert_ne!(ask([1; 16]), ask([2; 16]));
    }
}

mod logins {
    use super::*;

    #[test]
    fn of_ethereum() {
        let wallet = Wallet::new(1);
        let body = login_body(&wallet, ID);
        let answer = judge(&login(), &body);
        assert_eq!(
            answer,
            json!({
                "ok": true, "action": "login", "actionId": ID, "outcome": "success",
                "authenticated": true, "address": wallet.address(), "chain": "eip155:1",
            })
        );
        // The times of a login are numbers or strings, its permissions of any kind.
        let sign: Value = serde_json::from_str(body["sign"].as_str().unwrap()).unwrap();
        let signature = &sign["signature"];
        let parts = with(&sign, "signature", Value::Null);
        let decimal = u8::from_str_radix(sign["v"].as_str().unwrap().trim_start_matches("0x"), 16);
        let decimal = decimal.unwrap();
        for (name, value) in [
            ("timestamp", json!(NOW)),
            ("permissions", json!(["active"])),
            ("permissions", json!([])),
            ("permissions", Value::Null),
            ("publickey", json!("anything")),
            ("account", body["wallet"].clone()),
            ("account", json!("")),
            ("uuID", json!(ID)),
            ("uuID", json!("")),
            ("network", json!("")),
            ("chainId", json!(1)),
            ("chainId", json!("0x1")),
            ("result", json!("1")),
            ("sign", sign.clone()),
            ("sign", signature.clone()),
            (
                "sign",
                json!(signature.as_str().unwrap().trim_start_matches("0x")),
            ),
            ("sign", json!(parts.to_string())),
            ("sign", with(&parts, "v", json!(decimal))),
            ("sign", with(&parts, "v", json!(decimal.to_string()))),
            ("sign", with(&sign, "message", json!("something else"))),
        ] {
            let answer = judge(&login(), &with(&body, name, value));
            assert_authenticated(&answer, &wallet.address());
        }
    }

    #[test]
    fn address_is_signed_as_it_is_written() {
        let wallet = Wallet::new(1);
        let address = wallet.address().to_lowercase();
        let text = format!("{NOW}{address}{ID}TokenPocket");
        let body = login_body(&wallet, ID);
        let body = with(&body, "wallet", json!(address));
        assert_eq!(
            code(&judge(&login(), &body)),
            ("signature_mismatch", "sign")
        );
        let body = with(&body, "sign", json!(wallet.personal(&text)));
        assert_authenticated(&judge(&login(), &body), &wallet.address());
        // Both names of the account, in two spellings.
        let body = with(&body, "account", json!(wallet.address()));
        assert_authenticated(&judge(&login(), &body), &wallet.address());
    }

    #[test]
    fn of_eos() {
        let wallet = Wallet::new(1);
        let body = eos_login_body(&wallet, ID);
        let record = eos_login();
        // Without the account's keys it says whose are needed.
        let answer = judge(&record, &body);
        assert_unauthenticated(&answer);
        assert_eq!(answer["address"], "eoseoseosacc");
        assert_eq!(answer["chain"], EOS);
        let other = Wallet::new(2);
        let owner = [other.eos_key(), wallet.k1_key()];
        for keys in [&[wallet.eos_key()][..], &[wallet.k1_key()], &owner] {
            let answer = judge_with_keys(&record, &body, keys);
            assert_authenticated(&answer, "eoseoseosacc");
        }
        // Keys of other kinds are passed as the node gives them.
        let keys = [
            "PUB_R1_6FPFZqw5ahYrR9jD96yDbbDNTdKtNqRbze6oTDLntrsANgQKZu",
            "PUB_WA_x",
        ];
        let mut keys = keys.map(str::to_owned).to_vec();
        let answer = judge_with_keys(&record, &body, &keys);
        assert_eq!(code(&answer), ("signature_mismatch", "sign"));
        keys.push(wallet.eos_key());
        assert_authenticated(&judge_with_keys(&record, &body, &keys), "eoseoseosacc");
    }

    /// Anybody can make an account with many keys, so that they are no mistake of the caller's.
    #[test]
    fn of_an_account_with_many_keys() {
        let wallet = Wallet::new(1);
        let body = eos_login_body(&wallet, ID);
        let mut keys: Vec<_> = (2..65).map(|byte| Wallet::new(byte).eos_key()).collect();
        let answer = judge_with_keys(&eos_login(), &body, &keys);
        assert_eq!(code(&answer), ("signature_mismatch", "sign"));
        let message = "expected a signature of one of accountKeys";
        assert_eq!(answer["message"], message);
        keys.push(wallet.eos_key());
        let answer = judge_with_keys(&eos_login(), &body, &keys);
        assert_authenticated(&answer, "eoseoseosacc");
        keys.push(wallet.k1_key());
        let answer = judge_with_keys(&eos_login(), &body, &keys);
        assert_eq!(code(&answer), ("unsupported_signature", "sign"));
    }

    /// A bug that was seen: the recovered key was compared with the answer's own `publickey`.
    #[test]
    fn own_public_key_proves_nothing() {
        let (owner, thief) = (Wallet::new(1), Wallet::new(2));
        let body = eos_login_body(&thief, ID);
        assert_eq!(body["publickey"], thief.eos_key());
        assert_unauthenticated(&judge(&eos_login(), &body));
        let answer = judge_with_keys(&eos_login(), &body, &[owner.eos_key()]);
        assert_eq!(code(&answer), ("signature_mismatch", "sign"));
        let answer = judge_with_keys(&eos_login(), &body, &[]);
        assert_eq!(code(&answer), ("signature_mismatch", "sign"));
        // And on Ethereum, the address that the thief would like to be.
        let body = with(&login_body(&thief, ID), "wallet", json!(owner.address()));
        assert_eq!(
            code(&judge(&login(), &body)),
            ("signature_mismatch", "sign")
        );
    }

    #[test]
    fn account_keys_are_ignored_on_ethereum() {
        let wallet = Wallet::new(1);
        let keys = [wallet.eos_key()];
        let record = record(&json!({ "action": "login", "chains": ["eip155:1", EOS] }));
        let answer = judge_with_keys(&record, &login_body(&wallet, ID), &keys);
        assert_authenticated(&answer, &wallet.address());
        let thief = login_body(&wallet, ID);
        let thief = with(&thief, "wallet", json!(Wallet::new(2).address()));
        let answer = judge_with_keys(&record, &thief, &keys);
        assert_eq!(code(&answer), ("signature_mismatch", "sign"));
    }

    #[test]
    fn of_several_chains() {
        let wallet = Wallet::new(1);
        let record =
            record(&json!({ "action": "login", "chains": ["eip155:1", "eip155:56", EOS] }));
        let body = login_body(&wallet, ID);
        assert_eq!(judge(&record, &body)["chain"], "eip155:1");
        let body = with(&body, "chainId", json!("56"));
        assert_eq!(judge(&record, &body)["chain"], "eip155:56");
        let body = with(&body, "chainId", json!("0x2"));
        assert_eq!(code(&judge(&record, &body)), ("chain_mismatch", "chainId"));
        let body = with(&body, "chainId", Value::Null);
        assert_eq!(judge(&record, &body).get("chain"), None);
        let body = eos_login_body(&wallet, ID);
        let answer = judge_with_keys(&record, &body, &[wallet.eos_key()]);
        assert_authenticated(&answer, "eoseoseosacc");
        assert_eq!(answer.get("chain"), None);
        let body = with(&body, "network", json!("eos"));
        let answer = judge_with_keys(&record, &body, &[wallet.eos_key()]);
        assert_eq!(answer["chain"], EOS);
    }

    #[test]
    fn of_simple_wallet() {
        let wallet = Wallet::new(1);
        let record = eos_login();
        let keys = [wallet.eos_key()];
        let body = |reference: &str, id: &str| {
            let text = format!("{NOW}eoseoseosacc{id}{reference}");
            json!({
                "protocol": "SimpleWallet", "version": "1.0", "timestamp": NOW,
                "sign": wallet.eos(&text), "uuID": id, "account": "eoseoseosacc",
                "ref": reference,
            })
        };
        for reference in ["TokenPocket", "other-wallet"] {
            let answer = judge_with_keys(&record, &body(reference, ID), &keys);
            assert_authenticated(&answer, "eoseoseosacc");
        }
        for reference in ["", "two words", &"r".repeat(65)] {
            let answer = judge_with_keys(&record, &body(reference, ID), &keys);
            assert_eq!(code(&answer), ("malformed_payload", "ref"), "{reference}");
        }
        // Another protocol's answer has an action and a result, and another `ref` is none of its own.
        let other = with(&body("other-wallet", ID), "protocol", Value::Null);
        let answer = judge_with_keys(&record, &other, &keys);
        assert_eq!(code(&answer), ("malformed_payload", "action"));
        // An id of which every character could be an account's lets no other `ref` follow it.
        let record = with(&record, "actionId", json!("12345"));
        let answer = judge_with_keys(&record, &body("other-wallet", "12345"), &keys);
        assert_eq!(code(&answer), ("malformed_payload", "ref"));
        let answer = judge_with_keys(&record, &body("TokenPocket", "12345"), &keys);
        assert_authenticated(&answer, "eoseoseosacc");
        // Unsigned, it has no result either.
        let body = with(&body("TokenPocket", ID), "sign", Value::Null);
        let answer = judge_with_keys(&eos_login(), &body, &keys);
        assert_eq!(code(&answer), ("malformed_payload", "result"));
    }

    #[test]
    fn without_a_signature() {
        let body = login_body(&Wallet::new(1), ID);
        for sign in [json!("{}"), json!("{ }"), json!({}), json!(""), Value::Null] {
            let answer = judge(&login(), &with(&body, "sign", sign));
            assert_unauthenticated(&answer);
            assert_eq!(answer["address"], body["wallet"]);
        }
        let explicit = body
            .to_string()
            .replace("\"sign\":\"", "\"sign\":null,\"_\":\"");
        assert_unauthenticated(&judge_with(&json!({ "expected": login() }), explicit));
    }

    /// The parts of the signed text have nothing between them.
    #[test]
    fn no_character_moves_between_the_parts() {
        let wallet = Wallet::new(1);
        let keys = [wallet.eos_key()];
        let record = eos_login();
        let text = format!("{NOW}eoseoseosacc{ID}TokenPocket");
        let body = with(
            &eos_login_body(&wallet, ID),
            "sign",
            json!(wallet.eos(&text)),
        );
        assert_authenticated(&judge_with_keys(&record, &body, &keys), "eoseoseosacc");
        let time = NOW.to_string();
        let shifts = [
            // timestamp and wallet
            (
                json!({ "timestamp": &time[..9], "wallet": "0eoseoseosac" }),
                "wallet",
            ),
            (
                json!({ "timestamp": format!("{time}1"), "wallet": "eoseoseosacc" }),
                "timestamp",
            ),
            (
                json!({ "timestamp": &time[..9], "wallet": "eoseoseosacc" }),
                "timestamp",
            ),
            (
                json!({ "timestamp": format!("{time}e"), "wallet": "oseoseosacc" }),
                "timestamp",
            ),
            // wallet and actionId
            (
                json!({ "wallet": "eoseoseosac", "actionId": format!("c{ID}") }),
                "actionId",
            ),
            (
                json!({ "wallet": "eoseoseosaccw", "actionId": &ID[1..] }),
                "actionId",
            ),
            // actionId and ref
            (
                json!({ "actionId": &ID[..34], "ref": "bTokenPocket" }),
                "actionId",
            ),
            (
                json!({ "actionId": format!("{ID}T"), "ref": "okenPocket" }),
                "actionId",
            ),
            (json!({ "ref": "okenPocket" }), "ref"),
            (json!({ "ref": "TokenPocket " }), "ref"),
            (json!({ "ref": "tokenpocket" }), "ref"),
            (json!({ "ref": "" }), "ref"),
        ];
        for (members, path) in shifts {
            let mut shifted = body.clone();
            for (name, value) in members.as_object().unwrap() {
                shifted[name] = value.clone();
            }
            let answer = judge_with_keys(&record, &shifted, &keys);
            assert_eq!(code(&answer).1, path, "{members}");
        }
        // A record whose id is digits: an account that ends in them cannot lend them to the id.
        let record = with(&record, "actionId", json!("2345"));
        let text = format!("{NOW}alice12345TokenPocket");
        let body = with(&body, "sign", json!(wallet.eos(&text)));
        let body = with(
            &with(&body, "wallet", json!("alice")),
            "actionId",
            json!("12345"),
        );
        let answer = judge_with_keys(&record, &body, &keys);
        assert_eq!(code(&answer), ("unknown_action", "actionId"));
    }

    #[test]
    fn id_that_came_back_as_a_number() {
        let wallet = Wallet::new(1);
        let record = with(&login(), "actionId", json!("11111111111"));
        for signed in ["11111111111", "11111111111.0"] {
            let body = login_body(&wallet, signed);
            let body = with(&body, "actionId", json!("11111111111.0"));
            let answer = judge(&record, &body);
            assert_authenticated(&answer, &wallet.address());
            assert_eq!(answer["actionId"], "11111111111");
        }
        let number = login_body(&wallet, "11111111111").to_string();
        let number = number.replace("\"11111111111\"", "11111111111.0");
        let answer = judge_with(&json!({ "expected": record }), number);
        assert_authenticated(&answer, &wallet.address());
        for other in [
            "11111111111.00",
            "1111111111.0",
            "11111111111.1",
            ".0",
            "111111111110",
        ] {
            let body = login_body(&wallet, other);
            assert_eq!(code(&judge(&record, &body)), ("unknown_action", "actionId"));
        }
        // The ids that are made here are not numbers.
        let dotted = format!("{ID}.0");
        let body = login_body(&wallet, &dotted);
        assert_eq!(
            code(&judge(&login(), &body)),
            ("unknown_action", "actionId")
        );
    }

    #[test]
    fn replayed_elsewhere() {
        let wallet = Wallet::new(1);
        let body = login_body(&wallet, ID);
        let mismatch = ("action_mismatch", "action");
        assert_eq!(code(&judge(&sign_in(&wallet), &body)), mismatch);
        assert_eq!(
            code(&judge(&transfer(), &eos_login_body(&wallet, ID))),
            mismatch
        );
        // Under another action's name, the signature is over another text.
        let renamed = with(&body, "action", json!("sign"));
        let answer = judge(&sign_in(&wallet), &renamed);
        assert_eq!(code(&answer), ("signature_mismatch", "sign"));
        assert_eq!(code(&judge(&login(), &renamed)), mismatch);
        // Another record, another chain.
        let other = "wc_00000000000000000000000000000000";
        let record = with(&login(), "actionId", json!(other));
        assert_eq!(code(&judge(&record, &body)), ("unknown_action", "actionId"));
        let forged = with(&body, "actionId", json!(other));
        assert_eq!(
            code(&judge(&record, &forged)),
            ("signature_mismatch", "sign")
        );
        let record = with(&login(), "chains", json!(["eip155:56"]));
        assert_eq!(code(&judge(&record, &body)), ("chain_mismatch", "chainId"));
        let answer = judge(&eos_login(), &body);
        assert_eq!(code(&answer), ("chain_mismatch", "chainId"));
        let nameless = with(&with(&body, "chainId", Value::Null), "network", Value::Null);
        assert_eq!(
            code(&judge(&eos_login(), &nameless)),
            ("malformed_payload", "wallet")
        );
        // Another account than was asked.
        let address = Wallet::new(2).address();
        let record = with(&login(), "address", json!(address));
        assert_eq!(code(&judge(&record, &body)), ("account_mismatch", "wallet"));
        let record = with(&login(), "address", json!(wallet.address().to_lowercase()));
        assert_authenticated(&judge(&record, &body), &wallet.address());
    }

    #[test]
    fn time() {
        let wallet = Wallet::new(1);
        let at = |now: u64, tolerance: Option<u64>, expires: u64| {
            let record = with(&login(), "expiresAt", json!(expires));
            let mut options = json!({ "expected": record });
            if let Some(tolerance) = tolerance {
                options["toleranceSeconds"] = json!(tolerance);
            }
            let body = login_body(&wallet, ID).to_string();
            let json = options.to_string();
            to_json(callback(json.as_bytes(), body.as_bytes(), now).unwrap())
        };
        let later = NOW + 3600;
        for now in [NOW - 300, NOW, NOW + 300] {
            assert_authenticated(&at(now, None, later), &wallet.address());
        }
        let (old, new) = (
            ("timestamp_too_old", "timestamp"),
            ("timestamp_too_new", "timestamp"),
        );
        assert_eq!(code(&at(NOW + 301, None, later)), old);
        assert_eq!(code(&at(NOW - 301, None, later)), new);
        assert_eq!(code(&at(NOW + 11, Some(10), later)), old);
        assert_eq!(code(&at(NOW - 11, Some(10), later)), new);
        assert_authenticated(&at(NOW + 3000, Some(3000), later), &wallet.address());
        // Expiry comes before everything that the wallet has signed.
        assert_authenticated(&at(NOW + 60, None, NOW + 60), &wallet.address());
        assert_eq!(code(&at(NOW + 61, None, NOW + 60)), ("action_expired", ""));
        // A login that is older than its request was made for another one.
        let record = with(&login(), "issuedAt", json!(NOW + 100));
        let options = json!({ "expected": record, "toleranceSeconds": 99 });
        let body = login_body(&wallet, ID).to_string();
        assert_eq!(code(&judge_with(&options, body)), old);
        let forms = [
            json!("1700000000000"),
            json!(1_700_000_000_000_u64),
            json!("170000000"),
            json!("+170000000"),
            json!("1700000000.0"),
            json!(1_700_000_000.5),
            json!("now"),
            json!(""),
            Value::Null,
        ];
        for form in forms {
            let body = with(&login_body(&wallet, ID), "timestamp", form.clone());
            let answer = judge(&login(), &body);
            assert_eq!(code(&answer), ("malformed_payload", "timestamp"), "{form}");
        }
    }

    #[test]
    fn signatures_of_other_forms() {
        let wallet = Wallet::new(1);
        let body = login_body(&wallet, ID);
        let text = format!("{NOW}{}{ID}TokenPocket", wallet.address());
        let good = wallet.personal(&text);
        let high_s = {
            let order = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";
            let (r, s, v) = (&good[..66], &good[66..130], &good[130..]);
            let s = subtract(order, s);
            let v = if v == "1b" { "1c" } else { "1b" };
            format!("{r}{s}{v}")
        };
        let malformed = ("malformed_signature", "sign");
        let unsupported = ("unsupported_signature", "sign");
        let cases = [
            (json!("0x"), malformed),
            (json!("0x1234"), malformed),
            (json!("hello"), malformed),
            (json!(format!("{}1d", &good[..130])), malformed),
            (json!(high_s), malformed),
            (json!("{\"message\":\"a\"}"), malformed),
            (json!("{\"r\":\"0x1\",\"s\":\"0x1\"}"), malformed),
            (
                json!("{\"r\":\"0x1\",\"s\":\"0x1\",\"v\":\"0x+1\"}"),
                malformed,
            ),
            (json!("{\"r\":\"\",\"s\":\"0x1\",\"v\":27}"), malformed),
            (json!("{"), malformed),
            (json!({ "signature": "" }), malformed),
            (json!(format!("0x{}", "00".repeat(130))), unsupported),
            (
                json!(format!("0x{}{}", "00".repeat(97), "6492".repeat(16))),
                unsupported,
            ),
            (
                json!(Wallet::new(2).personal(&text)),
                ("signature_mismatch", "sign"),
            ),
            (json!(wallet.eos(&text)), malformed),
            (json!(7), ("malformed_payload", "sign")),
            (json!([good]), ("malformed_payload", "sign")),
        ];
        for (sign, expected) in cases {
            let answer = judge(&login(), &with(&body, "sign", sign.clone()));
            assert_eq!(code(&answer), expected, "{sign}");
        }
        let body = eos_login_body(&wallet, ID);
        let keys = [wallet.eos_key()];
        let sample = "SIG_K1_KZL9eR4cCQCJHpYHbh44yGrDqu4w8hHzQwb1xTk4Mcd4czqpw4jJUgg9DnWXzE3r";
        for (sign, expected) in [
            (sample, malformed),
            (&*good, malformed),
            ("SIG_R1_x", unsupported),
            ("SIG_K1_", malformed),
        ] {
            let body = with(&body, "sign", json!(sign));
            let answer = judge_with_keys(&eos_login(), &body, &keys);
            assert_eq!(code(&answer), expected, "{sign}");
        }
    }

    /// The difference of two numbers of 64 hex digits.
    fn subtract(from: &str, what: &str) -> String {
        let (from, what) = (hex::decode(from).unwrap(), hex::decode(what).unwrap());
        let mut borrow = 0;
        let mut bytes: Vec<u8> = Vec::new();
        for (a, b) in from.iter().zip(&what).rev() {
            let difference = i16::from(*a) - i16::from(*b) - borrow;
            borrow = i16::from(difference < 0);
            bytes.insert(0, difference.rem_euclid(256) as u8);
        }
        hex::encode(bytes)
    }
}

mod signs {
    use super::*;

    #[test]
    fn in_with_ethereum() {
        let wallet = Wallet::new(1);
        let record = sign_in(&wallet);
        let message = record["message"].as_str().unwrap();
        let body = sign_body(&wallet.address(), &wallet.personal(message));
        let answer = judge(&record, &body);
        assert_eq!(
            answer,
            json!({
                "ok": true, "action": "sign", "actionId": ID, "outcome": "success",
                "authenticated": true, "address": wallet.address(), "chain": "eip155:1",
            })
        );
        for (name, value) in [
            ("action", json!("pushTransaction")),
            ("wallet", json!(wallet.address().to_lowercase())),
            ("wallet", Value::Null),
            ("publickey", json!(Wallet::new(2).address())),
            ("permissions", json!({})),
            ("message", json!("another text")),
        ] {
            let answer = judge(&record, &with(&body, name, value));
            assert_authenticated(&answer, &wallet.address());
        }
    }

    /// The chain of the answer is the one in the text, whichever the wallet names.
    #[test]
    fn in_to_one_chain() {
        let wallet = Wallet::new(1);
        let record = record(&json!({
            "action": "sign", "address": wallet.address(), "chains": ["eip155:137", "eip155:1"],
        }));
        let message = record["message"].as_str().unwrap();
        let body = sign_body(&wallet.address(), &wallet.personal(message));
        for (name, value) in [("chainId", json!("1")), ("chainId", Value::Null)] {
            let answer = judge(&record, &with(&body, name, value));
            assert_authenticated(&answer, &wallet.address());
            assert_eq!(answer["chain"], "eip155:137");
        }
        let answer = judge(&record, &with(&body, "chainId", json!("56")));
        assert_eq!(code(&answer), ("chain_mismatch", "chainId"));
    }

    #[test]
    fn with_every_scheme() {
        let wallet = Wallet::new(1);
        let personal = record(&json!({ "action": "sign", "message": "Hi" }));
        let body = sign_body(&wallet.address(), &wallet.personal("Hi"));
        assert_authenticated(&judge(&personal, &body), &wallet.address());
        let body = with(&body, "wallet", Value::Null);
        assert_eq!(
            code(&judge(&personal, &body)),
            ("malformed_payload", "wallet")
        );

        // The digest of an empty domain and a struct `A(string x)`, by hand.
        let typed = json!({
            "types": { "EIP712Domain": [], "A": [{ "name": "x", "type": "string" }] },
            "primaryType": "A", "domain": {}, "message": { "x": "y" },
        });
        let own = json!({ "action": "sign", "message": typed, "signType": "ethSignTypedData_v4" });
        let domain = keccak256(&keccak256(b"EIP712Domain()"));
        let hashed = keccak256(&[keccak256(b"A(string x)"), keccak256(b"y")].concat());
        let digest = keccak256(&[&b"\x19\x01"[..], &domain, &hashed].concat());
        let body = sign_body(&wallet.address(), &wallet.in_hex(&digest));
        assert_authenticated(&judge(&record(&own), &body), &wallet.address());
        let body = sign_body(&wallet.address(), &wallet.personal(&typed.to_string()));
        assert_eq!(
            code(&judge(&record(&own), &body)),
            ("signature_mismatch", "sign")
        );

        let legacy = json!([{ "type": "string", "name": "x", "value": "y" }]);
        let own = json!({
            "action": "sign", "message": legacy, "signType": "ethSignTypedDataLegacy",
        });
        let digest = keccak256(&[keccak256(b"string x"), keccak256(b"y")].concat());
        let body = sign_body(&wallet.address(), &wallet.in_hex(&digest));
        assert_authenticated(&judge(&record(&own), &body), &wallet.address());

        let own = json!({ "action": "sign", "message": "0a0b", "chains": [TRON] });
        let body = sign_body(&wallet.tron_address(), &wallet.tron("0a0b"));
        let answer = judge(&record(&own), &body);
        assert_authenticated(&answer, &wallet.tron_address());
        assert_eq!(answer["chain"], TRON);
        let body = with(&body, "network", json!("tron"));
        for id in [json!("0x2b6653dc"), json!(728_126_428)] {
            let body = with(&body, "chainId", id);
            assert_authenticated(&judge(&record(&own), &body), &wallet.tron_address());
        }
        let other = with(&body, "chainId", json!("0x94a9059e"));
        assert_eq!(judge(&record(&own), &other)["ok"], false);
        let body = with(&body, "sign", json!(Wallet::new(2).tron("0a0b")));
        assert_eq!(
            code(&judge(&record(&own), &body)),
            ("signature_mismatch", "sign")
        );

        let own = json!({ "action": "sign", "message": "Hi", "chains": [EOS] });
        let body = sign_body("eoseoseosacc", &wallet.eos("Hi"));
        assert_unauthenticated(&judge(&record(&own), &body));
        let answer = judge_with_keys(&record(&own), &body, &[wallet.k1_key()]);
        assert_authenticated(&answer, "eoseoseosacc");
        let answer = judge_with_keys(&record(&own), &body, &[Wallet::new(2).k1_key()]);
        assert_eq!(code(&answer), ("signature_mismatch", "sign"));

        // Where the wallet does not say who it is, the record may.
        let own = with(&own, "address", json!("eoseoseosacc"));
        let body = with(&body, "wallet", Value::Null);
        assert_eq!(judge(&record(&own), &body)["address"], "eoseoseosacc");
        let answer = judge_with_keys(&record(&own), &body, &[wallet.k1_key()]);
        assert_authenticated(&answer, "eoseoseosacc");

        let key = ed25519_dalek::SigningKey::from_bytes(&[1; 32]);
        let address = base58(key.verifying_key().as_bytes());
        let own = json!({ "action": "sign", "message": "Hi", "chains": [SOLANA] });
        let signature = key.sign(b"Hi").to_bytes();
        for sign in [base58(&signature), hex::encode(signature)] {
            let answer = judge(&record(&own), &sign_body(&address, &sign));
            assert_authenticated(&answer, &address);
        }
        let named = sign_body(&address, &base58(&signature));
        let named = with(&named, "network", json!("solana"));
        assert_authenticated(&judge(&record(&own), &named), &address);
        let body = sign_body(&base58(&[9; 32]), &base58(&signature));
        assert_eq!(
            code(&judge(&record(&own), &body)),
            ("signature_mismatch", "sign")
        );
    }

    #[test]
    fn of_somebody_else() {
        let (wallet, thief) = (Wallet::new(1), Wallet::new(2));
        let record = sign_in(&wallet);
        let message = record["message"].as_str().unwrap();
        let body = sign_body(&wallet.address(), &thief.personal(message));
        assert_eq!(code(&judge(&record, &body)), ("signature_mismatch", "sign"));
        let own = with(&body, "wallet", json!(thief.address()));
        assert_eq!(code(&judge(&record, &own)), ("account_mismatch", "wallet"));
        let account = with(&own, "wallet", Value::Null);
        let account = with(&account, "account", json!(thief.address()));
        assert_eq!(
            code(&judge(&record, &account)),
            ("account_mismatch", "account")
        );
        let both = with(&body, "account", json!(thief.address()));
        assert_eq!(
            code(&judge(&record, &both)),
            ("account_mismatch", "account")
        );
        // Even in a record that does not know the account, the message does.
        let record = with(&record, "address", Value::Null);
        assert_eq!(code(&judge(&record, &own)), ("account_mismatch", "wallet"));
        // The text that the callback brings along is not read.
        let brought = json!({ "message": "Hi", "signature": wallet.personal("Hi") });
        let body = with(&body, "sign", json!(brought.to_string()));
        assert_eq!(code(&judge(&record, &body)), ("signature_mismatch", "sign"));
    }

    /// Some wallets sign a login's text in place of the message, and do not say when.
    #[test]
    fn of_another_text() {
        let wallet = Wallet::new(1);
        let record = record(&json!({ "action": "sign", "message": "Hi", "chains": [EOS] }));
        let text = format!("{NOW}eoseoseosacc{ID}TokenPocket");
        let body = sign_body("eoseoseosacc", &wallet.eos(&text));
        let answer = judge_with_keys(&record, &body, &[wallet.eos_key()]);
        assert_eq!(code(&answer), ("signature_mismatch", "sign"));
    }

    #[test]
    fn without_a_signature() {
        let wallet = Wallet::new(1);
        for sign in ["", "{}"] {
            let body = sign_body(&wallet.address(), sign);
            assert_unauthenticated(&judge(&sign_in(&wallet), &body));
        }
    }

    #[test]
    fn of_a_contract_wallet() {
        let wallet = Wallet::new(1);
        let body = sign_body(&wallet.address(), &format!("0x{}", "11".repeat(195)));
        let answer = judge(&sign_in(&wallet), &body);
        assert_eq!(code(&answer), ("unsupported_signature", "sign"));
        assert!(answer["message"].as_str().unwrap().contains("erc-1271"));
    }
}

mod transactions {
    use super::*;

    #[test]
    fn are_never_authenticated() {
        let answer = judge(&transfer(), &transfer_body());
        assert_unauthenticated(&answer);
        assert_eq!(answer["txId"], HASH);
        assert_eq!(answer["address"], "eoseoseosacc");
        assert!(answer["advice"].as_str().unwrap().contains("node"));
        // Not even with a signature that is right.
        let wallet = Wallet::new(1);
        let text = format!("{NOW}eoseoseosacc{ID}TokenPocket");
        let mut body = with(&transfer_body(), "sign", json!(wallet.eos(&text)));
        body["timestamp"] = json!(NOW);
        let answer = judge_with_keys(&transfer(), &body, &[wallet.eos_key()]);
        assert_unauthenticated(&answer);
    }

    #[test]
    fn of_every_name_and_chain() {
        for name in ["txID", "txId", "txid"] {
            let body = with(&transfer_body(), "txID", Value::Null);
            let answer = judge(&transfer(), &with(&body, name, json!(HASH)));
            assert_eq!(answer["txId"], HASH);
        }
        let push = |chain: &str| {
            let own = match chain {
                EOS => json!({ "action": "pushTransaction", "actions": [{}], "chains": [chain] }),
                _ => json!({ "action": "pushTransaction", "transaction": {}, "chains": [chain] }),
            };
            record(&own)
        };
        let body = json!({ "action": "pushTransaction", "actionId": ID, "result": 1 });
        let in_hex = format!("0x{HASH}");
        let cases = [
            ("eip155:1", &*in_hex, HASH),
            (TRON, HASH, &*in_hex),
            (EOS, HASH, "abc"),
        ];
        for (chain, good, bad) in cases {
            let answer = judge(&push(chain), &with(&body, "txID", json!(good)));
            assert_unauthenticated(&answer);
            assert_eq!(answer["txId"], good);
            assert_eq!(answer["chain"], chain);
            let answer = judge(&push(chain), &with(&body, "txID", json!(bad)));
            assert_eq!(code(&answer), ("malformed_payload", "txID"));
        }
    }

    #[test]
    fn of_other_forms() {
        let body = transfer_body();
        let cases = [
            ("txID", Value::Null, ("malformed_payload", "txID")),
            ("txID", json!(""), ("malformed_payload", "txID")),
            ("txId", json!("00"), ("malformed_payload", "txId")),
            ("txID", json!({}), ("malformed_payload", "txID")),
            ("wallet", json!("0xabc"), ("malformed_payload", "wallet")),
            ("wallet", json!(7), ("malformed_payload", "wallet")),
            ("network", json!("tron"), ("chain_mismatch", "network")),
            ("network", json!("bsc"), ("chain_mismatch", "network")),
            ("chainId", json!("1"), ("chain_mismatch", "chainId")),
            (
                "action",
                json!("pushTransaction"),
                ("action_mismatch", "action"),
            ),
            ("action", json!("sign"), ("action_mismatch", "action")),
            ("action", json!("transfers"), ("action_mismatch", "action")),
            ("action", Value::Null, ("malformed_payload", "action")),
            ("actionId", Value::Null, ("malformed_payload", "actionId")),
            ("actionId", json!("wc_"), ("unknown_action", "actionId")),
            ("uuID", json!("another"), ("malformed_payload", "uuID")),
            ("result", json!(3), ("malformed_payload", "result")),
            ("result", json!("one"), ("malformed_payload", "result")),
            ("result", json!(true), ("malformed_payload", "result")),
            ("result", json!("01"), ("malformed_payload", "result")),
            ("result", Value::Null, ("malformed_payload", "result")),
        ];
        for (name, value, expected) in cases {
            let answer = judge(&transfer(), &with(&body, name, value.clone()));
            assert_eq!(code(&answer), expected, "{name}: {value}");
        }
        let expected = record(&json!({
            "action": "transfer", "chains": [EOS], "from": "alice", "to": "newdexpocket",
            "amount": "1", "contract": "eosio.token", "symbol": "EOS", "decimals": 4,
        }));
        assert_eq!(
            code(&judge(&expected, &body)),
            ("account_mismatch", "wallet")
        );
        assert_unauthenticated(&judge(&expected, &with(&body, "wallet", Value::Null)));
    }
}

mod forms {
    use super::*;

    /// As it was received.
    const FAILURE: &str = r#"{"message":"No wallet","ref":"TokenPocket","result":2,"action":"transfer","actionId":"wc_abababababababababababababababab","protocol":"TokenPocket","version":"2.0"}"#;

    #[test]
    fn cancelled_and_failed() {
        let wallet = Wallet::new(1);
        let records = [login(), sign_in(&wallet), transfer()];
        for record in records {
            let action = &record["action"];
            let body = json!({ "action": action, "actionId": ID, "result": 0 });
            let cancelled = json!({
                "ok": true, "action": action, "actionId": ID, "outcome": "cancelled",
                "authenticated": false,
            });
            assert_eq!(judge(&record, &body), cancelled);
            let body = with(&body, "result", json!("2"));
            let failed = with(&cancelled, "outcome", json!("failed"));
            assert_eq!(judge(&record, &body), failed);
        }
        let answer = judge_with(&json!({ "expected": transfer() }), FAILURE);
        assert_eq!(answer["outcome"], "failed");
        assert_eq!(answer["message"], "No wallet");
        assert_eq!(answer["authenticated"], false);
        // A result that is no success authenticates nothing, whatever comes with it.
        let mut body = login_body(&wallet, ID);
        body["result"] = json!(2);
        assert_eq!(judge(&login(), &body)["authenticated"], false);
    }

    #[test]
    fn messages_are_cleaned() {
        let body = |message: Value| {
            let body = json!({ "action": "transfer", "actionId": ID, "result": 2 });
            judge(&transfer(), &with(&body, "message", message))
        };
        let answer = body(json!(
            "a\nb\r\u{0}\u{7f}\u{85}c\u{2028}d\u{202e}e\u{1b}[31m"
        ));
        assert_eq!(answer["message"], "abcde[31m");
        let answer = body(json!("é".repeat(300)));
        assert_eq!(answer["message"], "é".repeat(256));
        for other in [json!(""), json!({ "a": 1 }), json!(7), Value::Null] {
            assert_eq!(body(other).get("message"), None);
        }
    }

    #[test]
    fn envelopes() {
        let wallet = Wallet::new(1);
        let inner = with(&login_body(&wallet, ID), "result", Value::Null);
        for data in [inner.clone(), json!(inner.to_string())] {
            let body = json!({ "result": 1, "message": "success", "data": data });
            assert_authenticated(&judge(&login(), &body), &wallet.address());
        }
        // What is inside comes first.
        let mut inner = transfer_body();
        inner["result"] = json!(2);
        inner["message"] = json!("inside");
        let body = json!({ "result": 1, "message": "outside", "data": inner, "actionId": "x" });
        let answer = judge(&transfer(), &body);
        assert_eq!(answer["outcome"], "failed");
        assert_eq!(answer["message"], "inside");
        let body = json!({ "result": "2", "message": "outside", "data": {
            "action": "transfer", "actionId": ID,
        }});
        assert_eq!(judge(&transfer(), &body)["message"], "outside");
        for data in [json!([]), json!(7), json!("[]"), json!("text"), json!("7")] {
            let body = json!({ "result": 1, "data": data });
            assert_eq!(
                code(&judge(&transfer(), &body)),
                ("malformed_payload", "data")
            );
        }
        let twice = json!({ "result": 1, "data": r#"[{"a":1,"a":2}]"# });
        assert_eq!(
            code(&judge(&transfer(), &twice)),
            ("malformed_payload", "data[0].a")
        );
        let twice = json!({ "result": 1, "data": r#"{"a":1,"a":2}"# });
        assert_eq!(
            code(&judge(&transfer(), &twice)),
            ("malformed_payload", "data.a")
        );
        for data in [json!(""), json!({}), json!(null)] {
            let body = json!({ "result": 0, "data": data });
            assert_eq!(
                code(&judge(&transfer(), &body)),
                ("malformed_payload", "actionId")
            );
        }
    }

    /// The members of an object as a query.
    fn query(body: &Value) -> String {
        let text = |value: &Value| match value {
            Value::String(text) => percent_encoded(text),
            value => percent_encoded(&value.to_string()),
        };
        let members: &Map<String, Value> = body.as_object().unwrap();
        let pairs = members
            .iter()
            .map(|(name, value)| format!("{name}={}", text(value)));
        pairs.collect::<Vec<_>>().join("&")
    }

    #[test]
    fn queries() {
        let wallet = Wallet::new(1);
        let bodies = [
            (transfer(), transfer_body()),
            (login(), login_body(&wallet, ID)),
            (sign_in(&wallet), sign_body(&wallet.address(), "{}")),
        ];
        for (record, body) in bodies {
            let expected = judge(&record, &body);
            assert_eq!(expected["ok"], true);
            let param = format!("a=1&param={}", percent_encoded(&body.to_string()));
            let enveloped = json!({ "result": 1, "message": "", "data": body });
            let enveloped = format!("param={}", percent_encoded(&enveloped.to_string()));
            for form in [
                query(&body),
                format!("session=7&{}&", query(&body)),
                param,
                enveloped,
            ] {
                let options = json!({ "expected": record });
                assert_eq!(judge_with(&options, &form), expected, "{form}");
                let url = format!("https://shop.example/wallet?{form}#end");
                let options = json!({ "expected": record, "url": url });
                assert_eq!(judge_with(&options, ""), expected);
            }
            // A body comes before a query.
            let options = json!({ "expected": record, "url": "https://shop.example/?result=9" });
            assert_eq!(judge_with(&options, body.to_string()), expected);
        }
    }

    /// The first version of the protocol answers with the server's own query and little more.
    #[test]
    fn own_queries() {
        let url = format!("https://shop.example/wallet?session=1&result=1&txID={HASH}");
        let options = json!({ "expected": transfer(), "url": url });
        let answer = judge_with(&options, "");
        assert_unauthenticated(&answer);
        assert_eq!(answer["txId"], HASH);
        let options = json!({ "expected": transfer(), "url": "/wallet?result=0" });
        assert_eq!(judge_with(&options, "")["outcome"], "cancelled");
        // Where something is signed, the request has to be named.
        let options = json!({ "expected": login(), "url": "/wallet?result=0" });
        assert_eq!(
            code(&judge_with(&options, "")),
            ("malformed_payload", "actionId")
        );
        // In JSON too.
        let body = json!({ "result": 1, "txID": HASH }).to_string();
        let options = json!({ "expected": transfer() });
        assert_eq!(
            code(&judge_with(&options, &body)),
            ("malformed_payload", "actionId")
        );
        let options = json!({ "expected": transfer() });
        let answer = judge_with(&options, format!("param={}", percent_encoded(&body)));
        assert_eq!(code(&answer), ("malformed_payload", "actionId"));
        let answer = judge_with(&options, "actionId=other&result=0");
        assert_eq!(code(&answer), ("unknown_action", "actionId"));
        let answer = judge_with(&options, "action=login&result=0");
        assert_eq!(code(&answer), ("action_mismatch", "action"));
    }

    /// Which record an answer belongs to is read from every form.
    #[test]
    fn action_ids() {
        let named = |url: Option<&str>, body: &str| to_json(action_id(url, body.as_bytes()));
        let body = transfer_body().to_string();
        let found = json!({ "ok": true, "actionId": ID });
        assert_eq!(named(None, &body), found);
        assert_eq!(
            named(None, &json!({ "result": 0, "data": body }).to_string()),
            found
        );
        assert_eq!(named(None, &query(&transfer_body())), found);
        assert_eq!(named(Some(&format!("/a?actionId={ID}")), ""), found);
        assert_eq!(named(None, &json!({ "uuID": ID }).to_string()), found);
        let number = named(None, r#"{"actionId":"11111111111.0"}"#);
        assert_eq!(number["actionId"], "11111111111");
        let other = named(None, r#"{"actionId":"a.0"}"#);
        assert_eq!(other["actionId"], "a.0");
        assert_eq!(code(&named(None, "{}")), ("malformed_payload", "actionId"));
        assert_eq!(code(&named(None, "")), ("malformed_payload", ""));
    }

    #[test]
    fn junk() {
        let options = json!({ "expected": transfer() });
        let good = transfer_body().to_string();
        let twice = good.replacen('{', "{\"result\":0,", 1);
        let (deep, wide) = ("[".repeat(40), format!("{{\"a\":{}}}", "[".repeat(33)));
        let huge = format!("{{\"a\":\"{}\",{}", "a".repeat(64 * 1024), &good[1..]);
        let cases: [(&[u8], &str); 17] = [
            (b"", ""),
            (b"  \n", ""),
            (b"[]", ""),
            (b"{", ""),
            (b"{}", "actionId"),
            (b"hello", "result"),
            (b"\"{}\"", "result"),
            (b"a=%zz", ""),
            (b"a=%f", ""),
            (b"a=%ff", ""),
            (b"\xff\xfe", ""),
            (b"result=1&result=1", "result"),
            (b"param=[]", "param"),
            (b"param={", "param"),
            (twice.as_bytes(), "result"),
            (deep.as_bytes(), ""),
            (huge.as_bytes(), ""),
        ];
        for (body, path) in cases {
            let answer = judge_with(&options, body);
            let shown = String::from_utf8_lossy(&body[..body.len().min(40)]);
            let (code, got) = code(&answer);
            assert_eq!(code, "malformed_payload", "{shown}");
            assert!(got.starts_with(path), "{shown}: {got}");
        }
        assert_eq!(code(&judge_with(&options, wide)).0, "malformed_payload");
        let options =
            json!({ "expected": transfer(), "url": format!("/?a={}", "a".repeat(65536)) });
        assert_eq!(code(&judge_with(&options, "")), ("malformed_payload", ""));
        let inexact = good.replacen('{', "{\"a\":9007199254740993,", 1);
        let options = json!({ "expected": transfer() });
        assert_eq!(
            code(&judge_with(&options, inexact)),
            ("malformed_payload", "a")
        );
        // As long as it may be, and a byte longer.
        let padded = format!("{good}{}", " ".repeat(64 * 1024 - good.len()));
        let longer = format!("{padded} ");
        assert_eq!(
            code(&judge_with(&options, longer)),
            ("malformed_payload", "")
        );
        assert_unauthenticated(&judge_with(&json!({ "expected": transfer() }), padded));
    }

    /// Every spoiled answer has an answer, and none that is spoiled where it counts is authenticated.
    #[test]
    fn spoiled() {
        let wallet = Wallet::new(1);
        let eos = [wallet.eos_key()];
        let sign = sign_in(&wallet);
        let signed = wallet.personal(sign["message"].as_str().unwrap());
        let sign_body = sign_body(&wallet.address(), &signed).to_string();
        let enveloped = json!({ "result": 1, "data": login_body(&wallet, ID).to_string() });
        let samples = [
            (login(), login_body(&wallet, ID).to_string()),
            (login(), enveloped.to_string()),
            (login(), query(&login_body(&wallet, ID))),
            (eos_login(), eos_login_body(&wallet, ID).to_string()),
            (sign, sign_body),
            (transfer(), transfer_body().to_string()),
            (transfer(), FAILURE.to_owned()),
        ];
        let mut random = Random::new(0x5eed);
        for (record, sample) in samples {
            let options = json!({ "expected": record, "accountKeys": eos });
            let check = |body: &[u8]| {
                let answer = judge_with(&options, body);
                if answer["ok"] == true {
                    let authenticated = answer["authenticated"].as_bool().unwrap();
                    let shown = String::from_utf8_lossy(body);
                    let owner = [json!(wallet.address()), json!("eoseoseosacc")];
                    assert!(
                        !authenticated || owner.contains(&answer["address"]),
                        "{shown}"
                    );
                    assert!(!authenticated || record["action"] != "transfer", "{shown}");
                } else {
                    code(&answer);
                }
            };
            check(sample.as_bytes());
            for end in 0..sample.len() {
                check(&sample.as_bytes()[..end]);
            }
            for _ in 0..2000 {
                let mut bytes = sample.clone().into_bytes();
                for _ in 0..=random.below(3) {
                    let at = random.below(bytes.len());
                    match random.below(4) {
                        0 => bytes[at] ^= 1 << random.below(8),
                        1 => bytes[at] = *random.pick(b"{}[]\",:\\%&=0 n"),
                        2 => drop(bytes.remove(at)),
                        _ => bytes.insert(at, random.byte()),
                    }
                }
                check(&bytes);
            }
        }
    }
}

mod records {
    use super::*;

    fn refused(options: &Value) -> (String, String) {
        match callback(options.to_string().as_bytes(), b"{}", NOW) {
            Err(ConfigError::InvalidOption { option, problem }) => (option.into_owned(), problem),
            other => unreachable!("{options} gave {other:?}"),
        }
    }

    /// A record that was changed might check less than was asked.
    #[test]
    fn that_are_broken() {
        let wallet = Wallet::new(1);
        let sign = sign_in(&wallet);
        let tron = record(&json!({ "action": "sign", "message": "0a", "chains": [TRON] }));
        let cases = [
            json!("text"),
            json!({}),
            with(&sign, "version", json!(2)),
            with(&sign, "version", Value::Null),
            with(&sign, "action", json!("logout")),
            with(&sign, "action", json!("login")),
            with(&sign, "actionId", json!("")),
            with(&sign, "actionId", json!("a b")),
            with(&sign, "actionId", json!("a".repeat(129))),
            with(&sign, "actionId", json!(7)),
            with(&sign, "chains", json!([])),
            with(&sign, "chains", json!("eip155:1")),
            with(&sign, "chains", json!([1])),
            with(&sign, "chains", json!(["eip155:1", TRON])),
            with(&sign, "chains", json!([EOS])),
            with(&sign, "chains", json!(["eip155:56", "eip155:1"])),
            with(&sign, "issuedAt", json!("now")),
            with(&sign, "expiresAt", json!(NOW - 1)),
            with(&sign, "address", json!("alice")),
            with(&sign, "adress", json!(wallet.address())),
            with(&sign, "scheme", Value::Null),
            with(&sign, "scheme", json!("eos-k1")),
            with(&sign, "scheme", json!("tron-v1")),
            with(&sign, "scheme", json!("rot13")),
            with(&sign, "scheme", json!("eip712")),
            with(&sign, "message", Value::Null),
            with(&sign, "message", json!("")),
            with(&sign, "message", json!("Hi")),
            with(&tron, "message", json!("Hi")),
            with(&tron, "scheme", json!("tron-v2")),
            with(&login(), "chains", json!([TRON])),
            with(&login(), "message", json!("Hi")),
        ];
        for broken in cases {
            let (option, problem) = refused(&json!({ "expected": broken }));
            let path = option.strip_prefix("expected").unwrap_or("no record");
            assert!(
                path.is_empty() || path.starts_with('.'),
                "{broken}: {option}"
            );
            let known = ["expected ", "only valid ", "unknown "]
                .iter()
                .any(|start| problem.starts_with(start));
            assert!(known, "{problem}");
        }
        // One that was over at once is none of these.
        let short = with(&sign, "expiresAt", json!(NOW));
        let options = json!({ "expected": short }).to_string();
        assert!(callback(options.as_bytes(), b"{}", NOW).is_ok());
    }

    #[test]
    fn bad_options_are_named() {
        let good = json!({ "expected": login() });
        let cases = [
            (json!({}), "expected"),
            (with(&good, "accountKeys", json!("EOS")), "accountKeys"),
            (with(&good, "accountKeys", json!(["EOS"])), "accountKeys"),
            (with(&good, "accountKeys", json!([1])), "accountKeys[0]"),
            (
                with(&good, "accountKeys", json!([Wallet::new(1).address()])),
                "accountKeys",
            ),
            (
                with(&good, "toleranceSeconds", json!(0)),
                "toleranceSeconds",
            ),
            (
                with(&good, "toleranceSeconds", json!(86_401)),
                "toleranceSeconds",
            ),
            (
                with(&good, "toleranceSeconds", json!("5")),
                "toleranceSeconds",
            ),
            (with(&good, "url", json!(7)), "url"),
            (with(&good, "now", json!(NOW)), "now"),
            (with(&good, "acountKeys", json!([])), ""),
        ];
        for (options, option) in cases {
            assert_eq!(refused(&options).0, option, "{options}");
        }
        assert!(callback(b"", b"", NOW).is_err());
        assert!(callback(b"[]", b"", NOW).is_err());
    }

    /// A record survives the database.
    #[test]
    fn round_trip() {
        let wallet = Wallet::new(1);
        let record = sign_in(&wallet);
        let kept: Value = serde_json::from_str(&record.to_string()).unwrap();
        let message = kept["message"].as_str().unwrap();
        let body = sign_body(&wallet.address(), &wallet.personal(message));
        assert_authenticated(&judge(&kept, &body), &wallet.address());
    }
}

#[test]
fn a_handlers_tolerance_is_checked_beforehand() {
    for good in ["{}", r#"{"toleranceSeconds":300}"#] {
        assert_eq!(handler(good.as_bytes()), Ok(()), "{good}");
    }
    for bad in [
        r#"{"toleranceSeconds":0}"#,
        r#"{"toleranceSeconds":"300"}"#,
        r#"{"tolerance":300}"#,
        "[]",
    ] {
        assert!(handler(bad.as_bytes()).is_err(), "{bad}");
    }
}
