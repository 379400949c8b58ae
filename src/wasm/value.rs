//! Values of JavaScript: answers, errors, keys.

use alloc::string::ToString;

use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::prelude::*;

use crate::error::ConfigError;

/// What a call gives: a value, or an error to throw.
pub(super) type Answer<T = JsValue> = Result<T, JsValue>;

/// An answer as plain objects, as `JSON.parse` would make them.
pub(super) fn answer(value: &impl Serialize) -> JsValue {
    match value.serialize(&Serializer::json_compatible()) {
        Ok(value) => value,
        Err(error) => error.into(),
    }
}

/// An `Error` with the code of what is wrong with the options.
pub(super) fn error(error: ConfigError) -> JsValue {
    let thrown = js_sys::Error::new(&error.to_string());
    thrown.set_name("ConfigError");
    // It fails for what is no object.
    let _ = js_sys::Reflect::set(&thrown, &"code".into(), &error.code().into());
    thrown.into()
}

#[cfg(feature = "full")]
pub(super) use keys::read_key;
#[cfg(feature = "callbacks")]
pub(super) use keys::read_keys;

/// Keys as they come in: no deserializer holds one, and what does is wiped.
#[cfg(feature = "callbacks")]
mod keys {
    use js_sys::{Array, Uint8Array};
    use wasm_bindgen::prelude::*;
    use zeroize::Zeroizing;

    use crate::error::{ConfigError, KeyProblem};
    use crate::key::{KeyInput, KeySource};
    use crate::options::GivenKeys;

    /// The text of a JSON Web Key Set, or an array of keys.
    pub(crate) fn read_keys(keys: &JsValue) -> GivenKeys {
        if let Some(set) = keys.as_string() {
            return GivenKeys::Set(Zeroizing::new(set));
        }
        let keys = Array::from(keys);
        let keys = keys.iter().enumerate();
        let keys = keys.map(|(index, key)| read_key(&key, Some(index)));
        let keys = keys.collect::<Result<_, _>>();
        keys.map_or_else(GivenKeys::Invalid, GivenKeys::List)
    }

    /// A key, which is text or bytes, and its id: `[key, id]`.
    pub(crate) fn read_key(entry: &JsValue, index: Option<usize>) -> Result<KeyInput, ConfigError> {
        let entry = Array::from(entry);
        let (key, id) = (entry.get(0), entry.get(1).as_string());
        let source = if let Some(text) = key.as_string() {
            KeySource::Text(Zeroizing::new(text))
        } else if let Some(bytes) = key.dyn_ref::<Uint8Array>() {
            KeySource::Bytes(Zeroizing::new(bytes.to_vec()))
        } else {
            let problem = match key.is_undefined() {
                true => KeyProblem::Missing,
                false => KeyProblem::Type,
            };
            return Err(ConfigError::InvalidKey { index, problem });
        };
        Ok(KeyInput { id, source })
    }
}
