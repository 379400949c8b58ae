//! The WebAssembly modules: compiled, bound to JavaScript, optimized and deflated.

use std::collections::BTreeMap;
use std::fs;
use std::num::NonZeroU64;
use std::path::{Path, PathBuf};

use wasm_bindgen_cli_support::Bindgen;

use crate::build::generated;
use crate::files::{copy, read, remove, write};
use crate::panics;
use crate::run::{self, Outcome, command, npm_bin, root, step, timed};
use crate::setup;

/// The core's target.
pub const TARGET: &str = "wasm32-unknown-unknown";

/// A WebAssembly module of the package, made from the same crate as the others.
pub struct Module {
    pub name: &'static str,
    /// The feature of the crate that it is made with.
    pub feature: &'static str,
    profile: &'static str,
    flags: &'static [&'static str],
    /// The places at which it can trap, at most.
    max_traps: usize,
}

/// What most callbacks need, all that callbacks may need, and what dapps need.
pub const MODULES: [Module; 3] = [CORE, FULL, DAPP];

pub const CORE: Module = Module {
    name: "core",
    feature: "callbacks",
    profile: "release",
    flags: &[],
    max_traps: 228,
};

pub const FULL: Module = Module {
    name: "full",
    feature: "full",
    profile: "release",
    flags: &[],
    max_traps: 448,
};

pub const DAPP: Module = Module {
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

/// Compiles the modules, which needs no npm package.
pub fn compile_all() -> Outcome {
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

    pub fn bind_and_optimize(&self) -> Outcome {
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
             raise max_traps in xtask/src/module.rs",
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

    pub fn glue(&self) -> Outcome<String> {
        read(&self.work_dir().join("core_bg.js"))
    }

    /// Writes the types of what it exports.
    pub fn describe_exports(&self) -> Outcome {
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
