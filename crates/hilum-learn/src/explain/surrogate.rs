//! The linear model that stands in for a classifier near one picture.

use super::Perturbations;
use crate::{LearnError, linear};
use serde::{Deserialize, Serialize};

/// How the linear model is fitted.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct SurrogateSettings {
    /// How fast a sample loses weight as it shows less: the kernel is `sqrt(exp(-d² / width²))` of the cosine distance d.
    pub kernel_width: f64,
    /// Penalty on the squares of the weights.
    pub alpha: f64,
}

impl Default for SurrogateSettings {
    /// LIME's own: width 0.25, alpha 1.
    fn default() -> Self {
        Self { kernel_width: 0.25, alpha: 1.0 }
    }
}

/// A weighted ridge regression with a free intercept, from which pieces are shown to the answer: LIME's explanation
/// (Ribeiro, Singh and Guestrin 2016, doi:10.1145/2939672.2939778), as the lime package 0.2 fits it when it keeps all pieces.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Surrogate {
    /// One a piece: how much the answer rises when the piece is shown.
    pub weights: Vec<f64>,
    /// The answer with nothing shown.
    pub intercept: f64,
    /// Share of the weighted variance of the answers that the model explains (R²), at most 1; `None` where all answers are
    /// the same.
    pub r2: Option<f64>,
    /// What the model says of the whole picture.
    pub whole: f64,
}

impl Surrogate {
    /// Fits the `answers`, one a row of `shown`.
    ///
    /// # Errors
    /// [`LearnError::Lengths`] if there is not one answer a row, [`LearnError::NotFinite`] for one that is no number,
    /// [`LearnError::NoCases`] without any, [`LearnError::Setting`] for a setting that is not above 0.
    pub fn fit(
        shown: &Perturbations,
        answers: &[f64],
        settings: SurrogateSettings,
    ) -> Result<Self, LearnError> {
        let (samples, pieces) = (shown.samples(), shown.pieces());
        if answers.len() != samples {
            return Err(LearnError::Lengths { what: "answers", values: samples, found: answers.len() });
        }
        if samples == 0 {
            return Err(LearnError::NoCases);
        }
        if let Some(index) = answers.iter().position(|answer| !answer.is_finite()) {
            return Err(LearnError::NotFinite { index });
        }
        for (setting, value) in [("the kernel width", settings.kernel_width), ("alpha", settings.alpha)] {
            if !(value > 0.0 && value.is_finite()) {
                return Err(LearnError::Setting {
                    setting,
                    found: value.to_string(),
                    want: "a number above 0",
                });
            }
        }
        let kernel: Vec<f64> = shown.rows().map(|row| kernel(row, settings.kernel_width)).collect();
        let total: f64 = kernel.iter().sum();
        let mean = |of: &dyn Fn(usize) -> f64| (0..samples).map(|i| kernel[i] * of(i)).sum::<f64>() / total;

        let mean_answer = mean(&|i| answers[i]);
        let mut mean_shown = vec![0.0; pieces];
        for (row, weight) in shown.rows().zip(&kernel) {
            for (mean, _) in mean_shown.iter_mut().zip(row).filter(|(_, shown)| **shown) {
                *mean += weight / total;
            }
        }
        let (mut gram, mut weights) = moments(shown, answers, &kernel);
        for i in 0..pieces {
            for j in 0..=i {
                let centred = gram[i * pieces + j] - total * mean_shown[i] * mean_shown[j];
                (gram[i * pieces + j], gram[j * pieces + i]) = (centred, centred);
            }
            gram[i * pieces + i] += settings.alpha;
            weights[i] -= total * mean_shown[i] * mean_answer;
        }
        if !linear::solve(&mut gram, &mut weights) {
            let (setting, want) = ("alpha", "larger: the samples do not determine the weights");
            return Err(LearnError::Setting { setting, found: settings.alpha.to_string(), want });
        }
        let intercept = mean_answer - weights.iter().zip(&mean_shown).map(|(w, m)| w * m).sum::<f64>();
        let said: Vec<f64> = shown.rows().map(|row| intercept + sum_of_shown(row, &weights)).collect();
        let spread = mean(&|i| (answers[i] - mean_answer).powi(2));
        let missed = mean(&|i| (answers[i] - said[i]).powi(2));
        let r2 = (spread > 0.0).then(|| 1.0 - missed / spread);
        Ok(Self { whole: intercept + weights.iter().sum::<f64>(), weights, intercept, r2 })
    }

