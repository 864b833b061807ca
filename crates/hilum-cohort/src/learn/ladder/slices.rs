//! What a slice in HU tells, with and without its lungs.

use super::{Numbers, RungKind, coarse::Pixels};
use crate::{
    figures::{Candidate, Pick, Shown, Source, load},
    upright::Upright,
};
use hilum_core::{
    Recipe,
    schema::{MEASUREMENT_COLUMNS, Value},
};

/// Well-aerated lung ends here (Colombi et al. 2020, doi:10.1148/radiol.2020201433).
const AERATED_HU: f32 = -700.0;
/// Bins and squares look at HU between these.
const AIR_HU: f64 = -1024.0;
const BONE_HU: f64 = 1024.0;
/// Columns of the measurement table that the header fills.
const OF_HEADER: [&str; 6] =
    ["rows_px", "cols_px", "slices_px", "row_spacing_mm", "col_spacing_mm", "slice_spacing_mm"];

/// The rungs of scans.
pub(super) const KINDS: &[RungKind] = &[
    RungKind {
        name: "header",
        title: "header only",
        looks_at: "Rows, columns, slices, spacing and field of view; no voxel.",
        outside: false,
    },
    RungKind {
        name: "outside",
        title: "outside the lung only",
        looks_at: "The chosen slice with the lung blanked, as a histogram of HU and coarse squares; the outline of the lung can still be guessed from it.",
        outside: true,
    },
    RungKind {
        name: "opacity",
        title: "opacity threshold",
        looks_at: "The share of the lung on the chosen slice above -700 HU.",
        outside: false,
    },
    RungKind {
        name: "ratio",
        title: "ratio",
        looks_at: "Dense tissue over lung on the chosen slice.",
        outside: false,
    },
    RungKind {
        name: "all",
        title: "logistic regression on all measurements",
        looks_at: "Every number of the measurement table, the header's among them, and the opacity.",
        outside: false,
    },
];

/// The numbers of each rung; `None` where the scan cannot be read or has no lung.
pub(super) fn numbers(candidate: &Candidate) -> Option<Numbers> {
    let shown = load(candidate, Recipe::Default, Pick::Chosen).ok()?;
    let slice = shown.first()?;
    let masks = slice.masks.as_ref()?;
    let header = header(candidate, slice);
    let opacity = vec![("opacity_percent".to_owned(), opacity_percent(slice))];
    let ratio = vec![("dense_ratio_percent".to_owned(), masks.ratio_percent())];
    let mut all: Vec<(String, Option<f64>)> = header.iter().chain(&opacity).cloned().collect();
    all.extend(measured(candidate).unwrap_or_else(|| of_slice(slice)));
    Some(vec![header, outside(slice), opacity, ratio, all])
}

/// What the header says; of a run its measurement table.
fn header(candidate: &Candidate, slice: &Shown) -> Vec<(String, Option<f64>)> {
    let mut numbers: Vec<(String, Option<f64>)> = match table_row(candidate) {
        Some(row) => row.into_iter().filter(|(name, _)| OF_HEADER.contains(&name.as_str())).collect(),
        None => {
            let spacing = slice.geometry.in_plane_spacing_mm();
            [
                ("rows_px", slice.geometry.rows() as f64),
                ("cols_px", slice.geometry.cols() as f64),
                ("slices_px", slice.slices as f64),
                ("row_spacing_mm", spacing.row),
                ("col_spacing_mm", spacing.col),
            ]
            .map(|(name, value)| (name.to_owned(), Some(value)))
            .to_vec()
        }
    };
    let of = |name: &str| numbers.iter().find(|(n, _)| n == name).and_then(|(_, value)| *value);
    let field = of("cols_px").zip(of("col_spacing_mm")).map(|(px, mm)| px * mm);
    numbers.push(("field_of_view_mm".to_owned(), field));
    numbers
}

/// The numbers of the scan's row of the measurement table; `None` where no run measured it.
fn table_row(candidate: &Candidate) -> Option<Vec<(String, Option<f64>)>> {
    let Source::Run { record, .. } = &candidate.source else { return None };
    let number = |value: Value| match value {
        Value::Integer(whole) => Some(whole.map(|whole| whole as f64)),
        Value::Real(real) => Some(real),
        Value::Text(_) => None,
    };
    let values = MEASUREMENT_COLUMNS.iter().zip(record.row.values());
    Some(values.filter_map(|(column, value)| Some((column.name.to_owned(), number(value)?))).collect())
}

fn measured(candidate: &Candidate) -> Option<Vec<(String, Option<f64>)>> {
    let row = table_row(candidate)?;
    Some(row.into_iter().filter(|(name, _)| !OF_HEADER.contains(&name.as_str())).collect())
}

/// What can be measured on the slice alone.
fn of_slice(slice: &Shown) -> Vec<(String, Option<f64>)> {
    let spacing = slice.geometry.in_plane_spacing_mm();
    let area = spacing.row * spacing.col;
    let masks = slice.masks.as_ref();
    let lung = masks.map(|masks| masks.lung.view().count_px() as f64 * area);
    let dense = masks.map(|masks| masks.dense.view().count_px() as f64 * area);
    let ratio = masks.and_then(|masks| masks.ratio_percent());
    [("lung_area_mm2", lung), ("dense_area_mm2", dense), ("dense_ratio_percent", ratio)]
        .map(|(name, value)| (name.to_owned(), value))
        .to_vec()
}

fn outside(slice: &Shown) -> Vec<(String, Option<f64>)> {
    let Some(masks) = &slice.masks else { return Vec::new() };
    let upright = Upright::of(&slice.geometry);
    let (values, lung) = (upright.values(&slice.hu), upright.mask(&masks.lung));
    let clamped: Vec<f32> = values.iter().map(|hu| hu.clamp(AIR_HU as f32, BONE_HU as f32)).collect();
    let lung = lung.view();
    let counts = |row: usize, col: usize| !lung.get(row, col);
    let pixels = Pixels { rows: upright.rows(), cols: upright.cols(), values: &clamped, counts: &counts };
    let mut numbers = pixels.histogram("outside", AIR_HU, BONE_HU);
    // Blank squares hold the value of air, as a picture with the lung cut out would.
    numbers.extend(pixels.means("outside").into_iter().map(|(name, mean)| (name, mean.or(Some(AIR_HU)))));
    numbers
}

fn opacity_percent(slice: &Shown) -> Option<f64> {
    let lung = slice.masks.as_ref()?.lung.view();
    let cols = slice.geometry.cols();
    let in_lung = || slice.hu.iter().enumerate().filter(|(n, _)| lung.get(n / cols, n % cols));
    let all = in_lung().count();
    let opaque = in_lung().filter(|(_, hu)| **hu > AERATED_HU).count();
    (all > 0).then(|| 100.0 * opaque as f64 / all as f64)
}
