//! Every measure against scikit-learn, plainly and with weights: tests/oracle/evaluate/README.md tells the tolerances.

use super::{
    Calibration, EvaluateSettings, Evaluation, Measure, Predictions, Thresholds, evaluate, fit_temperature,
    measure::Prepared,
};
use serde_json::Value;
use std::path::Path;

/// Sums of some hundred terms of like size, in another order.
const ROUNDING: f64 = 1e-12;

fn vectors() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/oracle/evaluate/evaluation.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn numbers<T>(list: &Value, of: impl Fn(f64) -> T) -> Vec<T> {
    list.as_array().unwrap().iter().map(|x| of(x.as_f64().unwrap())).collect()
}

fn names(n: usize) -> Vec<String> {
    (0..n).map(|class| class.to_string()).collect()
}

#[track_caller]
fn assert_near(found: f64, expected: &Value, tolerance: f64, what: &str) {
    let expected = expected.as_f64().unwrap();
    assert!((found - expected).abs() <= tolerance, "{what}: {found:e}, expected {expected:e}");
}

/// Measures, matrix and bins of one sample under its weights.
fn assert_measures(prepared: &Prepared<'_>, weights: &[u32], expected: &Value, name: &str) -> usize {
    let mut compared = 0;
    for measure in Measure::ALL {
        if expected[measure.name()].is_number() {
            let found = prepared.measure(measure, weights).unwrap();
            assert_near(found, &expected[measure.name()], ROUNDING, &format!("{name}, {}", measure.name()));
            compared += 1;
        }
    }
    let matrix = serde_json::to_value(prepared.confusion(weights)).unwrap();
    assert_eq!(matrix, expected["confusion"], "{name}");
    let bins = Calibration::of(prepared.predictions, weights).bins;
    for (bin, row) in bins.iter().zip(expected["bins"].as_array().unwrap()) {
        assert_eq!(bin.cases, row[0].as_u64().unwrap(), "{name}, bin from {}", bin.low);
        if let (Some(said), Some(was)) = (bin.mean_probability, bin.observed) {
            assert_near(said, &row[1], ROUNDING, name);
            assert_near(was, &row[2], ROUNDING, name);
        }
    }
    compared
}

fn binary_case(case: &Value) -> (Predictions, f64) {
    let truth = numbers(&case["truth"], |t| t as usize);
    let p = numbers(&case["p"], |p| [1.0 - p, p]).concat();
    let groups = (0..truth.len() as u32).collect();
    (Predictions::new(names(2), truth, groups, p).unwrap(), case["threshold"].as_f64().unwrap())
}

#[test]
fn measures_of_two_classes_are_scikit_learns() {
    let all = vectors();
    let mut weighted = 0;
    for case in all["binary"].as_array().unwrap() {
        let name = case["name"].as_str().unwrap();
        let (predictions, threshold) = binary_case(case);
        let prepared = Prepared::new(&predictions, threshold, None, all["specificity"].as_f64().unwrap());
        assert_eq!(assert_measures(&prepared, &vec![1; predictions.len()], &case["plain"], name), 11);
        if case["weights"].is_array() {
            let weights = numbers(&case["weights"], |w| w as u32);
            assert_eq!(assert_measures(&prepared, &weights, &case["weighted"], name), 11);
            weighted += 1;
        }
    }
    assert!(weighted >= 9, "{weighted}");
}

#[test]
fn measures_of_more_classes_are_scikit_learns() {
    let all = vectors();
    for case in all["multiclass"].as_array().unwrap() {
        let name = case["name"].as_str().unwrap();
        let rows: Vec<Vec<f64>> =
            case["p"].as_array().unwrap().iter().map(|row| numbers(row, |p| p)).collect();
        let truth = numbers(&case["truth"], |t| t as usize);
        let groups = (0..truth.len() as u32).collect();
        let predictions = Predictions::new(names(rows[0].len()), truth, groups, rows.concat()).unwrap();
        let prepared = Prepared::new(&predictions, 0.5, None, all["specificity"].as_f64().unwrap());
        let ones = vec![1; predictions.len()];
        assert_eq!(assert_measures(&prepared, &ones, &case["plain"], name), 11);
        let weights = numbers(&case["weights"], |w| w as u32);
        assert_eq!(assert_measures(&prepared, &weights, &case["weighted"], name), 11);
    }
}

#[test]
fn curves_are_scikit_learns() {
    for case in vectors()["binary"].as_array().unwrap() {
        let name = case["name"].as_str().unwrap();
        let (predictions, threshold) = binary_case(case);
        let thresholds = Thresholds { threshold, at_specificity: None };
        let settings = EvaluateSettings { draws: 0, ..EvaluateSettings::default() };
        let found = evaluate(&predictions, &thresholds, &settings).curves.remove(0);
        for (curve, key) in [(found.roc, "roc"), (found.precision_recall, "precision_recall")] {
            let expected = case["curves"][key].as_array().unwrap();
            assert_eq!(curve.len(), expected.len(), "{name}, {key}");
            for (point, row) in curve.iter().zip(expected) {
                assert_near(point.x, &row[0], ROUNDING, name);
                assert_near(point.y, &row[1], ROUNDING, name);
            }
        }
    }
}

