//! The demo.

use crate::run::{Outcome, command, root, show};
use crate::setup;

/// Sends callbacks to a real receiver and shows what it answers.
pub fn demo(arguments: &[String]) -> Outcome {
    setup::consumer()?;
    let mut node = command("node", &["xtask/demo/main.mjs"]);
    let folder = root().join("target/consumer");
    show(
        "demo",
        node.args(arguments).env("WALLET_CALLBACK_PKG", folder),
    )
}
