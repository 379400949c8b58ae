//! Messages that a wallet has signed, whatever its chain.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::secp256k1::{self, PublicKey, Signature};
use super::sign_in::SignIn;
use super::{Rejection, RejectionCode, account, antelope, typed_data};
use crate::algorithm::{ed25519, keccak256, sha256};
use crate::chain::address::base58;
use crate::json::shapes::by_name;

/// How a wallet signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Scheme {
    /// `personal_sign` ([EIP-191](https://eips.ethereum.org/EIPS/eip-191), version 0x45).
    Eip191,
    /// Typed data ([EIP-712](https://eips.ethereum.org/EIPS/eip-712)) as `eth_signTypedData_v4` signs it.
    Eip712,
    /// The list of `eth_signTypedData_v1`, which is older than EIP-712.
    Eip712V1,
    /// Sign-In with Ethereum ([EIP-4361](https://eips.ethereum.org/EIPS/eip-4361)).
    Eip4361,
    /// TRON as `tronWeb.trx.sign` signs.
    TronV1,
    /// TRON as `tronWeb.trx.signMessageV2` signs.
    TronV2,
    /// The text's SHA-256 with a K1 key of EOS and other Antelope chains.
    EosK1,
    /// Ed25519 over the bytes, as wallets on Solana sign.
    Solana,
}

impl Scheme {
    const ALL: [Self; 8] = [
        Self::Eip191,
        Self::Eip712,
        Self::Eip712V1,
        Self::Eip4361,
        Self::TronV1,
        Self::TronV2,
        Self::EosK1,
        Self::Solana,
    ];

    /// The name as users write it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Eip191 => "eip191",
            Self::Eip712 => "eip712",
            Self::Eip712V1 => "eip712-v1",
            Self::Eip4361 => "eip4361",
            Self::TronV1 => "tron-v1",
            Self::TronV2 => "tron-v2",
            Self::EosK1 => "eos-k1",
            Self::Solana => "solana",
        }
    }

    /// Whether the account comes out of a signature.
    pub(crate) const fn names_signer(self) -> bool {
        !matches!(self, Self::EosK1 | Self::Solana)
    }
}

by_name!(Scheme);

/// A message, its signature, and who may have signed it.
#[derive(Debug, Clone, Copy)]
pub struct SignedMessage<'a> {
    /// How it was signed.
    pub scheme: Scheme,
    /// The message: what the wallet was asked to sign. Of [`Scheme::Eip712`] and [`Scheme::Eip712V1`]
    /// JSON; of [`Scheme::Eip4361`] text.
    pub message: &'a [u8],
    /// Whether `message` is text. Only [`Scheme::TronV1`] asks: its text is hex digits, which are
    /// decoded.
    pub is_text: bool,
    /// Hex with or without `0x`; of [`Scheme::EosK1`] `SIG_K1_…`; of [`Scheme::Solana`] also Base58.
    pub signature: &'a str,
    /// The account that must have signed, in its chain's form; none for [`Scheme::EosK1`].
    pub address: Option<&'a str>,
    /// The keys of which one must have signed: `EOS…` or `PUB_K1_…`; on Solana as the address;
    /// elsewhere points in hex (SEC 1), compressed or not.
    pub public_keys: &'a [&'a str],
}

/// Who signed, in canonical form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signer {
    /// With the checksum of EIP-55; `T…`; Base58. None for [`Scheme::EosK1`], where names are accounts.
    pub address: Option<String>,
    /// The uncompressed point in hex with `0x`; `PUB_K1_…`; Base58.
    pub public_key: Option<String>,
    /// The signature in the one form that all its spellings have in common, by which to know it again:
    /// `r`, `s` and 27 or 28 in hex with `0x`; `SIG_K1_…` with the header of a compressed key; Base58.
    pub signature: String,
}

/// The most keys of which one must have signed: on Solana each costs a verification.
pub const MAX_PUBLIC_KEYS: usize = 64;

/// Verifies that the account, or one of the keys, has signed.
///
/// What else a message of [`Scheme::Eip4361`] says is compared by [`SignIn::check`].
///
/// # Errors
/// [`RejectionCode::MalformedPayload`] for an address, a key or a message of another form, and where there is
/// neither an address nor a key; [`RejectionCode::MalformedSignature`] or [`RejectionCode::UnsupportedSignature`] for the
/// signature's form, [`RejectionCode::NeedsChain`] for what may be a contract wallet's signature,
/// [`RejectionCode::AccountMismatch`] for a sign-in message of another account and [`RejectionCode::SignatureMismatch`]
/// where somebody else has signed or another text was signed.
pub fn verify(message: &SignedMessage) -> Result<Signer, Rejection> {
    check(message, Owners::read(message)?)
}

