//! CT series as scans of a cohort, under names that tell nobody who the patient is.
//!
//! A series is named after the folder that holds it; where several share one, a short hash of the Series Instance UID is
//! added. Where the path names the patient of the header, the hash is the whole name.

use crate::{CohortError, Remote, ScanRef, folder::below};
use hilum_io::{
    RemoteScan, RemoteSeries,
    dicom::{DicomFile, SeriesFiles, catalog},
};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// Letters of the hash in names: enough to tell a million series apart.
const HASH_LETTERS: usize = 10;

/// The series of a folder, each with what its image id is made of; and how many files are none, by kind.
pub(crate) struct NamedSeries {
    pub(crate) series: Vec<(String, ScanRef)>,
    pub(crate) left_out: BTreeMap<String, u64>,
    /// Objects of a store that are no DICOM.
    pub(crate) others: Vec<DicomFile>,
}

/// Sorts the DICOM `files` below `root` into scans. `own_name` is what a series is called that lies in `root` itself.
///
/// # Errors
/// [`CohortError`] if a store could not be asked.
pub(crate) fn named_series(
    files: &[DicomFile],
    root: &Path,
    own_name: Option<String>,
) -> Result<NamedSeries, CohortError> {
    let found = catalog(files)?;
    let homes: Vec<PathBuf> = found.series.iter().map(|series| common_folder(&series.files)).collect();
    let named = found.series.into_iter().zip(&homes).map(|(series, home)| {
        let alone = homes.iter().filter(|other| *other == home).count() == 1;
        let place = Some(below(home, root)).filter(|place| !place.is_empty()).or_else(|| own_name.clone());
        named(series, home, place, alone)
    });
    let series = named.collect();
    let left_out = found.left_out.into_iter().map(|(what, n)| (what.to_owned(), n)).collect();
    Ok(NamedSeries { series, left_out, others: found.others })
}

/// Says that pictures are no scans, where there are some.
pub(crate) fn pictures_note(left_out: &BTreeMap<String, u64>) -> Option<String> {
    const ENDINGS: [&str; 6] = [".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp"];
    let pictures: u64 = ENDINGS.iter().filter_map(|ending| left_out.get(*ending)).sum();
    (pictures > 0).then(|| {
        format!("{pictures} pictures are left out: their grey values are no Hounsfield units and cannot be measured")
    })
}

fn named(series: SeriesFiles, home: &Path, place: Option<String>, alone: bool) -> (String, ScanRef) {
    let hash = short_hash(&series.uid);
    let (id, uri) = match place {
        Some(place) if !series.identity.appears_in(&place) => {
            (if alone { place.clone() } else { format!("{place}/{hash}") }, place)
        }
        _ => (format!("series-{hash}"), format!("series-{hash}")),
    };
    let (patient, files) = (series.patient, series.files);
    let scan = if files.iter().all(|file| file.object().is_some()) {
        let scan = RemoteScan::Series(RemoteSeries::new(files));
        ScanRef::remote(String::new(), uri, Remote::Object(scan))
    } else {
        let series = files.iter().map(|file| file.path().to_owned()).collect();
        ScanRef { series, ..ScanRef::bare(String::new(), uri, home.to_owned()) }
    };
    (id, ScanRef { patient, ..scan })
}

/// The deepest folder that holds all `files`.
fn common_folder(files: &[DicomFile]) -> PathBuf {
    let mut folders = files.iter().map(|file| file.path().parent().unwrap_or(Path::new("")));
    let mut common = folders.next().unwrap_or(Path::new(""));
    for folder in folders {
        while !folder.starts_with(common) {
            common = common.parent().unwrap_or(Path::new(""));
        }
    }
    common.to_owned()
}

fn short_hash(uid: &str) -> String {
    blake3::hash(uid.as_bytes()).to_hex().chars().take(HASH_LETTERS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_in_several_folders_have_one_home() {
        let files = ["a/b/1", "a/b/2", "a/c/3"].map(|path| DicomFile::from(PathBuf::from(path)));
        assert_eq!(common_folder(&files), Path::new("a"));
        assert_eq!(common_folder(&files[..2]), Path::new("a/b"));
    }
}
