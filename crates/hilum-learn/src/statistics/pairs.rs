//! Whether scans of one class resemble each other more than those of another: a permutation test on pairs.

use crate::{LearnError, random::Random};
use serde::{Deserialize, Serialize};

/// A number for every pair of `n` scans, such as how alike they are.
#[derive(Debug, Clone, PartialEq)]
pub struct PairValues {
    n: usize,
    /// `[n, n]`, symmetric; NaN on the diagonal and where there is no number.
    values: Vec<f64>,
}

impl PairValues {
    /// No number yet for any pair of `n` scans.
    pub fn new(n: usize) -> Self {
        Self { n, values: vec![f64::NAN; n * n] }
    }

    /// Sets the number of a pair, in both orders.
    ///
    /// # Panics
    /// If an index is not below the number of scans.
    pub fn set(&mut self, a: usize, b: usize, value: f64) {
        assert!(a < self.n && b < self.n, "a pair of the {} scans", self.n);
        self.values[a * self.n + b] = value;
        self.values[b * self.n + a] = value;
    }

    /// The number of a pair; NaN where there is none.
    pub fn get(&self, a: usize, b: usize) -> f64 {
        self.values[a * self.n + b]
    }

    /// Sum and count over the pairs among these scans.
    fn among(&self, scans: &[usize]) -> (f64, usize) {
        let (mut sum, mut count) = (0.0, 0);
        for (n, &a) in scans.iter().enumerate() {
            let row = &self.values[a * self.n..(a + 1) * self.n];
            for &b in &scans[n + 1..] {
                let known = !row[b].is_nan();
                sum += if known { row[b] } else { 0.0 };
                count += usize::from(known);
            }
        }
        (sum, count)
    }
}

/// Means within two classes, and the chance of a difference as large if classes did not matter.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct WithinClasses {
    /// Mean over the pairs within the first class.
    pub mean_first: f64,
    /// Mean over the pairs within the second class.
    pub mean_second: f64,
    /// The first less the second.
    pub difference: f64,
    /// Two-sided: the share of labellings with a difference at least as large, the true one among them.
    pub p_value: f64,
    /// Random labellings tried.
    pub permutations: u32,
}

/// Compares the pairs within `first` with those within `second`.
///
/// Class labels are shuffled over the scans, not over the pairs: the pairs of one scan hang together, and a test that takes
/// them for independent finds differences where there are none. After M. J. Anderson, "A new method for non-parametric
/// multivariate analysis of variance", Austral Ecology 26 (2001) 32-46. The same seed gives the same p-value.
///
/// # Errors
/// [`LearnError::TooFewPairs`] if a class has no pair with a number.
pub fn compare_within(
    values: &PairValues,
    first: &[usize],
    second: &[usize],
    permutations: u32,
    seed: u64,
) -> Result<WithinClasses, LearnError> {
    let means = |scans: &[usize]| {
        let (first, second) = scans.split_at(first.len());
        let mean = |(sum, count): (f64, usize)| if count > 0 { sum / count as f64 } else { f64::NAN };
        (mean(values.among(first)), mean(values.among(second)))
    };
    let mut scans: Vec<usize> = first.iter().chain(second).copied().collect();
    let (mean_first, mean_second) = means(&scans);
    if mean_first.is_nan() || mean_second.is_nan() {
        return Err(LearnError::TooFewPairs { first: first.len(), second: second.len() });
    }
    let difference = mean_first - mean_second;
    // Sums of the same numbers in another order may differ in their last bits.
    let least = difference.abs() * (1.0 - 1e-12);
    let mut random = Random::new(seed);
    let mut as_large = 1u32;
    for _ in 0..permutations {
        random.shuffle(&mut scans);
        let (a, b) = means(&scans);
        // A labelling that leaves a class without a number says nothing against the true one.
        as_large += u32::from((a - b).is_nan() || (a - b).abs() >= least);
    }
    let p_value = f64::from(as_large) / (f64::from(permutations) + 1.0);
    Ok(WithinClasses { mean_first, mean_second, difference, p_value, permutations })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alike(n: usize, value: impl Fn(usize, usize) -> f64) -> PairValues {
        let mut values = PairValues::new(n);
        for a in 0..n {
            for b in a + 1..n {
                values.set(a, b, value(a, b));
            }
        }
        values
    }

    #[test]
    fn means_are_over_the_pairs_within_a_class() {
        let values = alike(5, |a, b| (10 * a + b) as f64);
        let found = compare_within(&values, &[0, 1, 2], &[3, 4], 10, 1).unwrap();
        // 01, 02, 12 and 34.
        assert_eq!((found.mean_first, found.mean_second, found.difference), (5.0, 34.0, -29.0));
    }

    #[test]
    fn p_is_the_share_of_all_labellings() {
        // Three alike, three not: of the 20 ways to choose three, two are as extreme (the choice and its mirror).
        let values = alike(6, |a, b| if b < 3 && a < 3 { 1.0 } else { 0.0 });
        let found = compare_within(&values, &[0, 1, 2], &[3, 4, 5], 20_000, 7).unwrap();
        assert!((found.p_value - 0.1).abs() < 0.01, "{}", found.p_value);
        assert_eq!(compare_within(&values, &[0, 1, 2], &[3, 4, 5], 20_000, 7).unwrap(), found);
    }

    #[test]
    fn one_odd_scan_is_no_difference_of_classes() {
        // All pairs of scan 0 are high: 19 of the 190 pairs, and 19 of the 45 within its class. Taken for independent,
        // the pairs would differ beyond all doubt.
        let values = alike(20, |a, _| if a == 0 { 1.0 } else { 0.0 });
        let (first, second): (Vec<usize>, Vec<usize>) = (0..20).partition(|&n| n < 10);
        assert!(compare_within(&values, &first, &second, 2000, 3).unwrap().p_value > 0.9);
    }

    #[test]
    fn pairs_without_a_number_are_left_out() {
        let mut values = alike(4, |_, _| 2.0);
        values.set(0, 1, f64::NAN);
        assert!(compare_within(&values, &[0, 1], &[2, 3], 10, 1).is_err());
        assert!(compare_within(&values, &[0, 1, 2], &[3], 10, 1).is_err());
        assert!(values.get(0, 1).is_nan() && values.get(2, 3) == 2.0);
    }
}
