//! Every pair of scans of a finished run: counts, tables, heat maps, and what they say about the classes.

use super::{
    GreyMapping, MatchSettings,
    all_pairs::{PairCounts, count_all},
    claim::{self, ClassContrast, ClassPair},
    described::{Described, PICTURES, describe_all},
    tables,
};
use crate::{
    CohortError, Stop,
    figures::{Candidates, LeftOut, candidates_of, write_figure},
    files::write_json,
    lock::OutLock,
};
use hilum_io::table::{write_csv, write_parquet};
use hilum_report::HeatMap;
use serde::Serialize;
use std::{collections::BTreeMap, num::NonZeroUsize, path::PathBuf};

/// More scans would make tables that do not fit into the memory of a laptop.
const MOST_SCANS: usize = 2000;

/// A run whose scans are to be matched.
#[derive(Debug, Clone, PartialEq)]
pub struct AllPairsRequest {
    /// The output folder of the run.
    pub run: PathBuf,
    /// Where the tables and figures go.
    pub out: PathBuf,
    /// A table of class labels in place of the run's.
    pub labels: Option<PathBuf>,
    /// Names of class labels.
    pub class_names: BTreeMap<String, String>,
    /// How HU become grey.
    pub mapping: GreyMapping,
    /// How keypoints are matched.
    pub settings: MatchSettings,
    /// Threads.
    pub jobs: NonZeroUsize,
    /// Random labellings of the permutation tests.
    pub permutations: u32,
    /// Seed of the permutation tests.
    pub seed: u64,
}

/// How far the matching of a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PairEvent {
    /// So many scans will be described.
    Scans(usize),
    /// One scan is described.
    Scan,
    /// So many pairs will be matched.
    Pairs(usize),
    /// So many pairs are done, now or in an earlier run.
    Done {
        /// Pairs.
        pairs: usize,
        /// Whether an earlier run had done them.
        kept: bool,
    },
    /// Tests are made and tables written.
    Writing,
}

/// What is told of all pairs: matching.json.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AllPairsSummary {
    /// Scans with keypoints looked for.
    pub scans: usize,
    /// Pairs of them.
    pub pairs: usize,
    /// How HU became grey.
    pub mapping: GreyMapping,
    /// Mean number of keypoints of each class, by picture: `whole`, `lungs`.
    pub mean_keypoints: BTreeMap<String, BTreeMap<&'static str, f64>>,
    /// Scans of each class.
    pub classes: BTreeMap<String, usize>,
    /// Names of the classes.
    pub class_names: BTreeMap<String, String>,
    /// Means within and between classes.
    pub class_pairs: Vec<ClassPair>,
    /// Classes held against each other.
    pub contrasts: Vec<ClassContrast>,
    /// What the data say.
    pub sentences: Vec<String>,
    /// Scans that could not be described.
    pub left_out: Vec<LeftOut>,
    /// What the user should know.
    pub notes: Vec<String>,
}

/// Matches every pair and writes keypoints.parquet, matches.parquet, classes.csv, matching.json and the heat maps.
///
/// Started again after it was stopped or killed, it goes on with the rows that are missing; the files are the same bytes.
///
/// # Errors
/// [`CohortError`] if the folder holds no run, fewer than two scans can be read, or a file cannot be written.
pub fn match_all(
    request: &AllPairsRequest,
    stop: &Stop,
    event: &(dyn Fn(PairEvent) + Sync),
) -> Result<AllPairsSummary, CohortError> {
    if !request.run.join("run.json").is_file() {
        let problem = "it holds no finished run: there is no run.json".to_owned();
        return Err(CohortError::BadOutput { path: request.run.clone(), problem });
    }
    let runs = std::slice::from_ref(&request.run);
    let found = candidates_of(runs, request.labels.as_deref(), &request.class_names)?;
    if found.list.len() > MOST_SCANS {
        return Err(CohortError::TooManyPairs { scans: found.list.len(), most: MOST_SCANS });
    }
    let _lock = OutLock::take(&request.out)?;
    event(PairEvent::Scans(found.list.len()));
    let (scans, left_out) =
        describe_all(&found.list, request.mapping, request.jobs, stop, &|| event(PairEvent::Scan))?;
    if scans.len() < 2 {
        return Err(CohortError::NoPairs { path: request.run.clone(), scans: scans.len() });
    }
    event(PairEvent::Pairs(scans.len() * (scans.len() - 1) / 2));
    let done = |pairs, kept| event(PairEvent::Done { pairs, kept });
    let counts = count_all(&scans, &request.settings, &request.out, request.jobs, stop, &done)?;
    event(PairEvent::Writing);
    let summary = summary(request, found, &scans, &counts, left_out)?;
    write(request, &scans, &counts, &summary)?;
    Ok(summary)
}

