//! The ladder of baselines: fitted on the training side, its cuts chosen on validation, judged where the model is.

use super::table::ScoredTable;
use crate::{CohortError, files::write_json};
use hilum_learn::{
    Criterion, FittedRung, LearnError, Predictions, RungScores, RungTable, Side, Thresholds, fit_rung,
};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fs, path::Path};

/// The numbers that one rung looks at, of every case.
#[derive(Debug, Clone, PartialEq)]
pub struct RungFeatures {
    /// Short name, for files.
    pub name: &'static str,
    /// Name for people.
    pub title: &'static str,
    /// What it looks at, in one sentence.
    pub looks_at: &'static str,
    /// Whether it looks at what cannot show the disease.
    pub outside: bool,
    /// Names of its numbers.
    pub columns: Vec<String>,
    /// By case: one number a column, `None` where it is missing.
    pub rows: BTreeMap<String, Vec<Option<f64>>>,
}

/// All rungs, fitted: kept in a model's folder, so that other data can be judged beside the model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Baselines {
    /// The classes.
    pub classes: Vec<String>,
    /// The rungs, lowest first.
    pub rungs: Vec<Baseline>,
}

/// One rung, fitted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Baseline {
    /// Short name.
    pub name: String,
    /// Name for people.
    pub title: String,
    /// What it looks at, in one sentence.
    pub looks_at: String,
    /// Whether it looks at what cannot show the disease.
    pub outside: bool,
    /// Names of its numbers, in the order in which it takes them.
    pub columns: Vec<String>,
    /// Its cuts, chosen on validation cases.
    pub thresholds: Thresholds,
    /// The regression.
    pub fitted: FittedRung,
    /// What it said of the cases that it was not fitted to: logits by case.
    pub logits: BTreeMap<String, Vec<f64>>,
}

const BASELINES: &str = "baselines.json";

impl Baselines {
    /// Writes them into a model's folder.
    pub(crate) fn write(&self, folder: &Path) -> Result<(), CohortError> {
        write_json(&folder.join(BASELINES), self)
    }

    /// Those in a model's folder; `None` where there are none.
    ///
    /// # Errors
    /// [`CohortError`] if the file cannot be read or is none of hilum's.
    pub fn read(folder: &Path) -> Result<Option<Self>, CohortError> {
        let path = folder.join(BASELINES);
        if !path.is_file() {
            return Ok(None);
        }
        let text = fs::read(&path).map_err(CohortError::read(&path))?;
        let read = serde_json::from_slice(&text);
        read.map(Some).map_err(|error| CohortError::BadOutput {
            path,
            problem: format!("it is no ladder of baselines that this version of hilum can use: {error}"),
        })
    }

    /// Fits every rung to the training side of `cases`, and chooses its cuts on the validation side.
    ///
    /// # Errors
    /// [`LearnError`] where the training side lacks a class.
    pub fn fit(
        features: &[RungFeatures],
        cases: &ScoredTable,
        specificity: f64,
        seed: u64,
    ) -> Result<Self, LearnError> {
        let on = |side: Side| cases.cases_on(side);
        let (train, val) = (on(Side::Train), on(Side::Val));
        let empty = Vec::new();
        let rungs = features.iter().map(|rung| {
            let row = |case: &usize| rung.rows.get(&cases.ids[*case]).unwrap_or(&empty).clone();
            let width = rung.columns.len();
            let padded = |case: &usize| {
                let mut row = row(case);
                row.resize(width, None);
                row
            };
            let rows: Vec<Vec<Option<f64>>> = train.iter().map(padded).collect();
            let (truth, groups) = cases.truth_and_groups(&train);
            let table =
                RungTable { rows: &rows, truth: &truth, groups: &groups, classes: cases.classes.len() };
            let fitted = fit_rung(&table, seed)?;
            let said = |case: &usize| (cases.ids[*case].clone(), fitted.logits(&padded(case)));
            let others = (0..cases.ids.len()).filter(|case| !train.contains(case)).collect::<Vec<_>>();
            let logits: BTreeMap<String, Vec<f64>> = others.iter().map(said).collect();
            let mut baseline = Baseline {
                name: rung.name.to_owned(),
                title: rung.title.to_owned(),
                looks_at: rung.looks_at.to_owned(),
                outside: rung.outside,
                columns: rung.columns.clone(),
                thresholds: Thresholds::default(),
                fitted,
                logits,
            };
            if let Some(validation) = baseline.predictions(cases, &val)? {
                baseline.thresholds = Thresholds::chosen_on(&validation, Criterion::Youden, specificity);
            }
            Ok(baseline)
        });
        Ok(Self { classes: cases.classes.clone(), rungs: rungs.collect::<Result<_, LearnError>>()? })
    }

    /// Lets the rungs judge other cases, by numbers that were taken of them in the same way.
    pub fn apply(&mut self, features: &[RungFeatures]) {
        for baseline in &mut self.rungs {
            let Some(rung) = features.iter().find(|rung| rung.name == baseline.name) else { continue };
            let place: Vec<Option<usize>> =
                baseline.columns.iter().map(|name| rung.columns.iter().position(|c| c == name)).collect();
            for (id, row) in &rung.rows {
                let row: Vec<Option<f64>> =
                    place.iter().map(|at| at.and_then(|at| row.get(at).copied().flatten())).collect();
                baseline.logits.insert(id.clone(), baseline.fitted.logits(&row));
            }
        }
    }

    /// What the rungs said of `cases`; rungs that do not know all of them are left out.
    ///
    /// # Errors
    /// [`LearnError`] where a rung's numbers cannot be.
    pub fn scores(&self, table: &ScoredTable, cases: &[usize]) -> Result<Vec<RungScores>, LearnError> {
        let mut scores = Vec::new();
        for rung in &self.rungs {
            if let Some(predictions) = rung.predictions(table, cases)? {
                scores.push(RungScores {
                    name: rung.name.clone(),
                    title: rung.title.clone(),
                    looks_at: rung.looks_at.clone(),
                    outside: rung.outside,
                    columns: rung.columns.len(),
                    predictions,
                    thresholds: rung.thresholds,
                });
            }
        }
        Ok(scores)
    }
}

impl Baseline {
    /// What it said of `cases`; `None` without a case, or where it does not know one.
    fn predictions(&self, table: &ScoredTable, cases: &[usize]) -> Result<Option<Predictions>, LearnError> {
        let logits: Option<Vec<Vec<f64>>> =
            cases.iter().map(|case| self.logits.get(&table.ids[*case]).cloned()).collect();
        let Some(logits) = logits.filter(|logits| !logits.is_empty()) else { return Ok(None) };
        let (truth, groups) = table.truth_and_groups(cases);
        Predictions::from_logits(table.classes.clone(), truth, groups, &logits, 1.0).map(Some)
    }
}
