//! The package's generated types and its JSON Schema, made from the tables of the core.

pub mod descriptor;
pub mod senders;

use std::fmt::Write;

use serde_json::{Map, Value, json};
use wallet_callback::chain::id;
use wallet_callback::error::Code;
use wallet_callback::event::model::{AMOUNTS, FAMILIES, Family, Field, Kind, Status};
use wallet_callback::explain::CauseCode;
use wallet_callback::layout::{NUMBERS, WORDS};

use self::senders::Sender;

/// The TypeScript module with the types of events, codes and names.
pub fn typescript(senders: &[Sender]) -> String {
    let mut out = String::from(HEAD);
    alias(
        &mut out,
        "The name of a sender whose callbacks can be verified.",
        "SenderName",
        senders.iter().map(Sender::name),
    );
    out.push_str(TYPE_MEMBERS);
    for (name, member) in senders
        .iter()
        .filter_map(|sender| Some((sender.name(), sender.type_member()?)))
    {
        push(
            &mut out,
            format_args!("\treadonly \"{name}\": \"{member}\";\n"),
        );
    }
    out.push_str("}\n");
    out.push_str(SENDER_TYPES);
    for (name, types) in senders
        .iter()
        .filter_map(|sender| Some((sender.name(), sender.types()?)))
    {
        push(
            &mut out,
            format_args!("\treadonly \"{name}\": {};\n", types.join(" | ")),
        );
    }
    out.push_str("}\n");
    let codes = Code::ALL.iter().map(|code| code.name());
    alias(
        &mut out,
        "Why a callback was refused. Stable: adding one is a minor version.",
        "RejectionCode",
        codes,
    );
    let causes = CauseCode::ALL.iter().map(|cause| cause.name());
    alias(
        &mut out,
        "What may be wrong with a callback. Stable: adding one is a minor version.",
        "CauseCode",
        causes,
    );
    let chains = id::NAMES.iter().map(|(id, _)| *id);
    alias(
        &mut out,
        "The chains that are best known, as CAIP-2.",
        "KnownChain",
        chains,
    );
    out.push_str(SHARED);
    let mut events = Vec::new();
    let mut by_type = String::new();
    for family in FAMILIES {
        interface(&mut out, &data_name(family), family.name, family.fields);
        for status in family.statuses {
            event(&mut out, family, status);
            events.push(event_name(family, status));
            push(
                &mut by_type,
                format_args!(
                    "\t/** {} */\n\treadonly \"{}\": {};\n",
                    status.doc,
                    type_name(family, status),
                    event_name(family, status)
                ),
            );
        }
    }
    push(
        &mut out,
        format_args!(
            "\n/** The events by their types. */\nexport interface WalletEvents {{\n{by_type}}}\n"
        ),
    );
    push(
        &mut out,
        format_args!(
            "\n/** An event whose type this version of the package knows. */\nexport type KnownEvent =\n\t| {};\n",
            events.join("\n\t| ")
        ),
    );
    let types = FAMILIES.iter().flat_map(|family| {
        let name = |status: &Status| format!("\n\t\"{}\",", type_name(family, status));
        family.statuses.iter().map(name)
    });
    push(
        &mut out,
        format_args!(
            "\n/** The types of events that this version of the package knows. */\nexport const EVENT_TYPES: readonly (keyof WalletEvents)[] = /* @__PURE__ */ Object.freeze([{}\n]);\n",
            types.collect::<String>()
        ),
    );
    out.push_str(TAIL);
    out
}

/// The TypeScript module with what the core and JavaScript share while a callback is verified.
pub fn layout() -> String {
    let mut out = String::from(LAYOUT_HEAD);
    let words = WORDS.map(|(name, place)| (name, place.to_string()));
    let numbers = NUMBERS
        .iter()
        .map(|(name, number)| (*name, number.to_string()));
    for (name, number) in words.into_iter().chain(numbers) {
        push(&mut out, format_args!("export const {name} = {number};\n"));
    }
    let amounts = AMOUNTS.map(|name| format!("\"{name}\"")).join(", ");
    push(
        &mut out,
        format_args!("export const AMOUNTS: readonly string[] = [{amounts}];\n"),
    );
    out
}

