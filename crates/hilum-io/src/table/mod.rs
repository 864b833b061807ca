//! Tables: the measurement table out, as CSV and Parquet with the same rows; manifests and label lists in, from either.
//!
//! A value that was not measured is null: an empty cell in CSV, null in Parquet. A number that is not finite counts as
//! not measured. The same rows give the same bytes.

mod csv_file;
mod error;
mod parquet_file;
mod text;

pub use csv_file::{read_csv_table, write_csv};
pub use error::TableError;
pub use parquet_file::{read_parquet_table, record_batch, write_parquet};
pub use text::TextTable;
