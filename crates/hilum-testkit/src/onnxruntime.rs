//! A library of ONNX Runtime, which `./test` installs from PyPI.

use crate::missing_in_ci;
use std::path::{Path, PathBuf};

/// The file of the library, or the one that `HILUM_ONNXRUNTIME` names; `None`, with a word on stderr, where there is none.
///
/// # Panics
/// If it is not installed and the environment says `CI=true`.
pub fn onnxruntime() -> Option<PathBuf> {
    if let Some(library) = std::env::var_os("HILUM_ONNXRUNTIME") {
        return Some(PathBuf::from(library));
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/onnxruntime/onnxruntime/capi");
    let mut found: Vec<PathBuf> = std::fs::read_dir(&folder)
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| is_library(path))
        .collect();
    found.sort();
    let library = found.into_iter().next();
    if library.is_none() {
        missing_in_ci(&format!("no ONNX Runtime in {}: ./test installs it", folder.display()));
    }
    library
}

/// `libonnxruntime.so.1.32.0`, `onnxruntime.dll`, `libonnxruntime.1.32.0.dylib`; what else lies there has a word more.
fn is_library(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name == "onnxruntime.dll"
        || name.starts_with("libonnxruntime.so")
        || (name.starts_with("libonnxruntime.") && name.ends_with(".dylib"))
}
