//! The JSON Schema of descriptors, as far as it is not derived from their structs. The package's schema and
//! its TypeScript types are made from it.

use alloc::borrow::{Cow, ToOwned};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::descriptor::{
    Algorithms, AnswerBody, HeaderName, Host, Label, MediaType, MemberPath, Name, Prefix,
    SenderDescriptor, SignatureAlgorithm,
};
use super::template::Template;
use crate::json::shapes::{Entries, OneOrMany};

/// The schema of a descriptor (JSON Schema 2020-12). What is said there of one member beside another is
/// left to those who publish it.
#[must_use]
pub fn schema() -> Schema {
    schemars::generate::SchemaSettings::draft2020_12()
        .into_generator()
        .into_root_schema_for::<SenderDescriptor>()
}

/// A text of a form.
macro_rules! text_schemas {
    ($($name:ident: $pattern:literal;)*) => {$(
        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                Cow::Borrowed(stringify!($name))
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string", "pattern": $pattern })
            }
        }
    )*};
}

text_schemas! {
    Name: "^(?=.{1,64}$)[a-z0-9]+(-[a-z0-9]+)*$";
    HeaderName: "^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}$";
    Host: "^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$";
    Label: "^[A-Za-z0-9]{1,32}$";
    Prefix: "^[!-~][ -~]{0,63}$";
    MediaType: "^(?=.{1,128}$)[A-Za-z0-9!#$%&'*+.^_`|~-]+/[A-Za-z0-9!#$%&'*+.^_`|~-]+(;[ -~]*)?$";
    AnswerBody: "^[\\s\\S]{1,1024}$";
    MemberPath: "^(?=.{1,256}$)[^.]+(\\.[^.]+)*$";
    Template: "^(?![\\s\\S]*\\$\\{)[^{]*(\\{(id|timestamp|nonce|keyId|clientId|body|method|url|path|query|header:[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128})\\}[^{]*)*$";
}

impl<N: JsonSchema, V: JsonSchema> JsonSchema for Entries<N, V> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        Cow::Borrowed("Entries")
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "propertyNames": generator.subschema_for::<N>(),
            "additionalProperties": generator.subschema_for::<V>(),
        })
    }
}

impl<T: JsonSchema> JsonSchema for OneOrMany<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        Cow::Borrowed("OneOrMany")
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let one = generator.subschema_for::<T>();
        json_schema!({ "oneOf": [one, { "type": "array", "minItems": 1, "items": one }] })
    }
}

impl JsonSchema for Algorithms {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        Cow::Borrowed("Algorithms")
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let one = generator.subschema_for::<SignatureAlgorithm>();
        let mut labelled = Entries::<Label, SignatureAlgorithm>::json_schema(generator);
        labelled.insert("minProperties".to_owned(), 1.into());
        json_schema!({ "oneOf": [one, labelled] })
    }
}

/// There is a member or a header.
pub(super) fn member_or_header(schema: &mut Schema) {
    let one_of = ["member", "header"]
        .into_iter()
        .map(|name| serde_json::json!({ "required": [name], "properties": { name: true } }))
        .collect();
    schema.insert("oneOf".to_owned(), serde_json::Value::Array(one_of));
}
