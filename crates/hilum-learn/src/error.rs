//! What can be wrong with cases that are to be compared.

/// Why nothing was compared.
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
}
