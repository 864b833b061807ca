//! The numbers that are told of a classifier.

use super::{calibration, confusion::Confusion, predictions::Predictions, ranking::Ranking};
use serde::Serialize;

/// One number that is told of a classifier. With more than two classes each is the mean over classes against the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Measure {
    /// Area under the ROC curve.
    Auc,
    /// Area under the precision-recall curve, as average precision.
    PrAuc,
    /// Share of all cases told right.
    Accuracy,
    /// Mean over classes of the share told right.
    BalancedAccuracy,
    /// Harmonic mean of precision and sensitivity.
    F1,
    /// Share of the positive class told right.
    Sensitivity,
    /// Share of the negative class told right.
    Specificity,
    /// The largest sensitivity on the ROC curve at the specificity that was asked for.
    SensitivityAtSpecificity,
    /// Sensitivity with the threshold that had this specificity on the validation side.
    FixedSensitivity,
    /// Specificity with that threshold.
    FixedSpecificity,
    /// Brier score.
    Brier,
    /// Mean negative log-likelihood.
    LogLoss,
    /// Expected calibration error.
    Ece,
}

impl Measure {
    /// All, in the order in which they are told.
    pub const ALL: [Self; 13] = [
        Self::Auc,
        Self::PrAuc,
        Self::Accuracy,
        Self::BalancedAccuracy,
        Self::F1,
        Self::Sensitivity,
        Self::Specificity,
        Self::SensitivityAtSpecificity,
        Self::FixedSensitivity,
        Self::FixedSpecificity,
        Self::Brier,
        Self::LogLoss,
        Self::Ece,
    ];

    /// The name in files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Auc => "auc",
            Self::PrAuc => "pr_auc",
            Self::Accuracy => "accuracy",
            Self::BalancedAccuracy => "balanced_accuracy",
            Self::F1 => "f1",
            Self::Sensitivity => "sensitivity",
            Self::Specificity => "specificity",
            Self::SensitivityAtSpecificity => "sensitivity_at_specificity",
            Self::FixedSensitivity => "fixed_sensitivity",
            Self::FixedSpecificity => "fixed_specificity",
            Self::Brier => "brier",
            Self::LogLoss => "log_loss",
            Self::Ece => "ece",
        }
    }

    /// The name for people.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Auc => "AUC",
            Self::PrAuc => "PR-AUC (average precision)",
            Self::Accuracy => "accuracy",
            Self::BalancedAccuracy => "balanced accuracy",
            Self::F1 => "F1",
            Self::Sensitivity => "sensitivity",
            Self::Specificity => "specificity",
            Self::SensitivityAtSpecificity => "sensitivity at the fixed specificity, on the curve",
            Self::FixedSensitivity => "sensitivity, threshold of the fixed specificity on val",
            Self::FixedSpecificity => "specificity, the same threshold",
            Self::Brier => "Brier score (less is better)",
            Self::LogLoss => "log loss (less is better)",
            Self::Ece => "calibration error, ECE (less is better)",
        }
    }

    /// Whether less is better.
    #[must_use]
    pub fn less_is_better(self) -> bool {
        matches!(self, Self::Brier | Self::LogLoss | Self::Ece)
    }
}

/// Why a number does not exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Undefined {
    /// There is no case.
    NoCases,
    /// No case is of this class.
    ClassAbsent {
        /// Index of the class.
        class: usize,
    },
    /// All cases are of this class.
    OnlyClass {
        /// Index of the class.
        class: usize,
    },
    /// The validation side gave no threshold for it, or there are more than two classes.
    NoThreshold,
}

impl Undefined {
    /// The reason for a person, with the names of the classes.
    #[must_use]
    pub fn reason(self, classes: &[String]) -> String {
        match self {
            Self::NoCases => "there is no case".to_owned(),
            Self::ClassAbsent { class } => format!("no case is of class {}", classes[class]),
            Self::OnlyClass { class } => format!("all cases are of class {}", classes[class]),
            Self::NoThreshold => "no threshold was chosen for it on validation cases".to_owned(),
        }
    }
}

