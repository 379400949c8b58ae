//! From the Rust core and the TypeScript layer to the npm package.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::num::NonZeroU64;
use std::path::{Path, PathBuf};

use wasm_bindgen_cli_support::Bindgen;

use crate::loaders;
use crate::model::{self, descriptor, senders};
use crate::panics;
use crate::run::{self, Outcome, command, npm_bin, root, step, timed};
use crate::setup::{self, Npm};
use crate::test::CONSUMER;

/// The core's target.
pub const TARGET: &str = "wasm32-unknown-unknown";

/// Builds `pkg/`, with the npm packages that the task needs.
pub fn build(packages: Npm) -> Outcome {
    println!("building the package");
    compile()?;
    setup::npm(packages)?;
    remove(&root().join("pkg"))?;
    create(&root().join("pkg/dist"))?;
    create(&generated())?;
    run::together(MODULES.map(|module| move || module.bind_and_optimize()))?;
    write_glue()?;
    timed("writing types and schema", describe)?;
    Layer::shipped().bundle()?;
    declare_types()?;
    copy_files()?;
    let features = MODULES.map(|module| module.feature);
    let mut sbom = command("node", &["xtask/sbom.mjs"]);
    step("listing what is in it", sbom.args(features))
}

/// Compiles the modules, which needs no npm package.
pub fn compile() -> Outcome {
    setup::wasm_target()?;
    run::together([core_and_full, || DAPP.compile()])
}

/// Most crates of the full module are the core's, and are compiled once: cargo takes copies of them for its own if
/// the files keep their times.
fn core_and_full() -> Outcome {
    CORE.compile()?;
    let full = FULL.work_dir();
    if !full.exists() {
        // A copy that was interrupted must not be taken for a whole one.
        let part = full.with_extension("part");
        remove(&part)?;
        let mut copy = command("cp", &["-Rp"]);
        step(
            "copying what both are made of",
            copy.arg(CORE.work_dir()).arg(&part),
        )?;
        fs::rename(&part, &full).map_err(|error| format!("{}: {error}", part.display()))?;
    }
    FULL.compile()
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
    feature: &'static str,
    profile: &'static str,
    flags: &'static [&'static str],
    /// The places at which it can trap, at most.
    max_traps: usize,
}

/// What most callbacks need, all that callbacks may need, and what dapps need.
pub const MODULES: [Module; 3] = [CORE, FULL, DAPP];

const CORE: Module = Module {
    name: "core",
    feature: "callbacks",
    profile: "release",
    flags: &[],
    max_traps: 228,
};

const FULL: Module = Module {
    name: "full",
    feature: "full",
    profile: "release",
    flags: &[],
    max_traps: 448,
};

const DAPP: Module = Module {
    name: "dapp",
    feature: "dapp",
    profile: "release-dapp",
    // Field elements in words of 32 bits: products of 64 bits are what WebAssembly has.
    flags: &["--cfg=cpubits=\"32\""],
    max_traps: 220,
};

