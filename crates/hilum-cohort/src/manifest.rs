//! A cohort written down as a table: `image_id, type, uri` and, where known, `patient_id, site, split`.
//!
//! Patient identities stay in memory: they become groups `g0001`, `g0002`, ... in the order of each patient's first
//! image id, so that scans of one patient can be kept together without anyone being named.

use crate::{CohortError, ScanRef, find::Found, groups::groups, stores};
use hilum_io::dicom::DicomSeries;
use hilum_io::store::{Location, StoreOptions, StoreUrl};
use hilum_io::table::{TextTable, read_csv_table, read_parquet_table};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// Whether `path` is a table by its name.
pub(crate) fn is_table(path: &Path) -> bool {
    has_ending(path, "csv") || has_ending(path, "parquet")
}

fn has_ending(path: &Path, ending: &str) -> bool {
    path.extension().is_some_and(|e| e.eq_ignore_ascii_case(ending))
}

/// Reads a CSV or Parquet table as text.
pub(crate) fn read_table(path: &Path) -> Result<TextTable, CohortError> {
    let table = if has_ending(path, "parquet") { read_parquet_table(path) } else { read_csv_table(path) };
    table.map_err(|source| CohortError::Table { path: path.to_owned(), source })
}

/// Where relative addresses of a manifest on disk begin.
pub(crate) fn base_of(path: &Path) -> Location {
    Location::Disk(path.parent().unwrap_or(Path::new("")).to_owned())
}

/// The scans that the manifest at `path` lists, with addresses relative to `base`.
pub(crate) fn scans_listed(
    path: &Path,
    base: &Location,
    options: &StoreOptions,
) -> Result<Found, CohortError> {
    let table = read_table(path)?;
    let columns = Columns { path, names: &table.columns };
    let (id, uri) = (columns.need("image_id")?, columns.need("uri")?);
    let label = columns.need("type")?;
    let [patient, site, split] = ["patient_id", "site", "split"].map(|name| columns.find(name));

    let mut found = Found::default();
    let mut patients = Vec::new();
    let mut in_stores = Vec::new();
    let mut first_row: BTreeMap<&str, usize> = BTreeMap::new();
    for (index, cells) in table.rows.iter().enumerate() {
        let row = index + 1;
        let cell = |column: usize| cells.get(column).and_then(|c| c.as_deref()).map(str::trim);
        let given = |column: Option<usize>| column.and_then(cell).filter(|c| !c.is_empty());
        let needed = |column: usize| given(Some(column)).ok_or_else(|| columns.empty(row, column));
        let (image_id, address) = (needed(id)?, needed(uri)?);
        if let Some(first) = first_row.insert(image_id, row) {
            return Err(columns.fault(row, id, format!("'{image_id}' is also the image_id of row {first}")));
        }
        let own = |column| given(column).map(str::to_owned);
        let place = resolved(address, base).map_err(|problem| columns.fault(row, uri, problem))?;
        let (uri, path) = match (&place, base) {
            // What follows '?' may be a signature.
            (Location::Store(_), _) => {
                let shown = address.split(['?', '#']).next().unwrap_or_default();
                (shown.to_owned(), PathBuf::from(shown.rsplit('/').next().unwrap_or_default()))
            }
            (Location::Disk(path), Location::Disk(base)) => (public_uri(address, base), path.clone()),
            (Location::Disk(path), Location::Store(_)) => (place.name(), path.clone()),
        };
        let series = series_in(&path);
        if let Location::Store(url) = place {
            in_stores.push((found.scans.len(), url));
        }
        found.scans.push(ScanRef {
            image_id: image_id.to_owned(),
            uri,
            path,
            remote: None,
            series,
            label: own(Some(label)),
            group: None,
            patient: None,
            site: own(site),
            split: own(split),
        });
        patients.push(given(patient));
    }
    for (index, remote) in stores::looked_up(in_stores, options) {
        found.scans[index].remote = Some(remote);
    }
    found.notes.extend(columns.unknown(&["image_id", "type", "uri", "patient_id", "site", "split"]));
    found.notes.extend(named_patients(&found.scans, &patients));
    let groups = groups(found.scans.iter().map(|s| s.image_id.as_str()).zip(patients));
    for scan in &mut found.scans {
        scan.group = groups.get(&scan.image_id).cloned();
    }
    Ok(found)
}

