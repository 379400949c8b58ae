//! Changes of the core that its tests have to notice, by cargo-mutants (`.cargo/mutants.toml`).

use std::process::Command;

use crate::assure::cargo_tool;
use crate::run::{Outcome, command, root, show};

/// How many changes are tried if nothing is said. All of them take a day.
const SAMPLE: usize = 300;

/// Tries a sample that is spread over all files, one of its kind that is given by its number, or every change
/// of some files.
pub fn mutants(arguments: &[String]) -> Outcome {
    cargo_tool("mutants", "cargo-mutants", "27.1.0")?;
    let usage = "expected --sample N, --shard K/N or files such as src/signature.rs";
    let mut cargo = cargo_mutants();
    match arguments {
        [] => shard(&mut cargo, &sample(SAMPLE)?),
        [flag, number] if flag == "--sample" => {
            let number = number.parse().map_err(|_| usage)?;
            shard(&mut cargo, &sample(number)?);
        }
        [flag, number] if flag == "--shard" => shard(&mut cargo, number),
        [flag, ..] if flag.starts_with('-') => return Err(usage.into()),
        files => {
            for file in files {
                cargo.args(["--file", file]);
            }
        }
    }
    cargo.args(["--output", "target", "--jobs", "1"]);
    cargo.args(["--baseline", "skip", "--timeout", "120"]);
    cargo.env("CARGO_TARGET_DIR", root().join("target/mutants"));
    show("mutants", &mut cargo)
}

fn cargo_mutants() -> Command {
    command("cargo", &["mutants", "--package", "wallet-callback"])
}

/// Every n-th change, so that there are about as many as wanted.
fn sample(wanted: usize) -> Outcome<String> {
    let list = cargo_mutants().arg("--list").output();
    let list = list.map_err(|error| error.to_string())?;
    let all = String::from_utf8_lossy(&list.stdout).lines().count();
    let step = all.div_ceil(wanted.max(1)).max(1);
    println!("{all} mutants, of which every {step}th is tried");
    Ok(format!("0/{step}"))
}

fn shard(cargo: &mut Command, shard: &str) {
    cargo.args(["--shard", shard, "--sharding", "round-robin"]);
}
