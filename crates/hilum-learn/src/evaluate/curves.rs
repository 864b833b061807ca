//! ROC and precision-recall curves, and the band around the former.

use super::{measure::Undefined, ranking::Ranking};
use crate::statistics::percentile_interval;
use serde::{Serialize, Serializer};

/// Steps of the band along the false-positive rate.
const STEPS: usize = 100;

/// One point of a curve.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct CurvePoint {
    /// False-positive rate, or recall.
    pub x: f64,
    /// Sensitivity, or precision.
    pub y: f64,
    /// The lowest probability that counts as positive there; null at the start of ROC, where nothing does.
    #[serde(serialize_with = "finite")]
    pub threshold: f64,
}

/// The range of the sensitivity over the draws at one false-positive rate.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct RocBand {
    /// False-positive rate.
    pub x: f64,
    /// 2.5 % quantile of the sensitivity.
    pub low: f64,
    /// 97.5 % quantile of the sensitivity.
    pub high: f64,
}

/// The curves of one class against the rest.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Curves {
    /// The class that is sought.
    pub class: String,
    /// Share of cases that are of it: the precision of a classifier that knows nothing.
    pub prevalence: f64,
    /// False-positive rate and sensitivity, from (0, 0) to (1, 1).
    pub roc: Vec<CurvePoint>,
    /// Pointwise band of 95 % around `roc`.
    pub roc_band: Vec<RocBand>,
    /// Recall and precision, from the highest threshold down.
    pub precision_recall: Vec<CurvePoint>,
}

impl Curves {
    /// The curves without their band.
    pub(super) fn of(ranking: &Ranking, weights: &[u32], name: &str) -> Result<Self, Undefined> {
        let points = |list: Vec<[f64; 3]>| {
            list.into_iter().map(|[x, y, threshold]| CurvePoint { x, y, threshold }).collect()
        };
        let counts = ranking.counts(weights)?;
        let prevalence = counts.last().map_or(0.0, |&(_, pos, neg)| pos as f64 / (pos + neg) as f64);
        Ok(Self {
            class: name.to_owned(),
            prevalence,
            roc: points(ranking.roc(weights)?),
            roc_band: Vec::new(),
            precision_recall: points(ranking.precision_recall(weights)?),
        })
    }

    /// Takes the band from ROC curves that were read off at the same steps.
    pub(super) fn with_band(mut self, drawn: &[Vec<f64>]) -> Self {
        if !drawn.is_empty() {
            self.roc_band = (0..=STEPS)
                .filter_map(|step| {
                    let mut column: Vec<f64> = drawn.iter().map(|curve| curve[step]).collect();
                    column.sort_by(f64::total_cmp);
                    let interval = percentile_interval(&column)?;
                    Some(RocBand { x: step as f64 / STEPS as f64, low: interval.low, high: interval.high })
                })
                .collect();
        }
        self
    }
}

/// The sensitivity at evenly spaced false-positive rates, on straight lines between the points.
pub(super) fn read_off(roc: &[[f64; 3]]) -> Vec<f64> {
    let mut next = 0;
    (0..=STEPS)
        .map(|step| {
            let x = step as f64 / STEPS as f64;
            // The last point at or before x: the top of a vertical part.
            while next + 1 < roc.len() && roc[next + 1][0] <= x {
                next += 1;
            }
            let from = roc[next];
            match roc.get(next + 1) {
                Some(to) => from[1] + (to[1] - from[1]) * (x - from[0]) / (to[0] - from[0]),
                None => from[1],
            }
        })
        .collect()
}

fn finite<S: Serializer>(value: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    value.is_finite().then_some(*value).serialize(serializer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn curves_are_read_off_between_their_points() {
        let read = read_off(&[[0.0, 0.0, 9.0], [0.0, 0.5, 0.9], [0.5, 0.5, 0.8], [1.0, 1.0, 0.1]]);
        assert_eq!((read[0], read[50], read[75], read[100]), (0.5, 0.5, 0.75, 1.0));
    }

    #[test]
    fn the_band_holds_most_of_the_curves() {
        let ranking = Ranking::new(1, &[0.1, 0.4, 0.35, 0.8], &[0, 0, 1, 1]);
        let curves = Curves::of(&ranking, &[1; 4], "b").unwrap();
        assert_eq!((curves.roc.len(), curves.prevalence), (5, 0.5));
        let drawn: Vec<Vec<f64>> = (0..=40).map(|i| vec![f64::from(i) / 40.0; STEPS + 1]).collect();
        let band = curves.with_band(&drawn).roc_band;
        assert_eq!((band.len(), band[3].low, band[3].high), (101, 0.025, 0.975));
    }
}
