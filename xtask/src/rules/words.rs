//! What belongs to one machine or one tracker stays out of the project.

use crate::problem::Problem;
use crate::tree::Tree;

/// Beginnings of paths that exist on one machine alone. Split, so that this file does not hold them.
const MACHINE_PATHS: &[&str] = &[
    concat!("/wo", "rk/"),
    concat!("/tm", "p/brief"),
    concat!("/tm", "p/venv"),
    concat!("/tm", "p/target"),
    concat!("/ho", "me/"),
    concat!("/ro", "ot/"),
    concat!("/Us", "ers/"),
    concat!("C:\\Us", "ers"),
];

/// Words that a tracker's number follows.
const TRACKER_WORDS: &[&str] = &["issue", "ticket", "session"];

/// Every line of every text file.
pub(crate) fn check(tree: &Tree) -> Vec<Problem> {
    let lines =
        tree.texts().flat_map(|(path, text)| text.lines().enumerate().map(move |(n, line)| (path, n, line)));
    lines.filter_map(|(path, number, line)| Some(Problem::at_line(path, number, fault(line)?))).collect()
}

fn fault(line: &str) -> Option<String> {
    if let Some(path) = MACHINE_PATHS.iter().find(|path| holds_path(line, path)) {
        return Some(format!(
            "'{path}' is a path of one machine: use a path relative to the checkout, or a variable"
        ));
    }
    let word = TRACKER_WORDS.iter().find(|word| is_numbered(line, word))?;
    Some(format!("'{word}' with a number points into a tracker: say what it is about instead"))
}

/// Whether `path` stands in `line` as the beginning of a path, not within a longer one (`docs/work/` is fine).
fn holds_path(line: &str, path: &str) -> bool {
    line.match_indices(path).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        !before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '}' | '~' | '*'))
    })
}

/// Whether the whole `word` is followed by a number: `word 12`, `word #12`, `word-12`.
fn is_numbered(line: &str, word: &str) -> bool {
    let line = line.to_lowercase();
    line.match_indices(word).any(|(at, _)| {
        let inside = line[..at].chars().next_back().is_some_and(char::is_alphanumeric);
        let rest = line[at + word.len()..].trim_start_matches('s').trim_start_matches([' ', '#', '-']);
        !inside && rest.starts_with(|c: char| c.is_ascii_digit())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_one_machine_are_found() {
        for path in MACHINE_PATHS {
            assert!(fault(&format!("open('{path}x.nii')")).is_some(), "{path}");
            assert!(fault(&format!("see docs{path}x.nii")).is_none(), "{path}");
        }
        assert_eq!(fault("see crates/hilum/src and \"/data/scans\""), None);
    }

    #[test]
    fn numbers_of_a_tracker_are_found() {
        assert!(fault(concat!("fixes iss", "ue #12")).is_some());
        assert!(fault(concat!("as Sess", "ion 3 said")).is_some());
        assert_eq!(fault("the tissue 12 mm below; 3 issues were found; a session of reading"), None);
    }

    #[test]
    fn the_line_is_told() {
        let tree = Tree::of_texts(&[("a.md", concat!("one\nin /ho", "me/x\n"))]);
        assert_eq!(check(&tree)[0].place, "a.md:2");
    }
}
