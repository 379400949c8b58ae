//! A wallet for tests: keys, and the signatures that they make, written independently of the core's.

use k256::ecdsa::SigningKey;
use ripemd::{Digest, Ripemd160};
use sha2::Sha256;

/// A key of secp256k1, and its accounts.
pub(crate) struct Wallet(SigningKey);

impl Wallet {
    /// The key whose bytes are all this one.
    pub(crate) fn new(byte: u8) -> Self {
        Self(SigningKey::from_slice(&[byte; 32]).unwrap())
    }

    /// The account of Ethereum with the checksum of EIP-55.
    pub(crate) fn address(&self) -> String {
        let digits = hex::encode(self.account());
        let hash = hex::encode(keccak256(digits.as_bytes()));
        let digits = digits.chars().zip(hash.chars());
        let checked = digits.map(|(digit, nibble)| match nibble {
            '8'..='9' | 'a'..='f' => digit.to_ascii_uppercase(),
            _ => digit,
        });
        format!("0x{}", checked.collect::<String>())
    }

    /// The account of TRON.
    pub(crate) fn tron_address(&self) -> String {
        let mut bytes = [&[0x41], self.account().as_slice()].concat();
        let checksum = Sha256::digest(Sha256::digest(&bytes));
        bytes.extend_from_slice(&checksum[..4]);
        base58(&bytes)
    }

    /// The key as EOS writes it: the older form.
    pub(crate) fn eos_key(&self) -> String {
        format!("EOS{}", checked(&self.compressed(), ""))
    }

    /// The key as EOS writes it.
    pub(crate) fn k1_key(&self) -> String {
        format!("PUB_K1_{}", checked(&self.compressed(), "K1"))
    }

    /// `personal_sign`.
    pub(crate) fn personal(&self, text: &str) -> String {
        let header = format!("\x19Ethereum Signed Message:\n{}", text.len());
        self.in_hex(&keccak256(&[header.as_bytes(), text.as_bytes()].concat()))
    }

    /// What TronWeb makes of hex digits.
    pub(crate) fn tron(&self, digits: &str) -> String {
        let header = b"\x19TRON Signed Message:\n32".to_vec();
        let bytes = hex::decode(digits).unwrap();
        self.in_hex(&keccak256(&[header, bytes].concat()))
    }

    /// A signature of EOS over the text's SHA-256.
    pub(crate) fn eos(&self, text: &str) -> String {
        let (signature, id) = self.0.sign_prehash_recoverable(&Sha256::digest(text));
        let header = 31 + id.to_byte();
        let bytes = [&[header], signature.to_bytes().as_slice()].concat();
        format!("SIG_K1_{}", checked(&bytes, "K1"))
    }

    /// `r`, `s` and `v` in hex.
    pub(crate) fn in_hex(&self, digest: &[u8; 32]) -> String {
        let (signature, id) = self.0.sign_prehash_recoverable(digest);
        let signature = hex::encode(signature.to_bytes());
        format!("0x{signature}{:02x}", 27 + id.to_byte())
    }

    fn account(&self) -> [u8; 20] {
        let point = self.0.verifying_key().to_sec1_point(false);
        keccak256(&point.as_bytes()[1..])[12..].try_into().unwrap()
    }

    fn compressed(&self) -> Vec<u8> {
        self.0
            .verifying_key()
            .to_sec1_point(true)
            .as_bytes()
            .to_vec()
    }
}

/// Keccak-256 with the padding that Ethereum uses.
pub(crate) fn keccak256(message: &[u8]) -> [u8; 32] {
    let mut padded = message.to_vec();
    padded.push(1);
    padded.resize(padded.len().next_multiple_of(136), 0);
    *padded.last_mut().unwrap() |= 0x80;
    let mut state = [0_u64; 25];
    for block in padded.chunks(136) {
        for (lane, bytes) in state.iter_mut().zip(block.chunks(8)) {
            *lane ^= u64::from_le_bytes(bytes.try_into().unwrap());
        }
        keccak::f1600(&mut state);
    }
    let bytes: Vec<u8> = state.iter().flat_map(|lane| lane.to_le_bytes()).collect();
    bytes[..32].try_into().unwrap()
}

/// Base58 with the checksum of Antelope.
fn checked(bytes: &[u8], kind: &str) -> String {
    let mut state = Ripemd160::new();
    state.update(bytes);
    state.update(kind);
    base58(&[bytes, &state.finalize()[..4]].concat())
}

pub(crate) fn base58(bytes: &[u8]) -> String {
    let mut buffer = vec![0; bytes.len() * 2];
    let length = bs58::encode(bytes).onto(buffer.as_mut_slice()).unwrap();
    buffer.truncate(length);
    String::from_utf8(buffer).unwrap()
}
