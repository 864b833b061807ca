//! Files of every kind, and what nibabel reads from them: tools/oracle/nifti/make.py.

use super::making::{Folder, read_in_every_way};
use hilum_io::nifti::NiftiFile;
use serde_json::Value;
use std::io::Read;
use std::path::Path;

/// Positions: nibabel computes the rotation of a quaternion in another order.
const TOLERANCE_MM: f64 = 1e-5;

fn unpacked(hexadecimal: &str) -> Vec<u8> {
    let digits = hexadecimal.as_bytes().chunks(2);
    let deflated: Vec<u8> =
        digits.map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap()).collect();
    let mut content = Vec::new();
    flate2::read::ZlibDecoder::new(deflated.as_slice()).read_to_end(&mut content).unwrap();
    content
}

/// The vectors of one file, by its list.
pub(crate) fn vectors(name: &str, list: &str) -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/oracle/nifti").join(name);
    let text = std::fs::read_to_string(&path).unwrap();
    let mut document: Value = serde_json::from_str(&text).unwrap();
    match document[list].take() {
        Value::Array(cases) if !cases.is_empty() => cases,
        other => panic!("{name} has no list '{list}': {other}"),
    }
}

/// The geometry is the one that nibabel found.
pub(crate) fn check_geometry(file: &NiftiFile, case: &Value) {
    let geometry = file.geometry();
    assert_eq!(serde_json::json!(geometry.dims()), case["dims"], "{case}");
    for (row, expected) in geometry.affine().0.iter().zip(case["affine"].as_array().unwrap()) {
        for (value, expected) in row.iter().zip(expected.as_array().unwrap()) {
            let expected = expected.as_f64().unwrap();
            let close = (value - expected).abs() <= TOLERANCE_MM * expected.abs().max(1.0);
            assert!(close, "{value} for {expected}: {case}");
        }
    }
    assert_eq!(geometry.orientation().to_string(), case["axcodes"], "{case}");
}

#[test]
fn files_of_every_kind_read_as_nibabel_reads_them() {
    for case in vectors("files.json", "cases") {
        let folder = Folder::new();
        for (name, content) in case["files"].as_object().unwrap() {
            folder.put(name, &unpacked(content.as_str().unwrap()));
        }
        for name in folder.names() {
            let path = folder.path(&name);
            let file = NiftiFile::open(&path).unwrap_or_else(|error| panic!("{}: {error}", case["name"]));
            check_geometry(&file, &case);
            let slices = read_in_every_way(&path).unwrap();
            check_voxels(&file, &slices, &case);
        }
    }
}

/// Voxels in the order of the file, picked out of the slices by the rule in hilum-core.
fn check_voxels(file: &NiftiFile, slices: &[(bool, Vec<f32>)], case: &Value) {
    let (dims, frame) = (file.geometry().dims(), file.geometry().frame());
    for (n, expected) in case["values"].as_array().unwrap().iter().enumerate() {
        let voxel = [n % dims[0], n / dims[0] % dims[1], n / dims[0] / dims[1]];
        let pixel = voxel[frame.row_axis] * dims[frame.col_axis] + voxel[frame.col_axis];
        let found = slices[voxel[frame.slice_axis]].1[pixel];
        let same = match expected.as_f64() {
            Some(expected) => expected as f32 == found,
            None => found.is_nan(),
        };
        assert!(same, "voxel {voxel:?}: {found} for {expected} in {}", case["name"]);
    }
}
