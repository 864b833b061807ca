//! The section on the classifier: numbers and figures that lie on disk already.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::Serialize;

/// What was found about a classifier of this cohort.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClassifierReport {
    /// The sides of the split that were judged.
    pub sides: Vec<ClassifierSide>,
    /// What a reader must know to read the numbers right.
    pub notes: Vec<String>,
}

/// What was found on one side.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClassifierSide {
    /// Name of the side: `val` or `test`.
    pub name: String,
    /// Cases and groups, in words.
    pub cases: String,
    /// Every number, in the order in which they are shown.
    pub measures: Vec<ClassifierMeasure>,
    /// Whether the model is suspect, and why, in words; `None` without a ladder.
    pub verdict: Option<ClassifierVerdict>,
    /// The figures.
    pub figures: Vec<ClassifierFigure>,
}

/// One number.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClassifierMeasure {
    /// What it is.
    pub name: String,
    /// The number as text; `none` where it does not exist.
    pub value: String,
    /// Its interval as text, or why there is none.
    pub interval: String,
}

/// Whether a model may be believed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ClassifierVerdict {
    /// Whether it does not beat what looks outside the lung; `None` where that is not known.
    pub suspect: Option<bool>,
    /// The same in words.
    pub words: String,
}

/// One figure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ClassifierFigure {
    /// What it shows.
    pub title: String,
    /// SVG whose words are paths; the page holds it as a picture, so nothing in it can act.
    #[serde(serialize_with = "as_picture")]
    pub svg: String,
}

/// What a classifier goes by, and whether that can be believed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExplanationReport {
    /// Whether the explanations can be read, and point into the lung.
    pub trusted: bool,
    /// The verdict in words.
    pub verdict: String,
    /// The reasons for it, in sentences.
    pub reasons: Vec<String>,
    /// Cases of each class side by side.
    pub figure: ClassifierFigure,
}

fn as_picture<S: serde::Serializer>(svg: &str, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&format!("data:image/svg+xml;base64,{}", STANDARD.encode(svg)))
}
