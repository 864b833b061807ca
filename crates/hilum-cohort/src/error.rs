//! What stops a whole run. The faults of one scan never do: they are rows of the table.

use std::{io, path::PathBuf};

/// Why a cohort could not be run to its end.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CohortError {
    /// INPUT does not exist.
    #[error("there is nothing at {}", path.display())]
    NoInput {
        /// INPUT as given.
        path: PathBuf,
    },
    /// INPUT holds no scan.
    #[error("no scan found in {} ({left_out})", path.display())]
    NothingFound {
        /// INPUT as given.
        path: PathBuf,
        /// What was there instead, in words.
        left_out: String,
    },
    /// A store did not do what it was asked for.
    #[error(transparent)]
    Store {
        /// Which object, what the store said, what to do.
        #[from]
        source: hilum_io::store::StoreError,
    },
    /// INPUT and OUT are one folder.
    #[error("{} is both the input and the output folder", path.display())]
    OutIsInput {
        /// The folder.
        path: PathBuf,
    },
    /// A manifest or label table lacks a column.
    #[error("{} has no column {wanted}; its columns are: {found}", path.display())]
    MissingColumn {
        /// The table.
        path: PathBuf,
        /// The column, or the choice of columns, that is needed.
        wanted: String,
        /// The columns that are there.
        found: String,
    },
    /// A cell of a manifest or label table makes no sense.
    #[error("{}, row {row}, column {column}: {problem}", path.display())]
    Cell {
        /// The table.
        path: PathBuf,
        /// Data row, counted from 1 below the header.
        row: usize,
        /// Column name as in the file.
        column: String,
        /// What is wrong and what to do.
        problem: String,
    },
    /// A column that should hold classes holds something else.
    #[error(
        "{}, column {column}: {classes} different labels, and at most {most} can be compared; is it the column of the classes?",
        path.display()
    )]
    TooManyClasses {
        /// The table.
        path: PathBuf,
        /// Column name as in the file.
        column: String,
        /// Labels found.
        classes: usize,
        /// Labels that can be compared.
        most: usize,
    },
    /// Not one row of a table can take part.
    #[error("{}: none of {rows} rows can be compared: {why}", path.display())]
    NothingToCompare {
        /// The table.
        path: PathBuf,
        /// Rows of the table.
        rows: usize,
        /// What is wrong with them, counted.
        why: String,
    },
    /// A label was named that no scan has.
    #[error("no scan that takes part is of class '{label}'; the classes are: {known}")]
    NoSuchClass {
        /// The label.
        label: String,
        /// The labels that are there.
        known: String,
    },
    /// Numbers could not be compared.
    #[error("the classes could not be compared")]
    Compare {
        /// Why not.
        #[from]
        source: hilum_learn::LearnError,
    },
    /// Predictions that cannot be judged.
    #[error(transparent)]
    Evaluation {
        /// What is wrong with them.
        #[from]
        source: crate::evaluation::EvaluationError,
    },
    /// So many scans that their pairs do not fit.
    #[error("{scans} scans make more pairs than can be matched at once: at most {most} scans")]
    TooManyPairs {
        /// Scans of the run.
        scans: usize,
        /// The most that are taken.
        most: usize,
    },
    /// No two scans to match.
    #[error("{}: {scans} measured scans, and two at least are needed for a pair", path.display())]
    NoPairs {
        /// The output folder of the run.
        path: PathBuf,
        /// Scans that could be read.
        scans: usize,
    },
    /// A picture or scan has nothing to find keypoints in.
    #[error("{}: {problem}", path.display())]
    Picture {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// Keypoints could not be looked for.
    #[error("no keypoints were looked for")]
    Keypoints {
        /// Why not.
        source: hilum_imaging::sift::SiftError,
    },
    /// There are several scans where one is wanted, or a folder.
    #[error("{place} is {kind} with {scans} scans, where one scan is wanted")]
    SeveralScans {
        /// Where.
        place: String,
        /// A folder or a manifest.
        kind: &'static str,
        /// How many.
        scans: usize,
    },
    /// An input makes no data set.
    #[error(transparent)]
    Dataset(#[from] crate::learn::DatasetError),
    /// A manifest or label table could not be read.
    #[error("cannot read the table {}", path.display())]
    Table {
        /// The table.
        path: PathBuf,
        /// Why not.
        source: hilum_io::table::TableError,
    },
    /// A file or folder of the input could not be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// A file or folder of the output could not be written.
    #[error("cannot write {}", path.display())]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// Another run works in the same output folder.
    #[error("another run{holder} is working in {}", path.display())]
    Locked {
        /// The output folder.
        path: PathBuf,
        /// ` (process 123)`, where it is known.
        holder: String,
    },
    /// The user asked to stop.
    #[error("stopped: {done} of {total} scans are done")]
    Interrupted {
        /// Scans whose outputs are whole.
        done: usize,
        /// Scans of the cohort.
        total: usize,
    },
    /// A training was asked to stop.
    #[error("stopped with {done} of {total} epochs done")]
    TrainingStopped {
        /// Epochs whose checkpoint is written.
        done: usize,
        /// Epochs of the training.
        total: usize,
    },
    /// A picture or map could not be written.
    #[error("cannot write {}: {reason}", path.display())]
    Output {
        /// The file.
        path: PathBuf,
        /// Why not.
        reason: String,
    },
    /// A pattern that is none.
    #[error("'{pattern}' is no pattern: {problem}")]
    Pattern {
        /// As given.
        pattern: String,
        /// What is wrong with it.
        problem: String,
    },
    /// Nothing in a store is wanted.
    #[error("{from} holds nothing to fetch: {problem}")]
    NothingToFetch {
        /// The address.
        from: String,
        /// Why not.
        problem: String,
    },
    /// The destination of a fetch lies in its source.
    #[error("{to} lies in {from}, which would be copied into itself")]
    IntoItself {
        /// The source.
        from: String,
        /// The destination.
        to: String,
    },
    /// A fetch was asked to stop.
    #[error("stopped: {done} of {total} objects are there")]
    FetchStopped {
        /// Objects that are there.
        done: u64,
        /// Objects that are wanted.
        total: u64,
    },
    /// A prediction was asked to stop.
    #[error("stopped with {done} of {total} cases looked at; nothing was written")]
    PredictionStopped {
        /// Cases that were looked at.
        done: usize,
        /// Cases of the input.
        total: usize,
    },
    /// A worker thread could not be started.
    #[error("cannot start a worker thread")]
    Thread {
        /// Why not.
        source: io::Error,
    },
    /// A file that an earlier run left cannot be understood.
    #[error("{} is not what hilum writes: {problem}", path.display())]
    BadOutput {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// The tables could not be written.
    #[error("cannot write the table {}", path.display())]
    WriteTable {
        /// The table.
        path: PathBuf,
        /// Why not.
        source: hilum_io::table::TableError,
    },
    /// The report could not be written.
    #[error("cannot write the report {}", path.display())]
    Report {
        /// The report.
        path: PathBuf,
        /// Why not.
        source: hilum_report::ReportError,
    },
    /// No scan can be shown in a figure.
    #[error("there is nothing to show: {problem}")]
    NothingToShow {
        /// Why not.
        problem: String,
    },
    /// A figure could not be drawn or written.
    #[error("the figure could not be made")]
    Figure {
        /// Why not.
        source: hilum_report::ReportError,
    },
}

impl CohortError {
    /// What to do about it, in one sentence; `None` where the message says all there is.
    pub fn help(&self) -> Option<&'static str> {
        Some(match self {
            Self::Dataset(error) => return error.help(),
            Self::NoInput { .. } => "give a scan, a folder of scans, or a manifest (CSV or Parquet)",
            Self::NothingFound { .. } => {
                "scans are files ending in .nii, .nii.gz, .hdr or .img; convert DICOM first, as dcm2niix does"
            }
            Self::SeveralScans { .. } => "give one of them; `hilum run` measures them all",
            Self::OutIsInput { .. } => "choose another folder with --out",
            Self::MissingColumn { .. } | Self::Cell { .. } => {
                "a manifest has the columns image_id, type, uri and may have patient_id, site, split; \
                 labels have image_id (or file, uri) and type (or label)"
            }
            Self::Write { .. } | Self::WriteTable { .. } | Self::Report { .. } => {
                "is the folder writable, and is there space on the disk?"
            }
            Self::Locked { .. } => "wait for it to end, or choose another folder with --out",
            Self::Evaluation { source } => return source.help(),
            Self::TrainingStopped { .. } => "the same command with --resume goes on where this one stopped",
            Self::Interrupted { .. } | Self::FetchStopped { .. } => {
                "the same command goes on where this one stopped"
            }
            _ => return None,
        })
    }

    /// Whether the arguments, a manifest or a table are at fault, and not the machine or the data.
    pub fn is_wrong_use(&self) -> bool {
        matches!(
            self,
            Self::MissingColumn { .. }
                | Self::Cell { .. }
                | Self::Pattern { .. }
                | Self::IntoItself { .. }
                | Self::Table { .. }
                | Self::TooManyClasses { .. }
                | Self::NoSuchClass { .. }
                | Self::Evaluation { .. }
                | Self::Dataset(_)
                | Self::OutIsInput { .. }
        )
    }

    /// Whether somebody asked to stop.
    pub fn is_stop(&self) -> bool {
        matches!(
            self,
            Self::Interrupted { .. }
                | Self::TrainingStopped { .. }
                | Self::FetchStopped { .. }
                | Self::PredictionStopped { .. }
        )
    }

    pub(crate) fn write(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Write { path, source }
    }

    pub(crate) fn read(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Read { path, source }
    }
}

/// An error and what caused it, in one line.
pub(crate) fn with_causes(error: &dyn std::error::Error) -> String {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        words.push_str(&format!(": {error}"));
        cause = error.source();
    }
    words
}
