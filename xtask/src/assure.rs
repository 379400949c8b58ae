//! What a security reviewer asks for: long runs, each with its figures (`docs/assurance.md`).

use std::fs;
use std::process::Command;

use crate::build;
use crate::layer;
use crate::module;
use crate::mutants;
use crate::run::{self, Outcome, command, root, show};
use crate::setup::{self, Npm};
use crate::supply;
use crate::test;

/// A run, by the name that it has on the command line.
struct Assurance {
    name: &'static str,
    /// What it shows, for people.
    shows: &'static str,
    run: fn(&[String]) -> Outcome,
}

const ASSURANCES: [Assurance; 14] = [
    Assurance {
        name: "vectors",
        shows: "Project Wycheproof's vectors, natively and in the shipped modules",
        run: vectors,
    },
    Assurance {
        name: "fuzz",
        shows: "what holds for every input, by cargo-fuzz [--seconds N for each target] [TARGET…]",
        run: fuzz,
    },
    Assurance {
        name: "properties",
        shows: "no bit of any sender's callback can change, and what else holds for every input",
        run: properties,
    },
    Assurance {
        name: "peers",
        shows: "where standardwebhooks, svix, stripe and octokit differ, and why",
        run: peers,
    },
    Assurance {
        name: "supply",
        shows: "licences, sources and versions of the crates that are shipped, by cargo-deny [--online]",
        run: supply::crates,
    },
    Assurance {
        name: "reproducible",
        shows: "two builds in different folders are the same bytes",
        run: supply::reproducible,
    },
    Assurance {
        name: "timing",
        shows: "the time of a refusal does not tell where a signature differs [--samples N]",
        run: timing,
    },
    Assurance {
        name: "panics",
        shows: "where the shipped modules can trap, and that no message of a panic is left in them",
        run: panics,
    },
    Assurance {
        name: "coverage",
        shows: "the lines that tests reach, of the core by cargo-llvm-cov, and of the layer, by V8 [core | layer]",
        run: coverage,
    },
    Assurance {
        name: "mutants",
        shows: "what tests notice if the core changes, by cargo-mutants [--sample N | --shard K/N | FILE…]",
        run: mutants::mutants,
    },
    Assurance {
        name: "stryker",
        shows: "what tests notice if the layer changes, by Stryker [--sample N] [--seed N] [--minutes N] [FILE…]",
        run: layer::mutants,
    },
    Assurance {
        name: "worst",
        shows: "the most expensive callbacks that anybody can send, beside ordinary ones",
        run: |_| test::bench(&["--worst".to_owned()]),
    },
    Assurance {
        name: "load",
        shows: "genuine callbacks beside a flood of forged ones and of slow bodies [--seconds N]",
        run: load,
    },
    Assurance {
        name: "hostile",
        shows: "hostile calls of the JavaScript API [--calls N] stop no instance, and memory stays flat",
        run: hostile,
    },
];

/// Runs one of them, or all, or lists them.
pub fn assure(arguments: &[String]) -> Outcome {
    let Some((name, rest)) = arguments.split_first() else {
        println!("cargo xtask assure all | <name>\n");
        for Assurance { name, shows, .. } in &ASSURANCES {
            println!("  {name:<14}{shows}");
        }
        return Ok(());
    };
    if name == "all" && rest.is_empty() {
        return all();
    }
    let found = ASSURANCES.iter().find(|one| one.name == name);
    let found =
        found.ok_or_else(|| format!("unknown run {name}: cargo xtask assure lists them"))?;
    (found.run)(rest)
}

/// Runs all of them, also after one that failed.
fn all() -> Outcome {
    let failed = ASSURANCES.iter().filter_map(|one| {
        let error = (one.run)(&[]).err()?;
        println!("{}: {error}", one.name);
        Some(one.name)
    });
    match failed.collect::<Vec<_>>() {
        none if none.is_empty() => Ok(()),
        failed => Err(format!("failed: {}", failed.join(", "))),
    }
}

/// Builds the package and installs it, as a user would.
pub fn package() -> Outcome {
    build::build(Npm::Everything)?;
    setup::consumer()
}

fn vectors(_: &[String]) -> Outcome {
    package()?;
    let native = ["test", "--locked", "--lib", "--test", "core", "wycheproof"];
    show("natively", &mut command("cargo", &native))?;
    let mut node = test::node_test();
    show(
        "in the shipped modules",
        node.arg("tests/assure/wycheproof.test.ts"),
    )
}

fn properties(_: &[String]) -> Outcome {
    package()?;
    let native = [
        "test",
        "--locked",
        "--test",
        "core",
        "--",
        "properties::",
        "templates::",
    ];
    show("natively", &mut command("cargo", &native))?;
    let mut node = test::node_test();
    node.args([
        "tests/assure/bits.test.ts",
        "tests/package/agreement.test.ts",
        "tests/dapp/signatures.test.ts",
        "tests/dapp/signatures-sign-in.test.ts",
        "tests/dapp/typed-data.test.ts",
        "tests/keys/invented-ids.test.ts",
    ]);
    // More than what every run of the tests tries: ten times as many of each scheme, and a whole day.
    node.env("WALLET_CALLBACK_SIGNATURES", "2000")
        .env("WALLET_CALLBACK_ATTACK_HOURS", "24");
    show("in the shipped modules", &mut node)
}

