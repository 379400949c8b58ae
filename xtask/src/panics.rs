//! Panics without their messages. In WebAssembly nobody can read them: a panic ends in a trap, and what
//! writes its message, and the names of source files in it, are bytes that every user would download.

use std::collections::BTreeMap;

use walrus::ir::{Unreachable, Visitor, dfs_in_order};
use walrus::{FunctionBuilder, FunctionId, FunctionKind, Module};

/// The functions of the standard library that only panic, by the beginnings of their names.
const PANICS: [&str; 16] = [
    "alloc::alloc::handle_alloc_error",
    "alloc::raw_vec::capacity_overflow",
    "alloc::raw_vec::handle_error",
    "core::cell::panic_already_",
    "core::char::methods::encode_utf8_raw::do_panic",
    "core::num::int_log10::panic_for_nonpositive_argument",
    "core::option::expect_failed",
    "core::option::unwrap_failed",
    "core::panicking::",
    "core::result::unwrap_failed",
    "core::slice::copy_from_slice_impl::len_mismatch_fail",
    "core::slice::index::slice_index_fail",
    "core::slice::sort::shared::smallsort::panic_on_ord_violation",
    "core::str::slice_error_fail",
    "std::alloc::rust_oom",
    "std::panicking::panic_",
];

/// Lets each of them trap at once. Returns how many there were.
pub fn silence(module: &mut Module) -> usize {
    let panics = |name: &str| {
        let name = without_hashes(name);
        PANICS.iter().any(|beginning| name.starts_with(beginning))
    };
    let found: Vec<FunctionId> = module
        .funcs
        .iter_local()
        .map(|(id, _)| id)
        .filter(|id| module.funcs.get(*id).name.as_deref().is_some_and(panics))
        .collect();
    for id in &found {
        let types = module.types.get(module.funcs.get(*id).ty());
        let (params, results) = (types.params().to_vec(), types.results().to_vec());
        let mut trap = FunctionBuilder::new(&mut module.types, &params, &results);
        trap.func_body().unreachable();
        let arguments = params.iter().map(|kind| module.locals.add(*kind)).collect();
        let trap = trap.local_func(arguments);
        module.funcs.get_mut(*id).kind = FunctionKind::Local(trap);
    }
    found.len()
}

/// Clears what only panics say, and the names of source files in it. Returns how many texts there were.
pub fn forget_messages(module: &mut Module) -> usize {
    let ids: Vec<_> = module.data.iter().map(walrus::Data::id).collect();
    let clear = |id| clear_texts(&mut module.data.get_mut(id).value);
    ids.into_iter().map(clear).sum()
}

/// How the name of a source file starts.
const STARTS: [&[u8]; 4] = [b"/rustc/", b"/rust/deps/", b"crates/", b"src/"];

/// The longer texts of panics, in the standard library and in others.
const MESSAGES: [&[u8]; 34] = [
    b"Attempted to initialize thread-local while it is being dropped",
    b"Hash table capacity overflow",
    b"RefCell already borrowed",
    b"RefCell already mutably borrowed",
    b"Tried to shrink to a larger capacity",
    b"argument of integer logarithm must be positive",
    b"assertion `left ",
    b" right` failed",
    b"assertion failed: (source_pos + 1) & out_buf_size_mask < out_slice.len()",
    b"assertion failed: (source_pos + 2) & out_buf_size_mask < out_slice.len()",
    b"assertion failed: (source_pos + 3) & out_buf_size_mask < out_slice.len()",
    b"assertion failed: [self.cur_idx, self.cur_idx + 1].contains(&idx)",
    b"assertion failed: nlimbs == x.len() && nlimbs == out.len()",
    b"assertion failed: nlimbs == x.len() && nlimbs == y.len() && nlimbs == out.len()",
    b"assertion failed: out_pos + 1 < out_slice.len()",
    b"assertion failed: out_pos + 2 < out_slice.len()",
    b"assertion failed: out_pos + 3 < out_slice.len()",
    b"assertion failed: psize <= size + max_overhead",
    b"assertion failed: psize >= size + min_overhead",
    b"assertion failed: self.bits_precision() >= other.bits_precision()",
    b"assertion failed: self.peeked.is_none()",
    b"assertion failed: shift < Limb::BITS",
    b"attempt to divide by zero",
    b"attempt to join into collection with len > usize::MAX",
    b"called `Option::unwrap()` on a `None` value",
    b"called `Result::unwrap()` on an `Err` value",
    b"capacity overflow",
    b"dest is out of bounds",
    b"index out of bounds: the len is ",
    b"internal error: entered unreachable code: ",
    b"range end index ",
    b"range start index ",
    b"slice index starts at ",
    b"to_digit: invalid radix -- radix must be in the range 2 to 36 inclusive",
];

