//! The demo.

use crate::build;
use crate::run::{Outcome, command, root, show};
use crate::setup::{self, Npm};

/// Sends callbacks to real servers and shows what they answer.
pub fn demo(arguments: &[String]) -> Outcome {
    if let Some(other) = arguments.iter().find(|argument| *argument != "--serve") {
        return Err(format!("expected --serve or nothing, got {other}"));
    }
    build::build(Npm::Build)?;
    setup::consumer()?;
    let mut node = command("node", &["xtask/demo/main.mjs"]);
    let folder = root().join("target/consumer");
    show(
        "demo",
        node.args(arguments).env("WALLET_CALLBACK_PKG", folder),
    )
}
