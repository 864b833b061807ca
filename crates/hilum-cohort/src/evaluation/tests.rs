//! Tables of predictions in, numbers or faults out.

use super::*;
use crate::CohortError;
use hilum_learn::{Measure, Side};
use std::{fs, path::PathBuf};

fn written(content: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("theirs.csv");
    fs::write(&path, content).unwrap();
    (folder, path)
}

fn read(content: &str, positive: Option<&str>) -> Result<ScoredTable, CohortError> {
    let (_folder, path) = written(content);
    read_predictions(&path, positive)
}

fn refused(content: &str) -> String {
    read(content, None).unwrap_err().to_string()
}

#[test]
fn the_table_of_another_program_is_read() {
    let table = read("file,label,probability\na.png,COVID,0.9\nb.png,NonCOVID,0.25\n", None).unwrap();
    assert_eq!(table.classes, ["NonCOVID", "COVID"]);
    assert_eq!((table.truth.as_slice(), table.groups.as_slice()), (&[1, 0][..], &[1, 2][..]));
    assert_eq!(table.probabilities, [1.0 - 0.9, 0.9, 0.75, 0.25]);
    assert!(!table.groups_known && table.sides.is_none());
    let turned = read("id,class,probability\na,x,0.9\nb,y,0.25\n", Some("x")).unwrap();
    assert_eq!((turned.classes, turned.truth), (vec!["y".to_owned(), "x".to_owned()], vec![1, 0]));
}

#[test]
fn three_classes_have_a_column_each() {
    let text = "id,class,group,side,probability_0,probability_1,probability_2\n\
                a,2,p1,val,0.1,0.2,0.7\nb,0,p1,test,0.5,0.25,0.25\nc,1,,test,0,1,0\n";
    let table = read(text, None).unwrap();
    assert_eq!((table.classes.len(), table.truth), (3, vec![2, 0, 1]));
    assert_eq!(table.groups, [1, 1, 2], "a case without a group is one of its own");
    assert_eq!(table.sides, Some(vec![Side::Val, Side::Test, Side::Test]));
}

#[test]
fn faults_name_file_row_and_column() {
    assert_eq!(
        refused("id,class\na,x\n"),
        "theirs.csv has no column probability or probability_CLASS; its columns are: id, class"
    );
    assert_eq!(
        refused("name,class,probability\na,x,1\n").split(';').next(),
        Some("theirs.csv has no column id or image_id or file")
    );
    assert_eq!(
        refused("id,class,probability\na,x,0.5\nb,y,1.2\n"),
        "theirs.csv, row 2, column probability: 1.2 is no probability; it must lie from 0 to 1"
    );
    assert!(
        refused("id,class,probability\na,x,high\nb,y,1\n")
            .contains("row 1, column probability: 'high' is not")
    );
    assert!(refused("id,class,probability\na,x,NaN\nb,y,1\n").contains("'NaN' is not a finite number"));
    assert!(
        refused("id,class,probability\na,x,\nb,y,1\n")
            .contains("row 1, column probability: the cell is empty")
    );
    assert_eq!(
        refused("id,class,probability\na,x,0.5\nb,y,1\na,x,1\n"),
        "theirs.csv, row 3, column id: 'a' stands in row 1 too; each case is judged once"
    );
    assert!(
        refused("id,class,probability_x,probability_y\na,z,0.5,0.5\n")
            .contains("row 1, column class: 'z' is no class")
    );
    assert!(refused("id,class,probability_x,probability_y\na,x,0.5,0.6\n").contains("sum to 1.1000"));
    assert!(refused("id,class,probability,side\na,x,0.5,later\nb,y,1,val\n").contains("'later' is no side"));
    assert!(
        refused("id,class,probability\na,x,0.5\nb,y,1\nc,z,1\n").contains("has x, y, z; give one column")
    );
    assert!(refused("id,class,probability\n").contains("no prediction"));
    let error = read("id,class,probability\na,x,0.5\nb,y,1\n", Some("w")).unwrap_err();
    assert_eq!(error.to_string(), "theirs.csv has no class 'w'; its classes are: x, y");
}

/// Forty cases on each side, from a classifier that knows something and is too sure of it.
fn too_sure() -> String {
    let mut text = "id,class,group,side,probability_a,probability_b,logit\n".to_owned();
    for n in 0..80u32 {
        let (side, class) = (if n < 40 { "val" } else { "test" }, n % 2);
        let noise = f64::from(n * 37 % 41) / 41.0 - 0.5;
        let logit = 12.0 * (0.4 * (f64::from(class) - 0.5) + noise);
        let p = 1.0 / (1.0 + (-logit).exp());
        let label = if class == 1 { "b" } else { "a" };
        text.push_str(&format!("c{n},{label},g{},{side},{},{p},{logit}\n", n / 2, 1.0 - p));
    }
    text
}

