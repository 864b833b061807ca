//! Whatever a finished model can be shown: no class is asked for.

use super::{
    class_folders::{content, name_of},
    entry::{Entry, EntryFile, Listing, is_picture},
    tables,
};
use crate::{CohortError, ScanRef, figures::Candidate, find, folder, left_out_in_words, manifest::is_table};
use std::path::Path;

/// The pictures and scans of a file, a folder at any depth, a manifest, or the output folder of a run.
///
/// # Errors
/// [`CohortError`] where there is nothing at `input`, nothing in it that could be shown, or a table that makes no sense.
pub(super) fn listed(input: &Path, scans: Option<&Path>) -> Result<Listing, CohortError> {
    if !input.exists() {
        return Err(CohortError::NoInput { path: input.to_owned() });
    }
    let mut listing = if input.join("run.json").is_file() {
        tables::of_run(input, None, scans)?
    } else if input.is_dir() {
        below(input)?
    } else if is_table(input) {
        tables::of_manifest(input, None)?
    } else {
        of_file(input)?
    };
    if listing.entries.is_empty() && listing.unusable.is_empty() {
        let left_out = left_out_in_words(&listing.other_files);
        return Err(CohortError::NothingFound { path: input.to_owned(), left_out });
    }
    listing.entries.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(listing)
}

fn below(root: &Path) -> Result<Listing, CohortError> {
    let mut listing = Listing::default();
    let mut open = vec![root.to_owned()];
    while let Some(folder) = open.pop() {
        let (folders, files) = content(&folder)?;
        open.extend(folders);
        let pictures = files.into_iter().filter(|file| is_picture(&name_of(file)));
        listing.entries.extend(
            pictures.map(|file| Entry::unknown(folder::below(&file, root), EntryFile::Picture(file))),
        );
    }
    let found = folder::scans_below(root, Path::new(""))?;
    listing.notes = found.notes;
    listing.entries.extend(found.scans.into_iter().map(of_scan));
    listing.other_files = found.left_out;
    listing.other_files.retain(|ending, _| !is_picture(&format!("x{ending}")));
    Ok(listing)
}

fn of_file(file: &Path) -> Result<Listing, CohortError> {
    let name = name_of(file);
    if is_picture(&name) {
        let entries = vec![Entry::unknown(name, EntryFile::Picture(file.to_owned()))];
        return Ok(Listing { entries, ..Listing::default() });
    }
    let found = find(file, Path::new(""))?;
    let entries = found.scans.into_iter().map(of_scan).collect();
    Ok(Listing { entries, notes: found.notes, ..Listing::default() })
}

fn of_scan(scan: ScanRef) -> Entry {
    Entry::unknown(scan.image_id.clone(), EntryFile::Scan(Box::new(Candidate::of_scan(scan))))
}

impl Entry {
    pub(super) fn unknown(id: String, file: EntryFile) -> Self {
        Self { id, label: None, patient: None, given: None, file, scan: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn pictures_and_scans_are_found_at_any_depth() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("a/b")).unwrap();
        for name in ["z.png", "a/b/x.JPG", "a/scan.nii.gz", "a/notes.txt"] {
            fs::write(root.path().join(name), b"x").unwrap();
        }
        let ids = |input: &Path| -> Vec<String> {
            listed(input, None).unwrap().entries.into_iter().map(|entry| entry.id).collect()
        };
        assert_eq!(ids(root.path()), ["a/b/x.JPG", "a__scan", "z.png"]);
        assert_eq!(ids(&root.path().join("a/scan.nii.gz")), ["scan"]);
        assert_eq!(ids(&root.path().join("z.png")), ["z.png"]);
        fs::remove_file(root.path().join("z.png")).unwrap();
        let text = listed(&root.path().join("a"), None).unwrap();
        assert_eq!(text.other_files.get(".txt"), Some(&1));
        let nothing = tempfile::tempdir().unwrap();
        assert!(matches!(listed(nothing.path(), None), Err(CohortError::NothingFound { .. })));
        assert!(matches!(listed(&nothing.path().join("no"), None), Err(CohortError::NoInput { .. })));
    }
}
