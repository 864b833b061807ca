//! What a run leaves beside the folders of its scans, made from the records alone.

use super::{NotMeasured, RunRequest, RunSummary, opened::OpenRun};
use crate::{
    CohortError, LabelMatch, Measure, RunFile, ScanRecord,
    files::write_whole,
    find::Found,
    ledger::Ledger,
    reporting::write_report,
    run_file::{Counts, ThisRun, bytes_read, inputs_blake3},
};
use hilum_core::{
    Status,
    schema::{Measurement, Table},
};
use hilum_io::store::Location;
use serde::Serialize;
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

/// A run of which every scan has its record.
pub(super) struct Results<'a, M> {
    pub(super) request: &'a RunRequest,
    pub(super) measure: &'a M,
    pub(super) run: OpenRun,
}

impl<M: Measure> Results<'_, M> {
    /// Writes tables, configuration, run.json and report of what was kept and what was `done`.
    pub(super) fn write(self, done: Vec<ScanRecord>) -> Result<RunSummary, CohortError> {
        let Self { request, measure, run: open } = self;
        let out = &request.out;
        let this_run = ThisRun {
            kept: open.kept.len() as u64,
            done: done.len() as u64,
            read_bytes: bytes_read(&done),
            seconds: 0.0,
            jobs: request.jobs.get(),
            max_memory_bytes: request.max_memory_bytes,
            os: std::env::consts::OS.to_owned(),
            arch: std::env::consts::ARCH.to_owned(),
        };
        let mut records = open.kept;
        records.extend(done);
        records.sort_by(|a, b| a.row.image_id.cmp(&b.row.image_id));
        let rows: Vec<Measurement> = records.iter().map(|record| record.row.clone()).collect();
        write_tables(out, &rows)?;
        write_config(request, measure)?;
        let mut run = RunFile {
            hilum: env!("CARGO_PKG_VERSION").to_owned(),
            recipe: measure.recipe(),
            settings: open.settings,
            input: name_of(&request.input),
            inputs_blake3: inputs_blake3(&records),
            counts: Counts::of(&records),
            notes: notes(&open.found, open.labels.as_ref(), &open.ledger, &open.folders)?,
            labels: open.labels,
            class_names: request.class_names.clone(),
            left_out: open.found.left_out,
            this_run,
            folders: open.folders,
        };
        run.this_run.seconds = open.started.elapsed().as_secs_f64();
        run.write(out)?;
        let not_measured = not_measured(&records);
        let threads = rayon::ThreadPoolBuilder::new().num_threads(request.jobs.get()).build();
        let threads =
            threads.map_err(|error| CohortError::Thread { source: std::io::Error::other(error) })?;
        let mut report = threads.install(|| write_report(out, &run, records))?;
        if let Some(mirror) = open.ledger.mirror() {
            let folders: Vec<&str> = run.folders.values().map(String::as_str).collect();
            mirror.send_results(out, &folders)?;
            report = PathBuf::from(mirror.address("report.html"));
        }
        Ok(RunSummary { run, report, not_measured, rows })
    }
}

/// Writes rows of the measurement table as Parquet.
pub(super) fn write_rows(path: &Path, rows: &[Measurement]) -> Result<(), CohortError> {
    hilum_io::table::write_parquet(path, &Table::of_measurements(rows))
        .map_err(|source| CohortError::WriteTable { path: path.to_owned(), source })
}

fn write_tables(out: &Path, rows: &[Measurement]) -> Result<(), CohortError> {
    write_rows(&out.join("measurements.parquet"), rows)?;
    let (table, csv) = (Table::of_measurements(rows), out.join("measurements.csv"));
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

/// Scans without numbers, and why.
pub(super) fn not_measured(records: &[ScanRecord]) -> Vec<NotMeasured> {
    let unmeasured = records.iter().filter(|r| r.row.status != Status::Measured);
    unmeasured
        .map(|r| NotMeasured {
            image_id: r.row.image_id.clone(),
            status: r.row.status,
            reason: r.row.reason.clone(),
        })
        .collect()
}
