//! One rung: a logistic regression on a few numbers, its penalty chosen among training cases.

use super::{logistic::LogisticModel, standardise::Standardised};
use crate::{
    LearnError,
    statistics::{fold_of_each, stratified_folds},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Inverse penalties that are tried, the strongest penalty first.
const TRIED: [f64; 6] = [1e-4, 1e-3, 1e-2, 1e-1, 1.0, 10.0];
/// Taken where a class has too few groups to try any.
const UNTRIED: f64 = 1e-2;
const FOLDS: usize = 5;

/// Numbers of some cases, by which a rung is fitted.
#[derive(Debug, Clone, Copy)]
pub struct RungTable<'a> {
    /// `[case][column]`; `None` where a number is missing.
    pub rows: &'a [Vec<Option<f64>>],
    /// The class of each case.
    pub truth: &'a [usize],
    /// The group (patient) of each case.
    pub groups: &'a [u32],
    /// How many classes there are.
    pub classes: usize,
}

/// A rung, fitted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FittedRung {
    standardised: Standardised,
    model: LogisticModel,
    /// The inverse penalty, as scikit-learn's C.
    pub c: f64,
    /// Whether it was chosen by cross-validation, or taken because a class has too few groups.
    pub c_was_chosen: bool,
}

impl FittedRung {
    /// The logits of a case: one for two classes, else one a class.
    #[must_use]
    pub fn logits(&self, row: &[Option<f64>]) -> Vec<f64> {
        self.model.logits(&self.standardised.apply(row))
    }
}

/// Fits a rung to training cases.
///
/// The penalty is the one of six, 1e-4 to 10, with the smallest log loss in a 5-fold cross-validation among these very cases,
/// stratified, whole groups together, fixed by `seed`; of equally good ones the strongest.
///
/// # Errors
/// [`LearnError::ClassNotLearned`] if no case is of a class.
pub fn fit_rung(table: &RungTable<'_>, seed: u64) -> Result<FittedRung, LearnError> {
    let all: Vec<usize> = (0..table.truth.len()).collect();
    let has_columns = table.rows.first().is_some_and(|row| !row.is_empty());
    let folds = if has_columns { folds(table, seed) } else { None };
    let c = match &folds {
        Some(folds) => best_penalty(table, folds)?,
        None => UNTRIED,
    };
    let fitted = fit(table, &all, &[c])?;
    let (standardised, model) = fitted.into_iter().next().ok_or(LearnError::NoCases)?;
    Ok(FittedRung { standardised, model, c, c_was_chosen: folds.is_some() })
}

/// The fold of each case; `None` if a class has fewer than two groups.
fn folds(table: &RungTable<'_>, seed: u64) -> Option<Vec<usize>> {
    let mut numbers: BTreeMap<u32, usize> = BTreeMap::new();
    let mut units: Vec<(usize, usize)> = Vec::new();
    let mut unit_of = Vec::with_capacity(table.groups.len());
    for (group, &class) in table.groups.iter().zip(table.truth) {
        let unit = *numbers.entry(*group).or_insert_with(|| {
            units.push((class, 0));
            units.len() - 1
        });
        units[unit].1 += 1;
        unit_of.push(unit);
    }
    let of_class = |class: usize| units.iter().filter(|unit| unit.0 == class).count();
    let folds = (0..table.classes).map(of_class).min().unwrap_or(0).min(FOLDS);
    (folds >= 2).then(|| fold_of_each(&unit_of, &stratified_folds(&units, folds, seed)))
}

fn best_penalty(table: &RungTable<'_>, fold_of: &[usize]) -> Result<f64, LearnError> {
    let mut losses = [0.0; TRIED.len()];
    for fold in 0..=fold_of.iter().max().copied().unwrap_or(0) {
        let (back, kept): (Vec<usize>, Vec<usize>) = (0..fold_of.len()).partition(|&i| fold_of[i] == fold);
        for (loss, (standardised, model)) in losses.iter_mut().zip(fit(table, &kept, &TRIED)?) {
            for &case in &back {
                let p = model.probabilities(&standardised.apply(&table.rows[case]))[table.truth[case]];
                *loss -= libm::log(p.max(f64::MIN_POSITIVE));
            }
        }
    }
    let best = (1..TRIED.len()).fold(0, |best, n| if losses[n] < losses[best] { n } else { best });
    Ok(TRIED[best])
}

