//! Formats, lints and types.

use crate::build;
use crate::imports;
use crate::module;
use crate::run::{self, Outcome, command, npm_bin, step};
use crate::setup::{self, Npm};

/// Checks everything that can be judged without running it.
pub fn check() -> Outcome {
    format()?;
    run::together([rust, scripts])?;
    build::build(Npm::Everything)?;
    types()
}

/// What takes a second.
pub fn format() -> Outcome {
    cargo("rustfmt", &["fmt", "--all", "--check"])?;
    imports::check()
}

/// The lints of all that is Rust, and its documentation.
pub fn rust() -> Outcome {
    clippy()?;
    wasm()
}

/// The lints of all that is Rust, for this machine.
pub fn clippy() -> Outcome {
    let arguments = ["clippy", "--workspace", "--all-targets", "--locked"];
    cargo("clippy", &[&arguments[..], &["--", "-Dwarnings"]].concat())
}

/// The lints of what only the modules have, and the documentation.
pub fn wasm() -> Outcome {
    setup::wasm_target()?;
    // Together they have every line that some module has; the build of each refuses the compiler's warnings.
    for features in ["callbacks", "full,dapp"] {
        let wasm = [
            "clippy",
            "--package",
            "wallet-callback",
            "--lib",
            "--locked",
            "--no-default-features",
            "--features",
            features,
            "--target",
            module::TARGET,
            "--",
            "-Dwarnings",
        ];
        cargo(&format!("clippy for WebAssembly: {features}"), &wasm)?;
    }
    let doc = [
        "doc",
        "--package",
        "wallet-callback",
        "--no-deps",
        "--locked",
    ];
    step(
        "rustdoc",
        command("cargo", &doc).env("RUSTDOCFLAGS", "-Dwarnings"),
    )
}

/// The lints of all that is not, with the npm packages.
pub fn scripts() -> Outcome {
    setup::npm(Npm::Everything)?;
    step(
        "biome",
        &mut command(&npm_bin("biome"), &["check", "--error-on-warnings", "."]),
    )
}

/// Checks the types of what uses the package that was built.
pub fn types() -> Outcome {
    for (title, project) in [
        (
            "types of the command line",
            "pkg-template/src/cli/tsconfig.json",
        ),
        ("types of the page", "www/tsconfig.json"),
        ("types of the site", "docs/.vitepress/tsconfig.json"),
        ("types of the tests", "tests/tsconfig.json"),
    ] {
        let types = ["--noEmit", "--project", project];
        step(title, &mut command(&npm_bin("tsc"), &types))?;
    }
    Ok(())
}

fn cargo(title: &str, arguments: &[&str]) -> Outcome {
    step(title, &mut command("cargo", arguments))
}
