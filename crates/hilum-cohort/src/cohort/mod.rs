//! A whole cohort: plan, schedule, tables, run.json, config.toml, report.
//!
//! The tables depend on the input and the settings alone: not on the number of workers, the order of files, how often the
//! run was stopped and started again, or how many machines shared it.

mod opened;
mod results;
mod shard;
mod spread;
mod worker;

pub use shard::{Shard, ShardSummary, run_shard};
pub use spread::{SpreadRun, Task};
pub use worker::Worker;

use crate::{CohortError, Event, Measure, RunFile, Stop, budget::Budget};
use hilum_core::{Status, schema::Measurement};
use hilum_io::store::{Location, StoreOptions, StoreUrl};
use opened::OpenRun;
use results::Results;
use serde::Serialize;
use std::{collections::BTreeMap, num::NonZeroUsize, path::PathBuf};

/// Memory of a run that no scan accounts for: the program, the records, the report.
const MEMORY_BESIDE_SCANS_BYTES: u64 = 48 << 20;

/// What to run.
#[derive(Debug, Clone)]
pub struct RunRequest {
    /// A scan, a folder, or a manifest; on disk or in a store.
    pub input: Location,
    /// How to reach stores.
    pub store: StoreOptions,
    /// The output folder; made if it is not there.
    pub out: PathBuf,
    /// The prefix of a store that is to hold what a run leaves in its output folder; `out` is then a folder to work in.
    pub mirror: Option<StoreUrl>,
    /// A table of class labels.
    pub labels: Option<PathBuf>,
    /// Names of class labels for the report (`0` -> `Healthy`).
    pub class_names: BTreeMap<String, String>,
    /// Worker threads.
    pub jobs: NonZeroUsize,
    /// The most memory that the run may take, in bytes.
    pub max_memory_bytes: Option<u64>,
    /// Whether scans that failed before are tried again although their files have not changed.
    pub retry_failed: bool,
}

/// How a run went.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RunSummary {
    /// What run.json says.
    #[serde(flatten)]
    pub run: RunFile,
    /// The report.
    pub report: PathBuf,
    /// Scans that were not measured: image id, status, reason.
    pub not_measured: Vec<NotMeasured>,
    /// The rows of the table, which JSON leaves to the table.
    #[serde(skip)]
    pub rows: Vec<Measurement>,
}

/// A scan without numbers, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NotMeasured {
    /// The scan.
    pub image_id: String,
    /// Rejected or failed.
    pub status: Status,
    /// Why.
    pub reason: Option<String>,
}

impl RunRequest {
    /// What the memory cap leaves for scans.
    fn budget(&self) -> Budget {
        Budget::new(self.max_memory_bytes.map(|bytes| bytes.saturating_sub(MEMORY_BESIDE_SCANS_BYTES)))
    }
}

/// Runs a cohort, or goes on with one, and tells `events` how it goes.
///
/// # Errors
/// [`CohortError`] if the input makes no sense, the output cannot be written, or a stop was asked for. A scan that
/// cannot be measured is no error.
pub fn run<M: Measure>(
    request: &RunRequest,
    measure: &M,
    events: &(dyn Fn(Event) + Sync),
    stop: &Stop,
) -> Result<RunSummary, CohortError> {
    let mut run = OpenRun::begin(request, measure)?;
    let done = run.work_off(request, measure, events, stop)?;
    events(Event::Writing);
    Results { request, measure, run }.write(done)
}
