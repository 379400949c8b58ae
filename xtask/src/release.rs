//! What a release has to be before it is published.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Stdio;

use serde_json::Value;

use crate::build;
use crate::run::{Outcome, command, root};
use crate::setup::Npm;

/// Checks that the project can be released, and says what a release would do. It publishes nothing.
pub fn release(arguments: &[String]) -> Outcome {
    if arguments != ["--dry-run"] {
        return Err("expected --dry-run: publishing is a person's".into());
    }
    let version = env!("CARGO_PKG_VERSION");
    let manifest = read_json("pkg-template/package.json")?;
    check_versions(version, &manifest)?;
    let day = check_changelog(version, &read("CHANGELOG.md")?)?;
    check_publishing(&manifest)?;
    build::build(Npm::Everything)?;
    let tarball = build::pack()?;
    check_content(&content(&tarball)?, &manifest)?;

    println!("\n{version} can be released. What is left to a person:");
    if day == UNRELEASED {
        println!("  write the day in place of \"{UNRELEASED}\" in CHANGELOG.md");
    }
    if manifest.get("repository").is_none() {
        println!(
            "  set `repository` in pkg-template/package.json: npm attests no origin without it"
        );
    }
    println!("  cargo xtask test");
    println!("  git tag v{version}");
    println!("  npm publish {} (in CI, for provenance)", shown(&tarball));
    Ok(())
}

/// The crate and the package are released together.
fn check_versions(version: &str, manifest: &Value) -> Outcome {
    match manifest.get("version").and_then(Value::as_str) {
        Some(of_package) if of_package == version => Ok(()),
        other => Err(format!(
            "expected version {version} in pkg-template/package.json, as in Cargo.toml, got {other:?}"
        )),
    }
}

/// What stands in the place of the day until there is one.
const UNRELEASED: &str = "unreleased";

/// The changelog has a section of this version, and says something in it. Returns its day.
fn check_changelog(version: &str, changelog: &str) -> Outcome<String> {
    let head = format!("[{version}] - ");
    let section = changelog
        .split("\n## ")
        .find_map(|section| section.strip_prefix(&head))
        .ok_or_else(|| format!("CHANGELOG.md: expected a section \"## {head}DAY\""))?;
    let (day, text) = section.split_once('\n').unwrap_or((section, ""));
    if day != UNRELEASED && !is_date(day) {
        return Err(format!(
            "CHANGELOG.md: expected a day behind \"## {head}\", got \"{day}\""
        ));
    }
    if !text.lines().any(|line| line.starts_with("- ")) {
        return Err(format!(
            "CHANGELOG.md: expected changes in {version}, got none"
        ));
    }
    Ok(day.to_owned())
}

fn is_date(text: &str) -> bool {
    let parts: Vec<_> = text.split('-').map(str::len).collect();
    parts == [4, 2, 2]
        && text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'-')
}

/// It is public, and npm attests where it was built.
fn check_publishing(manifest: &Value) -> Outcome {
    let publishing = manifest.get("publishConfig");
    let setting = |name: &str| publishing.and_then(|settings| settings.get(name));
    if setting("access").and_then(Value::as_str) != Some("public") {
        return Err("pkg-template/package.json: expected publishConfig.access \"public\"".into());
    }
    if setting("provenance").and_then(Value::as_bool) != Some(true) {
        return Err("pkg-template/package.json: expected publishConfig.provenance true".into());
    }
    for kind in ["dependencies", "optionalDependencies", "scripts"] {
        if manifest.get(kind).is_some() {
            return Err(format!("pkg-template/package.json: expected no {kind}"));
        }
    }
    Ok(())
}

/// What may be in the tarball: files by name, folders by their slash.
const CONTENT: [&str; 11] = [
    "package.json",
    "README.md",
    "README.zh-CN.md",
    "LICENSE-MIT",
    "LICENSE-APACHE",
    "CHANGELOG.md",
    "sbom.cdx.json",
    "dist/",
    "docs/",
    "examples/",
    "www/screenshot.png",
];

/// Nothing is in the tarball that should not be, and everything that the manifest names.
fn check_content(files: &BTreeSet<String>, manifest: &Value) -> Outcome {
    let belongs = |file: &String| {
        let listed = CONTENT.iter().any(|allowed| match allowed.ends_with('/') {
            true => file.starts_with(allowed),
            false => file == allowed,
        });
        let hidden = file.split('/').any(|part| part.starts_with('.'));
        listed && !hidden && !file.ends_with(".map") && !file.ends_with(".tgz")
    };
    if let Some(stray) = files.iter().find(|file| !belongs(file)) {
        return Err(format!("tarball: {stray} does not belong in it"));
    }
    let mut named = BTreeSet::new();
    collect_paths(manifest, &mut named);
    named.extend(
        [
            "LICENSE-MIT",
            "LICENSE-APACHE",
            "README.md",
            "sbom.cdx.json",
        ]
        .map(str::to_owned),
    );
    match named.iter().find(|path| !files.contains(*path)) {
        Some(missing) => Err(format!("tarball: {missing} is missing")),
        None => Ok(()),
    }
}

