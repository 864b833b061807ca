//! Where each frame lies: from the data set itself, or for enhanced images from the functional groups (PS3.3 C.7.6.16).

use super::header::numbers;
use dicom_dictionary_std::tags;
use dicom_object::{InMemDicomObject, Tag};

/// The fields of one frame that place it and make HU of it; `None` where there is none.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Place {
    pub(super) orientation: Option<[f64; 6]>,
    pub(super) position_mm: Option<[f64; 3]>,
    /// Distance of rows, distance of columns.
    pub(super) spacing_mm: Option<[f64; 2]>,
    pub(super) slope: Option<f64>,
    pub(super) intercept: Option<f64>,
}

/// The place of every frame.
pub(super) fn places(object: &InMemDicomObject) -> Vec<Place> {
    let shared = items(object, tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE).first();
    let frames = items(object, tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE);
    if frames.is_empty() {
        return vec![of_image(object)];
    }
    let place = |frame: &InMemDicomObject| Place {
        orientation: field(frame, shared, tags::PLANE_ORIENTATION_SEQUENCE, tags::IMAGE_ORIENTATION_PATIENT),
        position_mm: field(frame, shared, tags::PLANE_POSITION_SEQUENCE, tags::IMAGE_POSITION_PATIENT),
        spacing_mm: field(frame, shared, tags::PIXEL_MEASURES_SEQUENCE, tags::PIXEL_SPACING),
        slope: field(frame, shared, tags::PIXEL_VALUE_TRANSFORMATION_SEQUENCE, tags::RESCALE_SLOPE)
            .map(|[x]| x),
        intercept: field(frame, shared, tags::PIXEL_VALUE_TRANSFORMATION_SEQUENCE, tags::RESCALE_INTERCEPT)
            .map(|[x]| x),
    };
    frames.iter().map(place).collect()
}

fn of_image(object: &InMemDicomObject) -> Place {
    Place {
        orientation: numbers(object, tags::IMAGE_ORIENTATION_PATIENT),
        position_mm: numbers(object, tags::IMAGE_POSITION_PATIENT),
        spacing_mm: numbers(object, tags::PIXEL_SPACING),
        slope: numbers(object, tags::RESCALE_SLOPE).map(|[x]| x),
        intercept: numbers(object, tags::RESCALE_INTERCEPT).map(|[x]| x),
    }
}

/// The numbers in the group `sequence` of the frame, or of all frames.
fn field<const N: usize>(
    frame: &InMemDicomObject,
    shared: Option<&InMemDicomObject>,
    sequence: Tag,
    tag: Tag,
) -> Option<[f64; N]> {
    let within = |group: &InMemDicomObject| numbers(items(group, sequence).first()?, tag);
    within(frame).or_else(|| within(shared?))
}

fn items(object: &InMemDicomObject, tag: Tag) -> &[InMemDicomObject] {
    object.element_opt(tag).ok().flatten().and_then(|element| element.items()).unwrap_or(&[])
}
