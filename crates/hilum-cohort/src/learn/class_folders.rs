//! A folder with a folder for each class, or with `train`, `val` and `test` that hold them.

use super::{
    DatasetError,
    entry::{Entry, EntryFile, Listing, is_picture},
};
use crate::{CohortError, figures::Candidate, folder};
use hilum_learn::dataset::Side;
use std::{
    fs,
    path::{Path, PathBuf},
};

/// What lies in the class folders of `root`; pictures that lie beside them have no class.
pub(super) fn listed(root: &Path) -> Result<Listing, CohortError> {
    let mut listing = Listing::default();
    let (folders, files) = content(root)?;
    let sides: Vec<Option<Side>> = folders.iter().map(|folder| Side::named(&name_of(folder))).collect();
    if sides.iter().any(Option::is_some) {
        for (folder, side) in folders.iter().zip(sides) {
            if side.is_none() {
                listing.notes.push(format!(
                    "{} stands beside the folders of a split and is left out",
                    name_of(folder)
                ));
                continue;
            }
            let (classes, unclassed) = content(folder)?;
            listing.without_class(&unclassed, root);
            classes.iter().try_for_each(|class| listing.take_class(class, side, root))?;
        }
    } else {
        folders.iter().try_for_each(|class| listing.take_class(class, None, root))?;
    }
    listing.without_class(&files, root);
    Ok(listing)
}

/// Folders and files in a folder, sorted; hidden ones do not count.
pub(super) fn content(folder: &Path) -> Result<(Vec<PathBuf>, Vec<PathBuf>), CohortError> {
    let entries = fs::read_dir(folder).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let mut paths: Vec<PathBuf> =
        entries.map_err(CohortError::read(folder))?.iter().map(fs::DirEntry::path).collect();
    paths.retain(|path| !name_of(path).starts_with('.'));
    paths.sort();
    Ok(paths.into_iter().partition(|path| path.is_dir()))
}

pub(super) fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

impl Listing {
    fn take_class(&mut self, class: &Path, given: Option<Side>, root: &Path) -> Result<(), CohortError> {
        let label = name_of(class);
        let before = self.entries.len();
        let entry = |id: String, file| Entry {
            id,
            label: Some(label.clone()),
            patient: None,
            given,
            file,
            scan: None,
        };
        let mut open = vec![class.to_owned()];
        while let Some(folder) = open.pop() {
            let (folders, files) = content(&folder)?;
            open.extend(folders);
            for file in files.into_iter().filter(|file| is_picture(&name_of(file))) {
                self.entries.push(entry(folder::below(&file, root), EntryFile::Picture(file)));
            }
        }
        let found = folder::scans_below(class, Path::new(""))?;
        for scan in found.scans {
            let id = format!("{}/{}", folder::below(class, root), scan.uri);
            self.entries.push(entry(id, EntryFile::Scan(Box::new(Candidate::of_scan(scan)))));
        }
        let others = found.left_out.into_iter().filter(|(ending, _)| !is_picture(&format!("x{ending}")));
        for (ending, count) in others {
            *self.other_files.entry(ending).or_default() += count;
        }
        if self.entries.len() == before {
            return Err(DatasetError::EmptyClass { folder: folder::below(class, root) }.into());
        }
        Ok(())
    }

    fn without_class(&mut self, files: &[PathBuf], root: &Path) {
        let pictures = files.iter().filter(|file| is_picture(&name_of(file)));
        let reason = "it lies in no class folder";
        self.unusable.extend(pictures.map(|file| (folder::below(file, root), reason.to_owned())));
    }
}
