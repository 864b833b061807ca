//! The data set of a Segmentation object, module by module (PS3.3 A.51.3).

use super::super::image::Image;
use super::super::series::DicomSeries;
use super::data_set::DataSet;
use super::frames::Frames;
use super::kind::{Code, SegmentKind};
use super::source::{FILED, Source};
use super::{Filing, Segment, uid::derived};
use dicom_core::VR;
use dicom_dictionary_std::{tags, uids};
use dicom_object::InMemDicomObject;
use std::collections::BTreeMap;

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Content Date and Time may not be empty, and the truth would be a clock or a date of the patient's: these say nothing.
const NO_DATE: &str = "19000101";
const NO_TIME: &str = "000000";

/// The numbers of derived series stand apart from those of scanners.
const SERIES_NUMBERS_FROM: i64 = 1000;

pub(super) fn segmentation(
    source: &Source,
    series: &DicomSeries,
    segments: &[Segment<'_>],
    frames: Frames,
    filing: Filing,
) -> InMemDicomObject {
    let series_uid = derived(&[b"segmentation series", VERSION.as_bytes(), source.series_uid.as_bytes()]);
    let instance_uid = instance_uid(&series_uid, series, segments, &frames);
    let dimensions_uid = derived(&[b"dimensions", instance_uid.as_bytes()]);
    let set = DataSet::new()
        .text(tags::SPECIFIC_CHARACTER_SET, VR::CS, "ISO_IR 192")
        .text(tags::SOP_CLASS_UID, VR::UI, uids::SEGMENTATION_STORAGE)
        .text(tags::SOP_INSTANCE_UID, VR::UI, &instance_uid);
    let set = patient_and_study(set, source, filing);
    let set = series_and_equipment(set, source, &series_uid);
    let set = image(set, source, series, &frames);
    let numbers = 1..=segments.len() as u16;
    set.text(tags::SEGMENTATION_TYPE, VR::CS, "BINARY")
        // Dense tissue lies within the lung.
        .text(tags::SEGMENTS_OVERLAP, VR::CS, "YES")
        .items(tags::SEGMENT_SEQUENCE, numbers.zip(segments).map(|(n, s)| segment(n, s.kind)).collect())
        .item(tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE, shared_groups(series))
        .items(tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE, frames.groups(series))
        .item(
            tags::DIMENSION_ORGANIZATION_SEQUENCE,
            DataSet::new().text(tags::DIMENSION_ORGANIZATION_UID, VR::UI, &dimensions_uid),
        )
        .items(tags::DIMENSION_INDEX_SEQUENCE, dimensions(&dimensions_uid))
        .item(tags::REFERENCED_SERIES_SEQUENCE, referenced_series(source, series))
        .bytes(tags::PIXEL_DATA, frames.bits)
        .finish()
}

/// The UID of this content: other voxels, other segments, other images or another version give another.
fn instance_uid(series_uid: &str, series: &DicomSeries, segments: &[Segment<'_>], frames: &Frames) -> String {
    let mut parts: Vec<&[u8]> = vec![b"segmentation", series_uid.as_bytes(), &frames.bits];
    parts.extend(segments.iter().map(|segment| segment.kind.label.as_bytes()));
    parts.extend(series.images.iter().map(|image| image.file.instance_uid.as_bytes()));
    let places: Vec<u8> = frames
        .list
        .iter()
        .flat_map(|f| [f.segment as u32, f.slice as u32])
        .flat_map(u32::to_le_bytes)
        .collect();
    parts.push(&places);
    derived(&parts)
}

fn patient_and_study(set: DataSet, source: &Source, filing: Filing) -> DataSet {
    let set = set.text(tags::STUDY_INSTANCE_UID, VR::UI, &source.study_uid);
    FILED.iter().zip(&source.filed).fold(set, |set, (&(tag, vr), value)| match (filing, value) {
        (Filing::AsSource, Some(text)) => set.text(tag, vr, text),
        _ => set.empty(tag, vr),
    })
}

fn series_and_equipment(set: DataSet, source: &Source, series_uid: &str) -> DataSet {
    let number = SERIES_NUMBERS_FROM + source.series_number.clamp(0, 1_000_000);
    set.text(tags::MODALITY, VR::CS, "SEG")
        .text(tags::SERIES_INSTANCE_UID, VR::UI, series_uid)
        .text(tags::SERIES_NUMBER, VR::IS, &number.to_string())
        .text(tags::SERIES_DESCRIPTION, VR::LO, "Lung masks")
        .text(tags::FRAME_OF_REFERENCE_UID, VR::UI, &source.frame_of_reference_uid)
        .empty(tags::POSITION_REFERENCE_INDICATOR, VR::LO)
        .text(tags::MANUFACTURER, VR::LO, "hilum")
        .text(tags::MANUFACTURER_MODEL_NAME, VR::LO, "hilum")
        // A program has no serial number, and the field may not be empty.
        .text(tags::DEVICE_SERIAL_NUMBER, VR::LO, VERSION)
        .text(tags::SOFTWARE_VERSIONS, VR::LO, VERSION)
}

fn image(set: DataSet, source: &Source, series: &DicomSeries, frames: &Frames) -> DataSet {
    let geometry = series.geometry();
    let set = set
        .text(tags::INSTANCE_NUMBER, VR::IS, "1")
        .text(tags::CONTENT_LABEL, VR::CS, "LUNG_MASKS")
        .text(tags::CONTENT_DESCRIPTION, VR::LO, "Masks made without a reader's hand")
        .empty(tags::CONTENT_CREATOR_NAME, VR::PN)
        .text(tags::CONTENT_DATE, VR::DA, NO_DATE)
        .text(tags::CONTENT_TIME, VR::TM, NO_TIME)
        .text(tags::IMAGE_TYPE, VR::CS, "DERIVED\\PRIMARY")
        .text(tags::NUMBER_OF_FRAMES, VR::IS, &frames.list.len().to_string())
        .shorts(tags::SAMPLES_PER_PIXEL, &[1])
        .text(tags::PHOTOMETRIC_INTERPRETATION, VR::CS, "MONOCHROME2")
        .shorts(tags::ROWS, &[geometry.rows() as u16])
        .shorts(tags::COLUMNS, &[geometry.cols() as u16])
        .shorts(tags::BITS_ALLOCATED, &[1])
        .shorts(tags::BITS_STORED, &[1])
        .shorts(tags::HIGH_BIT, &[0])
        .shorts(tags::PIXEL_REPRESENTATION, &[0]);
    match &source.lossy {
        None => set.text(tags::LOSSY_IMAGE_COMPRESSION, VR::CS, "00"),
        Some([ratio, method]) => set
            .text(tags::LOSSY_IMAGE_COMPRESSION, VR::CS, "01")
            .text(tags::LOSSY_IMAGE_COMPRESSION_RATIO, VR::DS, ratio)
            .text(tags::LOSSY_IMAGE_COMPRESSION_METHOD, VR::CS, method),
    }
}

fn segment(number: u16, kind: &SegmentKind) -> DataSet {
    let property = match &kind.side {
        Some(side) => code(&kind.kind).item(tags::SEGMENTED_PROPERTY_TYPE_MODIFIER_CODE_SEQUENCE, code(side)),
        None => code(&kind.kind),
    };
    let item = DataSet::new()
        .shorts(tags::SEGMENT_NUMBER, &[number])
        .text(tags::SEGMENT_LABEL, VR::LO, kind.label)
        .text(tags::SEGMENT_DESCRIPTION, VR::ST, kind.description)
        .text(tags::SEGMENT_ALGORITHM_TYPE, VR::CS, "AUTOMATIC")
        .text(tags::SEGMENT_ALGORITHM_NAME, VR::LO, &format!("hilum {VERSION}"))
        .item(tags::SEGMENTED_PROPERTY_CATEGORY_CODE_SEQUENCE, code(&kind.category))
        .item(tags::SEGMENTED_PROPERTY_TYPE_CODE_SEQUENCE, property)
        .shorts(tags::RECOMMENDED_DISPLAY_CIE_LAB_VALUE, &kind.display_lab());
    match &kind.region {
        Some(region) => item.item(tags::ANATOMIC_REGION_SEQUENCE, code(region)),
        None => item,
    }
}

fn shared_groups(series: &DicomSeries) -> DataSet {
    let slice_mm = series.geometry().slice_spacing_mm();
    let measures = |spacing_mm: &[f64]| {
        DataSet::new()
            .decimals(tags::PIXEL_SPACING, spacing_mm)
            .decimals(tags::SLICE_THICKNESS, &[slice_mm])
            .decimals(tags::SPACING_BETWEEN_SLICES, &[slice_mm])
    };
    let orientation =
        |directions: &[f64]| DataSet::new().decimals(tags::IMAGE_ORIENTATION_PATIENT, directions);
    series.images.first().map_or_else(DataSet::new, |image| {
        let plane = &image.plane;
        DataSet::new().item(tags::PIXEL_MEASURES_SEQUENCE, measures(&plane.spacing_mm)).item(
            tags::PLANE_ORIENTATION_SEQUENCE,
            orientation(&[plane.along_row, plane.down_column].concat()),
        )
    })
}

/// Frames are counted by segment and by place (PS3.3 C.7.6.17).
fn dimensions(organization_uid: &str) -> Vec<DataSet> {
    let dimension = |pointer, group, label| {
        DataSet::new()
            .text(tags::DIMENSION_ORGANIZATION_UID, VR::UI, organization_uid)
            .pointer(tags::DIMENSION_INDEX_POINTER, pointer)
            .pointer(tags::FUNCTIONAL_GROUP_POINTER, group)
            .text(tags::DIMENSION_DESCRIPTION_LABEL, VR::LO, label)
    };
    vec![
        dimension(tags::REFERENCED_SEGMENT_NUMBER, tags::SEGMENT_IDENTIFICATION_SEQUENCE, "Segment"),
        dimension(tags::IMAGE_POSITION_PATIENT, tags::PLANE_POSITION_SEQUENCE, "Position"),
    ]
}

fn referenced_series(source: &Source, series: &DicomSeries) -> DataSet {
    let instances: BTreeMap<&str, &Image> =
        series.images.iter().map(|image| (image.file.instance_uid.as_str(), image)).collect();
    DataSet::new()
        .text(tags::SERIES_INSTANCE_UID, VR::UI, &source.series_uid)
        .items(tags::REFERENCED_INSTANCE_SEQUENCE, instances.into_values().map(reference).collect())
}

pub(super) fn reference(image: &Image) -> DataSet {
    DataSet::new().text(tags::REFERENCED_SOP_CLASS_UID, VR::UI, &image.file.class_uid).text(
        tags::REFERENCED_SOP_INSTANCE_UID,
        VR::UI,
        &image.file.instance_uid,
    )
}

pub(super) fn code(code: &Code) -> DataSet {
    DataSet::new()
        .text(tags::CODE_VALUE, VR::SH, code.value)
        .text(tags::CODING_SCHEME_DESIGNATOR, VR::SH, code.scheme)
        .text(tags::CODE_MEANING, VR::LO, code.meaning)
}
