//! What stands between the modules and JavaScript: wasm-bindgen's glue, made anew for each instance.

use std::collections::HashSet;

use crate::build::generated;
use crate::files::write;
use crate::module::{CORE, DAPP, FULL};
use crate::run::Outcome;

/// Writes the glue of the full module, which serves the core, too: the core's is a part of it; and
/// that of the dapp's.
pub fn write_all() -> Outcome {
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
