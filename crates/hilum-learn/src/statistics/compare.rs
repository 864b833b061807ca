//! All statistics of a table of scans at once.

use super::{
    auc::{Auc, auc},
    classes::ClassSummary,
    cross_validate::{CrossValidated, Plan, cross_validate},
    holm::holm,
    kruskal_wallis::{KruskalWallis, kruskal_wallis},
    mann_whitney::{MannWhitney, mann_whitney},
    rule::Fit,
};
use crate::error::LearnError;
use serde::Serialize;
use std::collections::BTreeMap;

/// What is compared: one number and one class a scan.
#[derive(Debug, Clone, Copy)]
pub struct Cases<'a> {
    /// The numbers, finite.
    pub values: &'a [f64],
    /// The class of each, an index into `labels`.
    pub classes: &'a [usize],
    /// The patient of each, where it is known: scans of one patient are kept together.
    pub patients: &'a [Option<&'a str>],
    /// Labels in the order in which they are told.
    pub labels: &'a [String],
}

/// How to compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Settings {
    /// Folds, repeats, seed and criterion.
    #[serde(flatten)]
    pub plan: Plan,
    /// The class whose scans are to be found; otherwise the later of two in the order of labels, unless that one is called
    /// healthy, normal, control(s) or negative.
    pub positive: Option<usize>,
    /// Whether the numbers are percents, so that shares under 5 and 10 mean something.
    pub in_percent: bool,
}

/// Two classes, or a class and all others.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Contrast {
    /// Label of the positive class.
    pub positive: String,
    /// Label of the negative class; `None` for all other classes together.
    pub negative: Option<String>,
    /// Scans of the positive class.
    pub positives: usize,
    /// Scans of the negative class.
    pub negatives: usize,
    /// Area under the ROC curve.
    pub roc: Auc,
    /// Rank test and effect size.
    pub rank_test: MannWhitney,
    /// P values for several contrasts of one kind; `None` if this is the only one.
    pub adjusted: Option<Adjusted>,
    /// The best threshold and how well it does in-sample; `None` if all numbers are equal.
    pub best: Option<Fit>,
    /// The same on scans held back; `None` if a class is too small.
    pub cross_validated: Option<CrossValidated>,
}

/// A p value among several.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Adjusted {
    /// After Holm.
    pub p_holm: f64,
    /// Over how many tests.
    pub tests: usize,
}

/// Everything that was found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    /// Classes with numbers, in the order of the labels.
    pub classes: Vec<ClassSummary>,
    /// Over all classes, where there are more than two.
    pub kruskal_wallis: Option<KruskalWallis>,
    /// Every two classes.
    pub pairs: Vec<Contrast>,
    /// Every class against all others, where there are more than two.
    pub one_vs_rest: Vec<Contrast>,
}

/// Describes every class, and compares every two of them and each with the rest.
///
/// # Errors
/// [`LearnError`] if a number is not finite, lists differ in length or a class has no label.
pub fn compare(cases: Cases<'_>, settings: Settings) -> Result<Comparison, LearnError> {
    check(&cases)?;
    let members = |class: usize| -> Vec<f64> {
        (0..cases.values.len()).filter(|&i| cases.classes[i] == class).map(|i| cases.values[i]).collect()
    };
    let values: Vec<Vec<f64>> = (0..cases.labels.len()).map(members).collect();
    let present: Vec<usize> = (0..cases.labels.len()).filter(|&c| !values[c].is_empty()).collect();
    let summary =
        |&class: &usize| ClassSummary::of(&cases.labels[class], &values[class], settings.in_percent);
    let mut pairs = Vec::new();
    for (place, &second) in present.iter().enumerate() {
        for &first in &present[..place] {
            let turned = match settings.positive {
                Some(positive) => positive == first,
                None => is_reference(&cases.labels[second]) && !is_reference(&cases.labels[first]),
            };
            let (positive, negative) = if turned { (first, second) } else { (second, first) };
            pairs.extend(contrast(&cases, positive, Some(negative), settings.plan));
        }
    }
    let several = present.len() > 2;
    let rest = present.iter().filter(|_| several).filter_map(|&c| contrast(&cases, c, None, settings.plan));
    let mut one_vs_rest: Vec<Contrast> = rest.collect();
    adjust(&mut pairs);
    adjust(&mut one_vs_rest);
    let samples: Vec<&[f64]> = present.iter().map(|&c| values[c].as_slice()).collect();
    Ok(Comparison {
        classes: present.iter().filter_map(summary).collect(),
        kruskal_wallis: if several { kruskal_wallis(&samples) } else { None },
        pairs,
        one_vs_rest,
    })
}

/// Words that name the class which others are held against, never the one to be found.
const REFERENCE: [&str; 5] = ["healthy", "normal", "control", "controls", "negative"];

fn is_reference(label: &str) -> bool {
    REFERENCE.contains(&label.to_lowercase().as_str())
}

fn check(cases: &Cases<'_>) -> Result<(), LearnError> {
    let values = cases.values.len();
    for (what, found) in [("classes", cases.classes.len()), ("patients", cases.patients.len())] {
        if found != values {
            return Err(LearnError::Lengths { what, values, found });
        }
    }
    if let Some(index) = cases.values.iter().position(|v| !v.is_finite()) {
        return Err(LearnError::NotFinite { index });
    }
    let labels = cases.labels.len();
    match cases.classes.iter().enumerate().find(|(_, class)| **class >= labels) {
        Some((index, &class)) => Err(LearnError::UnknownClass { index, class, labels }),
        None => Ok(()),
    }
}

