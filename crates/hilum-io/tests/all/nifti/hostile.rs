//! Files that are damaged, mislabelled or made to harm: each is refused in words, or read with a finding.

use super::making::{Folder, counting, file, gzip, header, read_in_every_way};
use hilum_io::nifti::{Header, NiftiError, NiftiFile};

const DIMS: [i64; 3] = [4, 3, 2];

/// The message for `content` under `name`.
fn refusal(name: &str, content: &[u8]) -> String {
    let folder = Folder::new();
    read_in_every_way(&folder.put(name, content)).unwrap_err().to_string()
}

/// The message for a header that was changed by `change`, and 24 voxels.
fn refused_header(change: impl Fn(&mut Header)) -> String {
    let mut header = header(DIMS);
    change(&mut header);
    let mut content = header.to_bytes();
    content.resize(352 + 48, 0);
    refusal("a.nii", &content)
}

/// The codes of the findings for such a header, after reading every voxel.
fn findings(change: impl Fn(&mut Header)) -> Vec<String> {
    let mut header = header(DIMS);
    change(&mut header);
    let folder = Folder::new();
    let path = folder.put("a.nii", &file(&header, &[0; 48]));
    read_in_every_way(&path).unwrap();
    let file = NiftiFile::open(&path).unwrap();
    file.findings().iter().map(|finding| finding.code.clone()).collect()
}

#[test]
fn an_ordinary_file_has_no_findings() {
    assert_eq!(findings(|_| ()), [""; 0]);
}

#[test]
fn other_content_is_named() {
    assert_eq!(refusal("a.nii", b""), "a.nii: the file is empty; copy it again");
    assert!(refusal("a.nii", b"<Error><Code>AccessDenied</Code></Error>").contains("it is text"));
    assert!(refusal("a.nii.gz", &gzip(b"just text")).contains("it is text"));
    assert!(refusal("a.nii", b"\x89PNG\r\n\x1a\n").contains("PNG"));
    assert!(refusal("a.nii", &[&[0; 128][..], b"DICM"].concat()).contains("DICOM"));
    assert!(refusal("a.nii", &[0; 1000]).contains("sizeof_hdr"));
    assert!(refusal("a.nii.gz", &gzip(b"")).contains("ends after 0"));
    let mut analyze = counting(DIMS);
    analyze[344..348].fill(0);
    assert!(refusal("a.nii", &analyze).contains("ANALYZE"));
}

#[test]
fn a_folder_is_not_read() {
    let folder = Folder::new();
    let path = folder.path("a.nii");
    std::fs::create_dir(&path).unwrap();
    assert!(matches!(NiftiFile::open(&path), Err(NiftiError::Io { .. })));
}

#[test]
fn files_that_were_cut_off_say_how_much_is_there() {
    let whole = counting(DIMS);
    assert_eq!(
        refusal("a.nii", &whole[..100]),
        "a.nii: the header needs 348 bytes and the file ends after 100; copy it again"
    );
    assert_eq!(
        refusal("a.nii", &whole[..372]),
        "a.nii: the header promises 24 voxels and the file holds 10 (372 of 400 bytes); it was cut off, copy it again"
    );
    assert_eq!(
        refusal("a.nii.gz", &gzip(&whole[..372])),
        "a.nii.gz: the header promises 24 voxels and the file holds 10 (372 of 400 bytes); it was cut off, copy it again"
    );
    let packed = gzip(&whole);
    for cut in 1..packed.len() - 2 {
        let message = refusal("a.nii.gz", &packed[..packed.len() - cut]);
        let told = ["header needs", "header promises", "damaged", "can ever unfold"];
        assert!(told.iter().any(|words| message.contains(words)), "{cut} bytes cut off: {message}");
    }
}

