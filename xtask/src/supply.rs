//! What is shipped, and that it is what its sources say.

use std::fs;
use std::path::{Path, PathBuf};

use crate::assure::cargo_tool;
use crate::build;
use crate::run::{Outcome, command, root, show, step};
use crate::setup::Npm;

/// The crates that are shipped: their licences, their sources, no version twice. Known vulnerabilities
/// only with `--online`: their list has to be fetched.
pub fn crates(arguments: &[String]) -> Outcome {
    let online = match arguments {
        [] => false,
        [flag] if flag == "--online" => true,
        _ => return Err("expected no argument or --online".into()),
    };
    cargo_tool("deny", "cargo-deny", "0.20.2")?;
    let mut deny = command("cargo", &["deny"]);
    if online {
        deny.arg("check");
    } else {
        deny.args(["--offline", "check", "licenses", "bans", "sources"]);
    }
    show("crates", &mut deny)
}

/// Builds the package here, and from what is committed in another folder from nothing.
pub fn reproducible(_: &[String]) -> Outcome {
    let work = root().join("target/reproducible");
    if work.exists() {
        fs::remove_dir_all(&work).map_err(|error| error.to_string())?;
    }
    build::build(Npm::Everything)?;
    let here = build::pack()?;
    let there = packed(&work.join("another/folder/with-a-longer-name"))?;
    let mut sums = command("sha256sum", &[]);
    show("the tarballs", sums.args([&here, &there]))?;
    let bytes = |path: &Path| fs::read(path).map_err(|error| error.to_string());
    if bytes(&here)? != bytes(&there)? {
        return Err("the two builds differ (or something here is not committed)".into());
    }
    let mut modules = command("sh", &["-c", "sha256sum pkg/dist/*.wasm"]);
    show("its modules", &mut modules)
}

/// Builds and packs what is committed in a new folder, and returns the tarball.
fn packed(folder: &Path) -> Outcome<PathBuf> {
    fs::create_dir_all(folder).map_err(|error| error.to_string())?;
    // The tasks' own libraries and the npm packages are those of this build. They are no links to other
    // folders: bundles name the files that they are made of. The tasks themselves are built there, since they
    // work in the folder that they were built in.
    let unpack = "git archive HEAD | tar -x -C \"$0\" && mkdir \"$0/target\" \
                  && cp -al node_modules \"$0\" && cp -al target/debug \"$0/target\" \
                  && cd \"$0/target/debug\" && rm -rf xtask* incremental .fingerprint/xtask-* \
                  .fingerprint/wallet-callback* deps/*xtask* deps/*wallet_callback*";
    step(
        "copying what is committed",
        command("sh", &["-c", unpack]).arg(folder),
    )?;
    let mut pack = command("cargo", &["xtask", "pack"]);
    // Nothing else may come from a cache.
    pack.current_dir(folder)
        .env_remove("RUSTC_WRAPPER")
        .env_remove("CARGO_TARGET_DIR");
    show(&folder.display().to_string(), &mut pack)?;
    let name = format!("wallet-callback-{}.tgz", env!("CARGO_PKG_VERSION"));
    Ok(folder.join("target").join(name))
}