/// The DICOM files in `path` where it is a folder, so that all of them are hashed; a folder that cannot be listed says so
/// when it is opened.
pub(crate) fn series_in(path: &Path) -> Vec<PathBuf> {
    if path.is_dir() { DicomSeries::files_in(path).unwrap_or_default() } else { Vec::new() }
}

/// The columns of a table, found by name in any case.
pub(crate) struct Columns<'a> {
    pub(crate) path: &'a Path,
    pub(crate) names: &'a [String],
}

impl Columns<'_> {
    /// Index of the column `name`.
    pub(crate) fn find(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|n| n.trim().eq_ignore_ascii_case(name))
    }

    fn need(&self, name: &str) -> Result<usize, CohortError> {
        self.find(name).ok_or_else(|| self.missing(name))
    }

    /// The error for a column that is not there.
    pub(crate) fn missing(&self, wanted: &str) -> CohortError {
        CohortError::MissingColumn {
            path: self.path.to_owned(),
            wanted: wanted.to_owned(),
            found: self.names.join(", "),
        }
    }

    /// The error for an empty cell.
    pub(crate) fn empty(&self, row: usize, column: usize) -> CohortError {
        self.fault(row, column, "the cell is empty".to_owned())
    }

    /// The error for a cell that makes no sense.
    pub(crate) fn fault(&self, row: usize, column: usize, problem: String) -> CohortError {
        let column = self.names.get(column).cloned().unwrap_or_default();
        CohortError::Cell { path: self.path.to_owned(), row, column, problem }
    }

    fn unknown(&self, known: &[&str]) -> Option<String> {
        let odd: Vec<&str> = self
            .names
            .iter()
            .map(|n| n.trim())
            .filter(|n| !known.iter().any(|k| k.eq_ignore_ascii_case(n)))
            .collect();
        (!odd.is_empty()).then(|| format!("columns of the manifest that are not used: {}", odd.join(", ")))
    }
}

/// Says how many scans carry their patient's identity in a name that goes into the tables, without repeating it.
fn named_patients(scans: &[ScanRef], patients: &[Option<&str>]) -> Option<String> {
    let named = |scan: &ScanRef, patient: &str| scan.image_id.contains(patient) || scan.uri.contains(patient);
    let count = scans.iter().zip(patients).filter(|(s, p)| p.is_some_and(|p| named(s, p))).count();
    (count > 0).then(|| {
        format!("{count} scans have their patient_id in image_id or uri, which go into the tables: rename them before sharing")
    })
}

/// Where `address` leads, seen from `base`; or what is wrong with it.
fn resolved(address: &str, base: &Location) -> Result<Location, String> {
    let in_store = |url: Result<StoreUrl, hilum_io::store::StoreError>| {
        url.map(Location::Store).map_err(|error| error.to_string())
    };
    match base {
        _ if StoreUrl::is_one(address) => in_store(address.parse()),
        Location::Store(url) if !address.contains("://") && Path::new(address).is_relative() => {
            in_store(url.join(address.trim_start_matches("./")))
        }
        Location::Store(_) => Ok(Location::Disk(local_path(address, Path::new("")))),
        Location::Disk(base) => Ok(Location::Disk(local_path(address, base))),
    }
}

/// Where to open `address`: a `file://` address, an absolute path, or a path relative to the manifest.
fn local_path(address: &str, base: &Path) -> PathBuf {
    match address.strip_prefix("file://") {
        Some(path) => PathBuf::from(percent_decoded(path.strip_prefix("localhost").unwrap_or(path))),
        None => base.join(address),
    }
}

