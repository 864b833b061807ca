//! One scan as a reader sees it: on the wall, in the table, enlarged, and on its own page.

use crate::{
    ReportInput, ScanEntry, ScanExplanation,
    classes::{Classes, status_index},
    figures,
    pictures::{bytes_per_scan, picture},
    problems::{all_findings, level_word},
    words::{MM2_PER_CM2, number, safe},
};
use hilum_core::schema::LungState;
use minijinja::Value;
use serde::Serialize;

/// One scan in the wall, the table, the enlarged view and on its page.
#[derive(Debug, Serialize)]
pub(crate) struct Scan {
    pub(crate) id: String,
    /// Name of its folder below the folder of scans.
    pub(crate) folder: String,
    uri: String,
    class: usize,
    class_name: String,
    colour: usize,
    status: String,
    /// Place of the status in a sorted column.
    status_rank: usize,
    reason: Option<String>,
    pub(crate) warned: bool,
    findings: Vec<FindingChip>,
    ratio: Option<Cell>,
    area: Option<Cell>,
    dense: Option<Cell>,
    volume: Option<Cell>,
    slice: Option<Cell>,
    /// Further facts of the enlarged view: name and value.
    facts: Vec<(&'static str, String)>,
    picture: Option<PictureData>,
    /// Why a measured scan has no picture.
    picture_fault: Option<String>,
    sparkline: Option<Value>,
    explanation: Option<ScanExplanation>,
    /// What lies in its folder.
    files: Vec<String>,
    /// What the text filter searches, in lower case.
    search: String,
}

/// A number: exact for sorting, rounded for reading.
#[derive(Debug, Serialize)]
struct Cell {
    raw: f64,
    text: String,
}

#[derive(Debug, Serialize)]
struct FindingChip {
    code: String,
    level: String,
    message: String,
}

#[derive(Debug, Serialize)]
struct PictureData {
    slice: Value,
    layer: Option<Value>,
    width: usize,
    height: usize,
}

impl Scan {
    /// The scan at place `i` of the cohort; reads its pictures.
    pub(crate) fn of(input: &ReportInput<'_>, classes: &Classes, i: usize) -> Self {
        let entry = &input.scans[i];
        let row = &entry.row;
        let class = &classes.list[classes.of_scan[i]];
        let findings: Vec<FindingChip> = all_findings(entry)
            .into_iter()
            .map(|f| FindingChip { code: f.code, level: level_word(f.level), message: f.message })
            .collect();
        let measured = status_index(row.status) == 0;
        let pictures = measured
            .then(|| picture(&input.scans_dir.join(&entry.folder), bytes_per_scan(input.scans.len())));
        let (picture, picture_fault) = match pictures {
            Some(Ok(p)) => {
                let data = PictureData {
                    slice: safe(p.slice),
                    layer: p.layer.map(safe),
                    width: p.width,
                    height: p.height,
                };
                (Some(data), None)
            }
            Some(Err(fault)) => (None, Some(fault)),
            None => (None, None),
        };
        let cell = |value: Option<f64>, decimals| {
            value.filter(|v| v.is_finite()).map(|raw| Cell { raw, text: number(raw, decimals) })
        };
        let codes: Vec<&str> = findings.iter().map(|f| f.code.as_str()).collect();
        let search =
            format!("{} {} {} {} {}", row.image_id, row.uri, class.name, row.status, codes.join(" "))
                .to_lowercase();
        Self {
            id: row.image_id.clone(),
            folder: entry.folder.clone(),
            uri: row.uri.clone(),
            class: classes.of_scan[i],
            class_name: class.name.clone(),
            colour: class.colour,
            status: row.status.to_string(),
            status_rank: status_index(row.status),
            reason: row.reason.clone(),
            warned: measured && findings.iter().any(|f| f.level == "warn"),
            ratio: cell(row.dense_ratio_percent, 1),
            area: cell(row.lung_area_mm2.map(|a| a / MM2_PER_CM2), 1),
            dense: cell(row.dense_area_mm2.map(|a| a / MM2_PER_CM2), 1),
            volume: cell(row.lung_volume_ml, 0),
            slice: cell(row.slice_index.map(|s| s as f64), 0),
            facts: facts(entry),
            picture,
            picture_fault,
            sparkline: entry.curve.as_ref().and_then(figures::sparkline).map(safe),
            explanation: entry.explanation.clone(),
            files: entry.files.clone(),
            findings,
            search,
        }
    }
}

/// What the enlarged view says beyond the columns of the table; facts that are null are left out.
fn facts(entry: &ScanEntry) -> Vec<(&'static str, String)> {
    let row = &entry.row;
    let grid = match (row.cols_px, row.rows_px, row.slices_px) {
        (Some(cols), Some(rows), Some(slices)) => Some(format!("{cols} × {rows} × {slices}")),
        _ => None,
    };
    let spacing = match (row.col_spacing_mm, row.row_spacing_mm, row.slice_spacing_mm) {
        (Some(col), Some(line), Some(slice)) => Some(format!("{col:.3} × {line:.3} × {slice:.2} mm")),
        _ => None,
    };
    [
        ("Grid", grid),
        ("Spacing", spacing),
        ("Orientation", row.orientation.clone()),
        ("Lungs", row.lung_state.map(|state| lungs_in_words(state).to_owned())),
        ("Peak width", row.plateau_width_mm.map(|w| format!("{} mm", number(w, 1)))),
        ("Group", row.group.clone()),
        ("Site", row.site.clone()),
        ("Split", row.split.clone()),
        ("File", Some(row.uri.clone())),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name, value?)))
    .collect()
}

/// How the lungs stand on the chosen slice, for a reader without the data dictionary.
fn lungs_in_words(state: LungState) -> &'static str {
    match state {
        LungState::Open => "two, apart",
        LungState::Fused => "two, touching each other",
        LungState::CutOff => "cut off by the field of view",
        LungState::Single => "only one found",
    }
}
