//! Small series made for a test, an image a file.

use dicom_core::{DataElement, PrimitiveValue, Tag, VR};
use dicom_dictionary_std::{tags, uids};
use dicom_object::{FileMetaTableBuilder, InMemDicomObject};
use hilum_io::dicom::{DicomError, DicomSeries};
use std::path::PathBuf;

pub(crate) const ROWS: usize = 9;
pub(crate) const COLS: usize = 13;
pub(crate) const PATIENT: &str = "Plantagenet^Quirina";

/// One image of a series.
pub(crate) struct Made(InMemDicomObject);

impl Made {
    /// The axial image `number` of a series of 2 mm slices; every pixel holds `number`.
    pub(crate) fn axial(number: usize) -> Self {
        Self(InMemDicomObject::new_empty())
            .text(tags::SOP_CLASS_UID, VR::UI, uids::CT_IMAGE_STORAGE)
            .text(tags::SOP_INSTANCE_UID, VR::UI, &format!("1.2.3.4.{number}"))
            .text(tags::STUDY_INSTANCE_UID, VR::UI, "1.2.3.1")
            .text(tags::SERIES_INSTANCE_UID, VR::UI, "1.2.3.2")
            .text(tags::FRAME_OF_REFERENCE_UID, VR::UI, "1.2.3.3")
            .text(tags::SERIES_NUMBER, VR::IS, "4")
            .text(tags::PATIENT_NAME, VR::PN, PATIENT)
            .text(tags::STUDY_DATE, VR::DA, "19470321")
            .text(tags::IMAGE_TYPE, VR::CS, "ORIGINAL\\PRIMARY\\AXIAL")
            .text(tags::INSTANCE_NUMBER, VR::IS, &number.to_string())
            .text(tags::IMAGE_ORIENTATION_PATIENT, VR::DS, "1\\0\\0\\0\\1\\0")
            .at([-10.5, -20.25, 2.0 * number as f64])
            .text(tags::PIXEL_SPACING, VR::DS, "0.75\\0.5")
            .text(tags::RESCALE_INTERCEPT, VR::DS, "-1024")
            .text(tags::RESCALE_SLOPE, VR::DS, "1")
            .text(tags::PHOTOMETRIC_INTERPRETATION, VR::CS, "MONOCHROME2")
            .number(tags::SAMPLES_PER_PIXEL, 1)
            .number(tags::ROWS, ROWS as u16)
            .number(tags::COLUMNS, COLS as u16)
            .number(tags::BITS_ALLOCATED, 16)
            .number(tags::BITS_STORED, 16)
            .number(tags::HIGH_BIT, 15)
            .number(tags::PIXEL_REPRESENTATION, 0)
            .filled(number as u16)
    }

    pub(crate) fn text(mut self, tag: Tag, vr: VR, text: &str) -> Self {
        let values: Vec<String> = text.split('\\').map(str::to_owned).collect();
        self.0.put(DataElement::new(tag, vr, PrimitiveValue::Strs(values.into())));
        self
    }

    pub(crate) fn number(mut self, tag: Tag, number: u16) -> Self {
        self.0.put(DataElement::new(tag, VR::US, PrimitiveValue::from(number)));
        self
    }

    /// Position of the first pixel, LPS+ mm.
    pub(crate) fn at(self, position_mm: [f64; 3]) -> Self {
        let words = position_mm.map(|mm| mm.to_string()).join("\\");
        self.text(tags::IMAGE_POSITION_PATIENT, VR::DS, &words)
    }

    pub(crate) fn filled(mut self, stored: u16) -> Self {
        let pixels = PrimitiveValue::U16(vec![stored; ROWS * COLS].into());
        self.0.put(DataElement::new(tags::PIXEL_DATA, VR::OW, pixels));
        self
    }

    pub(crate) fn without(mut self, tag: Tag) -> Self {
        self.0.remove_element(tag);
        self
    }
}

/// The series that `images` make; names say nothing about their order.
pub(crate) fn series(
    images: impl IntoIterator<Item = Made>,
) -> (tempfile::TempDir, Result<DicomSeries, DicomError>) {
    let folder = tempfile::tempdir().unwrap();
    let paths: Vec<PathBuf> = images
        .into_iter()
        .enumerate()
        .map(|(n, Made(object))| {
            let path = folder.path().join(format!("{}_{n}", n * 5 % 7));
            let meta = FileMetaTableBuilder::new().transfer_syntax(uids::EXPLICIT_VR_LITTLE_ENDIAN);
            object.with_meta(meta).unwrap().write_to_file(&path).unwrap();
            path
        })
        .collect();
    let series = DicomSeries::open(&paths);
    (folder, series)
}
