//! From images in any order to a regular grid of slices.
//!
//! Images are ordered along the normal of their plane. The step from slice to slice is the vector from the first to the
//! last position over the number of steps, so that a tilted gantry gives a sheared grid in the right place. How far each
//! image lies from its place on that grid is measured, and said where it matters.

use super::error::DicomError;
use super::image::Image;
use crate::skew::skew_finding;
use hilum_core::{Affine, AffineSource, Finding, Geometry};
use std::collections::{BTreeMap, BTreeSet};

/// Positions nearer than this are one place.
const SAME_PLACE_MM: f64 = 0.01;
/// An image this far from its place on the grid, as a share of the slice spacing, is worth a warning ...
const UNEVEN_FRAC: f64 = 0.1;
/// ... and this far, or one slice where slices are thicker, the grid says too little about where voxels lie.
const MOST_MISPLACED_MM: f64 = 5.0;
/// A step of this many times the usual one has left a slice out.
const GAP_FRAC: f64 = 1.5;

/// The images of a series in their order, and the grid that they make.
pub(super) struct Stack {
    pub(super) images: Vec<Image>,
    pub(super) geometry: Geometry,
    pub(super) findings: Vec<Finding>,
}

/// Orders `images`, which are not empty.
///
/// # Errors
/// [`DicomError`] if several images lie at one place, or positions span no space.
pub(super) fn stack(images: Vec<Image>) -> Result<Stack, DicomError> {
    let mut findings = Vec::new();
    let images = without_copies(images, &mut findings);
    let images = largest(images, &mut findings, by_plane);
    let mut images = largest(sorted(images), &mut findings, by_acquisition_where_needed);
    let places = 1 + steps_mm(&images).filter(|mm| *mm >= SAME_PLACE_MM).count();
    if places < images.len() {
        return Err(DicomError::SamePlace { images: images.len(), places });
    }
    images.shrink_to_fit();
    let affine = affine(&images, &mut findings);
    let dims = images.first().map_or([0; 3], |first| [first.plane.cols, first.plane.rows, images.len()]);
    let geometry = Geometry::new(dims, affine, AffineSource::Dicom)
        .map_err(|source| DicomError::Geometry { source: source.into() })?;
    findings.extend(skew_finding(&affine));
    if geometry.frame().slice_axis != 2 {
        findings.push(Finding::reject(
            "not_axial",
            format!(
                "the images of the series are not axial (orientation {}); measure the axial series of the study",
                geometry.orientation()
            ),
        ));
    }
    Ok(Stack { images, geometry, findings })
}

/// Files that are there twice, under the same SOP Instance UID.
fn without_copies(images: Vec<Image>, findings: &mut Vec<Finding>) -> Vec<Image> {
    let before = images.len();
    let mut seen = BTreeSet::new();
    let mut kept = images;
    kept.retain(|image| {
        let uid = &image.file.instance_uid;
        uid.is_empty() || seen.insert((uid.clone(), image.frame))
    });
    if kept.len() < before {
        let message = format!("{} images are in the series twice; one of each is used", before - kept.len());
        findings.push(Finding::note("duplicate_images", message));
    }
    kept
}

/// The largest group of images, the earlier one where two are as large.
fn largest(
    images: Vec<Image>,
    findings: &mut Vec<Finding>,
    group: fn(Vec<Image>) -> Vec<Vec<Image>>,
) -> Vec<Image> {
    let total = images.len();
    let groups = group(images);
    let kept = groups.into_iter().rev().max_by_key(Vec::len).unwrap_or_default();
    if kept.len() < total {
        let message = format!(
            "{} of the {total} images of the series differ from the others in plane, size, spacing or acquisition and are left out",
            total - kept.len()
        );
        findings.push(Finding::warn("other_images", message));
    }
    kept
}

fn by_plane(images: Vec<Image>) -> Vec<Vec<Image>> {
    let mut groups: Vec<Vec<Image>> = Vec::new();
    for image in images {
        let like = |group: &&mut Vec<Image>| group.first().is_some_and(|i| i.plane.same_as(&image.plane));
        match groups.iter_mut().find(like) {
            Some(group) => group.push(image),
            None => groups.push(vec![image]),
        }
    }
    groups
}

