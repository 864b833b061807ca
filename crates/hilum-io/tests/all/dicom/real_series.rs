//! Real series, where they are at hand: one against its own NIfTI, the other against what pydicom reads.

use hilum_core::SliceSource;
use hilum_io::ScanFile;
use hilum_io::dicom::{DicomFile, DicomSeries, catalog};
use hilum_io::nifti::{NiftiFile, ReadBuffers};
use hilum_testkit::shared_data;
use std::ops::ControlFlow;
use std::path::PathBuf;

fn all_hu(scan: &ScanFile) -> Vec<f32> {
    let mut hu = Vec::with_capacity(scan.geometry().voxels());
    let mut buffers = ReadBuffers::default();
    let mut reader = scan.reader(&mut buffers).unwrap();
    let read = reader.visit_slices(&mut |_, slice| {
        hu.extend(slice.to_hu());
        ControlFlow::Continue(())
    });
    read.unwrap();
    hu
}

#[test]
fn a_series_is_the_volume_that_was_converted_from_it() {
    let Some(data) = shared_data() else { return };
    let series = ScanFile::open(&data.join("dicom/covid_P001")).unwrap();
    let nifti = NiftiFile::open(&data.join("volumes/covid_P001.nii.gz")).unwrap();
    assert_eq!(series.format(), "DICOM uint16 JPEG Lossless");
    assert_eq!(series.geometry().dims(), nifti.geometry().dims());
    assert_eq!(series.geometry().orientation(), nifti.geometry().orientation());
    let (found, expected) = (series.geometry().affine().0, nifti.geometry().affine().0);
    // A NIfTI header holds 32-bit floats.
    assert_eq!(found.map(|row| row.map(|x| x as f32)), expected.map(|row| row.map(|x| x as f32)));
    assert_eq!(series.findings(), []);
    assert!(all_hu(&series) == all_hu(&nifti.into()), "voxels differ");
}

#[test]
fn real_series_read_as_pydicom_reads_them() {
    let Some(data) = shared_data() else { return };
    for expected in super::vectors("shared.json", "series") {
        let name = expected["folder"].as_str().unwrap();
        let series = ScanFile::open(&data.join("dicom").join(name)).unwrap();
        let dims: Vec<u64> = series.geometry().dims().map(|n| n as u64).to_vec();
        assert_eq!(serde_json::json!(dims), expected["dims"], "{name}");
        for (row, expected) in series.geometry().affine().0.iter().zip(expected["affine"].as_array().unwrap())
        {
            for (found, expected) in row.iter().zip(expected.as_array().unwrap()) {
                // Positions have at most ten digits; the rest is the order of a few sums.
                assert!((found - expected.as_f64().unwrap()).abs() < 1e-9, "{name}: {found} for {expected}");
            }
        }
        // Whole numbers add up exactly.
        let hu = all_hu(&series);
        let (mut sum, mut weighted) = (0.0, 0.0);
        for (n, value) in hu.iter().map(|&v| f64::from(v)).enumerate() {
            sum += value;
            weighted += value * (n % 1009) as f64;
        }
        assert_eq!(
            (sum, weighted),
            (expected["sum"].as_f64().unwrap(), expected["weighted_sum"].as_f64().unwrap())
        );
    }
}

#[test]
fn the_order_of_files_plays_no_part() {
    let Some(data) = shared_data() else { return };
    let folder = data.join("dicom/lung_dx_A0002_B40f");
    let mut files = DicomSeries::files_in(&folder).unwrap();
    let in_order = DicomSeries::open(&files).unwrap();
    files.reverse();
    files.swap(3, 17);
    let shuffled = DicomSeries::open(&files).unwrap();
    assert_eq!(shuffled.geometry(), in_order.geometry());
    let all = |series: DicomSeries| all_hu(&series.into());
    assert!(all(shuffled) == all(in_order));
}

#[test]
fn two_series_in_a_heap_are_told_apart() {
    let Some(data) = shared_data() else { return };
    let files = |name: &str| DicomSeries::files_in(&data.join(name)).unwrap();
    let (one, other) = (files("dicom/covid_P001"), files("dicom/lung_dx_A0002_B40f"));
    let heap: Vec<_> = other.iter().zip(&one).flat_map(|(a, b)| [a.clone(), b.clone()]).collect();
    let as_files = |paths: &[PathBuf]| paths.iter().cloned().map(DicomFile::from).collect::<Vec<_>>();
    let found = catalog(&as_files(&heap)).unwrap();
    let sizes: Vec<usize> = found.series.iter().map(|series| series.files.len()).collect();
    assert_eq!(sizes, [30, 30]);
    assert!(found.left_out.is_empty());
    assert!(DicomSeries::open(&heap).is_err());
    assert!(catalog(&as_files(&["nowhere".into()])).unwrap().series.is_empty());
}
