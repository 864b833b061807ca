//! Masks written as DICOM Segmentation objects and read back. pydicom and highdicom check them in
//! tools/oracle/dicom/segmentation.py.

use super::made::{COLS, Made, PATIENT, ROWS, series};
use dicom_dictionary_std::{tags, uids};
use dicom_object::{DefaultDicomObject, InMemDicomObject, Tag, open_file};
use hilum_core::MaskVolume;
use hilum_io::dicom::{DicomError, DicomSeries, Filing, Segment, SegmentKind, write_segmentation};
use std::path::Path;

const SLICES: usize = 5;

/// A mask that no turning or mirroring leaves as it is; slice 2 is empty.
fn mask(shift: usize) -> MaskVolume {
    let mut mask = MaskVolume::new(ROWS, COLS, SLICES);
    for slice in [0, 1, 3, 4] {
        for row in 0..ROWS {
            for col in 0..COLS {
                mask.slice_mut(slice).set(row, col, (row * row + 3 * col + slice + shift).is_multiple_of(5));
            }
        }
    }
    mask
}

fn written(series: &DicomSeries, filing: Filing, folder: &Path) -> (Vec<u8>, DefaultDicomObject) {
    let (left, dense) = (mask(0), mask(1));
    let segments = [
        Segment { kind: &SegmentKind::LEFT_LUNG, mask: &left },
        Segment { kind: &SegmentKind::DENSE_TISSUE, mask: &dense },
    ];
    let path = folder.join("masks.dcm");
    write_segmentation(&path, series, &segments, filing).unwrap();
    (std::fs::read(&path).unwrap(), open_file(&path).unwrap())
}

fn items(object: &InMemDicomObject, tag: Tag) -> &[InMemDicomObject] {
    object.element(tag).unwrap().items().unwrap()
}

fn text(object: &InMemDicomObject, tag: Tag) -> String {
    object.element(tag).unwrap().to_str().unwrap().trim_end_matches('\0').to_owned()
}

/// Within an item of a sequence, the only item of another.
fn only(object: &InMemDicomObject, tag: Tag) -> &InMemDicomObject {
    let [item] = items(object, tag) else { panic!("several items") };
    item
}

#[test]
fn frames_say_what_they_show_and_where() {
    let (_images, series) = series((0..SLICES).rev().map(Made::axial));
    let folder = tempfile::tempdir().unwrap();
    let (_, object) = written(&series.unwrap(), Filing::Anonymous, folder.path());
    assert_eq!(text(&object, tags::SOP_CLASS_UID), uids::SEGMENTATION_STORAGE);
    assert_eq!(text(&object, tags::STUDY_INSTANCE_UID), "1.2.3.1");
    assert_eq!(text(&object, tags::FRAME_OF_REFERENCE_UID), "1.2.3.3");
    assert_ne!(text(&object, tags::SERIES_INSTANCE_UID), "1.2.3.2");

    let frames = items(&object, tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE);
    assert_eq!((frames.len(), text(&object, tags::NUMBER_OF_FRAMES)), (8, "8".to_owned()));
    let bytes = object.element(tags::PIXEL_DATA).unwrap().to_bytes().unwrap();
    assert_eq!(bytes.len(), (8 * ROWS * COLS).div_ceil(16) * 2);
    for (n, frame) in frames.iter().enumerate() {
        let segment = only(frame, tags::SEGMENT_IDENTIFICATION_SEQUENCE);
        let segment: usize = text(segment, tags::REFERENCED_SEGMENT_NUMBER).parse().unwrap();
        let position = text(only(frame, tags::PLANE_POSITION_SEQUENCE), tags::IMAGE_POSITION_PATIENT);
        let slice = [0, 1, 3, 4][n % 4];
        assert_eq!(position, format!("-10.5\\-20.25\\{}", 2 * slice));
        let source = only(only(frame, tags::DERIVATION_IMAGE_SEQUENCE), tags::SOURCE_IMAGE_SEQUENCE);
        assert_eq!(text(source, tags::REFERENCED_SOP_INSTANCE_UID), format!("1.2.3.4.{slice}"));
        let expected = mask(segment - 1);
        for row in 0..ROWS {
            for col in 0..COLS {
                let bit = (n * ROWS + row) * COLS + col;
                let found = bytes[bit / 8] >> (bit % 8) & 1 == 1;
                assert_eq!(found, expected.slice(slice).get(row, col), "{n} {row} {col}");
            }
        }
    }
    let segments = items(&object, tags::SEGMENT_SEQUENCE);
    let property = only(&segments[0], tags::SEGMENTED_PROPERTY_TYPE_CODE_SEQUENCE);
    let side = only(property, tags::SEGMENTED_PROPERTY_TYPE_MODIFIER_CODE_SEQUENCE);
    assert_eq!(
        (text(property, tags::CODE_VALUE), text(side, tags::CODE_VALUE)),
        ("39607008".into(), "7771000".into())
    );
    assert_eq!(text(&segments[1], tags::SEGMENT_LABEL), "Dense tissue");
    assert_eq!(
        items(only(&object, tags::REFERENCED_SERIES_SEQUENCE), tags::REFERENCED_INSTANCE_SEQUENCE).len(),
        SLICES
    );
}

#[test]
fn the_patient_is_named_only_when_asked_for_and_the_same_masks_give_the_same_bytes() {
    let (_images, series) = series((0..SLICES).map(Made::axial));
    let series = series.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (bytes, object) = written(&series, Filing::Anonymous, folder.path());
    for tag in [tags::PATIENT_NAME, tags::PATIENT_ID, tags::STUDY_DATE, tags::ACCESSION_NUMBER] {
        assert_eq!(text(&object, tag), "");
    }
    assert!(!String::from_utf8_lossy(&bytes).contains("Plantagenet"));
    assert!(written(&series, Filing::Anonymous, folder.path()).0 == bytes);
    let (_, filed) = written(&series, Filing::AsSource, folder.path());
    assert_eq!(
        (text(&filed, tags::PATIENT_NAME), text(&filed, tags::STUDY_DATE)),
        (PATIENT.into(), "19470321".into())
    );
}

#[test]
fn what_makes_no_object_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("masks.dcm");
    let refusal = |series: &DicomSeries, mask: &MaskVolume| {
        let segments = [Segment { kind: &SegmentKind::LUNG, mask }];
        write_segmentation(&path, series, &segments, Filing::Anonymous).unwrap_err().to_string()
    };
    let (_images, whole) = series((0..SLICES).map(Made::axial));
    let whole = whole.unwrap();
    assert!(refusal(&whole, &MaskVolume::new(ROWS, COLS, SLICES)).contains("no voxel is set"));
    assert!(refusal(&whole, &MaskVolume::new(ROWS, COLS, 1)).contains("[9, 13, 5]"));
    let bare = (0..SLICES).map(|n| Made::axial(n).without(tags::FRAME_OF_REFERENCE_UID));
    let (_images, bare) = series(bare);
    let error = refusal(&bare.unwrap(), &mask(0));
    assert!(error.contains("Frame of Reference UID is missing"), "{error}");
    assert!(!path.exists());
    let missing = series([]).1.unwrap_err();
    assert!(matches!(missing, DicomError::NoCt { .. }));
}
