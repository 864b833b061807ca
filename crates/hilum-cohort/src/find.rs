//! From INPUT to the list of scans: one file, a folder walked to its ends, or a manifest.
//!
//! Whatever is found becomes a row, even if it turns out to be unreadable; what is not taken for a scan is counted.

use crate::{CohortError, dicom_series::named_series, folder, groups::group_by_patient, manifest, stores};
use hilum_io::{
    RemoteScan, ScanError, ScanFile,
    dicom::{DicomFile, DicomSeries, PatientKey, is_dicom},
    store::{Location, StoreOptions, StoreUrl},
};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// A scan that lies in a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remote {
    /// One object, or those of a DICOM series.
    Object(RemoteScan),
    /// The store did not give it: why not.
    Unreachable(String),
}

/// One scan of the cohort, before it is opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScanRef {
    /// Unique name.
    pub image_id: String,
    /// Where the scan lies, relative to INPUT or to the manifest; never an absolute path.
    pub uri: String,
    /// The file to open, or the folder of a DICOM series; of a scan in a store its name alone.
    pub path: PathBuf,
    /// Where the scan lies in a store; `None` for one on disk.
    pub remote: Option<Remote>,
    /// The files of a DICOM series, sorted; empty for other scans.
    pub series: Vec<PathBuf>,
    /// Class label as given.
    pub label: Option<String>,
    /// Pseudonymous patient group.
    pub group: Option<String>,
    /// Whose series it is, to group scans of one patient; never written.
    pub patient: Option<PatientKey>,
    /// Site as given.
    pub site: Option<String>,
    /// Split as given.
    pub split: Option<String>,
}

/// What INPUT holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// The scans, sorted by `image_id`.
    pub scans: Vec<ScanRef>,
    /// Files not taken for scans: how many of each ending.
    pub left_out: BTreeMap<String, u64>,
    /// What the user should know about the input.
    pub notes: Vec<String>,
}

impl ScanRef {
    /// A scan that nothing is known of but its file.
    pub fn bare(image_id: String, uri: String, path: PathBuf) -> Self {
        Self {
            image_id,
            uri,
            path,
            remote: None,
            series: Vec::new(),
            label: None,
            group: None,
            patient: None,
            site: None,
            split: None,
        }
    }

    /// A scan that nothing is known of but where it lies in a store.
    pub(crate) fn remote(image_id: String, uri: String, remote: Remote) -> Self {
        let path = PathBuf::from(uri.rsplit('/').next().unwrap_or_default());
        Self { remote: Some(remote), ..Self::bare(image_id, uri, path) }
    }

    /// Opens the scan: reads its headers.
    ///
    /// # Errors
    /// [`ScanError`] if they cannot be read.
    pub fn open(&self) -> Result<ScanFile, ScanError> {
        match &self.remote {
            Some(Remote::Object(scan)) => ScanFile::open_remote(scan),
            _ if self.series.is_empty() => ScanFile::open(&self.path),
            _ => Ok(DicomSeries::open(&self.series)?.into()),
        }
    }

    /// Whether the scan is known to be a DICOM series.
    pub fn is_series(&self) -> bool {
        !self.series.is_empty() || matches!(self.remote, Some(Remote::Object(RemoteScan::Series(_))))
    }

    /// The files on disk that the scan is made of: one, both of a `.hdr`/`.img` pair as far as they exist, or those of a
    /// series; none for a scan in a store.
    pub fn files(&self) -> Vec<PathBuf> {
        if self.remote.is_some() {
            return Vec::new();
        }
        if !self.series.is_empty() {
            return self.series.clone();
        }
        let mut files = vec![self.path.clone()];
        let Some(name) = self.path.file_name().and_then(|n| n.to_str()) else { return files };
        let Some(ending) = scan_ending(name) else { return files };
        let other = match &ending[..4].to_ascii_lowercase()[..] {
            ".hdr" => ".img",
            ".img" => ".hdr",
            _ => return files,
        };
        let stem = &name[..name.len() - ending.len()];
        let partners = [format!("{stem}{other}"), format!("{stem}{other}.gz")];
        files.extend(partners.iter().map(|n| self.path.with_file_name(n)).find(|p| p.is_file()));
        files
    }
}

/// Finds the scans of a path or of an address in a store; nothing below `out`, on disk or in a store, hidden, or written
/// by an earlier run is taken.
///
/// # Errors
/// [`CohortError`] as [`find()`], or if the store refuses.
pub fn find_at(
    input: &Location,
    out: &Path,
    mirror: Option<&StoreUrl>,
    options: &StoreOptions,
) -> Result<Found, CohortError> {
    let url = match input {
        Location::Disk(path) => return find_on_disk(path, out, options),
        Location::Store(url) => url,
    };
    let found = stores::scans_at(url, mirror, options)?;
    sorted(found, PathBuf::from(url.to_string()))
}

