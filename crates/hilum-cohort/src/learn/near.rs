//! Near duplicates among the examples, and where they lie.

use super::parallel;
use hilum_learn::dataset::{Fingerprint, Likeness, Side};
use serde::{Deserialize, Serialize};

/// Two examples that show nearly the same.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NearDuplicates {
    /// Their names, sorted.
    pub ids: [String; 2],
    /// Their classes.
    pub classes: [String; 2],
    /// The sides they are on.
    pub sides: [Side; 2],
    /// How alike they are.
    #[serde(flatten)]
    pub likeness: Likeness,
}

/// Indices of two examples, the lower one first, and how alike they are.
pub(super) type Pair = ([usize; 2], Likeness);

/// All near duplicates, sorted by index.
pub(super) fn pairs(prints: &[Option<Fingerprint>], jobs: usize) -> Vec<Pair> {
    let rows: Vec<usize> = (0..prints.len()).collect();
    let of_row = |&n: &usize| -> Vec<Pair> {
        let Some(print) = &prints[n] else { return Vec::new() };
        let others = prints.iter().enumerate().skip(n + 1);
        others.filter_map(|(m, other)| Some(([n, m], print.likeness(other.as_ref()?)?))).collect()
    };
    parallel::each(&rows, jobs, of_row).into_iter().flatten().collect()
}

/// The pairs with names, classes and sides.
pub(super) fn named(pairs: Vec<Pair>, examples: &[(&str, &str)], sides: &[Side]) -> Vec<NearDuplicates> {
    let of_pair = |(indices, likeness): Pair| NearDuplicates {
        ids: indices.map(|n| examples[n].0.to_owned()),
        classes: indices.map(|n| examples[n].1.to_owned()),
        sides: indices.map(|n| sides[n]),
        likeness,
    };
    pairs.into_iter().map(of_pair).collect()
}
