//! How a net is trained: everything but the net and the pictures.

use super::augment::Augmentation;
use crate::{Architecture, LearnError};
use serde::{Deserialize, Serialize};

/// The rule of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Optimizer {
    /// Kingma and Ba 2015, arXiv:1412.6980.
    Adam,
    /// Adam with decoupled weight decay (Loshchilov and Hutter 2019, arXiv:1711.05101).
    AdamW,
    /// Gradient descent with Nesterov momentum 0.9.
    Sgd,
}

/// How the learning rate runs over the epochs, after the warm-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Schedule {
    /// The same to the end.
    Constant,
    /// Half a cosine down to 0 (Loshchilov and Hutter 2017, arXiv:1608.03983).
    Cosine,
}

/// How much an example counts in the loss.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ClassWeights {
    /// All alike.
    None,
    /// Every class as much as any other.
    Balanced,
    /// One weight a class, in the order of the classes.
    Given(Vec<f64>),
}

/// Which epoch's weights are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Keep {
    /// That with the largest AUC on the validation side, the smaller loss where AUCs are equal.
    Best,
    /// The last one.
    Last,
}

/// Everything that decides, together with net and pictures, what weights come out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrainSettings {
    /// Passes over the training pictures.
    pub epochs: usize,
    /// Pictures a step.
    pub batch: usize,
    /// Decides first weights, order, augmentation and dropout.
    pub seed: u64,
    /// The rule of a step.
    pub optimizer: Optimizer,
    /// The largest learning rate.
    pub learning_rate: f64,
    /// Pulls weights (not biases or normalisations) towards 0: a share of the learning rate with AdamW, added to the
    /// gradient with the others.
    pub weight_decay: f64,
    /// Epochs in which the learning rate rises from 0.
    pub warmup_epochs: f64,
    /// How the learning rate runs then.
    pub schedule: Schedule,
    /// Learning rate of all layers but the head, as a share of the head's; below 1 for nets that were trained before.
    pub body_rate: f64,
    /// Epochs at the beginning in which the head alone is trained.
    pub head_epochs: usize,
    /// Share of a target that goes to the other classes evenly (Szegedy et al. 2016, doi:10.1109/CVPR.2016.308).
    pub label_smoothing: f64,
    /// Shape of the beta distribution of mixup's shares, 0 for none, at most 1 (Zhang et al. 2018, arXiv:1710.09412).
    pub mixup: f64,
    /// Weights are scored and kept as their moving average: this share of the old average stays at each step (early steps
    /// less), 0 for none.
    pub average: f64,
    /// How much an example counts.
    pub class_weights: ClassWeights,
    /// How pictures are varied.
    pub augmentation: Augmentation,
    /// Scoring takes the mean of the logits of a picture and its mirror image.
    pub mirrored_scoring: bool,
    /// Ends after this many epochs without a new best; 0 for never.
    pub patience: usize,
    /// Which epoch's weights are kept.
    pub keep: Keep,
}

impl TrainSettings {
    /// The recipe of an architecture: the notebook's own for `notebook`, ours for the others.
    #[must_use]
    pub fn recipe(architecture: &Architecture) -> Self {
        let notebook = Self {
            epochs: 10,
            batch: 32,
            seed: 0,
            optimizer: Optimizer::Adam,
            learning_rate: 1e-3,
            weight_decay: 0.0,
            warmup_epochs: 0.0,
            schedule: Schedule::Constant,
            body_rate: 1.0,
            head_epochs: 0,
            label_smoothing: 0.0,
            mixup: 0.0,
            average: 0.0,
            class_weights: ClassWeights::None,
            augmentation: Augmentation::NONE,
            mirrored_scoring: false,
            patience: 0,
            keep: Keep::Last,
        };
        match architecture {
            Architecture::Notebook { .. } => notebook,
            Architecture::Residual { .. } => Self {
                epochs: 150,
                batch: 32,
                optimizer: Optimizer::AdamW,
                learning_rate: 2e-3,
                weight_decay: 0.05,
                warmup_epochs: 5.0,
                schedule: Schedule::Cosine,
                label_smoothing: 0.1,
                mixup: 0.2,
                average: 0.99,
                class_weights: ClassWeights::Balanced,
                augmentation: Augmentation::STRONG,
                mirrored_scoring: true,
                keep: Keep::Best,
                ..notebook
            },
            // For weights that were learned before: the head first, then all of it, the body at a fifth of the head's rate.
            Architecture::EfficientNetLite0 { .. } => Self {
                epochs: 30,
                batch: 16,
                optimizer: Optimizer::AdamW,
                learning_rate: 2e-3,
                weight_decay: 0.02,
                warmup_epochs: 1.0,
                schedule: Schedule::Cosine,
                body_rate: 0.2,
                head_epochs: 2,
                label_smoothing: 0.1,
                average: 0.98,
                class_weights: ClassWeights::Balanced,
                augmentation: Augmentation::STRONG,
                mirrored_scoring: true,
                keep: Keep::Best,
                ..notebook
            },
        }
    }

