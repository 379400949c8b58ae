//! Keccak-256 as Ethereum uses it: the Keccak submission's padding, not that of SHA-3.

use alloc::vec::Vec;

use zeroize::Zeroizing;

use crate::algorithm::tag::Tag;

/// The bytes of a block.
const RATE: usize = 136;

/// A secret that is hashed behind the message (a construction of Moralis, which is not an HMAC).
/// Wiped on drop.
#[derive(Clone)]
pub(crate) struct SuffixKey(Zeroizing<Vec<u8>>);

impl SuffixKey {
    pub(crate) fn new(bytes: &[u8]) -> Self {
        Self(Zeroizing::new(bytes.to_vec()))
    }

    /// The tag over the concatenation of `parts`.
    #[inline(never)]
    pub(crate) fn tag(&self, parts: &[&[u8]]) -> Tag {
        let secret: &[u8] = &self.0;
        Tag::Medium(hash(parts.iter().copied().chain([secret])))
    }
}

/// The hash of the concatenation of `parts`.
pub(crate) fn hash<'a>(parts: impl Iterator<Item = &'a [u8]>) -> [u8; 32] {
    // Wiped, since a secret may be the last part.
    let mut state = Zeroizing::new([0; 25]);
    let mut block = Zeroizing::new([0; RATE]);
    let mut filled = 0;
    for mut part in parts {
        while !part.is_empty() {
            let free = block.get_mut(filled..).unwrap_or_default();
            let taken = free.len().min(part.len());
            let (now, later) = part.split_at(taken);
            free.iter_mut().zip(now).for_each(|(to, from)| *to = *from);
            part = later;
            filled = filled.wrapping_add(taken);
            if filled == RATE {
                absorb(&mut state, &block);
                filled = 0;
            }
        }
    }
    // The padding: a first and a last bit. (SHA-3 has two more bits before the first.)
    let mut padding = 1;
    for byte in block.iter_mut().skip(filled) {
        *byte = padding;
        padding = 0;
    }
    if let Some(last) = block.last_mut() {
        *last |= 0x80;
    }
    absorb(&mut state, &block);
    digest(&state)
}

/// The hash of up to 16 words of text, in the order of little-endian bytes. None of them is a secret.
pub(crate) fn hash_words(words: impl Iterator<Item = u64>) -> [u8; 32] {
    const LAST: usize = RATE / 8 - 1;
    let mut state = [0; 25];
    // The padding, as in `hash`.
    let padded = words.take(LAST).chain([1]);
    state
        .iter_mut()
        .zip(padded)
        .for_each(|(lane, word)| *lane = word);
    if let Some(last) = state.get_mut(LAST) {
        *last |= 1 << 63;
    }
    keccak::f1600(&mut state);
    digest(&state)
}

fn digest(state: &[u64; 25]) -> [u8; 32] {
    let mut digest = [0; 32];
    let (lanes, _) = digest.as_chunks_mut();
    for (bytes, lane) in lanes.iter_mut().zip(state) {
        *bytes = lane.to_le_bytes();
    }
    digest
}

fn absorb(state: &mut [u64; 25], block: &[u8; RATE]) {
    let (lanes, _) = block.as_chunks();
    for (lane, bytes) in state.iter_mut().zip(lanes) {
        *lane ^= u64::from_le_bytes(*bytes);
    }
    keccak::f1600(state);
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    fn hash_of(parts: &[&[u8]]) -> String {
        hex::encode(hash(parts.iter().copied()))
    }

    /// The known answers of the Keccak submission (`ShortMsgKAT_256.txt`, `Len` 0) and of Ethereum.
    #[test]
    fn published_vectors() {
        assert_eq!(
            hash_of(&[]),
            "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"
        );
        assert_eq!(
            hash_of(&[b"Transfer(address,address,uint256)"]),
            "ddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef"
        );
    }

    /// The hashes of 135, 136 and 137 zero bytes: the padding is one byte, a block of its own, and
    /// between the two. As an implementation in Python computes them that
    /// agrees with `hashlib.sha3_256` but for the padding.
    #[test]
    fn lengths_around_a_block() {
        for (length, expected) in EDGES {
            let message = vec![0; length];
            assert_eq!(hash_of(&[&message]), expected, "{length}");
            for cut in 0..=length {
                let (one, other) = message.split_at(cut);
                assert_eq!(hash_of(&[one, &[], other]), expected, "{length} at {cut}");
            }
        }
    }

    const EDGES: [(usize, &str); 3] = [
        (
            135,
            "29e3704feeca7fb9ba229f0fa04d9b36449cf3ad6e1d85d9cfff3a10df9abc3e",
        ),
        (
            136,
            "3a5912a7c5faa06ee4fe906253e339467a9ce87d533c65be3c15cb231cdb25f9",
        ),
        (
            137,
            "bee7fbb405cb0d91a8775e338c4a5e4b5d6b2d051f687fa942043cffdc73bd28",
        ),
    ];

    #[test]
    fn words() {
        for count in 0..=16_u8 {
            let words: Vec<_> = (0..count).map(|index| [index; 8]).collect();
            let hash = hash_words(words.iter().map(|word| u64::from_le_bytes(*word)));
            assert_eq!(hex::encode(hash), hash_of(&[&words.concat()]), "{count}");
        }
    }

    /// `verifySignature.test.ts` of Moralis-JS-SDK.
    #[test]
    fn moralis() {
        let body = r#"{"abi":[],"block":{"number":"","hash":"","timestamp":""},"txs":[],"txsInternal":[],"logs":[],"chainId":"","confirmed":true,"retries":0,"tag":"","streamId":"","erc20Approvals":[],"erc20Transfers":[],"nftTokenApprovals":[],"nftApprovals":{"ERC721":[],"ERC1155":[]},"nftTransfers":[],"nativeBalances":[]}"#;
        let tag = SuffixKey::new("k9".repeat(32).as_bytes()).tag(&[body.as_bytes()]);
        let expected = "3c4b2e6b07e386f97198eb2dc639f7901f00a5d3ec1b8c8effe4838920d71829";
        assert_eq!(hex::encode(tag.as_bytes()), expected);
        assert!(bool::from(tag.matches(&hex::decode(expected).unwrap())));
    }
}