const LAYOUT_HEAD: &str = "\
// Made from `src/layout.rs` by `cargo xtask build`, which says what each is.

";

const HEAD: &str = "\
// Made from the tables of the Rust core by `cargo xtask build`.

import type { JsonValue } from \"../verifier/types.js\";
";

const TYPE_MEMBERS: &str = "
/** The member of each sender's body that says what type its event has. */
export interface TypeMembers {
";

const SENDER_TYPES: &str = "
/** The types of events of the senders that document all of theirs. */
export interface SenderTypes {
";

const SHARED: &str = "
/** A chain as CAIP-2, `namespace:reference`. */
export type Chain = `${string}:${string}`;

/** An asset as CAIP-19, `chain/namespace:reference`. */
export type Asset = `${Chain}/${string}:${string}`;

/** An amount. Never put `value` or `decimal` through a number: use a BigInt or a decimal library. */
export interface Amount {
	/** Base units, a decimal integer from 0 to 2^256 - 1. */
	readonly value: string;
	/** How many places the decimal point is moved by, 0 to 36. */
	readonly decimals: number;
	/** The token's symbol, for people. */
	readonly symbol?: string;
	/** The amount in whole tokens, exactly, as `1234.56`. Added by this package. */
	readonly decimal: string;
}

/** What every event of a known type has beside its `type` and `data`. */
export interface EventBase {
	/** When it happened, as RFC 3339. */
	readonly timestamp: string;
	/** The type is known, and `data` was checked against it. */
	readonly known: true;
	/** Whether every address and hash was checked by the rules of its chain, checksums included. */
	readonly addressChecked: boolean;
}
";

const TAIL: &str = "
/**
 * A type of event that this version of the package does not know. It is a string; the mark keeps it
 * apart from the known ones, so that `switch (event.type)` narrows.
 */
export type UnknownType = \"\" & { readonly [unknownType]: true };
declare const unknownType: unique symbol;

/** An event of a type that this version of the package does not know. Only its envelope was checked. */
export interface UnknownEvent {
	readonly type: UnknownType;
	/** When it happened, as RFC 3339. */
	readonly timestamp: string;
	readonly known: false;
	readonly data: { readonly [member: string]: JsonValue };
}

/**
 * An event of the `tp-wallet` format. `switch (event.type)` narrows `data`; members that the format
 * does not name are kept.
 */
export type WalletEvent = KnownEvent | UnknownEvent;
";

fn alias<'n>(out: &mut String, doc: &str, name: &str, members: impl Iterator<Item = &'n str>) {
    let members: Vec<_> = members.map(|member| format!("\"{member}\"")).collect();
    push(
        out,
        format_args!(
            "\n/** {doc} */\nexport type {name} =\n\t| {};\n",
            members.join("\n\t| ")
        ),
    );
}

fn interface(out: &mut String, name: &str, family: &str, fields: &[Field]) {
    push(
        out,
        format_args!("\n/** The data of `{family}` events. */\nexport interface {name} {{\n"),
    );
    members(out, fields, 1);
    out.push_str("}\n");
}

fn members(out: &mut String, fields: &[Field], depth: usize) {
    let indent = "\t".repeat(depth);
    for field in fields {
        let mark = if field.required { "" } else { "?" };
        push(
            out,
            format_args!(
                "{indent}/** {} */\n{indent}readonly {}{mark}: ",
                field.doc, field.name
            ),
        );
        match field.kind {
            Kind::List(fields) => {
                out.push_str("readonly {\n");
                members(out, fields, depth + 1);
                push(out, format_args!("{indent}}}[]"));
            }
            Kind::Integer => out.push_str("number"),
            Kind::Amount => out.push_str("Amount"),
            Kind::Chain => out.push_str("Chain"),
            Kind::Asset => out.push_str("Asset"),
            _ => out.push_str("string"),
        }
        out.push_str(";\n");
    }
}

fn event(out: &mut String, family: &Family, status: &Status) {
    let data = data_name(family);
    let requires: Vec<_> = status
        .requires
        .iter()
        .map(|name| format!("\"{name}\""))
        .collect();
    let data = match requires.as_slice() {
        [] => data,
        requires => format!("{data} & Required<Pick<{data}, {}>>", requires.join(" | ")),
    };
    push(
        out,
        format_args!(
            "\n/** {} */\nexport interface {} extends EventBase {{\n\treadonly type: \"{}\";\n\treadonly data: {data};\n}}\n",
            status.doc,
            event_name(family, status),
            type_name(family, status)
        ),
    );
}

fn type_name(family: &Family, status: &Status) -> String {
    format!("{}.{}", family.name, status.name)
}

fn data_name(family: &Family) -> String {
    format!("{}Data", capitalized(family.name))
}

fn event_name(family: &Family, status: &Status) -> String {
    format!(
        "{}{}Event",
        capitalized(family.name),
        capitalized(status.name)
    )
}

fn capitalized(word: &str) -> String {
    let (first, rest) = word.split_at(1);
    first.to_uppercase() + rest
}

fn push(out: &mut String, arguments: std::fmt::Arguments) {
    // Writing to a string cannot fail.
    let _ = out.write_fmt(arguments);
}

/// The JSON Schema (2020-12) of every known event. Checksums and comparisons between members are
/// beyond what a schema can say.
pub fn schema() -> Value {
    let mut events = Vec::new();
    for family in FAMILIES {
        for status in family.statuses {
            events.push(json!({
                "title": type_name(family, status),
                "description": status.doc,
                "type": "object",
                "required": ["type", "timestamp", "data"],
                "properties": {
                    "type": { "const": type_name(family, status) },
                    "timestamp": member_schema(Kind::Timestamp),
                    "data": object_schema(family.fields, status.requires),
                },
            }));
        }
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Wallet callback events",
        "description": "The body of each known event of the tp-wallet format.",
        "oneOf": events,
        "$defs": { "amount": {
            "type": "object",
            "required": ["value", "decimals"],
            "properties": {
                "value": { "type": "string", "pattern": "^(0|[1-9][0-9]{0,77})$", "description": "Base units, 0 to 2^256 - 1." },
                "decimals": { "type": "integer", "minimum": 0, "maximum": 36 },
                "symbol": { "type": "string" },
            },
        } },
    })
}

