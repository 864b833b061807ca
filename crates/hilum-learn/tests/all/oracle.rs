//! Every statistic against SciPy, scikit-learn and statsmodels: tests/oracle/stats/README.md tells the tolerances.

use hilum_learn::{
    ClassSummary, Criterion, Fit, PValue, auc, bootstrap_mean, held_back_answers, holm, kruskal_wallis,
    mann_whitney,
};
use serde_json::Value;
use std::path::Path;

/// Sums of some hundred terms of like size, in another order: a few hundred units in the last place.
const ROUNDING: f64 = 1e-12;

fn vectors(group: &str) -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/oracle/stats/statistics.json");
    let all: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let cases = all[group].as_array().unwrap().clone();
    assert!(!cases.is_empty());
    cases
}

fn numbers(list: &Value) -> Vec<f64> {
    list.as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect()
}

/// Equal up to `relative` of the size of `expected`.
#[track_caller]
fn assert_near(found: f64, expected: &Value, relative: f64, what: &str) {
    let expected = expected.as_f64().unwrap();
    let bound = relative * expected.abs() + f64::MIN_POSITIVE;
    assert!((found - expected).abs() <= bound, "{what}: {found:e}, expected {expected:e}");
}

#[test]
fn areas_and_intervals_are_delongs() {
    for case in vectors("two_classes") {
        let name = case["name"].as_str().unwrap();
        let found = auc(&numbers(&case["positive"]), &numbers(&case["negative"])).unwrap();
        assert_near(found.auc, &case["auc"], ROUNDING, name);
        // The difference of nearly equal numbers near an area of 1 loses digits.
        assert_near(found.standard_error.unwrap(), &case["standard_error"], 1e-9, name);
        match found.interval {
            Some(interval) => {
                assert_near(interval.low, &case["interval"][0], 1e-9, name);
                assert_near(interval.high, &case["interval"][1], 1e-9, name);
            }
            None => assert!(case["interval"].is_null(), "{name}"),
        }
    }
}

#[test]
fn rank_tests_are_scipys() {
    let mut exact = 0;
    for case in vectors("two_classes") {
        let name = case["name"].as_str().unwrap();
        let found = mann_whitney(&numbers(&case["positive"]), &numbers(&case["negative"])).unwrap();
        assert_near(found.u, &case["u"], 0.0, name);
        // A tail of 1e-100 has a z of 21: an error of one bit in z is one of 1e-13 in p.
        assert_near(found.p, &case["p"], 1e-11, name);
        assert!((found.rank_biserial - case["cliffs_delta"].as_f64().unwrap()).abs() < ROUNDING, "{name}");
        exact += usize::from(found.method == PValue::Exact);
    }
    assert_eq!(exact, 3);
}

#[test]
fn classes_are_described_as_numpy_does() {
    for case in vectors("two_classes") {
        let name = case["name"].as_str().unwrap();
        let found = ClassSummary::of(name, &numbers(&case["positive"]), false).unwrap();
        let quartiles = [found.summary.q1, found.summary.median, found.summary.q3];
        for (i, quartile) in quartiles.into_iter().enumerate() {
            assert_near(quartile, &case["quartiles"][i], ROUNDING, name);
        }
        assert!((found.mean - case["mean"].as_f64().unwrap()).abs() < ROUNDING, "{name}");
        assert_near(found.standard_deviation.unwrap(), &case["standard_deviation"], ROUNDING, name);
    }
}

#[test]
fn thresholds_are_the_best_of_all_and_held_back_scans_are_told_the_same() {
    let mut cross_validated = 0;
    for case in vectors("two_classes") {
        let name = case["name"].as_str().unwrap();
        let positive = numbers(&case["positive"]).into_iter().map(|v| (v, true));
        let cases: Vec<(f64, bool)> =
            positive.chain(numbers(&case["negative"]).into_iter().map(|v| (v, false))).collect();
        let mut ascending = cases.clone();
        ascending.sort_by(|a, b| a.0.total_cmp(&b.0));
        for (criterion, word) in [(Criterion::Accuracy, "accuracy"), (Criterion::Youden, "youden")] {
            let expected = &case["rules"][word];
            let Fit { rule, in_sample } = Fit::of(&ascending, criterion).unwrap();
            assert_eq!(rule.positive_is_above, expected["positive_is_above"], "{name}, {word}");
            assert_near(rule.threshold, &expected["threshold"], ROUNDING, name);
            assert_near(in_sample.accuracy, &expected["accuracy"], ROUNDING, name);
            assert_near(in_sample.sensitivity, &expected["sensitivity"], ROUNDING, name);
            assert_near(in_sample.specificity, &expected["specificity"], ROUNDING, name);
            assert_near(in_sample.balanced_accuracy, &expected["balanced_accuracy"], ROUNDING, name);
            if expected["folds"].is_array() {
                let folds: Vec<usize> = numbers(&expected["folds"]).iter().map(|&f| f as usize).collect();
                let told: Vec<bool> = numbers(&expected["held_back"]).iter().map(|&t| t == 1.0).collect();
                assert_eq!(held_back_answers(&cases, &folds, criterion), told, "{name}, {word}");
                cross_validated += 1;
            }
        }
    }
    assert!(cross_validated >= 16);
}

#[test]
fn several_classes_are_tested_as_scipy_does() {
    for case in vectors("several_classes") {
        let classes: Vec<Vec<f64>> = case["classes"].as_array().unwrap().iter().map(numbers).collect();
        let found = kruskal_wallis(&classes.iter().map(Vec::as_slice).collect::<Vec<_>>()).unwrap();
        // H is a small difference of large sums.
        assert_near(found.h, &case["h"], 1e-10, "h");
        assert_near(found.p, &case["p"], 1e-9, "p");
        assert_eq!(found.degrees_of_freedom, classes.len() - 1);
    }
}

#[test]
fn several_p_values_are_adjusted_as_statsmodels_does() {
    for case in vectors("adjusted") {
        let found = holm(&numbers(&case["p"]));
        assert_eq!(found.len(), numbers(&case["holm"]).len());
        for (i, p) in found.into_iter().enumerate() {
            assert_near(p, &case["holm"][i], ROUNDING, "holm");
        }
    }
}

#[test]
fn clusters_are_drawn_as_scipy_draws_them() {
    for case in vectors("bootstrap") {
        let counts: Vec<usize> = numbers(&case["counts"]).iter().map(|&n| n as usize).collect();
        let found = bootstrap_mean(&numbers(&case["sums"]), &counts, 20_000, 5).unwrap();
        // The 2.5 % quantile of 20 000 draws with a standard deviation of 0.036 is off by 0.0007 (one standard error).
        assert!((found.low - case["interval"][0].as_f64().unwrap()).abs() < 0.003);
        assert!((found.high - case["interval"][1].as_f64().unwrap()).abs() < 0.003);
    }
}