    /// Refuses numbers that make no sense.
    pub(crate) fn check(&self, classes: usize) -> Result<(), LearnError> {
        let refuse = |setting, found: String, want| Err(LearnError::Setting { setting, found, want });
        if self.epochs == 0 {
            return refuse("epochs", "0".into(), "at least one is needed");
        }
        if self.batch == 0 {
            return refuse("batch", "0".into(), "at least one picture a step is needed");
        }
        let numbers = [
            (
                "learning_rate",
                self.learning_rate,
                f64::MIN_POSITIVE..=100.0,
                "it must be above 0, at most 100",
            ),
            ("weight_decay", self.weight_decay, 0.0..=100.0, "it must be from 0 to 100"),
            ("warmup_epochs", self.warmup_epochs, 0.0..=1e6, "it must not be below 0"),
            ("body_rate", self.body_rate, 0.0..=1.0, "it must be from 0 to 1"),
            ("label_smoothing", self.label_smoothing, 0.0..=0.9, "it must be from 0 to 0.9"),
            ("mixup", self.mixup, 0.0..=1.0, "it must be from 0 to 1"),
            ("average", self.average, 0.0..=0.999_999, "it must be from 0 to below 1"),
        ];
        for (setting, value, allowed, want) in numbers {
            if !allowed.contains(&value) {
                return refuse(setting, value.to_string(), want);
            }
        }
        if let ClassWeights::Given(weights) = &self.class_weights
            && (weights.len() != classes || !weights.iter().all(|w| w.is_finite() && *w > 0.0))
        {
            return refuse(
                "class_weights",
                format!("{weights:?}"),
                "one number above 0 is needed for each class",
            );
        }
        self.augmentation.check()
    }

    /// The learning rate of a step, as a share of the largest.
    ///
    /// `progress` counts epochs since the beginning, with the part of the running one.
    pub(crate) fn rate(&self, progress: f64) -> f64 {
        if progress < self.warmup_epochs {
            return progress / self.warmup_epochs;
        }
        let left = self.epochs as f64 - self.warmup_epochs;
        match self.schedule {
            Schedule::Constant => 1.0,
            Schedule::Cosine => {
                let done = if left > 0.0 { (progress - self.warmup_epochs) / left } else { 1.0 };
                0.5 * (1.0 + libm::cos(std::f64::consts::PI * done.min(1.0)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_rises_and_falls() {
        let residual = Architecture::named("residual").unwrap();
        let settings = TrainSettings { epochs: 25, warmup_epochs: 5.0, ..TrainSettings::recipe(&residual) };
        let near = |progress: f64, rate: f64| assert!((settings.rate(progress) - rate).abs() < 1e-12);
        near(0.0, 0.0);
        near(2.5, 0.5);
        near(5.0, 1.0);
        near(15.0, 0.5);
        near(25.0, 0.0);
        let constant = TrainSettings { schedule: Schedule::Constant, ..settings };
        assert_eq!(constant.rate(17.0), 1.0);
    }

    #[test]
    fn senseless_settings_are_named() {
        let recipe = TrainSettings::recipe(&Architecture::named("notebook").unwrap());
        assert_eq!(recipe.check(2), Ok(()));
        let error = TrainSettings { learning_rate: f64::NAN, ..recipe.clone() }.check(2).unwrap_err();
        assert!(error.to_string().contains("learning_rate cannot be NaN"), "{error}");
        let given = ClassWeights::Given(vec![1.0, 2.0]);
        assert!(TrainSettings { class_weights: given, ..recipe }.check(3).is_err());
    }
}
