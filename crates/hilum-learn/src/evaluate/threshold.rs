//! The threshold on the positive class's probability: chosen on validation cases, used on others.

use super::ranking::{Ranking, reaches};
use crate::statistics::Criterion;

/// Where both classes are equally likely.
const EVEN: f64 = 0.5;

/// The cut above which a case is said to be positive, best by `criterion`; `None` if a class is missing or all
/// probabilities are equal.
///
/// Cuts lie half way between two different probabilities. Of equally good ones the nearest to 0.5 is taken: few validation
/// cases leave wide plateaus, and their ends are what chance made.
///
/// # Arguments
/// * `probabilities` - of the positive class, one a validation case.
/// * `positive` - whether the case is of that class.
#[must_use]
pub fn choose_threshold(probabilities: &[f64], positive: &[bool], criterion: Criterion) -> Option<f64> {
    let all = positive.iter().filter(|p| **p).count() as u64;
    let negatives = positive.len() as u64 - all;
    // In whole numbers, so that equal is equal.
    let worth = |cut: &Cut| {
        let (right_positives, right_negatives) = (cut.positives_above, negatives - cut.negatives_above);
        match criterion {
            Criterion::Accuracy => right_positives + right_negatives,
            Criterion::Youden => right_positives * negatives + right_negatives * all,
        }
    };
    let cuts = cuts(probabilities, positive);
    let most = cuts.iter().map(&worth).max()?;
    nearest_to_even(cuts.iter().filter(|cut| worth(cut) == most))
}

/// The lowest cut at which at least `specificity` of the negative cases lie below; `None` as above, and where even the highest
/// cut lets too many through.
#[must_use]
pub fn threshold_at_specificity(probabilities: &[f64], positive: &[bool], specificity: f64) -> Option<f64> {
    let negatives = positive.iter().filter(|p| !**p).count() as u64;
    let cuts = cuts(probabilities, positive);
    cuts.iter()
        .filter(|cut| reaches(specificity, cut.negatives_above, negatives))
        .map(|cut| cut.threshold)
        .min_by(f64::total_cmp)
}

struct Cut {
    threshold: f64,
    positives_above: u64,
    negatives_above: u64,
}

/// All cuts between two different probabilities, from the highest down; none if a class is missing.
fn cuts(probabilities: &[f64], positive: &[bool]) -> Vec<Cut> {
    let truth: Vec<usize> = positive.iter().map(|p| usize::from(*p)).collect();
    let ranking = Ranking::new(1, probabilities, &truth);
    let weights = vec![1; probabilities.len()];
    let Ok(points) = ranking.counts(&weights) else { return Vec::new() };
    let between = |pair: &[(f64, u64, u64)]| {
        let (high, low) = (pair[0].0, pair[1].0);
        let middle = low / 2.0 + high / 2.0;
        // Between neighbouring numbers there is none: the cut is then the higher one itself.
        let threshold = if middle > low { middle } else { high };
        Cut { threshold, positives_above: pair[0].1, negatives_above: pair[0].2 }
    };
    points.windows(2).map(between).collect()
}

fn nearest_to_even<'a>(cuts: impl Iterator<Item = &'a Cut>) -> Option<f64> {
    let distance = |threshold: &f64| (threshold - EVEN).abs();
    cuts.map(|cut| cut.threshold).min_by(|a, b| distance(a).total_cmp(&distance(b)).then(a.total_cmp(b)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_cut_nearest_to_even_is_taken() {
        let p = [0.1, 0.2, 0.6, 0.7, 0.9];
        let positive = [false, false, true, true, true];
        assert_eq!(choose_threshold(&p, &positive, Criterion::Youden), Some(0.4));
        // Right are 4 of 5 with a cut at 0.15, at 0.4 and at 0.8: 0.4 is the nearest to 0.5.
        let mixed = [false, true, false, false, true];
        assert_eq!(choose_threshold(&[0.1, 0.3, 0.5, 0.6, 0.9], &mixed, Criterion::Accuracy), Some(0.75));
        assert_eq!(choose_threshold(&p, &[true; 5], Criterion::Accuracy), None);
        assert_eq!(choose_threshold(&[0.5; 5], &positive, Criterion::Accuracy), None);
    }

    #[test]
    fn youden_does_not_follow_the_larger_class() {
        let p: Vec<f64> = (0..20).map(|i| f64::from(i) / 20.0).collect();
        let positive: Vec<bool> = (0..20).map(|i| i != 1).collect();
        let youden = choose_threshold(&p, &positive, Criterion::Youden).unwrap();
        assert!((youden - 0.075).abs() < 1e-12, "{youden}");
    }

    #[test]
    fn a_fixed_specificity_takes_the_lowest_cut_that_has_it() {
        let p = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6];
        let positive = [false, false, true, false, true, true];
        assert_eq!(threshold_at_specificity(&p, &positive, 0.6), Some(0.25));
        assert_eq!(threshold_at_specificity(&p, &positive, 1.0), Some(0.45));
        // The highest score is a negative's: no cut keeps all of them below.
        assert_eq!(threshold_at_specificity(&p, &[true, false, true, false, true, false], 1.0), None);
    }

    #[test]
    fn neighbours_among_floats_are_told_apart() {
        let low = 0.5f64;
        let cut = choose_threshold(&[low, low.next_up()], &[false, true], Criterion::Youden).unwrap();
        assert!(cut > low && cut <= low.next_up());
    }
}
