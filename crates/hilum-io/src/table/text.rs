//! A table read as text.

use super::error::TableError;

/// Columns and rows as text: what a manifest or a list of labels is before anyone knows what it means.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TextTable {
    /// Names of the columns, each once.
    pub columns: Vec<String>,
    /// Rows, one cell per column; `None` is null or empty.
    pub rows: Vec<Vec<Option<String>>>,
}

impl TextTable {
    /// The number of the column `name`.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column == name)
    }

    /// Refuses a table in which two columns have one name.
    pub(super) fn with_columns(file: &str, columns: Vec<String>) -> Result<Self, TableError> {
        for (n, column) in columns.iter().enumerate() {
            if columns[..n].contains(column) {
                return Err(TableError::RepeatedColumn { file: file.to_owned(), column: column.clone() });
            }
        }
        Ok(Self { columns, rows: Vec::new() })
    }
}
