//! A whole cohort: plan, schedule, tables, run.json, config.toml, report.
//!
//! The tables depend on the input and the settings alone: not on the number of workers, the order of files, or how
//! often the run was stopped and started again.

use crate::{
    CohortError, Event, LabelMatch, Measure, RunFile, ScanRecord, Stop,
    budget::Budget,
    files::write_whole,
    find::{Found, find_at},
    labels::join_labels,
    ledger::{Ledger, resume_key},
    lock::OutLock,
    mirror::Mirror,
    names::folder_names,
    reporting::write_report,
    run_file::{Counts, ThisRun, bytes_read, inputs_blake3},
    schedule::{Job, Schedule},
};
use hilum_core::{Status, schema::Table};
use hilum_io::store::{Location, StoreOptions, StoreUrl};
use serde::Serialize;
use std::{
    collections::{BTreeMap, BTreeSet},
    num::NonZeroUsize,
    path::{Path, PathBuf},
    time::Instant,
};

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
    let started = Instant::now();
    let out = &request.out;
    let mut found = find_at(&request.input, out, request.mirror.as_ref(), &request.store)?;
    let labels = request.labels.as_ref().map(|path| join_labels(&mut found.scans, path)).transpose()?;
    let _lock = OutLock::take(out)?;
    let mirror = request.mirror.as_ref().map(|url| Mirror::open(url, &request.store)).transpose()?;
    if let Some(mirror) = &mirror {
        mirror.bring(out)?;
    }
    let ledger = Ledger::open(out)?.with_mirror(mirror);
    let settings =
        serde_json::to_value(measure).map_err(|e| CohortError::write(out.join("run.json"))(e.into()))?;

    let plan = plan(request, measure, &ledger, &found, &settings.to_string())?;
    let total = found.scans.len();
    let workers = request.jobs.get().min(plan.todo.len());
    events(Event::Planned { total, kept: plan.kept.len(), workers });
    let budget = Budget::new(request.max_memory_bytes.map(|m| m.saturating_sub(MEMORY_BESIDE_SCANS_BYTES)));
    let schedule = Schedule { measure, ledger: &ledger, budget, stop, events };
    let todo = plan.todo.len();
    let done = schedule.work_off(plan.todo, workers)?;
    if done.len() < todo {
        return Err(CohortError::Interrupted { done: plan.kept.len() + done.len(), total });
    }

    events(Event::Writing);
    let this_run = ThisRun {
        kept: plan.kept.len() as u64,
        done: done.len() as u64,
        read_bytes: bytes_read(&done),
        seconds: 0.0,
        jobs: request.jobs.get(),
        max_memory_bytes: request.max_memory_bytes,
        os: std::env::consts::OS.to_owned(),
        arch: std::env::consts::ARCH.to_owned(),
    };
    let mut records = plan.kept;
    records.extend(done);
    records.sort_by(|a, b| a.row.image_id.cmp(&b.row.image_id));
    write_tables(out, &records)?;
    write_config(request, measure)?;
    let mut run = RunFile {
        hilum: env!("CARGO_PKG_VERSION").to_owned(),
        recipe: measure.recipe(),
        settings,
        input: name_of(&request.input),
        inputs_blake3: inputs_blake3(&records),
        counts: Counts::of(&records),
        notes: notes(&found, labels.as_ref(), &ledger, &plan.folders)?,
        labels,
        class_names: request.class_names.clone(),
        left_out: found.left_out,
        this_run,
        folders: plan.folders,
    };
    run.this_run.seconds = started.elapsed().as_secs_f64();
    run.write(out)?;
    let not_measured = not_measured(&records);
    let mut report = write_report(out, &run, records)?;
    if let Some(mirror) = ledger.mirror() {
        mirror.send_results(out)?;
        report = PathBuf::from(mirror.address("report.html"));
    }
    Ok(RunSummary { run, report, not_measured })
}

/// What is done already and what is to do.
struct Plan {
    kept: Vec<ScanRecord>,
    todo: Vec<Job>,
    folders: BTreeMap<String, String>,
}

