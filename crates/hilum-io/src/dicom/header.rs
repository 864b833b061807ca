//! From the header of a file to its images. Nothing behind the header is read.

use super::error::DicomError;
use super::file::DicomFile;
use super::functional_groups::{Place, places};
use super::identity::{Identity, PatientKey};
use super::image::{Image, ImageFile, Plane};
use crate::file_name;
use dicom_dictionary_std::{tags, uids};
use dicom_object::{DefaultDicomObject, InMemDicomObject, Tag};
use std::sync::Arc;

/// The header of one file.
pub(super) struct Header {
    pub(super) object: DefaultDicomObject,
    pub(super) kind: Kind,
    pub(super) series_uid: String,
    pub(super) identity: Identity,
    pub(super) patient: Option<PatientKey>,
    name: String,
}

/// What a file is, as far as hilum cares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// Images of a CT volume.
    Ct,
    /// Anything else, in words.
    Other(&'static str),
}

impl Header {
    /// Reads the header of `file`.
    pub(super) fn read(file: &DicomFile) -> Result<Self, DicomError> {
        let unmarked = || DicomError::Header { file: file.first_name(), problem: "it is no DICOM" };
        Self::read_if_marked(file)?.ok_or_else(unmarked)
    }

    /// Reads the header of `file`; `None` for an object without the mark of DICOM.
    pub(super) fn read_if_marked(file: &DicomFile) -> Result<Option<Self>, DicomError> {
        let Some(object) = file.header()? else { return Ok(None) };
        let name = file_name(file.path());
        let identity = Identity::of(&object);
        let patient = PatientKey::of(&object);
        let series_uid = text(&object, tags::SERIES_INSTANCE_UID).unwrap_or_default();
        let kind = kind(&object);
        let name = match integer(&object, tags::INSTANCE_NUMBER) {
            _ if !identity.appears_in(&name) => name,
            Some(number) => format!("image {number}"),
            None => "an image without Instance Number".to_owned(),
        };
        Ok(Some(Self { object, kind, series_uid, identity, patient, name }))
    }

    /// The images of the file: one, or one a frame.
    pub(super) fn images(&self, source: &DicomFile) -> Result<Vec<Image>, DicomError> {
        let object = &self.object;
        let bits_allocated = self.needed_integer(tags::BITS_ALLOCATED, "Bits Allocated")? as u16;
        let samples = integer(object, tags::SAMPLES_PER_PIXEL).unwrap_or(1);
        if samples != 1 || !matches!(bits_allocated, 8 | 16) {
            let problem = format!(
                "{samples} samples a pixel of {bits_allocated} bits are no CT image; hilum reads 1 of 8 or 16 bits"
            );
            return Err(DicomError::Unsupported { file: self.name.clone(), problem });
        }
        let positive = |tag, field| match self.needed_integer(tag, field)? {
            n @ 1..=65535 => Ok(n as usize),
            n => Err(self.field(field, format!("is {n}"))),
        };
        let (rows, cols) = (positive(tags::ROWS, "Rows")?, positive(tags::COLUMNS, "Columns")?);
        let file = Arc::new(ImageFile {
            source: source.clone(),
            name: self.name.clone(),
            bytes: source.bytes(),
            class_uid: class_uid(object),
            instance_uid: text(object, tags::SOP_INSTANCE_UID).unwrap_or_default(),
            acquisition: integer(object, tags::ACQUISITION_NUMBER),
            bits_allocated,
            signed: integer(object, tags::PIXEL_REPRESENTATION) == Some(1),
            transfer_syntax: object.meta().transfer_syntax().to_owned(),
            thickness_mm: [tags::SPACING_BETWEEN_SLICES, tags::SLICE_THICKNESS]
                .into_iter()
                .find_map(|tag| numbers::<1>(object, tag).map(|[mm]| mm).filter(|mm| *mm > 0.0)),
        });
        let image = |(frame, place): (usize, Place)| {
            let (plane, position_mm) = self.placed(rows, cols, &place)?;
            let rescale = self.rescale(&place)?;
            Ok(Image { file: Arc::clone(&file), frame: frame as u32, plane, position_mm, rescale })
        };
        places(object).into_iter().enumerate().map(image).collect()
    }

