//! Statistics that compare classes of scans, and tell what a single number is worth for telling them apart.
//!
//! Enters: one finite number a scan, its class, and the patient group where it is known. Leaves: for every class
//! [`ClassSummary`]; for every two of them a [`Contrast`] with
//! * the area under the ROC curve with DeLong's interval ([`auc()`]),
//! * the Mann-Whitney test with its effect size ([`mann_whitney()`]),
//! * the best threshold in-sample ([`Rule`]) and its accuracy on scans that it was not chosen on
//!   ([`cross_validate()`]);
//!
//! and over all classes the Kruskal-Wallis test ([`kruskal_wallis()`]). [`compare()`] makes all of them. Numbers of pairs of
//! scans are compared within classes by [`compare_within()`].
//!
//! Randomness (folds, bootstrap) is a function of a seed: the same input gives the same numbers on every machine.
//! Nothing here reads a file, and no number here adjusts for age, sex, site or scanner.

mod auc;
mod classes;
mod compare;
mod cross_validate;
mod error;
mod folds;
mod holm;
mod interval;
mod kruskal_wallis;
mod mann_whitney;
mod pairs;
mod random;
mod ranks;
mod rule;
mod tails;

pub use auc::{Auc, auc};
pub use classes::{ClassSummary, Share};
pub use compare::{Adjusted, Cases, Comparison, Contrast, Settings, compare};
pub use cross_validate::{CrossValidated, Plan, cross_validate, held_back_answers};
pub use error::LearnError;
pub use folds::{fold_of_each, stratified_folds};
pub use holm::holm;
pub use interval::{Interval, bootstrap_mean};
pub use kruskal_wallis::{KruskalWallis, kruskal_wallis};
pub use mann_whitney::{MannWhitney, PValue, mann_whitney};
pub use pairs::{PairValues, WithinClasses, compare_within};
pub use ranks::{Ranks, midranks};
pub use rule::{Criterion, Fit, Rule, Scores};
