//! What can go wrong while a report is made.

use std::path::PathBuf;

/// Why no report was written.
///
/// A picture that is missing or damaged is not here: the report is made and says so beside the scan.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReportError {
    /// The page's template does not fit its data: a fault of hilum, not of the input.
    #[error(
        "the report's template could not be filled in: {source}; this is a fault of hilum, please report it"
    )]
    Template {
        /// What the template engine says.
        #[from]
        source: minijinja::Error,
    },
    /// The file could not be written.
    #[error("cannot write the report to {}: {source}; check that the folder exists and is writable", path.display())]
    Write {
        /// The file that was being written.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
}
