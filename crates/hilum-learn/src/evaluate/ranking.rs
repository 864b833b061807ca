//! Cases in the order of one score: what ROC and precision-recall are read from.

use super::measure::Undefined;

/// Counts above one threshold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Above {
    /// Positive cases at or above it.
    positives: u64,
    /// Negative cases at or above it.
    negatives: u64,
}

/// Cases sorted by the score of one class, highest first; sorted once, however often they are weighed anew.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranking {
    class: usize,
    /// Score, whether the case is of the class, and its number.
    cases: Vec<(f64, bool, usize)>,
}

impl Ranking {
    /// Ranks cases by `scores`, finite; `truth` is the true class of each, `class` the one that is sought.
    #[must_use]
    pub fn new(class: usize, scores: &[f64], truth: &[usize]) -> Self {
        let mut cases: Vec<(f64, bool, usize)> =
            scores.iter().zip(truth).enumerate().map(|(n, (&score, &t))| (score, t == class, n)).collect();
        cases.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.2.cmp(&b.2)));
        Self { class, cases }
    }

    /// The class that is sought.
    pub(super) fn class(&self) -> usize {
        self.class
    }

    /// Visits every different score from the highest down, with the counts at or above it.
    fn sweep(&self, weights: &[u32], mut visit: impl FnMut(f64, Above)) {
        let mut above = Above { positives: 0, negatives: 0 };
        for equals in self.cases.chunk_by(|a, b| a.0 == b.0) {
            for &(_, positive, n) in equals {
                let count = if positive { &mut above.positives } else { &mut above.negatives };
                *count += u64::from(weights[n]);
            }
            visit(equals[0].0, above);
        }
    }

    /// All positive and negative cases; an error where there are none of one.
    fn totals(&self, weights: &[u32]) -> Result<Above, Undefined> {
        let mut all = Above { positives: 0, negatives: 0 };
        for &(_, positive, n) in &self.cases {
            let count = if positive { &mut all.positives } else { &mut all.negatives };
            *count += u64::from(weights[n]);
        }
        let class = self.class;
        match all {
            Above { positives: 0, negatives: 0 } => Err(Undefined::NoCases),
            Above { positives: 0, .. } => Err(Undefined::ClassAbsent { class }),
            Above { negatives: 0, .. } => Err(Undefined::OnlyClass { class }),
            both => Ok(both),
        }
    }

    /// The area under the ROC curve: the chance that a case of the class has the higher score, ties counting half.
    pub(super) fn auc(&self, weights: &[u32]) -> Result<f64, Undefined> {
        let all = self.totals(weights)?;
        // Trapezoids, doubled, so that all stays whole: each negative beaten by all positives above it.
        let (mut doubled, mut last) = (0u128, Above { positives: 0, negatives: 0 });
        self.sweep(weights, |_, above| {
            let width = u128::from(above.negatives - last.negatives);
            doubled += width * u128::from(above.positives + last.positives);
            last = above;
        });
        Ok(doubled as f64 / (2.0 * all.positives as f64 * all.negatives as f64))
    }

    /// Average precision: precision at every different score, weighted by the recall gained there.
    pub(super) fn average_precision(&self, weights: &[u32]) -> Result<f64, Undefined> {
        let all = self.totals(weights)?;
        let (mut sum, mut last) = (0.0, 0);
        self.sweep(weights, |_, above| {
            let gained = above.positives - last;
            if gained > 0 {
                let precision = above.positives as f64 / (above.positives + above.negatives) as f64;
                sum += gained as f64 / all.positives as f64 * precision;
            }
            last = above.positives;
        });
        Ok(sum)
    }

    /// The largest sensitivity of any threshold whose specificity is at least `specificity`.
    pub(super) fn sensitivity_at(&self, specificity: f64, weights: &[u32]) -> Result<f64, Undefined> {
        let all = self.totals(weights)?;
        let mut best = 0;
        self.sweep(weights, |_, above| {
            if reaches(specificity, above.negatives, all.negatives) {
                best = best.max(above.positives);
            }
        });
        Ok(best as f64 / all.positives as f64)
    }

    /// Every different score from the highest down, with the positive and negative cases at or above it.
    pub(super) fn counts(&self, weights: &[u32]) -> Result<Vec<(f64, u64, u64)>, Undefined> {
        self.totals(weights)?;
        let mut points = Vec::new();
        self.sweep(weights, |score, above| points.push((score, above.positives, above.negatives)));
        Ok(points)
    }

    /// False-positive rate, sensitivity and threshold, from (0, 0) with no threshold to (1, 1).
    pub(super) fn roc(&self, weights: &[u32]) -> Result<Vec<[f64; 3]>, Undefined> {
        let all = self.totals(weights)?;
        let mut points = vec![[0.0, 0.0, f64::INFINITY]];
        self.sweep(weights, |score, above| {
            let rates = [
                above.negatives as f64 / all.negatives as f64,
                above.positives as f64 / all.positives as f64,
            ];
            points.push([rates[0], rates[1], score]);
        });
        Ok(points)
    }

    /// Recall, precision and threshold at every different score, from the highest down.
    pub(super) fn precision_recall(&self, weights: &[u32]) -> Result<Vec<[f64; 3]>, Undefined> {
        let all = self.totals(weights)?;
        let mut points = Vec::new();
        self.sweep(weights, |score, above| {
            let said = above.positives + above.negatives;
            if said > 0 {
                let precision = above.positives as f64 / said as f64;
                points.push([above.positives as f64 / all.positives as f64, precision, score]);
            }
        });
        Ok(points)
    }
}