    fn placed(&self, rows: usize, cols: usize, place: &Place) -> Result<(Plane, [f64; 3]), DicomError> {
        let missing = |field| self.field(field, "is missing or no number".to_owned());
        let [ax, ay, az, bx, by, bz] =
            place.orientation.ok_or_else(|| missing("Image Orientation (Patient)"))?;
        let position_mm = place.position_mm.ok_or_else(|| missing("Image Position (Patient)"))?;
        let spacing_mm = place.spacing_mm.ok_or_else(|| missing("Pixel Spacing"))?;
        if !spacing_mm.iter().all(|mm| *mm > 0.0) {
            return Err(self.field("Pixel Spacing", format!("is {spacing_mm:?}")));
        }
        let (along_row, down_column) = (unit([ax, ay, az]), unit([bx, by, bz]));
        let (Some(along_row), Some(down_column)) = (along_row, down_column) else {
            return Err(self.field("Image Orientation (Patient)", "has a direction of no length".to_owned()));
        };
        Ok((Plane { rows, cols, along_row, down_column, spacing_mm }, position_mm))
    }

    fn rescale(&self, place: &Place) -> Result<Option<[f64; 2]>, DicomError> {
        match (place.slope, place.intercept) {
            (None, None) => Ok(None),
            (slope, intercept) => {
                let slope = slope.unwrap_or(1.0);
                if slope == 0.0 {
                    return Err(self.field("Rescale Slope", "is 0".to_owned()));
                }
                Ok(Some([slope, intercept.unwrap_or(0.0)]))
            }
        }
    }

    fn needed_integer(&self, tag: Tag, field: &'static str) -> Result<i64, DicomError> {
        integer(&self.object, tag).ok_or_else(|| self.field(field, "is missing or no number".to_owned()))
    }

    fn field(&self, field: &'static str, problem: String) -> DicomError {
        DicomError::Field { file: self.name.clone(), field, problem }
    }
}

/// The trimmed text of a field; `None` where it is absent or empty.
pub(super) fn text(object: &InMemDicomObject, tag: Tag) -> Option<String> {
    let element = object.element_opt(tag).ok()??;
    let text = element.to_str().ok()?;
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\0');
    (!text.is_empty()).then(|| text.to_owned())
}

/// Exactly `N` finite numbers of a field.
pub(super) fn numbers<const N: usize>(object: &InMemDicomObject, tag: Tag) -> Option<[f64; N]> {
    let numbers = object.element_opt(tag).ok()??.to_multi_float64().ok()?;
    <[f64; N]>::try_from(numbers).ok().filter(|n| n.iter().all(|x| x.is_finite()))
}

/// A whole number of a field.
pub(super) fn integer(object: &InMemDicomObject, tag: Tag) -> Option<i64> {
    object.element_opt(tag).ok()??.to_int().ok()
}

fn class_uid(object: &DefaultDicomObject) -> String {
    text(object, tags::SOP_CLASS_UID)
        .unwrap_or_else(|| object.meta().media_storage_sop_class_uid().trim_end_matches('\0').to_owned())
}

fn kind(object: &DefaultDicomObject) -> Kind {
    match class_uid(object).as_str() {
        uids::CT_IMAGE_STORAGE
        | uids::ENHANCED_CT_IMAGE_STORAGE
        | uids::LEGACY_CONVERTED_ENHANCED_CT_IMAGE_STORAGE => {
            let image_type = text(object, tags::IMAGE_TYPE).unwrap_or_default();
            let is_localizer = image_type.split('\\').any(|value| value.trim() == "LOCALIZER");
            if is_localizer { Kind::Other("CT localizer") } else { Kind::Ct }
        }
        uids::SEGMENTATION_STORAGE => Kind::Other("DICOM segmentation"),
        uids::MEDIA_STORAGE_DIRECTORY_STORAGE => Kind::Other("DICOMDIR"),
        uids::SECONDARY_CAPTURE_IMAGE_STORAGE
        | uids::MULTI_FRAME_GRAYSCALE_BYTE_SECONDARY_CAPTURE_IMAGE_STORAGE
        | uids::MULTI_FRAME_GRAYSCALE_WORD_SECONDARY_CAPTURE_IMAGE_STORAGE
        | uids::MULTI_FRAME_TRUE_COLOR_SECONDARY_CAPTURE_IMAGE_STORAGE => {
            Kind::Other("DICOM secondary capture")
        }
        _ => Kind::Other("DICOM other than CT"),
    }
}

fn unit(v: [f64; 3]) -> Option<[f64; 3]> {
    let length = v.iter().map(|x| x * x).sum::<f64>().sqrt();
    (length > 0.5).then(|| v.map(|x| x / length))
}
