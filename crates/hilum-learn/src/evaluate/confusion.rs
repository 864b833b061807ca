//! Who was taken for what.

use super::measure::Undefined;
use serde::Serialize;

/// Cases by true class and answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Confusion {
    /// `[true class][answer]`.
    counts: Vec<Vec<u64>>,
}

impl Confusion {
    /// Counts cases, each as often as its weight says.
    pub(super) fn of(truth: &[usize], answers: &[usize], weights: &[u32], classes: usize) -> Self {
        let mut counts = vec![vec![0; classes]; classes];
        for ((&truth, &answer), &weight) in truth.iter().zip(answers).zip(weights) {
            counts[truth][answer] += u64::from(weight);
        }
        Self { counts }
    }

    /// `[true class][answer]`.
    #[must_use]
    pub fn counts(&self) -> &[Vec<u64>] {
        &self.counts
    }

    fn total(&self) -> u64 {
        self.counts.iter().flatten().sum()
    }

    fn of_truth(&self, class: usize) -> u64 {
        self.counts[class].iter().sum()
    }

    fn of_answer(&self, class: usize) -> u64 {
        self.counts.iter().map(|row| row[class]).sum()
    }

    /// Share of all cases told right.
    pub(super) fn accuracy(&self) -> Result<f64, Undefined> {
        let right: u64 = (0..self.counts.len()).map(|class| self.counts[class][class]).sum();
        share(right, self.total()).ok_or(Undefined::NoCases)
    }

    /// Share of the class's cases told right: of the positive class its sensitivity.
    pub(super) fn recall(&self, class: usize) -> Result<f64, Undefined> {
        share(self.counts[class][class], self.of_truth(class)).ok_or(Undefined::ClassAbsent { class })
    }

    /// Share of all other cases that were not taken for this class.
    pub(super) fn specificity(&self, class: usize) -> Result<f64, Undefined> {
        let others = self.total() - self.of_truth(class);
        let taken = self.of_answer(class) - self.counts[class][class];
        share(others - taken, others).ok_or(Undefined::OnlyClass { class })
    }

    /// Harmonic mean of precision and recall: `2 TP / (2 TP + FP + FN)`.
    pub(super) fn f1(&self, class: usize) -> Result<f64, Undefined> {
        if self.of_truth(class) == 0 {
            return Err(Undefined::ClassAbsent { class });
        }
        share(2 * self.counts[class][class], self.of_truth(class) + self.of_answer(class))
            .ok_or(Undefined::ClassAbsent { class })
    }
}

fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_matrix_by_hand() {
        // Three of class 0 (one taken for 1), two of class 1 (one taken for 0).
        let found = Confusion::of(&[0, 0, 0, 1, 1], &[0, 0, 1, 1, 0], &[1; 5], 2);
        assert_eq!(found.counts(), [[2, 1], [1, 1]]);
        assert_eq!(found.accuracy(), Ok(0.6));
        assert_eq!((found.recall(1), found.specificity(1)), (Ok(0.5), Ok(2.0 / 3.0)));
        assert_eq!(found.f1(1), Ok(0.5));
        let twice = Confusion::of(&[0, 0, 0, 1, 1], &[0, 0, 1, 1, 0], &[2, 0, 1, 0, 3], 2);
        assert_eq!(twice.counts(), [[2, 1], [3, 0]]);
    }

    #[test]
    fn without_a_class_its_shares_are_not_zero() {
        let found = Confusion::of(&[0, 0], &[0, 1], &[1; 2], 2);
        assert_eq!(found.recall(1), Err(Undefined::ClassAbsent { class: 1 }));
        assert_eq!(found.f1(1), Err(Undefined::ClassAbsent { class: 1 }));
        assert_eq!(found.specificity(1), Ok(0.5));
        assert_eq!(found.specificity(0), Err(Undefined::OnlyClass { class: 0 }));
        assert_eq!(Confusion::of(&[], &[], &[], 2).accuracy(), Err(Undefined::NoCases));
    }
}
