//! The demo, and the page.

use crate::build;
use crate::docs;
use crate::run::{Outcome, command, root, show, step};
use crate::setup::{self, Npm};

/// Sends callbacks to real servers and shows what they answer, or makes the page.
pub fn demo(arguments: &[String]) -> Outcome {
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        [] => {
            build::build(Npm::Build)?;
            run(&[])
        }
        ["--serve"] => {
            build::build(Npm::Everything)?;
            docs::site("/")?;
            run(&["--serve"])
        }
        ["--build-page"] => {
            build_page(Npm::Build)?;
            println!("\nThe page is in target/page: static files, to be served from any path.");
            Ok(())
        }
        ["--screenshot"] => screenshot(),
        _ => Err("expected --serve, --build-page, --screenshot or nothing".into()),
    }
}

/// Plays all rows against the package that was built: fails if one ends otherwise than it says.
pub fn run(arguments: &[&str]) -> Outcome {
    setup::consumer()?;
    let mut node = command("node", &["xtask/demo/main.mjs"]);
    let folder = root().join("target/consumer");
    show(
        "demo",
        node.args(arguments).env("WALLET_CALLBACK_PKG", folder),
    )
}

/// Builds the package, and from it the page into `target/page`.
fn build_page(packages: Npm) -> Outcome {
    build::build(packages)?;
    bundle_page()
}

/// Bundles the page from the package that was built.
pub fn bundle_page() -> Outcome {
    step(
        "bundling the page",
        &mut command("node", &["www/build.mjs"]),
    )
}

/// Takes the page's picture anew, for the README.
fn screenshot() -> Outcome {
    setup::chromium()?;
    build_page(Npm::Everything)?;
    step(
        "taking www/screenshot.png",
        &mut command("node", &["www/screenshot.mjs"]),
    )
}