/// Finds out who has signed, whoever it is: nothing is proved before that is compared with an account
/// that is known from elsewhere. The message of [`Scheme::Eip4361`] names its signer, who must have
/// signed it. `address` and `public_keys` are not looked at.
///
/// # Errors
/// As [`verify`], and [`RejectionCode::UnsupportedSignature`] for [`Scheme::EosK1`] and [`Scheme::Solana`], whose
/// signatures do not say whose account they are of.
pub fn recover(message: &SignedMessage) -> Result<Signer, Rejection> {
    if !message.scheme.names_signer() {
        let message = "expected a scheme whose signatures name an account";
        return Err(Rejection::new(RejectionCode::UnsupportedSignature, message));
    }
    check(message, Owners::Anybody)
}

/// Signs as the account of a private key does: the other direction, for tests of a dapp.
///
/// # Errors
/// [`RejectionCode::MalformedPayload`] for a message of another form, and for bytes that are no key;
/// [`RejectionCode::UnsupportedSignature`] for [`Scheme::Solana`], whose signing would only be code
/// here.
pub fn sign(
    scheme: Scheme,
    message: &[u8],
    is_text: bool,
    key: &[u8; 32],
) -> Result<Signer, Rejection> {
    if scheme == Scheme::Solana {
        let message = "expected a scheme of secp256k1, got solana";
        return Err(Rejection::new(RejectionCode::UnsupportedSignature, message).at("scheme"));
    }
    let digest = digest(scheme, message, is_text)?;
    let signature = secp256k1::sign(key, &digest);
    let key = signature
        .as_ref()
        .and_then(|signature| signature.recover(&digest));
    let (Some(signature), Some(key)) = (signature, key) else {
        let message = "expected a private key of secp256k1";
        return Err(Rejection::new(RejectionCode::MalformedPayload, message).at("privateKey"));
    };
    Ok(Signer::of_key(scheme, &key, &signature))
}

impl Signer {
    fn of_key(scheme: Scheme, key: &PublicKey, signature: &Signature) -> Self {
        let account = || key.account();
        let address = match scheme {
            Scheme::EosK1 => {
                return Self {
                    address: None,
                    public_key: Some(antelope::key_text(&key.compressed())),
                    signature: antelope::signature_text(signature),
                };
            }
            Scheme::TronV1 | Scheme::TronV2 => account::tron_text(&account()),
            _ => account::ethereum_text(&account()),
        };
        Self {
            address: Some(address),
            public_key: Some(format!("0x{}", hex::encode(key.uncompressed()))),
            signature: format!("0x{}", hex::encode(signature.parity_last())),
        }
    }
}

fn check(message: &SignedMessage, owners: Owners) -> Result<Signer, Rejection> {
    let (scheme, bytes) = (message.scheme, message.message);
    let digest = || digest(scheme, bytes, message.is_text);
    match scheme {
        Scheme::Eip191 | Scheme::Eip712 | Scheme::Eip712V1 => {
            recover_account(message, Network::Ethereum, owners, &digest()?)
        }
        Scheme::Eip4361 => {
            let account = Owner::Account(SignIn::parse(text(bytes)?)?.account()?);
            if !owners.allow(&account) {
                return Err(Rejection::new(
                    RejectionCode::AccountMismatch,
                    "expected the account's own message, got another account's",
                )
                .at("address"));
            }
            let owners = Owners::These([account].into());
            recover_account(message, Network::Ethereum, owners, &digest()?)
        }
        Scheme::TronV1 | Scheme::TronV2 => {
            recover_account(message, Network::Tron, owners, &digest()?)
        }
        Scheme::EosK1 => {
            let signature = antelope::signature(message.signature)?;
            let key = signature.recover(&digest()?);
            let key = key.filter(|key| owners.allow(&Owner::K1(key.compressed())));
            let key = key.ok_or_else(|| mismatch("a signature of one of the keys"))?;
            Ok(Signer::of_key(scheme, &key, &signature))
        }
        Scheme::Solana => {
            let signature = solana_signature(message.signature)?;
            let key = owners.ed25519().find(|key| {
                ed25519::PublicKey::new(key).is_ok_and(|key| key.verify(bytes, &signature))
            });
            let key = key.ok_or_else(|| mismatch("a signature of the account"))?;
            let text = account::to_base58(key);
            Ok(Signer {
                address: Some(text.clone()),
                public_key: Some(text),
                signature: account::to_base58(&signature),
            })
        }
    }
}

