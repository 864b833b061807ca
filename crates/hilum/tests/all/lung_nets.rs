//! Stories about a user's own lung net: brought in, measured with, and mistaken for something else.

use crate::story::{Ran, Story, assert_same};
use serde_json::Value;
use std::{fs, path::Path};

const IMPORT: &str =
    "import torch_band.onnx --out net --task lungs --gives logits --window 1400/-300 --range=-1000,400";

fn words(story: &Story, words: &str) -> Ran {
    story.hilum(&words.split(' ').collect::<Vec<_>>())
}

fn done(story: &Story, command: &str) -> String {
    let ran = words(story, command);
    assert_eq!(ran.code, 0, "{command}: {}", ran.err);
    ran.out
}

fn refused(story: &Story, command: &str) -> String {
    let ran = words(story, command);
    assert_eq!(ran.code, 2, "{command}: {}", ran.err);
    // Messages are broken into lines.
    ran.err.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn brought(story: &Story) {
    let oracle = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/oracle");
    for net in ["lungs/torch_band.onnx", "lungs/keras_classes.onnx", "imported/keras_like.onnx"] {
        fs::copy(oracle.join(net), story.path(net.rsplit('/').next().unwrap())).unwrap();
    }
}

#[test]
fn a_cohort_is_measured_with_the_lungs_of_a_net() {
    let story = Story::with_phantoms(2);
    brought(&story);
    let told = done(&story, IMPORT);
    assert!(told.contains("outlines lungs") && told.contains("96 x 96 px"), "{told}");
    assert!(told.contains("map 0") && told.contains("black enters as -1000.000"), "{told}");
    let card = String::from_utf8(story.read("net/model_card.md")).unwrap();
    assert!(card.contains("Not for diagnosis") && card.contains("-1000 and 400"), "{card}");

    done(&story, "run scans --out one --lungs net --jobs 1 --quiet");
    done(&story, "run scans --out two --lungs net --jobs 2 --quiet");
    let (one, two) = (story.content("one/scans"), story.content("two/scans"));
    assert_same(&one, &two);
    done(&story, "run scans --out own --quiet");
    let (net, own) = (story.table("one"), story.table("own"));
    for (id, row) in &net {
        assert!(row["findings"].contains("lungs_by_net"), "{id}: {}", row["findings"]);
        assert!(!own[id]["findings"].contains("lungs_by_net"));
        // The net knows what lung is on a phantom: within a fifth of hilum's own outline.
        let volume =
            |row: &std::collections::BTreeMap<String, String>| row["lung_volume_ml"].parse::<f64>().unwrap();
        assert!((volume(row) / volume(&own[id]) - 1.0).abs() < 0.2, "{id}");
        assert_ne!(row["lung_area_px"], own[id]["lung_area_px"], "{id}");
    }

    let scan = fs::read_dir(story.path("scans")).unwrap().flatten().map(|e| e.path());
    let scan = scan.filter(|path| path.to_string_lossy().ends_with(".nii.gz")).min().unwrap();
    let scan = scan.display();
    let row: Value =
        serde_json::from_str(&done(&story, &format!("measure {scan} --lungs net --json"))).unwrap();
    let cohort = &net[row["image_id"].as_str().unwrap()];
    assert_eq!(row["lung_area_px"].to_string(), cohort["lung_area_px"]);
    let chosen: Value =
        serde_json::from_str(&done(&story, &format!("select {scan} --lungs net --json"))).unwrap();
    assert_eq!(chosen["slice_index"], row["slice_index"]);
    done(&story, &format!("segment {scan} --lungs net --out masks"));
    let of_run = format!("one/scans/{}/lung_mask.nii.gz", row["image_id"].as_str().unwrap());
    assert!(story.read("masks/lung_mask.nii.gz") == story.read(&of_run));
}

#[test]
fn nets_and_commands_that_do_not_go_together_are_refused() {
    let story = Story::with_phantoms(1);
    brought(&story);
    done(&story, IMPORT);
    done(&story, "import keras_like.onnx --out classifier --classes a,b --pictures");
    for (command, says) in [
        ("run scans --out x --lungs net --recipe notebook", "lungs has no meaning for the recipe 'notebook'"),
        (
            "run scans --out x --lungs net --recipe notebook --scout",
            "leave out --lungs, or --recipe notebook",
        ),
        ("run scans --out x --lungs net --scout", "scout has no meaning for the recipe 'default'"),
        ("run scans --out x --lungs classifier", "tells classes apart and outlines no lungs"),
        ("predict net scans", "outlines lungs and tells no classes apart"),
        (IMPORT, "holds a model already"),
        ("import keras_like.onnx --out x --task lungs --window 1500/-600", "imported without --task lungs"),
        ("import torch_band.onnx --out x --classes a,b --window 1500/-600", "imported with --task lungs"),
        ("import torch_band.onnx --out x --task lungs --gives logits", "give --window W/L, or --min-max"),
        (
            "import keras_classes.onnx --out x --task lungs --window 1500/-600 --size 64",
            "--lung-channels, such as 1,2",
        ),
    ] {
        let error = refused(&story, command);
        assert!(error.contains(says), "{command}: {error}");
    }
    assert!(!story.path("x").exists());
    let classed = "import keras_classes.onnx --out sides --task lungs --window 1500/-600 --size 64x48 --lung-channels 1,2 --json";
    let said: Value = serde_json::from_str(&done(&story, classed)).unwrap();
    assert_eq!((&said["task"], &said["lungs"]["maps"]["squash"]), (&"lungs".into(), &"softmax".into()));

    let weights = story.read("net/model.onnx");
    story.write("net/model.onnx", &weights[..weights.len() / 2]);
    let cut = refused(&story, "run scans --out x --lungs net");
    assert!(cut.contains("model.onnx") && cut.contains("changed or cut"), "{cut}");
}

#[test]
fn a_library_of_the_user_runs_the_net() {
    let Some(library) = hilum_testkit::onnxruntime() else { return };
    let story = Story::with_phantoms(1);
    brought(&story);
    let by_library = |command: &str| {
        let args: Vec<&str> = command.split(' ').collect();
        story.hilum_with(&args, &[("HILUM_ONNXRUNTIME", library.display().to_string())])
    };
    assert_eq!(by_library(IMPORT).code, 0);
    done(&story, "run scans --out one --lungs net --quiet");
    let ran = by_library("run scans --out two --lungs net --quiet");
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let (one, two) = (story.table("one"), story.table("two"));
    for (id, row) in &one {
        let pixels =
            |row: &std::collections::BTreeMap<String, String>| row["lung_area_px"].parse::<f64>().unwrap();
        // Pixels at the threshold may fall on either side of it.
        assert!((pixels(row) - pixels(&two[id])).abs() <= 3.0, "{id}");
    }
    let run_by = |out: &str| {
        let run: Value = serde_json::from_slice(&story.read(&format!("{out}/run.json"))).unwrap();
        run["settings"]["lungs"]["run_by"].as_str().unwrap().to_owned()
    };
    assert_eq!(run_by("one"), "tract");
    assert!(run_by("two").starts_with("onnxruntime (commit "), "{}", run_by("two"));

    let args: Vec<&str> = "measure scans --lungs net".split(' ').collect();
    let ran = story.hilum_with(&args, &[("HILUM_ONNXRUNTIME", "net/model.onnx".to_owned())]);
    let said = ran.err.split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(ran.code, 2, "{said}");
    assert!(said.contains("net/model.onnx cannot be used to run nets"), "{said}");
}
