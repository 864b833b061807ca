//! All that is told of one classifier on one set of cases.

use super::{
    bootstrap::Resampling,
    calibration::Calibration,
    confusion::Confusion,
    curves::{Curves, read_off},
    estimate::Estimate,
    measure::{Measure, Prepared, Undefined},
    predictions::Predictions,
    threshold::{choose_threshold, threshold_at_specificity},
};
use crate::statistics::{Auc, Criterion, auc};
use serde::{Deserialize, Serialize, Serializer, ser::SerializeMap};

/// How an evaluation is made.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct EvaluateSettings {
    /// Bootstrap draws.
    pub draws: usize,
    /// Their seed.
    pub seed: u64,
    /// The specificity at which the sensitivity is told, 0 to 1.
    pub specificity: f64,
}

impl Default for EvaluateSettings {
    fn default() -> Self {
        Self { draws: 2000, seed: 1, specificity: 0.9 }
    }
}

/// Cuts on the positive class's probability, chosen on validation cases; without meaning for more than two classes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Thresholds {
    /// From here on a case is said to be positive.
    pub threshold: f64,
    /// The same at the fixed specificity, where there is one.
    pub at_specificity: Option<f64>,
}

impl Thresholds {
    /// The cuts that serve these validation cases best: by `criterion`, and at `specificity`. Where there is nothing to choose
    /// (a class is missing, all probabilities are equal, more than two classes) the first is 0.5.
    #[must_use]
    pub fn chosen_on(validation: &Predictions, criterion: Criterion, specificity: f64) -> Self {
        if validation.classes().len() != 2 {
            return Self::default();
        }
        let positive: Vec<bool> = validation.truth().iter().map(|class| *class == 1).collect();
        let probabilities = validation.of_class(1);
        let threshold = choose_threshold(&probabilities, &positive, criterion);
        Self {
            threshold: threshold.unwrap_or(Self::default().threshold),
            at_specificity: threshold_at_specificity(&probabilities, &positive, specificity),
        }
    }
}

impl Default for Thresholds {
    fn default() -> Self {
        Self { threshold: 0.5, at_specificity: None }
    }
}

/// A class and how many cases it has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ClassCount {
    /// Name of the class.
    pub class: String,
    /// Cases of it.
    pub cases: usize,
}

/// All that is told of one classifier on one set of cases.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Evaluation {
    /// Cases of each class.
    pub classes: Vec<ClassCount>,
    /// Cases in all.
    pub cases: usize,
    /// Groups (patients) in all.
    pub groups: usize,
    /// How it was made.
    pub settings: EvaluateSettings,
    /// The cuts that were used; `None` for more than two classes.
    pub thresholds: Option<Thresholds>,
    /// Every measure with its interval.
    #[serde(serialize_with = "as_map")]
    pub measures: Vec<(Measure, Estimate)>,
    /// DeLong's interval of the area, which takes cases for independent; two classes only.
    pub auc_delong: Option<Auc>,
    /// `[true class][answer]`.
    pub confusion: Confusion,
    /// Curves of the positive class of two, or of each class against the rest; none for a class that is absent.
    pub curves: Vec<Curves>,
    /// Reliability in bins.
    pub calibration: Calibration,
}

impl Evaluation {
    /// The estimate of one measure.
    #[must_use]
    pub fn get(&self, measure: Measure) -> Option<&Estimate> {
        self.measures.iter().find(|(of, _)| *of == measure).map(|(_, estimate)| estimate)
    }
}

/// Measures a classifier.
///
/// # Arguments
/// * `predictions` - of cases that nothing was fitted to.
/// * `thresholds` - chosen on validation cases: [`super::choose_threshold`], [`super::threshold_at_specificity`].
///
/// A measure that does not exist, because a class is absent, is a `None` with its reason.
#[must_use]
pub fn evaluate(
    predictions: &Predictions,
    thresholds: &Thresholds,
    settings: &EvaluateSettings,
) -> Evaluation {
    let classes = predictions.classes();
    let binary = classes.len() == 2;
    let prepared =
        Prepared::new(predictions, thresholds.threshold, thresholds.at_specificity, settings.specificity);
    let fixed = |measure: &Measure| matches!(measure, Measure::FixedSensitivity | Measure::FixedSpecificity);
    let told: Vec<Measure> = Measure::ALL.into_iter().filter(|measure| binary || !fixed(measure)).collect();
    let plan = Resampling::new(predictions, settings.draws, settings.seed);
    let mut drawn: Vec<Vec<Result<f64, Undefined>>> = vec![Vec::with_capacity(settings.draws); told.len()];
    let mut drawn_curves = vec![Vec::new(); prepared.rankings.len()];
    for weights in plan.weights() {
        for (found, &measure) in drawn.iter_mut().zip(&told) {
            found.push(prepared.measure(measure, &weights));
        }
        for (curves, ranking) in drawn_curves.iter_mut().zip(&prepared.rankings) {
            curves.extend(ranking.roc(&weights).ok().map(|roc| read_off(&roc)));
        }
    }
    let ones = vec![1; predictions.len()];
    let estimate = |(&measure, drawn): (&Measure, &Vec<_>)| {
        (measure, Estimate::of(prepared.measure(measure, &ones), drawn, &plan, classes))
    };
    let curves = prepared.rankings.iter().zip(&drawn_curves).filter_map(|(ranking, drawn)| {
        Some(Curves::of(ranking, &ones, &classes[ranking.class()]).ok()?.with_band(drawn))
    });
    Evaluation {
        classes: counts(predictions),
        cases: predictions.len(),
        groups: plan.groups(),
        settings: *settings,
        thresholds: binary.then_some(*thresholds),
        measures: told.iter().zip(&drawn).map(estimate).collect(),
        auc_delong: if binary { delong(predictions) } else { None },
        confusion: prepared.confusion(&ones),
        curves: curves.collect(),
        calibration: Calibration::of(predictions, &ones),
    }
}

fn counts(predictions: &Predictions) -> Vec<ClassCount> {
    let of = |class: usize| predictions.truth().iter().filter(|t| **t == class).count();
    let named = predictions.classes().iter().enumerate();
    named.map(|(class, name)| ClassCount { class: name.clone(), cases: of(class) }).collect()
}

fn delong(predictions: &Predictions) -> Option<Auc> {
    let of = |class: usize| -> Vec<f64> {
        let scores = predictions.of_class(1);
        scores.iter().zip(predictions.truth()).filter(|(_, t)| **t == class).map(|(s, _)| *s).collect()
    };
    auc(&of(1), &of(0))
}

/// Measures under their names.
pub(crate) fn as_map<S: Serializer>(
    measures: &[(Measure, Estimate)],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(measures.len()))?;
    for (measure, estimate) in measures {
        map.serialize_entry(measure.name(), estimate)?;
    }
    map.end()
}
