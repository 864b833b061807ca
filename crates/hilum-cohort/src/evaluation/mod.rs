//! What a classifier is worth: from a table of predictions to figures that a reviewer would believe.
//!
//! In: predictions with the true classes, made by hilum or by any other program ([`ScoredTable`]). Out: an
//! [`EvaluationFile`] with every measure, its bootstrap interval, curves and calibration, for each side of the split;
//! figures; tables. docs/classifier.md has the definitions.

mod draw;
mod error;
mod evaluate;
mod file;
mod ladder;
mod report;
mod sheets;
mod table;
#[cfg(test)]
mod tests;

pub use error::EvaluationError;
pub use evaluate::{EvaluationRequest, evaluate_predictions};
pub use file::{EvaluationFile, SideEvaluation, ThresholdSource};
pub use ladder::{Baseline, Baselines, RungFeatures};
pub(crate) use report::{explained_scans, explanation_of, report_of};
pub use table::{ScoredTable, read_predictions};
