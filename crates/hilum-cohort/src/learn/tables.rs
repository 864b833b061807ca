//! A manifest of pictures or scans, and the output folder of a run.

use super::{
    DatasetError,
    entry::{Entry, EntryFile, Listing, is_picture},
};
use crate::{
    CohortError, Remote, RunFile, ScanRef,
    figures::{Candidate, Source},
    join_labels,
    ledger::read_record,
    manifest,
};
use hilum_core::Status;
use hilum_io::store::StoreOptions;
use hilum_learn::dataset::Side;
use std::path::Path;

/// The pictures and scans of a manifest.
pub(super) fn of_manifest(path: &Path, labels: Option<&Path>) -> Result<Listing, CohortError> {
    let found = manifest::scans_listed(path, &manifest::base_of(path), &StoreOptions::default())?;
    let mut listing = Listing { notes: found.notes, ..Listing::default() };
    let mut scans = found.scans;
    listing.label(&mut scans, labels)?;
    for scan in scans {
        let out_of_reach = match &scan.remote {
            Some(Remote::Unreachable(reason)) => Some(reason.clone()),
            Some(Remote::Object(_)) if is_picture(&scan.uri) => {
                Some("pictures are read from disk, not from stores".to_owned())
            }
            _ => None,
        };
        if let Some(reason) = out_of_reach {
            listing.unusable.push((scan.image_id, reason));
            continue;
        }
        let file = match is_picture(&scan.uri) {
            true => EntryFile::Picture(scan.path.clone()),
            false => EntryFile::Scan(Box::new(Candidate::of_scan(scan.clone()))),
        };
        listing.take(scan, file, None)?;
    }
    Ok(listing)
}

/// The measured scans of a finished run: the slice with the largest lung area and its masks. `input` is what the run measured,
/// for more of the scans than it left.
pub(super) fn of_run(
    out: &Path,
    labels: Option<&Path>,
    input: Option<&Path>,
) -> Result<Listing, CohortError> {
    let run = RunFile::read(out)?;
    let mut listing = Listing { class_names: run.class_names, ..Listing::default() };
    let mut scans = Vec::new();
    let mut files = Vec::new();
    for (image_id, folder) in run.folders {
        let folder = out.join("scans").join(folder);
        let record = read_record(&folder).ok_or_else(|| CohortError::BadOutput {
            path: folder.clone(),
            problem: format!("the record of {image_id} is missing or damaged; run the cohort again"),
        })?;
        let row = &record.row;
        if row.status != Status::Measured {
            let reason = row.reason.clone().unwrap_or_else(|| "it was not measured".to_owned());
            listing.unusable.push((image_id, reason));
            continue;
        }
        scans.push(ScanRef {
            label: row.label.clone(),
            group: row.group.clone(),
            split: row.split.clone(),
            ..ScanRef::bare(image_id.clone(), row.uri.clone(), folder.clone())
        });
        let label = row.label.clone();
        let source = Source::Run { folder, record: Box::new(record) };
        files.push(EntryFile::Scan(Box::new(Candidate { image_id, label, source })));
    }
    listing.label(&mut scans, labels)?;
    for (scan, file) in scans.into_iter().zip(files) {
        let whole = input.map(|input| {
            let path = input.join(&scan.uri);
            let series = manifest::series_in(&path);
            ScanRef { series, ..ScanRef::bare(scan.image_id.clone(), scan.uri.clone(), path) }
        });
        listing.take(scan, file, whole)?;
    }
    Ok(listing)
}

impl Listing {
    fn label(&mut self, scans: &mut [ScanRef], labels: Option<&Path>) -> Result<(), CohortError> {
        let Some(labels) = labels else { return Ok(()) };
        let met = join_labels(scans, labels)?;
        if met.unused > 0 {
            self.notes.push(format!("{} rows of the label table have no picture or scan", met.unused));
        }
        Ok(())
    }

    fn take(&mut self, scan: ScanRef, file: EntryFile, whole: Option<ScanRef>) -> Result<(), CohortError> {
        let given = scan.split.as_deref().map(|word| side_of(&scan.image_id, word)).transpose()?;
        let ScanRef { image_id: id, label, group: patient, .. } = scan;
        self.entries.push(Entry { id, label, patient, given, file, scan: whole });
        Ok(())
    }
}

fn side_of(id: &str, word: &str) -> Result<Side, DatasetError> {
    Side::named(word).ok_or_else(|| DatasetError::UnknownSide { id: id.to_owned(), found: word.to_owned() })
}
