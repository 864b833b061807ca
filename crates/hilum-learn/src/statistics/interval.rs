//! Intervals of 95 %.

use crate::random::Random;
use hilum_core::quantile;
use serde::Serialize;

/// The 97.5 % point of the standard normal distribution.
pub(crate) const Z: f64 = 1.959_963_984_540_054;

/// A confidence interval of 95 %.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// Percentile bootstrap interval of a mean over units that each hold several cases.
///
/// `sums[u]` and `counts[u]` are the sum and the number of the cases of unit u (a patient, or a scan of its own); units
/// are drawn with replacement, `draws` times, and the 2.5 % and 97.5 % quantiles of the means are taken. `None` for fewer
/// than two units. Drawing whole units keeps scans of one patient from being counted as independent.
///
/// # Source
/// Efron and Tibshirani, An Introduction to the Bootstrap (1993), chapter 13; for clusters Field and Welsh (2007,
/// doi:10.1111/j.1467-9868.2007.00593.x).
pub fn bootstrap_mean(sums: &[f64], counts: &[usize], draws: usize, seed: u64) -> Option<Interval> {
    let units = sums.len().min(counts.len());
    if units < 2 {
        return None;
    }
    let mut random = Random::new(seed);
    let mut means: Vec<f64> = (0..draws).map(|_| drawn_mean(sums, counts, units, &mut random)).collect();
    means.sort_by(f64::total_cmp);
    percentile_interval(&means)
}

/// The 2.5 % and 97.5 % quantiles of draws in ascending order; `None` without a draw.
pub(crate) fn percentile_interval(ascending: &[f64]) -> Option<Interval> {
    Some(Interval { low: quantile(ascending, 0.025)?, high: quantile(ascending, 0.975)? })
}

fn drawn_mean(sums: &[f64], counts: &[usize], units: usize, random: &mut Random) -> f64 {
    let (mut sum, mut count) = (0.0, 0);
    for _ in 0..units {
        let unit = random.below(units);
        sum += sums[unit];
        count += counts[unit];
    }
    sum / count.max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_gets_the_interval_that_theory_gives() {
        // 300 of 400: p = 0.75, standard error sqrt(p (1 - p) / 400) = 0.02165; normal interval 0.7076 to 0.7924.
        let sums: Vec<f64> = (0..400).map(|i| f64::from(u8::from(i < 300))).collect();
        let Interval { low, high } = bootstrap_mean(&sums, &vec![1; 400], 4000, 7).unwrap();
        assert!((low - 0.7076).abs() < 0.005 && (high - 0.7924).abs() < 0.005, "{low} {high}");
    }

    #[test]
    fn scans_of_one_patient_widen_it() {
        // The same 400 scans in 40 patients of ten alike scans: the standard error grows by sqrt(10).
        let sums: Vec<f64> = (0..40).map(|i| if i < 30 { 10.0 } else { 0.0 }).collect();
        let Interval { low, high } = bootstrap_mean(&sums, &[10; 40], 4000, 7).unwrap();
        assert!(((high - low) - 2.0 * Z * 0.0685).abs() < 0.03, "{low} {high}");
        assert_eq!(bootstrap_mean(&[1.0], &[1], 100, 7), None);
    }
}
