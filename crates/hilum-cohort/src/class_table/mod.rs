//! A table of scans with classes: what is in it, what is left out of a comparison and why.
//!
//! Enters: a table of hilum (measurements.csv, .parquet) or of another program, and perhaps a label table. Leaves: the
//! scans that can be compared, and every other row of the table with its reason: none is lost in silence.

mod cells;
mod columns;
mod left_out;

pub use columns::{ColumnFacts, ColumnKind};
pub use left_out::{LeftOut, Missing, MissingOfLabel, Reason};

use crate::{
    CohortError, find::without_ending, labels::read_labels, manifest::Columns, manifest::read_table,
};
use cells::{Cell, number_in, text_in};
use columns::Chosen;
use hilum_core::by_number_then_text;
use hilum_io::{file_name, table::TextTable};
use left_out::Tally;
use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

/// More classes than this are no classes: the column holds names or numbers.
const MOST_CLASSES: usize = 20;

/// Which table, and which of its columns.
#[derive(Debug, Clone, Default)]
pub struct TableRequest {
    /// CSV or Parquet.
    pub table: PathBuf,
    /// A table with the class of each scan: image_id (or file, uri) and type (or label).
    pub labels: Option<PathBuf>,
    /// The column that holds the class; otherwise type, label or class.
    pub class: Option<String>,
    /// The column that holds the number; otherwise dense_ratio_percent or ratio.
    pub value: Option<String>,
    /// Labels that take part; all, if empty.
    pub only: Vec<String>,
    /// Whether the table need not hold a column of numbers.
    pub without_values: bool,
}

/// A scan of the table that has all that is needed.
#[derive(Debug, Clone, PartialEq)]
pub struct TableScan {
    /// Its label.
    pub label: String,
    /// Its number; 0 where none was asked for.
    pub value: f64,
    /// Its patient group, where the table tells.
    pub patient: Option<String>,
    /// measured, rejected or failed, where the table tells.
    pub status: Option<String>,
}

/// A table, read.
#[derive(Debug, Clone, PartialEq)]
pub struct ClassTable {
    /// File name of the table.
    pub file: String,
    /// File name of the label table.
    pub labels_file: Option<String>,
    /// Rows of the table.
    pub rows: usize,
    /// All columns.
    pub columns: Vec<ColumnFacts>,
    /// Name of the column with the class; `None` if only the label table has it.
    pub class_column: Option<String>,
    /// Name of the column with the number.
    pub value_column: Option<String>,
    /// Labels of the scans that take part, in order.
    pub labels: Vec<String>,
    /// Scans that take part, in the order of the table.
    pub scans: Vec<TableScan>,
    /// Rows that do not, by reason.
    pub left_out: Vec<LeftOut>,
    /// Scans of the label table without a row; `None` without a label table.
    pub missing: Option<Missing>,
    /// What is odd and stays.
    pub notes: Vec<String>,
}

/// Reads a table.
///
/// # Errors
/// [`CohortError`] if a table cannot be read, lacks a column, holds text where a number belongs, contradicts itself or
/// the label table, or holds more than 20 classes; the message names file, row and column.
pub fn read_class_table(request: &TableRequest) -> Result<ClassTable, CohortError> {
    let text = read_table(&request.table)?;
    let columns = Columns { path: &request.table, names: &text.columns };
    let chosen = Chosen::of(&columns, request)?;
    let known = request.labels.as_deref().map(read_labels).transpose()?;
    let mut reader = Reader {
        columns: &columns,
        chosen: &chosen,
        request,
        known: known.as_ref(),
        first: BTreeMap::new(),
        tally: Tally::default(),
        found: BTreeSet::new(),
        unknown: Vec::new(),
    };
    let mut scans = Vec::new();
    for (index, cells) in text.rows.iter().enumerate() {
        scans.extend(reader.scan(index + 1, cells)?);
    }
    let mut labels: Vec<String> = scans.iter().map(|scan: &TableScan| scan.label.clone()).collect();
    labels.sort_by(|a, b| by_number_then_text(a, b));
    labels.dedup();
    if labels.len() > MOST_CLASSES {
        let column = chosen.class.map_or("type", |c| &text.columns[c]).to_owned();
        let classes = labels.len();
        let path = request.table.clone();
        return Err(CohortError::TooManyClasses { path, column, classes, most: MOST_CLASSES });
    }
    let notes = notes(&text, &chosen, &scans, &reader);
    Ok(ClassTable {
        file: file_name(&request.table),
        labels_file: request.labels.as_deref().map(file_name),
        rows: text.rows.len(),
        columns: columns::facts(&text),
        class_column: chosen.class.map(|c| text.columns[c].clone()),
        value_column: chosen.value.map(|c| text.columns[c].clone()),
        labels,
        scans,
        left_out: reader.tally.into_list(),
        missing: known.as_ref().map(|known| Missing::of(known, &reader.found, &request.only)),
        notes,
    })
}

/// What is known while rows are read.
struct Reader<'a> {
    columns: &'a Columns<'a>,
    chosen: &'a Chosen,
    request: &'a TableRequest,
    known: Option<&'a BTreeMap<String, String>>,
    /// Row, label and number of each name.
    first: BTreeMap<String, (usize, Option<String>, Option<String>)>,
    tally: Tally,
    /// Names of the label table that a row was found for.
    found: BTreeSet<String>,
    /// Rows whose scan the label table does not know.
    unknown: Vec<usize>,
}

