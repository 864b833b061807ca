//! What a report is made from.

use crate::{ClassifierReport, ExplanationReport};
use hilum_core::{Finding, Recipe, schema::Measurement};
use serde::Serialize;
use std::{collections::BTreeMap, path::Path};

/// A whole cohort, ready to be reported.
#[derive(Debug, Clone)]
pub struct ReportInput<'a> {
    /// Title of the page.
    pub title: &'a str,
    /// Every scan of the cohort, measured or not, in the order in which the report lists them.
    pub scans: Vec<ScanEntry>,
    /// Where the numbers come from.
    pub provenance: Provenance,
    /// Names of the class labels (`"0"` -> `"Healthy"`); a label that is not here is shown as given.
    pub class_names: BTreeMap<String, String>,
    /// How every two classes differ in the dense-tissue ratio; empty where there is nothing to compare.
    pub contrasts: Vec<ClassContrast>,
    /// What was found about a classifier of this cohort, where one was judged.
    pub classifier: Option<ClassifierReport>,
    /// What it goes by, where it was explained.
    pub explanation: Option<ExplanationReport>,
    /// The folder that holds one folder of pictures a scan (`OUT/scans`).
    pub scans_dir: &'a Path,
    /// The folder of the plates made of this very cohort (`OUT/figures`), if there are any.
    pub figures_dir: Option<&'a Path>,
    /// The folder of the model trained on this cohort (`OUT/model`), if there is one.
    pub model_dir: Option<&'a Path>,
}

/// How two classes differ in the dense-tissue ratio, as hilum's statistics found it.
#[derive(Debug, Clone, PartialEq)]
pub struct ClassContrast {
    /// Label of the class to be found.
    pub positive: String,
    /// Label of the other class.
    pub negative: String,
    /// Measured scans of the positive class.
    pub positives: usize,
    /// Measured scans of the negative class.
    pub negatives: usize,
    /// Area under the ROC curve.
    pub auc: f64,
    /// Its 95 % interval, where there is one.
    pub auc_interval: Option<(f64, f64)>,
    /// P value of the rank test, adjusted for the number of contrasts.
    pub p: f64,
    /// Rank-biserial correlation, -1 to 1.
    pub effect: f64,
    /// Best threshold in-sample, in percent, and whether the positive class lies above it.
    pub threshold_percent: Option<(f64, bool)>,
    /// Accuracy on scans that the threshold was not chosen on.
    pub held_back_accuracy: Option<f64>,
    /// Its 95 % interval.
    pub held_back_interval: Option<(f64, f64)>,
    /// Accuracy of always saying the larger class.
    pub majority_accuracy: f64,
}

/// One scan: its row, what was found, and where its pictures lie.
#[derive(Debug, Clone)]
pub struct ScanEntry {
    /// The scan's row of the measurement table.
    pub row: Measurement,
    /// Findings with their messages; a code that only the row names is shown without a message.
    pub findings: Vec<Finding>,
    /// Lung area along the scan, where it was measured.
    pub curve: Option<AreaCurve>,
    /// Name of the scan's folder below [`ReportInput::scans_dir`], with `slice.png` and `overlay.png`.
    pub folder: String,
    /// Names of the files in that folder that the scan's page offers.
    pub files: Vec<String>,
    /// What a classifier goes by in this scan, where that was asked.
    pub explanation: Option<ScanExplanation>,
}

/// What a classifier goes by in one scan.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ScanExplanation {
    /// Where the picture lies, seen from the scan's folder: a path with `/`.
    pub picture: String,
    /// How it was made, in words, as in `LIME, 1000 samples`.
    pub method: String,
    /// The class whose probability is explained.
    pub class: String,
    /// Checks of this explanation: what is asked, and the answer as text.
    pub checks: Vec<(String, String)>,
    /// What the checks of all scans say of the model, in words.
    pub verdict: String,
    /// Whether they say that explanations can be read, and point into the lung.
    pub trusted: bool,
}

/// Lung area of every axial slice.
#[derive(Debug, Clone, PartialEq)]
pub struct AreaCurve {
    /// Lung area in mm2, one value a slice, in the order of the file.
    pub area_mm2: Vec<f64>,
    /// Index of the chosen slice.
    pub chosen: usize,
    /// Whether the last slice is the uppermost (superior) one.
    pub superior_is_last: bool,
    /// Distance between slices along their normal, in mm.
    pub slice_spacing_mm: f64,
}

/// Where the numbers come from: facts that do not depend on the machine or the hour.
#[derive(Debug, Clone)]
pub struct Provenance {
    /// Version of hilum, as in `0.1.0`.
    pub version: String,
    /// The recipe of the run.
    pub recipe: Recipe,
    /// The command in short, without absolute paths.
    pub command: String,
    /// Settings that change results, as name and value, in the order in which they are shown.
    pub settings: Vec<(String, String)>,
    /// Hash over the content of all inputs, with the name of the hash (`blake3:...`).
    pub inputs_hash: Option<String>,
    /// Files in the input folder that are not scans, counted by ending (`"txt"` -> 3).
    pub left_out: BTreeMap<String, u64>,
}
