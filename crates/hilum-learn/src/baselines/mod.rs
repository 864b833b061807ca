//! What is reached without a net: the ladder that every net has to climb.
//!
//! A rung is a few numbers of each case and a logistic regression on them ([`LogisticModel`]), fitted to training cases,
//! its penalty chosen by cross-validation among them. A rung without numbers says how frequent each class was: the
//! majority. What the numbers are is the caller's business: facts of the header, pixels outside the lung, a ratio.

mod ladder;
mod logistic;
mod rung;
mod standardise;

pub use ladder::{Ladder, Rung, RungScores, Verdict, ladder};
pub use logistic::LogisticModel;
pub use rung::{FittedRung, RungTable, fit_rung};
pub use standardise::Standardised;
