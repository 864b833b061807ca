//! split.csv: the class, group and side of every example, and what was left out and why.

use super::{DatasetError, LoadedDataset};
use crate::{
    CohortError,
    files::write_json,
    manifest::{Columns, read_table},
};
use hilum_core::schema::{Column, Kind, Table, Value};
use hilum_io::table::write_csv;
use hilum_learn::dataset::Side;
use std::{collections::BTreeMap, path::Path};

const fn column(name: &'static str, kind: Kind, definition: &'static str) -> Column<'static> {
    Column { name, kind, unit: "-", definition, source: "docs/classifier.md" }
}

const COLUMNS: &[Column<'static>] = &[
    column("id", Kind::Text, "Name of the picture or scan: its path below the input, or its image_id."),
    column("class", Kind::Text, "Its class; empty where it takes no part."),
    column("group", Kind::Integer, "Number of the group that is never divided."),
    column("side", Kind::Text, "train, val or test."),
    column("reason", Kind::Text, "Why it takes no part."),
];

/// Writes the sides of a data set as CSV, the examples first, then what was left out.
///
/// # Errors
/// [`CohortError`] if the file cannot be written.
pub fn write_split(path: &Path, loaded: &LoadedDataset) -> Result<(), CohortError> {
    let text = |text: &str| Value::Text(Some(text.to_owned()));
    let LoadedDataset { dataset, sides, facts, .. } = loaded;
    let examples = dataset.examples.iter().zip(sides).map(|(example, side)| {
        let (class, group) = (&dataset.classes[example.class], Some(i64::from(example.group)));
        vec![text(&example.id), text(class), Value::Integer(group), text(side.name()), Value::Text(None)]
    });
    let left_out = facts.left_out.iter().map(|left| {
        vec![text(&left.id), Value::Text(None), Value::Integer(None), Value::Text(None), text(&left.reason)]
    });
    let table = Table { columns: COLUMNS, rows: examples.chain(left_out).collect() };
    write_csv(path, &table).map_err(|source| CohortError::WriteTable { path: path.to_owned(), source })
}

/// Writes split.csv and dataset.json (the facts and the preprocessing) into `folder`, which is made if it is not there.
///
/// # Returns
/// The names of the files.
///
/// # Errors
/// [`CohortError`] if a file cannot be written.
pub fn write_dataset(folder: &Path, loaded: &LoadedDataset) -> Result<[&'static str; 2], CohortError> {
    std::fs::create_dir_all(folder).map_err(CohortError::write(folder))?;
    write_split(&folder.join("split.csv"), loaded)?;
    write_json(&folder.join("dataset.json"), &loaded.file())?;
    Ok(["split.csv", "dataset.json"])
}

/// The sides that a table gives to names: columns `id` (or `image_id`) and `side` (or `split`).
pub(super) fn read_split(path: &Path) -> Result<BTreeMap<String, Side>, CohortError> {
    let table = read_table(path)?;
    let columns = Columns { path, names: &table.columns };
    let any = |names: [&str; 2]| {
        let wanted = names.join(" or ");
        names.into_iter().find_map(|name| columns.find(name)).ok_or_else(|| columns.missing(&wanted))
    };
    let (id, side) = (any(["id", "image_id"])?, any(["side", "split"])?);
    let mut sides = BTreeMap::new();
    for (index, cells) in table.rows.iter().enumerate() {
        let cell =
            |column: usize| cells.get(column).and_then(|c| c.as_deref()).filter(|c| !c.trim().is_empty());
        let Some(name) = cell(id) else { return Err(columns.empty(index + 1, id)) };
        // A row without a side is one of those that were left out.
        let Some(word) = cell(side) else { continue };
        let known = Side::named(word)
            .ok_or_else(|| DatasetError::UnknownSide { id: name.to_owned(), found: word.to_owned() })?;
        if sides.insert(name.to_owned(), known).is_some_and(|earlier| earlier != known) {
            return Err(columns.fault(index + 1, id, format!("'{name}' is given two sides")));
        }
    }
    Ok(sides)
}
