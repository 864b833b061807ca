//! Masks of a series as a DICOM Segmentation object, to be filed beside the images.
//!
//! # In
//! A [`DicomSeries`] and masks on its grid, each with what it shows ([`SegmentKind`]).
//!
//! # Out
//! One file: binary, one bit a pixel, a frame for every slice on which a segment has pixels. Every frame says where it
//! lies and which image it was made from. Nothing is resampled or turned: pixel (row, column) of a frame is that of its
//! image. The same masks give the same bytes: UIDs are hashes of the content ([`uid`]), and there is no clock.
//!
//! # Patients
//! [`Filing::Anonymous`] leaves the patient and the dates of the study empty. The UIDs of study, frame of reference and images stay in
//! either way, or the object would belong to nothing: whoever has the archive can follow them. docs/dicom.md says more.
//!
//! # Source
//! DICOM PS3.3 A.51 (Segmentation IOD), C.8.20 (modules); PS3.5 8.1.1 (bits).

mod data_set;
mod frames;
mod kind;
mod modules;
mod source;
mod uid;

pub use kind::{Code, SegmentKind};

use super::error::DicomError;
use super::series::DicomSeries;
use crate::{file_name, write_atomically};
use dicom_dictionary_std::{tags, uids};
use dicom_object::FileMetaTableBuilder;
use frames::Frames;
use hilum_core::MaskVolume;
use source::Source;
use std::{io, path::Path};

/// One segment to be written.
#[derive(Debug, Clone, Copy)]
pub struct Segment<'a> {
    /// What it shows.
    pub kind: &'a SegmentKind,
    /// Its voxels, on the grid of the series.
    pub mask: &'a MaskVolume,
}

/// What the object says about the patient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Filing {
    /// Nothing: name, identifier, sex, dates and numbers of the study are empty.
    #[default]
    Anonymous,
    /// What the images say, for filing in the clinic.
    AsSource,
}

/// Writes `segments` of `series` as one Segmentation object.
///
/// # Errors
/// [`DicomError::Field`] if the images lack the UIDs that tie the object to them, [`DicomError::NoSegment`] if masks do not fit the
/// series or are all empty, [`DicomError::Io`] if the file cannot be written.
pub fn write_segmentation(
    path: &Path,
    series: &DicomSeries,
    segments: &[Segment<'_>],
    filing: Filing,
) -> Result<(), DicomError> {
    let source = Source::of(series)?;
    let frames = Frames::of(series, segments)?;
    let object = modules::segmentation(&source, series, segments, frames, filing);
    let failed = |source| DicomError::Io { file: file_name(path), action: "written", source };
    let instance_uid = object
        .element(tags::SOP_INSTANCE_UID)
        .ok()
        .and_then(|uid| uid.to_str().ok())
        .unwrap_or_default()
        .into_owned();
    let meta = FileMetaTableBuilder::new()
        .media_storage_sop_class_uid(uids::SEGMENTATION_STORAGE)
        .media_storage_sop_instance_uid(instance_uid)
        .transfer_syntax(uids::EXPLICIT_VR_LITTLE_ENDIAN);
    let object = object.with_meta(meta).map_err(|error| failed(io::Error::other(error)))?;
    write_atomically(path, |file| object.write_all(file).map_err(io::Error::other)).map_err(failed)
}
