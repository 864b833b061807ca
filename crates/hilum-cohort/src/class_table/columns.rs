//! Which columns of a table are which, what they hold, and what their numbers are called.

use super::{
    TableRequest,
    cells::{Cell, number_in, text_in},
};
use crate::{CohortError, manifest::Columns};
use hilum_core::{Summary, schema::MEASUREMENT_COLUMNS};
use hilum_io::table::TextTable;
use serde::Serialize;
use std::collections::BTreeSet;

/// Where things stand in a table.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Chosen {
    pub(super) id: Option<usize>,
    pub(super) uri: Option<usize>,
    pub(super) class: Option<usize>,
    pub(super) value: Option<usize>,
    pub(super) patient: Option<usize>,
    pub(super) status: Option<usize>,
}

impl Chosen {
    pub(super) fn of(columns: &Columns<'_>, request: &TableRequest) -> Result<Self, CohortError> {
        let first_of = |names: &[&str]| names.iter().find_map(|name| columns.find(name));
        let named = |given: &Option<String>, usual: &[&str]| match given {
            Some(name) => columns.find(name).map(Some).ok_or_else(|| columns.missing(name)),
            None => Ok(first_of(usual)),
        };
        let id = first_of(&["image_id", "img_name", "file", "uri"]);
        let class = named(&request.class, &["type", "label", "class"])?;
        let value = if request.without_values {
            None
        } else {
            let found = named(&request.value, &["dense_ratio_percent", "ratio"])?;
            Some(found.ok_or_else(|| columns.missing("dense_ratio_percent or ratio"))?)
        };
        if request.labels.is_some() && id.is_none() {
            return Err(columns.missing("image_id (or img_name, file, uri)"));
        }
        if class.is_none() && request.labels.is_none() && !request.without_values {
            return Err(columns.missing("type (or label, class)"));
        }
        let [uri, status] = ["uri", "status"].map(|name| columns.find(name));
        Ok(Self { id, uri, class, value, patient: first_of(&["group", "patient_id"]), status })
    }
}

/// What the cells of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ColumnKind {
    /// Nothing in any row.
    Empty,
    /// Whole numbers.
    Integer,
    /// Numbers.
    Real,
    /// Anything else.
    Text,
}

/// One column of a table.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ColumnFacts {
    /// Name as in the file.
    pub name: String,
    /// What its cells are.
    pub kind: ColumnKind,
    /// Rows with a value.
    pub filled: usize,
    /// Different values.
    pub distinct: usize,
    /// Quartiles and ends of numbers.
    pub range: Option<Summary>,
    /// Unit, where hilum or the name of the column tells it.
    pub unit: Option<&'static str>,
    /// What it means, for columns of hilum.
    pub definition: Option<&'static str>,
}

/// The facts of all columns.
pub(super) fn facts(table: &TextTable) -> Vec<ColumnFacts> {
    table.columns.iter().enumerate().map(|(n, name)| fact(table, n, name)).collect()
}

fn fact(table: &TextTable, n: usize, name: &str) -> ColumnFacts {
    let texts: Vec<&str> = table.rows.iter().filter_map(|row| text_in(row, n)).collect();
    let numbers = table.rows.iter().filter_map(|row| match number_in(row, n) {
        Cell::Number(number) => Some(number),
        _ => None,
    });
    let numbers: Vec<f64> = numbers.collect();
    let kind = match (texts.len(), numbers.len()) {
        (0, _) => ColumnKind::Empty,
        (filled, numeric) if numeric < filled => ColumnKind::Text,
        _ if texts.iter().all(|text| text.parse::<i64>().is_ok()) => ColumnKind::Integer,
        _ => ColumnKind::Real,
    };
    let is_number = matches!(kind, ColumnKind::Integer | ColumnKind::Real);
    let known = MEASUREMENT_COLUMNS.iter().find(|column| column.name == name);
    ColumnFacts {
        name: name.to_owned(),
        kind,
        filled: texts.len(),
        distinct: texts.iter().collect::<BTreeSet<_>>().len(),
        range: if is_number { Summary::of(numbers) } else { None },
        unit: known.map(|column| column.unit).filter(|unit| *unit != "-").or(unit(name).map(|(_, u)| u)),
        definition: known.map(|column| column.definition),
    }
}

/// Endings of names that tell a unit.
const UNITS: &[(&str, &str)] = &[
    ("_percent", "%"),
    ("_mm2", "mm²"),
    ("_mm", "mm"),
    ("_ml", "ml"),
    ("_hu", "HU"),
    ("_px", "pixels"),
    ("_vox", "voxels"),
    ("_s", "s"),
];

/// The name of a column without its unit, and the unit.
fn unit(column: &str) -> Option<(&str, &'static str)> {
    UNITS.iter().find_map(|(ending, unit)| Some((column.strip_suffix(ending)?, *unit)))
}

/// Whether the numbers are percents: the name says so, or it is `ratio`, as the notebook calls it, and not a fraction.
pub(super) fn in_percent(column: &str, mut values: impl Iterator<Item = f64>) -> bool {
    column.ends_with("_percent") || (column == "ratio" && values.any(|v| v > 1.0))
}

/// The words for an axis, and the unit alone.
pub(super) fn axis_words(column: &str, values: &[f64]) -> (String, &'static str) {
    if column == "dense_ratio_percent" {
        return ("Dense tissue over lung, % of area".to_owned(), "%");
    }
    let (name, unit) = match unit(column) {
        Some(split) => split,
        None if in_percent(column, values.iter().copied()) => (column, "%"),
        None => (column, ""),
    };
    let words = name.replace('_', " ");
    let mut letters = words.chars();
    let words: String = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
    let axis = if unit.is_empty() { words } else { format!("{words}, {unit}") };
    (axis, unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_units() {
        assert_eq!(axis_words("lung_area_mm2", &[]), ("Lung area, mm²".to_owned(), "mm²"));
        assert_eq!(axis_words("ratio", &[3.0]), ("Ratio, %".to_owned(), "%"));
        assert_eq!(axis_words("ratio", &[0.3]), ("Ratio".to_owned(), ""));
        assert_eq!(axis_words("age", &[]), ("Age".to_owned(), ""));
    }

    #[test]
    fn columns_are_what_their_cells_are() {
        let row = |cells: [&str; 4]| cells.map(|c| (!c.is_empty()).then(|| c.to_owned())).to_vec();
        let table = TextTable {
            columns: ["rows_px", "dose", "note", "gone"].map(str::to_owned).to_vec(),
            rows: vec![row(["512", "1.5", "3", ""]), row(["256", "NaN", "x", ""])],
        };
        let facts = facts(&table);
        let kinds: Vec<_> = facts.iter().map(|f| f.kind).collect();
        assert_eq!(kinds, [ColumnKind::Integer, ColumnKind::Real, ColumnKind::Text, ColumnKind::Empty]);
        assert_eq!((facts[1].filled, facts[0].distinct), (1, 2));
        assert_eq!(facts[0].range.unwrap().max, 512.0);
        assert_eq!(facts[0].unit, Some("pixel"));
        assert!(facts[0].definition.is_some() && facts[2].range.is_none());
    }
}
