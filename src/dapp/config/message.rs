//! The options and the answer of `verifySignedMessage`.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::{invalid, refused};
use crate::chain::id::Chain;
use crate::config::{document, read, refuse_unknown, required, strings};
use crate::dapp::Refusal;
use crate::dapp::message::{self, MAX_PUBLIC_KEYS, Scheme, SignedMessage, Signer};
use crate::dapp::object::{Object, array};
use crate::dapp::sign_in::{Demands, SignIn};
use crate::error::ConfigError;
use crate::json::Value;
use crate::report;

/// Verifies `message` as `{ scheme, signature | signatureHex, text, address?, publicKeys?, domain?,
/// nonce?, chain?, uri? }` says, where `text` is whether the message is text. The answer is
/// `{ ok: true, address?, publicKey?, signIn? }` or `{ ok: false, code, message, path? }`. `now` is in
/// Unix seconds.
///
/// # Errors
/// The first option that makes no sense.
pub fn message(json: &[u8], message: &[u8], now: u64) -> Result<String, ConfigError> {
    let document = document(json)?;
    let options = document.root();
    refuse_unknown(
        options,
        &[
            "scheme",
            "signature",
            "signatureHex",
            "text",
            "address",
            "publicKeys",
            "domain",
            "nonce",
            "chain",
            "uri",
        ],
    )?;
    let text = |name| read(options, name, "a string", Value::string);
    let scheme = Scheme::from_name(&required(options, "scheme", "a string", Value::string)?)
        .ok_or_else(|| invalid("scheme", "expected the name of a scheme, got another"))?;
    let signature = match text("signatureHex")? {
        Some(digits) => digits,
        None => required(options, "signature", "a string or bytes", Value::string)?,
    };
    let is_text = required(options, "text", "a boolean", Value::boolean)?;
    let address = text("address")?;
    let keys = read(options, "publicKeys", "an array of strings", strings)?;
    if keys
        .as_ref()
        .is_some_and(|keys| !(1..=MAX_PUBLIC_KEYS).contains(&keys.len()))
    {
        let problem = format!("expected 1 to {MAX_PUBLIC_KEYS} keys, got another number");
        return Err(invalid("publicKeys", problem));
    }
    let keys: Vec<_> = keys.iter().flatten().map(String::as_str).collect();
    let signed = SignedMessage {
        scheme,
        message,
        is_text,
        signature: &signature,
        address: address.as_deref(),
        public_keys: &keys,
    };
    require_owner(&signed)?;
    if scheme != Scheme::Eip4361 {
        let names = ["domain", "nonce", "chain", "uri"];
        if let Some(option) = names.into_iter().find(|name| options.get(name).is_some()) {
            return Err(invalid(
                option,
                "expected it with the scheme eip4361 alone, got another",
            ));
        }
        let answer = message::verify(&signed);
        return Ok(answer.map_or_else(
            |refusal| refused(&refusal),
            |signer| accepted(&signer, None),
        ));
    }
    let (domain, nonce) = (
        required(options, "domain", "this server's domain", Value::string)?,
        required(options, "nonce", "the nonce that was given", Value::string)?,
    );
    let chain = text("chain")?;
    let uri = text("uri")?;
    let demands = Demands {
        domain: &domain,
        nonce: &nonce,
        uri: uri.as_deref(),
        chain_id: chain.as_deref().map(chain_id).transpose()?,
    };
    let answer = sign_in(&signed, &demands, now);
    Ok(answer.unwrap_or_else(|refusal| refused(&refusal)))
}

/// Whether it is said who may have signed, where the scheme needs that: what is said may have come
/// from the network, that it is said is the program's part.
fn require_owner(signed: &SignedMessage) -> Result<(), ConfigError> {
    let (address, keys) = (signed.address, signed.public_keys);
    match signed.scheme {
        Scheme::EosK1 if address.is_some() => {
            let problem = "expected the account's keys as publicKeys, got a name";
            Err(invalid("address", problem))
        }
        Scheme::EosK1 if keys.is_empty() => Err(invalid(
            "publicKeys",
            "expected the account's keys, got none",
        )),
        Scheme::Solana if address.is_none() && keys.is_empty() => {
            let problem = "expected an address or publicKeys, got neither";
            Err(invalid("address", problem))
        }
        _ => Ok(()),
    }
}

fn sign_in(signed: &SignedMessage, demands: &Demands, now: u64) -> Result<String, Refusal> {
    let sign_in = SignIn::parse(message::text(signed.message)?)?;
    sign_in.check(demands, now)?;
    let signer = message::verify(signed)?;
    Ok(accepted(&signer, Some(&sign_in)))
}

/// The number of `eip155:1`.
fn chain_id(chain: &str) -> Result<u64, ConfigError> {
    let id = Chain::parse(chain)
        .ok()
        .filter(|chain| chain.namespace() == "eip155");
    let id = id.and_then(|chain| chain.reference().parse().ok());
    id.ok_or_else(|| invalid("chain", "expected a chain as eip155:1, got another form"))
}

fn accepted(signer: &Signer, sign_in: Option<&SignIn>) -> String {
    let mut answer = Object::new();
    answer.json("ok", "true");
    answer.maybe("address", signer.address.as_deref());
    answer.maybe("publicKey", signer.public_key.as_deref());
    if let Some(sign_in) = sign_in {
        answer.json("signIn", &sign_in_json(sign_in));
    }
    answer.finish()
}

fn sign_in_json(sign_in: &SignIn) -> String {
    let mut json = Object::new();
    json.maybe("scheme", sign_in.scheme);
    json.text("domain", sign_in.domain);
    json.text("address", sign_in.address);
    json.maybe("statement", sign_in.statement);
    json.text("uri", sign_in.uri);
    json.text("version", "1");
    json.json("chainId", &sign_in.chain_id.to_string());
    json.text("nonce", sign_in.nonce);
    json.text("issuedAt", sign_in.issued_at);
    json.maybe("expirationTime", sign_in.expiration_time);
    json.maybe("notBefore", sign_in.not_before);
    json.maybe("requestId", sign_in.request_id);
    if !sign_in.resources.is_empty() {
        let resources = sign_in.resources.iter();
        json.json("resources", &array(resources.map(|uri| report::text(uri))));
    }
    json.finish()
}
