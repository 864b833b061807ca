//! The measurement table: one row per scan, whatever became of it.

use super::{Column, Kind, Value};
use crate::{Recipe, Status};
use serde::{Deserialize, Serialize};
use std::fmt;

/// How the two lungs stand on the chosen slice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LungState {
    /// Two lungs, apart from each other, wholly inside the image.
    Open,
    /// Both lungs form one connected region on the slice.
    Fused,
    /// A lung touches the edge of the field of view: its area is a lower bound.
    CutOff,
    /// Only one lung was found.
    Single,
}

impl fmt::Display for LungState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Open => "open",
            Self::Fused => "fused",
            Self::CutOff => "cut_off",
            Self::Single => "single",
        })
    }
}

/// One row of the measurement table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measurement {
    /// See [`MEASUREMENT_COLUMNS`] for every field.
    pub image_id: String,
    /// Class label as given by the user.
    #[serde(rename = "type")]
    pub label: Option<String>,
    /// Pseudonymous patient group.
    pub group: Option<String>,
    /// Site as given by the user.
    pub site: Option<String>,
    /// Split as given by the user.
    pub split: Option<String>,
    /// Where the scan lies, relative to INPUT.
    pub uri: String,
    /// What became of it.
    pub status: Status,
    /// Why, where it was not measured.
    pub reason: Option<String>,
    /// Codes of warnings and notes.
    pub findings: Vec<String>,
    /// Recipe.
    pub recipe: Recipe,
    /// Rows of an axial slice.
    pub rows_px: Option<u64>,
    /// Columns of an axial slice.
    pub cols_px: Option<u64>,
    /// Axial slices.
    pub slices_px: Option<u64>,
    /// Row spacing.
    pub row_spacing_mm: Option<f64>,
    /// Column spacing.
    pub col_spacing_mm: Option<f64>,
    /// Slice spacing along the normal.
    pub slice_spacing_mm: Option<f64>,
    /// Axis codes.
    pub orientation: Option<String>,
    /// Chosen slice, 0-based along the file's slice axis.
    pub slice_index: Option<u64>,
    /// Lung area.
    pub lung_area_px: Option<u64>,
    /// Lung area.
    pub lung_area_mm2: Option<f64>,
    /// Dense tissue area.
    pub dense_area_px: Option<u64>,
    /// Dense tissue area.
    pub dense_area_mm2: Option<f64>,
    /// Dense tissue over lung.
    pub dense_ratio_percent: Option<f64>,
    /// Open, fused, cut off, single.
    pub lung_state: Option<LungState>,
    /// Length of the plateau around the maximum.
    pub plateau_width_mm: Option<f64>,
    /// Lung volume of the whole scan.
    pub lung_volume_ml: Option<f64>,
}

const fn text(name: &'static str, definition: &'static str, source: &'static str) -> Column<'static> {
    Column { name, kind: Kind::Text, unit: "-", definition, source }
}

const fn integer(
    name: &'static str,
    unit: &'static str,
    definition: &'static str,
    source: &'static str,
) -> Column<'static> {
    Column { name, kind: Kind::Integer, unit, definition, source }
}

const fn real(
    name: &'static str,
    unit: &'static str,
    definition: &'static str,
    source: &'static str,
) -> Column<'static> {
    Column { name, kind: Kind::Real, unit, definition, source }
}

const USER: &str = "manifest or --labels";
const HEADER: &str = "NIfTI header, sform before qform before pixdim";