/// Finds the scans of `input`; nothing below `out`, hidden, or written by an earlier run is taken.
///
/// # Errors
/// [`CohortError`] if there is nothing at `input`, if it holds no scan, or if a manifest makes no sense.
pub fn find(input: &Path, out: &Path) -> Result<Found, CohortError> {
    find_on_disk(input, out, &StoreOptions::default())
}

fn find_on_disk(input: &Path, out: &Path, options: &StoreOptions) -> Result<Found, CohortError> {
    if !input.exists() {
        return Err(CohortError::NoInput { path: input.to_owned() });
    }
    let found = if input.is_dir() {
        folder::scans_below(input, out)?
    } else if manifest::is_table(input) {
        manifest::scans_listed(input, &manifest::base_of(input), options)?
    } else if is_dicom(input) {
        let root = input.parent().unwrap_or(Path::new(""));
        let series = named_series(&[DicomFile::from(input.to_owned())], root, folder::own_name(input))?;
        let scans = series.series.into_iter().map(|(image_id, scan)| ScanRef { image_id, ..scan }).collect();
        Found { scans, left_out: series.left_out, ..Found::default() }
    } else {
        let name = input.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let id = without_ending(&name).to_owned();
        Found { scans: vec![ScanRef::bare(id, name, input.to_owned())], ..Found::default() }
    };
    sorted(found, input.to_owned())
}

fn sorted(mut found: Found, input: PathBuf) -> Result<Found, CohortError> {
    if found.scans.is_empty() {
        let left_out = left_out_in_words(&found.left_out);
        return Err(CohortError::NothingFound { path: input, left_out });
    }
    found.scans.sort_by(|a, b| a.image_id.cmp(&b.image_id));
    group_by_patient(&mut found.scans);
    Ok(found)
}

/// `3 .png, 1 .csv`, or `it is empty`.
pub fn left_out_in_words(left_out: &BTreeMap<String, u64>) -> String {
    if left_out.is_empty() {
        return "it holds no files".to_owned();
    }
    let parts: Vec<String> = left_out.iter().map(|(ending, n)| format!("{n} {ending}")).collect();
    format!("left out: {}", parts.join(", "))
}

/// The ending of a scan's file name as spelled there; `None` if it is no scan by its name.
pub(crate) fn scan_ending(name: &str) -> Option<&str> {
    const ENDINGS: [&str; 6] = [".nii.gz", ".nii", ".hdr.gz", ".hdr", ".img.gz", ".img"];
    ENDINGS.iter().find_map(|ending| {
        let start = name.len().checked_sub(ending.len()).filter(|&s| s > 0)?;
        let tail = name.get(start..)?;
        tail.eq_ignore_ascii_case(ending).then_some(tail)
    })
}

/// A file name without the ending of a scan.
pub(crate) fn without_ending(name: &str) -> &str {
    scan_ending(name).map_or(name, |ending| &name[..name.len() - ending.len()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings_are_known_in_any_case() {
        assert_eq!(scan_ending("a.NII.gz"), Some(".NII.gz"));
        assert_eq!(without_ending("p.1.nii"), "p.1");
        assert_eq!(without_ending("notes.txt"), "notes.txt");
        assert_eq!(scan_ending(".nii"), None);
        assert_eq!(scan_ending("é.nii"), Some(".nii"));
    }

    #[test]
    fn a_single_file_is_a_cohort_of_one() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("a.nii.gz");
        std::fs::write(&file, b"x").unwrap();
        let found = find(&file, &dir.path().join("out")).unwrap();
        assert_eq!(found.scans, vec![ScanRef::bare("a".into(), "a.nii.gz".into(), file)]);
    }

    #[test]
    fn a_pair_has_two_files() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["a.hdr", "a.img.gz"] {
            std::fs::write(dir.path().join(name), b"x").unwrap();
        }
        let scan = ScanRef::bare("a".into(), "a.hdr".into(), dir.path().join("a.hdr"));
        assert_eq!(scan.files().len(), 2);
    }

    #[test]
    fn nothing_there_is_an_error_and_so_is_nothing_useful() {
        let dir = tempfile::tempdir().unwrap();
        let out = dir.path().join("out");
        assert!(matches!(find(&dir.path().join("no"), &out), Err(CohortError::NoInput { .. })));
        std::fs::write(dir.path().join("a.dcm"), b"x").unwrap();
        let error = find(dir.path(), &out).unwrap_err();
        assert!(error.to_string().contains("1 .dcm"), "{error}");
    }
}
