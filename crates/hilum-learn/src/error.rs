//! What can be wrong with cases, pictures, nets and trainings.

use crate::dataset::{Channel, SourceKind};

/// Why nothing was compared, learned or scored.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the fields are what the messages say")]
pub enum LearnError {
    /// NaN or infinity.
    #[error("case {index} is not a finite number: leave out what was not measured")]
    NotFinite { index: usize },

    /// Lists that belong together differ in length.
    #[error("{values} values, but {found} {what}: there must be one for each")]
    Lengths { what: &'static str, values: usize, found: usize },

    /// A class that has no label.
    #[error("case {index} is of class {class}, but there are {labels} labels")]
    UnknownClass { index: usize, class: usize, labels: usize },

    /// A class without a pair that has a number.
    #[error(
        "pairs within classes of {first} and {second} scans: at least one pair with a number is needed in each"
    )]
    TooFewPairs { first: usize, second: usize },

    /// A classifier that tells nothing apart.
    #[error("{labels} class: at least two are needed to tell them apart")]
    TooFewClasses { labels: usize },

    /// Nothing to work on.
    #[error("there is no case")]
    NoCases,

    /// A number that is no probability.
    #[error("case {index}: {value} is no probability; it must lie from 0 to 1")]
    NoProbability { index: usize, value: f64 },

    /// Probabilities of one case that are not all of it.
    #[error("case {index}: its probabilities sum to {sum}, not to 1")]
    ProbabilitySum { index: usize, sum: f64 },

    /// Predictions of two classifiers that were not made for the same cases.
    #[error(
        "predictions of {first} and of {second} cases that are not the same: score both classifiers on the same cases"
    )]
    OtherCases { first: usize, second: usize },

    /// A net that cannot be built.
    #[error("no '{net}' net can be built: {why}")]
    Plan { net: &'static str, why: String },

    /// A file of weights that does not serve.
    #[error("the weights cannot be used: {why}")]
    Weights { why: String },

    /// A setting of a training that makes no sense.
    #[error("{setting} cannot be {found}: {want}")]
    Setting { setting: &'static str, found: String, want: &'static str },

    /// Nothing to learn from, or pictures that do not go together.
    #[error("the data set cannot be learnt from: {why}")]
    Data { why: String },

    /// A picture that the net does not take.
    #[error(
        "picture {index} is {found} ([channels, rows, cols]), and the net takes {want}: prepare it as the model's \
         description says"
    )]
    PictureShape { index: usize, found: String, want: String },

    /// The loss is no number any more.
    #[error(
        "the loss became {loss} in epoch {epoch}, step {step}: try a learning rate below {learning_rate:e}, or a longer \
         warm-up"
    )]
    Diverged { epoch: usize, step: usize, loss: String, learning_rate: f64 },

    /// The device gave up.
    #[error(
        "{device} failed in epoch {epoch} ({why}): if its memory is full, take a smaller batch or smaller pictures"
    )]
    Device { device: String, epoch: usize, why: String },

    /// A checkpoint that cannot be gone on from.
    #[error("the checkpoint cannot be gone on from: {why}")]
    Checkpoint { why: String },

    /// Stopped on request.
    #[error("stopped after epoch {epoch}")]
    Stopped { epoch: usize },

    /// An ONNX file that does not serve, or what was said of it.
    #[error(transparent)]
    Imported {
        #[from]
        source: crate::OnnxError,
    },

    /// A class that cannot be learned.
    #[error("no training case is of class {class}: it cannot be learned")]
    ClassNotLearned { class: usize },

    /// Shares that leave nothing for a side.
    #[error(
        "shares of {val_share} for validation and {test_share} for the test: the first must be above 0, and together they must stay below 1"
    )]
    Shares { val_share: f64, test_share: f64 },

    /// A class that cannot be on every side.
    #[error(
        "class {class} has {groups} groups that may not be divided, and {needed} are needed: take fewer sides or folds, or add cases"
    )]
    TooFewGroups { class: usize, groups: usize, needed: usize },

    /// A part that a cross-validation does not have.
    #[error("there is no fold {fold} of {folds}: folds are counted from 0, and there are at least 2")]
    NoSuchFold { folds: usize, fold: usize },

    /// A preprocessing that makes no sense, or does not fit what it is given.
    #[error("the preprocessing cannot be done: {problem}")]
    Preprocessing { problem: String },

    /// An input of another kind than the preprocessing takes.
    #[error(
        "this is {found}, and {wanted} is wanted: grey of the one means something else than grey of the other"
    )]
    WrongSource { wanted: SourceKind, found: SourceKind },

    /// A slice or mask that is wanted and missing.
    #[error("the channel '{channel}' is wanted, and the input does not have it")]
    NoChannel { channel: Channel },
}
