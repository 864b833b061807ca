//! Files to series, by what their headers say.

use super::file::{DicomFile, of_each};
use super::header::{Header, Kind};
use super::identity::{Identity, PatientKey};
use crate::store::StoreError;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

/// What a heap of DICOM files holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Catalog {
    /// The CT series, sorted by their UID.
    pub series: Vec<SeriesFiles>,
    /// How many files were left out, by what they are.
    pub left_out: BTreeMap<&'static str, u64>,
    /// Objects of stores that are no DICOM.
    pub others: Vec<DicomFile>,
}

/// The files of one CT series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeriesFiles {
    /// Series Instance UID. It leads back to the patient in the archive: hash it before it is shown.
    pub uid: String,
    /// Its files, sorted by path.
    pub files: Vec<DicomFile>,
    /// Who the patient is, to keep it out of names.
    pub identity: Identity,
    /// The patient, to tell series of one from those of another; `None` without Patient ID.
    pub patient: Option<PatientKey>,
}

/// Whether the file carries the mark of DICOM, `DICM` behind a preamble of 128 bytes.
pub fn is_dicom(path: &Path) -> bool {
    let mut mark = [0; 4];
    let read = File::open(path).and_then(|mut file| {
        file.seek(SeekFrom::Start(128))?;
        file.read_exact(&mut mark)
    });
    read.is_ok() && &mark == b"DICM"
}

/// Reads the headers of `files` and sorts them into series; localizers, secondary captures and whatever else is no CT
/// volume are counted, as are files whose header cannot be read.
///
/// # Errors
/// [`StoreError`] if a store that holds one of them could not be asked; an object that it refuses, or has no more, is
/// counted.
pub fn catalog(files: &[DicomFile]) -> Result<Catalog, StoreError> {
    let mut found = Catalog::default();
    let mut series: BTreeMap<String, SeriesFiles> = BTreeMap::new();
    for (file, entry) in files.iter().zip(of_each(files, entry)) {
        match entry? {
            Entry::NoDicom => found.others.push(file.clone()),
            Entry::LeftOut(what) => *found.left_out.entry(what).or_default() += 1,
            Entry::Ct { uid, identity, patient } => {
                let entry = series.entry(uid.clone()).or_insert_with(|| SeriesFiles {
                    uid,
                    files: Vec::new(),
                    identity: Identity::default(),
                    patient: None,
                });
                entry.files.push(file.clone());
                entry.identity.join(&identity);
                entry.patient = entry.patient.or(patient);
            }
        }
    }
    found.series = series.into_values().collect();
    found.series.iter_mut().for_each(|s| s.files.sort_by(|a, b| a.path().cmp(b.path())));
    Ok(found)
}

/// What one file is.
enum Entry {
    Ct { uid: String, identity: Identity, patient: Option<PatientKey> },
    LeftOut(&'static str),
    NoDicom,
}

fn entry(file: &DicomFile) -> Result<Entry, StoreError> {
    Ok(match Header::read_if_marked(file) {
        Ok(None) => Entry::NoDicom,
        Ok(Some(header)) => match header.kind {
            Kind::Ct => {
                Entry::Ct { uid: header.series_uid, identity: header.identity, patient: header.patient }
            }
            Kind::Other(what) => Entry::LeftOut(what),
        },
        Err(error) => match error.into_store_error() {
            Some(error) if error.is_about_one_object() => Entry::LeftOut("that the store does not give"),
            Some(error) => return Err(error),
            None => Entry::LeftOut("DICOM with a damaged header"),
        },
    })
}
