//! What happened in each epoch: the lines of `history.jsonl` and of the figure.

use super::loss::Score;
use serde::{Deserialize, Serialize};

/// One epoch. There is no time in it: the same training gives the same history on every machine.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct EpochRecord {
    /// Counted from 1.
    pub epoch: usize,
    /// Learning rate at its end.
    pub learning_rate: f64,
    /// Mean cross-entropy over the training pictures as they were shown: varied, and each before its step.
    pub loss: f64,
    /// Share of them that was right.
    pub accuracy: f64,
    /// Area under the ROC curve over them.
    pub auc: Option<f64>,
    /// Mean cross-entropy on the validation side after the epoch.
    pub val_loss: f64,
    /// Accuracy there, at a probability of a half.
    pub val_accuracy: f64,
    /// Area under the ROC curve there.
    pub val_auc: Option<f64>,
}

impl EpochRecord {
    pub(super) fn new(epoch: usize, learning_rate: f64, train: Score, val: Score) -> Self {
        Self {
            epoch,
            learning_rate,
            loss: train.loss,
            accuracy: train.accuracy,
            auc: train.auc,
            val_loss: val.loss,
            val_accuracy: val.accuracy,
            val_auc: val.auc,
        }
    }

    /// Whether its weights are to be kept rather than those of `other`.
    pub(super) fn beats(&self, other: &Self) -> bool {
        let auc = |record: &Self| record.val_auc.unwrap_or(0.0);
        match auc(self).total_cmp(&auc(other)) {
            std::cmp::Ordering::Equal => self.val_loss < other.val_loss,
            order => order.is_gt(),
        }
    }
}
