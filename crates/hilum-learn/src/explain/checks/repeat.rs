//! Whether an explanation comes out alike when it is made again.

use crate::statistics::midranks;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// How alike explanations of one picture are, over all pairs of seeds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Repeatability {
    /// Explanations that were compared.
    pub seeds: usize,
    /// Mean of Spearman's rank correlation of the pieces' weights, -1 to 1; pairs without variation are left out, `None` if
    /// that is all of them.
    pub rank_correlation: Option<f64>,
    /// Mean of the share that two sets of the strongest positive pieces have in common (intersection over union), 0 to 1.
    pub top_iou: Option<f64>,
    /// How many pieces a set holds.
    pub top: usize,
}

impl Repeatability {
    /// Of the weights of the same pieces with several seeds, `[seed][piece]`; `None` for fewer than two seeds, or where they
    /// differ in length.
    #[must_use]
    pub fn of(weights: &[Vec<f64>], top: usize) -> Option<Self> {
        let first = weights.first()?.len();
        if weights.len() < 2 || weights.iter().any(|w| w.len() != first) {
            return None;
        }
        let (mut correlations, mut overlaps) = (Vec::new(), Vec::new());
        for (n, a) in weights.iter().enumerate() {
            for b in &weights[..n] {
                correlations.extend(spearman(a, b));
                overlaps.extend(overlap(&strongest(a, top), &strongest(b, top)));
            }
        }
        Some(Self {
            seeds: weights.len(),
            rank_correlation: mean(&correlations),
            top_iou: mean(&overlaps),
            top,
        })
    }
}

/// Spearman's rank correlation, ties sharing their mean rank; `None` where a list does not vary or they differ in length.
#[must_use]
pub fn spearman(a: &[f64], b: &[f64]) -> Option<f64> {
    if a.len() != b.len() || a.is_empty() {
        return None;
    }
    let (a, b) = (midranks(a).ranks, midranks(b).ranks);
    let middle = (a.len() + 1) as f64 / 2.0;
    let (mut ab, mut aa, mut bb) = (0.0, 0.0, 0.0);
    for (x, y) in a.iter().zip(&b) {
        ab += (x - middle) * (y - middle);
        aa += (x - middle) * (x - middle);
        bb += (y - middle) * (y - middle);
    }
    (aa > 0.0 && bb > 0.0).then(|| ab / libm::sqrt(aa * bb))
}

/// The pieces with the largest positive weights, at most `top`.
fn strongest(weights: &[f64], top: usize) -> BTreeSet<usize> {
    let mut order: Vec<usize> = (0..weights.len()).filter(|&i| weights[i] > 0.0).collect();
    order.sort_by(|&a, &b| weights[b].total_cmp(&weights[a]));
    order.into_iter().take(top).collect()
}

fn overlap(a: &BTreeSet<usize>, b: &BTreeSet<usize>) -> Option<f64> {
    let all = a.union(b).count();
    (all > 0).then(|| a.intersection(b).count() as f64 / all as f64)
}

fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rank_correlation_is_that_of_scipy() {
        // scipy 1.17 spearmanr, with ties.
        let (a, b) = ([1.0, 2.0, 2.0, 4.0, 5.5, -1.0], [0.3, 0.1, 0.4, 0.4, 0.9, 0.2]);
        assert!((spearman(&a, &b).unwrap() - SPEARMAN).abs() < 1e-12);
        assert_eq!(spearman(&[1.0, 1.0], &[1.0, 2.0]), None);
    }

    const SPEARMAN: f64 = 0.7205882352941176;

    #[test]
    fn the_same_weights_repeat_and_opposite_ones_do_not() {
        let weights = vec![0.4, -0.1, 0.2, 0.0];
        let same = Repeatability::of(&[weights.clone(), weights.clone(), weights.clone()], 2).unwrap();
        assert_eq!((same.rank_correlation, same.top_iou, same.seeds), (Some(1.0), Some(1.0), 3));
        let opposite: Vec<f64> = weights.iter().map(|w| -w).collect();
        let turned = Repeatability::of(&[weights.clone(), opposite], 2).unwrap();
        assert_eq!((turned.rank_correlation, turned.top_iou), (Some(-1.0), Some(0.0)));
        assert_eq!(Repeatability::of(&[weights], 2), None);
    }
}
