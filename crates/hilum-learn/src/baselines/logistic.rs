//! Logistic regression with a penalty on the squares of the weights, by Newton's method.
//!
//! What is made as small as possible is that of scikit-learn's `LogisticRegression`: C times the sum of the log losses, plus
//! half the sum of squared weights; intercepts cost nothing. Two classes have one weight vector, that of the second class;
//! more have one each (multinomial). D. R. Cox, J. R. Stat. Soc. B 20 (1958) 215-242; Newton's method for it is iteratively
//! reweighted least squares (Green 1984, doi:10.1111/j.2517-6161.1984.tb01288.x).

use crate::{LearnError, classifier, linear};
use serde::{Deserialize, Serialize};

/// A promised gain this small, relative to the loss, is rounding.
const ENOUGH: f64 = 1e-15;
const MOST_STEPS: usize = 200;
const MOST_HALVINGS: usize = 40;

/// A fitted logistic regression.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LogisticModel {
    /// `[output, feature]`: one output for two classes, else one a class.
    weights: Vec<Vec<f64>>,
    /// One an output; of several the last is 0: only differences mean something.
    intercepts: Vec<f64>,
}

impl LogisticModel {
    /// Fits `truth` to rows of `features`, `[case][feature]`, all finite.
    ///
    /// `c` is the inverse of the penalty, as in scikit-learn. `start` is where to begin, such as the model of another `c`.
    ///
    /// # Errors
    /// [`LearnError::ClassNotLearned`] if no case is of a class; [`LearnError::NotFinite`] for a number that is none.
    pub fn fit(
        features: &[Vec<f64>],
        truth: &[usize],
        classes: usize,
        c: f64,
        start: Option<&Self>,
    ) -> Result<Self, LearnError> {
        if let Some(class) = (0..classes).find(|class| !truth.contains(class)) {
            return Err(LearnError::ClassNotLearned { class });
        }
        if let Some(index) = features.iter().position(|row| row.iter().any(|v| !v.is_finite())) {
            return Err(LearnError::NotFinite { index });
        }
        let problem = Problem::new(features, truth, classes, c);
        let outputs = problem.outputs();
        let width = problem.width;
        let mut model = match start {
            Some(model) if model.weights.len() == outputs && model.weights[0].len() + 1 == width => {
                model.clone()
            }
            _ => Self { weights: vec![vec![0.0; width - 1]; outputs], intercepts: vec![0.0; outputs] },
        };
        let mut loss = problem.loss(&model);
        for _ in 0..MOST_STEPS {
            let step = problem.newton_step(&model);
            // Far from the minimum a whole step may overshoot.
            let tried = (0..MOST_HALVINGS).map(|halvings| step.taken(&model, 0.5f64.powi(halvings as i32)));
            let better = tried.map(|m| (problem.loss(&m), m)).find(|(l, _)| *l <= loss);
            let Some((lower, next)) = better else { break };
            model = next;
            loss = lower;
            if step.promise <= ENOUGH * loss.max(f64::MIN_POSITIVE) {
                break;
            }
        }
        Ok(model)
    }

    /// The logits of one case: one for two classes, else one a class.
    #[must_use]
    pub fn logits(&self, features: &[f64]) -> Vec<f64> {
        let outputs = self.weights.iter().zip(&self.intercepts);
        outputs.map(|(w, b)| b + w.iter().zip(features).map(|(w, x)| w * x).sum::<f64>()).collect()
    }

    /// The probabilities of one case, one a class.
    #[must_use]
    pub fn probabilities(&self, features: &[f64]) -> Vec<f64> {
        classifier::probabilities(&self.logits(features), 1.0)
    }

    /// Weights, `[output, feature]`.
    #[must_use]
    pub fn weights(&self) -> &[Vec<f64>] {
        &self.weights
    }

    /// Intercepts, one an output.
    #[must_use]
    pub fn intercepts(&self) -> &[f64] {
        &self.intercepts
    }
}

struct Problem<'a> {
    /// `[case, feature]` with a last column of ones.
    rows: Vec<f64>,
    /// Features and the intercept.
    width: usize,
    truth: &'a [usize],
    classes: usize,
    c: f64,
}

/// A step of Newton's method, `[output, width]`, and twice the gain that the parabola promises.
struct Step {
    change: Vec<f64>,
    width: usize,
    promise: f64,
}

impl Step {
    fn taken(&self, model: &LogisticModel, share: f64) -> LogisticModel {
        let mut next = model.clone();
        for (output, change) in self.change.chunks_exact(self.width).enumerate() {
            for (weight, change) in next.weights[output].iter_mut().zip(change) {
                *weight -= share * change;
            }
            next.intercepts[output] -= share * change[self.width - 1];
        }
        next
    }
}

impl<'a> Problem<'a> {
    fn new(features: &[Vec<f64>], truth: &'a [usize], classes: usize, c: f64) -> Self {
        let width = features.first().map_or(0, Vec::len) + 1;
        let rows = features.iter().flat_map(|row| row.iter().copied().chain([1.0])).collect();
        Self { rows, width, truth, classes, c }
    }

    fn outputs(&self) -> usize {
        if self.classes == 2 { 1 } else { self.classes }
    }

    fn cases(&self) -> impl Iterator<Item = (&[f64], usize)> {
        self.rows.chunks_exact(self.width).zip(self.truth.iter().copied())
    }

    fn loss(&self, model: &LogisticModel) -> f64 {
        let squares: f64 = model.weights.iter().flatten().map(|w| w * w).sum();
        let of_case = |(row, truth): (&[f64], usize)| {
            let logits = model.logits(&row[..self.width - 1]);
            let all = if let [one] = logits[..] { vec![0.0, one] } else { logits };
            let most = all.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let sum: f64 = all.iter().map(|z| libm::exp(z - most)).sum();
            libm::log(sum) - (all[truth] - most)
        };
        self.c * self.cases().map(of_case).sum::<f64>() + squares / 2.0
    }

