//! What the best threshold is worth on scans that it was not chosen on.

use super::{
    folds::{fold_of_each, stratified_folds},
    interval::{Interval, bootstrap_mean},
    rule::{Criterion, Fit, Scores},
};
use serde::Serialize;

/// How often a bootstrap draws.
const DRAWS: usize = 2000;

/// How to cross-validate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Plan {
    /// Parts, each held back once; fewer where a class has fewer units.
    pub folds: usize,
    /// How often all of it is done with other folds.
    pub repeats: usize,
    /// Seed of folds and bootstrap.
    pub seed: u64,
    /// What the threshold is chosen for.
    pub criterion: Criterion,
}

impl Default for Plan {
    fn default() -> Self {
        Self { folds: 10, repeats: 10, seed: 1, criterion: Criterion::Accuracy }
    }
}

/// What was found on scans held back.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct CrossValidated {
    /// Folds that were used.
    pub folds: usize,
    /// How often.
    pub repeats: usize,
    /// What was kept together and drawn: patients where they are known, else scans.
    pub units: usize,
    /// Means over all scans and repeats.
    #[serde(flatten)]
    pub scores: Scores,
    /// 95 % bootstrap interval of the accuracy over units.
    pub accuracy_interval: Option<Interval>,
    /// Accuracy of always saying the larger class.
    pub majority_accuracy: f64,
    /// Accuracy less that of the larger class, with its interval over the same draws.
    pub gain: f64,
    /// 95 % bootstrap interval of the gain over units.
    pub gain_interval: Option<Interval>,
}

/// Chooses a threshold on all folds but one and judges it on that one, in turn, `repeats` times.
///
/// # Arguments
/// * `cases` - number and whether it is of the positive class, one a scan.
/// * `unit_of` - what each scan belongs to: scans of one unit are never on both sides. Units are 0, 1, ...
///
/// # Returns
/// `None` if a class has fewer than two units. The interval is a percentile bootstrap over units of how often each scan
/// was told right; it takes the thresholds as they came out and so is somewhat too narrow (Bates, Hastie and
/// Tibshirani 2024, doi:10.1080/01621459.2023.2197686).
///
/// # Source
/// Stone (1974, doi:10.1111/j.2517-6161.1974.tb00994.x); stratified and repeated after Kohavi (1995, IJCAI 2:1137-1143).
pub fn cross_validate(cases: &[(f64, bool)], unit_of: &[usize], plan: Plan) -> Option<CrossValidated> {
    let units = units(cases, unit_of);
    let of_class = |class: usize| units.iter().filter(|unit| unit.0 == class).count();
    let folds = plan.folds.min(of_class(0)).min(of_class(1));
    if folds < 2 || plan.repeats == 0 {
        return None;
    }
    // How often each scan was told right.
    let mut right = vec![0u32; cases.len()];
    for repeat in 0..plan.repeats {
        let seed = plan.seed.wrapping_add(repeat as u64);
        let fold_of = fold_of_each(unit_of, &stratified_folds(&units, folds, seed));
        let answers = held_back_answers(cases, &fold_of, plan.criterion);
        for ((right, said), (_, positive)) in right.iter_mut().zip(answers).zip(cases) {
            *right += u32::from(said == *positive);
        }
    }
    let share_right: Vec<f64> = right.iter().map(|&r| f64::from(r) / plan.repeats as f64).collect();
    Some(summed_up(cases, unit_of, &units, &share_right, folds, plan))
}

/// What the best rule of all other folds says of each case: whether it is of the positive class.
///
/// Where the other folds allow no cut, their larger class is the answer (the negative one if both are as large).
///
/// # Arguments
/// * `cases` - number and whether it is of the positive class.
/// * `fold_of` - the fold of each case, 0, 1, ...
pub fn held_back_answers(cases: &[(f64, bool)], fold_of: &[usize], criterion: Criterion) -> Vec<bool> {
    let mut ascending: Vec<usize> = (0..cases.len()).collect();
    ascending.sort_by(|&a, &b| cases[a].0.total_cmp(&cases[b].0));
    let mut answers = vec![false; cases.len()];
    for fold in 0..fold_of.iter().max().map_or(0, |last| last + 1) {
        let (back, kept): (Vec<usize>, Vec<usize>) = ascending.iter().partition(|&&i| fold_of[i] == fold);
        let kept: Vec<(f64, bool)> = kept.into_iter().map(|i| cases[i]).collect();
        let fit = Fit::of(&kept, criterion);
        let positive_is_larger = 2 * kept.iter().filter(|(_, positive)| *positive).count() > kept.len();
        for i in back {
            answers[i] = fit.map_or(positive_is_larger, |fit| fit.rule.says_positive(cases[i].0));
        }
    }
    answers
}

