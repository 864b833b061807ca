//! What can be wrong with an image or with the settings.

use crate::grey::ShapeError;

/// Why no keypoints were looked for.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SiftError {
    /// The number of bytes is not rows x columns.
    #[error(transparent)]
    Shape(#[from] ShapeError),
    /// The scale space would take more memory than is sensible.
    #[error(
        "an image of {rows} x {cols} pixels is too large for SIFT: at most {limit_px} pixels in all; crop it or make it smaller"
    )]
    TooLarge {
        /// Rows.
        rows: usize,
        /// Columns.
        cols: usize,
        /// The most pixels that are taken.
        limit_px: usize,
    },
    /// A setting is out of its range.
    #[error("SIFT setting '{setting}' is {found}, but must be {must_be}")]
    Setting {
        /// The setting's name.
        setting: &'static str,
        /// What was found.
        found: f64,
        /// What it may be.
        must_be: &'static str,
    },
}