/// Predictions, sorted and answered once, to be measured under many weights.
#[derive(Debug)]
pub(super) struct Prepared<'a> {
    pub(super) predictions: &'a Predictions,
    pub(super) rankings: Vec<Ranking>,
    answers: Vec<usize>,
    fixed_answers: Option<Vec<usize>>,
    specificity: f64,
}

impl<'a> Prepared<'a> {
    /// `threshold` gives the answers, `fixed_threshold` those at a fixed specificity, `specificity` is that one.
    pub(super) fn new(
        predictions: &'a Predictions,
        threshold: f64,
        fixed_threshold: Option<f64>,
        specificity: f64,
    ) -> Self {
        let ranking = |class: usize| Ranking::new(class, &predictions.of_class(class), predictions.truth());
        Self {
            predictions,
            rankings: predictions.sought().map(ranking).collect(),
            answers: predictions.answers(threshold),
            fixed_answers: fixed_threshold.map(|threshold| predictions.answers(threshold)),
            specificity,
        }
    }

    /// Who was taken for what.
    pub(super) fn confusion(&self, weights: &[u32]) -> Confusion {
        self.confusion_of(&self.answers, weights)
    }

    fn confusion_of(&self, answers: &[usize], weights: &[u32]) -> Confusion {
        Confusion::of(self.predictions.truth(), answers, weights, self.predictions.classes().len())
    }

    fn fixed_confusion(&self, weights: &[u32]) -> Result<Confusion, Undefined> {
        let answers = self.fixed_answers.as_ref().ok_or(Undefined::NoThreshold)?;
        Ok(self.confusion_of(answers, weights))
    }

    /// The measure over cases that each count as often as their weight says.
    pub(super) fn measure(&self, measure: Measure, weights: &[u32]) -> Result<f64, Undefined> {
        let predictions = self.predictions;
        let sought = || predictions.sought();
        let over_rankings =
            |value: &dyn Fn(&Ranking) -> Result<f64, Undefined>| mean(self.rankings.iter().map(value));
        match measure {
            Measure::Auc => over_rankings(&|r| r.auc(weights)),
            Measure::PrAuc => over_rankings(&|r| r.average_precision(weights)),
            Measure::SensitivityAtSpecificity => {
                over_rankings(&|r| r.sensitivity_at(self.specificity, weights))
            }
            Measure::Accuracy => self.confusion(weights).accuracy(),
            Measure::BalancedAccuracy => {
                let confusion = self.confusion(weights);
                mean((0..predictions.classes().len()).map(|class| confusion.recall(class)))
            }
            Measure::F1 => {
                let confusion = self.confusion(weights);
                mean(sought().map(|class| confusion.f1(class)))
            }
            Measure::Sensitivity => {
                let confusion = self.confusion(weights);
                mean(sought().map(|class| confusion.recall(class)))
            }
            Measure::Specificity => {
                let confusion = self.confusion(weights);
                mean(sought().map(|class| confusion.specificity(class)))
            }
            Measure::FixedSensitivity => self.fixed_confusion(weights)?.recall(1),
            Measure::FixedSpecificity => self.fixed_confusion(weights)?.specificity(1),
            Measure::Brier => calibration::brier(predictions, weights),
            Measure::LogLoss => calibration::log_loss(predictions, weights),
            Measure::Ece => calibration::expected_error(predictions, weights),
        }
    }
}

/// The plain mean, or the first that does not exist.
fn mean(values: impl ExactSizeIterator<Item = Result<f64, Undefined>>) -> Result<f64, Undefined> {
    let n = values.len() as f64;
    let values = values.collect::<Result<Vec<f64>, _>>()?;
    // One value is left as it is.
    Ok(values.iter().sum::<f64>() / n)
}