/// Every file that a manifest names by `./…` or `dist/…`.
fn collect_paths(value: &Value, paths: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => {
            let path = text.strip_prefix("./").unwrap_or(text);
            if path.starts_with("dist/") && !path.contains('*') {
                paths.insert(path.to_owned());
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect_paths(item, paths)),
        Value::Object(members) => members.values().for_each(|item| collect_paths(item, paths)),
        _ => {}
    }
}

/// The files of a tarball, without npm's folder around them.
fn content(tarball: &Path) -> Outcome<BTreeSet<String>> {
    let output = command("tar", &["-tzf"])
        .arg(tarball)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("tar: {error}"))?;
    let listing = String::from_utf8_lossy(&output.stdout);
    let files = listing
        .lines()
        .filter_map(|line| line.strip_prefix("package/"));
    Ok(files.map(str::to_owned).collect())
}

fn shown(path: &Path) -> String {
    path.strip_prefix(root())
        .unwrap_or(path)
        .display()
        .to_string()
}

fn read(path: &str) -> Outcome<String> {
    fs::read_to_string(root().join(path)).map_err(|error| format!("{path}: {error}"))
}

fn read_json(path: &str) -> Outcome<Value> {
    serde_json::from_str(&read(path)?).map_err(|error| format!("{path}: {error}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn refuses_versions_that_differ() {
        assert_eq!(
            check_versions("1.2.3", &json!({ "version": "1.2.3" })),
            Ok(())
        );
        for manifest in [json!({ "version": "1.2.4" }), json!({})] {
            let problem = check_versions("1.2.3", &manifest).unwrap_err();
            assert!(
                problem.starts_with("expected version 1.2.3 in"),
                "{problem}"
            );
        }
    }

    #[test]
    fn refuses_a_changelog_without_the_version() {
        let changelog =
            "# Changelog\n\n## [1.2.3] - 2026-11-29\n\n- A change.\n\n## [1.2.2] - 2026-11-01\n";
        assert_eq!(check_changelog("1.2.3", changelog), Ok("2026-11-29".into()));
        for (version, changelog, says) in [
            ("1.2.4", changelog, "expected a section"),
            ("1.2", changelog, "expected a section"),
            ("1.2.2", changelog, "expected changes in 1.2.2"),
            (
                "1.2.3",
                "\n## [1.2.3] - soon\n\n- A change.\n",
                "got \"soon\"",
            ),
        ] {
            let problem = check_changelog(version, changelog).unwrap_err();
            assert!(problem.contains(says), "{problem}");
        }
    }

    #[test]
    fn refuses_to_publish_without_provenance() {
        let good = json!({ "publishConfig": { "access": "public", "provenance": true } });
        assert_eq!(check_publishing(&good), Ok(()));
        for (name, value, says) in [
            (
                "publishConfig",
                json!({ "access": "public" }),
                "provenance true",
            ),
            (
                "publishConfig",
                json!({ "provenance": true }),
                "access \"public\"",
            ),
            (
                "dependencies",
                json!({ "left-pad": "1" }),
                "no dependencies",
            ),
            ("scripts", json!({ "postinstall": "true" }), "no scripts"),
        ] {
            let mut manifest = good.clone();
            manifest[name] = value;
            let problem = check_publishing(&manifest).unwrap_err();
            assert!(problem.contains(says), "{problem}");
        }
    }

    #[test]
    fn refuses_a_tarball_with_more_or_less() {
        let manifest = json!({ "exports": { ".": { "import": "./dist/esm/index.js" } } });
        let good = [
            "LICENSE-MIT",
            "LICENSE-APACHE",
            "README.md",
            "sbom.cdx.json",
            "dist/esm/index.js",
        ];
        let files = |more: &[&str]| good.iter().chain(more).map(ToString::to_string).collect();
        assert_eq!(check_content(&files(&["docs/cli.md"]), &manifest), Ok(()));
        for stray in [
            ".env",
            "docs/.vitepress/config.ts",
            "src/lib.rs",
            "dist/esm/index.js.map",
        ] {
            let problem = check_content(&files(&[stray]), &manifest).unwrap_err();
            assert_eq!(problem, format!("tarball: {stray} does not belong in it"));
        }
        let mut fewer: BTreeSet<String> = files(&[]);
        fewer.remove("dist/esm/index.js");
        let problem = check_content(&fewer, &manifest).unwrap_err();
        assert_eq!(problem, "tarball: dist/esm/index.js is missing");
    }
}
