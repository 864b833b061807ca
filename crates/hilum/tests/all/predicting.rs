//! Stories about finished models: judged on data they have not seen, and shown whatever comes.

use crate::story::Story;
use crate::story::pictures::{pictures, small_training};
use serde_json::Value;
use std::{collections::BTreeMap, fs};

/// A model in `model`, trained on `in`; other pictures of the same kind in `new`.
fn trained() -> Story {
    let story = Story::new();
    pictures(&story, "in", 20, 12_345);
    pictures(&story, "new", 9, 777);
    for class in ["empty", "square"] {
        let folder = story.path(&format!("new/{class}"));
        for at in 0..9 {
            fs::rename(folder.join(format!("p{at:02}.png")), folder.join(format!("n{at:02}.png"))).unwrap();
        }
    }
    let ran = story.hilum(&small_training("model"));
    assert_eq!(ran.code, 0, "{}", ran.err);
    story
}

fn json(story: &Story, args: &[&str]) -> Value {
    let ran = story.hilum(args);
    assert!(ran.code < 2, "{}", ran.err);
    serde_json::from_str(&ran.out).unwrap()
}

fn rows(story: &Story, table: &str) -> BTreeMap<String, csv::StringRecord> {
    let mut reader = csv::Reader::from_path(story.path(table)).unwrap();
    reader.records().map(|row| row.unwrap()).map(|row| (row[0].to_owned(), row)).collect()
}

#[test]
fn new_pictures_are_judged_with_what_was_chosen_on_validation() {
    let story = trained();
    let own = json(&story, &["evaluate", "model", "--json"]);
    let new = json(&story, &["evaluate", "model", "new", "--json", "--out", "judged"]);
    let [side] = new["sides"].as_array().unwrap().as_slice() else { panic!("one side") };
    assert_eq!((&side["side"], &side["chosen_here"]), (&"test".into(), &false.into()));
    assert_eq!(side["evaluation"]["cases"], 18);
    assert_eq!((&new["threshold_source"], &new["source"]), (&"validation".into(), &"new".into()));
    assert_eq!(new["thresholds"], own["thresholds"]);
    assert_eq!(new["temperature"], own["temperature"]);
    assert!(!new["notes"].to_string().contains("are called like"), "{}", new["notes"]);
    assert!(story.path("judged/figures/test-roc.png").is_file());

    let own_folder = story.hilum(&["evaluate", "model", "new", "--out", "model"]);
    assert!(own_folder.code == 2 && own_folder.err.contains("its own sides"), "{}", own_folder.err);
    let seen = json(&story, &["evaluate", "model", "in", "--json"]);
    assert!(
        seen["notes"].to_string().contains("40 of the cases are called like examples"),
        "{}",
        seen["notes"]
    );
    fs::create_dir(story.path("split")).unwrap();
    fs::rename(story.path("new"), story.path("split/val")).unwrap();
    let ran = story.hilum(&["evaluate", "model", "split"]);
    assert!(
        ran.code == 2 && ran.err.contains("comes with a split") && ran.err.contains("--side"),
        "{}",
        ran.err
    );
    let named = json(&story, &["evaluate", "model", "split", "--side", "val", "--json"]);
    assert_eq!(named["sides"][0]["evaluation"], side["evaluation"]);
}

#[test]
fn every_case_gets_an_answer_or_a_reason() {
    let story = trained();
    fs::write(story.path("new/broken.png"), b"no picture").unwrap();
    fs::write(story.path("new/scan.nii"), b"no scan").unwrap();
    let said = story.hilum(&["predict", "model", "new", "--out", "said"]);
    assert_eq!(said.code, 1, "{}", said.err);
    assert!(
        said.out.contains("2, each with its reason") && said.out.contains("not for diagnosis"),
        "{}",
        said.out
    );
    let told = rows(&story, "said/predictions.csv");
    assert_eq!(told.len(), 20);
    let reason = |id: &str| told[id].iter().next_back().unwrap().to_owned();
    assert!(reason("broken.png").contains("broken.png"), "{}", reason("broken.png"));
    assert!(reason("scan").contains("a slice in HU, and the model was trained on"), "{}", reason("scan"));

    // The same numbers as where it is judged, and the answer that the threshold gives.
    let judged = json(&story, &["evaluate", "model", "--json"]);
    let threshold = judged["thresholds"]["threshold"].as_f64().unwrap();
    for (id, row) in told.iter().filter(|(id, _)| id.contains('/')) {
        let [empty, square]: [f64; 2] = [2, 3].map(|at| row[at].parse().unwrap());
        assert!((empty + square - 1.0).abs() < 1e-12, "{id}");
        assert_eq!(&row[1] == "square", square >= threshold, "{id}");
    }
    let alone = json(&story, &["predict", "model", "new/square/n03.png", "--json"]);
    let probability = alone["cases"][0]["probabilities"][1].as_f64().unwrap();
    assert_eq!(probability.to_string(), told["square/n03.png"][3].parse::<f64>().unwrap().to_string());
}

#[test]
fn a_model_leaves_as_onnx_with_what_must_be_known() {
    let story = trained();
    assert_eq!(story.hilum(&["export", "model", "model.onnx"]).code, 0);
    let bytes = story.read("model.onnx");
    let holds = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    for text in [
        "empty\nsquare",
        "for research, not for diagnosis",
        "\"size_px\":[32,32]",
        "weights_blake3",
        "threshold",
    ] {
        assert!(holds(text), "{text}");
    }
    let refused = story.hilum(&["export", "model", "model.txt"]);
    assert!(refused.code == 2 && refused.err.contains("end it in .onnx"), "{}", refused.err);
}

#[test]
fn what_a_model_cannot_know_is_refused_and_so_is_what_is_no_model() {
    let story = trained();
    let refused = |args: &[&str], code: u8| {
        let ran = story.hilum(args);
        assert_eq!(ran.code, i32::from(code), "{}", ran.err);
        ran.err
    };
    fs::create_dir(story.path("scans")).unwrap();
    story.write("scans/a.nii", b"x");
    let scans = refused(&["predict", "model", "scans"], 2);
    assert!(scans.contains("the model was trained on a grey picture without HU"), "{scans}");
    let nothing = refused(&["predict", "in", "new"], 3);
    assert!(nothing.contains("model.json"), "{nothing}");
    let weights = story.read("model/model.safetensors");
    story.write("model/model.safetensors", &weights[..weights.len() / 2]);
    let cut = refused(&["predict", "model", "new"], 2);
    assert!(cut.contains("model.safetensors") && cut.contains("changed or cut"), "{cut}");
    story.write("model/model.json", "{\"format\": 99}");
    let newer = refused(&["predict", "model", "new"], 2);
    assert!(newer.contains("it is of format 99"), "{newer}");
}