impl Reader<'_> {
    /// The scan of a row, or nothing where the row is left out.
    fn scan(&mut self, row: usize, cells: &[Option<String>]) -> Result<Option<TableScan>, CohortError> {
        let at = |column: Option<usize>| column.and_then(|c| text_in(cells, c));
        let label = self.label(row, cells)?;
        let raw = at(self.chosen.value).map(str::to_owned);
        let place = at(self.chosen.id).map_or_else(|| format!("row {row}"), |id| format!("row {row} ({id})"));
        if let Some(id) = at(self.chosen.id)
            && let Some(repeats) = self.repeats(row, id, &label, &raw)?
        {
            self.tally.add(Reason::Repeat, label.as_deref(), format!("{place} repeats row {repeats}"));
            return Ok(None);
        }
        let status = at(self.chosen.status).map(str::to_owned);
        let Some(label) = label else {
            self.tally.add(Reason::NoLabel, None, place);
            return Ok(None);
        };
        if !self.request.only.is_empty() && !self.request.only.contains(&label) {
            self.tally.add(Reason::NotAskedFor, Some(&label), place);
            return Ok(None);
        }
        let patient = at(self.chosen.patient).map(str::to_owned);
        let value = match self.chosen.value {
            None => 0.0,
            Some(column) => match number_in(cells, column) {
                Cell::Number(value) => value,
                Cell::Empty => {
                    let reason = Reason::without_value(status.as_deref());
                    self.tally.add(reason, Some(&label), place);
                    return Ok(None);
                }
                Cell::NotFinite => {
                    self.tally.add(Reason::NotFinite, Some(&label), place);
                    return Ok(None);
                }
                Cell::Text(text) => {
                    let problem =
                        format!("'{text}' is no number; empty the cell, or name another column with --value");
                    return Err(self.columns.fault(row, column, problem));
                }
            },
        };
        Ok(Some(TableScan { label, value, patient, status }))
    }

    /// The label of a row: the table's own, which must agree with that of the label table.
    fn label(&mut self, row: usize, cells: &[Option<String>]) -> Result<Option<String>, CohortError> {
        let own = self.chosen.class.and_then(|c| Some((c, text_in(cells, c)?)));
        let Some(known) = self.known else { return Ok(own.map(|(_, label)| label.to_owned())) };
        let Some((name, label)) = self.names(cells).into_iter().find_map(|n| known.get_key_value(&n)) else {
            self.unknown.push(row);
            return Ok(own.map(|(_, label)| label.to_owned()));
        };
        self.found.insert(name.clone());
        match own {
            Some((column, own)) if !same_label(own, label) => {
                let file = self.request.labels.as_deref().map(file_name).unwrap_or_default();
                let problem = format!("'{name}' is of class '{own}' here and of class '{label}' in {file}");
                Err(self.columns.fault(row, column, problem))
            }
            _ => Ok(Some(label.clone())),
        }
    }

    /// The names under which a label table may list the scan of a row.
    fn names(&self, cells: &[Option<String>]) -> Vec<String> {
        let own = [self.chosen.id, self.chosen.uri].into_iter().flatten().filter_map(|c| text_in(cells, c));
        own.flat_map(|name| {
            let file = name.rsplit('/').next().unwrap_or_default();
            [name, file, without_ending(file)].map(str::to_owned)
        })
        .collect()
    }

    /// The earlier row of the same name, which must say the same.
    fn repeats(
        &mut self,
        row: usize,
        id: &str,
        label: &Option<String>,
        raw: &Option<String>,
    ) -> Result<Option<usize>, CohortError> {
        let Some((first, its_label, its_raw)) = self.first.get(id) else {
            self.first.insert(id.to_owned(), (row, label.clone(), raw.clone()));
            return Ok(None);
        };
        if its_label == label && its_raw == raw {
            return Ok(Some(*first));
        }
        let column = self.chosen.id.unwrap_or_default();
        let problem =
            format!("'{id}' stands in row {first} too, with another class or number; keep one of them");
        Err(self.columns.fault(row, column, problem))
    }
}

/// Labels that mean the same: as text, or as numbers (2 and 2.0, as pandas writes a column with gaps).
fn same_label(a: &str, b: &str) -> bool {
    a == b || matches!((a.parse::<f64>(), b.parse::<f64>()), (Ok(x), Ok(y)) if x == y)
}

fn notes(text: &TextTable, chosen: &Chosen, scans: &[TableScan], reader: &Reader<'_>) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(first) = reader.unknown.first() {
        let rows = reader.unknown.len();
        notes.push(format!(
            "{rows} rows hold a scan that the label table does not know, the first is row {first}"
        ));
    }
    if chosen.id.is_none() {
        notes.push("no column names the scans (image_id), so repeated rows cannot be seen".to_owned());
    }
    let percent = chosen.value.map(|c| columns::in_percent(&text.columns[c], scans.iter().map(|s| s.value)));
    let beyond = scans.iter().filter(|s| !(0.0..=100.0).contains(&s.value)).count();
    if percent == Some(true) && beyond > 0 {
        notes.push(format!("{beyond} numbers lie outside 0 to 100 %; they were kept"));
    }
    let patients: Vec<&String> = scans.iter().filter_map(|s| s.patient.as_ref()).collect();
    let distinct = patients.iter().collect::<BTreeSet<_>>().len();
    if distinct < patients.len() {
        notes.push(format!(
            "{} scans are of {distinct} patients: cross-validation keeps those of one patient together, while the interval of \
             the AUC and the p values take scans for independent and are too sure",
            patients.len()
        ));
    }
    notes
}

/// The words for a column of numbers on an axis, and its unit alone.
pub(crate) fn axis_words(column: &str, values: &[f64]) -> (String, &'static str) {
    columns::axis_words(column, values)
}

/// Whether the numbers of a column are percents.
pub(crate) fn in_percent(column: &str, values: &[f64]) -> bool {
    columns::in_percent(column, values.iter().copied())
}
