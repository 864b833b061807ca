//! What the object has to know of the images it was made from.

use super::super::error::DicomError;
use super::super::header::{Header, integer, text};
use super::super::series::DicomSeries;
use dicom_core::VR;
use dicom_dictionary_std::tags;
use dicom_object::Tag;

/// The fields of patient and study that a Segmentation object must have, at least empty (type 2).
pub(super) const FILED: [(Tag, VR); 9] = [
    (tags::PATIENT_NAME, VR::PN),
    (tags::PATIENT_ID, VR::LO),
    (tags::PATIENT_BIRTH_DATE, VR::DA),
    (tags::PATIENT_SEX, VR::CS),
    (tags::STUDY_DATE, VR::DA),
    (tags::STUDY_TIME, VR::TM),
    (tags::ACCESSION_NUMBER, VR::SH),
    (tags::REFERRING_PHYSICIAN_NAME, VR::PN),
    (tags::STUDY_ID, VR::SH),
];

/// Fields of the source series, from its first image.
pub(super) struct Source {
    pub(super) study_uid: String,
    pub(super) series_uid: String,
    pub(super) frame_of_reference_uid: String,
    pub(super) series_number: i64,
    /// Ratio and method, where the pixels were once compressed with loss.
    pub(super) lossy: Option<[String; 2]>,
    /// What [`FILED`] holds, in its order.
    pub(super) filed: Vec<Option<String>>,
}

impl Source {
    pub(super) fn of(series: &DicomSeries) -> Result<Self, DicomError> {
        let Some(first) = series.images.first() else {
            return Err(DicomError::NoSegment { problem: "the series has no image".to_owned() });
        };
        let header = Header::read(&first.file.source)?;
        let object = &header.object;
        let needed = |tag, field| {
            let problem = "is missing: without it the masks belong to no image".to_owned();
            text(object, tag).ok_or(DicomError::Field { file: first.file.name.clone(), field, problem })
        };
        let lossy = text(object, tags::LOSSY_IMAGE_COMPRESSION).is_some_and(|flag| flag == "01");
        let or_one = |tag| text(object, tag).unwrap_or_else(|| "1".to_owned());
        let method =
            text(object, tags::LOSSY_IMAGE_COMPRESSION_METHOD).unwrap_or_else(|| "ISO_10918_1".to_owned());
        Ok(Self {
            study_uid: needed(tags::STUDY_INSTANCE_UID, "Study Instance UID")?,
            series_uid: needed(tags::SERIES_INSTANCE_UID, "Series Instance UID")?,
            frame_of_reference_uid: needed(tags::FRAME_OF_REFERENCE_UID, "Frame of Reference UID")?,
            series_number: integer(object, tags::SERIES_NUMBER).unwrap_or(0),
            lossy: lossy.then(|| [or_one(tags::LOSSY_IMAGE_COMPRESSION_RATIO), method]),
            filed: FILED.iter().map(|(tag, _)| text(object, *tag)).collect(),
        })
    }
}
