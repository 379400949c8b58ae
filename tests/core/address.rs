//! Addresses and transaction hashes: the vectors that their sources publish, then what the
//! checksums are for.

use std::collections::BTreeSet;
use std::path::Path;

use blake2::{Blake2b512, Digest};
use serde::Deserialize;
use wallet_callback::chain::address::{AddressError, Coverage, check, check_transaction_hash};
use wallet_callback::chain::id::{Chain, Family};

/// An address, or a transaction hash, as its source publishes it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vector {
    source: String,
    chain: String,
    address: Option<String>,
    hash: Option<String>,
    expect: Expect,
    /// The variant of the error, where the source gives the reason.
    error: Option<String>,
    note: Option<String>,
}

#[derive(Deserialize, Debug, PartialEq, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum Expect {
    Checked,
    Unchecked,
    Refused,
}

impl Vector {
    fn chain(&self) -> Chain<'_> {
        Chain::parse(&self.chain).unwrap()
    }

    fn check(&self) -> Result<Coverage, AddressError> {
        match (&self.address, &self.hash) {
            (Some(address), None) => check(&self.chain(), address),
            (None, Some(hash)) => check_transaction_hash(&self.chain(), hash),
            _ => panic!("a vector has an address or a hash"),
        }
    }
}

fn read(family: &str) -> Vec<Vector> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/vectors/addresses")
        .join(family)
        .with_extension("json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn run(family: &str, count: usize) {
    let vectors = read(family);
    assert_eq!(vectors.len(), count, "every vector of {family} is run");
    for vector in vectors {
        let result = vector.check();
        let got = match result {
            Ok(Coverage::Checked) => Expect::Checked,
            Ok(Coverage::Unchecked) => Expect::Unchecked,
            Err(_) => Expect::Refused,
        };
        let label = format!(
            "{} on {}: {:?} ({}) gave {result:?}",
            vector.source,
            vector.chain,
            vector.address.or(vector.hash).unwrap(),
            vector.note.unwrap_or_default(),
        );
        assert_eq!(got, vector.expect, "{label}");
        if let Some(error) = vector.error {
            let debug = format!("{:?}", result.unwrap_err());
            assert!(debug.starts_with(&error), "{label}, expected {error}");
        }
    }
}

#[test]
fn bitcoin() {
    run("bitcoin", 156);
}

#[test]
fn evm() {
    run("evm", 29);
}

#[test]
fn tron() {
    run("tron", 15);
}

#[test]
fn solana() {
    run("solana", 25);
}

#[test]
fn aptos() {
    run("aptos", 21);
}

#[test]
fn polkadot() {
    run("polkadot", 63);
}

#[test]
fn antelope() {
    run("antelope", 37);
}

#[test]
fn other() {
    run("other", 10);
}

#[test]
fn transactions() {
    run("transactions", 61);
}

/// Bitcoin Core's `tryCaseFlip`: Bech32 is as good in upper case, Base58 is another address.
#[test]
fn upper_case_is_for_bech32_only() {
    for vector in checked("bitcoin") {
        let address = vector.address.as_deref().unwrap();
        let flipped = if address.bytes().any(|byte| byte.is_ascii_lowercase()) {
            address.to_ascii_uppercase()
        } else {
            address.to_ascii_lowercase()
        };
        let bech32 = address.to_ascii_lowercase().starts_with("bc1");
        assert_eq!(
            check(&vector.chain(), &flipped).is_ok(),
            bech32,
            "{flipped}"
        );
    }
}

/// One character replaced by any other printable character, at every place of every address that
/// has a checksum.
///
/// Base58Check and Bech32 refuse all. SS58 has 16 bits of checksum and EIP-55 about 15, so that
/// of so many changes a few pass; they are counted, to the last one.
#[test]
fn a_changed_character_is_refused() {
    let mut passed = Vec::new();
    for family in ["bitcoin", "tron", "polkadot", "evm"] {
        let mut changes = 0;
        let mut accepted = 0;
        for vector in checked(family) {
            let address = vector.address.as_deref().unwrap();
            if family == "evm" && !is_mixed_case(address) {
                continue;
            }
            for at in 0..address.len() {
                for byte in b'!'..=b'~' {
                    let mut changed = address.as_bytes().to_vec();
                    if changed[at] == byte {
                        continue;
                    }
                    changed[at] = byte;
                    let changed = String::from_utf8(changed).unwrap();
                    changes += 1;
                    accepted += usize::from(check(&vector.chain(), &changed).is_ok());
                }
            }
        }
        assert!(changes > 20_000, "{family}: {changes} changes tried");
        passed.push((family, accepted));
    }
    assert_eq!(
        passed,
        [("bitcoin", 0), ("tron", 0), ("polkadot", 1), ("evm", 0)]
    );
}

