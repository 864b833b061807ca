//! The masks of a scan as a DICOM Segmentation object, for scans that are DICOM series.

use crate::{Measured, pictures::OutputError};
use hilum_core::Finding;
use hilum_imaging::lungs::Sides;
use hilum_io::{
    ScanError, ScanFile,
    dicom::{DicomError, Filing, Segment, SegmentKind, write_segmentation},
};
use serde::Serialize;
use std::path::Path;

/// The file beside the masks in NIfTI.
pub const SEGMENTATION_FILE: &str = "masks.dcm";

/// The finding of a scan that has none.
pub(crate) const NO_SEGMENTATION: &str = "no_segmentation";

/// What the object says about the patient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DicomSeg {
    /// Nothing but the UIDs of study, frame of reference and images.
    Anonymous,
    /// Patient and study as the images have them.
    WithPatient,
}

impl From<DicomSeg> for Filing {
    fn from(seg: DicomSeg) -> Self {
        match seg {
            DicomSeg::Anonymous => Self::Anonymous,
            DicomSeg::WithPatient => Self::AsSource,
        }
    }
}

/// Writes the object into `folder`; what there is to say about it, or why there is none.
pub(crate) fn write(
    file: &ScanFile,
    measured: &Measured,
    seg: DicomSeg,
    folder: &Path,
) -> Result<Vec<Finding>, OutputError> {
    let ScanFile::Dicom(series) = file else {
        let message =
            "no DICOM segmentation was written: it belongs to the images of a series, and this scan is none";
        return Ok(vec![Finding::note(NO_SEGMENTATION, message)]);
    };
    let mut findings = Vec::new();
    let sides = Sides::of(&measured.lung, file.geometry());
    let mut segments = match &sides {
        Some(Sides { right, left }) => vec![
            Segment { kind: &SegmentKind::RIGHT_LUNG, mask: right },
            Segment { kind: &SegmentKind::LEFT_LUNG, mask: left },
        ],
        None => {
            let message = "right and left lung cannot be told apart with certainty: the DICOM segmentation has one segment for both";
            findings.push(Finding::note("sides_not_told", message));
            vec![Segment { kind: &SegmentKind::LUNG, mask: &measured.lung }]
        }
    };
    segments.push(Segment { kind: &SegmentKind::DENSE_TISSUE, mask: &measured.dense });
    match write_segmentation(&folder.join(SEGMENTATION_FILE), series, &segments, seg.into()) {
        Ok(()) => Ok(findings),
        Err(error @ DicomError::Io { .. }) => Err(OutputError::Segmentation(error)),
        Err(error @ (DicomError::Field { .. } | DicomError::NoSegment { .. })) => {
            findings.push(Finding::warn(NO_SEGMENTATION, error.to_string()));
            Ok(findings)
        }
        Err(error) => Err(ScanError::from(error).into()),
    }
}