/// The columns of measurements.parquet and measurements.csv, in order.
pub const MEASUREMENT_COLUMNS: &[Column] = &[
    text(
        "image_id",
        "Name of the scan, unique in the table.",
        "manifest, or the path below INPUT without its ending",
    ),
    text("type", "Class label, as given.", USER),
    text(
        "group",
        "Patient group (g0001, ...): equal for scans of one patient; the identity itself is not kept.",
        "manifest, --labels, or the Patient ID of a DICOM series",
    ),
    text("site", "Site, as given.", USER),
    text("split", "Train, validation or test, as given.", USER),
    text("uri", "Where the scan lies, relative to INPUT or to the manifest.", "discovery"),
    text(
        "status",
        "measured, rejected (read, but not measurable) or failed (could not be read).",
        "docs/findings.md",
    ),
    text("reason", "Why the scan was rejected or failed, and what to do.", "docs/findings.md"),
    text("findings", "Codes of all notes and warnings, joined with ';'.", "docs/findings.md"),
    text("recipe", "The method: default or notebook.", "docs/recipes.md"),
    integer("rows_px", "pixel", "Rows of an axial slice.", HEADER),
    integer("cols_px", "pixel", "Columns of an axial slice.", HEADER),
    integer("slices_px", "slice", "Number of axial slices.", HEADER),
    real("row_spacing_mm", "mm", "Distance between rows.", HEADER),
    real("col_spacing_mm", "mm", "Distance between columns.", HEADER),
    real("slice_spacing_mm", "mm", "Distance between axial slices along their normal.", HEADER),
    text(
        "orientation",
        "Directions in which the voxel axes i, j, k grow (LPS: left, posterior, superior).",
        HEADER,
    ),
    integer(
        "slice_index",
        "slice",
        "The axial slice with the largest lungs, counted from 0 along the file's slice axis.",
        "docs/recipes.md#selection",
    ),
    integer(
        "lung_area_px",
        "pixel",
        "Pixels of the lung mask on the chosen slice.",
        "docs/recipes.md#lung-mask",
    ),
    real("lung_area_mm2", "mm2", "The same, times the area of a pixel.", "docs/recipes.md#lung-mask"),
    integer(
        "dense_area_px",
        "pixel",
        "Pixels of the lung mask at or above -500 HU on the chosen slice: vessels, airway walls, lesions.",
        "docs/recipes.md#dense-tissue",
    ),
    real("dense_area_mm2", "mm2", "The same, times the area of a pixel.", "docs/recipes.md#dense-tissue"),
    real(
        "dense_ratio_percent",
        "percent",
        "Dense tissue area over lung area on the chosen slice.",
        "docs/recipes.md#dense-tissue",
    ),
    text(
        "lung_state",
        "How the lungs stand on the chosen slice: open, fused, cut_off or single.",
        "docs/recipes.md#selection",
    ),
    real(
        "plateau_width_mm",
        "mm",
        "Length of the run of slices round the chosen one whose lung area is within 2 % of the largest: how sharp the choice is.",
        "docs/recipes.md#selection",
    ),
    real(
        "lung_volume_ml",
        "ml",
        "Volume of the lung mask over all slices; default recipe only.",
        "docs/recipes.md#lung-mask",
    ),
];

impl Measurement {
    /// A row that knows only its scan: everything measured is null.
    pub fn unmeasured(
        image_id: &str,
        uri: &str,
        recipe: Recipe,
        status: Status,
        reason: Option<String>,
    ) -> Self {
        Self {
            image_id: image_id.to_owned(),
            label: None,
            group: None,
            site: None,
            split: None,
            uri: uri.to_owned(),
            status,
            reason,
            findings: Vec::new(),
            recipe,
            rows_px: None,
            cols_px: None,
            slices_px: None,
            row_spacing_mm: None,
            col_spacing_mm: None,
            slice_spacing_mm: None,
            orientation: None,
            slice_index: None,
            lung_area_px: None,
            lung_area_mm2: None,
            dense_area_px: None,
            dense_area_mm2: None,
            dense_ratio_percent: None,
            lung_state: None,
            plateau_width_mm: None,
            lung_volume_ml: None,
        }
    }

    /// The cells of this row, in the order of [`MEASUREMENT_COLUMNS`].
    pub fn values(&self) -> Vec<Value> {
        let text = |v: &Option<String>| Value::Text(v.clone());
        let own = |v: String| Value::Text(Some(v));
        let integer = |v: Option<u64>| Value::Integer(v.and_then(|x| i64::try_from(x).ok()));
        let findings = (!self.findings.is_empty()).then(|| self.findings.join(";"));
        vec![
            own(self.image_id.clone()),
            text(&self.label),
            text(&self.group),
            text(&self.site),
            text(&self.split),
            own(self.uri.clone()),
            own(self.status.to_string()),
            text(&self.reason),
            Value::Text(findings),
            own(self.recipe.to_string()),
            integer(self.rows_px),
            integer(self.cols_px),
            integer(self.slices_px),
            Value::Real(self.row_spacing_mm),
            Value::Real(self.col_spacing_mm),
            Value::Real(self.slice_spacing_mm),
            text(&self.orientation),
            integer(self.slice_index),
            integer(self.lung_area_px),
            Value::Real(self.lung_area_mm2),
            integer(self.dense_area_px),
            Value::Real(self.dense_area_mm2),
            Value::Real(self.dense_ratio_percent),
            Value::Text(self.lung_state.map(|s| s.to_string())),
            Value::Real(self.plateau_width_mm),
            Value::Real(self.lung_volume_ml),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_has_one_value_per_column_of_its_kind() {
        let row =
            Measurement::unmeasured("a", "a.nii", Recipe::Default, Status::Failed, Some("cut off".into()));
        let values = row.values();
        assert_eq!(values.len(), MEASUREMENT_COLUMNS.len());
        for (column, value) in MEASUREMENT_COLUMNS.iter().zip(&values) {
            assert_eq!(column.kind, value.kind(), "{}", column.name);
        }
    }

    #[test]
    fn the_row_in_json_names_its_columns() {
        // scan.json holds the row by field name: names must be those of the table.
        let row = Measurement::unmeasured("a", "a.nii", Recipe::Default, Status::Failed, None);
        let debug = format!("{row:?}");
        for column in MEASUREMENT_COLUMNS.iter().filter(|c| c.name != "type") {
            assert!(debug.contains(&format!("{}:", column.name)), "{}", column.name);
        }
    }
}