/// What the tables may show of `address`: its path below the manifest, or its last part alone.
fn public_uri(address: &str, base: &Path) -> String {
    let path = local_path(address, base);
    if !address.starts_with("file://") && Path::new(address).is_relative() {
        return address.replace('\\', "/");
    }
    let real = |p: &Path| fs::canonicalize(p).unwrap_or_else(|_| p.to_owned());
    let base = real(if base.as_os_str().is_empty() { Path::new(".") } else { base });
    let path = real(&path);
    let shown = path.strip_prefix(&base).unwrap_or_else(|_| Path::new(path.file_name().unwrap_or_default()));
    shown.components().map(|c| c.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let hex = tail.get(..2).and_then(|h| std::str::from_utf8(h).ok());
        match hex.and_then(|h| u8::from_str_radix(h, 16).ok()).filter(|_| first == b'%') {
            Some(byte) => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            None => {
                bytes.push(first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest(text: &str) -> Result<Found, CohortError> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("cohort.csv");
        fs::write(&path, text).unwrap();
        scans_listed(&path, &base_of(&path), &StoreOptions::default())
    }

    #[test]
    fn scans_are_listed_with_their_groups() {
        let found = manifest(
            "image_id,type,uri,patient_id,colour\nb,1,b.nii,Doe^Jane,red\na,0,sub/a.nii,Roe^Rick,\nc,,c.nii,Doe^Jane,\n",
        )
        .unwrap();
        let groups: Vec<_> = found.scans.iter().map(|s| s.group.as_deref().unwrap()).collect();
        assert_eq!(groups, ["g0002", "g0001", "g0002"]);
        assert_eq!(found.scans[1].uri, "sub/a.nii");
        assert_eq!(found.scans[2].label, None);
        assert_eq!(found.notes, ["columns of the manifest that are not used: colour"]);
        assert!(!format!("{found:?}").contains("Doe"));
    }

    #[test]
    fn faults_name_row_and_column() {
        let message = |text: &str| manifest(text).unwrap_err().to_string();
        assert!(message("image_id,type\na,0\n").contains("no column uri"));
        assert!(
            message("image_id,type,uri\na,0,a.nii\n,0,b.nii\n")
                .ends_with("row 2, column image_id: the cell is empty")
        );
        assert!(message("image_id,type,uri\na,0,a.nii\na,0,b.nii\n").contains("row 2, column image_id: 'a'"));
    }

    #[test]
    fn absolute_addresses_do_not_reach_the_tables() {
        let base = Path::new("/data/cohort");
        assert_eq!(public_uri("/elsewhere/Doe/a.nii", base), "a.nii");
        assert_eq!(public_uri("file:///data/cohort/s%201/a.nii", base), "s 1/a.nii");
        assert_eq!(local_path("file://localhost/a%2Cb.nii", base), Path::new("/a,b.nii"));
    }

    #[test]
    fn addresses_lead_to_disks_and_stores() {
        let (disk, store) =
            (Location::Disk("/data".into()), Location::Store("s3://b/cohort".parse().unwrap()));
        let lead = |address: &str, base: &Location| resolved(address, base).unwrap().to_string();
        assert_eq!(lead("a.nii", &disk), "/data/a.nii");
        assert_eq!(lead("gs://c/a.nii", &disk), "gs://c/a.nii");
        assert_eq!(lead("./x/a.nii", &store), "s3://b/cohort/x/a.nii");
        assert_eq!(lead("/data/a.nii", &store), "/data/a.nii");
        assert!(resolved("s3:///a.nii", &disk).unwrap_err().contains("no bucket"));
    }

    #[test]
    fn a_patient_named_in_a_file_is_mentioned_without_the_name() {
        let found = manifest("image_id,type,uri,patient_id\na,0,Doe/a.nii,Doe\n").unwrap();
        assert!(found.notes[0].starts_with("1 scans") && !found.notes[0].contains("Doe"));
    }
}