/// What a key of secp256k1 signs of a message.
fn digest(scheme: Scheme, bytes: &[u8], is_text: bool) -> Result<[u8; 32], Rejection> {
    Ok(match scheme {
        Scheme::Eip191 | Scheme::Eip4361 => personal(ETHEREUM, bytes),
        Scheme::Eip712 => typed_data::digest(bytes)?,
        Scheme::Eip712V1 => typed_data::legacy::digest(bytes)?,
        Scheme::TronV1 => {
            // The wallet hashes what the digits stand for, and says 32 bytes whatever it is.
            let decoded = if is_text {
                hex_message(bytes)?
            } else {
                Vec::new()
            };
            let content = if is_text { &decoded } else { bytes };
            keccak256::hash([TRON, b"32", content].into_iter())
        }
        Scheme::TronV2 => personal(TRON, bytes),
        Scheme::EosK1 | Scheme::Solana => sha256::digest(&[bytes]),
    })
}

/// A message that has to be text.
pub(crate) fn text(bytes: &[u8]) -> Result<&str, Rejection> {
    str::from_utf8(bytes).map_err(|_| {
        let message = "expected text in utf-8";
        Rejection::new(RejectionCode::MalformedPayload, message).at("message")
    })
}

/// The headers, which no transaction begins with.
const ETHEREUM: &[u8] = b"\x19Ethereum Signed Message:\n";
const TRON: &[u8] = b"\x19TRON Signed Message:\n";

/// The digest of a header, the message's length in decimal and the message.
fn personal(header: &[u8], message: &[u8]) -> [u8; 32] {
    let length = message.len().to_string();
    keccak256::hash([header, length.as_bytes(), message].into_iter())
}

/// A network whose accounts are the hashes of keys.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Network {
    Ethereum,
    Tron,
}

/// Recovers the signer and compares it.
fn recover_account(
    message: &SignedMessage,
    network: Network,
    owners: Owners,
    digest: &[u8; 32],
) -> Result<Signer, Rejection> {
    let mismatch = || {
        mismatch(match network {
            Network::Ethereum => {
                "a signature of the account, got another (whether a contract wallet's signature holds, only its chain can tell: erc-1271)"
            }
            Network::Tron => "a signature of the account",
        })
    };
    let signature = recoverable(message.signature, network)?;
    let key = signature.recover(digest).ok_or_else(mismatch)?;
    if !owners.allow(&Owner::Account(key.account())) {
        return Err(mismatch());
    }
    Ok(Signer::of_key(message.scheme, &key, &signature))
}

fn mismatch(expected: &'static str) -> Rejection {
    Rejection::new(
        RejectionCode::SignatureMismatch,
        format!("expected {expected}"),
    )
}

fn malformed(message: impl Into<Cow<'static, str>>) -> Rejection {
    Rejection::new(RejectionCode::MalformedSignature, message).at("signature")
}

/// Reads the signature of an account's key, or says that it may be a contract wallet's.
fn recoverable(text: &str, network: Network) -> Result<Signature, Rejection> {
    let digits = text.strip_prefix("0x").unwrap_or(text).as_bytes();
    let not_hex = || malformed("expected hex digits");
    let mut with_parity = [0; 65];
    if hex::decode_to_slice(digits, &mut with_parity).is_ok() {
        return Signature::with_parity(&with_parity);
    }
    let mut compact = [0; 64];
    if network == Network::Ethereum && hex::decode_to_slice(digits, &mut compact).is_ok() {
        return Signature::compact(&compact);
    }
    if digits.is_empty()
        || !digits.iter().all(u8::is_ascii_hexdigit)
        || !digits.len().is_multiple_of(2)
    {
        return Err(not_hex());
    }
    let length = digits.len() / 2;
    if network == Network::Ethereum && may_be_a_contracts(digits, length) {
        return Err(Rejection::new(
            RejectionCode::NeedsChain,
            "expected a key's signature, got one that only a contract on its chain can verify (erc-1271, erc-6492)",
        )
        .at("signature"));
    }
    let expected = match network {
        Network::Ethereum => "64 or 65",
        Network::Tron => "65",
    };
    Err(malformed(format!(
        "expected a signature of {expected} bytes, got {length}"
    )))
}

/// Whether a contract wallet's signature may look so: wrapped for a wallet that is not deployed yet
/// ([ERC-6492](https://eips.ethereum.org/EIPS/eip-6492)), several signatures of its owners one behind
/// the other, or anything in the encoding of the ABI.
fn may_be_a_contracts(digits: &[u8], length: usize) -> bool {
    let wrapped = digits
        .last_chunk::<64>()
        .is_some_and(|end| end.as_chunks().0.iter().all(|chunk| chunk == b"6492"));
    wrapped
        || (length >= 130 && length.is_multiple_of(65))
        || (length >= 96 && length.is_multiple_of(32))
}

