//! What explanations leave in a folder: tables, figure, pictures, and maps on the grid of the scan.

use super::{ExplainedCase, ExplanationFile, figure, figure::DrawnCase};
use crate::{
    CohortError,
    error::with_causes,
    figures::{Source as ScanSource, write_figure},
    files::write_json,
    learn::{entry::EntryFile, read::Place},
    names::folder_names,
    upright::Upright,
};
use hilum_core::{
    SliceData, SliceView,
    schema::{Column, Kind, Table, Value},
};
use hilum_io::{
    ScanFile,
    nifti::write_slice,
    raster::write_png_rgb8,
    table::{write_csv, write_parquet},
};
use std::{fs, path::Path};

impl ExplanationFile {
    /// Writes explanation.json, explanations.csv and .parquet, figures/explanations.svg and .png, a picture of each case in
    /// pictures/, and for slices of scans their attribution in maps/, as NIfTI on the scan's grid.
    ///
    /// # Errors
    /// [`CohortError`] if a file cannot be written.
    pub fn write(&self, folder: &Path) -> Result<(), CohortError> {
        let below = |name: &str| {
            let path = folder.join(name);
            fs::create_dir_all(&path).map_err(CohortError::write(&path)).map(|()| path)
        };
        fs::create_dir_all(folder).map_err(CohortError::write(folder))?;
        self.write_tables(folder)?;
        let drawing = figure::plate(self)?;
        let figures = below("figures")?;
        for ending in ["svg", "png"] {
            write_figure(&figures.join(format!("explanations.{ending}")), &drawing)?;
        }
        let pictures = below("pictures")?;
        let ids: Vec<&str> = self.cases.iter().map(|case| case.id.as_str()).collect();
        for (name, case) in folder_names(&ids).iter().zip(&self.drawn) {
            let path = pictures.join(format!("{name}.png"));
            let picture = case.painted(self.settings.method, self.settings.features);
            write_png_rgb8(&path, picture.width as u32, picture.height as u32, &picture.bytes)
                .map_err(|source| CohortError::Output { path: path.clone(), reason: with_causes(&source) })?;
            if let Some(place) = &case.place {
                let path = below("maps")?.join(format!("{name}.nii.gz"));
                write_map(&path, case, place)
                    .map_err(|reason| CohortError::Output { path: path.clone(), reason })?;
            }
        }
        write_json(&folder.join("explanation.json"), self)
    }

    fn write_tables(&self, folder: &Path) -> Result<(), CohortError> {
        let table = Table { columns: COLUMNS, rows: self.cases.iter().map(ExplainedCase::row).collect() };
        let (csv, parquet) = (folder.join("explanations.csv"), folder.join("explanations.parquet"));
        write_csv(&csv, &table).map_err(|source| CohortError::WriteTable { path: csv, source })?;
        write_parquet(&parquet, &table).map_err(|source| CohortError::WriteTable { path: parquet, source })
    }
}

/// The attribution of the slice, where it lies in its scan.
fn write_map(path: &Path, case: &DrawnCase, place: &Place) -> Result<(), String> {
    let EntryFile::Scan(candidate) = &case.entry.file else { return Ok(()) };
    let (grid, index) = match &candidate.source {
        ScanSource::Run { folder, .. } => {
            (ScanFile::open(&folder.join("slice.nii.gz")).map_err(|error| with_causes(&error))?, 0)
        }
        ScanSource::Scan(scan) => (scan.open().map_err(|error| with_causes(&error))?, place.index),
    };
    let stored = Upright::of(&place.geometry).stored_values(&case.values());
    let (rows, cols) = (place.geometry.rows(), place.geometry.cols());
    let slice = SliceView::new(rows, cols, SliceData::F32(&stored)).ok_or("its map is of another size")?;
    write_slice(path, &grid, index, slice).map_err(|error| with_causes(&error))
}

const fn column(name: &'static str, kind: Kind, definition: &'static str) -> Column<'static> {
    Column { name, kind, unit: "-", definition, source: "docs/explanations.md" }
}

const COLUMNS: &[Column<'static>] = &[
    column("id", Kind::Text, "Name of the case: the path below the input, or its image_id."),
    column("class", Kind::Text, "Its class, where it is known."),
    column("explained", Kind::Text, "The class whose probability is explained."),
    column("probability", Kind::Real, "What the model says of that class."),
    column("segments", Kind::Integer, "Segments that it was cut into."),
    column(
        "r2",
        Kind::Real,
        "Share of the answers' variance that LIME's linear model explains, weighted by its kernel.",
    ),
    column("in_lung", Kind::Real, "Share of the positive weight inside the lung."),
    column(
        "lung_area",
        Kind::Real,
        "Share of the input that is lung: what an explanation without direction would have.",
    ),
    column("in_dense", Kind::Real, "Share of the positive weight inside the dense tissue of the lung."),
    column("dense_area", Kind::Real, "Share of the input that is dense tissue of the lung."),
    column("outside_lung", Kind::Real, "Share of the positive weight outside the lung."),
    column(
        "deletion",
        Kind::Real,
        "Area under the probability as segments go, those that speak for the class first; small is good.",
    ),
    column("deletion_random", Kind::Real, "The same in random order, mean of five."),
    column("insertion", Kind::Real, "Area under the probability as they come back; large is good."),
    column("insertion_random", Kind::Real, "The same in random order, mean of five."),
    column("repeat_rank_correlation", Kind::Real, "Mean Spearman correlation of the weights between seeds."),
    column(
        "repeat_top_iou",
        Kind::Real,
        "Mean overlap (IoU) of the strongest segments for the class between seeds.",
    ),
    column(
        "forgetful_rank_correlation",
        Kind::Real,
        "Spearman correlation of the weights' sizes with those for the net with its weights in another order; near 0 is good.",
    ),
];

impl ExplainedCase {
    fn row(&self) -> Vec<Value> {
        let checks = &self.checks;
        let lung = checks.lung.and_then(|lung| lung.weight_frac);
        let deletion = |of: fn(&hilum_learn::explain::checks::deletion::DeletionInsertion) -> f64| {
            Value::Real(checks.deletion.as_ref().map(of))
        };
        vec![
            Value::Text(Some(self.id.clone())),
            Value::Text(self.class.clone()),
            Value::Text(Some(self.explained.clone())),
            Value::Real(Some(self.probability)),
            Value::Integer(Some(self.segments as i64)),
            Value::Real(checks.r2),
            Value::Real(lung),
            Value::Real(checks.lung.map(|lung| lung.area_frac)),
            Value::Real(checks.dense.and_then(|dense| dense.weight_frac)),
            Value::Real(checks.dense.map(|dense| dense.area_frac)),
            Value::Real(lung.map(|lung| 1.0 - lung)),
            deletion(|d| d.deletion),
            deletion(|d| d.random_deletion),
            deletion(|d| d.insertion),
            deletion(|d| d.random_insertion),
            Value::Real(checks.repeatability.and_then(|r| r.rank_correlation)),
            Value::Real(checks.repeatability.and_then(|r| r.top_iou)),
            Value::Real(checks.randomised_correlation),
        ]
    }
}
