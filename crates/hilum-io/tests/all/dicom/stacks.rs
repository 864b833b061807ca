//! How images are put on a grid: tilted gantries, several acquisitions, images twice.

use super::made::{Made, series};
use dicom_core::VR;
use dicom_dictionary_std::tags;
use hilum_core::SliceSource;
use hilum_io::dicom::{DicomError, DicomSeries};
use std::ops::ControlFlow;

/// The HU of the first pixel of every slice, in order.
fn first_hu(series: &DicomSeries) -> Vec<f32> {
    let mut found = Vec::new();
    let read = series.reader().unwrap().visit_slices(&mut |_, slice| {
        found.push(slice.to_hu()[0]);
        ControlFlow::Continue(())
    });
    read.unwrap();
    found
}

fn codes(series: &DicomSeries) -> Vec<&str> {
    series.findings().iter().map(|finding| finding.code.as_str()).collect()
}

#[test]
fn a_tilted_gantry_makes_a_skewed_grid() {
    let (sin, cos) = 15.0f64.to_radians().sin_cos();
    // The gantry leans by 15 degrees, the table moves 3 mm along the body: planes are 3 cos(15) mm apart.
    let tilted = |n: usize| {
        Made::axial(n)
            .text(tags::IMAGE_ORIENTATION_PATIENT, VR::DS, &format!("1\\0\\0\\0\\{cos:.12}\\{sin:.12}"))
            .at([-10.5, -20.25, 3.0 * n as f64])
    };
    let (_images, series) = series([3, 0, 4, 2, 1].map(tilted));
    let series = series.unwrap();
    assert_eq!(first_hu(&series), [-1024.0, -1023.0, -1022.0, -1021.0, -1020.0]);
    assert_eq!(codes(&series), ["skewed_affine"], "planes of even distance are not uneven");
    let geometry = series.geometry();
    let expected = [[-0.5, 0.0, 0.0, 10.5], [0.0, -0.75 * cos, 0.0, 20.25], [0.0, 0.75 * sin, 3.0, 0.0]];
    for (found, expected) in geometry.affine().0.iter().flatten().zip(expected.iter().flatten()) {
        // Direction cosines are written with 12 digits.
        assert!((found - expected).abs() < 1e-9, "{found} for {expected}");
    }
    assert!((geometry.voxel_volume_mm3() - 0.5 * 0.75 * 3.0 * cos).abs() < 1e-9);
    assert!((geometry.affine().skew_degrees().unwrap() - 15.0).abs() < 1e-6);
}

#[test]
fn of_several_acquisitions_the_largest_is_taken() {
    let image = |acquisition: usize, n: usize| {
        Made::axial(n)
            .text(tags::SOP_INSTANCE_UID, VR::UI, &format!("1.2.3.4.{acquisition}.{n}"))
            .text(tags::ACQUISITION_NUMBER, VR::IS, &acquisition.to_string())
            .filled((100 * acquisition + n) as u16)
    };
    let both = |n: usize| [image(1, n), image(2, n)];
    // The first covers slices 1 to 3, the second 0 to 4.
    let images = (1..4).flat_map(both).chain([image(2, 0), image(2, 4)]);
    let (_images, series) = series(images);
    let series = series.unwrap();
    assert_eq!(first_hu(&series), [-824.0, -823.0, -822.0, -821.0, -820.0]);
    assert_eq!(codes(&series), ["other_images"]);
    assert!(
        series.findings()[0].message.starts_with("3 of the 8 images"),
        "{}",
        series.findings()[0].message
    );
}

#[test]
fn acquisitions_that_no_number_tells_apart_are_refused() {
    let image = |phase: usize, n: usize| {
        Made::axial(n).text(tags::SOP_INSTANCE_UID, VR::UI, &format!("1.2.3.4.{phase}.{n}"))
    };
    let (_images, series) = series((0..4).flat_map(|n| [image(1, n), image(2, n)]));
    let error = series.unwrap_err();
    assert!(matches!(error, DicomError::SamePlace { images: 8, places: 4 }), "{error}");
}

#[test]
fn acquisitions_that_follow_each_other_are_one_scan() {
    let image =
        |n: usize| Made::axial(n).text(tags::ACQUISITION_NUMBER, VR::IS, if n < 3 { "1" } else { "2" });
    let (_images, series) = series((0..6).map(image));
    let series = series.unwrap();
    assert_eq!((series.geometry().slices(), codes(&series)), (6, vec![]));
}

#[test]
fn images_that_are_there_twice_count_once() {
    let (_images, series) = series([0, 1, 2, 1].map(Made::axial));
    let series = series.unwrap();
    assert_eq!((series.geometry().slices(), codes(&series)), (3, vec!["duplicate_images"]));
}
