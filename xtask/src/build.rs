//! From the Rust core and the TypeScript layer to the npm package.

use std::fs;
use std::path::{Path, PathBuf};

use base64ct::{Base64, Encoding};
use wasm_bindgen_cli_support::Bindgen;

use crate::model;
use crate::run::{Outcome, command, npm_bin, root, step, timed};
use crate::setup::{self, Npm};

/// The core's target.
pub const TARGET: &str = "wasm32-unknown-unknown";

/// Builds `pkg/`.
pub fn build() -> Outcome {
    println!("building the package");
    setup::wasm_target()?;
    setup::npm(Npm::Build)?;
    compile_core()?;
    timed("binding it to JavaScript", bind)?;
    optimize()?;
    timed("embedding it", embed)?;
    timed("writing types and schema", describe)?;
    bundle()?;
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

fn work_dir() -> PathBuf {
    root().join("target/wasm")
}

fn generated() -> PathBuf {
    root().join("pkg-template/src/generated")
}

fn compile_core() -> Outcome {
    let home = std::env::var("CARGO_HOME").unwrap_or_else(|_| {
        let home = std::env::var("HOME").unwrap_or_default();
        format!("{home}/.cargo")
    });
    // Panics name their source files: without the maps these would be paths of this machine.
    let flags = [
        "-Ctarget-feature=+simd128".to_owned(),
        // An eighth of the usual threshold: a tenth of the bytes for no time that can be measured.
        "-Cllvm-args=-inline-threshold=25".to_owned(),
        format!("--remap-path-prefix={home}/registry/src=crates"),
        format!("--remap-path-prefix={}=wallet-callback", root().display()),
    ];
    let arguments = [
        "build",
        "--package",
        "wallet-callback",
        "--lib",
        "--release",
        "--locked",
        "--target",
        TARGET,
    ];
    step(
        "compiling the core to WebAssembly",
        command("cargo", &arguments)
            .env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}"))
            .env("CARGO_TARGET_DIR", work_dir()),
    )
}

fn bind() -> Outcome {
    let input = work_dir().join(TARGET).join("release/wallet_callback.wasm");
    let mut bindgen = Bindgen::new();
    let bindgen = bindgen
        .input_path(input)
        .out_name("core")
        .typescript(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        .bundler(true)
        .map_err(|error| format!("wasm-bindgen: {error:#}"))?;
    bindgen
        .generate(work_dir())
        .map_err(|error| format!("wasm-bindgen: {error:#}"))
}

fn optimize() -> Outcome {
    let dist = root().join("pkg/dist");
    remove(&root().join("pkg"))?;
    create(&dist)?;
    let (input, output) = (work_dir().join("core_bg.wasm"), dist.join("core.wasm"));
    let mut wasm_opt = command(
        &npm_bin("wasm-opt"),
        &[
            "-O3",
            "--converge",
            // Functions that stay apart pack better, and take no more time that can be measured.
            "--one-caller-inline-max-function-size=0",
            "--flexible-inline-max-function-size=5",
            "--enable-simd",
            "--enable-bulk-memory",
            "--enable-sign-ext",
            "--enable-mutable-globals",
            "--enable-nontrapping-float-to-int",
            "--enable-reference-types",
            "--enable-multivalue",
        ],
    );
    step("optimizing it", wasm_opt.arg(input).arg("-o").arg(output))
}

/// Writes the glue and the module's bytes as sources of the TypeScript layer.
fn embed() -> Outcome {
    create(&generated())?;
    let glue = read(&work_dir().join("core_bg.js"))?;
    write(&generated().join("glue.js"), &glue_factory(&glue)?)?;
    write(&generated().join("glue.d.ts"), GLUE_TYPES)?;
    let wasm = fs::read(root().join("pkg/dist/core.wasm")).map_err(|error| error.to_string())?;
    let encoded = Base64::encode_string(&wasm);
    write(
        &generated().join("bytes.js"),
        &format!("export const base64 = \"{encoded}\";\n"),
    )?;
    write(
        &generated().join("bytes.d.ts"),
        "export const base64: string;\n",
    )
}

/// Writes what the core's tables say in other languages.
fn describe() -> Outcome {
    write(&generated().join("model.ts"), &model::typescript())?;
    let schema = format!("{:#}\n", model::schema());
    write(&root().join("pkg/dist/schema.json"), &schema)
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
        "import {{ TextDecoder, TextEncoder }} from \"../text.js\";\n\n\
         export function createGlue() {{\n{body}\nreturn {{ {} }};\n}}\n",
        names.join(", ")
    ))
}