/// One class against another, or against the rest.
fn contrast(cases: &Cases<'_>, positive: usize, negative: Option<usize>, plan: Plan) -> Option<Contrast> {
    let takes_part = |&i: &usize| {
        let class = cases.classes[i];
        class == positive || negative.is_none_or(|n| class == n)
    };
    let scans: Vec<usize> = (0..cases.values.len()).filter(takes_part).collect();
    let told: Vec<(f64, bool)> =
        scans.iter().map(|&i| (cases.values[i], cases.classes[i] == positive)).collect();
    let of_class = |wanted: bool| -> Vec<f64> {
        told.iter().filter(|(_, is_positive)| *is_positive == wanted).map(|(value, _)| *value).collect()
    };
    let (positives, negatives) = (of_class(true), of_class(false));
    let mut ascending = told.clone();
    ascending.sort_by(|a, b| a.0.total_cmp(&b.0));
    Some(Contrast {
        positive: cases.labels[positive].clone(),
        negative: negative.map(|n| cases.labels[n].clone()),
        positives: positives.len(),
        negatives: negatives.len(),
        roc: auc(&positives, &negatives)?,
        rank_test: mann_whitney(&positives, &negatives)?,
        adjusted: None,
        best: Fit::of(&ascending, plan.criterion),
        cross_validated: cross_validate(&told, &units(cases, &scans), plan),
    })
}

/// What is kept together: the scans of a patient, and every scan whose patient is unknown by itself.
fn units(cases: &Cases<'_>, scans: &[usize]) -> Vec<usize> {
    let mut unit_of_patient: BTreeMap<&str, usize> = BTreeMap::new();
    let mut next = 0;
    let mut new = || {
        next += 1;
        next - 1
    };
    let unit = |&i: &usize| match cases.patients[i] {
        Some(patient) => *unit_of_patient.entry(patient).or_insert_with(&mut new),
        None => new(),
    };
    scans.iter().map(unit).collect()
}

fn adjust(contrasts: &mut [Contrast]) {
    let tests = contrasts.len();
    if tests > 1 {
        let p: Vec<f64> = contrasts.iter().map(|c| c.rank_test.p).collect();
        for (contrast, p_holm) in contrasts.iter_mut().zip(holm(&p)) {
            contrast.adjusted = Some(Adjusted { p_holm, tests });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(n: usize) -> Vec<String> {
        (0..n).map(|i| i.to_string()).collect()
    }

    #[test]
    fn three_classes_give_three_pairs_and_three_against_the_rest() {
        let values: Vec<f64> = (0..30).map(f64::from).collect();
        let classes: Vec<usize> = (0..30).map(|i| i / 10).collect();
        let labels = labels(4);
        let cases = Cases { values: &values, classes: &classes, patients: &vec![None; 30], labels: &labels };
        let found = compare(cases, Settings { positive: Some(0), ..Settings::default() }).unwrap();
        let said: Vec<_> =
            found.pairs.iter().map(|c| (c.positive.as_str(), c.negative.as_deref().unwrap())).collect();
        assert_eq!(said, [("0", "1"), ("0", "2"), ("2", "1")]);
        assert_eq!(found.one_vs_rest.len(), 3);
        assert_eq!(found.classes.len(), 3, "label 3 has no scan");
        assert_eq!(found.pairs[0].roc.auc, 0.0);
        assert!(!found.pairs[0].best.unwrap().rule.positive_is_above);
        assert_eq!(found.pairs[0].adjusted.unwrap().tests, 3);
        assert!(found.kruskal_wallis.unwrap().p < 1e-5);
    }

    #[test]
    fn healthy_scans_are_not_what_is_looked_for() {
        let labels = ["covid", "healthy"].map(str::to_owned);
        let cases = Cases { values: &[3.0, 1.0], classes: &[0, 1], patients: &[None; 2], labels: &labels };
        let pair =
            |positive| compare(cases, Settings { positive, ..Settings::default() }).unwrap().pairs.remove(0);
        assert_eq!((pair(None).positive.as_str(), pair(None).roc.auc), ("covid", 1.0));
        assert_eq!(pair(Some(1)).positive, "healthy");
    }

    #[test]
    fn one_class_is_described_and_not_compared() {
        let labels = labels(1);
        let cases = Cases { values: &[1.0, 2.0], classes: &[0, 0], patients: &[None; 2], labels: &labels };
        let found = compare(cases, Settings::default()).unwrap();
        assert_eq!((found.classes.len(), found.pairs.len(), found.kruskal_wallis), (1, 0, None));
    }

    #[test]
    fn scans_of_a_patient_are_one_unit() {
        let labels = labels(2);
        let patients = [Some("g1"), None, Some("g2"), Some("g1"), None];
        let cases =
            Cases { values: &[1.0; 5], classes: &[0, 0, 1, 0, 1], patients: &patients, labels: &labels };
        assert_eq!(units(&cases, &[0, 1, 2, 3, 4]), [0, 1, 2, 0, 3]);
        assert_eq!(units(&cases, &[1, 3, 0]), [0, 1, 1]);
    }

    #[test]
    fn what_cannot_be_compared_is_refused() {
        let labels = labels(1);
        let of = |values: &[f64], classes: &[usize]| {
            let cases = Cases { values, classes, patients: &vec![None; values.len()], labels: &labels };
            compare(cases, Settings::default()).unwrap_err().to_string()
        };
        assert!(of(&[1.0, f64::NAN], &[0, 0]).starts_with("case 1 is not a finite number"));
        assert!(of(&[1.0], &[]).contains("1 values, but 0 classes"));
        assert!(of(&[1.0], &[4]).contains("class 4, but there are 1 labels"));
    }
}