/// Whether at most `1 - specificity` of the negatives are above, up to a rounding error of the product.
pub(super) fn reaches(specificity: f64, negatives_above: u64, negatives: u64) -> bool {
    negatives_above as f64 <= (1.0 - specificity) * negatives as f64 + 1e-9
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::auc;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn areas_are_those_of_pairs_and_weights_are_repeats(
            cases in prop::collection::vec((0u8..12, any::<bool>(), 0u32..4), 1..60),
        ) {
            let scores: Vec<f64> = cases.iter().map(|c| f64::from(c.0)).collect();
            let truth: Vec<usize> = cases.iter().map(|c| usize::from(c.1)).collect();
            let weights: Vec<u32> = cases.iter().map(|c| c.2).collect();
            let ranking = Ranking::new(1, &scores, &truth);
            let repeated: Vec<_> = cases.iter().flat_map(|&c| std::iter::repeat_n(c, c.2 as usize)).collect();
            let of = |positive: bool| -> Vec<f64> {
                repeated.iter().filter(|c| c.1 == positive).map(|c| f64::from(c.0)).collect()
            };
            match auc(&of(true), &of(false)) {
                Some(expected) => prop_assert!((ranking.auc(&weights).unwrap() - expected.auc).abs() < 1e-12),
                None => prop_assert!(ranking.auc(&weights).is_err()),
            }
            let plain_scores: Vec<f64> = repeated.iter().map(|c| f64::from(c.0)).collect();
            let plain_truth: Vec<usize> = repeated.iter().map(|c| usize::from(c.1)).collect();
            let plain = Ranking::new(1, &plain_scores, &plain_truth);
            let ones = vec![1; repeated.len()];
            prop_assert_eq!(ranking.average_precision(&weights), plain.average_precision(&ones));
            prop_assert_eq!(ranking.sensitivity_at(0.8, &weights), plain.sensitivity_at(0.8, &ones));
        }
    }

    #[test]
    fn specificity_is_reached_at_its_very_share() {
        // Ten negatives, 0.9 asks for nine below: 1 - 0.9 is a little below 0.1.
        assert!(reaches(0.9, 1, 10) && !reaches(0.9, 2, 10) && reaches(1.0, 0, 3));
    }
}
