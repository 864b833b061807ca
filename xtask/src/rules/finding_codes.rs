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
    let mut sources = String::new();
    for (path, text) in tree.texts() {
        if path.starts_with("crates/") && path.contains("/src/") && path.ends_with(".rs") {
            let source = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
            collect(source, &mut raised);
            sources.push_str(source);
        }
    }
    compare(&documented, &raised, &sources)
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

/// Adds the codes of `Finding::level("code", ...)`, of closures named after a level, and of `failed(..., "code", ...)`. A
/// scan that failed carries its code as a finding of level reject.
fn collect(source: &str, codes: &mut Codes) {
    for level in LEVELS.iter().copied() {
        for (at, call) in source.match_indices(&format!("{level}(")) {
            let named_so = !source[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
            let argument = source[at + call.len()..].trim_start();
            let literal = argument.strip_prefix('"').and_then(|rest| rest.split('"').next());
            if let Some(code) = literal.filter(|code| named_so && is_code(code)) {
                codes.entry(code.to_owned()).or_default().insert(level);
            }
        }
    }
    for (at, call) in source.match_indices("failed(") {
        if let Some(code) = literals_of_call(&source[at + call.len()..]).find(|literal| is_code(literal)) {
            codes.entry(code.to_owned()).or_default().insert("reject");
        }
    }
}

/// The string literals of a call, from the text after its opening parenthesis.
fn literals_of_call(arguments: &str) -> impl Iterator<Item = &str> {
    let mut open = 1;
    arguments
        .split('"')
        .enumerate()
        .map_while(move |(i, part)| {
            if i % 2 == 1 {
                return Some(Some(part));
            }
            for c in part.chars() {
                open += i32::from(c == '(') - i32::from(c == ')');
                if open == 0 {
                    return None;
                }
            }
            Some(None)
        })
        .flatten()
}

fn is_code(literal: &str) -> bool {
    literal.len() > 2 && literal.chars().all(|c| c.is_ascii_lowercase() || c == '_')
}

fn compare(documented: &Codes, raised: &Codes, sources: &str) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (code, levels) in raised {
        let told = documented.get(code).cloned().unwrap_or_default();
        for level in levels.iter().filter(|level| !told.contains(*level)) {
            problems
                .push(Problem::new(GUIDE, format!("'{code}' is raised as {level} but not documented so")));
        }
    }
    // A code may reach its finding through a variable; then it is still written out somewhere.
    for code in documented.keys().filter(|code| !sources.contains(&format!("\"{code}\""))) {
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
        assert!(messages("\"oblique\"; keynote(\"oh\")").is_empty());
    }

    #[test]
    fn an_undocumented_code_or_level_is_found() {
        let found = messages("reject(\"oblique\", x); Finding::note(\"odd\", y)");
        assert_eq!(
            found,
            [
                "'oblique' is raised as reject but not documented so",
                "'odd' is raised as note but not documented so"
            ]
        );
    }

    #[test]
    fn the_code_of_a_failed_scan_is_found_among_its_arguments() {
        let source = "failed(x, &y(), \"no_way\", &format!(\"lost {n}\")); other(\"oblique\")";
        assert_eq!(messages(source), ["'no_way' is raised as reject but not documented so"]);
        assert!(messages("fn failed(code: &str) {} let a = \"oblique\";").is_empty());
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
