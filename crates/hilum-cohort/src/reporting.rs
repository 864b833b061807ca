//! From records and run.json to report.html.

use crate::{AreaCurve, CohortError, RunFile, ScanRecord, figures, ledger::read_record};
use hilum_report::{Provenance, ReportInput, ScanEntry};
use std::path::{Path, PathBuf};

/// Writes OUT/report.html from what lies in the output folder already: nothing is measured again.
///
/// # Errors
/// [`CohortError`] if the folder holds no whole run or the report cannot be written.
pub fn rebuild_report(out: &Path) -> Result<PathBuf, CohortError> {
    let (run, records) = read_run(out)?;
    write_report(out, &run, records)
}

/// What a run that came to its end left in its output folder: run.json and every record, sorted by image id.
pub(crate) fn read_run(out: &Path) -> Result<(RunFile, Vec<ScanRecord>), CohortError> {
    let run = RunFile::read(out)?;
    let scans = out.join("scans");
    let mut records = Vec::with_capacity(run.folders.len());
    for (image_id, folder) in &run.folders {
        let path = scans.join(folder);
        let record = read_record(&path).ok_or_else(|| CohortError::BadOutput {
            path: path.clone(),
            problem: format!("the record of {image_id} is missing or damaged; run the cohort again"),
        })?;
        records.push(record);
    }
    Ok((run, records))
}

/// Writes the report of these records, which are sorted by image id.
pub(crate) fn write_report(
    out: &Path,
    run: &RunFile,
    records: Vec<ScanRecord>,
) -> Result<PathBuf, CohortError> {
    let name = run.input.strip_suffix(".csv").or_else(|| run.input.strip_suffix(".parquet"));
    let title = format!("Chest CT cohort: {}", name.unwrap_or(&run.input));
    let scans_dir = out.join("scans");
    let figures_dir = figures::of_this_run(out, run, &records);
    let input = ReportInput {
        title: &title,
        scans: records.into_iter().map(|record| entry(record, run)).collect(),
        provenance: provenance(run),
        class_names: run.class_names.clone(),
        scans_dir: &scans_dir,
        figures_dir: figures_dir.as_deref(),
    };
    let path = out.join("report.html");
    hilum_report::write(&path, &input)
        .map_err(|source| CohortError::Report { path: path.clone(), source })?;
    Ok(path)
}

fn entry(record: ScanRecord, run: &RunFile) -> ScanEntry {
    let folder = run.folders.get(&record.row.image_id).cloned().unwrap_or_default();
    let curve = record.curve.map(|AreaCurve { slice_spacing_mm, area_mm2, chosen, superior_is_last }| {
        hilum_report::AreaCurve { area_mm2, chosen, superior_is_last, slice_spacing_mm }
    });
    ScanEntry { row: record.row, findings: record.findings, curve, folder }
}

fn provenance(run: &RunFile) -> Provenance {
    let settings = match &run.settings {
        serde_json::Value::Object(fields) => {
            fields.iter().map(|(name, value)| (name.clone(), in_words(value))).collect()
        }
        _ => Vec::new(),
    };
    Provenance {
        version: run.hilum.clone(),
        recipe: run.recipe,
        command: command(run),
        settings,
        inputs_hash: Some(format!("blake3:{}", run.inputs_blake3)),
        left_out: run.left_out.clone(),
    }
}

fn command(run: &RunFile) -> String {
    let mut command = format!("hilum run {} --recipe {}", run.input, run.recipe);
    if let Some(dense) = run.settings.get("notebook_dense").and_then(serde_json::Value::as_str) {
        command.push_str(&format!(" --notebook-dense {dense}"));
    }
    command
}

fn in_words(value: &serde_json::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
