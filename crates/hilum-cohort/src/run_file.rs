//! run.json: what was run, on what, and how it went. The only file of an output folder that knows times and machines.

use crate::{CohortError, LabelMatch, ScanRecord, files::write_json};
use hilum_core::{Level, Recipe, Status};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// The content of run.json.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunFile {
    /// Version of hilum.
    pub hilum: String,
    /// The recipe.
    pub recipe: Recipe,
    /// Every setting that changes results.
    pub settings: serde_json::Value,
    /// The last part of INPUT.
    pub input: String,
    /// BLAKE3 over the image ids and the hashes of their files, in the order of the ids.
    pub inputs_blake3: String,
    /// Numbers of scans and findings.
    pub counts: Counts,
    /// How labels and scans met; `None` without a label table.
    pub labels: Option<LabelMatch>,
    /// Names of class labels for the report.
    pub class_names: BTreeMap<String, String>,
    /// Files not taken for scans: how many of each ending.
    pub left_out: BTreeMap<String, u64>,
    /// What the user should know.
    pub notes: Vec<String>,
    /// This run, as opposed to the runs it went on from.
    pub this_run: ThisRun,
    /// Folder below `scans` by image id: the scans of the tables.
    pub folders: BTreeMap<String, String>,
}

/// Numbers of scans and findings.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Scans.
    pub scans: u64,
    /// Scans measured, rejected, failed.
    pub by_status: BTreeMap<String, u64>,
    /// Findings of each weight.
    pub by_level: BTreeMap<String, u64>,
    /// Scans with each finding.
    pub by_code: BTreeMap<String, u64>,
    /// Bytes of all scans on disk.
    pub input_bytes: u64,
}

/// What one run did, and where.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ThisRun {
    /// Scans kept from earlier runs.
    pub kept: u64,
    /// Scans done.
    pub done: u64,
    /// Bytes of the scans done.
    pub read_bytes: u64,
    /// Wall-clock time from the start to the tables, without the report.
    pub seconds: f64,
    /// Worker threads.
    pub jobs: usize,
    /// Memory cap in bytes.
    pub max_memory_bytes: Option<u64>,
    /// Operating system.
    pub os: String,
    /// Processor architecture.
    pub arch: String,
}

impl Counts {
    /// Counts over all records.
    pub(crate) fn of(records: &[ScanRecord]) -> Self {
        let zero = |names: [String; 3]| names.into_iter().map(|n| (n, 0)).collect::<BTreeMap<_, _>>();
        let mut counts = Self {
            scans: records.len() as u64,
            by_status: zero([Status::Measured, Status::Rejected, Status::Failed].map(|s| s.to_string())),
            by_level: zero([Level::Note, Level::Warn, Level::Reject].map(|l| l.to_string())),
            input_bytes: bytes(records),
            ..Self::default()
        };
        for record in records {
            *counts.by_status.entry(record.row.status.to_string()).or_default() += 1;
            for finding in &record.findings {
                *counts.by_level.entry(finding.level.to_string()).or_default() += 1;
            }
            let mut codes: Vec<&str> = record.findings.iter().map(|f| f.code.as_str()).collect();
            codes.sort_unstable();
            codes.dedup();
            for code in codes {
                *counts.by_code.entry(code.to_owned()).or_default() += 1;
            }
        }
        counts
    }

    /// Scans of this status.
    pub fn status(&self, status: Status) -> u64 {
        self.by_status.get(&status.to_string()).copied().unwrap_or_default()
    }
}

/// Bytes that were read of the scans that could be.
pub(crate) fn bytes_read(records: &[ScanRecord]) -> u64 {
    records.iter().filter_map(|r| r.input.as_ref()).map(|i| i.read_bytes.unwrap_or(i.bytes)).sum()
}

/// Bytes of the scans that could be read.
pub(crate) fn bytes(records: &[ScanRecord]) -> u64 {
    records.iter().filter_map(|r| Some(r.input.as_ref()?.bytes)).sum()
}

/// One hash for all inputs; a scan that could not be read counts by its id alone. `records` are sorted by image id.
pub(crate) fn inputs_blake3(records: &[ScanRecord]) -> String {
    let mut hash = blake3::Hasher::new();
    for record in records {
        let content = record.input.as_ref().and_then(|i| i.blake3.as_deref()).unwrap_or("-");
        hash.update(format!("{}\0{content}\n", record.row.image_id).as_bytes());
    }
    hash.finalize().to_hex().to_string()
}

impl RunFile {
    fn path(out: &Path) -> PathBuf {
        out.join("run.json")
    }

    pub(crate) fn write(&self, out: &Path) -> Result<(), CohortError> {
        write_json(&Self::path(out), self)
    }

    /// Reads the run.json of an output folder.
    ///
    /// # Errors
    /// [`CohortError`] if it is missing or not hilum's.
    pub fn read(out: &Path) -> Result<Self, CohortError> {
        let path = Self::path(out);
        let json = fs::read(&path).map_err(CohortError::read(&path))?;
        serde_json::from_slice(&json).map_err(|e| CohortError::BadOutput { path, problem: e.to_string() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::InputFacts;
    use hilum_core::Finding;

    #[test]
    fn scans_and_findings_are_counted() {
        let mut a = ScanRecord::failed("a", "a.nii", Recipe::Default, "truncated", "cut off");
        a.findings.push(Finding::note("no_units", "mm assumed"));
        a.findings.push(Finding::note("no_units", "mm assumed again"));
        let counts = Counts::of(&[a]);
        assert_eq!((counts.status(Status::Failed), counts.status(Status::Measured)), (1, 0));
        assert_eq!((counts.by_level["note"], counts.by_level["warn"]), (2, 0));
        assert_eq!(counts.by_code["no_units"], 1);
    }

    #[test]
    fn the_hash_of_the_inputs_follows_their_content() {
        let record = |hash: &str| {
            let input = InputFacts {
                bytes: 1,
                blake3: Some(hash.into()),
                read_bytes: None,
                format: "NIfTI-1 int16".into(),
            };
            let failed = ScanRecord::failed("a", "a.nii", Recipe::Default, "x", "y");
            ScanRecord { input: Some(input), ..failed }
        };
        assert_eq!(inputs_blake3(&[record("1")]), inputs_blake3(&[record("1")]));
        assert_ne!(inputs_blake3(&[record("1")]), inputs_blake3(&[record("2")]));
    }
}
