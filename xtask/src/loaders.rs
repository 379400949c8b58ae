//! How each platform comes by a module: what the package's `imports` map names.

use std::fs;
use std::path::Path;

use crate::bundle::Layer;
use crate::module::Module;
use crate::run::{Outcome, command, npm_bin, root, step};
use base64ct::{Base64, Encoding};

/// Writes the loaders of the modules into the layer's `dist`.
pub fn write(modules: &[Module], layer: &Layer) -> Outcome {
    let sources = layer.sources.join("generated/load");
    fs::create_dir_all(&sources).map_err(|error| error.to_string())?;
    let (mut esm, mut cjs) = (vec!["none.js".to_owned()], Vec::new());
    save(&sources.join("none.js"), "export const load = undefined;\n")?;
    for module in modules {
        let name = module.name;
        for (platform, source) in [
            ("workerd", given(name, "")),
            ("edge-light", given(name, "?module")),
            ("inline", inline(module)?),
            ("node", from_disk(name)),
        ] {
            let file = format!("{name}.{platform}.js");
            save(&sources.join(&file), &source)?;
            esm.push(file);
        }
        let file = format!("{name}.js");
        save(&sources.join(&file), &required(name))?;
        cjs.push(file);
    }
    bundle(layer, &esm, "esm", "load")?;
    bundle(layer, &cjs, "cjs", "cjs/load")
}

/// Each is a file of its own, so that a start reads one.
fn bundle(layer: &Layer, files: &[String], format: &str, to: &str) -> Outcome {
    let sources = layer.sources.join("generated/load");
    let mut esbuild = command(
        &npm_bin("esbuild"),
        &[
            "--bundle",
            "--minify",
            "--target=es2022",
            "--external:node:*",
            "--external:*.wasm",
            "--external:*.wasm?module",
            "--log-level=warning",
        ],
    );
    esbuild
        .args(files.iter().map(|file| sources.join(file)))
        .arg(format!("--format={format}"))
        .arg(format!("--outdir={}", layer.dist.join(to).display()));
    if layer.maps {
        esbuild.arg("--sourcemap=inline");
    }
    step(&format!("bundling loaders ({format})"), &mut esbuild)
}

/// The platform compiles the module when the program is deployed.
fn given(name: &str, query: &str) -> String {
    format!(
        "import module from \"../{name}.wasm{query}\";\n\nexport const load = () => module;\n{}",
        more(name, "undefined")
    )
}

/// The module is part of the program's text, and with it what inflates it, whose licence has to come along.
fn inline(module: &Module) -> Outcome<String> {
    let (deflated, length) = module.deflated()?;
    let licence = root().join("node_modules/fflate/LICENSE");
    let licence = fs::read_to_string(licence).map_err(|error| error.to_string())?;
    Ok(format!(
        "/*! fflate\n\n{}\n*/\n\
         import {{ compile }} from \"../../core/inline.js\";\n\n\
         const base64 = \"{}\";\n\nexport const load = () => compile(base64, {});\n{}",
        licence.trim(),
        Base64::encode_string(&deflated),
        length,
        more(module.name, "undefined")
    ))
}

/// The module lies beside the code. Bundlers and tracers of files understand this form of its name.
fn from_disk(name: &str) -> String {
    let load = |name: &str| {
        format!("() => read(\"{name}\", () => new URL(\"../{name}.wasm\", import.meta.url))")
    };
    format!(
        "import {{ read }} from \"../../core/file.js\";\n\nexport const load = {};\n{}",
        load(name),
        more(name, &load("full"))
    )
}

/// The same in CommonJS, which only Node.js and its like load: bundlers resolve ES modules.
fn required(name: &str) -> String {
    let load = |name: &str| {
        format!("() => read(\"{name}\", () => join(__dirname, \"../../{name}.wasm\"))")
    };
    format!(
        "import {{ join }} from \"node:path\";\nimport {{ read }} from \"../../core/file.js\";\n\nexport const load = {};\n{}",
        load(name),
        more(name, &load("full"))
    )
}

/// The way from the core to the full module.
fn more(name: &str, load: &str) -> String {
    match name {
        "core" => format!("export const more = {load};\n"),
        _ => String::new(),
    }
}

fn save(path: &Path, text: &str) -> Outcome {
    fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
}
