//! A wallet's answers to a dapp, and what chains write.

use std::sync::LazyLock;

use serde_json::{Value, json};
use wallet_callback::chain::address::{Coverage, check, check_transaction_hash};
use wallet_callback::chain::id::Chain;
use wallet_callback::options::dapp::{action_id, callback, message, request};

use crate::NOW;
use crate::input::Input;

const CHAINS: [&str; 9] = [
    "bip122:000000000019d6689c085ae165831e93",
    "eip155:1",
    "tron:0x2b6653dc",
    "solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp",
    "aptos:1",
    "polkadot:91b171bb158e2d3848fa23a9f1c25182",
    "polkadot:b0a8d493285c2df73290dfb7e61f870f",
    "antelope:aca376f206b8fc25a6ed44dbdc66547c",
    "cosmos:cosmoshub-4",
];

/// The chains whose addresses end in a checksum of 32 bits or more.
const WITH_CHECKSUM: [usize; 2] = [0, 2];

/// Whatever is written as an address or a hash is taken or refused, and an address with a checksum is none
/// once a character is another.
pub fn addresses(data: &[u8]) {
    let mut input = Input::new(data);
    let index = usize::from(input.byte()) % CHAINS.len();
    let chain = Chain::parse(CHAINS[index]).expect("a chain");
    let (at, other) = (usize::from(input.byte()), input.byte());
    let text = String::from_utf8_lossy(input.rest());
    let _ = check_transaction_hash(&chain, &text);
    let _ = Chain::parse(&text);
    let Ok(coverage) = check(&chain, &text) else {
        return;
    };
    assert!(text.is_ascii() && text.len() <= 256);
    if coverage == Coverage::Checked && WITH_CHECKSUM.contains(&index) {
        let mut changed = text.into_owned().into_bytes();
        let at = at % changed.len();
        if changed[at].eq_ignore_ascii_case(&other) {
            return;
        }
        changed[at] = other;
        if let Ok(changed) = str::from_utf8(&changed) {
            assert!(check(&chain, changed).is_err(), "{changed}");
        }
    }
}

/// The records of a login, a signature and a transfer, on each kind of chain.
static RECORDS: LazyLock<Vec<Value>> = LazyLock::new(|| {
    let chains = [CHAINS[1], CHAINS[2], CHAINS[7]];
    let own = chains.iter().flat_map(|chain| {
        [
            json!({ "action": "login", "chains": [chain] }),
            json!({ "action": "sign", "chains": [chain], "message": "hello" }),
        ]
    });
    let records = own.filter_map(|mut options| {
        options["dapp"] = json!({ "name": "Shop", "icon": "https://shop.example/icon.png" });
        options["callbackUrl"] = json!("https://shop.example/wallet?session=1");
        let answer = request(options.to_string().as_bytes(), NOW, || Ok([0xab; 16])).ok()?;
        let answer = serde_json::to_value(answer).ok()?;
        Some(answer["expected"].clone())
    });
    let records: Vec<_> = records.collect();
    assert!(records.len() >= 4, "{records:?}");
    records
});

/// Whatever a wallet posts is judged, and a login that nobody signed is not taken for proven.
pub fn dapp_callback(data: &[u8]) {
    let mut input = Input::new(data);
    let mut options = json!({ "expected": input.pick(&RECORDS) });
    let url = input.text();
    if !url.is_empty() {
        options["url"] = json!(url);
    }
    let body = input.rest();
    let _ = action_id(Some(&url), body);
    let judged = callback(options.to_string().as_bytes(), body, NOW + 10);
    let _ = judged.expect("the options are valid");
}

/// Whatever is signed as typed data is taken or refused.
pub fn typed_data(data: &[u8]) {
    let options = json!({
        "scheme": "eip712",
        "text": true,
        "signature": format!("0x{}1b", "11".repeat(64)),
        "address": format!("0x{}", "11".repeat(20)),
    });
    let verified = message(options.to_string().as_bytes(), data, NOW);
    assert!(verified.expect("the options are valid").is_err());
}
