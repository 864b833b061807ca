//! The typed data behind the page's template.

use crate::{
    ClassifierReport, ExplanationReport, ReportError, ReportInput, ScanEntry,
    classes::{Class, Classes, status_index},
    contrasts::{ContrastRow, contrast_rows},
    figures::{self, Dot},
    methods::methods,
    pictures::{bytes_per_scan, picture},
    plates::{PlateLink, model_figures, plates},
    problems::{Doubt, Exclusions, all_findings, doubts, exclusions, level_word},
    words::{number, outcome},
};
use hilum_core::{
    Summary,
    schema::{Column, LungState, MEASUREMENT_COLUMNS},
};
use minijinja::Value;
use serde::Serialize;

/// Everything that the template shows.
#[derive(Debug, Serialize)]
pub(crate) struct Page {
    title: String,
    version: String,
    recipe: String,
    /// What became of the scans, in words.
    summary: String,
    /// Measured, rejected, failed.
    counts: [usize; 3],
    /// Measured scans with a warning.
    warned: usize,
    outcome_bar: Value,
    /// Whether any scan has a class label.
    labelled: bool,
    classes: Vec<ClassCard>,
    contrasts: Vec<ContrastRow>,
    classifier: Option<ClassifierReport>,
    explanation: Option<ExplanationReport>,
    figures: Figures,
    plates: Vec<PlateData>,
    model: Vec<PlateData>,
    scans: Vec<Scan>,
    exclusions: Vec<Exclusions>,
    doubts: Vec<Doubt>,
    methods: Vec<String>,
    columns: &'static [Column<'static>],
    provenance: Vec<(String, String)>,
}

/// The summary of one class.
#[derive(Debug, Serialize)]
struct ClassCard {
    name: String,
    colour: usize,
    total: usize,
    measured: usize,
    ratio: Option<Quartiles>,
    area: Option<Quartiles>,
}

/// Median and interquartile range as text.
#[derive(Debug, Serialize)]
struct Quartiles {
    q1: String,
    median: String,
    q3: String,
}

/// SVG text, safe by construction; `None` without measured scans.
#[derive(Debug, Serialize)]
struct Figures {
    outcomes: Value,
    histogram: Option<Value>,
    strip: Option<Value>,
    scatter: Option<Value>,
}

