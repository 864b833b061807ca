//! CSV after RFC 4180, with lines that end in `\n`.

use super::error::TableError;
use super::text::TextTable;
use crate::atomic::{file_name, write_atomically};
use hilum_core::schema::{Table, Value};
use std::io::BufWriter;
use std::path::Path;

/// Writes `table`: names first, then rows; numbers in the shortest form that reads back to the same bits.
///
/// # Errors
/// [`TableError::Io`] if the file cannot be written.
pub fn write_csv(path: &Path, table: &Table) -> Result<(), TableError> {
    let written = write_atomically(path, |file| {
        let mut writer = csv::Writer::from_writer(BufWriter::new(file));
        writer.write_record(table.columns.iter().map(|column| column.name))?;
        for row in &table.rows {
            writer.write_record(row.iter().map(cell))?;
        }
        writer.flush()
    });
    written.map_err(|source| TableError::Io { file: file_name(path), action: "written", source })
}

fn cell(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone().unwrap_or_default(),
        Value::Integer(integer) => integer.map(|x| x.to_string()).unwrap_or_default(),
        // `{:?}` keeps the point (`2.0`), so that readers who guess types guess a real number.
        Value::Real(real) => real.filter(|x| x.is_finite()).map(|x| format!("{x:?}")).unwrap_or_default(),
    }
}

/// Reads a CSV file: the first line names the columns; a byte order mark is passed over; empty cells are `None`.
///
/// # Errors
/// [`TableError`], naming file and row (the header is row 1), if a row has another number of cells or is not UTF-8.
pub fn read_csv_table(path: &Path) -> Result<TextTable, TableError> {
    let file = file_name(path);
    let content = std::fs::read(path).map_err(|source| TableError::Io {
        file: file.clone(),
        action: "read",
        source,
    })?;
    let content = content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&content);
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(content);
    let mut records = reader.byte_records().enumerate().map(|(n, record)| {
        let row = n as u64 + 1;
        record.map_err(|error| fault(&file, row, &error)).and_then(|record| texts(&file, row, &record))
    });
    let names = records.next().ok_or_else(|| TableError::Empty { file: file.clone() })??;
    let names = names.into_iter().map(|name| name.unwrap_or_default().trim().to_owned()).collect();
    let mut table = TextTable::with_columns(&file, names)?;
    table.rows = records.collect::<Result<_, _>>()?;
    Ok(table)
}

fn texts(file: &str, row: u64, record: &csv::ByteRecord) -> Result<Vec<Option<String>>, TableError> {
    let text = |(column, cell): (usize, &[u8])| match str::from_utf8(cell) {
        Ok(text) => Ok((!text.is_empty()).then(|| text.to_owned())),
        Err(_) => Err(TableError::NotUtf8 { file: file.to_owned(), row, column: column as u64 + 1 }),
    };
    record.iter().enumerate().map(text).collect()
}

fn fault(file: &str, row: u64, error: &csv::Error) -> TableError {
    let file = file.to_owned();
    match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            TableError::RowLength { file, row, expected: *expected_len, found: *len }
        }
        _ => TableError::Io { file, action: "read", source: std::io::Error::other(error.to_string()) },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hilum_core::schema::{Column, Kind};

    const COLUMNS: &[Column] = &[
        Column { name: "image_id", kind: Kind::Text, unit: "-", definition: "Name.", source: "-" },
        Column { name: "slices_px", kind: Kind::Integer, unit: "slice", definition: "Slices.", source: "-" },
        Column { name: "area_mm2", kind: Kind::Real, unit: "mm2", definition: "Area.", source: "-" },
    ];

    fn read(content: &[u8]) -> Result<TextTable, TableError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("manifest.csv");
        std::fs::write(&path, content).unwrap();
        read_csv_table(&path)
    }

    #[test]
    fn a_table_is_written_as_rfc_4180_has_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t.csv");
        let rows = vec![
            vec![
                Value::Text(Some("a \"b\", c".into())),
                Value::Integer(Some(3)),
                Value::Real(Some(0.1 + 0.2)),
            ],
            vec![Value::Text(None), Value::Integer(None), Value::Real(Some(f64::NAN))],
            vec![Value::Text(Some("x\ny".into())), Value::Integer(Some(-1)), Value::Real(Some(1e300))],
            vec![Value::Text(Some("z".into())), Value::Integer(Some(0)), Value::Real(Some(2.0))],
        ];
        write_csv(&path, &Table { columns: COLUMNS, rows }).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(
            text,
            "image_id,slices_px,area_mm2\n\"a \"\"b\"\", c\",3,0.30000000000000004\n,,\n\"x\ny\",-1,1e300\nz,0,2.0\n"
        );
    }

    #[test]
    fn manifests_of_other_programs_are_read() {
        let table = read(b"\xef\xbb\xbfimage_id, type ,uri\r\na,COVID,\"x, 1.nii\"\r\nb,,y.nii\r\n").unwrap();
        assert_eq!(table.columns, ["image_id", "type", "uri"]);
        assert_eq!(table.rows[0][2].as_deref(), Some("x, 1.nii"));
        assert_eq!(table.rows[1][1], None);
        assert_eq!(table.column("uri"), Some(2));
    }

    #[test]
    fn faults_name_file_row_and_column() {
        let message = |content: &[u8]| read(content).unwrap_err().to_string();
        assert!(message(b"").starts_with("manifest.csv: the table is empty"));
        assert!(
            message(b"a,b\n1,2\n3\n")
                .starts_with("manifest.csv, row 3: 1 cells where the first line names 2")
        );
        assert!(
            message(b"a,b\n1,M\xfcller\n")
                .starts_with("manifest.csv, row 2, column 2: the text is not UTF-8")
        );
        assert!(message(b"\xff\xfea\0,\0b\0\n\0").contains("save the table as CSV UTF-8"));
        assert!(message(b"a,b,a\n1,2,3\n").contains("'a' stands there twice"));
    }
}
