//! One scan in a store: an object, or the objects of a DICOM series.

use crate::dicom::{DicomError, DicomFile, DicomSeries};
use crate::store::RemoteFile;
use std::sync::{Arc, OnceLock};

/// A scan in a store, as something that can be opened again and again. Clones share what was fetched of its headers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RemoteScan {
    /// One object.
    File(RemoteFile),
    /// The images of a DICOM series.
    Series(RemoteSeries),
}

/// The objects of a DICOM series, which are not empty.
#[derive(Debug, Clone)]
pub struct RemoteSeries {
    files: Arc<[DicomFile]>,
    opened: Arc<OnceLock<DicomSeries>>,
}

impl RemoteSeries {
    /// The series that `files` are, sorted by key; nothing is read yet.
    pub fn new(files: Vec<DicomFile>) -> Self {
        Self { files: files.into(), opened: Arc::default() }
    }

    /// Its objects.
    pub fn objects(&self) -> impl Iterator<Item = &RemoteFile> {
        self.files.iter().filter_map(DicomFile::object)
    }

    /// The series, whose headers are fetched when it is first asked for.
    ///
    /// # Errors
    /// [`DicomError`] as [`DicomSeries::open`].
    pub fn open(&self) -> Result<DicomSeries, DicomError> {
        if let Some(series) = self.opened.get() {
            return Ok(series.clone());
        }
        let series = DicomSeries::open_files(&self.files)?;
        Ok(self.opened.get_or_init(|| series).clone())
    }
}

impl PartialEq for RemoteSeries {
    fn eq(&self, other: &Self) -> bool {
        self.files == other.files
    }
}

impl Eq for RemoteSeries {}

impl RemoteScan {
    /// Bytes of all its objects.
    pub fn bytes(&self) -> u64 {
        match self {
            Self::File(file) => file.bytes(),
            Self::Series(series) => series.objects().map(RemoteFile::bytes).sum(),
        }
    }

    /// Equal for equal scans: keys, sizes and ETags. `None` where the store tells no ETag.
    pub fn identity(&self) -> Option<String> {
        match self {
            Self::File(file) => file.identity(),
            Self::Series(series) => {
                let mut hash = blake3::Hasher::new();
                for object in series.objects() {
                    for text in [object.name(), &object.identity()?] {
                        hash.update(&(text.len() as u64).to_le_bytes()).update(text.as_bytes());
                    }
                }
                Some(hash.finalize().to_hex().to_string())
            }
        }
    }
}

impl From<RemoteFile> for RemoteScan {
    fn from(file: RemoteFile) -> Self {
        Self::File(file)
    }
}
