//! From the Rust core and the TypeScript layer to the npm package.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use wasm_bindgen_cli_support::Bindgen;

use crate::loaders;
use crate::model::{self, descriptor, senders};
use crate::panics;
use crate::run::{self, Outcome, command, npm_bin, root, step, timed};
use crate::setup::{self, Npm};

/// The core's target.
pub const TARGET: &str = "wasm32-unknown-unknown";

/// Builds `pkg/`, with the npm packages that the task needs.
pub fn build(packages: Npm) -> Outcome {
    println!("building the package");
    setup::wasm_target()?;
    setup::npm(packages)?;
    remove(&root().join("pkg"))?;
    create(&root().join("pkg/dist"))?;
    create(&generated())?;
    run::together(MODULES.map(|module| move || module.build()))?;
    write_glue()?;
    timed("writing types and schema", describe)?;
    bundle()?;
    let names = MODULES.map(|module| module.name);
    loaders::write(&names, &root().join("pkg/dist"))?;
    declare_types()?;
    copy_files()
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

fn generated() -> PathBuf {
    root().join("pkg-template/src/generated")
}

/// A WebAssembly module of the package, made from the same crate as the others.
pub struct Module {
    pub name: &'static str,
    /// The feature of the crate that it is made with.
    pub feature: &'static str,
    profile: &'static str,
    flags: &'static [&'static str],
}

/// What most callbacks need, all that callbacks may need, and what dapps need.
pub const MODULES: [Module; 3] = [CORE, FULL, DAPP];

const CORE: Module = Module {
    name: "core",
    feature: "callbacks",
    profile: "release",
    flags: &[],
};

const FULL: Module = Module {
    name: "full",
    feature: "full",
    profile: "release",
    flags: &[],
};

const DAPP: Module = Module {
    name: "dapp",
    feature: "dapp",
    profile: "release-dapp",
    // Field elements in words of 32 bits: products of 64 bits are what WebAssembly has.
    flags: &["--cfg=cpubits=\"32\""],
};

/// What wasm-opt does to every module.
const WASM_OPT_FLAGS: [&str; 12] = [
    "-O3",
    "--converge",
    // Functions that stay apart pack better, and take no more time that can be measured.
    "--one-caller-inline-max-function-size=0",
    "--flexible-inline-max-function-size=5",
    "--strip-target-features",
    "--enable-simd",
    "--enable-bulk-memory",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-multivalue",
];

impl Module {
    /// A folder of its own: in a common one, each would replace the other's file.
    fn work_dir(&self) -> PathBuf {
        root().join("target/wasm").join(self.name)
    }

