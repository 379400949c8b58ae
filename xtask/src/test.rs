//! Every test, and the benchmarks.

use std::fs;
use std::process::Command;
use std::thread;

use serde_json::Value;

use crate::build;
use crate::check;
use crate::demo;
use crate::docs;
use crate::files;
use crate::module;
use crate::run::{self, Outcome, command, npm_bin, root, show, step};
use crate::setup::{self, Npm};

/// Where the built package is installed, as a user would.
pub const CONSUMER: &str = "target/consumer";

/// Runs every check and every test, or with `--services` only the tests on real servers.
pub fn test(arguments: &[String]) -> Outcome {
    match arguments {
        [] => everything(),
        [flag] if flag == "--services" => services_alone(),
        _ => Err("expected no argument or --services".into()),
    }
}

fn everything() -> Outcome {
    check::format()?;
    // Lints and the core's tests answer within minutes, while the npm packages are on their way.
    run::together([rust, check::scripts])?;
    build::build(Npm::Everything)?;
    run::together([check::types, package])?;
    demo::run(&[])?;
    let files = runnable(&[
        "tests/assure",
        "tests/messages",
        "tests/package",
        "tests/senders",
        "tests/keys",
        "tests/dapp",
        "tests/runtime",
        "tests/receiver",
        "tests/stores",
        "tests/testing",
        "tests/adapters",
        "tests/cli",
        "tests/quickstart",
        "tests/readme",
        "tests/site",
        "tests/www",
    ])?;
    let mut node = node_test();
    show("tests of the package, on every runtime", node.args(files))?;
    if setup::servers()? {
        services("with all tests")
    } else {
        Ok(())
    }
}

/// All that needs no npm package, the core first.
fn rust() -> Outcome {
    check::clippy()?;
    let core = ["--lib", "--test", "core"];
    show("tests of the core", &mut cargo_test(&core))?;
    // The modules are linked on one core each.
    run::together([module::compile_all, rest_of_rust])
}

fn rest_of_rust() -> Outcome {
    check::wasm()?;
    let rest = ["--test", "smoke", "--bin", "xtask"];
    show(
        "what is fuzzed, near its seeds, and tests of the tasks",
        &mut cargo_test(&rest),
    )
}

/// Of the whole workspace: tests of one package alone would be compiled with other features, and all they need again.
fn cargo_test(arguments: &[&str]) -> Command {
    let mut cargo = command("cargo", &["test", "--locked"]);
    cargo.args(arguments);
    cargo
}

/// The package as users get it, and the site of its documentation.
fn package() -> Outcome {
    setup::chromium()?;
    setup::consumer()?;
    docs::site("/")?;
    step(
        "publint",
        &mut command(&npm_bin("publint"), &["--strict", "pkg"]),
    )?;
    let mut attw = command(
        &npm_bin("attw"),
        &["--pack", "pkg", "--exclude-entrypoints"],
    );
    step("are the types wrong?", attw.args(data_exports()?))
}

/// What the package exports that is no code, and has no types.
fn data_exports() -> Outcome<Vec<String>> {
    let path = root().join("pkg/package.json");
    let manifest: Value =
        serde_json::from_str(&files::read(&path)?).map_err(|error| error.to_string())?;
    let exports = manifest["exports"].as_object().into_iter().flatten();
    let files = exports.filter(|(_, target)| target.is_string());
    Ok(files.map(|(name, _)| name.clone()).collect())
}

/// The tests of stores that need a server.
const SERVER_TESTS: [&str; 6] = [
    "tests/cli/check-stores.test.ts",
    "tests/cli/inbox-servers.test.ts",
    "tests/cli/init-servers.test.ts",
    "tests/readme/servers.test.ts",
    "tests/stores/postgres.test.ts",
    "tests/stores/redis.test.ts",
];

/// The test that needs a terminal.
const TERMINAL_TEST: &str = "tests/cli/terminal.test.ts";

/// Runs only the tests of receivers on real servers that fail, and shows how they fared.
fn services_alone() -> Outcome {
    build::build(Npm::Everything)?;
    setup::consumer()?;
    if setup::servers()? {
        services("alone")
    } else {
        Ok(())
    }
}

/// Where the tests of services leave their results.
const SERVICES_REPORT: &str = "target/services.json";

/// Plays all that can go wrong: alone, with as many callbacks as the documentation says.
fn services(how: &str) -> Outcome {
    let report = root().join(SERVICES_REPORT);
    if report.exists() {
        fs::remove_file(&report).map_err(|error| error.to_string())?;
    }
    let mut node = node_test();
    node.args(test_files(&["tests/services"])?)
        .env("WALLET_CALLBACK_SERVICES", how)
        .env("WALLET_CALLBACK_SERVICES_REPORT", &report);
    show("receivers on real servers that fail", &mut node)?;
    let mut table = command(
        "node",
        &["--import", "tsx", "tests/services/print-report.ts"],
    );
    show("how they fared", table.arg(report))
}

/// In milliseconds; several times what the longest file takes.
const TEST_TIMEOUT: &str = "--test-timeout=900000";

/// Node's tests, of the package that is installed.
pub fn node_test() -> Command {
    // Ends with what has failed.
    let reporter = "--test-reporter=spec";
    let arguments = ["--import", "tsx", "--test", TEST_TIMEOUT, reporter];
    let mut node = command("node", &arguments);
    // Node leaves a core free; some files wait for servers and clocks most of their time.
    if let Ok(cores) = thread::available_parallelism() {
        node.arg(format!("--test-concurrency={}", cores.saturating_add(1)));
    }
    node.env("WALLET_CALLBACK_PKG", root().join(CONSUMER));
    node
}

/// Tries the quickstarts from an empty folder, on Node 20 and 24, with packages from the registry.
pub fn quickstart(names: &[String]) -> Outcome {
    build::build(Npm::Everything)?;
    setup::consumer()?;
    let arguments = ["--import", "tsx", "tests/quickstart/main.ts"];
    let mut node = command("node", &arguments);
    show(
        "quickstarts",
        node.args(names)
            .env("WALLET_CALLBACK_PKG", root().join(CONSUMER)),
    )
}

/// Measures.
pub fn bench(arguments: &[String]) -> Outcome {
    build::build(Npm::Everything)?;
    setup::consumer()?;
    let (script, rest) = match arguments.split_first() {
        Some((flag, rest)) if flag == "--receiver" => ("receiver", rest),
        Some((flag, rest)) if flag == "--worst" => ("worst", rest),
        _ => ("main", arguments),
    };
    let serves = script == "worst" || (setup::wrk()? && setup::servers()?);
    if script == "receiver" && !serves {
        return Ok(());
    }
    let mut node = command("node", &[&format!("xtask/bench/{script}.mjs")]);
    if !serves {
        node.arg("--without-receiver");
    }
    show(
        "bench",
        node.args(rest)
            .env("WALLET_CALLBACK_PKG", root().join(CONSUMER)),
    )
}

/// The test files of some folders, without those that need what is not there.
pub fn runnable(folders: &[&str]) -> Outcome<Vec<String>> {
    let (has_servers, has_terminal) = (setup::servers()?, setup::terminal()?);
    let mut files = test_files(folders)?;
    files.retain(|file| has_servers || !SERVER_TESTS.contains(&file.as_str()));
    files.retain(|file| has_terminal || file != TERMINAL_TEST);
    Ok(files)
}

/// The test files of some folders. Node 20 does not search folders of TypeScript itself.
pub fn test_files(folders: &[&str]) -> Outcome<Vec<String>> {
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
