//! Stories about trainings that are killed, go on, or are shared among threads: the model is the same bytes.

use crate::story::pictures::{pictures, small_training};
use crate::story::{Story, assert_same};
use std::{
    fs,
    time::{Duration, Instant},
};

#[test]
fn a_training_killed_twice_ends_as_one_left_alone() {
    let story = Story::new();
    pictures(&story, "in", 20, 12_345);
    let calm = story.hilum(&small_training("calm"));
    assert_eq!(calm.code, 0, "{}", calm.err);
    let again = [&small_training("out")[..], &["--resume"]].concat();
    let history = story.path("out/history.jsonl");
    let epochs = || fs::read_to_string(&history).map_or(0, |text| text.lines().count());
    for enough in [1, 3] {
        let mut child = story.start(&again);
        let patience = Instant::now() + Duration::from_secs(120);
        while epochs() < enough && child.try_wait().unwrap().is_none() && Instant::now() < patience {
            std::thread::sleep(Duration::from_millis(2));
        }
        // SIGKILL on Unix.
        child.kill().unwrap();
        child.wait().unwrap();
        assert!((enough..5).contains(&epochs()), "{} epochs", epochs());
        assert!(!story.path("out/model.json").exists());
    }
    let refused = story.hilum(&small_training("out"));
    assert!(refused.code == 2 && refused.err.contains("--resume"), "{}", refused.err);
    let other = story.hilum(&[&again[..], &["--seed", "5"]].concat());
    assert!(other.code == 2 && other.err.contains("other settings or pictures"), "{}", other.err);
    let ended = story.hilum(&again);
    assert_eq!(ended.code, 0, "{}", ended.err);
    assert!(ended.err.contains("going on after epoch"), "{}", ended.err);
    assert_same(&story.content("calm"), &story.content("out"));
    assert!(!story.path("out/checkpoint").exists());
    let refused = story.hilum(&again);
    assert!(refused.code == 2 && refused.err.contains("holds a model already"), "{}", refused.err);
}

#[test]
fn any_number_of_threads_gives_the_same_model() {
    let story = Story::new();
    pictures(&story, "in", 20, 12_345);
    for threads in ["1", "2", "5"] {
        let mut command = story.command(&[&small_training(threads)[..], &["--jobs", threads]].concat());
        let ran = command.env("RAYON_NUM_THREADS", threads).output().unwrap();
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    }
    assert_same(&story.content("1"), &story.content("2"));
    assert_same(&story.content("1"), &story.content("5"));
}

#[test]
fn a_model_folder_holds_what_is_promised() {
    let story = Story::new();
    pictures(&story, "in", 20, 12_345);
    let ran = story.hilum(&[&small_training("out")[..], &["--json"]].concat());
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let summary: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(summary["epochs"], 5);
    let model: serde_json::Value = serde_json::from_slice(&story.read("out/model.json")).unwrap();
    assert_eq!(model["net"]["architecture"]["name"], "residual");
    assert_eq!(model["classes"], serde_json::json!(["empty", "square"]));
    assert_eq!(model["training"]["epochs"], 5);
    let history = String::from_utf8(story.read("out/history.jsonl")).unwrap();
    let last: serde_json::Value = serde_json::from_str(history.lines().last().unwrap()).unwrap();
    assert!(last["val_auc"].as_f64().unwrap() > 0.5, "{last}");
    for file in ["figures/history.svg", "figures/history.png", "predictions.parquet", "split.csv"] {
        assert!(!story.read(&format!("out/{file}")).is_empty(), "{file}");
    }
    let card = String::from_utf8(story.read("out/model_card.md")).unwrap();
    for words in [
        "# residual: empty, square",
        "**For research. Not for diagnosis.**",
        "| val | 4 in 4 groups | 4 in 4 groups |",
        "It sees whole pictures",
        "There was no test side",
        "| outer frame only | ",
    ] {
        assert!(card.contains(words), "'{words}' in {card}");
    }
}

#[test]
fn the_ladder_stands_beside_the_model() {
    let story = Story::new();
    pictures(&story, "in", 20, 12_345);
    assert_eq!(story.hilum(&small_training("out")).code, 0);
    let ran = story.hilum(&["evaluate", "out", "--json"]);
    let found: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let ladder = &found["sides"][0]["ladder"];
    let rungs: Vec<&str> =
        ladder["rungs"].as_array().unwrap().iter().map(|rung| rung["name"].as_str().unwrap()).collect();
    assert_eq!(rungs, ["majority", "file_facts", "outside", "grey_levels", "all"]);
    assert_eq!(ladder["rungs"][0]["measures"]["auc"]["value"], 0.5);
    assert!(ladder["verdict"]["words"].is_string(), "{ladder}");
    // The square is bright: how grey a picture is tells the classes apart.
    let auc = |rung: usize| ladder["rungs"][rung]["measures"]["auc"]["value"].as_f64().unwrap();
    assert!(auc(3) > 0.95, "{}", auc(3));
    pictures(&story, "new", 9, 777);
    let ran = story.hilum(&["evaluate", "out", "new", "--json"]);
    let new: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let rungs = new["sides"][0]["ladder"]["rungs"].as_array().unwrap();
    assert_eq!(rungs.len(), 5);
    assert!(rungs[3]["measures"]["auc"]["value"].as_f64().unwrap() > 0.95, "{}", rungs[3]);
}

#[test]
fn what_cannot_be_trained_is_refused_with_a_reason() {
    let story = Story::new();
    pictures(&story, "in", 20, 12_345);
    let refused = |more: &str| {
        let words =
            "train in --model residual --epochs 5 --batch 8 --group-by patient --no-progress --out out";
        let ran = story.hilum(&words.split(' ').chain(more.split(' ')).collect::<Vec<_>>());
        assert_eq!(ran.code, 2, "{}", ran.err);
        ran.err
    };
    let small = refused("--size 16");
    assert!(small.contains("16 x 16 px are too small: it needs at least 32 px"), "{small}");
    assert!(refused("--size 32 --learning-rate=-1").contains("learning_rate cannot be -1"));
    let weights = refused("--size 32 --class-weights 1,2,3");
    assert!(weights.contains("one number above 0 is needed for each class"), "{weights}");
    let steep = "--size 32 --optimizer sgd --learning-rate 90 --weight-decay 90 --warmup 0";
    let diverged = refused(steep);
    assert!(diverged.contains("try a learning rate below"), "{diverged}");
}
