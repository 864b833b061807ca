//! What can go wrong with a table.

use std::io;

/// A table that cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the fields are what the messages say")]
pub enum TableError {
    /// The operating system refused.
    #[error("{file}: the table cannot be {action}")]
    Io { file: String, action: &'static str, source: io::Error },

    /// No header line.
    #[error("{file}: the table is empty; its first line must name the columns")]
    Empty { file: String },

    /// UTF-16 or another encoding.
    #[error("{file}, row {row}, column {column}: the text is not UTF-8; save the table as CSV UTF-8")]
    NotUtf8 { file: String, row: u64, column: u64 },

    /// A row with more or fewer cells than there are columns.
    #[error(
        "{file}, row {row}: {found} cells where the first line names {expected} columns; mend the commas or quotes"
    )]
    RowLength { file: String, row: u64, expected: u64, found: u64 },

    /// Two columns of one name.
    #[error("{file}: column '{column}' stands there twice; rename one")]
    RepeatedColumn { file: String, column: String },

    /// A cell that is a list, a map or bytes.
    #[error("{file}, row {row}, column '{column}': the cell is no text, number or date; flatten it")]
    Nested { file: String, row: u64, column: String },

    /// Not Parquet, or damaged.
    #[error("{file}: not a readable Parquet file")]
    Parquet { file: String, source: parquet::errors::ParquetError },

    /// Compressed by a method that was left out of hilum.
    #[error("{file}: compressed in a way that is not read here; write it again with compression='snappy'")]
    Compression { file: String, source: parquet::errors::ParquetError },

    /// A row to be written that does not fit its columns.
    #[error("{file}, row {row}, column '{column}': the value is not of the kind that the column declares")]
    WrongKind { file: String, row: usize, column: String },
}
