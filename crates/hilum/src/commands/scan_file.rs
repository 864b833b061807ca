//! One scan on the command line: from its path to what the library needs, and its faults to what the user sees.

use crate::{
    failure::{Failure, NOTHING_DONE, SCAN_FAILED},
    say,
};
use hilum_cohort::ScanRef;
use hilum_core::{Finding, Level};
use hilum_io::nifti::NiftiError;
use std::path::Path;

/// The scan at `path`, under its file name.
pub(crate) fn scan_at(path: &Path) -> Result<ScanRef, Failure> {
    if path.is_dir() {
        let failure = Failure::new(NOTHING_DONE, format!("{} is a folder, not a scan", path.display()));
        return Err(failure.with_help("`hilum run` measures a folder of scans"));
    }
    // The output folder matters to folders alone.
    let found = hilum_cohort::find(path, Path::new(""))?;
    let mut scans = found.scans.into_iter();
    match (scans.next(), scans.next()) {
        (Some(scan), None) => Ok(scan),
        _ => Err(Failure::new(NOTHING_DONE, format!("{} lists more than one scan", path.display()))
            .with_help("`hilum run` measures the scans of a manifest")),
    }
}

/// A scan that cannot be read.
pub(crate) fn unreadable(error: NiftiError) -> Failure {
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
