//! What can be wrong with cases that are to be compared.

/// Why nothing was compared.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
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
}
