//! The plates of a whole run, beside its report, and whether they still belong to it.

use super::{FigureKind, FigureRequest, Take, draw_figure, write_figure};
use crate::{CohortError, RunFile, ScanRecord, files::write_json, reporting::read_run};
use hilum_core::schema::Measurement;
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// The folder below the output folder.
const FOLDER: &str = "figures";
/// What the plates in it were made from.
const MADE_FROM: &str = "figures.json";
/// Scans of a class, width and resolution: those of `hilum figure` where nothing else is asked for.
const PER_CLASS: usize = 10;
const WIDTH_MM: f64 = 180.0;
const DPI: f64 = 300.0;

/// The content of figures.json.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct MadeFrom {
    /// BLAKE3 over all rows and the names of the classes.
    rows_blake3: String,
}

impl MadeFrom {
    fn of(run: &RunFile, records: &[ScanRecord]) -> Option<Self> {
        let rows: Vec<&Measurement> = records.iter().map(|r| &r.row).collect();
        let json = serde_json::to_vec(&(&run.inputs_blake3, &run.class_names, rows)).ok()?;
        Some(Self { rows_blake3: blake3::hash(&json).to_hex().to_string() })
    }
}

/// Draws outlines, masks and overlays of a finished run into `OUT/figures`, as SVG and PNG, and makes its report anew.
///
/// # Returns
/// The folder.
///
/// # Errors
/// [`CohortError`] if there is no finished run in `out`, no scan of it was measured, or a file cannot be written.
pub fn write_figures_of_run(out: &Path, progress: &dyn Fn(&str)) -> Result<PathBuf, CohortError> {
    let (run, records) = read_run(out)?;
    let folder = out.join(FOLDER);
    fs::create_dir_all(&folder).map_err(CohortError::write(&folder))?;
    for (kind, name) in FigureKind::OF_A_RUN {
        let request = FigureRequest {
            kind,
            inputs: vec![out.to_owned()],
            recipe: run.recipe,
            slice: None,
            take: Take::Spread(1),
            windows: Vec::new(),
            per_class: PER_CLASS,
            labels: None,
            class_names: BTreeMap::new(),
            whole: false,
            width_mm: WIDTH_MM,
            dpi: DPI,
            columns: None,
        };
        let figure = draw_figure(&request, progress)?;
        for ending in ["svg", "png"] {
            write_figure(&folder.join(name).with_extension(ending), &figure.drawing)?;
        }
    }
    if let Some(made_from) = MadeFrom::of(&run, &records) {
        write_json(&folder.join(MADE_FROM), &made_from)?;
    }
    crate::rebuild_report(out)?;
    Ok(folder)
}

/// The folder of plates, if they were made from these very rows: a run that went on since has others.
pub(crate) fn of_this_run(out: &Path, run: &RunFile, records: &[ScanRecord]) -> Option<PathBuf> {
    let folder = out.join(FOLDER);
    let made_from: MadeFrom = serde_json::from_slice(&fs::read(folder.join(MADE_FROM)).ok()?).ok()?;
    (MadeFrom::of(run, records)? == made_from).then_some(folder)
}
