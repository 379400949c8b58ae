//! The JSON Schema of a sender's descriptor and its TypeScript types, made from the structs of the core.

use serde_json::{Map, Value};

use crate::run::Outcome;

/// What holds between the members of a descriptor, which no struct says.
const CONDITIONS: &str = include_str!("conditions.json");

const HEAD: &str = "\
// Made from the structs of the Rust core by `cargo xtask build`.
";

/// Those that have a name of their own in TypeScript, and which.
const NAMED: [(&str, &str); 8] = [
    ("SignatureAlgorithm", "SignatureAlgorithm"),
    ("SignatureHeaders", "SignatureHeaders"),
    ("DescriptorSignature", "DescriptorSignature"),
    ("DescriptorTimestamp", "DescriptorTimestamp"),
    ("DescriptorPlace", "DescriptorPlace"),
    ("Scheme", "DescriptorRule"),
    ("Acknowledgement", "Acknowledgement"),
    ("Probe", "Probe"),
];

/// What depends on each other, and is put together by hand.
const APART: [&str; 2] = ["algorithm", "signature"];

/// The JSON Schema (2020-12).
pub fn schema() -> Outcome<Value> {
    let mut schema = wallet_callback::sender::schema().to_value();
    clean(&mut schema);
    let conditions = serde_json::from_str(CONDITIONS)
        .map_err(|error| format!("the conditions of descriptors: {error}"))?;
    let root = schema.as_object_mut().ok_or("expected an object")?;
    root.insert("title".into(), "Sender descriptor".into());
    root.insert("allOf".into(), conditions);
    Ok(schema)
}

/// Options are left out and never null, numbers have no size in JSON, and lines break anywhere.
fn clean(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(clean),
        Value::Object(members) => {
            if let Some(Value::String(text)) = members.get_mut("description") {
                *text = text.replace('\n', " ");
            }
            if members
                .get("format")
                .is_some_and(|format| format == "uint64")
            {
                members.remove("format");
            }
            if let Some(Value::Array(types)) = members.get("type") {
                let only = types.iter().find(|name| *name != "null").cloned();
                members.insert("type".into(), only.unwrap_or_default());
            }
            if let Some(Value::Array(choices)) = members.get("anyOf")
                && let [Value::Object(only), null] = choices.as_slice()
                && null["type"] == "null"
            {
                let only = only.clone();
                members.remove("anyOf");
                members.extend(only);
            }
            members.values_mut().for_each(clean);
        }
        _ => {}
    }
}

/// The TypeScript module.
pub fn typescript() -> Outcome<String> {
    let schema = schema()?;
    let types = Types(schema["$defs"].as_object().ok_or("expected definitions")?);
    let mut out = String::from(HEAD);
    for (name, own) in NAMED {
        let kind = types
            .0
            .get(name)
            .ok_or_else(|| format!("expected {name}"))?;
        out.push_str(&types.declaration(own, kind));
    }
    let mut base = schema;
    if let Some(Value::Object(members)) = base.get_mut("properties") {
        members.retain(|name, _| !APART.contains(&name.as_str()));
    }
    base["description"] = "What the descriptors of all senders have.".into();
    let types = base["$defs"].as_object().ok_or("expected definitions")?;
    out.push_str(&Types(types).declaration("DescriptorBase", &base));
    Ok(out)
}

/// The definitions of the schema, by name.
struct Types<'s>(&'s Map<String, Value>);

impl Types<'_> {
    /// An interface for an object, or the names of a choice.
    fn declaration(&self, name: &str, kind: &Value) -> String {
        let Some(members) = kind["properties"].as_object() else {
            let doc = comment(&documented(kind), "");
            return format!("\n{doc}export type {name} = {};\n", self.of(kind));
        };
        let mut out = comment(&[text(kind)], "");
        out.push_str(&format!("export interface {name} {{\n"));
        let required = kind["required"].as_array().map_or(&[][..], Vec::as_slice);
        for (member, kind) in members {
            out.push_str(&comment(&[text(kind)], "\t"));
            let of = self.of(kind);
            out.push_str(&if required.iter().any(|name| name == member) {
                format!("\treadonly {member}: {of};\n")
            } else {
                format!("\treadonly {member}?: {of} | undefined;\n")
            });
        }
        format!("\n{out}}}\n")
    }

    /// The type that values of a schema have.
    fn of(&self, kind: &Value) -> String {
        if let Some(name) = kind["$ref"].as_str() {
            let name = name.rsplit('/').next().unwrap_or_default();
            let own = NAMED.iter().find(|(other, _)| *other == name);
            return own.map_or_else(|| self.of(&self.0[name]), |(_, own)| (*own).to_owned());
        }
        if let Some(names) = kind["enum"].as_array() {
            return union(names.iter().map(Value::to_string));
        }
        if let Some(constant) = kind.get("const") {
            return constant.to_string();
        }
        if let Some(choices) = kind["oneOf"].as_array() {
            let one = |choice: &Value| match choice["required"][0].as_str() {
                Some(member) => {
                    let of = self.of(&kind["properties"][member]);
                    format!("{{ readonly {member}: {of} }}")
                }
                None => self.of(choice),
            };
            return union(choices.iter().map(one));
        }
        match kind["type"].as_str() {
            Some("integer") => "number".to_owned(),
            Some("boolean") => "boolean".to_owned(),
            Some("array") => format!("readonly {}[]", self.of(&kind["items"])),
            Some("object") => {
                let values = self.of(&kind["additionalProperties"]);
                format!("{{ readonly [name: string]: {values} }}")
            }
            _ => "string".to_owned(),
        }
    }
}

fn union(types: impl Iterator<Item = String>) -> String {
    types.collect::<Vec<_>>().join(" | ")
}

fn text(kind: &Value) -> String {
    kind["description"].as_str().unwrap_or_default().to_owned()
}

/// The doc of a choice, with what each of its names means.
fn documented(kind: &Value) -> Vec<String> {
    let choices = kind["oneOf"].as_array().into_iter().flatten();
    let described = choices.filter_map(|choice| {
        let name = choice["const"].as_str()?;
        Some(format!("- `{name}`: {}", text(choice)))
    });
    [text(kind), String::new()]
        .into_iter()
        .chain(described)
        .collect()
}

fn comment(lines: &[String], indent: &str) -> String {
    match lines {
        [line] => format!("{indent}/** {line} */\n"),
        lines => {
            let lines = lines
                .iter()
                .map(|line| format!("{indent} * {line}").trim_end().to_owned() + "\n");
            format!("{indent}/**\n{}{indent} */\n", lines.collect::<String>())
        }
    }
}
