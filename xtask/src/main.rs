//! The project's tasks. Each does its own set-up.

mod build;
mod run;
mod setup;

use std::process::ExitCode;

const HELP: &str = "\
cargo xtask <task>

  build   builds the npm package into pkg/
  pack    builds it and packs target/wallet-callback-<version>.tgz
";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let task = arguments.next().unwrap_or_default();

    let result = match task.as_str() {
        "build" => build::build(),
        "pack" => build::pack().map(drop),
        _ => {
            print!("{HELP}");
            return ExitCode::from(u8::from(!matches!(task.as_str(), "" | "help" | "--help")));
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("\ncargo xtask {task}: {problem}");
            ExitCode::FAILURE
        }
    }
}
