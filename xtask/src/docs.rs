//! The site.

use std::fs;

use crate::build;
use crate::bundle::ENTRIES;
use crate::demo;
use crate::files;
use crate::run::{Outcome, command, npm_bin, root, step};
use crate::setup::Npm;

/// Builds the site into `target/site`, the playground among its pages. `--base PATH` is for a host
/// that serves it under a path.
pub fn docs(arguments: &[String]) -> Outcome {
    let base = match arguments {
        [] => "/",
        [flag, base] if flag == "--base" => base,
        _ => return Err("expected no argument or --base PATH".into()),
    };
    build::build(Npm::Everything)?;
    site(base)?;
    println!("\nThe site is in target/site: static files, to be served from {base}");
    Ok(())
}

/// Builds the site from docs/ and the package that was built.
pub fn site(base: &str) -> Outcome {
    step(
        "writing the reference",
        command("node", &["xtask/docs/reference.mjs"]).args(ENTRIES),
    )?;
    step(
        "building the site",
        &mut command(&npm_bin("vitepress"), &["build", "docs", "--base", base]),
    )?;
    demo::bundle_page()?;
    let playground = root().join("target/site/playground");
    files::copy_folder(&root().join("target/page"), &playground)?;
    let index = playground.join("index.html");
    let page = fs::read_to_string(&index).map_err(|error| error.to_string())?;
    // By it the page knows that there is a site around it.
    let with_link = page.replace("</title>", "</title><link rel=\"help\" href=\"../\" />");
    fs::write(index, with_link).map_err(|error| error.to_string())
}
