//! What a guide names exists: links and anchors in Markdown, paths in code spans, and `docs/...md#anchor` in sources.

use crate::problem::Problem;
use crate::tree::Tree;

/// A code span in a guide is taken for a path of the checkout when it begins so.
const OWN_FOLDERS: &[&str] = &[
    "crates/",
    "docs/",
    "tools/",
    "tests/",
    "xtask/",
    "fuzz/",
    "src/",
    "examples/",
    "templates/",
    ".ci/",
    ".github/",
];

/// Everything that a guide or a source names.
pub(crate) fn check(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (path, text) in tree.texts() {
        if path.ends_with(".md") {
            problems.extend(in_guide(tree, path, text));
        } else if path.ends_with(".rs") && !path.starts_with("xtask/") {
            problems.extend(in_source(tree, path, text));
        }
    }
    problems
}

fn in_guide(tree: &Tree, path: &str, text: &str) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (number, line) in prose_lines(text) {
        let links = link_targets(line).filter_map(|target| broken_link(tree, path, target));
        let spans = code_spans(line).filter_map(|span| broken_span(tree, path, span));
        problems.extend(links.chain(spans).map(|message| Problem::at_line(path, number, message)));
    }
    problems
}

fn in_source(tree: &Tree, path: &str, text: &str) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (number, line) in text.lines().enumerate() {
        for (at, _) in line.match_indices("docs/") {
            let in_name = |c: char| c.is_alphanumeric() || matches!(c, '/' | '.' | '_' | '-' | '#');
            let whole = line[..at].chars().next_back().is_none_or(|c| !in_name(c));
            let target = line[at..].split(|c| !in_name(c)).next().unwrap_or_default().trim_end_matches('.');
            if whole && target.contains(".md") {
                problems.extend(broken(tree, target).map(|message| Problem::at_line(path, number, message)));
            }
        }
    }
    problems
}

/// The lines outside fenced blocks, with their numbers.
fn prose_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut fenced = false;
    text.lines().enumerate().filter(move |(_, line)| {
        let fence = line.trim_start().starts_with("```");
        fenced ^= fence;
        !fenced && !fence
    })
}

/// The targets of `[words](target)`.
fn link_targets(line: &str) -> impl Iterator<Item = &str> {
    line.split("](").skip(1).filter_map(|rest| rest.split(')').next())
}

/// What stands between single backticks.
fn code_spans(line: &str) -> impl Iterator<Item = &str> {
    line.split('`').skip(1).step_by(2)
}

fn broken_link(tree: &Tree, from: &str, target: &str) -> Option<String> {
    if target.contains("://") || target.starts_with("mailto:") {
        return None;
    }
    let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
    let resolved = match target.strip_prefix('#') {
        Some(anchor) => format!("{from}#{anchor}"),
        None => resolve(folder, target),
    };
    broken(tree, &resolved)
}

/// A path in a code span is told from the root, from the guide's own folder, or from a folder above it. A part in
/// capitals (`tests/NAME.bin`) stands for a name.
fn broken_span(tree: &Tree, from: &str, span: &str) -> Option<String> {
    let is_path = OWN_FOLDERS.iter().any(|own| span.starts_with(own))
        && span.chars().all(|c| c.is_alphanumeric() || matches!(c, '/' | '.' | '_' | '-' | '#'));
    let path = span.split('#').next().unwrap_or_default();
    let is_example =
        path.split(['/', '.']).any(|part| part.len() > 1 && part.chars().all(char::is_uppercase));
    let is_path = is_path && (!is_example || path.contains("README"));
    let known_above = |(end, _): (usize, &str)| tree.holds(&format!("{}{path}", &from[..=end]));
    (is_path && !from.match_indices('/').any(known_above)).then(|| broken(tree, span))?
}

/// What is wrong with `target`, a path from the root with or without an anchor.
fn broken(tree: &Tree, target: &str) -> Option<String> {
    let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
    if !tree.holds(path) {
        return Some(format!("names '{path}', which does not exist"));
    }
    if anchor.is_empty() || tree.text(path).is_some_and(|text| anchors(text).any(|known| known == anchor)) {
        return None;
    }
    Some(format!("names '#{anchor}', which is no heading of '{path}'"))
}

/// Joins a relative target to the folder it is named in.
fn resolve(folder: &str, target: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            name => parts.push(name),
        }
    }
    parts.join("/")
}

/// The anchors of a guide's headings, as the usual renderers make them.
fn anchors(text: &str) -> impl Iterator<Item = String> {
    prose_lines(text).filter(|(_, line)| line.starts_with('#')).map(|(_, line)| {
        let words = line.trim_start_matches('#').trim().to_lowercase();
        let kept = words.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
        kept.map(|c| if c == ' ' { '-' } else { c }).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(texts: &[(&str, &str)]) -> Vec<String> {
        check(&Tree::of_texts(texts)).into_iter().map(|p| format!("{}: {}", p.place, p.message)).collect()
    }

    #[test]
    fn links_that_lead_somewhere_pass() {
        let guide = "[a](../README.md), [b](#the-lung-mask), [c](https://x.org/y), `docs/guide.md`\n# The lung mask\n";
        let source = "//! See docs/guide.md#the-lung-mask.";
        let texts = [("docs/guide.md", guide), ("README.md", "[d](docs/)"), ("src/a.rs", source)];
        assert_eq!(messages(&texts), Vec::<String>::new());
    }

    #[test]
    fn a_link_to_nowhere_is_found() {
        let found = messages(&[("docs/guide.md", "\nsee [this](other.md)")]);
        assert_eq!(found, ["docs/guide.md:2: names 'docs/other.md', which does not exist"]);
    }

    #[test]
    fn a_heading_that_is_gone_is_found() {
        let found = messages(&[("a.md", "see [this](#old-name)\n# New name")]);
        assert_eq!(found, ["a.md:1: names '#old-name', which is no heading of 'a.md'"]);
        let found = messages(&[("docs/a.md", "# New"), ("src/b.rs", "\"docs/a.md#old\"")]);
        assert_eq!(found, ["src/b.rs:1: names '#old', which is no heading of 'docs/a.md'"]);
    }

    #[test]
    fn a_path_in_a_code_span_must_exist() {
        let found = messages(&[(
            "a.md",
            "see `crates/gone/src/lib.rs`, `hilum run`, `crates/*/Cargo.toml`, `src/NAME.rs`",
        )]);
        assert_eq!(found, ["a.md:1: names 'crates/gone/src/lib.rs', which does not exist"]);
    }

    #[test]
    fn a_path_may_be_told_from_the_folder_of_its_crate() {
        let source = ("crates/a/src/cut.rs", "");
        assert!(messages(&[("crates/a/tests/README.md", "see `src/cut.rs`"), source]).is_empty());
        let found = messages(&[("docs/README.md", "see `src/cut.rs`"), source]);
        assert_eq!(found, ["docs/README.md:1: names 'src/cut.rs', which does not exist"]);
    }

    #[test]
    fn what_stands_in_a_fence_is_an_example() {
        assert!(messages(&[("a.md", "```\n[x](gone.md)\n```\n")]).is_empty());
    }
}
