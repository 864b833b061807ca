//! Files that were cut, bent or forged: an error or a picture, never a panic.

use super::codings::content;
use super::vectors;
use hilum_core::SliceSource;
use hilum_io::dicom::{DicomError, DicomSeries};
use std::ops::ControlFlow;
use std::path::Path;

/// Opens and reads a file that holds `bytes`.
fn read(path: &Path, bytes: &[u8]) -> Result<(), DicomError> {
    std::fs::write(path, bytes).unwrap();
    let series = DicomSeries::open(&[path.to_owned()])?;
    series.reader()?.visit_slices(&mut |_, _| ControlFlow::Continue(()))
}

#[test]
fn bent_bytes_never_end_the_program() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("image");
    let mut refused = 0;
    for case in vectors("codings.json", "cases").iter().step_by(4) {
        let whole = content(case);
        for n in 0..60 {
            let mut bytes = whole.clone();
            let at = 132 + (n * 7919) % (bytes.len() - 132);
            bytes[at] ^= 1 << (n % 8);
            refused += usize::from(read(&path, &bytes).is_err());
            bytes.truncate(at);
            assert!(read(&path, &bytes).is_err(), "{} cut at {at}", case["coding"]);
        }
    }
    assert!(refused > 0);
}

#[test]
fn a_picture_larger_than_its_header_says_is_not_decoded() {
    let folder = tempfile::tempdir().unwrap();
    let cases = vectors("codings.json", "cases");
    for (coding, start_of_frame) in [("JPEG Lossless", 0xc3), ("JPEG-LS", 0xf7)] {
        let case = cases.iter().find(|case| case["coding"] == coding).unwrap();
        let mut bytes = content(case);
        let at = bytes.windows(2).rposition(|pair| pair == [0xff, start_of_frame]).unwrap();
        bytes[at + 5..at + 9].fill(0xff);
        let error = read(&folder.path().join("image"), &bytes).unwrap_err();
        assert!(matches!(error, DicomError::Damaged { .. }), "{error}");
    }
}
