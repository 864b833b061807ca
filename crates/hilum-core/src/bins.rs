//! Bins of equal, round width: what a histogram is made of, wherever it is drawn.

use crate::Summary;

/// The smallest of 1, 2, 5 times a power of ten that is not below `least`, which is positive.
pub fn round_step(least: f64) -> f64 {
    let power = 10f64.powf(least.log10().floor());
    [1.0, 2.0, 5.0, 10.0].into_iter().map(|m| m * power).find(|&step| step >= least * 0.999).unwrap_or(least)
}

/// Beyond the third quartile by so many interquartile ranges, a few numbers would press all others into a corner.
const FAR: f64 = 4.0;

/// Neighbouring bins; each holds its lower edge, the last one its upper edge too.
#[derive(Debug, Clone, PartialEq)]
pub struct Bins {
    first: i64,
    width: f64,
    bins: usize,
}

impl Bins {
    /// Bins for `values` values from `low` to `high`, both finite: more bins for more values, 12 and the square root of
    /// their number, at most 40, before the width is rounded up. They begin at 0 where the values do, and nearly.
    pub fn over(values: usize, low: f64, high: f64) -> Self {
        let low = if (0.0..high / 2.0).contains(&low) { 0.0 } else { low };
        let wanted = ((values as f64).sqrt() + 12.0).min(40.0);
        let spread = if high > low { high - low } else { high.abs().max(1.0) };
        let width = round_step(spread / wanted);
        let first = (low / width).floor();
        let bins = ((high / width - first).ceil() as usize).max(1);
        Self { first: first as i64, width, bins }
    }

    /// Bins for the finite `values`; up to the largest, unless that lies far above all but a few: then up to four
    /// interquartile ranges above the third quartile. `None` without a value.
    pub fn of(values: &[f64]) -> Option<Self> {
        let Summary { n, min, q1, q3, max, .. } = Summary::of(values.iter().copied())?;
        let far = q3 + FAR * (q3 - q1);
        Some(Self::over(n, min, if q3 > q1 { max.min(far) } else { max }))
    }

    /// How many bins there are.
    pub fn number(&self) -> usize {
        self.bins
    }

    /// Lower and upper edge of a bin.
    pub fn edges(&self, bin: usize) -> (f64, f64) {
        // Rounded to where a bin's edge has no more digits, so that 0.30000000000000004 is not shown.
        let digits = 10f64.powf(2.0 - self.width.log10().floor());
        let edge = |i: usize| ((self.first + i as i64) as f64 * self.width * digits).round() / digits;
        (edge(bin), edge(bin + 1))
    }

    /// Lower edge of the first and upper edge of the last bin.
    pub fn ends(&self) -> (f64, f64) {
        (self.edges(0).0, self.edges(self.bins - 1).1)
    }

    /// How many `values` lie above the last bin.
    pub fn beyond(&self, values: &[f64]) -> usize {
        values.iter().filter(|&&value| value > self.ends().1).count()
    }

    /// How many of the `values` fall into each bin; those beyond the ends fall into none.
    pub fn count(&self, values: &[f64]) -> Vec<usize> {
        let mut counts = vec![0; self.bins];
        let (low, high) = self.ends();
        for value in values.iter().filter(|v| (low..=high).contains(*v)) {
            counts[self.bin_of(*value)] += 1;
        }
        counts
    }

    fn bin_of(&self, value: f64) -> usize {
        let last = self.bins - 1;
        let guess = (((value / self.width).floor() - self.first as f64).max(0.0) as usize).min(last);
        // The quotient may round across an edge: 0.3 / 0.1 is below 3.
        if guess < last && value >= self.edges(guess).1 {
            guess + 1
        } else if guess > 0 && value < self.edges(guess).0 {
            guess - 1
        } else {
            guess
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bins_are_round_and_hold_every_value() {
        let bins = Bins::over(24, 0.3, 40.0);
        assert_eq!((bins.number(), bins.edges(1), bins.ends()), (8, (5.0, 10.0), (0.0, 40.0)));
        assert_eq!(bins.count(&[0.0, 4.9, 5.0, 40.0]), [2, 1, 0, 0, 0, 0, 0, 1]);
    }

    #[test]
    fn numbers_far_from_zero_or_below_it_have_their_own_ends() {
        let far = Bins::over(100, 30_200.0, 52_000.0);
        assert_eq!(far.ends(), (30_000.0, 52_000.0));
        let below = Bins::over(4, -3.0, -1.0);
        assert_eq!(below.ends(), (-3.0, -1.0));
        assert_eq!(below.count(&[-3.0, -1.0]).iter().sum::<usize>(), 2);
        assert_eq!(Bins::over(3, 0.05, 0.3).edges(2).0, 0.1);
        assert_eq!(Bins::over(3, 5.0, 5.0).count(&[5.0; 3]).iter().sum::<usize>(), 3);
        assert_eq!(Bins::over(3, 0.0, 0.0).count(&[0.0; 3]), [3]);
    }

    #[test]
    fn a_few_far_numbers_do_not_press_the_others_together() {
        let mut values: Vec<f64> = (0..100).map(|i| f64::from(i) / 10.0).collect();
        values.push(1000.0);
        let bins = Bins::of(&values).unwrap();
        assert!(bins.ends().1 < 40.0, "{bins:?}");
        assert_eq!((bins.beyond(&values), bins.count(&values).iter().sum::<usize>()), (1, 100));
        assert_eq!(Bins::of(&values[..100]).unwrap().ends(), (0.0, 10.0));
        assert_eq!(Bins::of(&[f64::NAN]), None);
    }

    #[test]
    fn a_value_on_an_edge_belongs_to_the_bin_above() {
        let bins = Bins::over(9, 0.0, 1.5);
        assert_eq!(bins.edges(3).0, 0.3);
        assert_eq!(bins.count(&[0.3, 0.7, 0.6])[..8], [0, 0, 0, 1, 0, 0, 1, 1]);
    }
}