#[test]
fn temperatures_are_those_of_scipys_minimiser() {
    for case in vectors()["temperatures"].as_array().unwrap() {
        let rows = case["logits"].as_array().unwrap().iter();
        let logits: Vec<Vec<f64>> = rows.map(|row| numbers(row, |z| z)).collect();
        let found = fit_temperature(&logits, &numbers(&case["truth"], |t| t as usize)).unwrap();
        assert_near(
            found.temperature / case["temperature"].as_f64().unwrap(),
            &1.0.into(),
            1e-6,
            "temperature",
        );
        assert_near(found.log_loss_before, &case["log_loss_before"], ROUNDING, "before");
        assert_near(found.log_loss_after, &case["log_loss_after"], ROUNDING, "after");
    }
}

#[test]
fn intervals_are_those_of_groups_drawn_within_their_class() {
    let all = vectors();
    let case = &all["intervals"][0];
    let p = numbers(&case["p"], |p| [1.0 - p, p]).concat();
    let groups = numbers(&case["groups"], |g| g as u32);
    let predictions = Predictions::new(names(2), numbers(&case["truth"], |t| t as usize), groups, p).unwrap();
    let settings = EvaluateSettings { draws: 20_000, seed: 5, specificity: 0.9 };
    let found = evaluate(&predictions, &Thresholds::default(), &settings);
    assert_eq!((found.groups, found.cases), (90, predictions.len()));
    for (name, expected) in case["intervals"].as_object().unwrap() {
        let measure = Measure::ALL.into_iter().find(|m| m.name() == name).unwrap();
        let interval = found.get(measure).unwrap().interval.unwrap();
        assert_near(interval.low, &expected[0], 0.004, name);
        assert_near(interval.high, &expected[1], 0.004, name);
    }
}

fn evaluated(truth: &[usize], p: &[f64]) -> Evaluation {
    let p = p.iter().flat_map(|p| [1.0 - p, *p]).collect();
    let groups = (0..truth.len() as u32).collect();
    let classes = vec!["NonCOVID".to_owned(), "COVID".to_owned()];
    let predictions = Predictions::new(classes, truth.to_vec(), groups, p).unwrap();
    evaluate(&predictions, &Thresholds::default(), &EvaluateSettings::default())
}

#[test]
fn an_absent_class_leaves_nulls_with_reasons() {
    let found = evaluated(&[0, 0, 0], &[0.1, 0.6, 0.2]);
    let reason = |measure| found.get(measure).unwrap().reason.clone().unwrap();
    for measure in
        [Measure::Auc, Measure::PrAuc, Measure::F1, Measure::Sensitivity, Measure::BalancedAccuracy]
    {
        assert_eq!(found.get(measure).unwrap().value, None);
        assert_eq!(reason(measure), "no case is of class COVID");
    }
    assert_eq!(found.get(Measure::Specificity).unwrap().value, Some(2.0 / 3.0));
    assert!(found.curves.is_empty() && found.auc_delong.is_none());
    let json = serde_json::to_value(&found).unwrap();
    assert!(
        json["measures"]["auc"]["value"].is_null()
            && json["confusion"] == serde_json::json!([[2, 1], [0, 0]])
    );
    let other = evaluated(&[1, 1], &[0.1, 0.6]);
    assert_eq!(
        other.get(Measure::Specificity).unwrap().reason.as_deref(),
        Some("all cases are of class COVID")
    );
    assert_eq!(other.get(Measure::Accuracy).unwrap().value, Some(0.5));
}

#[test]
fn a_perfect_answer_has_no_interval_and_says_why() {
    let found = evaluated(&[0, 0, 0, 1, 1, 1], &[0.1, 0.2, 0.3, 0.7, 0.8, 0.9]);
    let auc = found.get(Measure::Auc).unwrap();
    assert_eq!((auc.value, auc.interval), (Some(1.0), None));
    assert!(auc.reason.as_deref().unwrap().contains("all draws agree"));
    assert!(found.get(Measure::Brier).unwrap().interval.is_some());
    assert!(found.get(Measure::FixedSensitivity).unwrap().reason.as_deref().unwrap().contains("validation"));
    // The first point of ROC has no threshold: null, not infinity.
    assert!(serde_json::to_value(&found).unwrap()["curves"][0]["roc"][0]["threshold"].is_null());
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let of = || serde_json::to_string(&evaluated(&[0, 1, 0, 1, 1], &[0.1, 0.9, 0.6, 0.5, 0.7])).unwrap();
    assert_eq!(of(), of());
}
