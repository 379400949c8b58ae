//! Panics without their messages. In WebAssembly nobody can read them: a panic ends in a trap, and what
//! writes its message is code and data that every user would download.

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

/// A name without the hashes of its crates: `core[c5930c85]::panicking::panic` is
/// `core::panicking::panic`.
fn without_hashes(name: &str) -> String {
    let parts = name.split('[').enumerate().map(|(index, part)| {
        let behind = part.split_once(']').map(|(_, behind)| behind);
        behind.filter(|_| index > 0).unwrap_or(part)
    });
    parts.collect()
}
