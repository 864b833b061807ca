//! Every coding of the same pictures, against what pydicom reads (tools/oracle/dicom/make.py).

use super::vectors;
use hilum_core::SliceSource;
use hilum_io::dicom::DicomSeries;
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::Read;
use std::ops::ControlFlow;

pub(crate) fn content(case: &Value) -> Vec<u8> {
    let hex = case["file"].as_str().unwrap().as_bytes();
    let packed: Vec<u8> =
        hex.chunks(2).map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap()).collect();
    let mut bytes = Vec::new();
    flate2::read::ZlibDecoder::new(&packed[..]).read_to_end(&mut bytes).unwrap();
    bytes
}

fn open(bytes: &[u8]) -> (tempfile::TempDir, DicomSeries) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("image");
    std::fs::write(&path, bytes).unwrap();
    let series = DicomSeries::open(&[path]).unwrap();
    (folder, series)
}

fn read(bytes: &[u8]) -> Vec<f64> {
    let (_folder, series) = open(bytes);
    let mut hu = Vec::new();
    let read = series.reader().unwrap().visit_slices(&mut |_, slice| {
        hu.extend(slice.to_hu().into_iter().map(f64::from));
        ControlFlow::Continue(())
    });
    read.unwrap();
    hu
}

#[test]
fn every_coding_reads_as_pydicom_reads_it() {
    let cases = vectors("codings.json", "cases");
    let picture = |case: &Value| (case["signed"].as_bool().unwrap(), case["bits"].as_u64().unwrap());
    let mut pictures: BTreeMap<(bool, u64), Vec<f64>> = BTreeMap::new();
    for case in cases.iter().filter(|case| case["hu"].is_array()) {
        let hu = case["hu"].as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect();
        pictures.insert(picture(case), hu);
    }
    assert_eq!((cases.len(), pictures.len()), (32, 4));
    let different: Vec<String> = cases
        .iter()
        .filter(|case| read(&content(case)) != pictures[&picture(case)])
        .map(|case| format!("{} {:?}", case["coding"], picture(case)))
        .collect();
    assert!(different.is_empty(), "{different:?}");
}

#[test]
fn an_image_of_8_bits_coded_with_loss_is_within_a_level_of_what_others_decode() {
    for image in vectors("lossy.json", "images") {
        let level_hu = image["level_hu"].as_f64().unwrap();
        let expected = image["hu"].as_array().unwrap().iter().map(|v| v.as_f64().unwrap());
        let found = read(&content(&image));
        assert_eq!(found.len(), expected.len());
        // The standard of JPEG leaves the inverse transform one level of room.
        let largest = found.iter().zip(expected).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        assert!(largest <= level_hu, "{largest} HU");
        assert!(found.iter().any(|&hu| hu > 900.0) && found.contains(&-1024.0));
    }
}

#[test]
fn frames_of_an_enhanced_image_are_slices() {
    for image in vectors("enhanced.json", "images") {
        let content = content(&image);
        let (_folder, series) = open(&content);
        let geometry = series.geometry();
        assert_eq!(serde_json::json!(geometry.dims()), image["dims"]);
        assert_eq!(serde_json::json!(geometry.slice_spacing_mm()), image["slice_mm"]);
        let expected: Vec<f64> =
            image["hu"].as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect();
        // Halves of whole numbers below 2^12: exact in 32 bits.
        assert_eq!(read(&content), expected);
    }
}
