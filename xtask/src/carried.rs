//! The pages of the documentation that the package carries.

use std::collections::HashSet;

use crate::files::{copy, create, read, write};
use crate::run::{Outcome, root};

/// From where npm's page of the package reaches the files that the package carries.
const CARRIED: &str = "https://unpkg.com/wallet-callback/";

/// Copies the pages and pictures to which the package's README links. Of these pages, links to others
/// become plain text.
pub fn copy_pages() -> Outcome {
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
