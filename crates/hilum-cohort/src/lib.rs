//! Whole cohorts of chest CT scans: from a folder or manifest to tables, pictures and a report.
//!
//! * [`find()`] lists the scans of an input, [`join_labels`] gives them classes;
//! * [`find_one`] and [`look`] take one scan and write nothing;
//! * [`run`] measures them with worker threads under a memory cap, keeps what an earlier run has done, and writes the
//!   tables and the report; a scan that cannot be measured is a row with a reason;
//! * [`run_shard`] measures one part of a cohort; [`SpreadRun`] hands its scans as [`Task`]s to [`Worker`]s in other
//!   processes, on this machine or on a cluster;
//! * [`figures`] draws slices of scans and runs as plates for papers;
//! * [`describe_table`] and [`compare_table`] say what a table of scans holds and how its classes differ;
//! * [`fetch`] copies what lies in a store, or counts it;
//! * [`learn`] loads data sets for the classifier;
//! * [`rebuild_report`] makes the report again from an output folder.
//!
//! Nothing is printed here: a run tells an event function what happens. Patient identities end in this crate: what
//! leaves it are groups.

mod attempt;
mod budget;
mod class_table;
mod cohort;
mod comparison;
mod description;
mod dicom_series;
mod error;
pub mod evaluation;
mod event;
pub mod fetch;
pub mod figures;
mod files;
mod find;
mod folder;
mod groups;
pub mod keypoints;
mod labels;
pub mod learn;
mod ledger;
mod lock;
mod look;
mod manifest;
mod method;
mod mirror;
mod names;
mod net_lungs;
mod out_folder;
mod pictures;
mod record;
mod reference_class;
mod reporting;
mod run_file;
pub mod scan;
mod schedule;
mod scouting;
mod segmentation;
mod settings;
mod stores;
mod upright;

pub use class_table::{
    ClassTable, ColumnFacts, ColumnKind, LeftOut, Missing, MissingOfLabel, Reason, TableRequest, TableScan,
    read_class_table,
};
pub use cohort::{
    NotMeasured, RunRequest, RunSummary, Shard, ShardSummary, SpreadRun, Task, Worker, run, run_shard,
};
pub use comparison::{CompareRequest, ComparisonFile, compare_table};
pub use description::{ClassOutcome, Description, describe_table};
pub use error::CohortError;
pub use event::{Event, Stop};
pub use find::{Found, Remote, ScanRef, find, find_at, left_out_in_words};
pub use labels::{LabelMatch, join_labels};
pub use look::{Look, find_one, look};
pub use method::Measured;
pub use out_folder::OutFolder;
pub use record::{AreaCurve, InputFacts, RECORD_VERSION, ScanRecord};
pub use reporting::rebuild_report;
pub use run_file::{Counts, RunFile, ThisRun};
pub use schedule::Measure;
