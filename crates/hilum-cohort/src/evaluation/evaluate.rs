//! From predictions to an evaluation.

use super::{
    error::EvaluationError,
    file::{EvaluationFile, SideEvaluation, ThresholdSource},
    ladder::Baselines,
    table::ScoredTable,
};
use crate::CohortError;
use hilum_learn::{
    Criterion, EvaluateSettings, LearnError, Predictions, Side, Temperature, Thresholds, evaluate,
    fit_temperature, ladder, probabilities,
};

/// How predictions are judged.
#[derive(Debug, Clone, PartialEq)]
pub struct EvaluationRequest {
    /// Draws, seed and the fixed specificity.
    pub settings: EvaluateSettings,
    /// What the threshold is chosen for, on validation cases.
    pub criterion: Criterion,
    /// The threshold, where it is given and not chosen.
    pub threshold: Option<f64>,
    /// The temperature, where it is given and not fitted.
    pub temperature: Option<f64>,
    /// The sides that are judged; empty for validation and test.
    pub sides: Vec<Side>,
}

impl Default for EvaluationRequest {
    fn default() -> Self {
        Self {
            settings: EvaluateSettings::default(),
            criterion: Criterion::Youden,
            threshold: None,
            temperature: None,
            sides: Vec::new(),
        }
    }
}

/// Judges predictions, and beside them the ladder where it is given.
///
/// Threshold and temperature are chosen on the validation side, where the table has one; a table without sides is a test
/// side, judged with the threshold that is given or 0.5. The temperature is fitted where the table has logits, and the
/// probabilities are then made from these.
///
/// # Errors
/// [`CohortError::Evaluation`] where a side that was asked for has no case.
pub fn evaluate_predictions(
    table: &mut ScoredTable,
    baselines: Option<&Baselines>,
    request: &EvaluationRequest,
) -> Result<EvaluationFile, CohortError> {
    let file = table.file.clone();
    Ok(judged(table, baselines, request).map_err(|error| match error {
        Fault::Side(side) => EvaluationError::NoSuchSide { file, side: side.name().to_owned() },
        Fault::Learn(source) => EvaluationError::Learn { file, source },
    })?)
}

enum Fault {
    Side(Side),
    Learn(LearnError),
}

impl From<LearnError> for Fault {
    fn from(source: LearnError) -> Self {
        Self::Learn(source)
    }
}

fn judged(
    table: &mut ScoredTable,
    baselines: Option<&Baselines>,
    request: &EvaluationRequest,
) -> Result<EvaluationFile, Fault> {
    let validation = table.cases_on(Side::Val);
    let temperature = tempered(table, &validation, request)?;
    let chosen = match validation.is_empty() {
        true => None,
        false => {
            let of_val = table.predictions(&validation)?;
            Some(Thresholds::chosen_on(&of_val, request.criterion, request.settings.specificity))
        }
    };
    let binary = table.classes.len() == 2;
    let (source, thresholds) = match (binary, request.threshold, chosen) {
        (false, ..) => (ThresholdSource::NotNeeded, Thresholds::default()),
        (true, Some(threshold), chosen) => {
            (ThresholdSource::Given, Thresholds { threshold, ..chosen.unwrap_or_default() })
        }
        (true, None, Some(chosen)) => (ThresholdSource::Validation, chosen),
        (true, None, None) => (ThresholdSource::Even, Thresholds::default()),
    };
    let mut sides = Vec::new();
    for side in asked_for(table, request)? {
        let cases = table.cases_on(side);
        let predictions = table.predictions(&cases)?;
        let scores = baselines.map(|baselines| baselines.scores(table, &cases)).transpose()?;
        let model = Some((&predictions, &thresholds));
        sides.push(SideEvaluation {
            side,
            chosen_here: side == Side::Val
                && (source == ThresholdSource::Validation || temperature.is_some()),
            evaluation: Some(evaluate(&predictions, &thresholds, &request.settings)),
            ladder: match scores {
                Some(scores) if !scores.is_empty() => Some(ladder(&scores, model, &request.settings)?),
                _ => None,
            },
        });
    }
    let notes = notes(table, source, &sides);
    Ok(EvaluationFile {
        version: env!("CARGO_PKG_VERSION"),
        source: table.file.clone(),
        classes: table.classes.clone(),
        threshold_source: source,
        thresholds: binary.then_some(thresholds),
        temperature,
        sides,
        notes,
    })
}

