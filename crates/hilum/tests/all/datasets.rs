//! Stories about data sets for the classifier: `hilum dataset`.

use crate::story::{Ran, Story};
use serde_json::Value;

fn json(ran: &Ran) -> Value {
    assert_eq!(ran.code, 0, "{}", ran.err);
    serde_json::from_str(&ran.out).unwrap()
}

fn measured() -> Story {
    let story = Story::with_phantoms(6);
    let ran = story.hilum(&["run", "scans/manifest.csv", "--out", "results", "--quiet"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    story
}

/// Phantoms of one size look alike: they are grouped by patient alone.
const PLAIN: [&str; 6] = ["--group-by", "patient", "--val-share", "0.34", "--size", "32"];

#[test]
fn a_run_becomes_a_data_set_with_channels_and_a_split() {
    let story = measured();
    let channels = ["--channels", "slice,slice+10mm,dense", "--region", "lung-crop"];
    let asked =
        [&["dataset", "results", "--json", "--out", "split", "--scans", "scans"], &channels[..], &PLAIN]
            .concat();
    let found = json(&story.hilum(&asked));
    assert_eq!(found["classes"], serde_json::json!(["healthy", "covid"]));
    assert_eq!(found["left_out"], serde_json::json!([]));
    assert_eq!(found["preprocessing"]["channels"], serde_json::json!(["slice", "slice+10mm", "dense"]));
    assert_eq!(found["sides"][1]["classes"][0]["examples"], 1);
    let split = String::from_utf8(story.read("split/split.csv")).unwrap();
    assert!(split.starts_with("id,class,group,side,reason\n"), "{split}");
    assert_eq!(split.lines().count(), 7);
    // The split of one data set serves another.
    let again = json(&story.hilum(&[
        "dataset",
        "results",
        "--json",
        "--split",
        "split/split.csv",
        "--group-by",
        "none",
    ]));
    assert_eq!(
        (&again["split"], &again["sides"][1]["classes"]),
        (&"as given".into(), &found["sides"][1]["classes"])
    );
}

#[test]
fn neighbours_that_a_run_does_not_hold_are_asked_for() {
    let story = measured();
    let asked = [&["dataset", "results", "--channels", "slice,slice-10mm"][..], &PLAIN].concat();
    let ran = story.hilum(&asked);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("holds one slice of each scan: give the scans"), "{}", ran.err);
}

#[test]
fn scans_of_a_manifest_are_segmented_on_the_way() {
    let story = Story::with_phantoms(4);
    let asked = [&["dataset", "scans/manifest.csv", "--region", "lung-mask"][..], &PLAIN].concat();
    let ran = story.hilum(&asked);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("4 examples, each a slice in HU"), "{}", ran.out);
}

#[test]
fn what_makes_no_data_set_is_said() {
    let story = Story::new();
    story.write("flat/a.png", b"x");
    let ran = story.hilum(&["dataset", "flat"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("one folder for each class"), "{}", ran.err);
    let ran = story.hilum(&["dataset", "flat", "--folds", "5"]);
    assert!(ran.code == 2 && ran.err.contains("--fold"), "{}", ran.err);
}
