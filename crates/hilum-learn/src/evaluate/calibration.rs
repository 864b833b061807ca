//! Whether probabilities mean what they say.
//!
//! Expected calibration error after M. P. Naeini, G. F. Cooper and M. Hauskrecht, "Obtaining well calibrated
//! probabilities using Bayesian binning", AAAI 2015; for more than two classes over the probability of the answer, as Guo
//! et al. 2017 do. Brier score after G. W. Brier, Monthly Weather Review 78 (1950) 1-3.

use super::{measure::Undefined, predictions::Predictions};
use serde::Serialize;

/// Bins of equal width; each holds its upper edge, the first one 0 too, as scikit-learn's `calibration_curve` has it.
const BINS: usize = 10;
/// A probability of 0 for what was true would cost infinitely much; scikit-learn takes this for it.
const LEAST: f64 = f64::EPSILON;

/// One bin of the reliability curve.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ReliabilityBin {
    /// Lower edge, not in the bin.
    pub low: f64,
    /// Upper edge, in the bin.
    pub high: f64,
    /// Cases in it.
    pub cases: u64,
    /// Mean of their probabilities; `None` without a case.
    pub mean_probability: Option<f64>,
    /// Share of them for which it was true; `None` without a case.
    pub observed: Option<f64>,
}

/// Whether probabilities mean what they say, in bins.
///
/// With two classes the probability is that of the positive class; with more, that of the answer, and what is observed
/// is how often the answer was right.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Calibration {
    /// Ten bins from 0 to 1.
    pub bins: Vec<ReliabilityBin>,
}

impl Calibration {
    /// Counts cases, each as often as its weight says.
    pub(super) fn of(predictions: &Predictions, weights: &[u32]) -> Self {
        let mut sums = [(0u64, 0.0, 0u64); BINS];
        for (case, &weight) in weights.iter().enumerate().filter(|(_, weight)| **weight > 0) {
            let (probability, happened) = claim(predictions, case);
            let (count, sum, true_ones) = &mut sums[bin(probability)];
            *count += u64::from(weight);
            *sum += f64::from(weight) * probability;
            *true_ones += u64::from(weight) * u64::from(happened);
        }
        let bins = sums.iter().enumerate().map(|(n, &(cases, sum, true_ones))| ReliabilityBin {
            low: n as f64 / BINS as f64,
            high: (n + 1) as f64 / BINS as f64,
            cases,
            mean_probability: (cases > 0).then(|| sum / cases as f64),
            observed: (cases > 0).then(|| true_ones as f64 / cases as f64),
        });
        Self { bins: bins.collect() }
    }
}

/// The probability that is judged, and whether what it was given to was true.
fn claim(predictions: &Predictions, case: usize) -> (f64, bool) {
    let truth = predictions.truth()[case];
    match predictions.of_case(case) {
        [_, positive] => (*positive, truth == 1),
        all => {
            let answer =
                (1..all.len()).fold(0, |best, class| if all[class] > all[best] { class } else { best });
            (all[answer], truth == answer)
        }
    }
}

/// The bin that a probability falls into.
fn bin(probability: f64) -> usize {
    (1..BINS).take_while(|&n| probability > n as f64 / BINS as f64).count()
}

/// Expected calibration error: over bins, the share of cases times how far what was said lies from what was.
pub(super) fn expected_error(predictions: &Predictions, weights: &[u32]) -> Result<f64, Undefined> {
    let bins = Calibration::of(predictions, weights).bins;
    let total: u64 = bins.iter().map(|bin| bin.cases).sum();
    if total == 0 {
        return Err(Undefined::NoCases);
    }
    let gap = |bin: &ReliabilityBin| {
        let apart = bin.mean_probability.unwrap_or(0.0) - bin.observed.unwrap_or(0.0);
        bin.cases as f64 / total as f64 * apart.abs()
    };
    Ok(bins.iter().map(gap).sum())
}

/// Brier score. Two classes: mean squared distance of the positive class's probability from 0 or 1, at most 1. More: the
/// sum over classes, at most 2.
pub(super) fn brier(predictions: &Predictions, weights: &[u32]) -> Result<f64, Undefined> {
    weighted_mean(weights, |case| {
        let truth = predictions.truth()[case];
        let apart = |(class, p): (usize, &f64)| (p - f64::from(u8::from(class == truth))).powi(2);
        let all = predictions.of_case(case);
        match all {
            [_, positive] => apart((1, positive)),
            all => all.iter().enumerate().map(apart).sum(),
        }
    })
}

/// Mean negative logarithm of the probability that was given to the truth.
pub(super) fn log_loss(predictions: &Predictions, weights: &[u32]) -> Result<f64, Undefined> {
    weighted_mean(weights, |case| {
        -libm::log(predictions.of_case(case)[predictions.truth()[case]].clamp(LEAST, 1.0 - LEAST))
    })
}

fn weighted_mean(weights: &[u32], value: impl Fn(usize) -> f64) -> Result<f64, Undefined> {
    let (mut sum, mut total) = (0.0, 0u64);
    for (case, &weight) in weights.iter().enumerate().filter(|(_, weight)| **weight > 0) {
        sum += f64::from(weight) * value(case);
        total += u64::from(weight);
    }
    if total == 0 { Err(Undefined::NoCases) } else { Ok(sum / total as f64) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bins_hold_their_upper_edge() {
        assert_eq!([0.0, 0.05, 0.1, 0.100_001, 0.3, 0.95, 1.0].map(bin), [0, 0, 0, 1, 2, 9, 9]);
    }

    #[test]
    fn a_forecast_that_keeps_its_word_has_no_error() {
        // Ten cases with 0.3, of which three came true.
        let classes = vec!["no".to_owned(), "yes".to_owned()];
        let truth: Vec<usize> = (0..10).map(|i| usize::from(i < 3)).collect();
        let p = Predictions::new(classes, truth, (0..10).collect(), [0.7, 0.3].repeat(10)).unwrap();
        assert!(expected_error(&p, &[1; 10]).unwrap() < 1e-15);
        assert!((brier(&p, &[1; 10]).unwrap() - 0.21).abs() < 1e-15);
        let bins = Calibration::of(&p, &[1; 10]).bins;
        assert_eq!((bins[2].cases, bins[2].observed, bins[3].observed), (10, Some(0.3), None));
        assert_eq!(expected_error(&p, &[0; 10]), Err(Undefined::NoCases));
    }
}