#[test]
fn promises_beyond_any_file_are_refused_before_memory_is_taken() {
    let huge = |header: &mut Header| header.dim = [3, 32767, 32767, 32767, 1, 1, 1, 1];
    assert!(refused_header(huge).contains("promises 35181150961663 voxels and the file holds 24"));
    let mut promising = header(DIMS);
    huge(&mut promising);
    let message = refusal("a.nii.gz", &gzip(&file(&promising, &[0; 48])));
    assert!(message.contains("more than") && message.contains("can ever unfold"), "{message}");
    let mut second = Header { version: hilum_io::nifti::Version::Nifti2, ..header(DIMS) };
    second.vox_offset = 544.0;
    second.dim = [3, i64::MAX, i64::MAX, 4, 1, 1, 1, 1];
    assert!(refusal("a.nii", &file(&second, &[])).contains("more voxels than can be counted"));
    second.dim = [3, 1 << 31, 1 << 30, 1, 1, 1, 1, 1];
    assert!(refusal("a.nii", &file(&second, &[])).contains("the file holds 0"));
}

#[test]
fn impossible_headers_are_refused() {
    assert!(refused_header(|h| h.dim[2] = 0).contains("zero or negative"));
    assert!(refused_header(|h| h.dim[3] = -5).contains("zero or negative"));
    assert!(refused_header(|h| h.dim[0] = 1).contains("single line"));
    assert!(refused_header(|h| h.dim[0] = 0).contains("dim[0]"));
    assert!(refused_header(|h| h.dim[0] = -3).contains("dim[0]"));
    assert!(refused_header(|h| h.dim[0] = 8).contains("dim[0]"));
    assert!(refused_header(|h| (h.dim[0], h.dim[4]) = (4, 12)).contains("holds 12 volumes"));
    assert!(refused_header(|h| (h.dim[0], h.dim[5]) = (5, 3)).contains("holds 3 volumes"));
    assert!(refused_header(|h| h.datatype = 128).contains("RGB24"));
    assert!(refused_header(|h| h.datatype = 32).contains("complex64"));
    assert!(refused_header(|h| h.datatype = 1536).contains("float128"));
    assert!(refused_header(|h| h.datatype = 77).contains("not a type of the standard"));
    for vox_offset in [-1.0, 12.0, 347.0, 352.5, 1e30, f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        assert!(refused_header(|h| h.vox_offset = vox_offset).contains("vox_offset"), "{vox_offset}");
    }
    assert!(refused_header(|h| h.vox_offset = 1e9).contains("the file holds 0"));
    assert!(refused_header(|h| (h.scl_slope, h.scl_inter) = (2.0, f64::NAN)).contains("scl_inter"));
    assert!(refused_header(|h| (h.sform_code, h.pixdim[3]) = (0, 0.0)).contains("pixdim[3] = 0"));
    let no_position = |h: &mut Header| (h.sform_code, h.qform_code, h.pixdim) = (0, 0, [1e-30; 8]);
    assert!(refused_header(no_position).contains("no usable position"));
}

#[test]
fn odd_headers_are_read_with_a_finding() {
    assert_eq!(findings(|h| h.bitpix = 8), ["bitpix_disagrees"]);
    assert_eq!(findings(|h| h.scl_slope = f64::INFINITY), ["infinite_scl_slope"]);
    assert_eq!(findings(|h| h.xyzt_units = 0), ["unknown_unit"]);
    assert_eq!(findings(|h| h.xyzt_units = 1), ["converted_unit"]);
    assert_eq!(findings(|h| h.srow_z = [0.0; 4]), ["degenerate_sform"]);
    assert_eq!(findings(|h| h.srow_x[0] = f64::NAN), ["degenerate_sform"]);
    assert_eq!(findings(|h| h.pixdim[3] = 5.0), ["spacing_disagrees"]);
    assert_eq!(findings(|h| h.srow_z[1] = 0.002), ["skewed_affine"]);
    assert_eq!(findings(|h| h.srow_x[0] = -h.srow_x[0]), ["orientation_disagrees"]);
    assert_eq!(
        findings(|h| (h.sform_code, h.quatern_d) = (0, f64::NAN)),
        ["degenerate_qform", "no_orientation"]
    );
    assert_eq!(findings(|h| (h.sform_code, h.quatern_d) = (0, 3.0)), ["quaternion_not_unit"]);
    assert_eq!(findings(|h| (h.sform_code, h.pixdim[1]) = (0, -0.7)), ["negative_pixdim"]);
    assert_eq!(findings(|h| (h.sform_code, h.qform_code) = (0, 0)), ["no_orientation"]);
}

