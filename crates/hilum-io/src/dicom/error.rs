//! What can go wrong with a DICOM series. Messages never repeat a text field of a header: it may name a patient. A file is
//! named by its last component, or by its Instance Number where that component names the patient.

use crate::store::StoreError;
use hilum_core::GeometryError;
use std::io;

/// A DICOM series that cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the fields are what the messages say")]
pub enum DicomError {
    /// The operating system refused.
    #[error("{file}: cannot be {action}")]
    Io { file: String, action: &'static str, source: io::Error },

    /// The header is damaged or not DICOM.
    #[error("{file}: the DICOM header cannot be read: {problem}; copy the file again")]
    Header { file: String, problem: &'static str },

    /// A field that is needed is absent or makes no sense.
    #[error("{file}: {field} {problem}; export the series again")]
    Field { file: String, field: &'static str, problem: String },

    /// The files hold no CT image.
    #[error("no CT image among the {files} DICOM files: {found}")]
    NoCt { files: usize, found: String },

    /// Images of several series where one is expected.
    #[error(
        "the files belong to {series} CT series; give each series a folder of its own, or measure the folder with `hilum run`"
    )]
    ManySeries { series: usize },

    /// Several images at one place.
    #[error(
        "{images} images lie at {places} places: the series holds several phases or reconstructions; export them as series of their own"
    )]
    SamePlace { images: usize, places: usize },

    /// Slices that are not axial, where axial ones are wanted.
    #[error(
        "the images of the series are not axial (orientation {orientation}); give the axial series of the study"
    )]
    NotAxial { orientation: String },

    /// Positions that span no space.
    #[error("no usable position in space")]
    Geometry { source: Box<GeometryError> },

    /// Pixels in a form that has no Hounsfield units, or in a code that cannot be read.
    #[error("{file}: {problem}")]
    Unsupported { file: String, problem: String },

    /// Fewer pixels than the header promises.
    #[error(
        "{file}: the header promises {expected_px} pixels and the file holds {found_px}; it was cut off, copy it again"
    )]
    TooShort { file: String, expected_px: usize, found_px: usize },

    /// Compressed pixels that do not decode.
    #[error("{file}: the compressed pixels ({syntax}) are damaged; copy the file again")]
    Damaged { file: String, syntax: &'static str },

    /// Masks that make no Segmentation object.
    #[error("no DICOM segmentation can be written: {problem}")]
    NoSegment { problem: String },

    /// A slice beyond the last.
    #[error("slice {index} was asked of a series of {slices}")]
    NoSuchSlice { index: usize, slices: usize },
}

impl DicomError {
    /// What the store said, where it was the store that failed.
    pub(super) fn into_store_error(self) -> Option<StoreError> {
        match self {
            Self::Io { source, .. } => source.into_inner()?.downcast().ok().map(|error| *error),
            _ => None,
        }
    }
}