/// One scan in the wall, the table and the enlarged view.
#[derive(Debug, Serialize)]
struct Scan {
    id: String,
    uri: String,
    class: usize,
    class_name: String,
    colour: usize,
    status: String,
    /// Place of the status in a sorted column.
    status_rank: usize,
    reason: Option<String>,
    warned: bool,
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

/// A plate beside the report.
#[derive(Debug, Serialize)]
struct PlateData {
    name: &'static str,
    title: &'static str,
    preview: Value,
    width: usize,
    height: usize,
}

/// Areas are read in cm2; the table on disk has mm2.
const MM2_PER_CM2: f64 = 100.0;

impl Page {
    /// Gathers the page of a cohort; reads the pictures.
    pub(crate) fn of(input: &ReportInput<'_>) -> Result<Self, ReportError> {
        let classes = Classes::of(&input.scans, &input.class_names);
        let mut counts = [0; 3];
        for scan in &input.scans {
            counts[status_index(scan.row.status)] += 1;
        }
        let dots = dots(&input.scans, &classes);
        let scans: Vec<Scan> = (0..input.scans.len()).map(|i| scan(input, &classes, i)).collect();
        Ok(Self {
            title: input.title.to_owned(),
            version: input.provenance.version.clone(),
            recipe: input.provenance.recipe.to_string(),
            summary: outcome(input.scans.len(), counts),
            counts,
            warned: scans.iter().filter(|s| s.warned).count(),
            outcome_bar: safe(figures::outcome_bar(counts)),
            labelled: classes.labelled,
            classes: class_cards(&input.scans, &classes),
            contrasts: contrast_rows(&input.contrasts, &input.class_names),
            figures: Figures {
                outcomes: safe(figures::outcomes_by_class(&classes.list)),
                histogram: figures::histogram(&dots, &classes.list).map(safe),
                strip: figures::strip(&dots, &classes.list).map(safe),
                scatter: figures::scatter(&dots, &classes.list).map(safe),
            },
            classifier: input.classifier.clone(),
            explanation: input.explanation.clone(),
            plates: input.figures_dir.map(plates).map(plate_data).unwrap_or_default(),
            model: input.model_dir.map(model_figures).map(plate_data).unwrap_or_default(),
            scans,
            exclusions: exclusions(&input.scans),
            doubts: doubts(&input.scans),
            methods: methods(&input.provenance, counts)?,
            columns: MEASUREMENT_COLUMNS,
            provenance: provenance(input),
        })
    }
}

fn plate_data(links: Vec<PlateLink>) -> Vec<PlateData> {
    let data = |PlateLink { name, title, preview, width, height }| PlateData {
        name,
        title,
        preview: safe(preview),
        width,
        height,
    };
    links.into_iter().map(data).collect()
}

/// Text that was built here from numbers and escaped words, and may stand in the page as it is.
fn safe(markup: String) -> Value {
    Value::from_safe_string(markup)
}

fn dots(scans: &[ScanEntry], classes: &Classes) -> Vec<Dot> {
    let dot = |(scan, entry): (usize, &ScanEntry)| {
        Some(Dot {
            scan,
            class: classes.of_scan[scan],
            id: entry.row.image_id.clone(),
            ratio_percent: entry.row.dense_ratio_percent.filter(|v| v.is_finite())?,
            area_cm2: entry.row.lung_area_mm2.filter(|v| v.is_finite())? / MM2_PER_CM2,
        })
    };
    scans.iter().enumerate().filter_map(dot).collect()
}

fn class_cards(scans: &[ScanEntry], classes: &Classes) -> Vec<ClassCard> {
    let members = |class: usize| scans.iter().zip(&classes.of_scan).filter(move |(_, c)| **c == class);
    let card = |(i, class): (usize, &Class)| ClassCard {
        name: class.name.clone(),
        colour: class.colour,
        total: class.total(),
        measured: class.counts[0],
        ratio: quartiles(members(i).filter_map(|(s, _)| s.row.dense_ratio_percent), 1),
        area: quartiles(members(i).filter_map(|(s, _)| s.row.lung_area_mm2.map(|a| a / MM2_PER_CM2)), 0),
    };
    classes.list.iter().enumerate().map(card).collect()
}

fn quartiles(values: impl Iterator<Item = f64>, decimals: usize) -> Option<Quartiles> {
    let Summary { q1, median, q3, .. } = Summary::of(values)?;
    Some(Quartiles { q1: number(q1, decimals), median: number(median, decimals), q3: number(q3, decimals) })
}

fn scan(input: &ReportInput<'_>, classes: &Classes, i: usize) -> Scan {
    let entry = &input.scans[i];
    let row = &entry.row;
    let class = &classes.list[classes.of_scan[i]];
    let findings: Vec<FindingChip> = all_findings(entry)
        .into_iter()
        .map(|f| FindingChip { code: f.code, level: level_word(f.level), message: f.message })
        .collect();
    let measured = status_index(row.status) == 0;
    let pictures =
        measured.then(|| picture(&input.scans_dir.join(&entry.folder), bytes_per_scan(input.scans.len())));
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
    let search = format!("{} {} {} {} {}", row.image_id, row.uri, class.name, row.status, codes.join(" "))
        .to_lowercase();
    Scan {
        id: row.image_id.clone(),
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
        findings,
        search,
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

fn provenance(input: &ReportInput<'_>) -> Vec<(String, String)> {
    let from = &input.provenance;
    let mut rows = vec![
        ("Program".to_owned(), format!("hilum {}", from.version)),
        ("Recipe".to_owned(), from.recipe.to_string()),
        ("Command".to_owned(), from.command.clone()),
    ];
    rows.extend(from.inputs_hash.iter().map(|hash| ("Hash of all inputs".to_owned(), hash.clone())));
    rows.extend(from.settings.iter().filter(|(name, _)| name != "recipe").cloned());
    if !from.left_out.is_empty() {
        let said: Vec<String> = from.left_out.iter().map(|(ending, n)| format!("{ending}: {n}")).collect();
        rows.push(("Files left out, by ending".to_owned(), said.join(", ")));
    }
    rows
}