/// What no module says that is shipped: the beginnings of panics' messages.
const SAID_BY_PANICS: [&[u8]; 7] = [
    b"assertion ",
    b"attempt to ",
    b"called `",
    b"capacity overflow",
    b"out of bounds: ",
    b"panicked",
    b"unwrap()",
];

/// Refuses a module in which the message of a panic is left.
pub fn refuse_messages(module: &[u8]) -> Result<(), String> {
    let is_said = |text: &&&[u8]| module.windows(text.len()).any(|part| part == **text);
    match SAID_BY_PANICS.iter().find(is_said) {
        None => Ok(()),
        Some(text) => Err(format!(
            "a panic says {:?}: add its message to MESSAGES in xtask/src/panics.rs",
            String::from_utf8_lossy(text)
        )),
    }
}

/// The places at which a module can trap, by the crate of the function that has them. What a library
/// checks stands in the functions into which it was inlined.
pub fn count_traps(module: &Module) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for (id, function) in module.funcs.iter_local() {
        let name = module.funcs.get(id).name.as_deref();
        let mut traps = Traps(0);
        dfs_in_order(&mut traps, function, function.entry_block());
        if traps.0 > 0 {
            *counts
                .entry(crate_of(name.unwrap_or_default()))
                .or_default() += traps.0;
        }
    }
    counts
}

struct Traps(usize);

impl<'instr> Visitor<'instr> for Traps {
    fn visit_unreachable(&mut self, _: &Unreachable) {
        self.0 += 1;
    }
}

/// `core` for `<core::net::ip_addr::IpAddr as core::fmt::Display>::fmt`.
fn crate_of(name: &str) -> String {
    let name = without_hashes(name);
    let start = name.trim_start_matches(['<', '&', '(']);
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let end = start.find(|letter| !is_part(letter)).unwrap_or(start.len());
    let is_export =
        ["core_", "__wbg", "__wbindgen", "__externref"].map(|prefix| start.starts_with(prefix));
    match &start[..end] {
        _ if is_export.contains(&true) => "the boundary".to_owned(),
        "" | "T" => "generic code".to_owned(),
        name => name.to_owned(),
    }
}

fn clear_texts(data: &mut [u8]) -> usize {
    let mut count = 0;
    let mut at = 0;
    while at < data.len() {
        let rest = &mut data[at..];
        let is_start = STARTS.iter().any(|start| rest.starts_with(start));
        let file = rust_file(rest).filter(|_| is_start);
        let message = MESSAGES.iter().find(|text| rest.starts_with(text));
        match file.or(message.map(|text| text.len())) {
            Some(length) => {
                rest[..length].fill(0);
                count += 1;
                at += length;
            }
            None => at += 1,
        }
    }
    count
}

/// The length of the name of a Rust file at the beginning of a text.
fn rust_file(text: &[u8]) -> Option<usize> {
    let in_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"/._-".contains(byte);
    let length = text.iter().take_while(|byte| in_name(byte)).count();
    let end = text[..length].windows(3).position(|part| part == b".rs")?;
    Some(end + 3)
}

/// A name without the hashes of its crates: `core[c5930c85]::panicking::panic` is
/// `core::panicking::panic`.
fn without_hashes(name: &str) -> String {
    let parts = name.split('[').enumerate().map(|(index, part)| {
        let behind = part.split_once(']').map(|(_, behind)| behind);
        behind.filter(|_| index > 0).unwrap_or(part)
    });
    parts.collect()
}
