//! Every test, and the benchmarks.

use std::fs;

use crate::build;
use crate::check;
use crate::run::{Outcome, command, npm_bin, root, show, step};
use crate::setup::{self, Npm};

/// Where the built package is installed, as a user would.
const CONSUMER: &str = "target/consumer";

/// Runs every check and every test.
pub fn test() -> Outcome {
    check::check()?;
    setup::chromium()?;
    setup::consumer()?;
    let attw = [
        "--pack",
        "pkg",
        "--profile",
        "node16",
        "--exclude-entrypoints",
        "core.wasm",
        "schema.json",
    ];
    step(
        "publint",
        &mut command(&npm_bin("publint"), &["--strict", "pkg"]),
    )?;
    step(
        "are the types wrong?",
        &mut command(&npm_bin("attw"), &attw),
    )?;
    show(
        "tests of the core",
        &mut command(
            "cargo",
            &["test", "--locked", "--package", "wallet-callback"],
        ),
    )?;
    let mut node = command("node", &["--import", "tsx", "--test"]);
    show(
        "tests of the package, on every runtime",
        node.args(test_files(&[
            "tests/package",
            "tests/runtime",
            "tests/readme",
        ])?)
        .env("WALLET_CALLBACK_PKG", root().join(CONSUMER)),
    )
}

/// Measures.
pub fn bench(arguments: &[String]) -> Outcome {
    setup::npm(Npm::Everything)?;
    build::build()?;
    setup::consumer()?;
    let mut node = command("node", &["xtask/bench/main.mjs"]);
    show(
        "bench",
        node.args(arguments)
            .env("WALLET_CALLBACK_PKG", root().join(CONSUMER)),
    )
}

/// The test files of some folders. Node 20 does not search folders of TypeScript itself.
fn test_files(folders: &[&str]) -> Outcome<Vec<String>> {
    let mut files = Vec::new();
    for folder in folders {
        let entries =
            fs::read_dir(root().join(folder)).map_err(|error| format!("{folder}: {error}"))?;
        let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        let tests = names.filter(|name| name.ends_with(".test.ts"));
        files.extend(tests.map(|name| format!("{folder}/{name}")));
    }
    files.sort();
    Ok(files)
}
