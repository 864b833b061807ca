//! From the numbers that leave a net to logits.

use serde::{Deserialize, Serialize};

/// What numbers leave a net.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gives {
    /// Any numbers: the larger, the more it speaks for the class.
    Logits,
    /// Numbers from 0 to 1.
    Probabilities,
}

/// How logits become probabilities.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Squash {
    /// Each number by itself: several may hold of one picture.
    Sigmoid,
    /// All together: exactly one class holds.
    Softmax,
}

/// Which numbers are read, and for which class.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "squash")]
pub enum Head {
    /// One number speaks for one of two classes.
    Sigmoid {
        /// Index of the number.
        output: usize,
        /// Index of the class that it speaks for: 0 or 1.
        class: usize,
    },
    /// One number a class.
    Softmax {
        /// The index of each class's number.
        outputs: Vec<usize>,
    },
}

/// How far probabilities may be from summing to 1, and outside 0 to 1: 16-bit weights are in use.
pub(super) const SUM_TOLERANCE: f64 = 1e-2;
/// The smallest chance that a probability is read as: half the distance from 1 to the next 32-bit number.
const LEAST: f64 = 1.0 / 33_554_432.0;

impl Head {
    /// Logits as [`crate::Classifier::logits`] has them, of the numbers that left the net; or what is wrong with these.
    pub(super) fn logits(&self, gives: Gives, numbers: &[f32]) -> Result<Vec<f64>, Wrong> {
        let numbers: Vec<f64> = numbers.iter().map(|&number| f64::from(number)).collect();
        if numbers.iter().any(|number| !number.is_finite()) {
            return Err(Wrong::NotFinite);
        }
        if gives == Gives::Probabilities {
            self.check(&numbers)?;
        }
        let logit = |&output: &usize| match (gives, self) {
            (Gives::Logits, _) => numbers[output],
            (Gives::Probabilities, Self::Softmax { .. }) => {
                libm::log(numbers[output].max(f64::from(f32::MIN_POSITIVE)))
            }
            (Gives::Probabilities, Self::Sigmoid { .. }) => {
                let p = numbers[output].clamp(LEAST, 1.0 - LEAST);
                libm::log(p) - libm::log1p(-p)
            }
        };
        Ok(match self {
            Self::Sigmoid { output, class: 0 } => vec![-logit(output)],
            Self::Sigmoid { output, .. } => vec![logit(output)],
            Self::Softmax { outputs } => match outputs.as_slice() {
                [first, last] => vec![logit(last) - logit(first)],
                several => several.iter().map(logit).collect(),
            },
        })
    }

    fn check(&self, numbers: &[f64]) -> Result<(), Wrong> {
        if numbers.iter().any(|number| !(-SUM_TOLERANCE..=1.0 + SUM_TOLERANCE).contains(number)) {
            return Err(Wrong::NoProbability);
        }
        let sum: f64 = numbers.iter().sum();
        match self {
            Self::Softmax { .. } if (sum - 1.0).abs() > SUM_TOLERANCE => Err(Wrong::Sum),
            _ => Ok(()),
        }
    }
}

/// What can be wrong with numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wrong {
    NotFinite,
    NoProbability,
    Sum,
}

impl Wrong {
    /// What they should be, in words.
    pub(super) fn wanted(self) -> &'static str {
        match self {
            Self::NotFinite => {
                "every number must be finite: see whether range, mean and deviation are those of its training"
            }
            Self::NoProbability => "a probability lies from 0 to 1: these are logits (--gives logits)",
            Self::Sum => {
                "the probabilities of classes that exclude each other sum to 1: findings that do not take --squash sigmoid \
                 and --positive FINDING"
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probabilities;

    fn near(found: &[f64], wanted: &[f64]) {
        assert!(
            found.len() == wanted.len() && found.iter().zip(wanted).all(|(a, b)| (a - b).abs() < 1e-6),
            "{found:?}"
        );
    }

    #[test]
    fn probabilities_come_out_as_they_went_in() {
        let two = Head::Softmax { outputs: vec![1, 0] };
        near(&probabilities(&two.logits(Gives::Probabilities, &[0.8, 0.2]).unwrap(), 1.0), &[0.2, 0.8]);
        let three = Head::Softmax { outputs: vec![0, 1, 2] };
        near(
            &probabilities(&three.logits(Gives::Probabilities, &[0.5, 0.0, 0.5]).unwrap(), 1.0),
            &[0.5, 0.0, 0.5],
        );
        for class in [0, 1] {
            let one = Head::Sigmoid { output: 0, class };
            let said = probabilities(&one.logits(Gives::Probabilities, &[0.9]).unwrap(), 1.0);
            near(&[said[class]], &[0.9]);
        }
        let sure = Head::Sigmoid { output: 0, class: 1 }.logits(Gives::Probabilities, &[1.0]).unwrap();
        assert!(sure[0].is_finite() && sure[0] > 15.0, "{sure:?}");
    }

    #[test]
    fn logits_are_taken_in_the_order_of_the_classes() {
        let head = Head::Softmax { outputs: vec![2, 0, 1] };
        assert_eq!(head.logits(Gives::Logits, &[1.0, 2.0, 3.0]), Ok(vec![3.0, 1.0, 2.0]));
        let head = Head::Softmax { outputs: vec![0, 1] };
        assert_eq!(head.logits(Gives::Logits, &[1.0, 3.5]), Ok(vec![2.5]));
        assert_eq!(
            Head::Sigmoid { output: 2, class: 0 }.logits(Gives::Logits, &[1.0, 2.0, 3.0]),
            Ok(vec![-3.0])
        );
    }

    #[test]
    fn numbers_that_are_no_probabilities_are_refused() {
        let head = Head::Softmax { outputs: vec![0, 1] };
        assert_eq!(head.logits(Gives::Probabilities, &[1.5, -0.5]), Err(Wrong::NoProbability));
        assert_eq!(head.logits(Gives::Probabilities, &[0.9, 0.9]), Err(Wrong::Sum));
        assert_eq!(head.logits(Gives::Logits, &[f32::NAN, 0.9]), Err(Wrong::NotFinite));
    }
}
