//! What runs imported nets: tract, which is part of hilum, or the ONNX Runtime library that its user has.

use super::{OnnxError, by_onnxruntime::OnnxRuntime};
use std::{ffi::OsString, path::Path};

/// What runs imported nets.
#[derive(Debug, Clone, Default)]
pub enum Engine {
    /// The one inside this program.
    #[default]
    Tract,
    /// A library of Microsoft's ONNX Runtime.
    OnnxRuntime(OnnxRuntime),
}

impl Engine {
    /// The environment variable that names the file of the library.
    pub const LIBRARY: &str = "HILUM_ONNXRUNTIME";

    /// The library that [`Engine::LIBRARY`] names in the environment; tract where it names none.
    ///
    /// # Errors
    /// [`OnnxError::Library`] where it names a file that is no such library, or one that is too old.
    pub fn of_environment() -> Result<Self, OnnxError> {
        Self::named(std::env::var_os(Self::LIBRARY))
    }

    fn named(library: Option<OsString>) -> Result<Self, OnnxError> {
        match library.filter(|name| !name.is_empty()) {
            Some(library) => OnnxRuntime::load(Path::new(&library)).map(Self::OnnxRuntime),
            None => Ok(Self::Tract),
        }
    }

    /// What is written down beside numbers that it computed: another one may differ in their last digits.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Tract => "tract".to_owned(),
            Self::OnnxRuntime(runtime) => format!("onnxruntime ({})", runtime.build()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_word_means_tract() {
        assert_eq!(Engine::named(None).unwrap().name(), "tract");
        assert_eq!(Engine::named(Some(OsString::new())).unwrap().name(), "tract");
    }
}
