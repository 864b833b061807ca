//! From records and run.json to report.html.

use crate::{
    AreaCurve, CohortError, RunFile, ScanRecord, evaluation, figures,
    ledger::{RECORD_FILE, read_record},
    pictures::OUTPUTS,
    segmentation::{NO_SEGMENTATION, SEGMENTATION_FILE},
};
use hilum_core::{Status, by_number_then_text, schema::Measurement};
use hilum_learn::{Cases, Contrast, Interval, Settings, compare};
use hilum_report::{ClassContrast, Provenance, ReportInput, ScanEntry, ScanExplanation};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// The report compares so many classes at most: 28 pairs still make a table that can be read.
const MOST_CLASSES: usize = 8;

/// Where the explanations of the cohort's own model lie, below the output folder.
const EXPLANATIONS: &str = "model/explanations";

/// Writes OUT/report.html and the page of every scan from what lies in the output folder already: nothing is measured again.
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
    let model_dir = Some(out.join("model")).filter(|model| model.join("model.json").is_file());
    let mut explained =
        evaluation::explained_scans(&out.join(EXPLANATIONS), &format!("../../{EXPLANATIONS}"));
    let contrasts = contrasts(records.iter().map(|record| &record.row))?;
    let input = ReportInput {
        title: &title,
        scans: records.into_iter().map(|record| entry(record, run, &mut explained)).collect(),
        provenance: provenance(run),
        class_names: run.class_names.clone(),
        contrasts,
        classifier: evaluation::report_of(&out.join("model")),
        explanation: evaluation::explanation_of(&out.join(EXPLANATIONS)),
        scans_dir: &scans_dir,
        figures_dir: figures_dir.as_deref(),
        model_dir: model_dir.as_deref(),
    };
    let path = out.join("report.html");
    hilum_report::write(&path, &input)
        .map_err(|source| CohortError::Report { path: path.clone(), source })?;
    Ok(path)
}

/// How every two classes differ in the ratio; none where there are so many labels that they are no classes.
fn contrasts<'a>(rows: impl Iterator<Item = &'a Measurement>) -> Result<Vec<ClassContrast>, CohortError> {
    let told = |row: &'a Measurement| {
        Some((row.label.as_ref()?, row.dense_ratio_percent.filter(|v| v.is_finite())?, row.group.as_deref()))
    };
    let rows: Vec<_> = rows.filter_map(told).collect();
    let mut labels: Vec<String> = rows.iter().map(|(label, ..)| (*label).clone()).collect();
    labels.sort_by(|a, b| by_number_then_text(a, b));
    labels.dedup();
    if labels.len() > MOST_CLASSES {
        return Ok(Vec::new());
    }
    let classes: Vec<usize> =
        rows.iter().filter_map(|(label, ..)| labels.iter().position(|known| known == *label)).collect();
    let values: Vec<f64> = rows.iter().map(|(_, value, _)| *value).collect();
    let patients: Vec<Option<&str>> = rows.iter().map(|(.., patient)| *patient).collect();
    let cases = Cases { values: &values, classes: &classes, patients: &patients, labels: &labels };
    let found = compare(cases, Settings { in_percent: true, ..Settings::default() })?;
    Ok(found.pairs.into_iter().map(contrast).collect())
}

fn contrast(pair: Contrast) -> ClassContrast {
    let ends = |interval: Interval| (interval.low, interval.high);
    let held = pair.cross_validated;
    let larger = pair.positives.max(pair.negatives) as f64;
    ClassContrast {
        negative: pair.negative.unwrap_or_default(),
        positive: pair.positive,
        positives: pair.positives,
        negatives: pair.negatives,
        auc: pair.roc.auc,
        auc_interval: pair.roc.interval.map(ends),
        p: pair.adjusted.map_or(pair.rank_test.p, |adjusted| adjusted.p_holm),
        effect: pair.rank_test.rank_biserial,
        threshold_percent: pair.best.map(|best| (best.rule.threshold, best.rule.positive_is_above)),
        held_back_accuracy: held.map(|held| held.scores.accuracy),
        held_back_interval: held.and_then(|held| held.accuracy_interval).map(ends),
        majority_accuracy: larger / (pair.positives + pair.negatives) as f64,
    }
}

fn entry(record: ScanRecord, run: &RunFile, explained: &mut BTreeMap<String, ScanExplanation>) -> ScanEntry {
    let folder = run.folders.get(&record.row.image_id).cloned().unwrap_or_default();
    let files = files(&record, run);
    let curve = record.curve.map(|AreaCurve { slice_spacing_mm, area_mm2, chosen, superior_is_last }| {
        hilum_report::AreaCurve { area_mm2, chosen, superior_is_last, slice_spacing_mm }
    });
    let explanation = explained.remove(&record.row.image_id);
    ScanEntry { row: record.row, findings: record.findings, curve, folder, files, explanation }
}

/// What a scan's folder holds, told from its record: with the output in a store the masks lie there alone.
fn files(record: &ScanRecord, run: &RunFile) -> Vec<String> {
    let mut files = Vec::new();
    if record.row.status == Status::Measured {
        files.extend_from_slice(OUTPUTS);
        let is_series = record.input.as_ref().is_some_and(|input| input.format.starts_with("DICOM"));
        let none_written = record.row.findings.iter().any(|code| code == NO_SEGMENTATION);
        if run.settings.get("dicom_seg").is_some() && is_series && !none_written {
            files.push(SEGMENTATION_FILE);
        }
    }
    files.push(RECORD_FILE);
    files.into_iter().map(str::to_owned).collect()
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
    if let Some(net) = run.settings.get("lungs").and_then(|lungs| lungs["model"].as_str()) {
        command.push_str(&format!(" --lungs {net}"));
    }
    command
}

fn in_words(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::String(text) => text.clone(),
        serde_json::Value::Object(fields) => {
            let told = fields.iter().map(|(name, value)| format!("{name} {}", in_words(value)));
            told.collect::<Vec<_>>().join(", ")
        }
        other => other.to_string(),
    }
}
