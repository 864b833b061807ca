//! What is kept of one scan: the content of `scans/<folder>/scan.json`.
//!
//! No times, no absolute paths, no patient identity: two runs over the same input write the same bytes.

use hilum_core::{Finding, Recipe, Status, schema::Measurement};
use serde::{Deserialize, Serialize};

/// Grows whenever scan.json or the files beside it change their meaning, or a recipe finds other masks; records of another version are made anew.
pub const RECORD_VERSION: u32 = 2;

/// Everything known about one scan, whatever became of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScanRecord {
    /// Hash of the input's identity and of all settings that change results: equal key, equal record.
    pub key: String,
    /// The row of the measurement table.
    pub row: Measurement,
    /// Findings with their messages.
    pub findings: Vec<Finding>,
    /// What was read; `None` if the file could not be.
    pub input: Option<InputFacts>,
    /// Lung area along the body; `None` where it was not computed.
    pub curve: Option<AreaCurve>,
}

/// The file that was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputFacts {
    /// Bytes on disk (both files of a pair together).
    pub bytes: u64,
    /// BLAKE3 of the bytes, in hexadecimal; `None` of an object in a store that was not read to its end.
    pub blake3: Option<String>,
    /// Bytes that were read, where not all were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_bytes: Option<u64>,
    /// Format in words, such as `NIfTI-1 int16 gz`.
    pub format: String,
}

/// The lung area of every axial slice.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AreaCurve {
    /// Distance between neighbouring slices.
    pub slice_spacing_mm: f64,
    /// Lung area of slice 0, 1, ... along the file's slice axis.
    pub area_mm2: Vec<f64>,
    /// Index of the chosen slice.
    pub chosen: usize,
    /// Whether the last slice is the one nearest to the head.
    pub superior_is_last: bool,
}

/// Failures that lie in the machine or the run and not in the scan: the next run tries again unasked.
const PASSING: [&str; 3] = ["too_little_memory", "not_written", "unreachable"];

impl ScanRecord {
    /// Whether the scan failed for a reason that may be gone in the next run.
    pub(crate) fn failed_in_passing(&self) -> bool {
        self.row.status == Status::Failed && self.findings.iter().any(|f| PASSING.contains(&f.code.as_str()))
    }

    /// The record of a scan that could not be processed: the reason is both the row's and a finding under `code`.
    pub fn failed(image_id: &str, uri: &str, recipe: Recipe, code: &str, reason: &str) -> Self {
        let mut row = Measurement::unmeasured(image_id, uri, recipe, Status::Failed, Some(reason.to_owned()));
        row.findings.push(code.to_owned());
        Self {
            key: String::new(),
            row,
            findings: vec![Finding::reject(code, reason)],
            input: None,
            curve: None,
        }
    }
}
