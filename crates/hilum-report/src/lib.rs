//! The report of a cohort: one self-contained HTML file, made from tables and pictures already on disk.
//!
//! Enters: the rows of the measurement table, the findings and area curves of every scan, and the PNG pictures in the
//! output folder. Leaves: a page with its figures (SVG), pictures (JPEG and a palette PNG as mask layer), style and
//! script inside it. It fetches nothing, so it can be mailed and opened anywhere; a content security policy in the
//! page says so to the browser. Without a script every table, figure and picture can still be read. Beside it a page
//! for every scan, in the scan's folder, which shows the pictures that lie there.
//!
//! The same input gives the same bytes: there is no clock, no random number and no path in the page.
//!
//! This crate never opens a volume and measures nothing: a number in the report is a number of the table, a count of
//! its rows, a quantile of a column, or a statistic that came with the input.

mod classes;
mod classifier;
mod contrasts;
mod error;
mod figures;
mod input;
mod layer;
mod methods;
mod page;
mod pictures;
mod plates;
mod problems;
mod rasterise;
mod render;
mod resample;
mod scan;
mod words;

pub use classifier::{
    ClassifierFigure, ClassifierMeasure, ClassifierReport, ClassifierSide, ClassifierVerdict,
    ExplanationReport,
};
pub use error::ReportError;
pub use figures::plate::{Drawing, GreyScale, Panel, PanelPicture, Paper, Plate, Section};
pub use figures::{
    ClassCount, ClassValues, CurveSeries, EpochPoint, HeatMap, LadderRow, Mark, MatchFigure, MatchPicture,
    ReliabilityPoint, Spot, class_counts, class_histograms, confusion_figure, ladder_figure, learning_curves,
    precision_recall_figure, reliability_figure, roc_figure,
};
pub use input::{AreaCurve, ClassContrast, Provenance, ReportInput, ScanEntry, ScanExplanation};
pub use rasterise::{rasterise, words_as_paths, write_figure};
pub use render::{SCAN_PAGE, render, write};