/// A model for each inverse penalty, each beginning where the one before ended.
fn fit(
    table: &RungTable<'_>,
    cases: &[usize],
    penalties: &[f64],
) -> Result<Vec<(Standardised, LogisticModel)>, LearnError> {
    let rows: Vec<&[Option<f64>]> = cases.iter().map(|&case| table.rows[case].as_slice()).collect();
    let standardised = Standardised::of(&rows);
    let ready: Vec<Vec<f64>> = rows.iter().map(|row| standardised.apply(row)).collect();
    let truth: Vec<usize> = cases.iter().map(|&case| table.truth[case]).collect();
    let mut models: Vec<(Standardised, LogisticModel)> = Vec::with_capacity(penalties.len());
    for &c in penalties {
        let start = models.last().map(|(_, model)| model);
        let model = LogisticModel::fit(&ready, &truth, table.classes, c, start)?;
        models.push((standardised.clone(), model));
    }
    Ok(models)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    /// `informed` columns that follow the class and `noise` columns that do not.
    fn rows(cases: usize, informed: usize, noise: usize) -> (Vec<Vec<Option<f64>>>, Vec<usize>) {
        let mut random = Random::new(5);
        let truth: Vec<usize> = (0..cases).map(|i| i % 2).collect();
        let mut unit = || random.below(2000) as f64 / 1000.0 - 1.0;
        let row = |&t: &usize| {
            let told = (0..informed).map(|_| t as f64 + unit()).collect::<Vec<_>>();
            told.into_iter().chain((0..noise).map(|_| unit())).map(Some).collect()
        };
        let rows = truth.iter().map(row).collect();
        (rows, truth)
    }

    #[test]
    fn what_is_told_is_learned_and_noise_is_held_down() {
        let groups: Vec<u32> = (0..80).collect();
        let (told, truth) = rows(80, 3, 0);
        let good =
            fit_rung(&RungTable { rows: &told, truth: &truth, groups: &groups, classes: 2 }, 1).unwrap();
        let right =
            told.iter().zip(&truth).filter(|(row, t)| (good.logits(row)[0] > 0.0) == (**t == 1)).count();
        assert!(right > 65 && good.c_was_chosen, "{right}, C {}", good.c);
        let (noise, truth) = rows(80, 0, 60);
        let poor =
            fit_rung(&RungTable { rows: &noise, truth: &truth, groups: &groups, classes: 2 }, 1).unwrap();
        assert!(poor.c <= 1e-2, "sixty columns of noise want the strongest penalties: {}", poor.c);
    }

    #[test]
    fn without_columns_or_groups_nothing_is_chosen() {
        let rows = vec![Vec::new(); 4];
        let table = RungTable { rows: &rows, truth: &[0, 1, 1, 1], groups: &[0, 1, 2, 3], classes: 2 };
        let majority = fit_rung(&table, 1).unwrap();
        assert!((majority.logits(&[])[0] - 3f64.ln()).abs() < 1e-9 && !majority.c_was_chosen);
        let rows = vec![vec![Some(1.0)], vec![Some(2.0)], vec![Some(3.0)]];
        let table = RungTable { rows: &rows, truth: &[0, 1, 1], groups: &[0, 1, 2], classes: 2 };
        assert_eq!(fit_rung(&table, 1).unwrap().c, UNTRIED);
        let table = RungTable { truth: &[1, 1, 1], ..table };
        assert!(fit_rung(&table, 1).is_err());
    }

    #[test]
    fn the_same_seed_gives_the_same_rung() {
        let (rows, truth) = rows(40, 1, 4);
        let groups: Vec<u32> = (0..40).map(|i| i / 2).collect();
        let table = RungTable { rows: &rows, truth: &truth, groups: &groups, classes: 2 };
        assert_eq!(fit_rung(&table, 3).unwrap(), fit_rung(&table, 3).unwrap());
        let json = serde_json::to_string(&fit_rung(&table, 3).unwrap()).unwrap();
        assert_eq!(serde_json::from_str::<FittedRung>(&json).unwrap(), fit_rung(&table, 3).unwrap());
    }
}
