//! What an input lists, before anything is opened.

use crate::{ScanRef, figures::Candidate};
use hilum_learn::dataset::{Side, SourceKind};
use std::{collections::BTreeMap, path::PathBuf};

/// A picture or scan that is to take part.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    /// Unique name: the path below the input, or the image id.
    pub(super) id: String,
    /// Its label, where it has one.
    pub(super) label: Option<String>,
    /// Pseudonymous patient.
    pub(super) patient: Option<String>,
    /// The side that the input gives it.
    pub(super) given: Option<Side>,
    pub(super) file: EntryFile,
    /// The whole scan, where `file` is what a run left of it.
    pub(super) scan: Option<ScanRef>,
}

/// Where its pixels come from.
#[derive(Debug, Clone)]
pub(super) enum EntryFile {
    Picture(PathBuf),
    Scan(Box<Candidate>),
}

impl Entry {
    pub(super) fn kind(&self) -> SourceKind {
        match self.file {
            EntryFile::Picture(_) => SourceKind::GreyPicture,
            EntryFile::Scan(_) => SourceKind::HuSlice,
        }
    }
}

/// All that an input lists.
#[derive(Debug, Default)]
pub(super) struct Listing {
    pub(super) entries: Vec<Entry>,
    /// What should take part and cannot, with the reason.
    pub(super) unusable: Vec<(String, String)>,
    /// Files that are neither picture nor scan: how many of each ending.
    pub(super) other_files: BTreeMap<String, u64>,
    pub(super) class_names: BTreeMap<String, String>,
    pub(super) notes: Vec<String>,
}

/// Whether a file is a picture by its name. Its content decides later.
pub(super) fn is_picture(name: &str) -> bool {
    const ENDINGS: [&str; 8] = ["png", "jpg", "jpeg", "tif", "tiff", "bmp", "gif", "webp"];
    name.rsplit_once('.').is_some_and(|(stem, ending)| {
        !stem.is_empty() && ENDINGS.contains(&ending.to_ascii_lowercase().as_str())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_known_by_name() {
        assert!(is_picture("2020.02.10.20021584-p6-52%12.PNG") && is_picture("a.jpeg"));
        assert!(!is_picture(".png") && !is_picture("a.nii.gz") && !is_picture("png"));
    }
}