/// Makes the probabilities from logits over the temperature, where there are logits.
fn tempered(
    table: &mut ScoredTable,
    validation: &[usize],
    request: &EvaluationRequest,
) -> Result<Option<Temperature>, LearnError> {
    let Some(logits) = &table.logits else { return Ok(None) };
    let fitted = match request.temperature {
        Some(_) => None,
        None if validation.is_empty() => None,
        None => {
            let of_val: Vec<Vec<f64>> = validation.iter().map(|&case| logits[case].clone()).collect();
            Some(fit_temperature(&of_val, &table.truth_and_groups(validation).0)?)
        }
    };
    if let Some(temperature) = request.temperature.or(fitted.map(|fitted| fitted.temperature)) {
        table.probabilities = logits.iter().flat_map(|row| probabilities(row, temperature)).collect();
    }
    Ok(fitted)
}

/// Validation and test, as far as they have cases; or those that were asked for.
fn asked_for(table: &ScoredTable, request: &EvaluationRequest) -> Result<Vec<Side>, Fault> {
    let has_cases = |side: &Side| !table.cases_on(*side).is_empty();
    if let Some(side) = request.sides.iter().find(|side| !has_cases(side)) {
        return Err(Fault::Side(*side));
    }
    if !request.sides.is_empty() {
        return Ok(request.sides.clone());
    }
    let usual: Vec<Side> = [Side::Val, Side::Test].into_iter().filter(has_cases).collect();
    if usual.is_empty() { Err(Fault::Side(Side::Test)) } else { Ok(usual) }
}

fn notes(table: &ScoredTable, source: ThresholdSource, sides: &[SideEvaluation]) -> Vec<String> {
    let mut notes = Vec::new();
    if !table.groups_known {
        notes.push(
            "No groups (patients) are known: every case counts as one of its own. Where cases share a patient the intervals are too narrow."
                .to_owned(),
        );
    }
    if source == ThresholdSource::Even {
        notes.push("The threshold is 0.5: there is no validation side to choose one on.".to_owned());
    }
    if sides.iter().any(|side| side.chosen_here) {
        notes.push(
            "On the validation side itself threshold and temperature are in-sample: what depends on them is somewhat too good there."
                .to_owned(),
        );
    }
    if sides.iter().any(|side| side.side == Side::Train) {
        notes.push("The training side was judged: these numbers say what was memorised.".to_owned());
    }
    notes
}

impl ScoredTable {
    /// The cases on a side; a table without sides is a test side.
    pub(crate) fn cases_on(&self, side: Side) -> Vec<usize> {
        let on = |case: &usize| self.sides.as_ref().map_or(side == Side::Test, |sides| sides[*case] == side);
        (0..self.ids.len()).filter(on).collect()
    }

    /// True classes and groups of some cases.
    pub(crate) fn truth_and_groups(&self, cases: &[usize]) -> (Vec<usize>, Vec<u32>) {
        cases.iter().map(|&case| (self.truth[case], self.groups[case])).unzip()
    }

    fn predictions(&self, cases: &[usize]) -> Result<Predictions, LearnError> {
        let width = self.classes.len();
        let of_case = |&case: &usize| self.probabilities[case * width..][..width].to_vec();
        let (truth, groups) = self.truth_and_groups(cases);
        Predictions::new(self.classes.clone(), truth, groups, cases.iter().flat_map(of_case).collect())
    }
}