    /// The class of an output.
    fn class_of(&self, output: usize) -> usize {
        if self.classes == 2 { 1 } else { output }
    }

    /// The step that would reach the minimum if the loss were a parabola.
    fn newton_step(&self, model: &LogisticModel) -> Step {
        let (width, outputs) = (self.width, self.outputs());
        let n = outputs * width;
        let (mut slope, mut bend) = (vec![0.0; n], vec![0.0; n * n]);
        for (row, truth) in self.cases() {
            let p = model.probabilities(&row[..width - 1]);
            for k in 0..outputs {
                let of_k = p[self.class_of(k)];
                let error = self.c * (of_k - f64::from(u8::from(truth == self.class_of(k))));
                slope[k * width..][..width].iter_mut().zip(row).for_each(|(s, x)| *s += error * x);
                for l in 0..=k {
                    let of_l = p[self.class_of(l)];
                    let weight = self.c * of_k * (f64::from(u8::from(k == l)) - of_l);
                    for (i, x) in row.iter().enumerate() {
                        let line = &mut bend[(k * width + i) * n + l * width..][..width];
                        let scale = weight * x;
                        line.iter_mut().zip(row).for_each(|(b, y)| *b += scale * y);
                    }
                }
            }
        }
        for k in 0..outputs {
            for (i, weight) in model.weights[k].iter().enumerate() {
                slope[k * width + i] += weight;
                bend[(k * width + i) * n + k * width + i] += 1.0;
            }
        }
        // Of several intercepts one is free to choose: the last one stays where it is.
        if outputs > 1 {
            let last = n - 1;
            bend[last * n..].fill(0.0);
            bend[last * n + last] = 1.0;
            slope[last] = 0.0;
        }
        let mut change = slope.clone();
        // Cases that are all but certain leave the intercept without a bend of its own; a trace of one keeps it solvable.
        if !linear::solve(&mut bend.clone(), &mut change) {
            for i in 0..n {
                bend[i * n + i] += 1e-8;
            }
            change.clone_from(&slope);
            if !linear::solve(&mut bend, &mut change) {
                change.clone_from(&slope);
            }
        }
        let promise = change.iter().zip(&slope).map(|(c, s)| c * s).sum();
        Step { change, width, promise }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;
    use std::path::Path;

    fn matrix(value: &Value) -> Vec<Vec<f64>> {
        let row = |row: &Value| row.as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect();
        value.as_array().unwrap().iter().map(row).collect()
    }

    /// scikit-learn's own optimisers stop at a gradient of 1e-10: weights then agree to about 1e-8.
    #[test]
    fn weights_and_probabilities_are_scikit_learns() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/oracle/evaluate/logistic.json");
        let all: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        let cases = all["cases"].as_array().unwrap();
        assert!(cases.len() >= 12);
        for case in cases {
            let (features, name) = (matrix(&case["features"]), case["name"].as_str().unwrap());
            let truth: Vec<usize> =
                case["truth"].as_array().unwrap().iter().map(|t| t.as_u64().unwrap() as usize).collect();
            let classes = case["classes"].as_u64().unwrap() as usize;
            let model =
                LogisticModel::fit(&features, &truth, classes, case["c"].as_f64().unwrap(), None).unwrap();
            for (found, expected) in model.weights().iter().zip(matrix(&case["weights"])) {
                for (found, expected) in found.iter().zip(expected) {
                    assert!((found - expected).abs() < 1e-6, "{name}: {found}, expected {expected}");
                }
            }
            for (row, expected) in features.iter().zip(matrix(&case["probabilities"])) {
                for (found, expected) in model.probabilities(row).iter().zip(expected) {
                    assert!((found - expected).abs() < 1e-6, "{name}: {found}, expected {expected}");
                }
            }
        }
    }

    #[test]
    fn without_features_it_says_how_frequent_each_class_is() {
        let two = LogisticModel::fit(&vec![vec![]; 5], &[0, 1, 1, 1, 1], 2, 1.0, None).unwrap();
        assert!((two.probabilities(&[])[1] - 0.8).abs() < 1e-12);
        let three = LogisticModel::fit(&vec![vec![]; 4], &[0, 1, 1, 2], 3, 1.0, None).unwrap();
        let p = three.probabilities(&[]);
        assert!((p[0] - 0.25).abs() < 1e-12 && (p[1] - 0.5).abs() < 1e-12, "{p:?}");
    }

    #[test]
    fn a_start_elsewhere_ends_at_the_same_place() {
        let features: Vec<Vec<f64>> = (0..30).map(|i| vec![f64::from(i % 7), f64::from(i % 4)]).collect();
        let truth: Vec<usize> = (0..30).map(|i| usize::from(i % 3 == 0)).collect();
        let plain = LogisticModel::fit(&features, &truth, 2, 1.0, None).unwrap();
        let weak = LogisticModel::fit(&features, &truth, 2, 100.0, None).unwrap();
        let again = LogisticModel::fit(&features, &truth, 2, 1.0, Some(&weak)).unwrap();
        assert!(plain.weights()[0].iter().zip(&again.weights()[0]).all(|(a, b)| (a - b).abs() < 1e-9));
    }

    #[test]
    fn a_class_that_is_not_there_cannot_be_learned() {
        let error = LogisticModel::fit(&[vec![1.0]], &[0], 2, 1.0, None).unwrap_err();
        assert_eq!(error, LearnError::ClassNotLearned { class: 1 });
        assert!(LogisticModel::fit(&[vec![f64::NAN], vec![1.0]], &[0, 1], 2, 1.0, None).is_err());
    }
}
