//! One scan on the command line: from its path to what the library needs, and its faults to what the user sees.

use crate::{
    failure::{Failure, NOTHING_DONE, SCAN_FAILED},
    say,
};
use hilum_cohort::ScanRef;
use hilum_core::{Finding, Level};
use hilum_io::ScanError;
use std::path::Path;

/// The scan at `path`: a file, or a folder with the images of one DICOM series.
pub(crate) fn scan_at(path: &Path) -> Result<ScanRef, Failure> {
    // The output folder matters to folders of many scans alone.
    let found = hilum_cohort::find(path, Path::new(""))?;
    let scans = found.scans.len();
    let mut found = found.scans.into_iter();
    match (found.next(), scans) {
        (Some(scan), 1) if !path.is_dir() || !scan.series.is_empty() => Ok(scan),
        _ if path.is_dir() => {
            let failure =
                Failure::new(NOTHING_DONE, format!("{} is a folder with {scans} scans", path.display()));
            Err(failure.with_help("`hilum run` measures a folder of scans; or give one of them"))
        }
        _ => Err(Failure::new(NOTHING_DONE, format!("{} lists more than one scan", path.display()))
            .with_help("`hilum run` measures the scans of a manifest")),
    }
}

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
