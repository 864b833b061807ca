//! Where something lies, as users type it: a path or an address.

use super::address::StoreUrl;
use super::error::StoreError;
use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;

/// A path on disk or an address in a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// A path.
    Disk(PathBuf),
    /// An address.
    Store(StoreUrl),
}

impl Location {
    /// The last part of it, without what may be a signature.
    pub fn name(&self) -> String {
        match self {
            Self::Disk(path) => path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            Self::Store(url) if url.key().is_empty() => url.bucket().to_owned(),
            Self::Store(url) => url.name().to_owned(),
        }
    }
}

impl From<PathBuf> for Location {
    fn from(path: PathBuf) -> Self {
        Self::Disk(path)
    }
}

impl TryFrom<OsString> for Location {
    type Error = StoreError;

    fn try_from(typed: OsString) -> Result<Self, StoreError> {
        match typed.to_str() {
            Some(text) if StoreUrl::is_one(text) => Ok(Self::Store(text.parse()?)),
            _ => Ok(Self::Disk(typed.into())),
        }
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Disk(path) => path.display().fmt(f),
            Self::Store(url) => url.fmt(f),
        }
    }
}