/// The class and the number of scans of each unit.
fn units(cases: &[(f64, bool)], unit_of: &[usize]) -> Vec<(usize, usize)> {
    let mut units = vec![(0, 0); unit_of.iter().max().map_or(0, |last| last + 1)];
    for ((_, positive), &unit) in cases.iter().zip(unit_of) {
        if units[unit].1 == 0 {
            units[unit].0 = usize::from(*positive);
        }
        units[unit].1 += 1;
    }
    units
}

fn summed_up(
    cases: &[(f64, bool)],
    unit_of: &[usize],
    units: &[(usize, usize)],
    share_right: &[f64],
    folds: usize,
    plan: Plan,
) -> CrossValidated {
    let of_class = |class: bool| {
        let members = || cases.iter().zip(share_right).filter(move |((_, positive), _)| *positive == class);
        (members().map(|(_, right)| right).sum::<f64>(), members().count() as f64)
    };
    let ((tp, positives), (tn, negatives)) = (of_class(true), of_class(false));
    let scores = Scores::of(tp, positives, tn, negatives);
    let larger = positives > negatives;
    let counts: Vec<usize> = units.iter().map(|unit| unit.1).collect();
    let interval = |worth: &dyn Fn(usize) -> f64| {
        let mut sums = vec![0.0; units.len()];
        for (i, &unit) in unit_of.iter().enumerate() {
            sums[unit] += worth(i);
        }
        bootstrap_mean(&sums, &counts, DRAWS, plan.seed)
    };
    let majority_accuracy = positives.max(negatives) / (positives + negatives);
    CrossValidated {
        folds,
        repeats: plan.repeats,
        units: units.len(),
        scores,
        accuracy_interval: interval(&|i| share_right[i]),
        majority_accuracy,
        gain: scores.accuracy - majority_accuracy,
        gain_interval: interval(&|i| share_right[i] - f64::from(u8::from(cases[i].1 == larger))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    #[test]
    fn chance_is_not_taken_for_skill() {
        // Numbers that know nothing of the class: in-sample the best cut looks better than a coin, held back it does not.
        let mut random = Random::new(11);
        let cases: Vec<(f64, bool)> = (0..200).map(|i| (random.below(1 << 30) as f64, i % 2 == 0)).collect();
        let unit_of: Vec<usize> = (0..200).collect();
        let mut ascending = cases.clone();
        ascending.sort_by(|a, b| a.0.total_cmp(&b.0));
        let in_sample = Fit::of(&ascending, Criterion::Accuracy).unwrap().in_sample.accuracy;
        let honest = cross_validate(&cases, &unit_of, Plan::default()).unwrap();
        assert!(in_sample > 0.53, "{in_sample}");
        assert!(honest.scores.accuracy < 0.53 && honest.gain_interval.unwrap().low < 0.0, "{honest:?}");
    }

    #[test]
    fn classes_apart_are_told_apart() {
        let cases: Vec<(f64, bool)> = (0..30).map(|i| (f64::from(i), i >= 15)).collect();
        let found = cross_validate(&cases, &(0..30).collect::<Vec<_>>(), Plan::default()).unwrap();
        // A cut moves only when a scan beside it is held back.
        assert!(found.scores.accuracy > 0.95 && found.majority_accuracy == 0.5, "{found:?}");
    }

    #[test]
    fn a_class_of_one_patient_cannot_be_held_back() {
        let cases = [(1.0, false), (2.0, true), (3.0, true), (0.5, false)];
        assert_eq!(cross_validate(&cases, &[0, 1, 1, 2], Plan::default()), None);
        assert!(cross_validate(&cases, &[0, 1, 2, 3], Plan::default()).is_some());
    }

    #[test]
    fn equal_numbers_leave_the_larger_class() {
        let cases: Vec<(f64, bool)> = (0..30).map(|i| (1.0, i < 20)).collect();
        let found = cross_validate(&cases, &(0..30).collect::<Vec<_>>(), Plan::default()).unwrap();
        assert_eq!((found.scores.accuracy, found.gain), (20.0 / 30.0, 0.0));
        assert_eq!((found.scores.sensitivity, found.scores.specificity), (1.0, 0.0));
    }
}
