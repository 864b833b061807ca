//! One run at a time in an output folder, or the parts of one.
//!
//! The lock is the operating system's: it ends with its process, however that ends, so it cannot become stale. The
//! file stays behind, empty, and marks the folder as hilum's output, which a later walk over inputs leaves out.

use crate::{CohortError, ledger::LOCK_FILE};
use std::{
    fs::{self, File, TryLockError},
    io::{Read, Write},
    path::Path,
};

/// Holds an output folder until dropped.
#[derive(Debug)]
pub(crate) struct OutLock {
    file: File,
}

impl OutLock {
    /// Makes `out` if needed and takes it.
    pub(crate) fn take(out: &Path) -> Result<Self, CohortError> {
        let lock = Self::with(out, File::try_lock)?;
        lock.sign(&std::process::id().to_string()).map_err(CohortError::write(out.join(LOCK_FILE)))?;
        Ok(lock)
    }

    /// Makes `out` if needed and takes it together with others who take it so.
    pub(crate) fn share(out: &Path) -> Result<Self, CohortError> {
        Self::with(out, File::try_lock_shared)
    }

    fn with(out: &Path, lock: fn(&File) -> Result<(), TryLockError>) -> Result<Self, CohortError> {
        fs::create_dir_all(out).map_err(CohortError::write(out))?;
        let path = out.join(LOCK_FILE);
        let mut file = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(CohortError::write(&path))?;
        match lock(&file) {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(CohortError::Locked { path: out.to_owned(), holder: holder(&mut file) });
            }
            // Some network file systems know no locks: better unguarded than unusable.
            Err(TryLockError::Error(e)) if e.kind() == std::io::ErrorKind::Unsupported => {}
            Err(TryLockError::Error(source)) => return Err(CohortError::Write { path, source }),
        }
        Ok(Self { file })
    }

    fn sign(&self, text: &str) -> std::io::Result<()> {
        self.file.set_len(0)?;
        (&self.file).write_all(text.as_bytes())
    }
}

impl Drop for OutLock {
    fn drop(&mut self) {
        // The lock goes with the file handle; a signature left behind only misnames the next holder's message.
        let _ = self.file.set_len(0);
    }
}

fn holder(file: &mut File) -> String {
    let mut pid = String::new();
    match file.read_to_string(&mut pid) {
        Ok(_) if !pid.is_empty() => format!(" (process {pid})"),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_taken_once_and_given_back() {
        let dir = tempfile::tempdir().unwrap();
        let out = dir.path().join("out");
        let first = OutLock::take(&out).unwrap();
        let error = OutLock::take(&out).unwrap_err();
        assert!(matches!(error, CohortError::Locked { .. }), "{error}");
        drop(first);
        assert_eq!(fs::read(out.join(LOCK_FILE)).unwrap(), b"");
        OutLock::take(&out).unwrap();
    }

    #[test]
    fn those_who_share_a_folder_keep_others_out() {
        let dir = tempfile::tempdir().unwrap();
        let shared = [OutLock::share(dir.path()).unwrap(), OutLock::share(dir.path()).unwrap()];
        assert!(matches!(OutLock::take(dir.path()), Err(CohortError::Locked { .. })));
        drop(shared);
        let _alone = OutLock::take(dir.path()).unwrap();
        assert!(matches!(OutLock::share(dir.path()), Err(CohortError::Locked { .. })));
    }
}
