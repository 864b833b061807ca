//! A graph run by the ONNX Runtime library that the user has.

use super::{
    OnnxError,
    runner::{Said, caught},
};
use ort::{environment::Environment, logging::LogLevel, session::Session, value::TensorRef};
use prost::Message;
use std::{
    fs,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};
use tract_onnx::pb::ModelProto;

/// A library of ONNX Runtime, loaded into this process.
#[derive(Debug, Clone)]
pub struct OnnxRuntime {
    environment: Environment,
    build: String,
}

/// A process holds one such library at most.
static LOADED: Mutex<Option<(PathBuf, OnnxRuntime)>> = Mutex::new(None);

impl OnnxRuntime {
    /// Loads a library: `libonnxruntime.so`, `onnxruntime.dll`, `libonnxruntime.dylib`, as the Python package has it in its
    /// folder `capi`.
    ///
    /// # Errors
    /// [`OnnxError::Library`] where it is none, too old, or another one was loaded before.
    pub fn load(library: &Path) -> Result<Self, OnnxError> {
        let fault = |problem: String| OnnxError::Library { library: library.to_owned(), problem };
        let whole = fs::canonicalize(library).map_err(|error| fault(error.to_string()))?;
        let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
        match &*loaded {
            Some((path, runtime)) if *path == whole => Ok(runtime.clone()),
            Some((path, _)) => Err(fault(format!("{} was loaded before it", path.display()))),
            None => {
                let runtime = fresh(&whole).map_err(fault)?;
                *loaded = Some((whole, runtime.clone()));
                Ok(runtime)
            }
        }
    }

    /// From which source the library was built.
    pub(super) fn build(&self) -> &str {
        &self.build
    }
}

fn fresh(library: &Path) -> Result<OnnxRuntime, String> {
    caught(|| {
        let library = ort::init_from(library).map_err(|error| error.to_string())?;
        let built = library.with_name("hilum").with_telemetry(false).build();
        let environment = built.map_err(|error| error.to_string())?;
        // What is wrong comes back as an error; the rest is not for the user's terminal.
        environment.set_log_level(LogLevel::Fatal);
        Ok::<_, String>(OnnxRuntime { environment, build: commit(ort::info()) })
    })
}

/// The commit in what the library says of itself: `ORT Build Info: git-branch=..., git-commit-id=fab30a4, ...`.
fn commit(info: &str) -> String {
    let entry = info.split(", ").find_map(|entry| entry.trim().strip_prefix("git-commit-id="));
    format!("commit {}", entry.unwrap_or("unknown"))
}

/// A net as sessions of one thread each: as many as were ever at work at once.
#[derive(Debug)]
pub(super) struct Sessions {
    environment: Environment,
    model: Vec<u8>,
    idle: Mutex<Vec<Session>>,
}

impl Sessions {
    pub(super) fn new(runtime: &OnnxRuntime, model: &ModelProto) -> Result<Self, OnnxError> {
        let sessions = Self {
            environment: runtime.environment.clone(),
            model: model.encode_to_vec(),
            idle: Mutex::new(Vec::new()),
        };
        let first = sessions.open()?;
        sessions.put_back(first);
        Ok(sessions)
    }

    /// What the net says of the numbers of one picture.
    pub(super) fn run(&self, shape: [usize; 4], numbers: &[f32]) -> Result<Said, OnnxError> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut session = idle.map_or_else(|| self.open(), Ok)?;
        let said = caught(|| {
            let outputs = session.run(ort::inputs![TensorRef::from_array_view((shape, numbers))?])?;
            let (shape, numbers) = outputs[0].try_extract_tensor::<f32>()?;
            let shape = shape.iter().map(|&axis| usize::try_from(axis).unwrap_or(0)).collect();
            Ok::<_, ort::Error>(Said { shape, numbers: numbers.to_vec() })
        });
        self.put_back(session);
        said.map_err(|why| OnnxError::NotRun { why })
    }

    /// One thread and no more: the order of every sum is the same wherever a picture is run.
    fn open(&self) -> Result<Session, OnnxError> {
        let opened = caught(|| {
            let builder = Session::builder(&self.environment)?.with_log_level(LogLevel::Fatal)?;
            builder.with_intra_threads(1)?.with_inter_threads(1)?.commit_from_memory(&self.model)
        });
        opened.map_err(|why| OnnxError::NotRun { why })
    }

    fn put_back(&self, session: Session) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(session);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_build_is_told_by_its_commit() {
        assert_eq!(
            commit("ORT Build Info: git-branch=HEAD, git-commit-id=fab30a4, build type=Release"),
            "commit fab30a4"
        );
        assert_eq!(commit("something else"), "commit unknown");
    }

    #[test]
    fn what_is_no_library_is_refused_in_words() {
        let said = |path: &str| OnnxRuntime::load(Path::new(path)).unwrap_err().to_string();
        assert!(said("/nowhere/libonnxruntime.so").contains("/nowhere/libonnxruntime.so"));
        let text = tempfile::NamedTempFile::new().unwrap();
        fs::write(text.path(), "no library").unwrap();
        let words = said(&text.path().display().to_string());
        assert!(words.contains("cannot be used") && words.contains("libonnxruntime"), "{words}");
    }
}
