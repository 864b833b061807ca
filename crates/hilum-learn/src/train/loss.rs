//! How wrong logits are: on the device with gradients, and in plain numbers for what people read.

use crate::{auc, classifier::probabilities};
use burn::tensor::{
    Tensor,
    activation::{log_sigmoid, log_softmax},
};

/// The mean cross-entropy of logits `[N, outputs]`, weighted; its gradient is what a step follows.
///
/// One output is the logit of the last of two classes: the binary cross-entropy of its sigmoid.
///
/// # Arguments
/// * `targets` - share of each class `[N, classes]`.
/// * `weights` - how much each row counts `[N, 1]`.
pub(super) fn cross_entropy(logits: Tensor<2>, targets: Tensor<2>, weights: Tensor<2>) -> Tensor<1> {
    let [count, outputs] = logits.dims();
    let log_probabilities = match outputs {
        1 => Tensor::cat(vec![log_sigmoid(-logits.clone()), log_sigmoid(logits)], 1),
        _ => log_softmax(logits, 1),
    };
    let losses = -(targets * log_probabilities).sum_dim(1);
    (losses * weights).sum() / count as f64
}

/// What a set of scored examples says about a net: numbers for the history.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Score {
    /// Mean cross-entropy, unweighted, without smoothing.
    pub(super) loss: f64,
    /// Share of examples whose most probable class is the true one (a binary logit above 0 speaks for the last).
    pub(super) accuracy: f64,
    /// Area under the ROC curve; with more than two classes the mean over classes, each against the rest. `None` where a
    /// class has no example.
    pub(super) auc: Option<f64>,
}

impl Score {
    /// Scores rows of logits against the true classes.
    pub(super) fn of(logits: &[Vec<f64>], truth: &[usize], classes: usize) -> Self {
        let count = truth.len().max(1) as f64;
        let rows: Vec<Vec<f64>> = logits.iter().map(|row| probabilities(row, 1.0)).collect();
        let loss = rows.iter().zip(truth).map(|(p, &t)| -libm::log(p[t].max(1e-12))).sum::<f64>() / count;
        let right = rows.iter().zip(truth).filter(|(p, t)| most_probable(p) == **t).count();
        // Logits rank where probabilities have run into 1.
        let ranking = |class: usize, at: usize| match &logits[at][..] {
            [logit] => *logit,
            _ => rows[at][class],
        };
        let one_against_rest = |class: usize| {
            let of = |inside: bool| -> Vec<f64> {
                let chosen = (0..truth.len()).filter(|&at| (truth[at] == class) == inside);
                chosen.map(|at| ranking(class, at)).collect()
            };
            auc(&of(true), &of(false)).map(|auc| auc.auc)
        };
        let auc = match classes {
            2 => one_against_rest(1),
            _ => (0..classes).map(one_against_rest).sum::<Option<f64>>().map(|total| total / classes as f64),
        };
        Self { loss, accuracy: right as f64 / count, auc }
    }
}

/// The class of the largest probability, the first of equals.
fn most_probable(probabilities: &[f64]) -> usize {
    let mut best = 0;
    for (class, p) in probabilities.iter().enumerate() {
        if *p > probabilities[best] {
            best = class;
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Compute;
    use burn::tensor::TensorData;

    fn tensor(values: &[f32], columns: usize) -> Tensor<2> {
        let data = TensorData::new(values.to_vec(), [values.len() / columns, columns]);
        Tensor::from_data(data, &Compute::Cpu.device())
    }

    #[test]
    fn the_loss_is_the_sum_worked_out_by_hand() {
        // Sigmoid of ln 3 is 3/4, of 0 is 1/2.
        let logits = tensor(&[3.0_f32.ln(), 0.0], 1);
        let targets = tensor(&[0.0, 1.0, 0.75, 0.25], 2);
        let loss = cross_entropy(logits, targets, tensor(&[1.0, 2.0], 1)).into_scalar::<f32>();
        let expected = (-(0.75_f32.ln()) + 2.0 * 2.0_f32.ln()) / 2.0;
        assert!((loss - expected).abs() < 1e-6, "{loss} {expected}");
        // Softmax of [ln 1, ln 2, ln 5] is [1, 2, 5] / 8.
        let logits = tensor(&[0.0, 2.0_f32.ln(), 5.0_f32.ln()], 3);
        let loss = cross_entropy(logits, tensor(&[0.0, 0.0, 1.0], 3), tensor(&[1.0], 1)).into_scalar::<f32>();
        assert!((loss - (8.0_f32 / 5.0).ln()).abs() < 1e-6, "{loss}");
    }

    #[test]
    fn huge_logits_stay_finite() {
        let loss = cross_entropy(
            tensor(&[200.0, -200.0], 1),
            tensor(&[1.0, 0.0, 0.0, 1.0], 2),
            tensor(&[1.0; 2], 1),
        );
        assert!((loss.into_scalar::<f32>() - 200.0).abs() < 1e-3);
    }

    #[test]
    fn scores_count_and_rank() {
        let logits: Vec<Vec<f64>> = [2.0, -1.0, 0.5, -3.0].map(|v| vec![v]).to_vec();
        let score = Score::of(&logits, &[1, 1, 0, 0], 2);
        assert_eq!(score.accuracy, 0.5);
        assert_eq!(score.auc, Some(0.75));
        let three = [vec![3.0, 0.0, 0.0], vec![0.0, 3.0, 0.0], vec![0.0, 0.0, 3.0]];
        let score = Score::of(&three, &[0, 1, 2], 3);
        assert_eq!((score.accuracy, score.auc), (1.0, Some(1.0)));
        assert_eq!(Score::of(&three, &[0, 1, 1], 3).auc, None);
    }
}
