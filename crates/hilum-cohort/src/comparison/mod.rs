//! How the classes of a table differ: from a table to statistics, files and figures.

mod files;
mod sheets;

pub(crate) use files::{write_figures, write_json};

use crate::{
    CohortError,
    class_table::{ClassTable, LeftOut, Missing, TableRequest, axis_words, in_percent, read_class_table},
};
use hilum_core::Bins;
use hilum_learn::{Cases, Comparison, Plan, Settings, compare};
use serde::Serialize;
use std::{collections::BTreeMap, path::Path};

/// What to compare, and how.
#[derive(Debug, Clone, Default)]
pub struct CompareRequest {
    /// The table and its columns.
    pub table: TableRequest,
    /// Label of the class to be found; otherwise as [`Settings::positive`] has it.
    pub positive: Option<String>,
    /// Names of labels (`"2"` -> `"COVID-19"`).
    pub class_names: BTreeMap<String, String>,
    /// Folds, repeats, seed and criterion.
    pub plan: Plan,
}

/// Everything that `hilum compare` finds: the content of compare.json.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ComparisonFile {
    /// Version of hilum.
    pub hilum: &'static str,
    /// File name of the table.
    pub table: String,
    /// File name of the label table.
    pub labels: Option<String>,
    /// Rows of the table.
    pub rows: usize,
    /// Rows that take part.
    pub compared: usize,
    /// The column of classes; null if the label table has them.
    pub class_column: Option<String>,
    /// The column of numbers.
    pub value_column: String,
    /// What the numbers are, with their unit, in words.
    pub value: String,
    /// Their unit alone.
    pub unit: &'static str,
    /// Names of the labels.
    pub class_names: BTreeMap<String, String>,
    /// Rows that do not take part, by reason.
    pub left_out: Vec<LeftOut>,
    /// Scans of the label table without a row.
    pub missing: Option<Missing>,
    /// What is odd.
    pub notes: Vec<String>,
    /// How thresholds were chosen and held back.
    pub settings: Plan,
    /// Classes and contrasts.
    #[serde(flatten)]
    pub comparison: Comparison,
    /// The histograms.
    pub histogram: Histogram,
    /// Numbers by class, for the figure.
    #[serde(skip)]
    values: Vec<Vec<f64>>,
}

/// The histograms of all classes over shared bins.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Histogram {
    /// Edges of the bins, one more than there are bins; a bin holds its lower edge.
    pub edges: Vec<f64>,
    /// Scans in each bin, one list a class, in the order of the classes.
    pub counts: Vec<Vec<usize>>,
    /// Scans above the last edge, one number a class: a few that lie far beyond all others.
    pub beyond: Vec<usize>,
}

/// Reads a table and compares its classes.
///
/// # Errors
/// [`CohortError`] as [`read_class_table`], and if no row can take part or `positive` is no class.
pub fn compare_table(request: &CompareRequest) -> Result<ComparisonFile, CohortError> {
    let table = read_class_table(&request.table)?;
    if table.scans.is_empty() {
        return Err(nothing(&request.table, &table));
    }
    let place = |label: &String| table.labels.iter().position(|known| known == label);
    let positive = match &request.positive {
        None => None,
        Some(label) => Some(place(label).ok_or_else(|| CohortError::NoSuchClass {
            label: label.clone(),
            known: table.labels.join(", "),
        })?),
    };
    let column = table.value_column.clone().unwrap_or_default();
    let values: Vec<f64> = table.scans.iter().map(|scan| scan.value).collect();
    let classes: Vec<usize> = table.scans.iter().filter_map(|scan| place(&scan.label)).collect();
    let patients: Vec<Option<&str>> = table.scans.iter().map(|scan| scan.patient.as_deref()).collect();
    let cases = Cases { values: &values, classes: &classes, patients: &patients, labels: &table.labels };
    let settings = Settings { plan: request.plan, positive, in_percent: in_percent(&column, &values) };
    let comparison = compare(cases, settings)?;
    let by_class: Vec<Vec<f64>> = (0..table.labels.len())
        .map(|class| values.iter().zip(&classes).filter(|(_, c)| **c == class).map(|(v, _)| *v).collect())
        .collect();
    let (value, unit) = axis_words(&column, &values);
    let mut notes = table.notes;
    notes.extend(doubts(&comparison));
    notes.extend(turned(&comparison, positive));
    Ok(ComparisonFile {
        hilum: env!("CARGO_PKG_VERSION"),
        table: table.file,
        labels: table.labels_file,
        rows: table.rows,
        compared: values.len(),
        class_column: table.class_column,
        value_column: column,
        value,
        unit,
        class_names: request.class_names.clone(),
        left_out: table.left_out,
        missing: table.missing,
        notes,
        settings: request.plan,
        comparison,
        histogram: histogram(&values, &by_class),
        values: by_class,
    })
}

