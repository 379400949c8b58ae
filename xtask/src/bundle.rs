//! The package's entries: bundled, with their types.

use std::path::{Path, PathBuf};

use crate::files::{copy, create, read, remove, write};
use crate::loaders;
use crate::module::MODULES;
use crate::run::{Outcome, command, npm_bin, root, step};
use crate::test::CONSUMER;

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

/// Writes the types of the entries, and of what they show.
pub fn declare_types() -> Outcome {
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
