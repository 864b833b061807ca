//! Files to series, by what their headers say.

use super::header::{Header, Kind};
use super::identity::{Identity, PatientKey};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// What a heap of DICOM files holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Catalog {
    /// The CT series, sorted by their UID.
    pub series: Vec<SeriesFiles>,
    /// How many files were left out, by what they are.
    pub left_out: BTreeMap<&'static str, u64>,
}

/// The files of one CT series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeriesFiles {
    /// Series Instance UID. It leads back to the patient in the archive: hash it before it is shown.
    pub uid: String,
    /// Its files, sorted by path.
    pub files: Vec<PathBuf>,
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
pub fn catalog(files: &[PathBuf]) -> Catalog {
    let mut series: BTreeMap<String, SeriesFiles> = BTreeMap::new();
    let mut left_out: BTreeMap<&'static str, u64> = BTreeMap::new();
    for path in files {
        let header = match Header::read(path) {
            Ok(header) => header,
            Err(_) => {
                *left_out.entry("DICOM with a damaged header").or_default() += 1;
                continue;
            }
        };
        match header.kind {
            Kind::Other(what) => *left_out.entry(what).or_default() += 1,
            Kind::Ct => {
                let entry = series.entry(header.series_uid.clone()).or_insert_with(|| SeriesFiles {
                    uid: header.series_uid.clone(),
                    files: Vec::new(),
                    identity: Identity::default(),
                    patient: None,
                });
                entry.files.push(path.clone());
                entry.identity.join(&header.identity);
                entry.patient = entry.patient.or(header.patient);
            }
        }
    }
    let mut series: Vec<_> = series.into_values().collect();
    series.iter_mut().for_each(|s| s.files.sort());
    Catalog { series, left_out }
}
