//! Every crate opts into the workspace's lints, and its folder says in one sentence what it is for.

use crate::problem::Problem;
use crate::tree::Tree;

/// Folders besides those of crates that a newcomer would ask about.
const OTHER_FOLDERS: &[&str] = &["tools/oracle", "tests/oracle/imaging"];

/// Lints and READMEs of all crates.
pub(crate) fn check(tree: &Tree) -> Vec<Problem> {
    // The fuzz crate is a workspace of its own, run by hand.
    let crates = tree.crate_folders().filter(|folder| *folder != "fuzz");
    let lints = crates.filter_map(|folder| lints_problem(tree, folder));
    let folders = tree.crate_folders().chain(OTHER_FOLDERS.iter().copied());
    let readmes =
        folders.filter(|folder| tree.holds(folder)).filter_map(|folder| readme_problem(tree, folder));
    lints.chain(readmes).collect()
}

fn lints_problem(tree: &Tree, folder: &str) -> Option<Problem> {
    let path = format!("{folder}/Cargo.toml");
    let mut lines = tree.text(&path)?.lines().map(str::trim).skip_while(|line| *line != "[lints]").skip(1);
    let opted_in = lines.next() == Some("workspace = true");
    (!opted_in)
        .then(|| Problem::new(path, "does not opt into the lints: add '[lints]' and 'workspace = true'"))
}

fn readme_problem(tree: &Tree, folder: &str) -> Option<Problem> {
    let path = format!("{folder}/README.md");
    let Some(text) = tree.text(&path) else {
        return Some(Problem::new(
            path,
            "missing: one sentence on what the folder is for, then what a newcomer needs",
        ));
    };
    let first = text.lines().next().unwrap_or_default().trim_start_matches("# ");
    let is_sentence = first.ends_with('.') && first.split_whitespace().count() >= 4;
    (!is_sentence).then(|| {
        Problem::at_line(
            &path,
            0,
            "the first line must be one sentence that says what the folder is for, with a full stop",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANIFEST: &str = "[package]\nname = \"a\"\n\n[lints]\nworkspace = true\n";

    fn places(texts: &[(&str, &str)]) -> Vec<String> {
        check(&Tree::of_texts(texts)).into_iter().map(|p| p.place).collect()
    }

    #[test]
    fn a_crate_with_lints_and_a_sentence_passes() {
        let readme = ("crates/a/README.md", "Reads files and writes others.\n\nMore.");
        assert!(places(&[("crates/a/Cargo.toml", MANIFEST), readme]).is_empty());
    }

    #[test]
    fn a_manifest_without_lints_is_found() {
        let readme = ("crates/a/README.md", "# Reads files and writes others.");
        assert_eq!(places(&[("crates/a/Cargo.toml", "[package]\n"), readme]), ["crates/a/Cargo.toml"]);
        let others = "[lints.rust]\nunsafe_code = \"allow\"\n";
        assert_eq!(places(&[("crates/a/Cargo.toml", others), readme]), ["crates/a/Cargo.toml"]);
    }

    #[test]
    fn a_folder_that_does_not_say_what_it_is_for_is_found() {
        assert_eq!(places(&[("crates/a/Cargo.toml", MANIFEST)]), ["crates/a/README.md"]);
        let title = ("crates/a/README.md", "# hilum-a\n\nReads files.");
        assert_eq!(places(&[("crates/a/Cargo.toml", MANIFEST), title]), ["crates/a/README.md:1"]);
    }
}