/// Two neighbours swapped, a character left out, a character doubled.
#[test]
fn a_slip_of_the_finger_is_refused() {
    for family in ["bitcoin", "tron", "polkadot"] {
        for vector in checked(family) {
            let address = vector.address.as_deref().unwrap();
            for at in 0..address.len() {
                let (head, tail) = address.split_at(at);
                let mut slips = vec![format!("{head}{}", &tail[1..])];
                slips.push(format!("{head}{}{tail}", &tail[..1]));
                if tail.len() > 1 && tail.as_bytes()[0] != tail.as_bytes()[1] {
                    slips.push(format!("{head}{}{}{}", &tail[1..2], &tail[..1], &tail[2..]));
                }
                for slip in slips {
                    assert!(check(&vector.chain(), &slip).is_err(), "{address}: {slip}");
                }
            }
        }
    }
}

/// An address of one chain is not one of another, except where chains share their accounts.
#[test]
fn families_do_not_mix() {
    let chains = [
        ("bitcoin", "bip122:000000000019d6689c085ae165831e93"),
        ("evm", "eip155:1"),
        ("tron", "tron:0x2b6653dc"),
        ("solana", "solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp"),
        ("polkadot", "polkadot:91b171bb158e2d3848fa23a9f1c25182"),
    ];
    for (family, _) in chains {
        for vector in checked(family) {
            let address = vector.address.as_deref().unwrap();
            for (other, chain) in chains {
                if other != family {
                    let chain = Chain::parse(chain).unwrap();
                    assert!(check(&chain, address).is_err(), "{address} on {other}");
                }
            }
        }
    }
}

/// Any text at all, of any length, is answered; and a message says nothing of the text.
#[test]
fn any_text_is_answered() {
    let alphabets = [
        "0123456789abcdefABCDEF",
        "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz",
        "qpzry9x8gf2tvdw0s3jn54khce6mua7l1",
        "1",
        "z",
        "\0 \n~éß€🪙",
    ];
    let prefixes = ["", "0x", "bc1", "BC1", "bc1q", "bc1p", "T", "1"];
    let chains: BTreeSet<String> = FAMILIES
        .iter()
        .flat_map(|family| read(family))
        .map(|vector| vector.chain)
        .collect();
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for chain in &chains {
        let chain = Chain::parse(chain).unwrap();
        for length in (0..140).chain([255, 256, 257, 1000]) {
            for alphabet in alphabets {
                let letters: Vec<char> = alphabet.chars().collect();
                for prefix in prefixes {
                    let mut text = prefix.to_owned();
                    text.extend((0..length).map(|_| letters[random.below(letters.len())]));
                    for result in [check(&chain, &text), check_transaction_hash(&chain, &text)] {
                        if let Err(error) = result {
                            assert_is_a_good_message(&error.to_string());
                        }
                    }
                }
            }
        }
    }
}

/// A megabyte is refused by its length, wherever a length is known: nothing decodes it.
#[test]
fn a_long_text_is_refused_by_its_length() {
    // Each of them is within some alphabet, so that only the length can be wrong.
    for long in ["z", "1", "a"].map(|letter| letter.repeat(1 << 20)) {
        for vector in FAMILIES.into_iter().flat_map(read) {
            let expected = match vector.chain().family() {
                Family::Evm | Family::Aptos => matches!(
                    check(&vector.chain(), &format!("0x{long}")),
                    Err(AddressError::Length { got: 0x10_0000, .. })
                ),
                _ => matches!(
                    check(&vector.chain(), &long),
                    Err(AddressError::Length { got: 0x10_0000, .. } | AddressError::TooLong { .. })
                ),
            };
            assert!(expected, "{}", vector.chain);
        }
    }
}

#[test]
fn errors_say_what_was_expected_and_what_came() {
    let message = |chain: &str, address: &str| {
        check(&Chain::parse(chain).unwrap(), address)
            .unwrap_err()
            .to_string()
    };
    let evm = "eip155:1";
    let bitcoin = "bip122:000000000019d6689c085ae165831e93";
    let kusama = "polkadot:b0a8d493285c2df73290dfb7e61f870f";
    assert_eq!(message(evm, "1"), "expected a leading 0x");
    assert_eq!(message(evm, "0x12"), "expected 40 hex digits, got 2");
    assert_eq!(
        message(evm, "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDz"),
        "expected hex digits, got another character at 41"
    );
    assert_eq!(
        message(evm, "0xd1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb"),
        "expected a matching eip-55 checksum"
    );
    assert_eq!(
        message(bitcoin, "mzK2FFDEhxqHcmrJw1ysqFkVyhUULo45hZ"),
        "expected version 0 or 5, got 111"
    );
    assert_eq!(message(bitcoin, &"1".repeat(36)), "expected 25 bytes");
    assert_eq!(
        message(
            bitcoin,
            "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v07qwwzcrf"
        ),
        "expected up to 4 zero bits of padding"
    );
    // From BIP-173, with a program of 16 bytes.
    assert_eq!(
        message(bitcoin, "BC1QR508D6QEJXTDG4Y5R3ZARVARYV98GJ9P"),
        "expected 20 or 32 bytes, got 16"
    );
    assert_eq!(
        message(kusama, "15oF4uVJwmo4TdGW7VfQxNLavjCXviqxT9S1MgbjMNHr6Sp5"),
        "expected version 2 or 42, got 0"
    );
}

