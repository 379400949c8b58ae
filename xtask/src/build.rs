//! From the Rust core and the TypeScript layer to the npm package.

use std::path::PathBuf;

use crate::bundle::{self, Layer};
use crate::carried;
use crate::files::{copy, copy_folder, create, remove, write};
use crate::glue;
use crate::model::{self, descriptor, senders};
use crate::module::{self, MODULES};
use crate::run::{self, Outcome, command, root, step, timed};
use crate::setup::{self, Npm};

/// Builds `pkg/`, with the npm packages that the task needs.
pub fn build(packages: Npm) -> Outcome {
    println!("building the package");
    module::compile_all()?;
    setup::npm(packages)?;
    remove(&root().join("pkg"))?;
    create(&root().join("pkg/dist"))?;
    create(&generated())?;
    run::together(MODULES.map(|module| move || module.bind_and_optimize()))?;
    glue::write_all()?;
    timed("writing types and schema", describe)?;
    Layer::shipped().bundle()?;
    bundle::declare_types()?;
    copy_files()?;
    let features = MODULES.map(|module| module.feature);
    let mut sbom = command("node", &["xtask/sbom.mjs"]);
    step("listing what is in it", sbom.args(features))
}

/// Packs the package that was built and returns the tarball's path.
pub fn pack() -> Outcome<PathBuf> {
    let mut npm = command(
        "npm",
        &["pack", "--silent", "--pack-destination", "../target"],
    );
    step("packing", npm.current_dir(root().join("pkg")))?;
    Ok(root().join(format!(
        "target/wallet-callback-{}.tgz",
        env!("CARGO_PKG_VERSION")
    )))
}

/// Where the sources are that the build writes.
pub fn generated() -> PathBuf {
    root().join("pkg-template/src/generated")
}

/// Writes what the core's tables say in other languages.
fn describe() -> Outcome {
    let senders = senders::all()?;
    let generated = generated();
    write(&generated.join("model.ts"), &model::typescript(&senders))?;
    write(&generated.join("layout.ts"), &model::layout())?;
    write(
        &generated.join("senders.ts"),
        &senders::typescript(&senders),
    )?;
    write(&generated.join("descriptor.ts"), &descriptor::typescript()?)?;
    let dist = root().join("pkg/dist");
    let events = format!("{}\n", model::schema());
    write(&dist.join("schema.json"), &events)?;
    let descriptors = format!("{}\n", descriptor::schema()?);
    write(&dist.join("sender.schema.json"), &descriptors)
}

fn copy_files() -> Outcome {
    for (from, to) in [
        ("pkg-template/package.json", "package.json"),
        ("pkg-template/README.md", "README.md"),
        ("LICENSE-MIT", "LICENSE-MIT"),
        ("LICENSE-APACHE", "LICENSE-APACHE"),
    ] {
        copy(&root().join(from), &root().join("pkg").join(to))?;
    }
    copy_folder(
        &root().join("pkg-template/examples"),
        &root().join("pkg/examples"),
    )?;
    carried::copy_pages()
}
