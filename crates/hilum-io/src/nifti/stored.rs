//! Files as they lie on disk or in a store: which ones make up a volume, how large they are, packed or not.

use super::error::NiftiError;
use crate::atomic::file_name;
use crate::gzip::Members;
use crate::store::RemoteFile;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Where a file lies.
#[derive(Debug, Clone)]
pub(super) enum Place {
    Disk(PathBuf),
    Store(RemoteFile),
}

/// A file on disk or in a store.
#[derive(Debug, Clone)]
pub(super) struct StoredFile {
    pub(super) place: Place,
    /// Its last component, for messages.
    pub(super) name: String,
    /// Its length.
    pub(super) bytes: u64,
    /// Whether the content is gzip, whatever the name says.
    pub(super) gzip: bool,
}

impl StoredFile {
    /// Looks at the length and the first bytes of `path`.
    pub(super) fn probe(path: &Path) -> Result<Self, NiftiError> {
        let name = file_name(path);
        let failed = |source| NiftiError::Io { file: name.clone(), action: "opened", source };
        let metadata = std::fs::metadata(path).map_err(failed)?;
        if !metadata.is_file() {
            // A pipe would wait for ever and a folder says nothing useful when read.
            return Err(failed(io::Error::new(io::ErrorKind::InvalidInput, "it is no regular file")));
        }
        let mut magic = Vec::new();
        File::open(path).and_then(|file| file.take(2).read_to_end(&mut magic)).map_err(failed)?;
        let gzip = magic == [0x1f, 0x8b];
        Ok(Self { place: Place::Disk(path.to_owned()), name, bytes: metadata.len(), gzip })
    }

    /// Looks at the first bytes of an object.
    pub(super) fn of_object(object: &RemoteFile) -> Result<Self, NiftiError> {
        let name = object.name().to_owned();
        let magic = object.beginning().map_err(|error| NiftiError::Io {
            file: name.clone(),
            action: "opened",
            source: error.into(),
        })?;
        let gzip = magic.starts_with(&[0x1f, 0x8b]);
        Ok(Self { place: Place::Store(object.clone()), name, bytes: object.bytes(), gzip })
    }

    /// Opens a file on disk for reading.
    pub(super) fn open(&self, path: &Path) -> Result<File, NiftiError> {
        File::open(path).map_err(|source| self.io("opened", source))
    }

    /// The first `len` unpacked bytes, or fewer where the file ends earlier.
    pub(super) fn beginning(&self, len: u64) -> Result<Vec<u8>, NiftiError> {
        let beginning: &mut dyn Read = match &self.place {
            Place::Disk(path) => &mut self.open(path)?,
            Place::Store(object) => &mut object.beginning().map_err(|error| self.io("read", error.into()))?,
        };
        let mut bytes = Vec::new();
        let outcome = if self.gzip {
            Members::new(beginning).take(len).read_to_end(&mut bytes)
        } else {
            beginning.take(len).read_to_end(&mut bytes)
        };
        match outcome {
            Ok(_) => Ok(bytes),
            // What was unpacked before the data ended is judged by the caller, who knows how much is needed.
            Err(error) if self.gzip && error.kind() == io::ErrorKind::UnexpectedEof => Ok(bytes),
            Err(error) if self.gzip && error.kind() == io::ErrorKind::InvalidData => {
                Err(NiftiError::DamagedGzip {
                    file: self.name.clone(),
                    decoded_bytes: bytes.len() as u64,
                    problem: error.to_string(),
                })
            }
            Err(source) => Err(self.io("read", source)),
        }
    }

    /// The error for a refusal of the operating system.
    pub(super) fn io(&self, action: &'static str, source: io::Error) -> NiftiError {
        NiftiError::Io { file: self.name.clone(), action, source }
    }

    /// Whether a name that promises gzip, or does not, is wrong.
    pub(super) fn misnamed(&self) -> bool {
        let ending = Path::new(&self.name).extension().unwrap_or_default();
        ending.eq_ignore_ascii_case("gz") != self.gzip
    }
}

/// The other half of a `.hdr`/`.img` pair: beside `path`, packed or not, in the same letter case.
pub(super) fn other_half(path: &Path, wanted: &'static str) -> Result<PathBuf, NiftiError> {
    let stem = without_ending(path);
    let upper = wanted.to_uppercase();
    let endings = [wanted.to_owned(), format!("{wanted}.gz"), upper.clone(), format!("{upper}.GZ")];
    let candidate = |ending: &String| {
        let mut name = stem.clone().into_os_string();
        name.push(".");
        name.push(ending);
        PathBuf::from(name)
    };
    endings.iter().map(candidate).find(|half| half.is_file()).ok_or_else(|| NiftiError::MissingHalf {
        file: file_name(path),
        wanted: file_name(&candidate(&endings[0])),
    })
}

/// Whether `path` ends in `.img` or `.img.gz`.
pub(super) fn is_image_half(path: &Path) -> bool {
    unpacked_name(path).extension().is_some_and(|ending| ending.eq_ignore_ascii_case("img"))
}

fn unpacked_name(path: &Path) -> PathBuf {
    let packed = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("gz"));
    if packed { path.with_extension("") } else { path.to_owned() }
}

fn without_ending(path: &Path) -> PathBuf {
    unpacked_name(path).with_extension("")
}
