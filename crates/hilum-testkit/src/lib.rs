//! What the tests of hilum share. Never published, never a dependency of anything but tests.
//!
//! The real scans and the reference vectors lie outside the project, in a folder named `shared` beside the workspace
//! or wherever `HILUM_SHARED` points. A machine without them skips those tests with a word; CI may not.

mod faulty_proxy;
mod npy;
mod onnxruntime;
mod overlap;
mod packed;
mod picture;
pub mod sift;
mod store_server;
pub mod superpixels;
pub mod vectors;

pub use faulty_proxy::{Fault, FaultyProxy, SeenRequest};
pub use npy::npy_mask_xy;
pub use onnxruntime::onnxruntime;
pub use overlap::Overlap;
pub use packed::{PackedMask, Runs};
pub use picture::GreyPicture;
pub use store_server::StoreServer;

use std::path::{Path, PathBuf};

/// The folder of real scans (`shared/data`); `None`, with a word on stderr, where it is missing.
///
/// # Panics
/// If it is missing and the environment says `CI=true`: a test that skips in CI is a test that nobody runs.
pub fn shared_data() -> Option<PathBuf> {
    shared("data")
}

/// The folder of reference vectors made by the field's tools (`shared/oracle`); as [`shared_data`].
///
/// # Panics
/// As [`shared_data`].
pub fn shared_oracle() -> Option<PathBuf> {
    shared("oracle")
}

fn shared(part: &str) -> Option<PathBuf> {
    let root = match std::env::var_os("HILUM_SHARED") {
        Some(root) => PathBuf::from(root),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
    };
    let folder = root.join(part);
    if folder.is_dir() {
        return Some(folder);
    }
    let word = format!("{} is missing: set HILUM_SHARED to the folder that holds '{part}'", folder.display());
    missing_in_ci(&word);
    None
}

/// Says that a test cannot run for want of something; in CI it fails.
fn missing_in_ci(word: &str) {
    assert!(std::env::var("CI").as_deref() != Ok("true"), "{word}");
    skipped(word);
}

/// Says on stderr that a test did not run, and why.
#[expect(clippy::print_stderr, reason = "a skipped test must be seen, and stderr is where tests speak")]
pub fn skipped(why: &str) {
    eprintln!("skipped: {why}");
}
