//! Any bytes as a NIfTI file, plain and packed: opening and visiting all slices may fail, but never panic and never plan for
//! more memory than the bytes can justify.

#![no_main]

use hilum_core::SliceSource;
use hilum_io::nifti::{NiftiFile, ReadBuffers};
use libfuzzer_sys::fuzz_target;
use std::hint::black_box;
use std::io::Write;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::LazyLock;

/// A folder for the file at hand; in memory where the system has such a place.
static FOLDER: LazyLock<tempfile::TempDir> = LazyLock::new(|| {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).expect("a place for a file")
});

/// A deflate stream unfolds at most so far.
const MOST_EXPANSION: u64 = 1032;
/// What a reader may take beyond its input.
const SLACK_BYTES: u64 = 64 << 20;

fuzz_target!(|data: &[u8]| {
    visit("a.nii", data);
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::none());
    encoder.write_all(data).expect("a vector grows");
    visit("a.nii.gz", &encoder.finish().expect("a vector grows"));
});

fn visit(name: &str, content: &[u8]) {
    let path: PathBuf = FOLDER.path().join(name);
    std::fs::write(&path, content).expect("a place for a file");
    let Ok(file) = NiftiFile::open(&path) else { return };
    // Stored bytes, and four bytes for each voxel of one byte that becomes a float.
    let justified = content.len() as u64 * MOST_EXPANSION * 5;
    assert!(file.memory_bytes() <= justified + SLACK_BYTES, "plans for too much memory");
    let mut buffers = ReadBuffers::default();
    let Ok(mut reader) = file.reader(&mut buffers) else { return };
    let _ = reader.visit_slices(&mut |_, slice| {
        black_box(slice.hu(slice.rows() - 1, slice.cols() - 1));
        ControlFlow::Continue(())
    });
    drop(reader);
    assert!(buffers.held_bytes() <= file.memory_bytes() + 64, "took more memory than planned");
}
