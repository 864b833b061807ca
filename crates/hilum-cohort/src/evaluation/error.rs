//! What is wrong with a table of predictions.

/// Why predictions could not be judged.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the fields are what the messages say")]
pub enum EvaluationError {
    /// A column that is needed is not there.
    #[error("{file} has no column {wanted}; its columns are: {found}")]
    MissingColumn { file: String, wanted: String, found: String },

    /// A cell that cannot be.
    #[error("{file}, row {row}, column {column}: {problem}")]
    Cell { file: String, row: usize, column: String, problem: String },

    /// A table without rows.
    #[error("{file}: there is no prediction in it")]
    Empty { file: String },

    /// One column of probabilities for more than two classes, or only one class.
    #[error(
        "{file}: its one column 'probability' tells two classes apart, and column {column} has {found}; give one column probability_CLASS for each class"
    )]
    NotTwoClasses { file: String, column: String, found: String },

    /// A class to be found that is not there.
    #[error("{file} has no class '{class}'; its classes are: {known}")]
    NoSuchClass { file: String, class: String, known: String },

    /// A side that was asked for and has no case.
    #[error("{file}: no case is on the side '{side}'")]
    NoSuchSide { file: String, side: String },

    /// Numbers that do not go together.
    #[error("{file}: the predictions could not be judged")]
    Learn { file: String, source: hilum_learn::LearnError },
}

impl EvaluationError {
    /// What to do about it, in one sentence.
    #[must_use]
    pub fn help(&self) -> Option<&'static str> {
        match self {
            Self::MissingColumn { .. } | Self::Cell { .. } | Self::NotTwoClasses { .. } => Some(
                "predictions have the columns id, class and probability (or probability_CLASS for each class), \
                 and may have group (patient) and side (train, val, test)",
            ),
            _ => None,
        }
    }
}
