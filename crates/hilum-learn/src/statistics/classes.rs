//! One class in numbers.

use hilum_core::Summary;
use serde::Serialize;

/// A part of a class.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Share {
    /// Scans below the mark.
    pub count: usize,
    /// The same over all scans of the class that have a number, in percent.
    pub percent: f64,
}

/// The numbers of one class.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClassSummary {
    /// The label as in the table.
    pub label: String,
    /// Quartiles and ends.
    #[serde(flatten)]
    pub summary: Summary,
    /// Mean.
    pub mean: f64,
    /// Standard deviation with n - 1; `None` for one scan.
    pub standard_deviation: Option<f64>,
    /// Scans below 5, for numbers in percent.
    pub under_5_percent: Option<Share>,
    /// Scans below 10, for numbers in percent.
    pub under_10_percent: Option<Share>,
}

impl ClassSummary {
    /// Describes finite numbers; `None` if there are none.
    pub fn of(label: &str, values: &[f64], in_percent: bool) -> Option<Self> {
        let summary = Summary::of(values.iter().copied())?;
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let squares = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>();
        let under = |mark: f64| {
            let count = values.iter().filter(|&&v| v < mark).count();
            in_percent.then(|| Share { count, percent: count as f64 / n * 100.0 })
        };
        Some(Self {
            label: label.to_owned(),
            summary,
            mean,
            standard_deviation: (values.len() > 1).then(|| (squares / (n - 1.0)).sqrt()),
            under_5_percent: under(5.0),
            under_10_percent: under(10.0),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_for_percent_alone() {
        let class = ClassSummary::of("0", &[1.0, 5.0, 9.0, 10.0], true).unwrap();
        assert_eq!(class.under_5_percent, Some(Share { count: 1, percent: 25.0 }));
        assert_eq!(class.under_10_percent, Some(Share { count: 3, percent: 75.0 }));
        assert_eq!(class.mean, 6.25);
        assert!((class.standard_deviation.unwrap() - 4.112_987_559_751_022).abs() < 1e-12);
        assert_eq!(ClassSummary::of("0", &[1.0], false).unwrap().under_5_percent, None);
        assert_eq!(ClassSummary::of("0", &[], true), None);
    }
}