    fn compile(&self) -> Outcome {
        let home = std::env::var("CARGO_HOME").unwrap_or_else(|_| {
            let home = std::env::var("HOME").unwrap_or_default();
            format!("{home}/.cargo")
        });
        // Panics name their source files: without the maps these would be paths of this machine.
        let mut flags = vec![
            "-Ctarget-feature=+simd128".to_owned(),
            // An eighth of the usual threshold: a tenth of the bytes for no time that can be measured.
            "-Cllvm-args=-inline-threshold=25".to_owned(),
            format!("--remap-path-prefix={home}/registry/src=crates"),
            format!("--remap-path-prefix={}=wallet-callback", root().display()),
        ];
        flags.extend(self.flags.iter().map(ToString::to_string));
        let arguments = [
            "rustc",
            "--package",
            "wallet-callback",
            "--lib",
            // Beside a library for Rust, all that is public in it would be kept.
            "--crate-type",
            "cdylib",
            "--profile",
            self.profile,
            "--locked",
            "--no-default-features",
            "--features",
            self.feature,
            "--target",
            TARGET,
        ];
        step(
            &format!("compiling {} to WebAssembly", self.name),
            command("cargo", &arguments)
                .env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}"))
                .env("CARGO_TARGET_DIR", self.work_dir()),
        )
    }

    fn build(&self) -> Outcome {
        self.compile()?;
        timed(&format!("binding {}", self.name), || self.bind())?;
        self.optimize()
    }

    fn bind(&self) -> Outcome {
        let input = self
            .work_dir()
            .join(TARGET)
            .join(self.profile)
            .join("wallet_callback.wasm");
        let mut bindgen = Bindgen::new();
        let bindgen = bindgen
            .input_path(input)
            .out_name("core")
            .typescript(true)
            .remove_name_section(true)
            .remove_producers_section(true)
            .bundler(true)
            .map_err(|error| format!("wasm-bindgen: {error:#}"))?;
        let failed = |error| format!("wasm-bindgen: {error:#}");
        let mut output = bindgen.generate_output().map_err(failed)?;
        let module = output.wasm_mut();
        if panics::silence(module) == 0 || panics::forget_messages(module) == 0 {
            return Err("expected panics of the standard library, got none".into());
        }
        output.emit(self.work_dir()).map_err(failed)
    }

    fn path(&self) -> PathBuf {
        root().join(format!("pkg/dist/{}.wasm", self.name))
    }

    /// Optimizes what was bound, or takes what was made of the same bytes before.
    fn optimize(&self) -> Outcome {
        let input = self.work_dir().join("core_bg.wasm");
        let seen = self.work_dir().join("optimized_from");
        let optimized = self.work_dir().join("optimized.wasm");
        let mut source = WASM_OPT_FLAGS.join(" ").into_bytes();
        source.extend(fs::read(&input).map_err(|error| error.to_string())?);
        if !fs::read(&seen).is_ok_and(|seen| seen == source) {
            self.run_wasm_opt(&input, &optimized)?;
            fs::write(&seen, source).map_err(|error| error.to_string())?;
        }
        copy(&optimized, &self.path())
    }

    fn run_wasm_opt(&self, input: &Path, output: &Path) -> Outcome {
        let mut wasm_opt = command(&npm_bin("wasm-opt"), &WASM_OPT_FLAGS);
        step(
            &format!("optimizing {}", self.name),
            wasm_opt.arg(input).arg("-o").arg(output),
        )
    }

    fn glue(&self) -> Outcome<String> {
        read(&self.work_dir().join("core_bg.js"))
    }

    /// Writes the types of what it exports.
    fn describe_exports(&self) -> Outcome {
        let types = read(&self.work_dir().join("core.d.ts"))?;
        write(
            &generated().join(format!("{}-core.d.ts", self.name)),
            &types,
        )
    }
}

/// Writes the glue of the full module, which serves the core, too: the core's is a part of it; and
/// that of the dapp's.
fn write_glue() -> Outcome {
    let (part, glue) = (CORE.glue()?, FULL.glue()?);
    let lines: HashSet<_> = glue.lines().collect();
    if let Some(line) = part.lines().find(|line| !lines.contains(line)) {
        return Err(format!(
            "expected glue that serves both modules, got one without: {line}"
        ));
    }
    for (name, glue) in [("glue", glue), ("dapp-glue", DAPP.glue()?)] {
        let path = generated().join(name);
        write(&path.with_extension("js"), &glue_factory(&glue)?)?;
    }
    FULL.describe_exports()?;
    DAPP.describe_exports()?;
    write(&generated().join("glue.d.ts"), GLUE_TYPES)?;
    write(&generated().join("dapp-glue.d.ts"), DAPP_GLUE_TYPES)
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
    let events = format!("{:#}\n", model::schema());
    write(&dist.join("schema.json"), &events)?;
    let descriptors = format!("{:#}\n", descriptor::schema()?);
    write(&dist.join("sender.schema.json"), &descriptors)
}

/// Turns wasm-bindgen's glue, which keeps the state of one instance in its module, into a function
/// that makes such a state: a core that has trapped is replaced, and nothing of it may live on.
fn glue_factory(glue: &str) -> Outcome<String> {
    let mut names = Vec::new();
    let mut body = String::new();
    for line in glue.lines() {
        match line.strip_prefix("export ") {
            Some(item) => {
                let mut words = item.split([' ', '(']);
                let (Some("function" | "class"), Some(name)) = (words.next(), words.next()) else {
                    return Err(format!(
                        "wasm-bindgen's glue has an export of a new kind: {line}"
                    ));
                };
                names.push(name);
                body.push_str(item);
            }
            None if line.starts_with("import ") => {
                return Err(format!("wasm-bindgen's glue has an import: {line}"));
            }
            None => body.push_str(line),
        }
        body.push('\n');
    }
    Ok(format!(
        "import {{ TextDecoder, TextEncoder }} from \"../core/text.js\";\n\n\
         export function createGlue() {{\n{body}\nreturn {{ {} }};\n}}\n",
        names.join(", ")
    ))
}