    /// Pieces by falling size of their weight; of equal ones the first first.
    #[must_use]
    pub fn strongest(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.weights.len()).collect();
        order.sort_by(|&a, &b| self.weights[b].abs().total_cmp(&self.weights[a].abs()));
        order
    }
}

/// Weight of a sample: 1 for the whole picture, less the fewer pieces are shown.
fn kernel(row: &[bool], width: f64) -> f64 {
    let shown = row.iter().filter(|&&shown| shown).count();
    let distance = 1.0 - libm::sqrt(shown as f64 / row.len() as f64);
    libm::sqrt(libm::exp(-(distance * distance) / (width * width)))
}

fn sum_of_shown(row: &[bool], weights: &[f64]) -> f64 {
    row.iter().zip(weights).filter(|(shown, _)| **shown).map(|(_, weight)| weight).sum()
}

/// The lower half of the weighted products of pieces, `[piece, piece]`, and the weighted products of pieces and answers.
fn moments(shown: &Perturbations, answers: &[f64], kernel: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let pieces = shown.pieces();
    let (mut gram, mut products) = (vec![0.0; pieces * pieces], vec![0.0; pieces]);
    let mut seen = Vec::with_capacity(pieces);
    for ((row, answer), weight) in shown.rows().zip(answers).zip(kernel) {
        seen.clear();
        seen.extend((0..pieces).filter(|&piece| row[piece]));
        for (n, &i) in seen.iter().enumerate() {
            products[i] += weight * answer;
            let line = &mut gram[i * pieces..][..pieces];
            for &j in &seen[..=n] {
                line[j] += weight;
            }
        }
    }
    (gram, products)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_linear_classifier_is_found_again() {
        let truth = [0.3, -0.2, 0.0, 0.1];
        let shown = Perturbations::draw(400, 4, 1);
        let answers: Vec<f64> = shown.rows().map(|row| 0.25 + sum_of_shown(row, &truth)).collect();
        let settings = SurrogateSettings { alpha: 1e-9, ..SurrogateSettings::default() };
        let found = Surrogate::fit(&shown, &answers, settings).unwrap();
        for (weight, truth) in found.weights.iter().zip(truth) {
            assert!((weight - truth).abs() < 1e-8);
        }
        assert!((found.intercept - 0.25).abs() < 1e-8 && (found.whole - 0.45).abs() < 1e-8);
        assert!(found.r2.unwrap() > 1.0 - 1e-9);
        assert_eq!(found.strongest(), [0, 1, 3, 2]);
    }

    #[test]
    fn equal_answers_have_no_fit_to_tell_of() {
        let shown = Perturbations::draw(20, 3, 1);
        let found = Surrogate::fit(&shown, &[0.5; 20], SurrogateSettings::default()).unwrap();
        assert_eq!(found.r2, None);
        assert!(found.weights.iter().all(|w| w.abs() < 1e-12));
    }

    #[test]
    fn what_cannot_be_fitted_is_refused() {
        let shown = Perturbations::draw(3, 2, 1);
        let fit = |answers: &[f64], settings| Surrogate::fit(&shown, answers, settings);
        let default = SurrogateSettings::default();
        assert!(matches!(fit(&[0.1; 2], default), Err(LearnError::Lengths { .. })));
        assert_eq!(fit(&[0.1, f64::NAN, 0.2], default), Err(LearnError::NotFinite { index: 1 }));
        let zero = SurrogateSettings { kernel_width: 0.0, ..default };
        assert!(matches!(fit(&[0.1; 3], zero), Err(LearnError::Setting { .. })));
    }
}
