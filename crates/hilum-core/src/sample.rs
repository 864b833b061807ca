//! What is said of a sample everywhere: medians and quartiles as numpy computes them, and the order of labels.

use serde::Serialize;
use std::cmp::Ordering;

/// The quantile `q` (0 to 1) of values sorted in ascending order; `None` if there are none.
///
/// Linear interpolation between the two nearest order statistics, at position `(n - 1) q`: type 7 of Hyndman and Fan
/// (1996, doi:10.1080/00031305.1996.10473566), the default of `numpy.quantile`.
pub fn quantile(sorted: &[f64], q: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    let position = last as f64 * q.clamp(0.0, 1.0);
    let below = position.floor() as usize;
    let (low, high) = (sorted[below], sorted[(below + 1).min(last)]);
    let part = position - below as f64;
    // Interpolate from the nearer end, as numpy does, so that part = 1 gives `high` to the last bit.
    Some(if part < 0.5 { low + (high - low) * part } else { high - (high - low) * (1.0 - part) })
}

/// Five numbers that describe a sample.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Summary {
    /// How many finite values there are.
    pub n: usize,
    /// The smallest.
    pub min: f64,
    /// First quartile.
    pub q1: f64,
    /// Median.
    pub median: f64,
    /// Third quartile.
    pub q3: f64,
    /// The largest.
    pub max: f64,
}

impl Summary {
    /// Describes the finite values of a sample in any order; `None` if there are none.
    pub fn of(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut sorted: Vec<f64> = values.into_iter().filter(|v| v.is_finite()).collect();
        sorted.sort_by(f64::total_cmp);
        Some(Self {
            n: sorted.len(),
            min: *sorted.first()?,
            q1: quantile(&sorted, 0.25)?,
            median: quantile(&sorted, 0.5)?,
            q3: quantile(&sorted, 0.75)?,
            max: *sorted.last()?,
        })
    }
}

/// The order in which labels are listed: numbers by size, before all other words.
pub fn by_number_then_text(a: &str, b: &str) -> Ordering {
    match (a.parse::<f64>(), b.parse::<f64>()) {
        (Ok(x), Ok(y)) => x.total_cmp(&y).then_with(|| a.cmp(b)),
        (Ok(_), Err(_)) => Ordering::Less,
        (Err(_), Ok(_)) => Ordering::Greater,
        (Err(_), Err(_)) => a.cmp(b),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_ordered_as_people_count() {
        let mut labels = ["b", "10", "2", "a", "2.0"];
        labels.sort_by(|a, b| by_number_then_text(a, b));
        assert_eq!(labels, ["2", "2.0", "10", "a", "b"]);
    }

    #[test]
    fn quartiles_are_those_of_numpy() {
        // numpy 2.x: np.quantile([7.1, 1.5, 3.25, 12.0, 4.0, 9.75], [0.25, 0.5, 0.75])
        //   sorted 1.5 3.25 4.0 7.1 9.75 12.0; positions 1.25, 2.5, 3.75
        //   3.25 + 0.25 * 0.75 = 3.4375; 4.0 + 0.5 * 3.1 = 5.55; 9.75 - 0.25 * 2.65 = 9.0875
        let s = Summary::of([7.1, 1.5, 3.25, 12.0, 4.0, 9.75]).unwrap();
        assert_eq!((s.n, s.min, s.max), (6, 1.5, 12.0));
        assert!((s.q1 - 3.4375).abs() < 1e-12);
        assert!((s.median - 5.55).abs() < 1e-12);
        assert!((s.q3 - 9.0875).abs() < 1e-12);
    }

    #[test]
    fn an_odd_sample_has_its_middle_value_as_median() {
        // np.quantile([1, 2, 3, 4, 100], [0.25, 0.5, 0.75]) -> 2, 3, 4
        let s = Summary::of([100.0, 3.0, 1.0, 4.0, 2.0]).unwrap();
        assert_eq!((s.q1, s.median, s.q3), (2.0, 3.0, 4.0));
    }

    #[test]
    fn one_value_is_its_own_quartiles_and_none_has_no_summary() {
        let s = Summary::of([5.5]).unwrap();
        assert_eq!((s.q1, s.median, s.q3), (5.5, 5.5, 5.5));
        assert_eq!(Summary::of([]), None);
        assert_eq!(Summary::of([f64::NAN]), None);
        assert_eq!(quantile(&[], 0.5), None);
    }

    #[test]
    fn the_ends_are_exact_and_wild_fractions_are_held_in() {
        let sorted = [0.1, 0.2, 0.7];
        assert_eq!(quantile(&sorted, 1.0), Some(0.7));
        assert_eq!(quantile(&sorted, 0.0), Some(0.1));
        assert_eq!(quantile(&sorted, 7.0), Some(0.7));
    }
}
