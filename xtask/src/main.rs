//! The project's tasks. Each does its own set-up.

mod assure;
mod build;
mod bundle;
mod carried;
mod check;
mod demo;
mod docs;
mod files;
mod glue;
mod imports;
mod layer;
mod loaders;
mod model;
mod module;
mod mutants;
mod panics;
mod release;
mod run;
mod setup;
mod supply;
mod test;

use std::process::ExitCode;

use setup::Npm;

const HELP: &str = "\
cargo xtask <task>

  demo [--serve]         sends callbacks to a real receiver and shows what it answers, or keeps it up
                         and serves the site
  demo --build-page      builds the page into target/page
  demo --screenshot      takes www/screenshot.png anew
  docs [--base PATH]     builds the site from docs/ into target/site, the page among its pages
  test [--services]      runs every check and every test, or only those on real servers
  check                  formats, lints and types only
  bench [--quick] [--json [FILE]]
                         measures speed, size and memory against named peers, and without --quick
                         refreshes docs/benchmarks
  bench --receiver [--quick] [--json FILE]
                         measures requests per second
  bench --worst          measures the most expensive callbacks that anybody can send
  assure [all | NAME]    shows how the core stands up to attacks; without a name, lists the runs
  quickstart [NAME…]     tries the quickstarts from an empty folder, on Node 20 and 24
  build                  builds the npm package into pkg/
  release --dry-run      checks that a release could be published, and says what is left to do
  pack                   builds it and packs target/wallet-callback-<version>.tgz
";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let task = arguments.next().unwrap_or_default();
    let rest: Vec<String> = arguments.collect();
    let result = match task.as_str() {
        "demo" => demo::demo(&rest),
        "docs" => docs::docs(&rest),
        "test" => test::test(&rest),
        "check" => check::check(),
        "assure" => assure::assure(&rest),
        "bench" => test::bench(&rest),
        "quickstart" => test::quickstart(&rest),
        "build" => build::build(Npm::Build),
        "release" => release::release(&rest),
        "pack" => build::build(Npm::Build).and_then(|()| build::pack().map(drop)),
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
