//! The table of senders for the TypeScript layer, made from `src/sender/senders.json`.

use serde_json::{Map, Value, json};

use crate::run::Outcome;

/// The descriptors, as the core has them.
const TABLE: &str = include_str!("../../../src/sender/senders.json");

/// A sender's descriptor.
pub struct Sender(Map<String, Value>);

/// Every sender, in the table's order.
pub fn all() -> Outcome<Vec<Sender>> {
    let rows: Vec<Map<String, Value>> =
        serde_json::from_str(TABLE).map_err(|error| format!("senders.json: {error}"))?;
    Ok(rows.into_iter().map(Sender).collect())
}

/// The TypeScript module with the table. It comes in three parts, each with what the others lack, so
/// that a bundler keeps only those that a program needs. What a program does not ask for stays text,
/// which costs a start less than objects do.
pub fn typescript(senders: &[Sender]) -> String {
    let mut out = String::from(HEAD);
    let mut part = |head: &str, of: fn(&Sender) -> Option<String>| {
        out.push_str(head);
        for sender in senders {
            if let Some(value) = of(sender) {
                out.push_str(&format!("\t\"{}\": {value},\n", sender.name()));
            }
        }
        out.push_str("};\n");
    };
    part(DESCRIPTORS, |sender| Some(quoted(&sender.descriptor())));
    part(ABOUT, |sender| Some(quoted(&sender.about())));
    part(KEY_HOSTS, |sender| {
        Some(sender.0.get("keyHosts")?.to_string())
    });
    out
}

/// A value as JSON in a string of TypeScript.
fn quoted(value: &Value) -> String {
    let text = value.to_string().replace('\\', "\\\\").replace('\'', "\\'");
    format!("'{text}'")
}

const HEAD: &str = "\
// Made from `src/sender/senders.json` by `cargo xtask build`.

import type { SenderName } from \"./model.js\";
";

