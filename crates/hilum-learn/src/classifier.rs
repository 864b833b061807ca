//! What tells classes apart, whatever made it: a net trained here, or one that somebody brought.

use crate::{
    Compute, LearnError, NetPlan, Picture, Weights,
    nets::{Net, Pass},
    train::scoring_pictures,
};
use burn::tensor::Tensor;
use std::fmt;

/// Scores pictures that were prepared as it wants them.
pub trait Classifier: fmt::Debug + Send + Sync {
    /// Names of the classes; the last one is the positive class where there are two.
    fn classes(&self) -> &[String];

    /// The logits of each picture: one for two classes (that of the last class), else one a class.
    ///
    /// # Errors
    ///
    /// [`LearnError::PictureShape`] for a picture of another shape than it takes.
    fn logits(&self, pictures: &[&Picture]) -> Result<Vec<Vec<f64>>, LearnError>;

    /// The probability of each class for each picture: of the logits over [`Self::temperature`].
    ///
    /// # Errors
    ///
    /// As [`Self::logits`].
    fn probabilities(&self, pictures: &[&Picture]) -> Result<Vec<Vec<f64>>, LearnError> {
        let rows = self.logits(pictures)?;
        Ok(rows.iter().map(|row| probabilities(row, self.temperature())).collect())
    }

    /// What logits are divided by before they become probabilities: 1 unless it was fitted.
    fn temperature(&self) -> f64 {
        1.0
    }

    /// The same with its weights in another order, drawn from `seed`: it knows nothing any more. An explanation that does
    /// not change with it explains the picture alone (Adebayo et al. 2018, arXiv:1810.03292). `None` where its weights
    /// cannot be told from its other numbers.
    ///
    /// # Errors
    ///
    /// [`LearnError`] where what comes out cannot be run.
    fn forgetful(&self, seed: u64) -> Result<Option<Box<dyn Classifier>>, LearnError>;

    /// The net with its layers, for what looks into it: [`crate::explain::grad_cam`]. `None` for a classifier that can
    /// only be asked.
    fn as_net(&self) -> Option<&NetClassifier> {
        None
    }
}

/// Probabilities of logits over a temperature: the sigmoid of one logit (that of the last of two classes), or the
/// softmax of several.
///
/// # Examples
/// ```
/// use hilum_learn::probabilities;
/// assert_eq!(probabilities(&[0.0], 1.0), [0.5, 0.5]);
/// let three = probabilities(&[0.0, 0.0, 2.0_f64.ln() * 2.0], 2.0);
/// assert!((three[2] - 0.5).abs() < 1e-12);
/// ```
#[must_use]
pub fn probabilities(logits: &[f64], temperature: f64) -> Vec<f64> {
    let logits = match logits {
        [one] => vec![0.0, *one],
        several => several.to_vec(),
    };
    let largest = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let powers: Vec<f64> = logits.iter().map(|l| libm::exp((l - largest) / temperature)).collect();
    let total: f64 = powers.iter().sum();
    powers.iter().map(|p| p / total).collect()
}

/// A net with its weights, ready to score.
#[derive(Debug)]
pub struct NetClassifier {
    classes: Vec<String>,
    pub(crate) net: Net,
    pub(crate) compute: Compute,
    /// Logits are the mean over a picture and its mirror image.
    pub(crate) mirrored: bool,
    temperature: f64,
}

impl NetClassifier {
    /// A net of `plan` with `weights` that tells `classes` apart; `mirrored` takes the mean of the logits of a picture and
    /// its mirror image.
    ///
    /// # Errors
    ///
    /// [`LearnError::Plan`] or [`LearnError::Weights`] where plan, weights and classes do not go together.
    pub fn new(
        plan: &NetPlan,
        weights: &Weights,
        classes: Vec<String>,
        mirrored: bool,
        compute: Compute,
    ) -> Result<Self, LearnError> {
        let outputs = if classes.len() == 2 { 1 } else { classes.len() };
        if outputs != plan.outputs {
            let why = format!("it has {} outputs, and there are {} classes", plan.outputs, classes.len());
            return Err(LearnError::Plan { net: plan.architecture.name(), why });
        }
        let net = Net::with_weights(plan, weights, &compute.device())?;
        Ok(Self { classes, net, compute, mirrored, temperature: 1.0 })
    }

    /// The same with probabilities of logits over `temperature`.
    #[must_use]
    pub fn with_temperature(mut self, temperature: f64) -> Self {
        self.temperature = temperature;
        self
    }
}

impl Classifier for NetClassifier {
    fn classes(&self) -> &[String] {
        &self.classes
    }

    fn logits(&self, pictures: &[&Picture]) -> Result<Vec<Vec<f64>>, LearnError> {
        let plan = &self.net.plan;
        for (index, picture) in pictures.iter().enumerate() {
            check_shape(plan, index, picture)?;
        }
        let device = self.compute.device();
        let mut rows = Vec::with_capacity(pictures.len());
        for some in pictures.chunks(pictures_at_once(plan)) {
            let pass = |mirrored| -> Tensor<2> {
                self.net.forward(scoring_pictures(plan, some, mirrored, &device), Pass::Scoring)
            };
            let logits = match self.mirrored {
                true => (pass(false) + pass(true)) / 2.0,
                false => pass(false),
            };
            let values: Vec<f64> = logits.into_data().iter::<f64>().collect();
            rows.extend(values.chunks(plan.outputs).map(<[f64]>::to_vec));
        }
        Ok(rows)
    }

    fn forgetful(&self, seed: u64) -> Result<Option<Box<dyn Classifier>>, LearnError> {
        let weights = self.net.weights().shuffled(seed);
        let net = Net::with_weights(&self.net.plan, &weights, &self.compute.device())?;
        Ok(Some(Box::new(Self { net, classes: self.classes.clone(), ..*self })))
    }

    fn as_net(&self) -> Option<&NetClassifier> {
        Some(self)
    }

    fn temperature(&self) -> f64 {
        self.temperature
    }
}

/// Refuses a picture that the plan does not take.
pub(crate) fn check_shape(plan: &NetPlan, index: usize, picture: &Picture) -> Result<(), LearnError> {
    let [rows, cols] = picture.size_px();
    let found = [picture.channels(), rows, cols];
    let want = [plan.channels, plan.size_px[0], plan.size_px[1]];
    match found == want {
        true => Ok(()),
        false => {
            Err(LearnError::PictureShape { index, found: format!("{found:?}"), want: format!("{want:?}") })
        }
    }
}

/// As many pictures as have about two million pixels: large enough to be fast, small enough for any memory.
fn pictures_at_once(plan: &NetPlan) -> usize {
    (2_097_152 / (plan.size_px[0] * plan.size_px[1]).max(1)).clamp(1, 64)
}
