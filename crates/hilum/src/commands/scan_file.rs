//! One scan on the command line: what is told of it, and its faults.

use crate::{
    failure::{Failure, SCAN_FAILED},
    say,
};
use hilum_core::{Finding, Level};
use hilum_io::ScanError;

/// A scan that cannot be read.
pub(crate) fn unreadable(error: ScanError) -> Failure {
    Failure::new(SCAN_FAILED, error)
}

/// Prints findings, the gravest first.
pub(crate) fn print_findings(findings: &[Finding]) {
    for finding in findings {
        let colour = match finding.level {
            Level::Note => say::DIM,
            Level::Warn => say::ODD,
            Level::Reject => say::BAD,
        };
        fact_in(colour, &finding.level.to_string(), &format!("{} ({})", finding.message, finding.code));
    }
}

/// Prints one fact under its name.
pub(crate) fn fact(name: &str, text: &str) {
    fact_in(say::DIM, name, text);
}

fn fact_in(colour: anstyle::Style, name: &str, text: &str) {
    say::result(&format!("  {colour}{name:<13}{colour:#} {text}"));
}
