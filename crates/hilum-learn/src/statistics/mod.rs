//! Statistics that compare classes of scans by one number each.

mod auc;
mod classes;
mod compare;
mod cross_validate;
mod folds;
mod holm;
mod interval;
mod kruskal_wallis;
mod mann_whitney;
mod pairs;
mod ranks;
mod rule;
mod tails;

pub use auc::{Auc, auc};
pub use classes::{ClassSummary, Share};
pub use compare::{Adjusted, Cases, Comparison, Contrast, Settings, compare};
pub use cross_validate::{CrossValidated, Plan, cross_validate, held_back_answers};
pub use folds::{fold_of_each, stratified_folds};
pub use holm::holm;
pub(crate) use interval::percentile_interval;
pub use interval::{Interval, bootstrap_mean};
pub use kruskal_wallis::{KruskalWallis, kruskal_wallis};
pub use mann_whitney::{MannWhitney, PValue, mann_whitney};
pub use pairs::{PairValues, WithinClasses, compare_within};
pub use ranks::{Ranks, midranks};
pub use rule::{Criterion, Fit, Rule, Scores};