/// By Acquisition Number, but only where images share a place.
fn by_acquisition_where_needed(images: Vec<Image>) -> Vec<Vec<Image>> {
    if steps_mm(&images).all(|mm| mm >= SAME_PLACE_MM) {
        return vec![images];
    }
    let mut groups: BTreeMap<Option<i64>, Vec<Image>> = BTreeMap::new();
    for image in images {
        groups.entry(image.file.acquisition).or_default().push(image);
    }
    groups.into_values().collect()
}

/// In ascending order along the normal; equal places in the order of their UIDs.
fn sorted(mut images: Vec<Image>) -> Vec<Image> {
    images.sort_by(|a, b| {
        let tie = || (&a.file.instance_uid, a.frame).cmp(&(&b.file.instance_uid, b.frame));
        height_mm(a).total_cmp(&height_mm(b)).then_with(tie)
    });
    images
}

fn height_mm(image: &Image) -> f64 {
    dot(image.position_mm, image.plane.normal())
}

fn steps_mm(images: &[Image]) -> impl Iterator<Item = f64> {
    images.windows(2).map(|pair| height_mm(&pair[1]) - height_mm(&pair[0]))
}

/// The affine of sorted images, in RAS+.
fn affine(images: &[Image], findings: &mut Vec<Finding>) -> Affine {
    let (Some(first), Some(last)) = (images.first(), images.last()) else { return Affine([[0.0; 4]; 3]) };
    let plane = &first.plane;
    let [row_mm, col_mm] = plane.spacing_mm;
    let slice_step = if images.len() > 1 {
        let steps = (images.len() - 1) as f64;
        let step = sub(last.position_mm, first.position_mm).map(|mm| mm / steps);
        findings.extend(unevenness(images, step));
        step
    } else {
        let thickness_mm = first.file.thickness_mm.unwrap_or_else(|| {
            let message = "a lone image without Slice Thickness: taken as 1 mm";
            findings.push(Finding::note("unknown_thickness", message));
            1.0
        });
        plane.normal().map(|x| x * thickness_mm)
    };
    let columns = [
        plane.along_row.map(|x| x * col_mm),
        plane.down_column.map(|x| x * row_mm),
        slice_step,
        first.position_mm,
    ];
    // x to the right and y to the front become negative: LPS+ to RAS+. Adding 0 makes -0 a plain 0.
    let row = |world: usize, sign: f64| columns.map(|column| sign * column[world] + 0.0);
    Affine([row(0, -1.0), row(1, -1.0), row(2, 1.0)])
}

/// What there is to say about images that do not lie on the even grid.
fn unevenness(images: &[Image], step: [f64; 3]) -> Option<Finding> {
    let first = images.first()?;
    let spacing_mm = dot(step, first.plane.normal());
    let misplaced = images.iter().enumerate().map(|(k, image)| {
        let place = step.map(|mm| mm * k as f64);
        let off = sub(sub(image.position_mm, first.position_mm), place);
        dot(off, off).sqrt()
    });
    let worst_mm = misplaced.fold(0.0, f64::max);
    if worst_mm <= UNEVEN_FRAC * spacing_mm {
        return None;
    }
    let mut steps: Vec<f64> = steps_mm(images).collect();
    steps.sort_by(f64::total_cmp);
    let (least, usual, most) = (steps[0], steps[steps.len() / 2], steps[steps.len() - 1]);
    let missing: f64 = steps.iter().filter(|mm| **mm > GAP_FRAC * usual).map(|mm| mm / usual - 1.0).sum();
    let what = format!(
        "slices are {least:.2} to {most:.2} mm apart, mostly {usual:.2} mm (about {missing:.0} are missing); on an even grid \
         voxels lie up to {worst_mm:.1} mm off"
    );
    Some(if worst_mm > MOST_MISPLACED_MM.max(spacing_mm) {
        Finding::reject("uneven_slices", what + ", which is too much: export the series again, whole")
    } else {
        Finding::warn("uneven_slices", what)
    })
}

fn sub(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}
