//! Stories about `hilum evaluate`: predictions of any program, judged.

use crate::story::Story;
use serde_json::Value;

/// Eighty cases of forty patients, half of them for validation; the score knows something.
fn predictions() -> String {
    let mut text = "id,class,group,side,probability\n".to_owned();
    for n in 0..80u32 {
        let (side, sick) = (if n < 40 { "val" } else { "test" }, n % 2);
        let p = (0.35 + 0.25 * f64::from(sick) + f64::from(n * 37 % 41) / 120.0).min(1.0);
        let label = if sick == 1 { "COVID" } else { "NonCOVID" };
        text.push_str(&format!("c{n},{label},p{},{side},{p}\n", n / 2));
    }
    text
}

#[test]
fn anyones_predictions_get_honest_figures() {
    let story = Story::new();
    story.write("theirs.csv", predictions());
    let ran = story.hilum(&["evaluate", "--predictions", "theirs.csv", "--out", "judged", "--json"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let found: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(found["threshold_source"], "validation");
    let test = &found["sides"][1]["evaluation"];
    assert_eq!((&test["cases"], &test["groups"]), (&40.into(), &20.into()));
    let auc = &test["measures"]["auc"];
    assert!(auc["value"].as_f64().unwrap() > 0.7 && auc["interval"]["low"].is_number(), "{auc}");
    for file in [
        "evaluation.json",
        "measures.csv",
        "predictions.parquet",
        "figures/test-roc.svg",
        "figures/val-confusion.png",
    ] {
        assert!(story.path(&format!("judged/{file}")).is_file(), "{file}");
    }
    let said = story.hilum(&["evaluate", "--predictions", "theirs.csv", "--side", "test"]);
    assert!(said.out.contains("balanced accuracy") && said.out.contains("of 100 COVID"), "{}", said.out);
    assert!(said.out.contains("20 groups") && said.out.contains("chosen on val"), "{}", said.out);
}

#[test]
fn wrong_tables_and_folders_are_refused_with_a_reason() {
    let story = Story::new();
    story.write("bad.csv", "id,class,probability\na,x,0.5\nb,y,1.5\n");
    let ran = story.hilum(&["evaluate", "--predictions", "bad.csv"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("bad.csv, row 2, column probability: 1.5 is no probability"), "{}", ran.err);
    assert!(ran.err.contains("help:"), "{}", ran.err);
    story.write("empty/readme.txt", "");
    let ran = story.hilum(&["evaluate", "empty"]);
    assert!(ran.code == 3 && ran.err.contains("no predictions.parquet"), "{}", ran.err);
    assert_eq!(story.hilum(&["evaluate"]).code, 2);
}
