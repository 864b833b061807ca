//! The numbers that the ladder's rungs look at: facts of files and headers, what lies outside the lung, opacity, ratio,
//! measurements.
//!
//! No rung is shown what the classifier is shown. For pictures without HU the lung is not known: the outer frame, a tenth
//! of each side, stands for what lies outside it.

mod coarse;
mod pictures;
mod slices;

use super::{
    DatasetRequest, LoadedDataset,
    entry::{Entry, EntryFile},
    load::list,
    parallel,
};
use crate::{
    CohortError,
    evaluation::{Baselines, EvaluationError, RungFeatures, ScoredTable},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::atomic::{AtomicUsize, Ordering},
};

/// What a rung is, apart from its numbers.
pub(super) struct RungKind {
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    pub(super) looks_at: &'static str,
    pub(super) outside: bool,
}

/// Named numbers of one case, one list a rung, in the order of the rungs.
pub(super) type Numbers = Vec<Vec<(String, Option<f64>)>>;

/// The numbers of every picture or scan of an input that can be read, rung by rung, lowest first.
///
/// # Errors
/// [`CohortError`] where the input cannot be listed.
pub fn ladder_features(
    request: &DatasetRequest,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<Vec<RungFeatures>, CohortError> {
    let entries = list(request)?.entries;
    let pictures = entries.iter().any(|entry| matches!(entry.file, EntryFile::Picture(_)));
    let done = AtomicUsize::new(0);
    let found: Vec<Option<Numbers>> = parallel::each(&entries, request.jobs, |entry| {
        let numbers = numbers_of(entry, pictures);
        progress(done.fetch_add(1, Ordering::Relaxed) + 1, entries.len());
        numbers
    });
    let kinds = if pictures { pictures::KINDS } else { slices::KINDS };
    let rung = |(n, kind): (usize, &RungKind)| {
        let of_rung =
            || entries.iter().zip(&found).filter_map(|(entry, all)| Some((entry, &all.as_ref()?[n])));
        let names: BTreeSet<&String> =
            of_rung().flat_map(|(_, row)| row.iter().map(|(name, _)| name)).collect();
        let columns: Vec<String> = names.into_iter().cloned().collect();
        let row = |(entry, row): (&Entry, &Vec<(String, Option<f64>)>)| {
            let of: BTreeMap<&str, Option<f64>> = row.iter().map(|(name, v)| (name.as_str(), *v)).collect();
            let values = columns.iter().map(|c| of.get(c.as_str()).copied().flatten());
            (entry.id.clone(), values.collect())
        };
        let rows = of_rung().map(row).collect();
        RungFeatures {
            name: kind.name,
            title: kind.title,
            looks_at: kind.looks_at,
            outside: kind.outside,
            columns,
            rows,
        }
    };
    let majority = RungFeatures {
        name: "majority",
        title: "majority",
        looks_at: "Nothing: says how frequent each class was in training.",
        outside: false,
        columns: Vec::new(),
        rows: entries.iter().map(|entry| (entry.id.clone(), Vec::new())).collect(),
    };
    Ok([majority].into_iter().chain(kinds.iter().enumerate().map(rung)).collect())
}

fn numbers_of(entry: &Entry, pictures: bool) -> Option<Numbers> {
    match &entry.file {
        EntryFile::Picture(path) if pictures => pictures::numbers(path),
        EntryFile::Scan(candidate) if !pictures => slices::numbers(candidate),
        _ => None,
    }
}

/// Fits the ladder to the training side of a data set and chooses its cuts on the validation side.
///
/// # Errors
/// [`CohortError`] where the input cannot be listed or the training side lacks a class.
pub fn fit_baselines(
    request: &DatasetRequest,
    loaded: &LoadedDataset,
    specificity: f64,
    seed: u64,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<Baselines, CohortError> {
    let features = ladder_features(request, progress)?;
    let cases = loaded.cases();
    let fitted = Baselines::fit(&features, &cases, specificity, seed);
    Ok(fitted.map_err(|source| EvaluationError::Learn { file: cases.file, source })?)
}

impl LoadedDataset {
    /// Its examples as cases that nobody has scored yet: every class is as likely as every other.
    #[must_use]
    pub fn cases(&self) -> ScoredTable {
        let examples = &self.dataset.examples;
        let classes = self.dataset.classes.len();
        ScoredTable {
            file: self.facts.input.clone(),
            classes: self.dataset.classes.clone(),
            ids: examples.iter().map(|example| example.id.clone()).collect(),
            sides: Some(self.sides.clone()),
            truth: examples.iter().map(|example| example.class).collect(),
            groups: examples.iter().map(|example| example.group).collect(),
            groups_known: true,
            probabilities: vec![1.0 / classes as f64; classes * examples.len()],
            logits: None,
        }
    }
}
