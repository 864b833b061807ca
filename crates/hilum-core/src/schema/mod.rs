//! The tables that hilum writes: what each column means, and the typed row behind it.
//!
//! A column is declared once, with its unit, definition and source; the Parquet and CSV writers, the report and the
//! data dictionary (docs/metrics.md) all read that declaration. A value that was not measured is null, never 0.

mod measurement;

pub use measurement::{LungState, MEASUREMENT_COLUMNS, Measurement};

use serde::Serialize;

/// The type of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// UTF-8 text.
    Text,
    /// 64-bit signed integer.
    Integer,
    /// 64-bit float.
    Real,
}

/// The declaration of one column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Column<'a> {
    /// Name in the file, with the unit as suffix.
    pub name: &'a str,
    /// Type in the file; every column may be null.
    pub kind: Kind,
    /// Unit in words, or `-`.
    pub unit: &'a str,
    /// What the number is.
    pub definition: &'a str,
    /// Where the definition comes from.
    pub source: &'a str,
}

/// One cell; `None` is null.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Value {
    /// Text.
    Text(Option<String>),
    /// Integer.
    Integer(Option<i64>),
    /// Real number.
    Real(Option<f64>),
}

impl Value {
    /// The column type that this cell fits.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Text(_) => Kind::Text,
            Self::Integer(_) => Kind::Integer,
            Self::Real(_) => Kind::Real,
        }
    }
}

/// A table ready to be written: every row has one value per column, of the column's kind.
#[derive(Debug, Clone, PartialEq)]
pub struct Table<'a> {
    /// The columns.
    pub columns: &'a [Column<'a>],
    /// The rows.
    pub rows: Vec<Vec<Value>>,
}

impl Table<'_> {
    /// The table of measurements, one row a scan, in the order given.
    pub fn of_measurements(rows: &[Measurement]) -> Self {
        Self { columns: MEASUREMENT_COLUMNS, rows: rows.iter().map(Measurement::values).collect() }
    }
}
