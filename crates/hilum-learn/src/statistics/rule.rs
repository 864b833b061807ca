//! A threshold on one number, and the best one of a sample.

use serde::{Deserialize, Serialize};

/// What the best threshold is best at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Criterion {
    /// The most scans told right: depends on how many scans each class has.
    #[default]
    Accuracy,
    /// Sensitivity plus specificity (Youden 1950, doi:10.1002/1097-0142(1950)3:1<32::AID-CNCR2820030106>3.0.CO;2-3):
    /// does not depend on it.
    Youden,
}

/// Tells the class of a scan by one number.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Rule {
    /// The cut, half way between two numbers of the sample.
    pub threshold: f64,
    /// Whether numbers at or above the cut mean the positive class, or those below it.
    pub positive_is_above: bool,
}

impl Rule {
    /// Whether a number means the positive class.
    pub fn says_positive(&self, value: f64) -> bool {
        (value >= self.threshold) == self.positive_is_above
    }
}

/// How well answers meet the truth.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Scores {
    /// Share of all scans told right.
    pub accuracy: f64,
    /// Share of the positive class told right.
    pub sensitivity: f64,
    /// Share of the negative class told right.
    pub specificity: f64,
    /// Mean of sensitivity and specificity.
    pub balanced_accuracy: f64,
}

impl Scores {
    /// From the (weighted) numbers told right in each class, out of how many.
    pub fn of(true_positives: f64, positives: f64, true_negatives: f64, negatives: f64) -> Self {
        let (sensitivity, specificity) = (true_positives / positives, true_negatives / negatives);
        Self {
            accuracy: (true_positives + true_negatives) / (positives + negatives),
            sensitivity,
            specificity,
            balanced_accuracy: (sensitivity + specificity) / 2.0,
        }
    }
}

/// The best rule of a sample and how well it does there: in-sample, so too well.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Fit {
    /// The rule.
    #[serde(flatten)]
    pub rule: Rule,
    /// How well it does on the sample that it was chosen on.
    #[serde(flatten)]
    pub in_sample: Scores,
}

impl Fit {
    /// The best rule over `(number, is positive)` in ascending order of the numbers.
    ///
    /// Every cut between two different numbers is tried in both directions; of equally good rules the lowest cut is taken,
    /// and `above` before `below`. `None` if a class is missing or all numbers are equal.
    pub fn of(ascending: &[(f64, bool)], criterion: Criterion) -> Option<Self> {
        let positives = ascending.iter().filter(|(_, positive)| *positive).count();
        let negatives = ascending.len() - positives;
        if positives == 0 || negatives == 0 {
            return None;
        }
        // In whole numbers, so that equal is equal.
        let worth = |true_positives: usize, true_negatives: usize| match criterion {
            Criterion::Accuracy => true_positives + true_negatives,
            Criterion::Youden => true_positives * negatives + true_negatives * positives,
        };
        let mut below = [0, 0];
        let mut best: Option<(usize, Rule, usize, usize)> = None;
        for pair in ascending.windows(2) {
            below[usize::from(pair[0].1)] += 1;
            if pair[0].0 == pair[1].0 {
                continue;
            }
            let [negatives_below, positives_below] = below;
            for positive_is_above in [true, false] {
                let (tp, tn) = if positive_is_above {
                    (positives - positives_below, negatives_below)
                } else {
                    (positives_below, negatives - negatives_below)
                };
                if best.is_none_or(|(most, ..)| worth(tp, tn) > most) {
                    let rule = Rule { threshold: between(pair[0].0, pair[1].0), positive_is_above };
                    best = Some((worth(tp, tn), rule, tp, tn));
                }
            }
        }
        let (_, rule, tp, tn) = best?;
        Some(Self { rule, in_sample: Scores::of(tp as f64, positives as f64, tn as f64, negatives as f64) })
    }
}

/// Half way, but above `low` even where no number lies between the two.
fn between(low: f64, high: f64) -> f64 {
    let middle = low / 2.0 + high / 2.0;
    if middle > low { middle } else { high }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fit(text: &str) -> Option<Fit> {
        let cases: Vec<(f64, bool)> =
            text.chars().enumerate().map(|(i, class)| (i as f64, class == '+')).collect();
        Fit::of(&cases, Criterion::Accuracy)
    }

    #[test]
    fn the_best_cut_is_found_in_both_directions() {
        let up = fit("--+-++").unwrap();
        assert_eq!(up.rule, Rule { threshold: 1.5, positive_is_above: true });
        assert_eq!((up.in_sample.accuracy, up.in_sample.sensitivity), (5.0 / 6.0, 1.0));
        let down = fit("++-").unwrap();
        assert_eq!(down.rule, Rule { threshold: 1.5, positive_is_above: false });
        assert!(down.rule.says_positive(0.0) && !down.rule.says_positive(1.5));
        assert_eq!(fit("+++"), None);
        assert_eq!(Fit::of(&[(1.0, true), (1.0, false)], Criterion::Youden), None);
    }

    #[test]
    fn youden_does_not_follow_the_larger_class() {
        // Nineteen positive scans over the whole range and one negative at the bottom but one.
        let cases: Vec<(f64, bool)> = (0..20).map(|i| (f64::from(i), i != 1)).collect();
        let accuracy = Fit::of(&cases, Criterion::Accuracy).unwrap();
        let youden = Fit::of(&cases, Criterion::Youden).unwrap();
        assert_eq!(youden.in_sample.specificity, 1.0);
        assert!(youden.in_sample.balanced_accuracy >= accuracy.in_sample.balanced_accuracy);
    }

    #[test]
    fn neighbours_among_floats_are_told_apart() {
        let (low, high) = (1.0, 1.0f64.next_up());
        let fit = Fit::of(&[(low, false), (high, true)], Criterion::Accuracy).unwrap();
        assert!(!fit.rule.says_positive(low) && fit.rule.says_positive(high));
    }
}
