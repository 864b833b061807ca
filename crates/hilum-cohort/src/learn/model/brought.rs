//! An ONNX file that somebody brought, with the weights that it keeps in files beside it.

use crate::{CohortError, learn::DatasetError};
use hilum_learn::{Engine, LearnError, OnnxError, OnnxFile};
use std::{
    fs,
    path::{Component, Path, PathBuf},
};

/// The file, whole.
pub(super) struct Brought {
    /// Its name, for messages.
    name: String,
    /// Its name without the ending, for the model.
    pub(super) stem: String,
    pub(super) file: OnnxFile,
    /// The bytes of one file that holds everything.
    pub(super) bytes: Vec<u8>,
    /// What tries it.
    pub(super) engine: Engine,
}

impl Brought {
    /// Reads the file at `path`, and those beside it that hold weights of it.
    ///
    /// # Errors
    /// [`CohortError::Read`]; [`CohortError::Dataset`] for bytes that are no ONNX file, and for weights that are not there.
    pub(super) fn read(path: &Path) -> Result<Self, CohortError> {
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        let stem = path.file_stem().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        let refused = |error: OnnxError| refused(&name, error);
        let mut bytes = fs::read(path).map_err(CohortError::read(path))?;
        let mut file = OnnxFile::read(&bytes).map_err(refused)?;
        let outside = file.outside();
        for other in &outside {
            let weights = fs::read(beside(path, other).map_err(refused)?);
            let missing = |error: std::io::Error| OnnxError::Outside {
                file: other.clone(),
                problem: format!("cannot be read ({error})"),
            };
            let taken = weights.map_err(missing).and_then(|weights| file.take_in(other, &weights));
            taken.map_err(refused)?;
        }
        if !outside.is_empty() {
            bytes = file.bytes();
        }
        let engine = Engine::of_environment().map_err(refused)?;
        Ok(Self { name, stem, file, bytes, engine })
    }

    /// Why the file is not imported.
    pub(super) fn refused(&self, error: impl Into<LearnError>) -> CohortError {
        refused(&self.name, error)
    }
}

fn refused(name: &str, error: impl Into<LearnError>) -> CohortError {
    DatasetError::NotImported { file: name.to_owned(), source: error.into() }.into()
}

/// A file of weights beside the ONNX file; one that would lie elsewhere is refused.
fn beside(path: &Path, other: &str) -> Result<PathBuf, OnnxError> {
    let plain = Path::new(other).components().all(|part| matches!(part, Component::Normal(_)));
    match plain && !other.is_empty() {
        true => Ok(path.with_file_name(other)),
        false => {
            let problem = "would lie outside the folder".to_owned();
            Err(OnnxError::Outside { file: other.to_owned(), problem })
        }
    }
}
