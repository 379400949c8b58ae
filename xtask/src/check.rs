//! Formats, lints and types.

use crate::build;
use crate::imports;
use crate::run::{Outcome, command, npm_bin, step};
use crate::setup::{self, Npm};

/// Checks everything that can be judged without running it.
pub fn check() -> Outcome {
    let cargo = |title: &str, arguments: &[&str]| step(title, &mut command("cargo", arguments));
    // What takes a second comes first.
    cargo("rustfmt", &["fmt", "--all", "--check"])?;
    imports::check()?;
    setup::npm(Npm::Everything)?;
    step(
        "biome",
        &mut command(&npm_bin("biome"), &["check", "--error-on-warnings", "."]),
    )?;
    build::build(Npm::Everything)?;
    println!("checking");
    cargo(
        "clippy",
        &[
            "clippy",
            "--workspace",
            "--all-targets",
            "--locked",
            "--",
            "-Dwarnings",
        ],
    )?;
    for module in &build::MODULES {
        let wasm = [
            "clippy",
            "--lib",
            "--locked",
            "--no-default-features",
            "--features",
            module.feature,
            "--target",
            build::TARGET,
            "--",
            "-Dwarnings",
        ];
        cargo(&format!("clippy for {}.wasm", module.name), &wasm)?;
    }
    step(
        "rustdoc",
        command("cargo", &["doc", "--no-deps", "--locked"]).env("RUSTDOCFLAGS", "-Dwarnings"),
    )?;
    for (title, project) in [
        (
            "types of the command line",
            "pkg-template/src/cli/tsconfig.json",
        ),
        ("types of the page", "www/tsconfig.json"),
        ("types of the tests", "tests/tsconfig.json"),
    ] {
        let types = ["--noEmit", "--project", project];
        step(title, &mut command(&npm_bin("tsc"), &types))?;
    }
    Ok(())
}
