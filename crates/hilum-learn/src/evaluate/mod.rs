//! What a classifier is worth on cases that it has not seen.
//!
//! Enters: [`Predictions`], for every case its true class, its group (patient) and a probability for every class.
//! Leaves: [`Evaluation`] with every [`Measure`] and its bootstrap interval over groups, the [`Confusion`] matrix,
//! [`Curves`] and [`Calibration`]. What is chosen from data, the threshold ([`choose_threshold`]) and the temperature
//! ([`fit_temperature`]), is chosen on the validation side by the caller and comes in as a number.
//!
//! With two classes the last one is the positive class. With more, every measure is the plain mean over classes, each
//! held against the rest (macro one-vs-rest), and the answer is the most probable class. docs/classifier.md has the
//! definitions with their sources; all are held against scikit-learn by tests/oracle/evaluate.

mod bootstrap;
mod calibration;
mod confusion;
mod curves;
mod difference;
mod estimate;
mod evaluation;
mod measure;
#[cfg(test)]
mod oracle;
mod predictions;
mod ranking;
mod temperature;
mod threshold;

pub use bootstrap::Resampling;
pub use calibration::{Calibration, ReliabilityBin};
pub use confusion::Confusion;
pub use curves::{CurvePoint, Curves, RocBand};
pub use difference::{Difference, difference};
pub use estimate::Estimate;
pub(crate) use evaluation::as_map;
pub use evaluation::{ClassCount, EvaluateSettings, Evaluation, Thresholds, evaluate};
pub use measure::{Measure, Undefined};
pub use predictions::Predictions;
pub use ranking::Ranking;
pub use temperature::{Temperature, fit_temperature};
pub use threshold::{choose_threshold, threshold_at_specificity};
