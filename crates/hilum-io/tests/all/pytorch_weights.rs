//! Files that `torch.save` wrote, whole, cut, and made to do harm: tools/oracle/learn/efficientnet.py.

use hilum_io::weights::{WeightsFileError, read_pytorch};
use std::path::{Path, PathBuf};

fn vector(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/oracle/learn").join(name)
}

/// The message for a file with this content; it must be refused.
fn refused(content: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("weights.pth");
    std::fs::write(&path, content).unwrap();
    read_pytorch(&path).unwrap_err().to_string()
}

#[test]
fn both_forms_hold_the_same_arrays() {
    let stream = read_pytorch(&vector("efficientnet_narrow.pth")).unwrap();
    assert!(stream.is_sorted_by(|a, b| a.name < b.name));
    assert!(!stream.iter().any(|array| array.name.ends_with("num_batches_tracked")));
    let stem = stream.iter().find(|array| array.name == "_conv_stem.weight").unwrap();
    assert_eq!((stem.shape.as_slice(), stem.values.len()), ([4, 3, 3, 3].as_slice(), 108));
    let zip = read_pytorch(&vector("stem_zip.pth")).unwrap();
    assert_eq!(zip.len(), 10);
    assert!(zip.iter().all(|array| stream.contains(array)));
}

#[test]
fn a_file_that_is_cut_is_refused() {
    for name in ["efficientnet_narrow.pth", "stem_zip.pth"] {
        let whole = std::fs::read(vector(name)).unwrap();
        for share in [0, 1, 10, 50, 90, 99] {
            let message = refused(&whole[..whole.len() * share / 100]);
            assert!(
                message.contains("not a whole file of PyTorch weights"),
                "{name} at {share} %: {message}"
            );
        }
        let message = refused(&whole[..whole.len() - 1]);
        assert!(message.contains("not a whole file"), "{name} without its last byte: {message}");
    }
}

#[test]
fn damage_anywhere_is_an_error_or_other_numbers_but_never_a_panic() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("weights.pth");
    for name in ["efficientnet_narrow.pth", "stem_zip.pth"] {
        let whole = std::fs::read(vector(name)).unwrap();
        for step in 0..60 {
            let mut damaged = whole.clone();
            let at = step * step * 50 % whole.len();
            damaged[at..(at + 3).min(whole.len())].fill(0xB5);
            std::fs::write(&path, damaged).unwrap();
            let _ = read_pytorch(&path);
        }
    }
}

#[test]
fn other_files_are_named_as_such() {
    for content in
        [b"".as_slice(), b"PK\x03\x04 no archive", b"\x89PNG\r\n", b"{\"a\": 1}", b"\x80\x02}q\x00."]
    {
        let message = refused(content);
        assert!(message.contains("weights.pth"), "{message}");
    }
    // A pickled dict without arrays, and a pickled list.
    assert!(refused(b"\x80\x02}q\x00X\x01\x00\x00\x00aK\x01s.").contains("holds no array of floats"));
    assert!(refused(b"\x80\x02]q\x00K\x01a.").contains("list"));
    let missing = read_pytorch(Path::new("nowhere.pth")).unwrap_err();
    assert!(matches!(missing, WeightsFileError::Read { .. }));
}

#[test]
fn a_pickle_that_calls_a_program_calls_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let trace = folder.path().join("trace");
    // What Python's pickle would run: os.system("touch TRACE"), and the same as the value of an entry.
    let call = format!("cos\nsystem\n(S'touch {}'\ntR", trace.display());
    let plain = format!("{call}.");
    let entry = format!("(dS'_fc.weight'\n{call}s.");
    for pickle in [plain, entry] {
        let message = refused(pickle.as_bytes());
        assert!(message.contains("weights.pth"), "{message}");
        assert!(!trace.exists(), "the pickle was run");
    }
}
