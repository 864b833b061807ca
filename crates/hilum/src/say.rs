//! Words to the terminal: results on standard output, everything else on standard error, colours where wanted.
//!
//! A reader that goes away (`hilum ... | head`) is no error.

use crate::failure::{Failure, NOTHING_DONE};
use anstyle::{AnsiColor, Style};
use serde::Serialize;
use std::io::Write;

pub(crate) const BOLD: Style = Style::new().bold();
pub(crate) const DIM: Style = Style::new().dimmed();
pub(crate) const GOOD: Style = AnsiColor::Green.on_default().bold();
pub(crate) const ODD: Style = AnsiColor::Yellow.on_default().bold();
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();

/// One line of result.
pub(crate) fn result(line: &str) {
    let _ = writeln!(anstream::stdout(), "{line}");
}

/// One line about the work.
pub(crate) fn aside(line: &str) {
    let _ = writeln!(anstream::stderr(), "{line}");
}

/// A document for programs.
pub(crate) fn json(value: &impl Serialize) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(value).map_err(|e| Failure::new(NOTHING_DONE, e))?;
    result(&text);
    Ok(())
}

/// Bytes of a file, such as a completion script.
pub(crate) fn raw(bytes: &[u8]) {
    let _ = std::io::stdout().write_all(bytes);
}

/// An error, its causes, and what to do.
pub(crate) fn failure(failure: &Failure) {
    let mut messages = failure.chain().into_iter();
    let first = messages.next().unwrap_or_default();
    aside(&format!("{BAD}error:{BAD:#} {first}"));
    for cause in messages {
        aside(&format!("  {DIM}because:{DIM:#} {cause}"));
    }
    if let Some(help) = &failure.help {
        aside(&format!("{GOOD}help:{GOOD:#} {help}"));
    }
}