#[test]
fn threshold_and_temperature_come_from_validation_alone() {
    let mut table = read(&too_sure(), None).unwrap();
    let found = evaluate_predictions(&mut table, None, &EvaluationRequest::default()).unwrap();
    assert_eq!(found.threshold_source, ThresholdSource::Validation);
    assert!(found.temperature.unwrap().temperature > 1.5, "{:?}", found.temperature);
    let sides: Vec<(Side, bool)> = found.sides.iter().map(|side| (side.side, side.chosen_here)).collect();
    assert_eq!(sides, [(Side::Val, true), (Side::Test, false)]);
    // The same validation cases with other test cases give the same cuts.
    let fewer: String = too_sure().lines().take(61).map(|line| format!("{line}\n")).collect();
    let again =
        evaluate_predictions(&mut read(&fewer, None).unwrap(), None, &EvaluationRequest::default()).unwrap();
    assert_eq!((found.thresholds, found.temperature), (again.thresholds, again.temperature));
    let test = found.sides[1].evaluation.as_ref().unwrap();
    assert_eq!((test.cases, test.groups), (40, 20));
    assert!(test.get(Measure::Auc).unwrap().interval.is_some());
}

#[test]
fn everything_is_written_and_the_predictions_are_read_again() {
    let mut table = read(&too_sure(), None).unwrap();
    let request = EvaluationRequest::default();
    let found = evaluate_predictions(&mut table, None, &request).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let written = found.write(folder.path(), &table).unwrap();
    assert_eq!(written.iter().filter(|name| name.ends_with(".svg")).count(), 8, "{written:?}");
    assert!(written.iter().all(|name| folder.path().join(name).is_file()));
    let again = read_predictions(&folder.path().join("predictions.parquet"), None).unwrap();
    assert_eq!(
        (&again.ids, &again.truth, &again.probabilities),
        (&table.ids, &table.truth, &table.probabilities)
    );
    assert_eq!((again.logits, again.sides), (table.logits, table.sides));
    let json = fs::read_to_string(folder.path().join("evaluation.json")).unwrap();
    assert!(json.contains("\"sensitivity_at_specificity\"") && !json.contains("NaN"));
}

#[test]
fn a_side_that_is_not_there_is_an_error() {
    let mut table = read("id,class,probability\na,x,0.5\nb,y,1\n", None).unwrap();
    let request = EvaluationRequest { sides: vec![Side::Val], ..EvaluationRequest::default() };
    let error = evaluate_predictions(&mut table, None, &request).unwrap_err();
    assert_eq!(error.to_string(), "theirs.csv: no case is on the side 'val'");
    let plain = evaluate_predictions(&mut table, None, &EvaluationRequest::default()).unwrap();
    assert_eq!(plain.threshold_source, ThresholdSource::Even);
    assert_eq!(plain.notes.len(), 2);
}

/// One rung that sees nothing, one that stands for what lies outside, and a model that sees more.
#[test]
fn the_ladder_is_fitted_on_training_and_judged_beside_the_model() {
    let mut text = too_sure();
    for n in 80..160u32 {
        let label = if n % 2 == 1 { "b" } else { "a" };
        text.push_str(&format!("c{n},{label},g{},train,0.5,0.5,0\n", n / 2));
    }
    let mut table = read(&text, None).unwrap();
    let rung = |name, outside, columns: Vec<String>, row: &dyn Fn(usize) -> Vec<Option<f64>>| RungFeatures {
        name,
        title: name,
        looks_at: "",
        outside,
        rows: table.ids.iter().enumerate().map(|(n, id)| (id.clone(), row(n))).collect(),
        columns,
    };
    let noise = |n: usize| vec![Some((n * 7919 % 101) as f64)];
    let features = [
        rung("majority", false, Vec::new(), &|_| Vec::new()),
        rung("outside", true, vec!["noise".to_owned()], &noise),
    ];
    let baselines = Baselines::fit(&features, &table, 0.9, 1).unwrap();
    let json = serde_json::to_string(&baselines).unwrap();
    assert_eq!(serde_json::from_str::<Baselines>(&json).unwrap(), baselines);
    let request = EvaluationRequest { sides: vec![Side::Test], ..EvaluationRequest::default() };
    let found = evaluate_predictions(&mut table, Some(&baselines), &request).unwrap();
    let ladder = found.sides[0].ladder.as_ref().unwrap();
    assert_eq!(ladder.rungs[0].measures[0].1.value, Some(0.5));
    assert_eq!(ladder.verdict.as_ref().unwrap().suspect, Some(false), "{:?}", ladder.verdict);
    // Other cases are judged by the same regressions.
    let mut other = baselines.clone();
    for baseline in &mut other.rungs {
        baseline.logits.clear();
    }
    other.apply(&features);
    let case = &table.ids[3];
    assert_eq!(other.rungs[1].logits[case], baselines.rungs[1].logits[case]);
}