/// What wasm-opt does to every module.
const WASM_OPT_FLAGS: [&str; 12] = [
    "-O3",
    // Again: what a third time finds is a few bytes.
    "-O3",
    // Functions that stay apart pack better, and take no more time that can be measured: but for small ones,
    // each of which costs a start a hundredth of a millisecond.
    "--one-caller-inline-max-function-size=200",
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
            "--",
            "-Dwarnings",
        ];
        step(
            &format!("compiling {} to WebAssembly", self.name),
            command("cargo", &arguments)
                .env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}"))
                .env("CARGO_TARGET_DIR", self.work_dir()),
        )
    }

    fn bind_and_optimize(&self) -> Outcome {
        timed(&format!("binding {}", self.name), || self.bind())?;
        self.optimize()
    }

    fn bind(&self) -> Outcome {
        let input = self
            .work_dir()
            .join(TARGET)
            .join(self.profile)
            .join("wallet_callback.wasm");
        let bytes = fs::read(&input).map_err(|error| error.to_string())?;
        let mut bindgen = Bindgen::new();
        let bindgen = bindgen
            .input_bytes("core", without_multivalue(bytes)?)
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
        if module.types.iter().any(|kind| kind.results().len() > 1) {
            return Err("expected no function with several results".into());
        }
        let traps = panics::count_traps(module);
        output.emit(self.work_dir()).map_err(failed)?;
        self.limit_traps(&traps)?;
        let lines: String = traps
            .iter()
            .map(|(name, count)| format!("{count:>5}  {name}\n"))
            .collect();
        write(&self.traps(), &lines)
    }

    /// Where it says at which places it can trap, by crate.
    pub fn traps(&self) -> PathBuf {
        self.work_dir().join("traps.txt")
    }

    /// Refuses more places that trap than are known. None of them can be reached, as fuzzing, the lints
    /// and hostile calls say; what is new has to be looked at.
    fn limit_traps(&self, traps: &BTreeMap<String, usize>) -> Outcome {
        let count: usize = traps.values().sum();
        if count <= self.max_traps {
            return Ok(());
        }
        Err(format!(
            "{} can trap at {count} places, at most {} are known: {traps:?}. If the new ones cannot be reached, \
             raise max_traps in xtask/src/build.rs",
            self.name, self.max_traps
        ))
    }

    fn path(&self) -> PathBuf {
        root().join(format!("pkg/dist/{}.wasm", self.name))
    }

    /// Optimizes and deflates what was bound, or takes what was made of the same bytes before.
    fn optimize(&self) -> Outcome {
        let input = self.work_dir().join("core_bg.wasm");
        let seen = self.work_dir().join("optimized_from");
        let optimized = self.optimized_path();
        let mut source = WASM_OPT_FLAGS.join(" ").into_bytes();
        source.extend(fs::read(&input).map_err(|error| error.to_string())?);
        let is_made = self.deflated_path().exists();
        if !(is_made && fs::read(&seen).is_ok_and(|seen| seen == source)) {
            self.run_wasm_opt(&input, &optimized)?;
            timed(&format!("deflating {}", self.name), || {
                self.deflate(&optimized)
            })?;
            fs::write(&seen, source).map_err(|error| error.to_string())?;
        }
        let bytes = fs::read(&optimized).map_err(|error| error.to_string())?;
        panics::refuse_messages(&bytes).map_err(|problem| format!("{}: {problem}", self.name))?;
        copy(&optimized, &self.path())
    }

    fn run_wasm_opt(&self, input: &Path, output: &Path) -> Outcome {
        let mut wasm_opt = command(&npm_bin("wasm-opt"), &WASM_OPT_FLAGS);
        step(
            &format!("optimizing {}", self.name),
            wasm_opt.arg(input).arg("-o").arg(output),
        )
    }

    /// Deflates it as far as can be: the package, bundles and pages carry it so.
    fn deflate(&self, wasm: &Path) -> Outcome {
        let bytes = fs::read(wasm).map_err(|error| error.to_string())?;
        let options = zopfli::Options {
            iteration_count: const { NonZeroU64::new(5).unwrap() },
            ..zopfli::Options::default()
        };
        let mut deflated = Vec::new();
        zopfli::compress(
            options,
            zopfli::Format::Deflate,
            bytes.as_slice(),
            &mut deflated,
        )
        .map_err(|error| error.to_string())?;
        fs::write(self.deflated_path(), deflated).map_err(|error| error.to_string())
    }

    fn optimized_path(&self) -> PathBuf {
        self.work_dir().join("optimized.wasm")
    }

    fn deflated_path(&self) -> PathBuf {
        self.work_dir().join("optimized.deflate")
    }

    /// The module that was built, deflated, and its length before.
    pub fn deflated(&self) -> Outcome<(Vec<u8>, u64)> {
        let failed = |error: std::io::Error| error.to_string();
        let length = fs::metadata(self.optimized_path()).map_err(failed)?.len();
        Ok((fs::read(self.deflated_path()).map_err(failed)?, length))
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

/// Says that the module has no functions with several results, which wasm-bindgen would make of those that return
/// more than a number. V8 as in Node 20 compiles a wrapper for each kind of these when it loads the module, which
/// takes a quarter of the time that the core takes to start.
fn without_multivalue(mut module: Vec<u8>) -> Outcome<Vec<u8>> {
    // An entry of the section `target_features`: a sign, the length of the name, the name.
    const USED: &[u8] = b"+\x0amultivalue";
    let windows = module.windows(USED.len()).enumerate();
    let places = windows.filter(|(_, window)| *window == USED);
    let places: Vec<_> = places.map(|(place, _)| place).collect();
    let [place] = places[..] else {
        return Err("expected a module that says once that it may have several results".into());
    };
    let sign = module
        .get_mut(place)
        .ok_or("expected the place of a sign")?;
    *sign = b'-';
    Ok(module)
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
    let events = format!("{}\n", model::schema());
    write(&dist.join("schema.json"), &events)?;
    let descriptors = format!("{}\n", descriptor::schema()?);
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
pub const ENTRIES: [&str; 24] = [
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

/// The TypeScript layer: what it is bundled from, and to where.
pub struct Layer {
    pub sources: PathBuf,
    /// Where the modules are.
    pub dist: PathBuf,
    /// Whether the bundles say from which lines they are made.
    pub maps: bool,
}

impl Layer {
    /// That of the package.
    pub fn shipped() -> Self {
        Self {
            sources: root().join("pkg-template/src"),
            dist: root().join("pkg/dist"),
            maps: false,
        }
    }

    /// Bundles what loads the modules, and the entries.
    pub fn bundle(&self) -> Outcome {
        // One of the bundles has a loader in it.
        loaders::write(&MODULES, self)?;
        let mut bundle = command("node", &["xtask/bundle.mjs"]);
        bundle.arg("--sources").arg(&self.sources);
        bundle.arg("--dist").arg(&self.dist);
        if self.maps {
            bundle.arg("--maps");
        }
        step("bundling the entries", bundle.args(ENTRIES))?;
        write(
            &self.dist.join("cjs/package.json"),
            "{ \"type\": \"commonjs\" }\n",
        )
    }

    /// Bundles into a copy of the package that was installed, in a folder of its own.
    pub fn variant(sources: PathBuf, consumer: &Path, maps: bool) -> Outcome {
        remove(consumer)?;
        create(consumer.parent().unwrap_or(consumer))?;
        // With the links in its folder of programs.
        let mut copy = command("cp", &["-a", CONSUMER]);
        step("copying the package", copy.arg(consumer))?;
        let dist = consumer.join("node_modules/wallet-callback/dist");
        // Its files are named by what they hold: those of the package would stay beside others.
        remove(&dist.join("cli"))?;
        Self {
            sources,
            dist,
            maps,
        }
        .bundle()
    }
}

fn declare_types() -> Outcome {
    let types = root().join("target/types");
    remove(&types)?;
    let arguments = ["--project", "pkg-template", "--outDir", "target/types"];
    step("declaring types", &mut command(&npm_bin("tsc"), &arguments))?;
    let dist = root().join("pkg/dist");
    for name in ENTRIES.iter().chain(PUBLIC_MODULES) {
        let to = dist.join(format!("cjs/{name}.d.ts"));
        create(to.parent().unwrap_or(&to))?;
        copy(&types.join(format!("{name}.d.ts")), &to)?;
    }
    for name in ENTRIES {
        let types = read(&types.join(format!("{name}.d.ts")))?;
        let to = dist.join(format!("esm/{name}.d.ts"));
        write(&to, &types_again(name, &types))?;
    }
    Ok(())
}

/// The types of an ES module, which are those of its twin in CommonJS: these can be imported in both formats.
fn types_again(name: &str, types: &str) -> String {
    let up = "../".repeat(name.matches('/').count().saturating_add(1));
    let twin = format!("\"{up}cjs/{name}.js\"");
    let default = types
        .lines()
        .find_map(|line| line.strip_prefix("export default ")?.strip_suffix(';'));
    let default = default.map(|name| format!("export {{ {name} as default }} from {twin};\n"));
    format!("export * from {twin};\n{}", default.unwrap_or_default())
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
    carry_pages()
}

/// From where npm's page of the package reaches the files that the package carries.
const CARRIED: &str = "https://unpkg.com/wallet-callback/";

/// Copies the pages and pictures to which the package's README links. Of these pages, links to others
/// become plain text.
fn carry_pages() -> Outcome {
    let readme = read(&root().join("pkg-template/README.md"))?;
    let linked = readme.split(CARRIED).skip(1);
    let paths: HashSet<&str> = linked
        .filter_map(|link| link.split([')', '#']).next())
        .filter(|path| !path.starts_with("examples/"))
        .collect();
    for path in &paths {
        let (from, to) = (root().join(path), root().join("pkg").join(path));
        create(to.parent().unwrap_or(&to))?;
        if path.ends_with(".md") {
            write(&to, &keep_links(&read(&from)?, path, &paths))?;
        } else {
            copy(&from, &to)?;
        }
    }
    Ok(())
}

/// Turns links to pages that are not among `carried` into their text.
fn keep_links(text: &str, page: &str, carried: &HashSet<&str>) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("](") {
        out.push_str(before);
        let (link, behind) = after.split_once(')').unwrap_or((after, ""));
        let target = link.split('#').next().unwrap_or_default();
        let path = resolve(page, target);
        let is_lost = target.ends_with(".md")
            && !target.contains("://")
            && path != "README.md"
            && !carried.contains(path.as_str());
        match out.rfind('[') {
            Some(start) if is_lost => drop(out.remove(start)),
            _ => out.push_str(&format!("]({link})")),
        }
        rest = behind;
    }
    out + rest
}

/// Where a page's relative link leads, from the root.
fn resolve(page: &str, target: &str) -> String {
    let mut path: Vec<&str> = page.split('/').collect();
    path.pop();
    for part in target.split('/') {
        match part {
            ".." => drop(path.pop()),
            part => path.push(part),
        }
    }
    path.join("/")
}

/// Copies a folder with all that is in it.
pub fn copy_folder(from: &Path, to: &Path) -> Outcome {
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

/// The text of a file.
pub fn read(path: &Path) -> Outcome<String> {
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
