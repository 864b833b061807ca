//! Which scans are held back together.

use crate::random::Random;
use std::collections::BTreeMap;

/// Deals units into `folds` parts such that each class is spread evenly; the result names the fold of each unit.
///
/// A unit is all that must stay together, such as the scans of one patient: `units[u]` is its class (that of its first
/// scan) and how many scans it has. Within a class the units are shuffled by `seed`, large ones are dealt first, and each
/// goes where its class has the fewest scans so far, then where there are the fewest scans at all. With units of one scan
/// this is stratified k-fold cross-validation (Kohavi 1995).
pub fn stratified_folds(units: &[(usize, usize)], folds: usize, seed: u64) -> Vec<usize> {
    let mut random = Random::new(seed);
    let mut by_class: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (unit, (class, _)) in units.iter().enumerate() {
        by_class.entry(*class).or_default().push(unit);
    }
    let mut fold_of = vec![0; units.len()];
    let mut scans_in = vec![0; folds.max(1)];
    for members in by_class.values_mut() {
        random.shuffle(members);
        members.sort_by_key(|&unit| std::cmp::Reverse(units[unit].1));
        let mut of_class = vec![0; scans_in.len()];
        for &unit in members.iter() {
            let emptiest = (0..scans_in.len()).min_by_key(|&f| (of_class[f], scans_in[f])).unwrap_or(0);
            fold_of[unit] = emptiest;
            of_class[emptiest] += units[unit].1;
            scans_in[emptiest] += units[unit].1;
        }
    }
    fold_of
}

/// The fold of each scan, given the unit of each scan.
pub fn fold_of_each(unit_of: &[usize], fold_of_unit: &[usize]) -> Vec<usize> {
    unit_of.iter().map(|&unit| fold_of_unit[unit]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn single_scans_are_spread_evenly_by_class(classes in prop::collection::vec(0usize..3, 1..200), k in 2usize..11, seed: u64) {
            let units: Vec<(usize, usize)> = classes.iter().map(|&c| (c, 1)).collect();
            let folds = stratified_folds(&units, k, seed);
            for class in 0..3 {
                let mut counts = vec![0; k];
                for (unit, fold) in folds.iter().enumerate().filter(|(u, _)| units[*u].0 == class) {
                    prop_assert!(*fold < k, "unit {unit}");
                    counts[*fold] += 1;
                }
                prop_assert!(counts.iter().max().unwrap() - counts.iter().min().unwrap() <= 1);
            }
            prop_assert_eq!(folds, stratified_folds(&units, k, seed));
        }
    }

    #[test]
    fn a_patient_stays_in_one_fold_and_the_seed_decides_which() {
        let units: Vec<(usize, usize)> = (0..40).map(|u| (u % 2, 1 + u % 4)).collect();
        let folds = stratified_folds(&units, 5, 1);
        assert_eq!(fold_of_each(&[3, 3, 7], &folds), [folds[3], folds[3], folds[7]]);
        assert_ne!(folds, stratified_folds(&units, 5, 2));
        let scans = |fold| (0..40).filter(|&u| folds[u] == fold).map(|u| units[u].1).sum::<usize>();
        assert!((0..5).all(|f| (18..=22).contains(&scans(f))), "{folds:?}");
    }
}
