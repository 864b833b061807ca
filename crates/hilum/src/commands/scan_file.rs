//! One scan on the command line: from its path to what the library needs, and its faults to what the user sees.

use crate::{
    failure::{Failure, NOTHING_DONE, SCAN_FAILED},
    say,
};
use hilum_cohort::ScanRef;
use hilum_core::{Finding, Level};
use hilum_io::{
    ScanError,
    store::{Location, StoreOptions},
};
use std::path::Path;

/// The scan at `place`: a file, an object of a store, or a folder with the images of one DICOM series.
pub(crate) fn scan_at(place: &Location, options: &StoreOptions) -> Result<ScanRef, Failure> {
    // The output folder matters to folders of many scans alone.
    let found = hilum_cohort::find_at(place, Path::new(""), None, options)?;
    let is_folder = match place {
        Location::Disk(path) => path.is_dir(),
        Location::Store(url) => found.scans.iter().any(|scan| scan.uri != url.name()),
    };
    let scans = found.scans.len();
    let mut found = found.scans.into_iter();
    match (found.next(), scans) {
        (Some(scan), 1) if !is_folder || !scan.series.is_empty() => Ok(scan),
        _ if is_folder => {
            let failure = Failure::new(NOTHING_DONE, format!("{place} is a folder with {scans} scans"));
            Err(failure.with_help("`hilum run` measures a folder of scans; or give one of them"))
        }
        _ => Err(Failure::new(NOTHING_DONE, format!("{place} lists more than one scan"))
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