fn plan<M: Measure>(
    request: &RunRequest,
    measure: &M,
    ledger: &Ledger,
    found: &Found,
    settings: &str,
) -> Result<Plan, CohortError> {
    let ids: Vec<&str> = found.scans.iter().map(|s| s.image_id.as_str()).collect();
    let folders = folder_names(&ids);
    let by_id = ids.iter().map(|id| (*id).to_owned()).zip(folders.iter().cloned()).collect();
    let mut plan = Plan { kept: Vec::new(), todo: Vec::new(), folders: by_id };
    for (scan, folder) in found.scans.iter().zip(folders) {
        let key = resume_key(scan, settings);
        let kept = ledger.kept(scan, &folder, &key, measure.outputs())?;
        let again = |r: &ScanRecord| {
            r.failed_in_passing() || (request.retry_failed && r.row.status == Status::Failed)
        };
        match kept.filter(|record| !again(record)) {
            Some(record) => plan.kept.push(record),
            None => plan.todo.push(Job { scan: scan.clone(), folder, key }),
        }
    }
    Ok(plan)
}

fn write_tables(out: &Path, records: &[ScanRecord]) -> Result<(), CohortError> {
    let rows: Vec<_> = records.iter().map(|r| r.row.clone()).collect();
    let table = Table::of_measurements(&rows);
    let (parquet, csv) = (out.join("measurements.parquet"), out.join("measurements.csv"));
    hilum_io::table::write_parquet(&parquet, &table)
        .map_err(|source| CohortError::WriteTable { path: parquet, source })?;
    hilum_io::table::write_csv(&csv, &table).map_err(|source| CohortError::WriteTable { path: csv, source })
}

/// The effective configuration: what was asked for, with every default filled in.
#[derive(Serialize)]
struct EffectiveConfig<'a, M> {
    hilum: &'static str,
    input: String,
    labels: Option<String>,
    jobs: usize,
    max_memory_bytes: Option<u64>,
    retry_failed: bool,
    class_names: &'a BTreeMap<String, String>,
    settings: &'a M,
}

fn write_config<M: Measure>(request: &RunRequest, measure: &M) -> Result<(), CohortError> {
    let path = request.out.join("config.toml");
    let config = EffectiveConfig {
        hilum: env!("CARGO_PKG_VERSION"),
        input: name_of(&request.input),
        labels: request.labels.as_deref().map(last_part),
        jobs: request.jobs.get(),
        max_memory_bytes: request.max_memory_bytes,
        retry_failed: request.retry_failed,
        class_names: &request.class_names,
        settings: measure,
    };
    let text =
        toml::to_string_pretty(&config).map_err(|e| CohortError::write(&path)(std::io::Error::other(e)))?;
    write_whole(&path, text.as_bytes())
}

fn name_of(input: &Location) -> String {
    match input {
        Location::Disk(path) => last_part(path),
        Location::Store(_) => input.name(),
    }
}

/// The last part of a path, for outputs that must not name the machine's folders.
fn last_part(path: &Path) -> String {
    let real = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    real.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn notes(
    found: &Found,
    labels: Option<&LabelMatch>,
    ledger: &Ledger,
    folders: &BTreeMap<String, String>,
) -> Result<Vec<String>, CohortError> {
    let mut notes = found.notes.clone();
    if let Some(LabelMatch { unlabelled, unused, .. }) = labels {
        if *unlabelled > 0 {
            notes.push(format!("{unlabelled} of {} scans have no label", found.scans.len()));
        }
        if *unused > 0 {
            notes.push(format!("{unused} labels are for scans that are not in the input"));
        }
    }
    let strangers = ledger.strangers(&folders.values().map(String::as_str).collect::<BTreeSet<_>>())?;
    if !strangers.is_empty() {
        notes.push(format!(
            "left in place but not in the tables, as no longer in the input: {}",
            strangers.join(", ")
        ));
    }
    Ok(notes)
}

fn not_measured(records: &[ScanRecord]) -> Vec<NotMeasured> {
    let unmeasured = records.iter().filter(|r| r.row.status != Status::Measured);
    unmeasured
        .map(|r| NotMeasured {
            image_id: r.row.image_id.clone(),
            status: r.row.status,
            reason: r.row.reason.clone(),
        })
        .collect()
}
