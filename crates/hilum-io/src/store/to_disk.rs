//! Objects that become files, whole or not at all.

use super::error::StoreError;
use super::etag::ContentHash;
use super::object::StoredObject;
use super::open::Store;
use super::transfer::{Check, Received, Sink, Watch, transfer};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};

/// Bytes of a file that are hashed at a time.
const PIECE_BYTES: usize = 1 << 20;

impl Store {
    /// Copies `object` to the file `path`, in place of what is there. Its folder is made.
    ///
    /// What has arrived lies beside it, named `.NAME.part`, until all of it is there and checked; with `resume` that of an
    /// earlier try is gone on with, which must have been one for this object in this state.
    ///
    /// # Errors
    /// [`StoreError`] if the store does not give the object, if what it gives is not the object, if `watch` says to stop, or
    /// if the file cannot be written ([`StoreError::Disk`]).
    pub fn fetch_file(
        &self,
        object: &StoredObject,
        path: &Path,
        resume: bool,
        watch: Watch<'_>,
    ) -> Result<Received, StoreError> {
        let partial = partial(path);
        let mut content = ContentHash::of(object);
        let folder = path.parent().unwrap_or(Path::new(""));
        let opened = fs::create_dir_all(folder).and_then(|()| begun(&partial, object, resume, &mut content));
        let file = opened.map_err(StoreError::disk(&partial))?;
        if watch(content.bytes() as i64).is_break() {
            return Err(StoreError::Stopped { address: self.address(object) });
        }
        let mut sink = Partial { file, path: partial };
        let received = transfer(self, object, &mut sink, content, watch)?;
        fs::rename(&sink.path, path).map_err(StoreError::disk(path))?;
        Ok(received)
    }
}

/// What the file at `path` is, if it is `object`: as long, and with the bytes that the ETag is a digest of. `None` if it is
/// not, or if that cannot be told.
///
/// # Errors
/// If the file is there and cannot be read.
pub fn received_before(path: &Path, object: &StoredObject) -> io::Result<Option<Received>> {
    let mut content = ContentHash::of(object);
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let facts = file.metadata()?;
    if !facts.is_file() || facts.len() != object.bytes || !content.can_agree() {
        return Ok(None);
    }
    hash_file(file, &mut content)?;
    let found = content.finish();
    let whole = found.agrees == Some(true);
    Ok(whole.then(|| Received { blake3: found.blake3.to_hex().to_string(), check: Check::Digest }))
}

/// The file for what has arrived, at its end, and in `content` what is there already.
fn begun(path: &Path, object: &StoredObject, resume: bool, content: &mut ContentHash) -> io::Result<File> {
    let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
    // Without an ETag nobody knows whether it is still the same object.
    if resume && object.etag.is_some() && file.metadata()?.len() <= object.bytes {
        hash_file(&mut file, content)?;
    } else {
        file.set_len(0)?;
    }
    Ok(file)
}

fn hash_file(mut file: impl Read, content: &mut ContentHash) -> io::Result<()> {
    let mut piece = vec![0; PIECE_BYTES];
    loop {
        match file.read(&mut piece)? {
            0 => return Ok(()),
            n => content.update(&piece[..n]),
        }
    }
}

/// `.NAME.part` beside `path`.
fn partial(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.part"))
}

/// A file that is being filled.
struct Partial {
    file: File,
    path: PathBuf,
}

impl Sink for Partial {
    fn take(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        self.file.write_all(bytes).map_err(StoreError::disk(&self.path))
    }

    fn start_over(&mut self) -> Result<(), StoreError> {
        let emptied = self.file.rewind().and_then(|()| self.file.set_len(0));
        emptied.map_err(StoreError::disk(&self.path))
    }
}
