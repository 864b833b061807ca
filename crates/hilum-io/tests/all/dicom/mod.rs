//! DICOM series from the outside: against real scans, pydicom, and hostile files.

mod codings;
mod hostile;
mod made;
mod real_series;
mod segmentation;
mod stacks;

/// The list `key` of a file that tools/oracle/dicom/make.py wrote.
fn vectors(file: &str, key: &str) -> Vec<serde_json::Value> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/oracle/dicom");
    let text = std::fs::read_to_string(folder.join(file)).unwrap();
    let content: serde_json::Value = serde_json::from_str(&text).unwrap();
    content[key].as_array().unwrap().clone()
}