fn object_schema(fields: &[Field], requires: &[&str]) -> Value {
    let mut properties = Map::new();
    for field in fields {
        let mut schema = member_schema(field.kind);
        schema["description"] = field.doc.into();
        properties.insert(field.name.to_owned(), schema);
    }
    let required = fields
        .iter()
        .filter(|field| field.required || requires.contains(&field.name));
    let required: Vec<_> = required.map(|field| field.name).collect();
    json!({ "type": "object", "required": required, "properties": properties })
}

fn member_schema(kind: Kind) -> Value {
    let pattern = |pattern: &str| json!({ "type": "string", "pattern": pattern });
    match kind {
        Kind::Id => json!({ "type": "string", "minLength": 1, "maxLength": 256 }),
        Kind::Text => json!({ "type": "string" }),
        Kind::Integer => {
            json!({ "type": "integer", "minimum": 0, "maximum": 9_007_199_254_740_991_u64 })
        }
        Kind::Timestamp => json!({ "type": "string", "format": "date-time" }),
        Kind::Challenge => pattern("^[A-Za-z0-9_-]{32,128}$"),
        Kind::Chain => pattern("^[-a-z0-9]{3,8}:[-_a-zA-Z0-9]{1,32}$"),
        Kind::Asset => pattern(
            "^[-a-z0-9]{3,8}:[-_a-zA-Z0-9]{1,32}/[-a-z0-9]{3,8}:[-.%a-zA-Z0-9]{1,128}(/[-.%a-zA-Z0-9]{1,78})?$",
        ),
        Kind::Amount => json!({ "$ref": "#/$defs/amount" }),
        Kind::Address | Kind::Hash => json!({ "type": "string", "minLength": 1, "maxLength": 256 }),
        Kind::List(fields) => json!({ "type": "array", "items": object_schema(fields, &[]) }),
    }
}
