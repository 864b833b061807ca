//! compare.json, its tables and its figure.

use super::{ComparisonFile, sheets};
use crate::CohortError;
use hilum_io::{table::write_csv, write_atomically};
use hilum_report::{ClassValues, Mark, class_histograms, write_figure};
use serde::Serialize;
use std::{fs, io::Write, path::Path};

/// Pixels across a figure: 300 an inch at 165 mm.
const FIGURE_PX: u32 = 1950;

pub(super) fn write(file: &ComparisonFile, folder: &Path) -> Result<Vec<&'static str>, CohortError> {
    fs::create_dir_all(folder).map_err(CohortError::write(folder))?;
    write_json(&folder.join("compare.json"), file)?;
    for (name, table) in [("classes.csv", sheets::classes(file)), ("contrasts.csv", sheets::contrasts(file))]
    {
        let path = folder.join(name);
        write_csv(&path, &table).map_err(|source| CohortError::WriteTable { path: path.clone(), source })?;
    }
    let mut written = vec!["compare.json", "classes.csv", "contrasts.csv"];
    let classes: Vec<ClassValues<'_>> = file
        .comparison
        .classes
        .iter()
        .zip(&file.values)
        .map(|(class, values)| ClassValues { name: file.name(&class.label), values })
        .collect();
    // With more than two classes there are many thresholds, and a line for each would say nothing.
    let best = match file.comparison.pairs.as_slice() {
        [only] => only.best.map(|best| best.rule.threshold),
        _ => None,
    };
    let words = best.map(|value| format!("best threshold in-sample, {value:.2} {}", file.unit));
    let mark = best.zip(words.as_deref()).map(|(value, words)| Mark { value, name: words.trim_end() });
    if let Some(svg) = class_histograms(&classes, &file.value, file.unit, mark) {
        write_figures(folder, ["histograms.svg", "histograms.png"], &svg)?;
        written.extend(["histograms.svg", "histograms.png"]);
    }
    Ok(written)
}

/// Writes a value as JSON, whole or not at all.
pub(crate) fn write_json(path: &Path, value: &impl Serialize) -> Result<(), CohortError> {
    let text = serde_json::to_string_pretty(value)
        .map_err(|fault| CohortError::BadOutput { path: path.to_owned(), problem: fault.to_string() })?;
    write_atomically(path, |file| writeln!(file, "{text}")).map_err(CohortError::write(path))
}

/// Writes a figure as SVG and as PNG.
pub(crate) fn write_figures(folder: &Path, names: [&str; 2], svg: &str) -> Result<(), CohortError> {
    for path in names.map(|name| folder.join(name)) {
        write_figure(&path, svg, FIGURE_PX)
            .map_err(|source| CohortError::Report { path: path.clone(), source })?;
    }
    Ok(())
}