/// What hex digits stand for, with or without `0x`, and with a 0 before an odd number of them, as
/// TronLink reads them. (TronWeb 6 leaves out the last one.)
fn hex_message(text: &[u8]) -> Result<Vec<u8>, Rejection> {
    let digits = text.strip_prefix(b"0x").unwrap_or(text);
    let decoded = if digits.len().is_multiple_of(2) {
        hex::decode(digits)
    } else {
        hex::decode([b"0", digits].concat())
    };
    decoded.map_err(|_| {
        let message = "expected hex digits: the wallet signs the bytes";
        Rejection::new(RejectionCode::MalformedPayload, message).at("message")
    })
}

/// 64 bytes in Base58, which are at most 88 digits, or 128 digits of hex.
fn solana_signature(text: &str) -> Result<[u8; 64], Rejection> {
    let mut bytes = [0; 64];
    let digits = text.strip_prefix("0x").unwrap_or(text);
    if hex::decode_to_slice(digits, &mut bytes).is_ok() {
        return Ok(bytes);
    }
    base58::exact(text, "64 bytes").map_err(|error| malformed(error.to_string()))
}

/// Those who may have signed.
enum Owners {
    Anybody,
    These(Vec<Owner>),
}

#[derive(PartialEq, Eq)]
enum Owner {
    Account([u8; 20]),
    K1([u8; 33]),
    Ed25519([u8; 32]),
}

impl Owners {
    /// Reads the address and the keys.
    fn read(message: &SignedMessage) -> Result<Self, Rejection> {
        let bad = |option: &'static str| {
            move |problem: &str| {
                Rejection::new(RejectionCode::MalformedPayload, problem.to_string()).at(option)
            }
        };
        let (bad_address, bad_keys) = (bad("address"), bad("publicKeys"));
        if message.public_keys.len() > MAX_PUBLIC_KEYS {
            return Err(bad_keys("expected at most 64 keys"));
        }
        let mut owners = Vec::with_capacity(message.public_keys.len().saturating_add(1));
        if let Some(address) = message.address {
            let owner = match message.scheme {
                Scheme::Eip191 | Scheme::Eip712 | Scheme::Eip712V1 | Scheme::Eip4361 => {
                    account::ethereum(address).map(Owner::Account)
                }
                Scheme::TronV1 | Scheme::TronV2 => account::tron(address).map(Owner::Account),
                Scheme::Solana => account::solana(address).map(Owner::Ed25519),
                Scheme::EosK1 => {
                    return Err(bad_address(
                        "expected the account's keys as publicKeys, got a name",
                    ));
                }
            };
            owners.push(owner.map_err(|error| bad_address(&error.to_string()))?);
        }
        for key in message.public_keys {
            let (owner, expected) = match message.scheme {
                Scheme::Solana => (
                    account::solana(key).ok().map(Owner::Ed25519),
                    "expected keys in base58",
                ),
                Scheme::EosK1 => (
                    antelope::key(key).map(Owner::K1),
                    "expected keys as EOS… or PUB_K1_…",
                ),
                _ => (
                    point(key).map(|key| Owner::Account(key.account())),
                    "expected points of secp256k1 in hex",
                ),
            };
            owners.push(owner.ok_or_else(|| bad_keys(expected))?);
        }
        match message.scheme {
            Scheme::EosK1 if owners.is_empty() => {
                Err(bad_keys("expected the account's keys, got none"))
            }
            // Some account comes out of nearly every signature: without one to compare it with,
            // everybody would be accepted.
            _ if owners.is_empty() => Err(bad_address(
                "expected an address or publicKeys, got neither",
            )),
            _ => Ok(Self::These(owners)),
        }
    }

    fn allow(&self, owner: &Owner) -> bool {
        match self {
            Self::Anybody => true,
            Self::These(owners) => owners.contains(owner),
        }
    }

    fn ed25519(&self) -> impl Iterator<Item = &[u8; 32]> {
        let owners = match self {
            Self::Anybody => &[],
            Self::These(owners) => owners.as_slice(),
        };
        owners.iter().filter_map(|owner| match owner {
            Owner::Ed25519(key) => Some(key),
            _ => None,
        })
    }
}

/// A point in hex with or without `0x`.
fn point(text: &str) -> Option<PublicKey> {
    let digits = text.strip_prefix("0x").unwrap_or(text);
    // Decoded where it fits, so that a long text costs nothing.
    let bytes = (digits.len() <= 130).then(|| hex::decode(digits))?;
    PublicKey::new(&bytes.ok()?)
}
