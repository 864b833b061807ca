//! The scans that may come into a figure, from whatever the user gave.

use super::FigureRequest;
use crate::{CohortError, RunFile, ScanRecord, ScanRef, find, join_labels, ledger::read_record};
use hilum_core::Status;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// A scan that may be shown.
#[derive(Debug, Clone)]
pub(crate) struct Candidate {
    pub(crate) image_id: String,
    pub(crate) label: Option<String>,
    pub(crate) source: Source,
}

/// Where its slices come from.
#[derive(Debug, Clone)]
pub(crate) enum Source {
    /// The scan itself.
    Scan(Box<ScanRef>),
    /// What a run left of it: the chosen slice and its masks.
    Run { folder: PathBuf, record: Box<ScanRecord> },
}

/// All scans of a figure, sorted by name within each input.
pub(crate) struct Candidates {
    pub(crate) list: Vec<Candidate>,
    pub(crate) class_names: BTreeMap<String, String>,
    pub(crate) notes: Vec<String>,
    /// Scans of runs that were not measured.
    pub(crate) unmeasured: usize,
}

pub(super) fn candidates(request: &FigureRequest) -> Result<Candidates, CohortError> {
    candidates_of(&request.inputs, request.labels.as_deref(), &request.class_names)
}

/// The scans below these inputs, with classes of a label table.
pub(crate) fn candidates_of(
    inputs: &[PathBuf],
    labels: Option<&Path>,
    class_names: &BTreeMap<String, String>,
) -> Result<Candidates, CohortError> {
    let mut all =
        Candidates { list: Vec::new(), class_names: class_names.clone(), notes: Vec::new(), unmeasured: 0 };
    for input in inputs {
        if input.join("run.json").is_file() {
            all.take_run(input)?;
        } else {
            // Nothing is written into the input: there is no output folder to leave out.
            let found = find(input, Path::new(""))?;
            all.notes.extend(found.notes);
            all.list.extend(found.scans.into_iter().map(Candidate::of_scan));
        }
    }
    if let Some(path) = labels {
        all.label(path)?;
    }
    Ok(all)
}

impl Candidate {
    pub(crate) fn of_scan(scan: ScanRef) -> Self {
        Self {
            image_id: scan.image_id.clone(),
            label: scan.label.clone(),
            source: Source::Scan(Box::new(scan)),
        }
    }
}

impl Candidates {
    fn take_run(&mut self, out: &Path) -> Result<(), CohortError> {
        let run = RunFile::read(out)?;
        for (label, name) in run.class_names {
            self.class_names.entry(label).or_insert(name);
        }
        for (image_id, folder) in run.folders {
            let folder = out.join("scans").join(folder);
            let record = read_record(&folder).ok_or_else(|| CohortError::BadOutput {
                path: folder.clone(),
                problem: format!("the record of {image_id} is missing or damaged; run the cohort again"),
            })?;
            if record.row.status == Status::Measured {
                let label = record.row.label.clone();
                self.list.push(Candidate {
                    image_id,
                    label,
                    source: Source::Run { folder, record: Box::new(record) },
                });
            } else {
                self.unmeasured += 1;
            }
        }
        Ok(())
    }

    /// Gives labels from a table, under the same rules as a run does.
    fn label(&mut self, path: &Path) -> Result<(), CohortError> {
        let bare = |c: &Candidate| match &c.source {
            Source::Scan(scan) => ScanRef::clone(scan),
            Source::Run { record, folder } => {
                ScanRef::bare(c.image_id.clone(), record.row.uri.clone(), folder.clone())
            }
        };
        let mut scans: Vec<ScanRef> = self.list.iter().map(bare).collect();
        let met = join_labels(&mut scans, path)?;
        for (candidate, scan) in self.list.iter_mut().zip(scans) {
            candidate.label = scan.label;
        }
        if met.unlabelled > 0 {
            self.notes.push(format!("{} of {} scans have no label", met.unlabelled, self.list.len()));
        }
        Ok(())
    }
}
