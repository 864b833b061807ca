//! The typed data behind the page's template.

use crate::{
    ClassifierReport, ExplanationReport, ReportError, ReportInput, ScanEntry,
    classes::{Class, Classes, status_index},
    contrasts::{ContrastRow, contrast_rows},
    figures::{self, Dot},
    methods::methods,
    plates::{PlateLink, model_figures, plates},
    problems::{Doubt, Exclusions, doubts, exclusions},
    scan::Scan,
    words::{MM2_PER_CM2, number, outcome, safe},
};
use hilum_core::{
    Summary,
    schema::{Column, MEASUREMENT_COLUMNS},
};
use minijinja::Value;
use rayon::prelude::*;
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
    pub(crate) scans: Vec<Scan>,
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

/// A plate beside the report.
#[derive(Debug, Serialize)]
struct PlateData {
    name: &'static str,
    title: &'static str,
    preview: Value,
    width: usize,
    height: usize,
}

impl Page {
    /// Gathers the page of a cohort; reads the pictures, with the threads of the rayon pool that it is called in.
    pub(crate) fn of(input: &ReportInput<'_>) -> Result<Self, ReportError> {
        let classes = Classes::of(&input.scans, &input.class_names);
        let mut counts = [0; 3];
        for scan in &input.scans {
            counts[status_index(scan.row.status)] += 1;
        }
        let dots = dots(&input.scans, &classes);
        // Nearly all of the time of a report goes into its pictures.
        let scans: Vec<Scan> =
            (0..input.scans.len()).into_par_iter().map(|i| Scan::of(input, &classes, i)).collect();
        Ok(Self {
            title: input.title.to_owned(),
            version: input.provenance.version.clone(),
            recipe: input.provenance.recipe.to_string(),
            summary: outcome(input.scans.len(), counts),
            counts,
            warned: scans.iter().filter(|scan| scan.warned).count(),
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
