//! What a classifier is worth, as figures for a paper: ROC with its band, precision and recall, reliability, confusion
//! matrix, and the ladder of baselines. Each is one SVG document with its style inside, on white.

mod confusion;
mod curves;
mod frame;
mod ladder;
mod reliability;

pub use confusion::confusion_figure;
pub use curves::{CurveSeries, precision_recall_figure, roc_figure};
pub use ladder::{LadderRow, ladder_figure};
pub use reliability::{ReliabilityPoint, reliability_figure};
