//! Parquet: Snappy-compressed, every column nullable, its definition, unit and source in the field's metadata.

use super::error::TableError;
use super::text::TextTable;
use crate::atomic::{file_name, write_atomically};
use arrow_array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema};
use hilum_core::schema::{Column, Kind, Table, Value};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field as Cell;
use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::Arc;

/// Who wrote the file, as its footer says: a fixed word, so that a new version of a dependency changes no byte of it.
const CREATED_BY: &str = "hilum";

/// Writes `table`, all rows in one row group a million.
///
/// # Errors
/// [`TableError::WrongKind`] if a value is not of its column's kind; [`TableError::Io`] if the file cannot be written.
pub fn write_parquet(path: &Path, table: &Table) -> Result<(), TableError> {
    let batch = record_batch(&file_name(path), table)?;
    let written = write_atomically(path, |file| {
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_created_by(CREATED_BY.to_owned())
            .build();
        let mut writer = ArrowWriter::try_new(file, batch.schema(), Some(properties))?;
        writer.write(&batch)?;
        writer.close()?;
        Ok(())
    });
    written.map_err(|source| TableError::Io { file: file_name(path), action: "written", source })
}

/// `table` as Arrow has it: every column nullable, its definition, unit and source in the field's metadata. `name` is for
/// messages.
///
/// # Errors
/// [`TableError::WrongKind`] if a value is not of its column's kind.
pub fn record_batch(name: &str, table: &Table) -> Result<RecordBatch, TableError> {
    let arrays = table.columns.iter().enumerate().map(|(n, column)| array(name, table, n, column));
    let arrays = arrays.collect::<Result<Vec<_>, _>>()?;
    let schema = Arc::new(Schema::new(table.columns.iter().map(field).collect::<Vec<_>>()));
    RecordBatch::try_new(schema, arrays).map_err(|source| TableError::Io {
        file: name.to_owned(),
        action: "put together",
        source: io::Error::other(source),
    })
}

fn field(column: &Column) -> Field {
    let kind = match column.kind {
        Kind::Text => DataType::Utf8,
        Kind::Integer => DataType::Int64,
        Kind::Real => DataType::Float64,
    };
    let words = [("definition", column.definition), ("unit", column.unit), ("source", column.source)];
    let metadata: HashMap<_, _> =
        words.into_iter().map(|(key, word)| (key.to_owned(), word.to_owned())).collect();
    Field::new(column.name, kind, true).with_metadata(metadata)
}

fn array(name: &str, table: &Table, n: usize, column: &Column) -> Result<ArrayRef, TableError> {
    let wrong =
        |row: usize| TableError::WrongKind { file: name.to_owned(), row, column: column.name.to_owned() };
    if let Some(row) = table.rows.iter().position(|row| row.get(n).map(Value::kind) != Some(column.kind)) {
        return Err(wrong(row));
    }
    let cells = table.rows.iter().map(|row| &row[n]);
    Ok(match column.kind {
        Kind::Text => Arc::new(StringArray::from_iter(cells.map(|cell| match cell {
            Value::Text(text) => text.as_deref(),
            _ => None,
        }))),
        Kind::Integer => Arc::new(Int64Array::from_iter(cells.map(|cell| match cell {
            Value::Integer(integer) => *integer,
            _ => None,
        }))),
        Kind::Real => Arc::new(Float64Array::from_iter(cells.map(|cell| match cell {
            Value::Real(real) => real.filter(|x| x.is_finite()),
            _ => None,
        }))),
    })
}

/// Reads the flat columns of a Parquet file as text: numbers and dates as they are printed, nulls and empty texts as
/// `None`.
///
/// # Errors
/// [`TableError`] if the file is no Parquet or a cell is a list, a map or bytes.
pub fn read_parquet_table(path: &Path) -> Result<TextTable, TableError> {
    let file = file_name(path);
    let opened = File::open(path);
    let opened = opened.map_err(|source| TableError::Io { file: file.clone(), action: "opened", source })?;
    let damaged = |source: ParquetError| match source {
        // polars compresses with zstd unless told otherwise.
        ParquetError::General(ref problem) if problem.starts_with("Disabled feature") => {
            TableError::Compression { file: file.clone(), source }
        }
        _ => TableError::Parquet { file: file.clone(), source },
    };
    let reader = SerializedFileReader::new(opened).map_err(damaged)?;
    let columns = reader.metadata().file_metadata().schema().get_fields();
    let names = columns.iter().map(|column| column.name().to_owned()).collect();
    let mut table = TextTable::with_columns(&file, names)?;
    for (n, row) in reader.get_row_iter(None).map_err(damaged)?.enumerate() {
        let row = row.map_err(damaged)?;
        let cell = |(column, cell): (&String, &Cell)| {
            text(cell).ok_or_else(|| TableError::Nested {
                file: file.clone(),
                row: n as u64 + 1,
                column: column.clone(),
            })
        };
        table.rows.push(row.get_column_iter().map(cell).collect::<Result<_, _>>()?);
    }
    Ok(table)
}

