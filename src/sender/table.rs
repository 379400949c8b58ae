//! The known senders: descriptors in `senders.json`, and nothing else.

use alloc::string::String;
use alloc::vec::Vec;

use super::{Sender, SenderDescriptor};
use crate::error::ConfigError;
use crate::json::{Document, Rules, Value};

const TABLE: &str = include_str!("senders.json");

/// The names of every known sender; the first is the default.
#[must_use]
pub fn names() -> Vec<String> {
    read(|table| {
        let name = |sender: Value| Some(sender.get("name")?.string()?.into_owned());
        table.elements().filter_map(name).collect()
    })
}

/// Every known sender that can be verified in this build, the default first.
#[must_use]
pub fn all() -> Vec<Sender> {
    read(|table| {
        let senders = table.elements().map(Sender::read);
        senders.filter_map(Result::ok).collect()
    })
}

/// The names of the senders whose headers are among these, which are in lower case; those with the
/// most headers first.
#[must_use]
pub fn detect(headers: &[&str]) -> Vec<String> {
    let is_there = |name: &&str| headers.contains(name);
    let mut found: Vec<(usize, String)> = Vec::new();
    for sender in all() {
        let sets = sender.header_sets.iter().map(|set| set.names(&sender));
        let complete = sets.filter(|names| names.iter().all(is_there));
        if let Some(count) = complete.map(|names| names.len()).max() {
            found.push((count, sender.name));
        }
    }
    // Stable, so that the table's order decides between those with as many.
    found.sort_by_key(|(count, _)| core::cmp::Reverse(*count));
    found.into_iter().map(|(_, name)| name).collect()
}

impl Sender {
    /// The known sender of this name.
    ///
    /// # Errors
    /// [`ConfigError::UnknownSender`], and [`ConfigError::NeedsFull`] for one whose algorithm is not
    /// compiled in.
    pub fn find(name: &str) -> Result<Self, ConfigError> {
        read(|table| {
            let named = |sender: &Value| sender.get("name").is_some_and(|other| other.is(name));
            match table.elements().find(named) {
                Some(descriptor) => Self::read(descriptor),
                None => {
                    let names = names();
                    Err(super::unknown(name, names.iter().map(String::as_str)))
                }
            }
        })
    }

    fn read(descriptor: Value) -> Result<Self, ConfigError> {
        let read = descriptor.into::<SenderDescriptor>();
        read.map_err(|error| error.within("sender"))?.resolve()
    }
}

fn read<T>(with: impl FnOnce(Value) -> T) -> T {
    match Document::read(TABLE.as_bytes(), Rules::Unique) {
        Ok(table) => with(table.root()),
        #[expect(
            clippy::unreachable,
            reason = "the table is strict JSON, as the tests see"
        )]
        Err(_) => unreachable!(),
    }
}
