//! Numbers of different kinds, some missing, made ready for a penalty that treats all alike.

use serde::{Deserialize, Serialize};

/// What is done to each column, found on training cases.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Standardised {
    columns: Vec<Column>,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct Column {
    /// Of the training cases that have it; stands in where it is missing.
    mean: f64,
    /// With n; `None` where all are equal: the column then says nothing.
    standard_deviation: Option<f64>,
    /// Whether some training cases lack it: that it is missing may say something.
    told_missing: bool,
}

impl Standardised {
    /// Looks at rows of training cases, `[case][column]`, all of one length.
    #[must_use]
    pub fn of(rows: &[&[Option<f64>]]) -> Self {
        let width = rows.first().map_or(0, |row| row.len());
        let column = |c: usize| {
            let values: Vec<f64> = rows.iter().filter_map(|row| row[c]).collect();
            let n = values.len() as f64;
            let mean = if values.is_empty() { 0.0 } else { values.iter().sum::<f64>() / n };
            let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n;
            // What differs by rounding alone is equal.
            let differs = values.len() > 1 && variance.sqrt() > 1e-12 * (1.0 + mean.abs());
            let missing = rows.len() - values.len();
            Column {
                mean,
                standard_deviation: differs.then(|| variance.sqrt()),
                told_missing: missing > 0 && missing < rows.len(),
            }
        };
        Self { columns: (0..width).map(column).collect() }
    }

    /// A row ready for a model: columns with mean 0 and standard deviation 1 in training, and for each that was missing in
    /// some training cases one more that is 1 where it is.
    #[must_use]
    pub fn apply(&self, row: &[Option<f64>]) -> Vec<f64> {
        let mut ready = Vec::with_capacity(2 * row.len());
        for (column, value) in self.columns.iter().zip(row) {
            let value = value.filter(|v| v.is_finite());
            if let Some(deviation) = column.standard_deviation {
                ready.push((value.unwrap_or(column.mean) - column.mean) / deviation);
            }
            if column.told_missing {
                ready.push(f64::from(u8::from(value.is_none())));
            }
        }
        ready
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_centred_and_gaps_are_told() {
        let rows: [&[Option<f64>]; 3] = [
            &[Some(1.0), Some(7.0), None],
            &[Some(3.0), Some(7.0), Some(5.0)],
            &[Some(5.0), Some(7.0), Some(5.0)],
        ];
        let found = Standardised::of(&rows);
        // The second column is constant; the third is, too, but that it is missing is told.
        let deviation = (8.0f64 / 3.0).sqrt();
        assert_eq!(found.apply(rows[0]), [-2.0 / deviation, 1.0]);
        assert_eq!(found.apply(&[None, None, Some(9.0)]), [0.0, 0.0]);
        assert_eq!(found.apply(&[Some(f64::NAN), None, None]), [0.0, 1.0]);
        assert!(Standardised::of(&[]).apply(&[]).is_empty());
    }
}
