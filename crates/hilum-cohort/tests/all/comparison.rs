//! The notebook's own results, compared: numbers by SciPy 1.17.1, scikit-learn 1.9.1 and confidenceinterval 1.0.5.

use hilum_cohort::{CompareRequest, TableRequest, compare_table, describe_table};
use std::collections::BTreeMap;

/// numpy.quantile.
const HEALTHY: [f64; 3] = [2.89232, 4.03796, 6.13385];
const COVID: [f64; 3] = [5.31121, 9.72007, 15.97091];
/// roc_auc_score, and DeLong's interval by confidenceinterval, which computes in single precision.
const AUC: [f64; 3] = [0.785_901_4, 0.753_825_0, 0.817_977_7];
/// scipy.stats.mannwhitneyu.
const P: f64 = 3.834_710_953_922_794e-42;
/// Fifty repeats of stratified 10-fold cross-validation by RepeatedStratifiedKFold; ten scatter by about 0.003.
const HELD_BACK: f64 = 0.7249;

#[track_caller]
fn near(found: f64, expected: f64, tolerance: f64) {
    assert!((found - expected).abs() <= tolerance, "{found}, expected {expected}");
}

#[test]
fn the_notebooks_results_are_what_the_fields_tools_say() {
    let Some(folder) = hilum_testkit::shared_data().map(|data| data.join("notebook-results")) else { return };
    let request = CompareRequest {
        table: TableRequest {
            table: folder.join("master.csv"),
            labels: Some(folder.join("clinicaldata.csv")),
            ..TableRequest::default()
        },
        ..CompareRequest::default()
    };
    let found = compare_table(&request).unwrap();
    let [healthy, covid] = found.comparison.classes.as_slice() else { panic!("two classes") };
    assert_eq!((healthy.summary.n, covid.summary.n), (323, 455));
    for (found, expected) in [(healthy.summary, HEALTHY), (covid.summary, COVID)] {
        for (found, expected) in [found.q1, found.median, found.q3].into_iter().zip(expected) {
            near(found, expected, 5e-6);
        }
    }
    let [pair] = found.comparison.pairs.as_slice() else { panic!("one pair") };
    near(pair.roc.auc, AUC[0], 5e-7);
    near(pair.roc.interval.unwrap().low, AUC[1], 5e-7);
    near(pair.roc.interval.unwrap().high, AUC[2], 5e-7);
    near(pair.rank_test.p / P, 1.0, 1e-9);
    let best = pair.best.unwrap();
    near(best.rule.threshold, 7.35, 0.001);
    near(best.in_sample.accuracy, 0.731_362, 5e-7);
    let held = pair.cross_validated.unwrap();
    near(held.scores.accuracy, HELD_BACK, 0.006);
    near(held.majority_accuracy, 0.584_833, 5e-7);
    let lost = |label: &str| found.missing.as_ref().unwrap().by_label[label];
    assert_eq!(
        [lost("0"), lost("1"), lost("2")].map(|m| (m.missing, m.listed)),
        [(89, 412), (281, 281), (146, 601)]
    );
    assert!(found.left_out.is_empty());
}

#[test]
fn the_notebooks_labels_are_described() {
    let Some(folder) = hilum_testkit::shared_data().map(|data| data.join("notebook-results")) else { return };
    let request = TableRequest { table: folder.join("clinicaldata.csv"), ..TableRequest::default() };
    let found = describe_table(&request, &BTreeMap::from([("2".to_owned(), "COVID-19".to_owned())])).unwrap();
    let classes: Vec<(&str, usize)> = found.classes.iter().map(|c| (c.name.as_str(), c.scans)).collect();
    assert_eq!(classes, [("0", 412), ("1", 281), ("COVID-19", 601)]);
    assert_eq!((found.rows, found.unlabelled()), (1294, 0));
}
