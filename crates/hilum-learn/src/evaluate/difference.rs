//! Whether one classifier is better than another on the same cases.

use super::{
    bootstrap::Resampling,
    estimate::Estimate,
    evaluation::{EvaluateSettings, Thresholds},
    measure::{Measure, Prepared},
    predictions::Predictions,
};
use crate::error::LearnError;
use serde::Serialize;

/// A measure of one classifier less that of another, over the same draws of the same cases.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Difference {
    /// What is compared.
    pub measure: Measure,
    /// First less second.
    #[serde(flatten)]
    pub estimate: Estimate,
}

impl Difference {
    /// Whether the whole interval speaks for the first classifier.
    #[must_use]
    pub fn first_is_better(&self) -> bool {
        self.estimate.interval.is_some_and(|interval| {
            if self.measure.less_is_better() { interval.high < 0.0 } else { interval.low > 0.0 }
        })
    }
}

/// Compares two classifiers on the same cases; each with its own threshold.
///
/// Both are measured in every draw, so what makes a draw easy or hard for both cancels out: the interval is that of the
/// difference, and is narrower than two intervals side by side would make believe.
///
/// # Errors
/// [`LearnError`] if the two were not made for the same cases.
pub fn difference(
    first: (&Predictions, &Thresholds),
    second: (&Predictions, &Thresholds),
    measures: &[Measure],
    settings: &EvaluateSettings,
) -> Result<Vec<Difference>, LearnError> {
    let (a, b) = (first.0, second.0);
    if (a.truth(), a.groups(), a.classes()) != (b.truth(), b.groups(), b.classes()) {
        return Err(LearnError::OtherCases { first: a.len(), second: b.len() });
    }
    let prepared = |(predictions, thresholds): (_, &Thresholds)| {
        Prepared::new(predictions, thresholds.threshold, thresholds.at_specificity, settings.specificity)
    };
    let (a, b) = (prepared(first), prepared(second));
    let less =
        |measure: Measure, weights: &[u32]| Ok(a.measure(measure, weights)? - b.measure(measure, weights)?);
    let plan = Resampling::new(first.0, settings.draws, settings.seed);
    let mut drawn = vec![Vec::with_capacity(settings.draws); measures.len()];
    for weights in plan.weights() {
        for (found, &measure) in drawn.iter_mut().zip(measures) {
            found.push(less(measure, &weights));
        }
    }
    let ones = vec![1; first.0.len()];
    Ok(measures
        .iter()
        .zip(&drawn)
        .map(|(&measure, drawn)| Difference {
            measure,
            estimate: Estimate::of(less(measure, &ones), drawn, &plan, first.0.classes()),
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    /// Scores that know something of the class, with noise of their own.
    fn classifier(seed: u64, skill: f64) -> Predictions {
        let mut random = Random::new(seed);
        let truth: Vec<usize> = (0..200).map(|i| i % 2).collect();
        let positive = |&t: &usize| {
            let noise = random.below(1000) as f64 / 1000.0;
            (skill * t as f64 + noise) / (skill + 1.0)
        };
        let p: Vec<f64> = truth.iter().map(positive).flat_map(|p| [1.0 - p, p]).collect();
        Predictions::new(vec!["a".into(), "b".into()], truth, (0..200).collect(), p).unwrap()
    }

    #[test]
    fn skill_is_told_from_none_and_not_from_its_like() {
        let (good, alike, poor) = (classifier(1, 1.0), classifier(2, 1.0), classifier(3, 0.0));
        let settings = EvaluateSettings { draws: 500, ..EvaluateSettings::default() };
        let at = Thresholds { threshold: 0.5, at_specificity: None };
        let compare =
            |a, b| difference((a, &at), (b, &at), &[Measure::Auc, Measure::Brier], &settings).unwrap();
        assert!(compare(&good, &poor).iter().all(Difference::first_is_better));
        assert!(!compare(&poor, &good).iter().any(Difference::first_is_better));
        assert!(!compare(&good, &alike)[0].first_is_better());
        let same = &compare(&good, &good)[0];
        assert_eq!((same.estimate.value, same.estimate.interval), (Some(0.0), None));
    }

    #[test]
    fn other_cases_cannot_be_compared() {
        let good = classifier(1, 1.0);
        let fewer = Predictions::new(vec!["a".into(), "b".into()], vec![0], vec![0], vec![0.5, 0.5]).unwrap();
        let at = Thresholds { threshold: 0.5, at_specificity: None };
        let found = difference((&good, &at), (&fewer, &at), &[Measure::Auc], &EvaluateSettings::default());
        assert!(found.unwrap_err().to_string().contains("200"));
    }
}
