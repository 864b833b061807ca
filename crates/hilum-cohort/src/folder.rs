//! A folder as a cohort: every file below it that is a scan by its name, and every CT series by its content.
//!
//! Real folders are walked first, links afterwards and only where they lead to something not yet seen, so that loops
//! end and a scan reached by two ways is one scan, under its real name. The order of the file system plays no part.

use crate::{
    CohortError, ScanRef,
    dicom_series::{NamedSeries, named_series, pictures_note},
    find::{Found, scan_ending, without_ending},
    ledger::LOCK_FILE,
};
use hilum_io::dicom::{DicomFile, is_dicom};
use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    fs, io,
    path::{Path, PathBuf},
};

/// The scans below `root`, leaving out `out` and the outputs of other runs.
pub(crate) fn scans_below(root: &Path, out: &Path) -> Result<Found, CohortError> {
    let mut walk = Walk { out: fs::canonicalize(out).ok(), ..Walk::default() };
    let entry = real(root).map_err(CohortError::read(root))?;
    if walk.out.as_ref() == Some(&entry) {
        return Err(CohortError::OutIsInput { path: root.to_owned() });
    }
    walk.seen.insert(entry);
    walk.folder(root).map_err(CohortError::read(root))?;
    walk.follow_links();
    walk.into_found(root)
}

#[derive(Default)]
struct Walk {
    out: Option<PathBuf>,
    seen: BTreeSet<PathBuf>,
    links: VecDeque<PathBuf>,
    files: Vec<PathBuf>,
    dicom: Vec<PathBuf>,
    left_out: BTreeMap<String, u64>,
    notes: Vec<String>,
}

impl Walk {
    fn folder(&mut self, folder: &Path) -> io::Result<()> {
        let mut entries = fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let path = entry.path();
            if entry.file_name().to_string_lossy().starts_with('.') {
                continue;
            }
            let kind = entry.file_type()?;
            if kind.is_symlink() {
                self.links.push_back(path);
            } else {
                self.visit(&path, kind.is_dir());
            }
        }
        Ok(())
    }

    fn visit(&mut self, path: &Path, is_folder: bool) {
        let Ok(real) = real(path) else { return self.note_unreadable(path) };
        if self.out.as_ref() == Some(&real) || !self.seen.insert(real) {
            return;
        }
        if !is_folder {
            self.file(path);
        } else if path.join(LOCK_FILE).exists() {
            self.notes.push(format!("{} holds the output of another run and is left out", last(path)));
        } else if self.folder(path).is_err() {
            self.note_unreadable(path);
        }
    }

    fn follow_links(&mut self) {
        while let Some(link) = self.links.pop_front() {
            match fs::metadata(&link) {
                Ok(target) => self.visit(&link, target.is_dir()),
                Err(_) => self.note_unreadable(&link),
            }
        }
    }

    fn file(&mut self, path: &Path) {
        let name = last(path);
        if scan_ending(&name).is_some() {
            self.files.push(path.to_owned());
        } else if is_dicom(path) {
            self.dicom.push(path.to_owned());
        } else {
            *self.left_out.entry(ending_in_words(&name)).or_default() += 1;
        }
    }

    fn note_unreadable(&mut self, path: &Path) {
        self.notes.push(format!("{} cannot be read and is left out", last(path)));
    }

    fn into_found(mut self, root: &Path) -> Result<Found, CohortError> {
        self.files.sort();
        self.dicom.sort();
        let names: BTreeSet<String> = self.files.iter().map(|f| below(f, root).to_lowercase()).collect();
        let mut entries: Vec<(String, ScanRef)> = self
            .files
            .into_iter()
            .map(|file| (below(&file, root), file))
            .filter(|(uri, _)| !is_data_of_a_pair(uri, &names))
            .map(|(uri, file)| (uri.clone(), ScanRef::bare(String::new(), uri, file)))
            .collect();
        self.notes.extend(pictures_note(&self.left_out));
        let dicom: Vec<DicomFile> = self.dicom.into_iter().map(DicomFile::from).collect();
        let NamedSeries { series, left_out, .. } = named_series(&dicom, root, own_name(root))?;
        entries.extend(series);
        self.left_out.extend(left_out);
        let ids = image_ids(entries.iter().map(|(name, _)| name.as_str()));
        let scans =
            ids.into_iter().zip(entries).map(|(image_id, (_, scan))| ScanRef { image_id, ..scan }).collect();
        Ok(Found { scans, left_out: self.left_out, notes: self.notes })
    }
}

/// What `path`, a folder or a file in one, is called, also where it is written as `.`.
pub(crate) fn own_name(path: &Path) -> Option<String> {
    let real = real(path).ok()?;
    let folder = if real.is_dir() { real.as_path() } else { real.parent()? };
    Some(folder.file_name()?.to_string_lossy().into_owned())
}

fn real(path: &Path) -> io::Result<PathBuf> {
    fs::canonicalize(path)
}

