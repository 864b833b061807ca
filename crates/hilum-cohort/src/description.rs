//! What a table of scans holds: its classes, what became of its scans, and its columns.

use crate::{
    CohortError,
    class_table::{ClassTable, ColumnFacts, LeftOut, Missing, Reason, TableRequest, read_class_table},
    comparison::{write_figures, write_json},
};
use hilum_report::{ClassCount, class_counts};
use serde::Serialize;
use std::{collections::BTreeMap, fs, path::Path};

/// A table described: the content of describe.json.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Description {
    /// Version of hilum.
    pub hilum: &'static str,
    /// File name of the table.
    pub table: String,
    /// File name of the label table.
    pub labels: Option<String>,
    /// Rows of the table.
    pub rows: usize,
    /// Classes in the order of their labels.
    pub classes: Vec<ClassOutcome>,
    /// Rows that belong to no class of these, by reason.
    pub left_out: Vec<LeftOut>,
    /// Scans of the label table without a row.
    pub missing: Option<Missing>,
    /// All columns: kind, range, unit, meaning.
    pub columns: Vec<ColumnFacts>,
    /// What is odd.
    pub notes: Vec<String>,
}

/// The scans of one class.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ClassOutcome {
    /// Label as in the table.
    pub label: String,
    /// Its name, or the label itself.
    pub name: String,
    /// Scans.
    pub scans: usize,
    /// Measured, rejected and failed; `None` where the table does not tell.
    pub outcomes: Option<[usize; 3]>,
}

/// Reads a table and describes it; it need not hold a column of numbers.
///
/// # Errors
/// [`CohortError`] as [`read_class_table`].
pub fn describe_table(
    request: &TableRequest,
    class_names: &BTreeMap<String, String>,
) -> Result<Description, CohortError> {
    let table = read_class_table(&TableRequest { without_values: true, ..request.clone() })?;
    let classes = table.labels.iter().map(|label| outcome(&table, label, class_names)).collect();
    Ok(Description {
        hilum: env!("CARGO_PKG_VERSION"),
        table: table.file,
        labels: table.labels_file,
        rows: table.rows,
        classes,
        left_out: table.left_out,
        missing: table.missing,
        columns: table.columns,
        notes: table.notes,
    })
}

fn outcome(table: &ClassTable, label: &str, names: &BTreeMap<String, String>) -> ClassOutcome {
    let mut scans = 0;
    let mut counts = [0; 3];
    for scan in table.scans.iter().filter(|scan| scan.label == label) {
        scans += 1;
        let place =
            ["measured", "rejected", "failed"].iter().position(|s| Some(*s) == scan.status.as_deref());
        if let Some(place) = place {
            counts[place] += 1;
        }
    }
    // Told only where every scan has one of the three words.
    let outcomes = (counts.iter().sum::<usize>() == scans).then_some(counts);
    let name = names.get(label).map_or(label, String::as_str).to_owned();
    ClassOutcome { label: label.to_owned(), name, scans, outcomes }
}

impl Description {
    /// Rows without a label.
    pub fn unlabelled(&self) -> usize {
        self.left_out.iter().filter(|left| left.reason == Reason::NoLabel).map(|left| left.rows).sum()
    }

    /// Writes describe.json, class-counts.svg and class-counts.png into a folder, which is made if it is not there; gives
    /// the names of the files. Without any labelled scan there is no figure.
    ///
    /// # Errors
    /// [`CohortError`] if a file cannot be written.
    pub fn write(&self, folder: &Path) -> Result<Vec<&'static str>, CohortError> {
        fs::create_dir_all(folder).map_err(CohortError::write(folder))?;
        write_json(&folder.join("describe.json"), self)?;
        let count = |class: &ClassOutcome| class.outcomes.unwrap_or([class.scans, 0, 0]);
        let counts: Vec<ClassCount<'_>> =
            self.classes.iter().map(|class| ClassCount { name: &class.name, counts: count(class) }).collect();
        let mut written = vec!["describe.json"];
        if let Some(svg) = class_counts(&counts) {
            write_figures(folder, ["class-counts.svg", "class-counts.png"], &svg)?;
            written.extend(["class-counts.svg", "class-counts.png"]);
        }
        Ok(written)
    }
}