const GLUE_TYPES: &str = "\
import type { Core as DappCore } from \"./dapp-core.js\";
import type { Core as FullCore } from \"./full-core.js\";

/** What the modules export: the core has a part of what the full one has. */
export type WasmCore = FullCore & DappCore;

/** What stands between a module and JavaScript. */
export interface Glue {
	__wbg_set_wasm(exports: WebAssembly.Exports): void;
	Core: new () => WasmCore;
	[name: string]: WebAssembly.ImportValue;
}

export function createGlue(): Glue;
";

const DAPP_GLUE_TYPES: &str = "export { createGlue } from \"./glue.js\";\n";

/// The package's entries, as modules of `pkg-template/src`.
const ENTRIES: [&str; 24] = [
    "index",
    "full",
    "dapp",
    "dapp-wait",
    "slim",
    "keys",
    "receiver",
    "adapters/node",
    "adapters/express",
    "adapters/fastify",
    "adapters/nestjs",
    "adapters/koa",
    "adapters/hono",
    "adapters/next",
    "adapters/sveltekit",
    "adapters/cloudflare",
    "adapters/aws-lambda",
    "stores/memory",
    "stores/sqlite",
    "stores/redis",
    "stores/postgres",
    "stores/durable-object",
    "stores/conformance",
    "testing",
];

/// The modules whose declarations users see beside those of the entries.
const PUBLIC_MODULES: &[&str] = &[
    "adapters/entry",
    "api",
    "verifier/amount",
    "dapp/api",
    "dapp/callback",
    "dapp/errors",
    "dapp/handler",
    "dapp/message",
    "dapp/request",
    "dapp/types",
    "verifier/descriptor",
    "verifier/digest",
    "verifier/events",
    "verifier/explain",
    "verifier/types",
    "core/errors",
    "verifier/senders",
    "verifier/sign",
    "verifier/standard-schema",
    "verifier/transport",
    "verifier/verify",
    "generated/descriptor",
    "generated/model",
    "keys/error",
    "receiver/peer",
    "receiver/telemetry",
    "receiver/types",
    "stores/model",
    "stores/sqlite-clock",
    "stores/sqlite-table",
    "stores/store",
    "testing/clock",
    "testing/request",
    "testing/sample",
    "testing/types",
    "testing/wallet",
];

fn bundle() -> Outcome {
    let mut bundle = command("node", &["xtask/bundle.mjs"]);
    step("bundling the entries", bundle.args(ENTRIES))?;
    write(
        &root().join("pkg/dist/cjs/package.json"),
        "{ \"type\": \"commonjs\" }\n",
    )
}

fn declare_types() -> Outcome {
    let types = root().join("target/types");
    remove(&types)?;
    let arguments = ["--project", "pkg-template", "--outDir", "target/types"];
    step("declaring types", &mut command(&npm_bin("tsc"), &arguments))?;
    for name in ENTRIES.iter().chain(PUBLIC_MODULES) {
        let name = format!("{name}.d.ts");
        for format in ["esm", "cjs"] {
            let to = root().join("pkg/dist").join(format).join(&name);
            create(to.parent().unwrap_or(&to))?;
            copy(&types.join(&name), &to)?;
        }
    }
    Ok(())
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
    )
}

fn copy_folder(from: &Path, to: &Path) -> Outcome {
    create(to)?;
    let failed = |error| format!("{}: {error}", from.display());
    for entry in fs::read_dir(from).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let to = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() {
            copy_folder(&path, &to)?;
        } else {
            copy(&path, &to)?;
        }
    }
    Ok(())
}

fn read(path: &Path) -> Outcome<String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

fn write(path: &Path, text: &str) -> Outcome {
    fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
}

fn copy(from: &Path, to: &Path) -> Outcome {
    let copied = fs::copy(from, to);
    copied.map_err(|error| format!("{}: {error}", from.display()))?;
    Ok(())
}

fn create(directory: &Path) -> Outcome {
    fs::create_dir_all(directory).map_err(|error| format!("{}: {error}", directory.display()))
}

fn remove(directory: &Path) -> Outcome {
    if directory.exists() {
        fs::remove_dir_all(directory)
            .map_err(|error| format!("{}: {error}", directory.display()))?;
    }
    Ok(())
}