#[test]
fn a_missing_vox_offset_means_right_behind_the_header() {
    let folder = Folder::new();
    let mut content = counting(DIMS);
    content[108..112].fill(0);
    let path = folder.put("a.nii", &content);
    assert_eq!(read_in_every_way(&path).unwrap()[0].1[0], -500.0);
    assert_eq!(NiftiFile::open(&path).unwrap().findings()[0].code, "no_vox_offset");
}

#[test]
fn content_decides_and_not_the_name() {
    let folder = Folder::new();
    let plain = read_in_every_way(&folder.put("a.nii", &counting(DIMS))).unwrap();
    for (name, content) in [("b.nii.gz", counting(DIMS)), ("c.nii", gzip(&counting(DIMS)))] {
        let path = folder.put(name, &content);
        assert_eq!(read_in_every_way(&path).unwrap(), plain);
        assert_eq!(NiftiFile::open(&path).unwrap().findings()[0].code, "misnamed_gzip");
    }
}

#[test]
fn several_members_and_trailing_bytes_are_no_fault() {
    let folder = Folder::new();
    let content = counting(DIMS);
    let plain = read_in_every_way(&folder.put("a.nii", &content)).unwrap();
    let members: Vec<u8> = content.chunks(37).flat_map(gzip).collect();
    let garbage = [gzip(&content), b"\0\0\0 left over".to_vec()].concat();
    let longer = gzip(&[content.clone(), vec![9; 5000]].concat());
    let plain_longer = [content, vec![9; 5000]].concat();
    for (name, content) in
        [("b.nii.gz", members), ("c.nii.gz", garbage), ("d.nii.gz", longer), ("e.nii", plain_longer)]
    {
        assert_eq!(read_in_every_way(&folder.put(name, &content)).unwrap(), plain, "{name}");
    }
}

#[test]
fn a_wrong_checksum_is_noticed() {
    let mut packed = gzip(&counting(DIMS));
    let at = packed.len() - 8;
    packed[at] ^= 1;
    assert!(refusal("a.nii.gz", &packed).contains("damaged after 400 bytes"));
}

#[test]
fn half_a_pair_is_missed_by_name() {
    let mut pair = header(DIMS);
    pair.single_file = false;
    pair.vox_offset = 0.0;
    assert!(refusal("a.hdr", &pair.to_bytes()).contains("other half a.img is missing"));
    assert!(refusal("a.img", &[0; 48]).contains("other half a.hdr is missing"));
    let folder = Folder::new();
    folder.put("b.hdr", &pair.to_bytes());
    folder.put("b.img", &[0; 46]);
    let message = read_in_every_way(&folder.path("b.hdr")).unwrap_err().to_string();
    assert!(message.starts_with("b.img: the header promises 24 voxels and the file holds 23"), "{message}");
}

#[test]
fn kept_inputs_stay_harmless() {
    let kept = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz-finds");
    let inputs = std::fs::read_dir(kept).unwrap().map(|entry| entry.unwrap().path());
    let inputs: Vec<_> =
        inputs.filter(|path| path.extension().is_some_and(|ending| ending == "bin")).collect();
    assert!(!inputs.is_empty());
    for input in inputs {
        let content = std::fs::read(&input).unwrap();
        let folder = Folder::new();
        // To be refused is as good as to be read: what counts is to come back.
        let _ = read_in_every_way(&folder.put("a.nii", &content));
        let _ = read_in_every_way(&folder.put("a.nii.gz", &gzip(&content)));
    }
}