const GLUE_TYPES: &str = "\
/** What `src/wasm.rs` exports, and the imports of the module. */
export interface Glue {
	__wbg_set_wasm(exports: WebAssembly.Exports): void;
	Core: new () => WasmCore;
	[name: string]: WebAssembly.ImportValue;
}

export interface WasmCore {
	layout(): number;
	reserve(length: number): number;
	verify(verifier: number, now: number): number;
	create(): boolean;
	release(verifier: number): void;
	sign(now: number): boolean;
	admit(secure: boolean): boolean;
	prove(verifier: number, key: number): boolean;
	digest(): boolean;
	generateSecret(): boolean;
	generateKeyPair(): boolean;
	senders(): boolean;
	formatAmount(): boolean;
	toBaseUnits(): boolean;
	wipe(): void;
}

export function createGlue(): Glue;
";

/// The package's entries, as modules of `pkg-template/src`.
const ENTRIES: [&str; 12] = [
    "index",
    "slim",
    "receiver",
    "adapters/node",
    "adapters/fastify",
    "adapters/aws-lambda",
    "stores/memory",
    "stores/sqlite",
    "stores/redis",
    "stores/postgres",
    "stores/durable-object",
    "stores/conformance",
];

/// The main entry on platforms that do not compile bytes.
const PLATFORM_ENTRIES: [&str; 2] = ["index.workerd", "index.edge-light"];

/// The modules whose declarations users see beside those of the entries.
const PUBLIC_MODULES: [&str; 13] = [
    "api",
    "amount",
    "digest",
    "types",
    "errors",
    "sign",
    "transport",
    "verify",
    "generated/model",
    "receiver/journal",
    "receiver/types",
    "stores/sqlite-table",
    "stores/store",
];

fn bundle() -> Outcome {
    let esbuild = |title, format: &str, entries: &[&str]| {
        let sources = entries
            .iter()
            .map(|name| format!("pkg-template/src/{name}.ts"));
        let options = [
            "--bundle",
            "--target=es2022",
            "--outbase=pkg-template/src",
            // The other entries name the main one as their user does, so that there is one core.
            "--external:wallet-callback",
            "--external:*.wasm",
            "--external:*.wasm?module",
            "--legal-comments=none",
            "--log-level=warning",
        ];
        let mut esbuild = command(&npm_bin("esbuild"), &options);
        esbuild
            .args(sources)
            .arg(format!("--format={format}"))
            .arg(format!("--outdir=pkg/dist/{format}"));
        step(title, &mut esbuild)
    };
    let modules = [ENTRIES.as_slice(), PLATFORM_ENTRIES.as_slice()].concat();
    esbuild("bundling ES modules", "esm", &modules)?;
    esbuild("bundling CommonJS modules", "cjs", &ENTRIES)?;
    write(
        &root().join("pkg/dist/cjs/package.json"),
        "{ \"type\": \"commonjs\" }\n",
    )?;
    // In a scope of its own, a package has no name by which it could call itself.
    let receiver = root().join("pkg/dist/cjs/receiver.js");
    let code = read(&receiver)?;
    let near = code.replace("require(\"wallet-callback\")", "require(\"./index.js\")");
    if near == code {
        return Err("expected the receiver to require the package, got another bundle".into());
    }
    write(&receiver, &near)
}

fn declare_types() -> Outcome {
    let types = root().join("target/types");
    remove(&types)?;
    let arguments = ["--project", "pkg-template", "--outDir", "target/types"];
    step("declaring types", &mut command(&npm_bin("tsc"), &arguments))?;
    for name in ENTRIES.iter().chain(&PUBLIC_MODULES) {
        let name = format!("{name}.d.ts");
        for format in ["esm", "cjs"] {
            let to = root().join("pkg/dist").join(format).join(&name);
            create(to.parent().unwrap_or(&to))?;
            fs::copy(types.join(&name), to).map_err(|error| format!("{name}: {error}"))?;
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
        fs::copy(root().join(from), root().join("pkg").join(to))
            .map_err(|error| format!("{from}: {error}"))?;
    }
    Ok(())
}

fn read(path: &Path) -> Outcome<String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

fn write(path: &Path, text: &str) -> Outcome {
    fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
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
