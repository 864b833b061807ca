//! Statistics that compare classes of scans, and tell what a single number is worth for telling them apart.
//!
//! Enters: one finite number a scan, its class, and the patient group where it is known. Leaves: for every class
//! [`ClassSummary`]; for every two of them a [`Contrast`] with
//! * the area under the ROC curve with DeLong's interval ([`auc()`]),
//! * the Mann-Whitney test with its effect size ([`mann_whitney()`]),
//! * the best threshold in-sample ([`Rule`]) and its accuracy on scans that it was not chosen on
//!   ([`cross_validate()`]);
//!
//! and over all classes the Kruskal-Wallis test ([`kruskal_wallis()`]). [`compare()`] makes all of them. Numbers of pairs of
//! scans are compared within classes by [`compare_within()`].
//!
//! And nets that tell classes apart by pictures: [`NetPlan`] says which, [`Training`] fits one to the examples of a
//! [`Dataset`], [`Classifier`] scores with it.
//!
//! Randomness (folds, bootstrap, training) is a function of a seed: the same input gives the same numbers on every machine.
//! Nothing here reads a file, and no number here adjusts for age, sex, site or scanner.

mod baselines;
mod classifier;
pub mod dataset;
mod device;
mod error;
mod evaluate;
pub mod explain;
mod imported;
pub mod kernels;
mod linear;
mod nets;
mod onnx;
mod random;
mod statistics;
mod train;

pub use baselines::*;
pub use classifier::{Classifier, NetClassifier, probabilities};
pub use dataset::{Dataset, Example, Picture, Side};
pub use device::{Compute, DeviceError};
pub use error::LearnError;
pub use evaluate::*;
pub use imported::{
    Engine, Gives, Head, ImportedInput, ImportedNet, Layout, LungMaps, LungNet, LungRule, LungSegmenter,
    OnnxClassifier, OnnxError, OnnxFile, OnnxRuntime, Settled, SettledLungs, Squash, Statement, Task,
};
pub use nets::{Architecture, Array, Channels, NetPlan, Taken, Weights, from_imagenet};
pub use onnx::{OnnxFacts, to_onnx};
pub use statistics::*;
pub use train::{
    Augmentation, ClassWeights, EpochRecord, Keep, Moment, Onward, Optimizer, Schedule, TrainSettings,
    Trained, Training,
};