fn peers(_: &[String]) -> Outcome {
    package()?;
    let mut node = test::node_test();
    show("other packages", node.arg("tests/assure/peers.test.ts"))?;
    script("where they differ", "print-peers.ts", "")
}

/// The number behind a flag, or the usual one.
fn number(arguments: &[String], flag: &str, usual: u64) -> Outcome<String> {
    let number = match arguments {
        [] => Some(usual),
        [given, number] if given == flag => number.parse().ok(),
        _ => None,
    };
    let number = number.ok_or_else(|| format!("expected no argument or {flag} N"))?;
    Ok(number.to_string())
}

fn timing(arguments: &[String]) -> Outcome {
    let samples = number(arguments, "--samples", 1_000_000)?;
    package()?;
    let native = [
        "run",
        "--release",
        "--locked",
        "--package",
        "wallet-callback-fuzz",
    ];
    let mut cargo = command("cargo", &native);
    cargo.args(["--example", "timing", &samples]).envs(FAST);
    show("natively", &mut cargo)?;
    script("in the shipped module", "timing.ts", &samples)
}

fn panics(_: &[String]) -> Outcome {
    build::build(Npm::Everything)?;
    for module in &module::MODULES {
        let text = fs::read_to_string(module.traps()).map_err(|error| error.to_string())?;
        println!(
            "\n{}.wasm, places by the crate of their function:\n{text}",
            module.name
        );
    }
    Ok(())
}

fn hostile(arguments: &[String]) -> Outcome {
    let calls = number(arguments, "--calls", 5_000_000)?;
    package()?;
    script("hostile calls", "print-hostile.ts", &calls)
}

fn coverage(arguments: &[String]) -> Outcome {
    match arguments {
        [] => core_coverage().and_then(|()| layer::coverage()),
        [part] if part == "core" => core_coverage(),
        [part] if part == "layer" => layer::coverage(),
        _ => Err("expected core, layer or nothing".into()),
    }
}

fn core_coverage() -> Outcome {
    cargo_tool("llvm-cov", "cargo-llvm-cov", "0.9.1")?;
    let tools = ["component", "add", "llvm-tools"];
    run::step("llvm-tools", &mut command("rustup", &tools))?;
    let core = ["llvm-cov", "--locked", "--package", "wallet-callback"];
    let mut cargo = command("cargo", &core);
    cargo.args(["--package", "wallet-callback-fuzz", "--show-missing-lines"]);
    show("the core", &mut cargo)
}

fn load(arguments: &[String]) -> Outcome {
    let seconds = number(arguments, "--seconds", 60)?;
    package()?;
    script("floods", "load.ts", &seconds)
}

/// Runs a script with the installed package.
fn script(title: &str, name: &str, argument: &str) -> Outcome {
    let file = format!("tests/assure/{name}");
    let mut node = command("node", &["--expose-gc", "--import", "tsx", &file, argument]);
    node.env("WALLET_CALLBACK_PKG", root().join(test::CONSUMER));
    show(title, &mut node)
}

/// How long each target runs where nothing is said.
const FUZZ_SECONDS: u64 = 1800;

/// As fast as a release, and built sooner.
const FAST: [(&str, &str); 3] = [
    ("CARGO_PROFILE_RELEASE_LTO", "off"),
    ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16"),
    ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "3"),
];

fn fuzz(arguments: &[String]) -> Outcome {
    let (seconds, names) = match arguments {
        [flag, seconds, names @ ..] if flag == "--seconds" => {
            let seconds = seconds.parse();
            (seconds.map_err(|_| "expected --seconds N")?, names)
        }
        names => (FUZZ_SECONDS, names),
    };
    cargo_tool("fuzz", "cargo-fuzz", "0.13.2")?;
    let output = cargo_fuzz(&["list"])
        .output()
        .map_err(|error| error.to_string())?;
    let all = String::from_utf8_lossy(&output.stdout).into_owned();
    let names: Vec<&str> = if names.is_empty() {
        all.lines().collect()
    } else {
        names.iter().map(String::as_str).collect()
    };
    for name in names {
        let corpus = root().join("fuzz/corpus").join(name);
        fs::create_dir_all(&corpus).map_err(|error| error.to_string())?;
        let (corpus, seeds) = (corpus.display().to_string(), format!("fuzz/seeds/{name}"));
        let seconds = format!("-max_total_time={seconds}");
        let mut fuzz = cargo_fuzz(&["run", "--sanitizer", "none", "--features", "libfuzzer"]);
        fuzz.args([name, &corpus, &seeds, "--"]);
        fuzz.args([
            &seconds,
            "-max_len=4096",
            "-timeout=10",
            "-print_final_stats=1",
        ]);
        show(name, &mut fuzz)?;
    }
    Ok(())
}

fn cargo_fuzz(arguments: &[&str]) -> Command {
    let mut cargo = command("cargo", &["+nightly", "fuzz"]);
    cargo.args(arguments).envs(FAST);
    cargo
}

/// Installs a subcommand of cargo where it is missing.
pub fn cargo_tool(subcommand: &str, package: &str, version: &str) -> Outcome {
    let there = command("cargo", &[subcommand, "--version"]).output();
    if there.is_ok_and(|output| output.status.success()) {
        return Ok(());
    }
    let install = ["install", "--locked", package, "--version", version];
    run::step(
        &format!("installing {package}"),
        &mut command("cargo", &install),
    )
}