const DESCRIPTORS: &str = "
/** What the core has to know of each sender: its descriptor without the name, as JSON. */
export const descriptors: { readonly [Name in SenderName]: string } = {
";

const ABOUT: &str = "
/** What people want to know of each, as JSON. */
export const about: { readonly [Name in SenderName]: string } = {
";

const KEY_HOSTS: &str = "
/** From where the keys of a sender that publishes them may be fetched. */
export const keyHosts: { readonly [name: string]: readonly string[] } = {
";

/// What only people and the fetching of keys need.
const APART: [&str; 5] = ["name", "title", "docs", "evidence", "keyHosts"];

impl Sender {
    /// The name by which it is chosen.
    pub fn name(&self) -> &str {
        self.text("name")
    }

    /// The member of the body that holds the event's type, as `event.type`.
    pub fn type_member(&self) -> Option<&str> {
        self.0.get("type")?.get("member")?.as_str()
    }

    /// The types of its events if it documents all of them, each in quotation marks.
    pub fn types(&self) -> Option<Vec<String>> {
        let types = self.0.get("types")?.as_array()?;
        Some(types.iter().map(Value::to_string).collect())
    }

    fn text(&self, member: &str) -> &str {
        self.0
            .get(member)
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    fn descriptor(&self) -> Value {
        let needed = self.0.iter();
        let needed = needed.filter(|(member, _)| !APART.contains(&member.as_str()));
        Value::Object(needed.map(|(k, v)| (k.clone(), v.clone())).collect())
    }

    fn about(&self) -> Value {
        let mut about = json!({
            "title": self.text("title"),
            "algorithm": self.algorithm(),
            "headers": self.headers(),
            "freshness": self.freshness(),
            "signs": self.known().map(|sender| sender.signs()),
            "requires": self.requires(),
            "docs": self.text("docs"),
            "evidence": self.text("evidence"),
            "entry": if self.needs_full() { "wallet-callback/full" } else { "wallet-callback" },
        });
        let known = self.known();
        if let Some(signs) = known.as_ref().and_then(|sender| sender.signs_on_get()) {
            about["signsOnGet"] = json!(signs);
        }
        if known.is_some_and(|sender| sender.takes_only_get()) {
            about["postRequires"] = json!(["dangerouslyAllowUnsignedUrl"]);
        }
        about
    }

    /// The algorithms, each with its label if there is one.
    fn algorithms(&self) -> Vec<(Option<&str>, &str)> {
        match self.0.get("algorithm") {
            Some(Value::Object(labelled)) => labelled
                .iter()
                .filter_map(|(label, name)| Some((Some(label.as_str()), name.as_str()?)))
                .collect(),
            Some(Value::String(name)) => vec![(None, name)],
            _ => Vec::new(),
        }
    }

    /// The algorithms for people; labels only where they tell some apart.
    fn algorithm(&self) -> String {
        let algorithms = self.algorithms();
        let title = |name: &str| match self.text("rule") {
            "detached-jws" => format!("JWS {}", jose_name(name)),
            "jwt-member" | "jwt-header" => format!("JWT {}", jose_name(name)),
            _ => title(name, self.member("signature", "format")),
        };
        let mut titles: Vec<_> = algorithms.iter().map(|(_, name)| title(name)).collect();
        titles.dedup();
        if let [_, _, ..] = titles.as_slice() {
            let labelled = algorithms.iter().map(|(label, name)| {
                let label = label.unwrap_or_default();
                format!("{} ({label})", title(name))
            });
            titles = labelled.collect();
        }
        let prehash = match self.text("prehash") {
            "sha256" => " of the SHA-256",
            "sha256-twice" => " of the SHA-256 of the SHA-256",
            _ => "",
        };
        titles.join(", ") + prehash
    }

    fn member(&self, object: &str, member: &str) -> &str {
        let value = self.0.get(object).and_then(|object| object.get(member));
        value.and_then(Value::as_str).unwrap_or_default()
    }

    /// The headers that are read, each once.
    fn headers(&self) -> Vec<&str> {
        let sets = match self.0.get("headers") {
            Some(Value::Array(sets)) => sets.as_slice(),
            Some(set) => std::slice::from_ref(set),
            None => &[],
        };
        let own = sets.iter().flat_map(|set| {
            ["id", "timestamp", "nonce", "keyId", "clientId", "signature"]
                .into_iter()
                .filter_map(|role| set.get(role)?.as_str())
        });
        let signed = ["signed", "signedOnGet"]
            .into_iter()
            .flat_map(|template| self.text(template).split("{header:").skip(1))
            .filter_map(|rest| Some(rest.split_once('}')?.0));
        let expected = self.0.get("expect").and_then(Value::as_object);
        let expected = expected
            .into_iter()
            .flatten()
            .map(|(name, _)| name.as_str());
        let columns = ["type", "id"].map(|column| self.member(column, "header"));

        let mut headers = Vec::new();
        for name in own.chain(signed).chain(expected).chain(columns) {
            if !name.is_empty() && !headers.contains(&name) {
                headers.push(name);
            }
        }
        headers
    }

    /// The sender as the core knows it.
    fn known(&self) -> Option<wallet_callback::sender::Sender> {
        wallet_callback::sender::Sender::find(self.name()).ok()
    }

    /// The options that a verifier of it needs beside its keys.
    fn requires(&self) -> Vec<&'static str> {
        let Some(sender) = self.known() else {
            return Vec::new();
        };
        let options = [
            ("url", sender.needs_url()),
            ("clientId", sender.needs_client_id()),
        ];
        let needed = options.into_iter().filter(|(_, needed)| *needed);
        needed.map(|(option, _)| option).collect()
    }

    fn freshness(&self) -> String {
        match (
            self.0.contains_key("timestamp"),
            self.member("timestamp", "member"),
        ) {
            (false, _) => "none".into(),
            (true, "") => "signed header".into(),
            (true, member) => format!("signed member {member}"),
        }
    }

    fn needs_full(&self) -> bool {
        let algorithms = self.algorithms();
        let is_rare = |name: &str| {
            let kinds = ["rsa", "ecdsa", "hmac-sha1"];
            kinds.iter().any(|kind| name.starts_with(kind))
        };
        algorithms.iter().any(|(_, name)| is_rare(name))
            || self.0.contains_key("rule")
            || self.member("timestamp", "unit") == "http-date"
    }
}

fn title(algorithm: &str, format: &str) -> String {
    let form = if format == "raw" { "raw" } else { "DER" };
    match algorithm {
        "ed25519" => "Ed25519".into(),
        "keccak256" => "keccak256, secret behind the body".into(),
        "ecdsa-p256-sha256" => format!("ECDSA P-256 ({form})"),
        "ecdsa-secp256k1-sha256" => format!("ECDSA secp256k1 ({form})"),
        other => other.to_uppercase(),
    }
}

/// The name in RFC 7518, section 3.1.
fn jose_name(algorithm: &str) -> &str {
    match algorithm {
        "hmac-sha256" => "HS256",
        "ecdsa-p256-sha256" => "ES256",
        "rsa-pkcs1-sha256" => "RS256",
        "rsa-pkcs1-sha512" => "RS512",
        other => other,
    }
}
