//! What a classifier said of a set of cases.

use crate::{classifier, error::LearnError};

/// How far the probabilities of one case may be from summing to 1: tables that others wrote are often rounded.
const SUM_TOLERANCE: f64 = 1e-3;

/// Truth, group and probabilities of a set of cases, checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Predictions {
    classes: Vec<String>,
    truth: Vec<usize>,
    groups: Vec<u32>,
    /// `[case, class]`.
    probabilities: Vec<f64>,
}

impl Predictions {
    /// Puts predictions together.
    ///
    /// # Arguments
    /// * `classes` - names of at least two classes; of two the last one is the positive class.
    /// * `truth` - the true class of each case, an index into `classes`.
    /// * `groups` - cases with one number belong together (a patient); they are drawn together.
    /// * `probabilities` - `[case, class]`; those of a case sum to 1 within 0.001, and are divided by their sum.
    ///
    /// # Errors
    /// [`LearnError`] naming the case (from 0) whose truth or probabilities cannot be.
    pub fn new(
        classes: Vec<String>,
        truth: Vec<usize>,
        groups: Vec<u32>,
        mut probabilities: Vec<f64>,
    ) -> Result<Self, LearnError> {
        let (cases, labels) = (truth.len(), classes.len());
        if labels < 2 {
            return Err(LearnError::TooFewClasses { labels });
        }
        for (what, found) in
            [("groups", groups.len()), ("rows of probabilities", probabilities.len() / labels)]
        {
            if found != cases || !probabilities.len().is_multiple_of(labels) {
                return Err(LearnError::Lengths { what, values: cases, found });
            }
        }
        if let Some((index, &class)) = truth.iter().enumerate().find(|(_, class)| **class >= labels) {
            return Err(LearnError::UnknownClass { index, class, labels });
        }
        for (index, of_case) in probabilities.chunks_exact_mut(labels).enumerate() {
            if let Some(&value) = of_case.iter().find(|p| !(0.0..=1.0).contains(*p)) {
                return Err(LearnError::NoProbability { index, value });
            }
            let sum: f64 = of_case.iter().sum();
            if (sum - 1.0).abs() > SUM_TOLERANCE {
                return Err(LearnError::ProbabilitySum { index, sum });
            }
            // One that is 1 already is left to the last bit.
            if (sum - 1.0).abs() > 4.0 * f64::EPSILON {
                of_case.iter_mut().for_each(|p| *p /= sum);
            }
        }
        Ok(Self { classes, truth, groups, probabilities })
    }

    /// The same from logits, `[case][class]`, or `[case][1]` for a net with one sigmoid output.
    ///
    /// # Errors
    /// As [`Self::new`], and for a logit that is not finite.
    pub fn from_logits(
        classes: Vec<String>,
        truth: Vec<usize>,
        groups: Vec<u32>,
        logits: &[Vec<f64>],
        temperature: f64,
    ) -> Result<Self, LearnError> {
        if let Some(index) = logits.iter().position(|of_case| of_case.iter().any(|z| !z.is_finite())) {
            return Err(LearnError::NotFinite { index });
        }
        let probabilities =
            logits.iter().flat_map(|of_case| classifier::probabilities(of_case, temperature)).collect();
        Self::new(classes, truth, groups, probabilities)
    }

    /// Names of the classes.
    #[must_use]
    pub fn classes(&self) -> &[String] {
        &self.classes
    }

    /// The true class of each case.
    #[must_use]
    pub fn truth(&self) -> &[usize] {
        &self.truth
    }

    /// The group of each case.
    #[must_use]
    pub fn groups(&self) -> &[u32] {
        &self.groups
    }

    /// How many cases there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.truth.len()
    }

    /// Whether there is no case.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.truth.is_empty()
    }

    /// The probabilities of one case, one a class.
    ///
    /// # Panics
    /// Where `case` is not below [`Self::len`].
    #[must_use]
    pub fn of_case(&self, case: usize) -> &[f64] {
        &self.probabilities[case * self.classes.len()..][..self.classes.len()]
    }

    /// The probability of `class` in every case.
    #[must_use]
    pub fn of_class(&self, class: usize) -> Vec<f64> {
        (0..self.len()).map(|case| self.of_case(case)[class]).collect()
    }

    /// The classes that are held against the rest: the positive one of two, each of more.
    pub(super) fn sought(&self) -> std::ops::Range<usize> {
        let classes = self.classes.len();
        if classes == 2 { 1..2 } else { 0..classes }
    }

    /// The class that each case is said to be of: positive from `threshold` on where there are two classes, otherwise the
    /// most probable one, the first of equals.
    #[must_use]
    pub fn answers(&self, threshold: f64) -> Vec<usize> {
        let answer = |case: usize| match self.of_case(case) {
            [_, positive] => usize::from(*positive >= threshold),
            all => (1..all.len()).fold(0, |best, class| if all[class] > all[best] { class } else { best }),
        };
        (0..self.len()).map(answer).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(n: usize) -> Vec<String> {
        (0..n).map(|class| format!("class {class}")).collect()
    }

    #[test]
    fn answers_follow_the_threshold_or_the_largest() {
        let two = Predictions::new(names(2), vec![0, 1], vec![0, 1], vec![0.6, 0.4, 0.5, 0.5]).unwrap();
        assert_eq!((two.answers(0.5), two.answers(0.4)), (vec![0, 1], vec![1, 1]));
        let three =
            Predictions::new(names(3), vec![0, 1], vec![0, 1], vec![0.4, 0.4, 0.2, 0.1, 0.2, 0.7]).unwrap();
        assert_eq!(three.answers(0.9), [0, 2]);
        assert_eq!(three.of_class(2), [0.2, 0.7]);
    }

    #[test]
    fn what_cannot_be_is_named() {
        let refused = |truth: Vec<usize>, groups: Vec<u32>, p: Vec<f64>| {
            Predictions::new(names(2), truth, groups, p).unwrap_err().to_string()
        };
        assert!(refused(vec![0, 1], vec![0, 1], vec![0.5, 0.5, 1.5, -0.5]).contains("case 1: 1.5"));
        assert!(refused(vec![0], vec![0], vec![f64::NAN, 0.5]).contains("case 0: NaN"));
        assert!(refused(vec![0], vec![0], vec![0.5, 0.4]).contains("sum to 0.9"));
        assert!(refused(vec![2], vec![0], vec![0.5, 0.5]).contains("class 2"));
        assert!(refused(vec![0, 1], vec![0], vec![0.5, 0.5, 0.5, 0.5]).contains("groups"));
        assert!(Predictions::new(names(1), vec![], vec![], vec![]).is_err());
        let infinite = [vec![0.0], vec![f64::INFINITY]];
        assert!(Predictions::from_logits(names(2), vec![0, 1], vec![0, 1], &infinite, 1.0).is_err());
    }

    #[test]
    fn rounded_rows_are_made_to_sum_to_one() {
        let p = Predictions::new(names(3), vec![0], vec![0], vec![0.333, 0.333, 0.333]).unwrap();
        assert!((p.of_case(0).iter().sum::<f64>() - 1.0).abs() < 1e-15);
    }
}
