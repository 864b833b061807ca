//! Scans in stores: what lies under a prefix, and where the addresses of a manifest lead.
//!
//! A scan gets the name and the relative address that it would have in a folder of the same shape, so that a run over a
//! store and a run over its copy write the same tables.

use crate::{
    CohortError, ScanRef,
    dicom_series::{NamedSeries, named_series, pictures_note},
    find::{Found, Remote, scan_ending, without_ending},
    folder::{ending_in_words, image_ids, is_data_of_a_pair},
    ledger::LOCK_FILE,
    manifest,
};
use hilum_io::dicom::DicomFile;
use hilum_io::store::{Location, RemoteFile, Store, StoreOptions, StoreUrl, StoredObject};
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

/// The preamble of a DICOM file and the mark behind it.
const MARKED_BYTES: u64 = 132;
/// Endings of objects that are taken for what they say.
const NEVER_DICOM: [&str; 18] = [
    ".bmp", ".csv", ".gz", ".html", ".jpeg", ".jpg", ".json", ".md", ".parquet", ".pdf", ".png", ".tar",
    ".tif", ".tiff", ".tsv", ".txt", ".xml", ".zip",
];

/// The scans at `url`: one object, a manifest, or everything under a prefix but `mirror` and the outputs of other runs.
pub(crate) fn scans_at(
    url: &StoreUrl,
    mirror: Option<&StoreUrl>,
    options: &StoreOptions,
) -> Result<Found, CohortError> {
    let store = Store::open(url, options)?;
    if manifest::is_table(Path::new(url.name())) {
        return listed_at(&store, url, options);
    }
    if scan_ending(url.name()).is_some() {
        let object = store.find(url)?;
        let (id, uri) = (without_ending(url.name()).to_owned(), url.name().to_owned());
        let scan = ScanRef::remote(id, uri, Remote::Object(RemoteFile::new(store, object).into()));
        return Ok(Found { scans: vec![scan], ..Found::default() });
    }
    let objects = store.list(url)?;
    let mirror = mirror.filter(|out| (out.kind(), out.bucket()) == (url.kind(), url.bucket()));
    scans_among(&store, url, objects, mirror.map(StoreUrl::key))
}

/// The scans of a manifest that lies in a store: it is read from a copy that is gone afterwards.
fn listed_at(store: &Store, url: &StoreUrl, options: &StoreOptions) -> Result<Found, CohortError> {
    let object = store.find(url)?;
    let table = store.range(&object, 0..object.bytes)?;
    let folder = tempfile::tempdir().map_err(CohortError::write(std::env::temp_dir()))?;
    let path = folder.path().join(url.name());
    std::fs::write(&path, table).map_err(CohortError::write(&path))?;
    manifest::scans_listed(&path, &Location::Store(url.parent()), options)
}

fn scans_among(
    store: &Store,
    url: &StoreUrl,
    objects: Vec<StoredObject>,
    mirror: Option<&str>,
) -> Result<Found, CohortError> {
    let prefix = url.key();
    let below = |key: &str| key.strip_prefix(prefix).unwrap_or(key).trim_start_matches('/').to_owned();
    let runs: BTreeSet<String> = objects
        .iter()
        .filter_map(|object| Some(object.key().strip_suffix(LOCK_FILE)?.to_owned()))
        .filter(|run| run.trim_end_matches('/') != prefix)
        .collect();
    let of_a_run = |key: &str| {
        let in_mirror = mirror.is_some_and(|out| key.strip_prefix(out).is_some_and(|k| k.starts_with('/')));
        in_mirror || runs.iter().any(|run| key.starts_with(run.as_str()))
    };
    let mut found = Found::default();
    for run in &runs {
        let name = run.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        if mirror.is_none_or(|out| run.trim_end_matches('/') != out) {
            found.notes.push(format!("{name} holds the output of another run and is left out"));
        }
    }
    let mut scans: Vec<(PathBuf, String, StoredObject)> = Vec::new();
    let mut maybe_dicom: Vec<DicomFile> = Vec::new();
    for object in objects {
        let uri = below(object.key());
        let name = object.key().rsplit('/').next().unwrap_or_default();
        if of_a_run(object.key()) || uri.split('/').any(|part| part.starts_with('.')) {
            continue;
        }
        if scan_ending(name).is_some() {
            scans.push((PathBuf::from(&uri), uri, object));
        } else if may_be_dicom(name, object.bytes) {
            maybe_dicom.push(RemoteFile::new(store.clone(), object).into());
        } else {
            *found.left_out.entry(ending_in_words(name)).or_default() += 1;
        }
    }
    // In the order of paths, part by part, as a folder is walked.
    scans.sort_by(|a, b| a.0.cmp(&b.0));
    let names: BTreeSet<String> = scans.iter().map(|(_, uri, _)| uri.to_lowercase()).collect();
    scans.retain(|(_, uri, _)| !is_data_of_a_pair(uri, &names));
    let mut entries: Vec<(String, ScanRef)> = scans
        .into_iter()
        .map(|(_, uri, object)| {
            let remote = Remote::Object(RemoteFile::new(store.clone(), object).into());
            (uri.clone(), ScanRef::remote(String::new(), uri, remote))
        })
        .collect();
    maybe_dicom.sort_by(|a, b| a.path().cmp(b.path()));
    let root = if prefix.is_empty() { url.bucket() } else { url.name() };
    let NamedSeries { series, left_out, others } =
        named_series(&maybe_dicom, Path::new(prefix), Some(root.to_owned()))?;
    entries.extend(series);
    for other in others {
        let name = other.path().file_name().unwrap_or_default().to_string_lossy();
        *found.left_out.entry(ending_in_words(&name)).or_default() += 1;
    }
    found.notes.extend(pictures_note(&found.left_out));
    found.left_out.extend(left_out);
    let ids = image_ids(entries.iter().map(|(name, _)| name.as_str()));
    let named = ids.into_iter().zip(entries);
    found.scans = named.map(|(image_id, (_, scan))| ScanRef { image_id, ..scan }).collect();
    Ok(found)
}

/// Whether an object is worth a request that asks for the mark of DICOM, which files of any name may carry.
fn may_be_dicom(name: &str, bytes: u64) -> bool {
    bytes > MARKED_BYTES && !NEVER_DICOM.contains(&ending_in_words(name).as_str())
}

/// The objects at the addresses, each with its number; or why there is none.
pub(crate) fn looked_up(places: Vec<(usize, StoreUrl)>, options: &StoreOptions) -> Vec<(usize, Remote)> {
    let mut by_store: Vec<(StoreUrl, Vec<(usize, StoreUrl)>)> = Vec::new();
    for (index, url) in places {
        match by_store.iter_mut().find(|(first, _)| first.same_store(&url)) {
            Some((_, places)) => places.push((index, url)),
            None => by_store.push((url.clone(), vec![(index, url)])),
        }
    }
    let mut found = Vec::new();
    for (first, places) in by_store {
        let (numbers, urls): (Vec<usize>, Vec<StoreUrl>) = places.into_iter().unzip();
        match Store::open(&first, options) {
            Ok(store) => {
                let objects = store.find_all(&urls).into_iter().map(|object| match object {
                    Ok(object) => Remote::Object(RemoteFile::new(store.clone(), object).into()),
                    Err(error) => Remote::Unreachable(error.to_string()),
                });
                found.extend(numbers.into_iter().zip(objects));
            }
            Err(error) => {
                let why = error.to_string();
                found.extend(numbers.into_iter().map(|index| (index, Remote::Unreachable(why.clone()))));
            }
        }
    }
    found
}
