//! The rungs beside the model, on the same cases, and whether the model may be believed.

use crate::{
    LearnError,
    evaluate::{
        Difference, Estimate, EvaluateSettings, Measure, Predictions, Thresholds, as_map, difference,
        evaluate,
    },
};
use serde::Serialize;

/// What is told of every rung.
const TOLD: [Measure; 7] = [
    Measure::Auc,
    Measure::PrAuc,
    Measure::Accuracy,
    Measure::BalancedAccuracy,
    Measure::Sensitivity,
    Measure::Specificity,
    Measure::Brier,
];
/// What the model is compared by; the verdict is on the first.
const COMPARED: [Measure; 2] = [Measure::Auc, Measure::BalancedAccuracy];

/// What one rung said of the cases.
#[derive(Debug, Clone, PartialEq)]
pub struct RungScores {
    /// Short name, for files.
    pub name: String,
    /// Name for people.
    pub title: String,
    /// What it looks at, in one sentence.
    pub looks_at: String,
    /// Whether it looks at what cannot show the disease, so that a model which is no better is suspect.
    pub outside: bool,
    /// How many numbers of each case it looks at.
    pub columns: usize,
    /// Its predictions.
    pub predictions: Predictions,
    /// Its cuts, chosen on validation cases.
    pub thresholds: Thresholds,
}

/// One rung, measured.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Rung {
    /// Short name.
    pub name: String,
    /// Name for people.
    pub title: String,
    /// What it looks at, in one sentence.
    pub looks_at: String,
    /// How many numbers of each case it looks at.
    pub columns: usize,
    /// Its measures.
    #[serde(serialize_with = "as_map")]
    pub measures: Vec<(Measure, Estimate)>,
    /// The model's measures less this rung's, over the same draws; empty without a model.
    pub model_less_this: Vec<Difference>,
}

/// Whether a model may be believed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Verdict {
    /// Whether the model does not beat what looks outside the lung only; `None` where they could not be compared.
    pub suspect: Option<bool>,
    /// The same in words, with numbers.
    pub words: String,
}

/// All rungs, lowest first, and the verdict on the model.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Ladder {
    /// The rungs.
    pub rungs: Vec<Rung>,
    /// The verdict; `None` without a model.
    pub verdict: Option<Verdict>,
}

/// Measures every rung, and compares the model with each over the same draws of the same cases.
///
/// # Errors
/// [`LearnError::OtherCases`] if a rung was not scored on the cases of the model.
pub fn ladder(
    rungs: &[RungScores],
    model: Option<(&Predictions, &Thresholds)>,
    settings: &EvaluateSettings,
) -> Result<Ladder, LearnError> {
    let measured = |scores: &RungScores| {
        let all = evaluate(&scores.predictions, &scores.thresholds, settings).measures;
        let model_less_this = match model {
            Some(model) => difference(model, (&scores.predictions, &scores.thresholds), &COMPARED, settings)?,
            None => Vec::new(),
        };
        Ok(Rung {
            name: scores.name.clone(),
            title: scores.title.clone(),
            looks_at: scores.looks_at.clone(),
            columns: scores.columns,
            measures: all.into_iter().filter(|(measure, _)| TOLD.contains(measure)).collect(),
            model_less_this,
        })
    };
    let measured = rungs.iter().map(measured).collect::<Result<Vec<Rung>, LearnError>>()?;
    let verdict = model.map(|_| {
        let outside = rungs.iter().zip(&measured).find(|(scores, _)| scores.outside);
        verdict(outside.map(|(_, rung)| rung))
    });
    Ok(Ladder { rungs: measured, verdict })
}

fn verdict(outside: Option<&Rung>) -> Verdict {
    let unknown = |words: String| Verdict { suspect: None, words };
    let Some(rung) = outside else {
        return unknown(
            "Nothing outside the lung was looked at: what the model has learned is not known.".into(),
        );
    };
    let Some((less, value)) = rung.model_less_this.first().and_then(|d| Some((d, d.estimate.value?))) else {
        return unknown(format!("The model could not be compared with '{}'.", rung.title));
    };
    let Some(interval) = less.estimate.interval else {
        return unknown(format!(
            "The model's AUC is {value:+.3} against '{}', without an interval: too few cases to say more.",
            rung.title
        ));
    };
    let numbers = format!("AUC {value:+.3}, 95 % interval {:+.3} to {:+.3}", interval.low, interval.high);
    match less.first_is_better() {
        true => {
            Verdict { suspect: Some(false), words: format!("The model beats '{}': {numbers}.", rung.title) }
        }
        false => Verdict {
            suspect: Some(true),
            words: format!(
                "SUSPECT: the model does not beat '{}' ({numbers}). What it goes by may not be disease.",
                rung.title
            ),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    fn scores(name: &str, outside: bool, skill: f64) -> RungScores {
        let mut random = Random::new(name.len() as u64);
        let truth: Vec<usize> = (0..120).map(|i| i % 2).collect();
        let positive = |&t: &usize| (skill * t as f64 + random.below(1000) as f64 / 1000.0) / (skill + 1.0);
        let p: Vec<f64> = truth.iter().map(positive).flat_map(|p| [1.0 - p, p]).collect();
        RungScores {
            name: name.to_owned(),
            title: name.to_owned(),
            looks_at: String::new(),
            outside,
            columns: 1,
            predictions: Predictions::new(vec!["a".into(), "b".into()], truth, (0..120).collect(), p)
                .unwrap(),
            thresholds: Thresholds::default(),
        }
    }

    fn of(model_skill: f64, outside_skill: f64) -> Ladder {
        let model = scores("the model", false, model_skill);
        let rungs = [scores("majority", false, 0.0), scores("outside the lung only", true, outside_skill)];
        let settings = EvaluateSettings { draws: 300, ..EvaluateSettings::default() };
        ladder(&rungs, Some((&model.predictions, &model.thresholds)), &settings).unwrap()
    }

    #[test]
    fn a_model_that_sees_more_than_the_outside_is_believed() {
        let found = of(1.0, 0.1);
        let verdict = found.verdict.unwrap();
        assert_eq!(verdict.suspect, Some(false));
        assert!(
            verdict.words.starts_with("The model beats 'outside the lung only': AUC +0."),
            "{}",
            verdict.words
        );
        assert_eq!(found.rungs[1].model_less_this.len(), 2);
    }

    #[test]
    fn a_model_that_does_not_is_suspect() {
        let verdict = of(0.5, 0.6).verdict.unwrap();
        assert_eq!(verdict.suspect, Some(true));
        assert!(verdict.words.starts_with("SUSPECT: the model does not beat 'outside"), "{}", verdict.words);
    }

    #[test]
    fn without_a_model_or_an_outside_there_is_no_verdict() {
        let rungs = [scores("majority", false, 0.0)];
        let settings = EvaluateSettings { draws: 50, ..EvaluateSettings::default() };
        assert_eq!(ladder(&rungs, None, &settings).unwrap().verdict, None);
        let model = (&rungs[0].predictions, &rungs[0].thresholds);
        let verdict = ladder(&rungs, Some(model), &settings).unwrap().verdict.unwrap();
        assert_eq!(verdict.suspect, None);
    }
}
