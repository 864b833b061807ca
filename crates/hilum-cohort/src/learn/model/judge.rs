//! A finished model on other data whose classes are known: a table that can be judged beside the model's own validation.

use super::description::{LoadedModel, Origin};
use crate::{
    CohortError,
    evaluation::{Baselines, ScoredTable, read_predictions},
    learn::{
        ClassChoice, DatasetError, DatasetFacts, DatasetRequest, Division, LoadedDataset, Preparing,
        ladder_features, load_dataset, split_file::read_split,
    },
};
use hilum_learn::{Example, dataset::Side};
use std::{collections::BTreeSet, path::Path};

/// What a model says of a data set.
#[derive(Debug, Clone, PartialEq)]
pub struct JudgedDataset {
    /// The cases that it is judged on, as test side; and, as validation side, those on which its threshold and temperature
    /// were chosen.
    pub table: ScoredTable,
    /// What the data set is.
    pub facts: DatasetFacts,
    /// The model's baselines on the same cases, where its folder has them.
    pub baselines: Option<Baselines>,
    /// The threshold that an imported model came with; one that was trained here has its own validation side for it.
    pub threshold: Option<f64>,
    /// Names of cases that are called like examples that the model was trained on or chosen by.
    pub seen: Vec<String>,
}

/// Lets the model in `folder` judge the data set of `request`, whose preprocessing, classes and division are the model's.
///
/// Of data that come with a split, `sides` are judged, or their test side where none is named; of others everything is.
///
/// # Errors
/// As [`load_dataset`]; [`CohortError::Dataset`] where the split has nothing on the sides asked for.
pub fn judge_dataset(
    folder: &Path,
    model: &LoadedModel,
    request: &DatasetRequest,
    sides: &[Side],
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<JudgedDataset, CohortError> {
    let description = &model.description;
    let known = Some(description.classes.clone());
    let request = DatasetRequest {
        preparing: Preparing::Fixed(description.preprocessing.clone()),
        division: Division::Finished,
        classes: ClassChoice { known, ..request.classes.clone() },
        ..request.clone()
    };
    let loaded = load_dataset(&request, progress)?;
    let wanted = if sides.is_empty() { &[Side::Test] } else { sides };
    let cases: Vec<&Example> = (loaded.dataset.examples.iter().zip(&loaded.sides))
        .filter(|(_, side)| wanted.contains(side))
        .map(|(example, _)| example)
        .collect();
    if cases.is_empty() {
        return Err(DatasetError::NothingToJudge { input: loaded.facts.input }.into());
    }
    let (own, seen, threshold) = match &description.origin {
        Origin::Trained(_) => {
            let own = read_predictions(&folder.join("predictions.parquet"), None)?;
            (own, seen(folder, &cases)?, None)
        }
        Origin::Imported { .. } => (ScoredTable::default(), Vec::new(), description.threshold),
    };
    let table = own.with_new_cases(&loaded, &cases, model)?;
    let mut baselines = Baselines::read(folder)?;
    if let Some(baselines) = &mut baselines {
        baselines.apply(&ladder_features(&request, progress)?);
    }
    Ok(JudgedDataset { table, facts: loaded.facts, baselines, threshold, seen })
}

/// Cases with the name of an example that the model knows: the last part of a path, as folders are called differently.
fn seen(folder: &Path, cases: &[&Example]) -> Result<Vec<String>, CohortError> {
    let last = |id: &str| id.rsplit('/').next().unwrap_or(id).to_owned();
    let split = read_split(&folder.join("split.csv"))?;
    let known: BTreeSet<String> =
        split.iter().filter(|(_, side)| **side != Side::Test).map(|(id, _)| last(id)).collect();
    Ok(cases.iter().filter(|case| known.contains(&last(&case.id))).map(|case| case.id.clone()).collect())
}

impl ScoredTable {
    /// The validation cases of a model's own predictions, and then new cases as test side.
    fn with_new_cases(
        &self,
        loaded: &LoadedDataset,
        cases: &[&Example],
        model: &LoadedModel,
    ) -> Result<Self, CohortError> {
        let pictures: Vec<_> = cases.iter().map(|case| &case.picture).collect();
        let new = model.classifier.logits(&pictures).map_err(DatasetError::learn)?;
        let kept = self.cases_on(Side::Val);
        let (mut truth, mut groups) = self.truth_and_groups(&kept);
        let first_free = groups.iter().max().map_or(0, |largest| largest + 1);
        truth.extend(cases.iter().map(|case| case.class));
        groups.extend(cases.iter().map(|case| first_free + case.group));
        let own = self.logits.iter().flat_map(|rows| kept.iter().map(|&case| rows[case].clone()));
        let logits: Vec<Vec<f64>> = own.chain(new).collect();
        let sides = [vec![Side::Val; kept.len()], vec![Side::Test; cases.len()]].concat();
        let ids = kept.iter().map(|&case| &self.ids[case]).chain(cases.iter().map(|case| &case.id));
        Ok(Self {
            file: loaded.facts.input.clone(),
            classes: model.description.classes.clone(),
            ids: ids.cloned().collect(),
            sides: Some(sides),
            truth,
            groups,
            groups_known: true,
            probabilities: model.probabilities(&logits).concat(),
            logits: Some(logits),
        })
    }
}

impl LoadedModel {
    /// Probabilities of each class from logits, with the temperature that was chosen on the validation side.
    pub(super) fn probabilities(&self, logits: &[Vec<f64>]) -> Vec<Vec<f64>> {
        let temperature = self.description.temperature;
        logits.iter().map(|row| hilum_learn::probabilities(row, temperature)).collect()
    }
}
