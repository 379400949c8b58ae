//! What somebody may have meant who has misspelt a name.

use alloc::vec::Vec;

/// What others call a key.
const SECRETS: [&str; 3] = ["secret", "signingSecret", "webhookSecret"];

/// The known name that is most like this one, if any is like it: the same but for one stretch that is
/// at most half of the longer one; or that of a key for what others call it.
pub(crate) fn nearest<'k>(name: &str, known: &[&'k str]) -> Option<&'k str> {
    let mut keys = known.iter().filter(|_| SECRETS.contains(&name));
    if let Some(keys) = keys.find(|known| matches!(**known, "keys" | "key")) {
        return Some(keys);
    }
    let differing = known.iter().map(|other| (difference(name, other), *other));
    let near = differing.filter(|(difference, other)| {
        difference.saturating_mul(2) <= name.len().max(other.len()) && !name.is_empty()
    });
    near.min_by_key(|(difference, _)| *difference)
        .map(|(_, other)| other)
}

/// The two known names that are most like this one: those that continue it behind a hyphen come first.
pub(crate) fn two_nearest<'k>(
    name: &str,
    known: impl Iterator<Item = &'k str> + Clone,
) -> [Option<&'k str>; 2] {
    let continues = |other: &&str| {
        let rest = other.strip_prefix(name);
        rest.is_some_and(|rest| rest.starts_with('-'))
    };
    let by_difference = |other: &&str| difference(name, other);
    let mut taken = None;
    [(); 2].map(|()| {
        let others = known.clone().filter(|other| taken != Some(*other));
        let continued = others.clone().filter(continues).min_by_key(by_difference);
        taken = continued.or_else(|| nearest(name, &others.collect::<Vec<_>>()));
        taken
    })
}

/// The bytes between what the names have in common at both ends, in any letter case.
fn difference(one: &str, other: &str) -> usize {
    let same = |(a, b): &(u8, u8)| a.eq_ignore_ascii_case(b);
    let start = one.bytes().zip(other.bytes()).take_while(same).count();
    let rest = |text: &str| text.len().saturating_sub(start);
    let shorter = rest(one).min(rest(other));
    let ends = one.bytes().rev().zip(other.bytes().rev());
    let end = ends.take(shorter).take_while(same).count();
    rest(one).max(rest(other)).saturating_sub(end)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    const KNOWN: &[&str] = &["keys", "sender", "toleranceSeconds", "allowedIps", "now"];

    #[test]
    fn slips_are_recognized() {
        for (name, meant) in [
            ("key", Some("keys")),
            ("Keys", Some("keys")),
            ("tolerenceSeconds", Some("toleranceSeconds")),
            ("tolerance", Some("toleranceSeconds")),
            ("tolerance_seconds", Some("toleranceSeconds")),
            ("toleranceSecondss", Some("toleranceSeconds")),
            ("tolernaceSeconds", Some("toleranceSeconds")),
            ("allowedIPs", Some("allowedIps")),
            ("sneder", Some("sender")),
            ("secret", Some("keys")),
            ("secrets of mine", None),
            ("", None),
            ("\u{e9}", None),
        ] {
            assert_eq!(nearest(name, KNOWN), meant, "{name}");
        }
    }
}