fn last(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// The path below `root` with `/` between its parts.
pub(crate) fn below(path: &Path, root: &Path) -> String {
    let parts = path.strip_prefix(root).unwrap_or(path);
    parts.components().map(|c| c.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

/// Whether this is the `.img` of a header that is in the folder too.
pub(crate) fn is_data_of_a_pair(uri: &str, names: &BTreeSet<String>) -> bool {
    let lower = uri.to_lowercase();
    let stem = lower.strip_suffix(".img").or_else(|| lower.strip_suffix(".img.gz"));
    stem.is_some_and(|s| names.contains(&format!("{s}.hdr")) || names.contains(&format!("{s}.hdr.gz")))
}

/// One id for each uri: `site/a.nii.gz` is `site__a`. Where two would be alike, both keep their ending; where they
/// still are, the later ones are numbered.
pub(crate) fn image_ids<'a>(uris: impl Iterator<Item = &'a str>) -> Vec<String> {
    let full: Vec<String> = uris.map(|uri| uri.replace('/', "__")).collect();
    let mut uses: BTreeMap<&str, usize> = BTreeMap::new();
    for id in &full {
        *uses.entry(without_ending(id)).or_default() += 1;
    }
    let mut given = BTreeSet::new();
    full.iter()
        .map(|id| if uses[without_ending(id)] == 1 { without_ending(id) } else { id })
        .map(|id| {
            let numbered = (2..).map(|n| format!("{id}-{n}"));
            let mut names = std::iter::once(id.to_owned()).chain(numbered);
            let free = names.find(|name| !given.contains(name)).unwrap_or_default();
            given.insert(free.clone());
            free
        })
        .collect()
}

/// A short ending says what a file is; a long one may be part of a name and is not repeated.
pub(crate) fn ending_in_words(name: &str) -> String {
    match name.rsplit_once('.') {
        Some((stem, ending))
            if !stem.is_empty()
                && (1..=7).contains(&ending.len())
                && ending.chars().all(|c| c.is_ascii_alphanumeric()) =>
        {
            format!(".{}", ending.to_ascii_lowercase())
        }
        _ => "without a known ending".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder_with(files: &[&str]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        for file in files {
            let path = dir.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, file.as_bytes()).unwrap();
        }
        dir
    }

    fn ids(found: &Found) -> Vec<&str> {
        found.scans.iter().map(|s| s.image_id.as_str()).collect()
    }

    #[test]
    fn folders_are_walked_and_the_rest_is_counted() {
        let dir = folder_with(&[
            "b.nii.gz",
            "a.nii",
            "site/x/c.nii",
            ".hidden/d.nii",
            "site/.e.nii",
            "cohort.csv",
            "n.PNG",
            "README",
            "out/scans/a/lung_mask.nii.gz",
        ]);
        let found = scans_below(dir.path(), &dir.path().join("out")).unwrap();
        assert_eq!(ids(&found), ["a", "b", "site__x__c"]);
        assert_eq!(found.scans[2].uri, "site/x/c.nii");
        let left_out: Vec<_> = found.left_out.iter().map(|(k, v)| (k.as_str(), *v)).collect();
        assert_eq!(left_out, [(".csv", 1), (".png", 1), ("without a known ending", 1)]);
    }

    #[test]
    fn the_output_of_another_run_is_no_input() {
        let dir = folder_with(&["a.nii", "earlier/scans/a/slice.nii.gz", "earlier/.hilum.lock"]);
        let found = scans_below(dir.path(), &dir.path().join("out")).unwrap();
        assert_eq!(ids(&found), ["a"]);
        assert_eq!(found.notes.len(), 1);
    }

    #[test]
    fn pairs_are_one_scan_and_a_lone_img_is_one_too() {
        let dir = folder_with(&["a.hdr", "a.img", "b.hdr.gz", "b.img.gz", "c.img"]);
        let found = scans_below(dir.path(), &dir.path().join("out")).unwrap();
        let uris: Vec<_> = found.scans.iter().map(|s| s.uri.as_str()).collect();
        assert_eq!(uris, ["a.hdr", "b.hdr.gz", "c.img"]);
    }

    #[test]
    fn equal_names_are_told_apart() {
        assert_eq!(image_ids(["a.nii", "a.nii.gz", "b.nii"].into_iter()), ["a.nii", "a.nii.gz", "b"]);
        assert_eq!(image_ids(["a/b.nii", "a__b.nii"].into_iter()), ["a__b.nii", "a__b.nii-2"]);
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_once_and_loops_end() {
        use std::os::unix::fs::symlink;
        let elsewhere = folder_with(&["far.nii"]);
        let dir = folder_with(&["z.nii"]);
        symlink(dir.path().join("z.nii"), dir.path().join("a.nii")).unwrap();
        symlink(dir.path(), dir.path().join("loop")).unwrap();
        symlink(elsewhere.path(), dir.path().join("linked")).unwrap();
        symlink(dir.path().join("gone.nii"), dir.path().join("broken.nii")).unwrap();
        let found = scans_below(dir.path(), &dir.path().join("out")).unwrap();
        assert_eq!(ids(&found), ["linked__far", "z"]);
        assert_eq!(found.notes.len(), 1);
    }

    #[test]
    fn endings_that_may_be_names_are_not_repeated() {
        assert_eq!(ending_in_words("IM.1.2.840.11361790"), "without a known ending");
        assert_eq!(ending_in_words("x.DCM"), ".dcm");
    }
}
