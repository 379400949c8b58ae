//! The core's modules import one way, from the boundary down to the errors, so that each can be read
//! and tested with nothing but what stands below it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::run::{Outcome, root};

/// The modules of `src/` from the top down. Each imports from layers below its own only, which leaves
/// no room for a circle.
const LAYERS: &[&[&str]] = &[
    &["wasm"],
    &["options"],
    &["dapp"],
    &["answer"],
    &["explain"],
    &["layout", "sign", "transport", "verify"],
    &["event", "handshake"],
    &["chain", "freshness", "origin"],
    &["signature"],
    &["claim"],
    &["request", "sender"],
    &["key"],
    &["algorithm"],
    &["encoding", "json", "timestamp", "unseen", "url"],
    &["error"],
];

/// What each module imports.
type Graph = BTreeMap<String, BTreeSet<String>>;

/// Reads the imports in `src/` and compares them with the layers.
pub fn check() -> Outcome {
    let graph = read(&root().join("src"))?;
    let problems = problems(&graph, LAYERS);
    if problems.is_empty() {
        return Ok(());
    }
    Err(format!("imports in src:\n  {}", problems.join("\n  ")))
}

fn read(sources: &Path) -> Result<Graph, String> {
    let mut graph = Graph::new();
    for entry in entries(sources)? {
        let module = entry.file_stem().unwrap_or_default();
        let module = module.to_string_lossy().into_owned();
        if module != "lib" {
            read_into(&entry, graph.entry(module).or_default())?;
        }
    }
    Ok(graph)
}

fn read_into(path: &Path, imported: &mut BTreeSet<String>) -> Outcome {
    if path.is_dir() {
        return entries(path)?
            .iter()
            .try_for_each(|entry| read_into(entry, imported));
    }
    if path.extension().is_some_and(|extension| extension == "rs") {
        let text =
            fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
        imported.extend(imports(&text));
    }
    Ok(())
}

fn entries(directory: &Path) -> Result<Vec<PathBuf>, String> {
    let fail = |error| format!("{}: {error}", directory.display());
    let entries = fs::read_dir(directory).map_err(fail)?;
    let paths = entries.map(|entry| entry.map(|entry| entry.path()));
    paths.collect::<Result<_, _>>().map_err(fail)
}

/// The modules behind `crate::` in a source text.
fn imports(text: &str) -> BTreeSet<String> {
    let code: String = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .flat_map(|line| [line, "\n"])
        .collect();
    let mut found = BTreeSet::new();
    for (at, path) in code.match_indices("crate::") {
        let behind = &code[at + path.len()..];
        match behind.strip_prefix('{') {
            Some(group) => found.extend(names(group)),
            None => found.extend(name(behind)),
        }
    }
    found
}

/// The first name of each path in a group, up to the brace that closes it.
fn names(group: &str) -> Vec<String> {
    let mut found = Vec::new();
    let (mut depth, mut starts) = (0, true);
    for (at, character) in group.char_indices() {
        match character {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => starts = true,
            _ if starts && depth == 0 && !character.is_whitespace() => {
                found.extend(name(&group[at..]));
                starts = false;
            }
            _ => {}
        }
    }
    found
}

fn name(path: &str) -> Option<String> {
    let end = path.find(|character: char| !character.is_alphanumeric() && character != '_');
    let name = &path[..end.unwrap_or(path.len())];
    (!name.is_empty()).then(|| name.to_owned())
}

fn problems(graph: &Graph, layers: &[&[&str]]) -> Vec<String> {
    let layer = |module: &str| layers.iter().position(|layer| layer.contains(&module));
    let mut problems = Vec::new();
    for module in graph.keys().filter(|module| layer(module).is_none()) {
        problems.push(format!(
            "{module} is in no layer: add it in xtask/src/imports.rs"
        ));
    }
    for module in layers.iter().flat_map(|layer| layer.iter()) {
        if !graph.contains_key(*module) {
            problems.push(format!("{module} has a layer, and there is no such module"));
        }
    }
    for (module, imported) in graph {
        for other in imported.iter().filter(|other| *other != module) {
            if let (Some(own), Some(below)) = (layer(module), layer(other))
                && below <= own
            {
                problems.push(format!("{module} imports {other}, which is not below it"));
            }
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(edges: &[(&str, &[&str])]) -> Graph {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        edges
            .iter()
            .map(|(module, imported)| ((*module).to_owned(), owned(imported)))
            .collect()
    }

    const LAYERS: &[&[&str]] = &[&["top"], &["left", "right"], &["bottom"]];

    #[test]
    fn arrows_that_run_down_are_no_problem() {
        let graph = graph(&[
            ("top", &["left", "right", "bottom", "top"]),
            ("left", &["bottom"]),
            ("right", &[]),
            ("bottom", &[]),
        ]);
        assert_eq!(problems(&graph, LAYERS), [""; 0]);
    }

    #[test]
    fn an_upward_arrow_and_both_arrows_of_a_circle_are_found() {
        let graph = graph(&[
            ("top", &[]),
            ("left", &["right"]),
            ("right", &["left"]),
            ("bottom", &["top"]),
        ]);
        assert_eq!(
            problems(&graph, LAYERS),
            [
                "bottom imports top, which is not below it",
                "left imports right, which is not below it",
                "right imports left, which is not below it",
            ]
        );
    }

    #[test]
    fn every_module_has_a_layer_and_every_layer_its_modules() {
        let graph = graph(&[("top", &[]), ("left", &[]), ("bottom", &[]), ("new", &[])]);
        assert_eq!(
            problems(&graph, LAYERS),
            [
                "new is in no layer: add it in xtask/src/imports.rs",
                "right has a layer, and there is no such module",
            ]
        );
    }

    #[test]
    fn imports_are_found_wherever_they_stand() {
        let text = "
            use crate::error::{A, B};
            use crate::{json::{self, Value}, url};
            // use crate::comment;
            /// See [`crate::link`].
            fn f() { crate::event::read() }
        ";
        let expected = ["error", "event", "json", "url"].map(str::to_owned);
        assert_eq!(imports(text), BTreeSet::from(expected));
    }

    #[test]
    fn the_core_keeps_to_its_layers() {
        let graph = read(&root().join("src")).unwrap();
        assert!(graph["wasm"].len() > 5, "the sources have been read");
        assert_eq!(problems(&graph, super::LAYERS), [""; 0]);
    }
}
