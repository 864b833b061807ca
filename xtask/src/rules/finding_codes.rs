//! Every finding code in the sources is documented with its level, and every documented code exists.

use crate::problem::Problem;
use crate::tree::Tree;
use std::collections::{BTreeMap, BTreeSet};

const GUIDE: &str = "docs/findings.md";
const LEVELS: &[&str] = &["note", "warn", "reject"];

/// Levels by code.
type Codes = BTreeMap<String, BTreeSet<&'static str>>;

/// Both directions.
pub(crate) fn check(tree: &Tree) -> Vec<Problem> {
    let Some(guide) = tree.text(GUIDE) else {
        return vec![Problem::new(GUIDE, "missing: it lists every finding code")];
    };
    let documented = documented(guide);
    let mut raised = Codes::new();
    let mut literals = BTreeSet::new();
    for (path, text) in tree.texts() {
        if path.starts_with("crates/") && path.contains("/src/") && path.ends_with(".rs") {
            let source = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
            collect(source, &mut raised);
            literals.extend(source.split('"').skip(1).step_by(2).map(str::to_owned));
        }
    }
    compare(&documented, &raised, &literals)
}

/// Rows `| `code` | level, level | ...` of the guide.
fn documented(guide: &str) -> Codes {
    let mut codes = Codes::new();
    for line in guide.lines() {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let [_, code, levels, ..] = cells[..] else { continue };
        let Some(code) = code.strip_prefix('`').and_then(|code| code.strip_suffix('`')) else { continue };
        let told = LEVELS.iter().copied().filter(|level| levels.split(", ").any(|told| told == *level));
        codes.insert(code.to_owned(), told.collect());
    }
    codes
}

/// Adds the codes of `Finding::level("code", ...)`, wherever the code is written out.
fn collect(source: &str, codes: &mut Codes) {
    for level in LEVELS.iter().copied() {
        for (at, call) in source.match_indices(&format!("Finding::{level}(")) {
            let argument = source[at + call.len()..].trim_start();
            if let Some(code) = argument.strip_prefix('"').and_then(|rest| rest.split('"').next()) {
                codes.entry(code.to_owned()).or_default().insert(level);
            }
        }
    }
}

fn compare(documented: &Codes, raised: &Codes, literals: &BTreeSet<String>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (code, levels) in raised {
        let told = documented.get(code).cloned().unwrap_or_default();
        for level in levels.iter().filter(|level| !told.contains(*level)) {
            problems
                .push(Problem::new(GUIDE, format!("'{code}' is raised as {level} but not documented so")));
        }
    }
    // A code may reach its finding through a variable; then it is still written out somewhere.
    for code in documented.keys().filter(|code| !literals.contains(*code)) {
        problems.push(Problem::new(GUIDE, format!("'{code}' is documented, but no source raises it")));
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    const GUIDE_TEXT: &str =
        "| code | level | meaning |\n|---|---|---|\n| `oblique` | note, warn | tilted |\n";

    fn messages(source: &str) -> Vec<String> {
        let texts = [(GUIDE, GUIDE_TEXT), ("crates/a/src/gate.rs", source)];
        check(&Tree::of_texts(&texts)).into_iter().map(|p| p.message).collect()
    }

    #[test]
    fn documented_codes_pass() {
        assert!(messages("Finding::note(\"oblique\", x); Finding::warn(\n    \"oblique\", y)").is_empty());
        assert!(messages("let code = \"oblique\"; Finding::warn(code, y)").is_empty());
    }

    #[test]
    fn an_undocumented_code_or_level_is_found() {
        let found = messages("Finding::reject(\"oblique\", x); Finding::note(\"odd\", y)");
        assert_eq!(
            found,
            [
                "'oblique' is raised as reject but not documented so",
                "'odd' is raised as note but not documented so"
            ]
        );
    }

    #[test]
    fn a_code_that_is_gone_is_found() {
        assert_eq!(messages("fn main() {}"), ["'oblique' is documented, but no source raises it"]);
    }

    #[test]
    fn codes_of_tests_do_not_count() {
        let source = "\"oblique\"\n#[cfg(test)]\nmod tests { Finding::note(\"made_up\", x) }";
        assert!(messages(source).is_empty());
    }
}
