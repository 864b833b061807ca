//! Where a run works: its output folder, or, when the output lies in a store, a folder on disk that is gone afterwards.

use crate::CohortError;
use hilum_io::store::{Location, StoreUrl};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// The folder that a run works in, and the prefix of a store that is to hold the same.
#[derive(Debug)]
pub struct OutFolder {
    path: PathBuf,
    mirror: Option<(StoreUrl, TempDir)>,
}

impl OutFolder {
    /// For the output that a user named.
    ///
    /// # Errors
    /// [`CohortError::Write`] if there is no place for a working folder.
    pub fn at(out: Location) -> Result<Self, CohortError> {
        match out {
            Location::Disk(path) => Ok(Self { path, mirror: None }),
            Location::Store(url) => {
                let working = tempfile::tempdir().map_err(CohortError::write(std::env::temp_dir()))?;
                Ok(Self { path: working.path().join("out"), mirror: Some((url, working)) })
            }
        }
    }

    /// The folder on disk.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The prefix of a store.
    pub fn mirror(&self) -> Option<&StoreUrl> {
        self.mirror.as_ref().map(|(url, _)| url)
    }

    /// Takes the working folder away, where there is one; dropping does the same, and keeps silent about faults.
    ///
    /// # Errors
    /// [`CohortError::Write`] if it cannot be taken away.
    pub fn close(self) -> Result<(), CohortError> {
        match self.mirror {
            Some((_, working)) => working.close().map_err(CohortError::write(self.path)),
            None => Ok(()),
        }
    }
}
