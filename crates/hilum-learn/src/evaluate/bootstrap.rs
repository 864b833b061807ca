//! Drawing whole groups anew.
//!
//! Efron and Tibshirani, An Introduction to the Bootstrap (1993), chapters 8 and 13; for clusters Field and Welsh (2007,
//! doi:10.1111/j.1467-9868.2007.00593.x).

use super::{measure::Undefined, predictions::Predictions};
use crate::{
    random::Random,
    statistics::{Interval, percentile_interval},
};
use std::collections::BTreeMap;

/// The least share of draws in which a number must exist for its interval to be told.
const LEAST_SHARE: f64 = 0.95;

/// Many ways to draw the same cases anew: groups whole, with replacement, within the class that most of their cases
/// have, so that every draw has as many groups of each class as there are.
#[derive(Debug, Clone, PartialEq)]
pub struct Resampling {
    /// Group of each case, counted from 0.
    group_of: Vec<usize>,
    /// Groups of each class.
    strata: Vec<Vec<usize>>,
    draws: usize,
    seed: u64,
}

impl Resampling {
    /// Plans `draws` draws of the cases of `predictions`, fixed by `seed`.
    #[must_use]
    pub fn new(predictions: &Predictions, draws: usize, seed: u64) -> Self {
        let mut numbers: BTreeMap<u32, usize> = BTreeMap::new();
        for &group in predictions.groups() {
            numbers.entry(group).or_insert(0);
        }
        for (n, number) in numbers.values_mut().enumerate() {
            *number = n;
        }
        let group_of: Vec<usize> = predictions.groups().iter().map(|group| numbers[group]).collect();
        let mut of_class = vec![vec![0usize; predictions.classes().len()]; numbers.len()];
        for (&group, &class) in group_of.iter().zip(predictions.truth()) {
            of_class[group][class] += 1;
        }
        let mut strata = vec![Vec::new(); predictions.classes().len()];
        for (group, counts) in of_class.iter().enumerate() {
            let most = (1..counts.len()).fold(0, |best, c| if counts[c] > counts[best] { c } else { best });
            strata[most].push(group);
        }
        Self { group_of, strata, draws, seed }
    }

    /// How many groups there are.
    #[must_use]
    pub fn groups(&self) -> usize {
        self.strata.iter().map(Vec::len).sum()
    }

    /// How often each case stands in each draw; the same each time it is asked.
    pub fn weights(&self) -> impl Iterator<Item = Vec<u32>> + '_ {
        let mut random = Random::new(self.seed);
        (0..self.draws).map(move |_| {
            let mut times = vec![0; self.groups()];
            for stratum in &self.strata {
                for _ in stratum {
                    times[stratum[random.below(stratum.len())]] += 1;
                }
            }
            self.group_of.iter().map(|&group| times[group]).collect()
        })
    }

    /// The percentile interval of 95 % of what was found in the draws, or why there is none.
    pub(super) fn interval(&self, found: &[Result<f64, Undefined>]) -> Result<Interval, String> {
        if let Some(few) = self.strata.iter().map(Vec::len).filter(|&groups| groups > 0).min()
            && few < 2
        {
            return Err("no interval: a class has one group (patient) alone".to_owned());
        }
        let mut values: Vec<f64> = found.iter().filter_map(|value| value.ok()).collect();
        if (values.len() as f64) < LEAST_SHARE * found.len().max(1) as f64 {
            return Err(format!("no interval: it exists in {} of {} draws alone", values.len(), found.len()));
        }
        values.sort_by(f64::total_cmp);
        match percentile_interval(&values) {
            Some(interval) if interval.low < interval.high => Ok(interval),
            _ => Err("no interval: all draws agree, which says nothing about other samples".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn predictions(truth: &[usize], groups: &[u32]) -> Predictions {
        let classes = vec!["a".to_owned(), "b".to_owned()];
        Predictions::new(classes, truth.to_vec(), groups.to_vec(), [0.5, 0.5].repeat(truth.len())).unwrap()
    }

    #[test]
    fn groups_are_drawn_whole_and_classes_keep_their_number_of_groups() {
        let p = predictions(&[0, 0, 0, 1, 1, 1], &[7, 7, 3, 9, 9, 1]);
        let plan = Resampling::new(&p, 200, 4);
        assert_eq!(plan.groups(), 4);
        let mut seen = std::collections::BTreeSet::new();
        for weights in plan.weights() {
            assert_eq!(weights[0], weights[1]);
            assert_eq!(weights[3], weights[4]);
            assert_eq!((weights[0] + weights[2], weights[3] + weights[5]), (2, 2));
            seen.insert(weights);
        }
        assert_eq!(seen.len(), 9, "three ways for each class");
        assert_eq!(plan.weights().collect::<Vec<_>>(), plan.weights().collect::<Vec<_>>());
    }

    #[test]
    fn a_group_of_two_classes_counts_for_the_larger_part() {
        let p = predictions(&[0, 1, 1, 0, 1], &[0, 0, 0, 1, 2]);
        let plan = Resampling::new(&p, 50, 1);
        assert!(plan.weights().all(|w| w[3] == 1 && w[0] + w[4] == 2));
    }

    #[test]
    fn where_there_is_no_interval_the_reason_is_told() {
        let plan = Resampling::new(&predictions(&[0, 0, 1], &[0, 1, 2]), 10, 1);
        assert!(plan.interval(&[Ok(1.0); 10]).unwrap_err().contains("one group"));
        let plan = Resampling::new(&predictions(&[0, 0, 1, 1], &[0, 1, 2, 3]), 10, 1);
        assert!(plan.interval(&[Ok(1.0); 10]).unwrap_err().contains("agree"));
        assert!(plan.interval(&[Err(Undefined::NoCases); 10]).unwrap_err().contains("0 of 10"));
        let values: Vec<_> = (0..=40).map(|i| Ok(f64::from(i))).collect();
        assert_eq!(plan.interval(&values), Ok(Interval { low: 1.0, high: 39.0 }));
    }
}
