//! Coarse looks at some pixels of a picture: means over a few large squares, and a histogram.

/// Squares along each side.
pub(super) const SQUARES: usize = 10;
const BINS: usize = 16;

/// Pixels of a picture, some of which count.
pub(super) struct Pixels<'a> {
    pub(super) rows: usize,
    pub(super) cols: usize,
    /// Row-major.
    pub(super) values: &'a [f32],
    /// Whether a pixel counts.
    pub(super) counts: &'a dyn Fn(usize, usize) -> bool,
}

impl Pixels<'_> {
    fn counted(&self) -> impl Iterator<Item = (usize, usize, f64)> {
        let places = (0..self.rows).flat_map(|row| (0..self.cols).map(move |col| (row, col)));
        places
            .filter(|&(row, col)| (self.counts)(row, col))
            .map(|(row, col)| (row, col, f64::from(self.values[row * self.cols + col])))
    }

    /// The mean of each of ten by ten equal parts over the pixels that count; `None` for a part without one.
    pub(super) fn means(&self, name: &str) -> Vec<(String, Option<f64>)> {
        let mut sums = vec![(0.0, 0u32); SQUARES * SQUARES];
        for (row, col, value) in self.counted() {
            let square = row * SQUARES / self.rows * SQUARES + col * SQUARES / self.cols;
            sums[square].0 += value;
            sums[square].1 += 1;
        }
        let mean = |(n, (sum, count)): (usize, (f64, u32))| {
            let place = format!("{name}_{:02}_{:02}", n / SQUARES, n % SQUARES);
            (place, (count > 0).then(|| sum / f64::from(count)))
        };
        sums.into_iter().enumerate().map(mean).collect()
    }

    /// The share of the pixels that count in each of sixteen equal bins from `low` to `high`; what lies beyond is in the
    /// first or last.
    pub(super) fn histogram(&self, name: &str, low: f64, high: f64) -> Vec<(String, Option<f64>)> {
        let mut counts = [0u32; BINS];
        let mut all = 0u32;
        for (_, _, value) in self.counted() {
            let place = (value - low) / (high - low) * BINS as f64;
            counts[(place.max(0.0) as usize).min(BINS - 1)] += 1;
            all += 1;
        }
        let share = |(n, count): (usize, &u32)| {
            (format!("{name}_bin_{n:02}"), (all > 0).then(|| f64::from(*count) / f64::from(all)))
        };
        counts.iter().enumerate().map(share).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pixels_that_count_are_looked_at() {
        let values: Vec<f32> = (0..400).map(|n| if n % 20 < 10 { 0.2 } else { 0.9 }).collect();
        let left = Pixels { rows: 20, cols: 20, values: &values, counts: &|_, col| col < 10 };
        let means = left.means("g");
        assert_eq!((means[0].0.as_str(), means[9].1), ("g_00_00", None));
        assert!((means[0].1.unwrap() - 0.2).abs() < 1e-6);
        let bins = left.histogram("g", 0.0, 1.0);
        assert_eq!((bins[3].0.as_str(), bins[3].1, bins[14].1), ("g_bin_03", Some(1.0), Some(0.0)));
        let none = Pixels { counts: &|_, _| false, ..left };
        assert!(none.histogram("g", 0.0, 1.0).iter().all(|(_, share)| share.is_none()));
    }
}