/// A cell as text; `None` if it is nested or bytes.
fn text(cell: &Cell) -> Option<Option<String>> {
    match cell {
        Cell::Null => Some(None),
        Cell::Str(text) => Some((!text.is_empty()).then(|| text.clone())),
        Cell::Bytes(_) | Cell::Group(_) | Cell::ListInternal(_) | Cell::MapInternal(_) => None,
        other => Some(Some(other.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hilum_core::schema::Measurement;
    use hilum_core::{Recipe, Status};

    fn measurements() -> Table<'static> {
        let mut first = Measurement::unmeasured("a", "a.nii.gz", Recipe::Default, Status::Measured, None);
        first.lung_area_mm2 = Some(0.1 + 0.2);
        first.slice_index = Some(72);
        first.dense_ratio_percent = Some(f64::INFINITY);
        let reason = Some("Müller: cut off".to_owned());
        let second = Measurement::unmeasured("b", "b.nii", Recipe::Notebook, Status::Failed, reason);
        Table::of_measurements(&[first, second])
    }

    #[test]
    fn rows_go_there_and_back_and_bytes_are_the_same_each_time() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t.parquet");
        write_parquet(&path, &measurements()).unwrap();
        let bytes = std::fs::read(&path).unwrap();
        for _ in 0..5 {
            write_parquet(&path, &measurements()).unwrap();
            assert!(std::fs::read(&path).unwrap() == bytes, "hash maps must not leak their order");
        }
        let table = read_parquet_table(&path).unwrap();
        let cell = |row: usize, name: &str| table.rows[row][table.column(name).unwrap()].as_deref();
        assert_eq!(cell(0, "lung_area_mm2"), Some("0.30000000000000004"));
        assert_eq!(cell(0, "slice_index"), Some("72"));
        assert_eq!(cell(0, "dense_ratio_percent"), None);
        assert_eq!(cell(1, "reason"), Some("Müller: cut off"));
        assert_eq!(cell(1, "lung_area_mm2"), None);
    }

    #[test]
    fn manifests_of_pandas_and_polars_are_read() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/oracle/table");
        for name in ["pandas.parquet", "polars-snappy.parquet"] {
            let table = read_parquet_table(&folder.join(name)).unwrap();
            assert_eq!(table.columns, ["image_id", "type", "uri", "age", "dose", "contrast", "taken"]);
            let row = |n: usize| {
                table.rows[n].iter().map(|cell| cell.as_deref().unwrap_or("null")).collect::<Vec<_>>()
            };
            assert_eq!(row(0), ["a", "COVID", "scans/a.nii.gz", "61", "1.5", "true", "2020-03-01"]);
            assert_eq!(row(1), ["b", "null", "scans/b ü.nii", "47", "null", "false", "2020-12-31"]);
        }
        let message = read_parquet_table(&folder.join("polars-zstd.parquet")).unwrap_err().to_string();
        assert!(message.contains("write it again with compression='snappy'"), "{message}");
    }

    #[test]
    fn an_empty_table_keeps_its_columns() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t.parquet");
        write_parquet(&path, &Table::of_measurements(&[])).unwrap();
        let table = read_parquet_table(&path).unwrap();
        assert_eq!(table.columns.len(), hilum_core::schema::MEASUREMENT_COLUMNS.len());
        assert!(table.rows.is_empty());
    }

    #[test]
    fn other_files_and_wrong_kinds_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t.parquet");
        std::fs::write(&path, b"image_id,uri\n").unwrap();
        let message = read_parquet_table(&path).unwrap_err().to_string();
        assert_eq!(message, "t.parquet: not a readable Parquet file");
        let mut table = measurements();
        table.rows[1][0] = Value::Integer(Some(1));
        let message = write_parquet(&path, &table).unwrap_err().to_string();
        assert!(message.starts_with("t.parquet, row 1, column 'image_id'"), "{message}");
    }
}