const FAMILIES: [&str; 8] = [
    "bitcoin", "evm", "tron", "solana", "aptos", "polkadot", "antelope", "other",
];

#[test]
fn every_file_of_vectors_is_read() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/addresses");
    let files: BTreeSet<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| {
            let path = file.unwrap().path();
            path.file_stem().unwrap().to_str().unwrap().to_owned()
        })
        .collect();
    let read: BTreeSet<String> = FAMILIES
        .iter()
        .chain(&["transactions"])
        .map(ToString::to_string)
        .collect();
    assert_eq!(files, read);
}

fn checked(family: &str) -> impl Iterator<Item = Vector> {
    read(family)
        .into_iter()
        .filter(|vector| vector.expect == Expect::Checked)
}

fn is_mixed_case(address: &str) -> bool {
    let digits = &address[2..];
    digits.bytes().any(|byte| byte.is_ascii_lowercase())
        && digits.bytes().any(|byte| byte.is_ascii_uppercase())
}

fn assert_is_a_good_message(message: &str) {
    assert!(message.starts_with("expected "), "{message}");
    assert!(!message.ends_with('.'), "{message}");
    assert!(message.len() < 80, "{message}");
    assert_eq!(message, message.to_lowercase());
}

/// Xorshift64: the same numbers in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound as u64) as usize
    }
}

fn base58(bytes: &[u8]) -> String {
    let mut text = [0; 64];
    let length = bs58::encode(bytes).onto(&mut text[..]).unwrap();
    String::from_utf8(text[..length].to_vec()).unwrap()
}

/// SS58 has accounts of other lengths too; a chain's account has 32 bytes.
#[test]
fn an_account_of_polkadot_has_32_bytes() {
    let chain = Chain::parse("polkadot:91b171bb158e2d3848fa23a9f1c25182").unwrap();
    let address = |prefix: &[u8], account: usize| {
        let payload = [prefix, &vec![7; account]].concat();
        let hash = Blake2b512::new()
            .chain_update(b"SS58PRE")
            .chain_update(&payload)
            .finalize();
        base58(&[payload.as_slice(), &hash[..2]].concat())
    };
    for prefix in [0, 42] {
        assert_eq!(
            check(&chain, &address(&[prefix], 32)),
            Ok(Coverage::Checked)
        );
    }
    // The two bytes of 64, and the smallest number that is no other spelling of one byte's.
    let is_length = |result| {
        matches!(
            result,
            Err(AddressError::Length { .. } | AddressError::TooLong { .. })
        )
    };
    for (prefix, account) in [
        (&[0][..], 31),
        (&[0], 33),
        (&[42], 33),
        (&[64, 1], 31),
        (&[64, 1], 33),
        (&[128, 1], 32),
        (&[255], 32),
    ] {
        let result = check(&chain, &address(prefix, account));
        assert!(is_length(result), "{prefix:?} {account} {result:?}");
    }
    for (prefix, got) in [([80, 0], 64), ([80, 64], 65), ([64, 1], 256)] {
        let expected = "0 or 42";
        let result = check(&chain, &address(&prefix, 32));
        assert_eq!(result, Err(AddressError::Version { expected, got }));
    }
    let is_version = |result| matches!(result, Err(AddressError::Version { .. }));
    for prefix in [&[1][..], &[2], &[63], &[64, 0], &[64, 1], &[127, 255]] {
        let result = check(&chain, &address(prefix, 32));
        assert!(is_version(result), "{prefix:?} {result:?}");
    }
}

/// The thirteenth character of a name has four bits.
#[test]
fn a_name_of_eos_says_which_character_is_wrong() {
    let chain = Chain::parse("antelope:aca376f206b8fc25a6ed44dbdc66547c").unwrap();
    for (name, at, expected) in [
        ("Alice", 0, "a-z, 1-5 or an inner dot"),
        ("alice6", 5, "a-z, 1-5 or an inner dot"),
        ("alice.", 5, "a-z, 1-5 or an inner dot"),
        ("aliceandbob1k", 12, "a-j or 1-5"),
    ] {
        let error = AddressError::Character { expected, at };
        assert_eq!(check(&chain, name), Err(error), "{name}");
    }
    for name in ["a", "a.b", "alice12345", "aliceandbob1j", "zzzzzzzzzzzz5"] {
        assert_eq!(check(&chain, name), Ok(Coverage::Checked), "{name}");
    }
}
