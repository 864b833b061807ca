//! Where the bytes of a DICOM file come from: a disk, or a store.

use super::error::DicomError;
use crate::file_name;
use crate::store::{RemoteFile, StoreError};
use dicom_dictionary_std::tags;
use dicom_object::file::ReadPreamble;
use dicom_object::{DefaultDicomObject, OpenFileOptions, ReadError};
use std::cell::RefCell;
use std::io::{self, Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

/// Bytes of an object that are asked for first: most headers of CT images are shorter.
const FIRST_BYTES: u64 = 16 << 10;
/// Headers fetched from stores at one time.
const REQUESTS_AT_ONCE: usize = 16;
/// What stands for the name of an object until its header says whether the name tells who the patient is.
const UNNAMED: &str = "a DICOM object of the store";

/// A DICOM file on disk, or an object of a store, with the path that it would have on a disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DicomFile {
    path: PathBuf,
    object: Option<RemoteFile>,
}

impl DicomFile {
    /// Its path on disk; of an object its key.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The object, if it is one.
    pub fn object(&self) -> Option<&RemoteFile> {
        self.object.as_ref()
    }

    /// Its length; 0 if a disk does not tell.
    pub(super) fn bytes(&self) -> u64 {
        match &self.object {
            Some(object) => object.bytes(),
            None => std::fs::metadata(&self.path).map_or(0, |facts| facts.len()),
        }
    }

    /// Its name in messages while nothing is known of the patient.
    pub(super) fn first_name(&self) -> String {
        if self.object.is_some() { UNNAMED.to_owned() } else { file_name(&self.path) }
    }

    /// Reads the header and nothing behind it; `None` for an object without the mark of DICOM.
    pub(super) fn header(&self) -> Result<Option<DefaultDicomObject>, DicomError> {
        let options = OpenFileOptions::new().read_preamble(ReadPreamble::Always).read_until(tags::PIXEL_DATA);
        let name = self.first_name();
        let read = match &self.object {
            None => options.open_file(&self.path),
            Some(object) => {
                let failure = RefCell::new(None);
                let mut beginning = Beginning::of(object, &failure);
                let is_marked = beginning.is_marked();
                let read = is_marked.then(|| options.from_reader(beginning));
                // Whatever the parser made of a store that failed, it was the store.
                match (failure.take(), read) {
                    (Some(source), _) => return Err(unread(&name, source)),
                    (None, None) => return Ok(None),
                    (None, Some(read)) => read,
                }
            }
        };
        read.map(Some).map_err(|error| refusal(&name, error))
    }

    /// Reads all of it. `name` stands in messages.
    pub(super) fn whole(&self, name: &str) -> Result<DefaultDicomObject, DicomError> {
        let options = OpenFileOptions::new().read_preamble(ReadPreamble::Always);
        let read = match &self.object {
            None => options.open_file(&self.path),
            Some(object) => {
                let bytes =
                    object.range(0..object.bytes()).map_err(|source| unread(name, source.unnamed()))?;
                options.from_reader(Cursor::new(bytes))
            }
        };
        read.map_err(|error| refusal(name, error))
    }
}

impl From<PathBuf> for DicomFile {
    fn from(path: PathBuf) -> Self {
        Self { path, object: None }
    }
}

impl From<RemoteFile> for DicomFile {
    fn from(object: RemoteFile) -> Self {
        Self { path: PathBuf::from(object.key()), object: Some(object) }
    }
}

/// The bytes of an object from its first one on, fetched a piece at a time, each three times what came before.
struct Beginning<'a> {
    object: &'a RemoteFile,
    /// What the store said instead of giving a piece.
    failure: &'a RefCell<Option<StoreError>>,
    piece: Vec<u8>,
    at: usize,
    fetched: u64,
}

impl<'a> Beginning<'a> {
    fn of(object: &'a RemoteFile, failure: &'a RefCell<Option<StoreError>>) -> Self {
        Self { object, failure, piece: Vec::new(), at: 0, fetched: 0 }
    }

    /// Whether `DICM` stands behind a preamble of 128 bytes. To be asked before anything is read.
    fn is_marked(&mut self) -> bool {
        self.fetch();
        self.piece.get(128..132) == Some(b"DICM")
    }

    fn fetch(&mut self) {
        let to = if self.fetched == 0 { FIRST_BYTES } else { 4 * self.fetched };
        self.at = 0;
        self.piece = self.object.range(self.fetched..to).unwrap_or_else(|error| {
            self.failure.replace(Some(error.unnamed()));
            Vec::new()
        });
        self.fetched += self.piece.len() as u64;
    }
}

impl Read for Beginning<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.at == self.piece.len()
            && self.fetched < self.object.bytes()
            && self.failure.borrow().is_none()
        {
            self.fetch();
        }
        let n = out.len().min(self.piece.len() - self.at);
        out[..n].copy_from_slice(&self.piece[self.at..self.at + n]);
        self.at += n;
        Ok(n)
    }
}

/// What `read` makes of each of `files`, in their order. Objects are asked for some at a time, files on disk one by one.
pub(super) fn of_each<T: Send>(files: &[DicomFile], read: impl Fn(&DicomFile) -> T + Sync) -> Vec<T> {
    if files.iter().all(|file| file.object.is_none()) {
        return files.iter().map(read).collect();
    }
    let next = AtomicUsize::new(0);
    let (done, results) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..REQUESTS_AT_ONCE.min(files.len()) {
            let (done, next, read) = (done.clone(), &next, &read);
            scope.spawn(move || {
                while let Some((index, file)) = {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    files.get(index).map(|file| (index, file))
                } {
                    // The receiver outlives the threads.
                    let _ = done.send((index, read(file)));
                }
            });
        }
    });
    drop(done);
    let mut results: Vec<(usize, T)> = results.into_iter().collect();
    results.sort_by_key(|(index, _)| *index);
    results.into_iter().map(|(_, result)| result).collect()
}

/// A store that did not give what was asked for.
fn unread(name: &str, source: StoreError) -> DicomError {
    DicomError::Io { file: name.to_owned(), action: "read", source: source.into() }
}

/// What went wrong, without the words of the file.
fn refusal(name: &str, error: ReadError) -> DicomError {
    let file = name.to_owned();
    let problem = match error {
        ReadError::OpenFile { source, .. } => return DicomError::Io { file, action: "opened", source },
        ReadError::ReadFile { source, .. } | ReadError::ReadPreambleBytes { source, .. } => {
            return DicomError::Io { file, action: "read", source };
        }
        ReadError::ReadUnrecognizedTransferSyntax { .. } => "its transfer syntax is unknown",
        ReadError::ParseMetaDataSet { .. } => "its file meta information is damaged",
        _ => "it breaks off or is damaged",
    };
    DicomError::Header { file, problem }
}