fn summary(
    request: &AllPairsRequest,
    found: Candidates,
    scans: &[Described],
    counts: &PairCounts,
    left_out: Vec<LeftOut>,
) -> Result<AllPairsSummary, CohortError> {
    let classes = claim::classes(scans);
    let contrasts = claim::contrasts(scans, counts, (request.permutations, request.seed))?;
    let mean = |members: &[usize], picture: usize| {
        let keypoints = members.iter().map(|&n| scans[n].features[picture].keypoints.len());
        keypoints.sum::<usize>() as f64 / members.len() as f64
    };
    let mut notes = found.notes;
    if found.unmeasured > 0 {
        notes.push(format!("{} of the run's scans were not measured", found.unmeasured));
    }
    if contrasts.is_empty() {
        notes.push("classes are compared where two of them have two scans each, and keypoints".to_owned());
    }
    Ok(AllPairsSummary {
        scans: scans.len(),
        pairs: counts.len(),
        mapping: request.mapping,
        mean_keypoints: (classes.iter())
            .map(|(label, members)| {
                (
                    label.clone(),
                    PICTURES.into_iter().enumerate().map(|(n, p)| (p, mean(members, n))).collect(),
                )
            })
            .collect(),
        classes: classes.iter().map(|(label, members)| (label.clone(), members.len())).collect(),
        class_pairs: claim::means(scans, counts),
        sentences: claim::sentences(&contrasts, &found.class_names),
        class_names: found.class_names,
        contrasts,
        left_out,
        notes,
    })
}

fn write(
    request: &AllPairsRequest,
    scans: &[Described],
    counts: &PairCounts,
    summary: &AllPairsSummary,
) -> Result<(), CohortError> {
    let out = &request.out;
    let parquet = |name: &str, table| {
        let path = out.join(name);
        write_parquet(&path, &table).map_err(|source| CohortError::WriteTable { path, source })
    };
    let pictures = scans.iter().flat_map(|scan| {
        (0..2).map(|n| (scan.image_id.as_str(), PICTURES[n], scan.features[n].keypoints.as_slice()))
    });
    parquet("keypoints.parquet", tables::keypoints(pictures))?;
    parquet("matches.parquet", tables::pairs(scans, counts))?;
    let path = out.join("classes.csv");
    write_csv(&path, &tables::class_pairs(&summary.class_pairs))
        .map_err(|source| CohortError::WriteTable { path, source })?;
    let mut classes: Vec<(String, usize)> = Vec::new();
    for scan in scans {
        let label = scan.label.as_deref().unwrap_or("no class");
        let name = summary.class_names.get(label).map_or(label, String::as_str);
        match classes.last_mut() {
            Some((last, count)) if last == name => *count += 1,
            _ => classes.push((name.to_owned(), 1)),
        }
    }
    for (n, picture) in PICTURES.into_iter().enumerate() {
        let values = claim::values(scans, counts, n, claim::SHOWN_MEASURE);
        let square: Vec<f64> = (0..scans.len())
            .flat_map(|a| (0..scans.len()).map(move |b| (a, b)))
            .map(|(a, b)| values.get(a, b))
            .collect();
        let of = if n == 0 { "whole slices" } else { "the box around the lungs" };
        let map = HeatMap {
            title: &format!("Matches for 100 keypoints, {of}"),
            classes: classes.iter().map(|(name, count)| (name.as_str(), *count)).collect(),
            values: &square,
        };
        let drawing = map.draw().map_err(|source| CohortError::Figure { source })?;
        for ending in ["svg", "png"] {
            write_figure(&out.join(format!("heat-map-{picture}.{ending}")), &drawing)?;
        }
    }
    write_json(&out.join("matching.json"), summary)
}
