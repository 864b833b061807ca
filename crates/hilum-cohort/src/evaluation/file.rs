//! evaluation.json: all that was found.

use hilum_learn::{Evaluation, Ladder, Side, Temperature, Thresholds};
use serde::Serialize;

/// Where the threshold comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ThresholdSource {
    /// Chosen on the validation side.
    Validation,
    /// Given by the user, or kept in the model.
    Given,
    /// 0.5: there was no validation side to choose on.
    Even,
    /// None is needed: the most probable of several classes is the answer.
    NotNeeded,
}

/// Everything that was found about one classifier.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EvaluationFile {
    /// Version of hilum.
    pub version: &'static str,
    /// Name of the file or folder that was judged.
    pub source: String,
    /// The classes; of two the last one is to be found.
    pub classes: Vec<String>,
    /// Where the threshold comes from.
    pub threshold_source: ThresholdSource,
    /// The cuts; `None` for more than two classes.
    pub thresholds: Option<Thresholds>,
    /// The temperature, where logits and a validation side are known.
    pub temperature: Option<Temperature>,
    /// The sides that were judged, validation before test.
    pub sides: Vec<SideEvaluation>,
    /// What a reader must know to read the numbers right.
    pub notes: Vec<String>,
}

/// What was found on one side.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SideEvaluation {
    /// The side.
    pub side: Side,
    /// Whether threshold or temperature were chosen on these very cases.
    pub chosen_here: bool,
    /// What was measured; `None` where only the ladder was climbed.
    pub evaluation: Option<Evaluation>,
    /// The ladder, where its numbers are known.
    pub ladder: Option<Ladder>,
}
