//! `cargo xtask check`: the rules of the house. `cargo xtask docs`: the docs that come from code.

mod command_line;
mod dictionary;
mod problem;
mod rules;
mod tree;

use problem::Problem;
use std::error::Error;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use tree::Tree;

const USE: &str = "use: cargo xtask check | cargo xtask docs";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match arguments[..] {
        ["check"] => check(),
        ["docs"] => docs(),
        _ => {
            let _ = writeln!(std::io::stderr(), "{USE}");
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Runs every rule and says what is wrong; true when nothing is.
fn check() -> Result<bool, Box<dyn Error>> {
    let root = workspace_root();
    let tree = Tree::of_checkout(&root)?;
    let graph = rules::arrows::Graph::of_workspace(&root)?;
    let problems: Vec<Problem> = [
        rules::arrows::check(&graph),
        rules::crate_folders::check(&tree),
        rules::files::check(&tree),
        rules::words::check(&tree),
        rules::links::check(&tree),
        rules::finding_codes::check(&tree),
        dictionary::check(&tree),
        command_line::check(&tree, &command_line::render(&root)?),
    ]
    .concat();
    let mut out = std::io::stdout().lock();
    for problem in &problems {
        writeln!(out, "{problem}")?;
    }
    match problems.len() {
        0 => writeln!(out, "house rules: {} files, nothing to mend", tree.files().len())?,
        1 => writeln!(out, "house rules: 1 problem")?,
        n => writeln!(out, "house rules: {n} problems")?,
    }
    Ok(problems.is_empty())
}

/// Writes the generated docs.
fn docs() -> Result<bool, Box<dyn Error>> {
    let root = workspace_root();
    let pages =
        [(dictionary::PATH, dictionary::render()), (command_line::PATH, command_line::render(&root)?)];
    for (path, page) in pages {
        std::fs::write(root.join(path), page)?;
        writeln!(std::io::stdout(), "wrote {path}")?;
    }
    Ok(true)
}

fn workspace_root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map_or_else(PathBuf::new, Path::to_path_buf)
}