impl ComparisonFile {
    /// The name of a label, or the label itself.
    pub fn name<'a>(&'a self, label: &'a str) -> &'a str {
        self.class_names.get(label).map_or(label, String::as_str)
    }

    /// Writes compare.json, classes.csv, contrasts.csv, histograms.svg and histograms.png into a folder, which is made if
    /// it is not there; gives the names of the files.
    ///
    /// # Errors
    /// [`CohortError`] if a file cannot be written.
    pub fn write(&self, folder: &Path) -> Result<Vec<&'static str>, CohortError> {
        files::write(self, folder)
    }
}

fn histogram(all: &[f64], by_class: &[Vec<f64>]) -> Histogram {
    let Some(bins) = Bins::of(all) else { return Histogram::default() };
    let lower = (0..bins.number()).map(|bin| bins.edges(bin).0);
    Histogram {
        edges: lower.chain([bins.ends().1]).collect(),
        counts: by_class.iter().map(|values| bins.count(values)).collect(),
        beyond: by_class.iter().map(|values| bins.beyond(values)).collect(),
    }
}

/// Why no row takes part.
fn nothing(request: &TableRequest, table: &ClassTable) -> CohortError {
    let reasons: Vec<String> =
        table.left_out.iter().map(|left| format!("{} {}", left.rows, left.reason.in_words())).collect();
    let why = if reasons.is_empty() { "the table has no rows".to_owned() } else { reasons.join(", ") };
    CohortError::NothingToCompare { path: request.table.clone(), rows: table.rows, why }
}

/// Says how to look from the other side, where nobody chose one and the numbers lie the other way.
fn turned(comparison: &Comparison, positive: Option<usize>) -> Option<String> {
    match (comparison.pairs.as_slice(), positive) {
        ([pair], None) if pair.roc.auc < 0.5 => {
            let other = pair.negative.as_deref().unwrap_or_default();
            Some(format!(
                "class '{}' is taken for the one to be found; --positive {other} turns it round",
                pair.positive
            ))
        }
        _ => None,
    }
}

/// What a reader should know before leaning on the statistics.
fn doubts(comparison: &Comparison) -> Vec<String> {
    let mut doubts = Vec::new();
    if let [only] = comparison.classes.as_slice() {
        doubts.push(format!(
            "all {} numbers are of class '{}': there is nothing to compare it with",
            only.summary.n, only.label
        ));
    }
    for class in comparison.classes.iter().filter(|class| class.summary.n < 10) {
        doubts.push(format!("class '{}' has only {} numbers", class.label, class.summary.n));
    }
    let contrasts = || comparison.pairs.iter().chain(&comparison.one_vs_rest);
    if contrasts().any(|c| c.roc.standard_error == Some(0.0)) {
        doubts.push(
            "where two classes do not overlap at all, the AUC has no interval: DeLong's variance is 0 there"
                .to_owned(),
        );
    }
    let small = contrasts().filter(|c| c.cross_validated.is_none() && c.best.is_some()).count();
    if small > 0 {
        doubts.push(format!(
            "{small} thresholds could not be tried on scans held back: a class has fewer than two scans or patients"
        ));
    }
    doubts
}
