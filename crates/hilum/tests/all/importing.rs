//! Stories about nets that came as ONNX files: hilum's own, other people's, and what is neither.

use crate::story::pictures::{pictures, small_training};
use crate::story::{Story, assert_same};
use serde_json::Value;
use std::{fs, path::Path};

fn json(story: &Story, words: &str) -> Value {
    let ran = story.hilum(&words.split(' ').collect::<Vec<_>>());
    assert_eq!(ran.code, 0, "{}", ran.err);
    serde_json::from_str(&ran.out).unwrap()
}

fn done(story: &Story, words: &str) -> String {
    let ran = story.hilum(&words.split(' ').collect::<Vec<_>>());
    assert_eq!(ran.code, 0, "{}", ran.err);
    ran.out
}

fn refused(story: &Story, words: &str) -> String {
    let ran = story.hilum(&words.split(' ').collect::<Vec<_>>());
    assert_eq!(ran.code, 2, "{}", ran.err);
    // Messages are broken into lines.
    ran.err.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A net of tests/oracle/imported, under a name of its own.
fn brought(story: &Story, net: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/oracle/imported");
    fs::copy(folder.join(format!("{net}.onnx")), story.path(&format!("{net}.onnx"))).unwrap();
}

fn probabilities(said: &Value) -> Vec<f64> {
    let cases = said["cases"].as_array().unwrap();
    cases.iter().map(|case| case["probabilities"][1].as_f64().unwrap()).collect()
}

#[test]
fn an_exported_model_comes_back_without_a_flag() {
    let story = Story::new();
    pictures(&story, "in", 12, 12_345);
    pictures(&story, "new", 5, 777);
    assert_eq!(story.hilum(&small_training("model")).code, 0);
    done(&story, "export model model.onnx");
    let told = done(&story, "import model.onnx --out back");
    assert!(told.contains("empty, square") && told.contains("32 x 32 px of a grey picture"), "{told}");

    let (own, back) = (json(&story, "predict model new --json"), json(&story, "predict back new --json"));
    assert_eq!((&own["threshold"], &own["classes"]), (&back["threshold"], &back["classes"]));
    for (own, back) in probabilities(&own).into_iter().zip(probabilities(&back)) {
        // 32-bit sums in another order.
        assert!((own - back).abs() < 1e-5, "{own} {back}");
    }
    let judged = json(&story, "evaluate back new --json");
    assert_eq!(
        (&judged["threshold_source"], &judged["sides"][0]["evaluation"]["cases"]),
        (&"given".into(), &10.into())
    );
    assert_eq!(judged["thresholds"]["threshold"], back["threshold"]);
    assert!(
        judged["notes"].to_string().contains("what it was trained on is not known"),
        "{}",
        judged["notes"]
    );

    let quick = "explain back new --per-class 1 --samples 60 --segments grid";
    for (method, checked) in [("lime", 1), ("rise", 0), ("occlusion", 0)] {
        let told = done(&story, &format!("{quick} --method {method} --checked {checked} --out {method}"));
        assert!(told.contains("verdict"), "{told}");
    }
    let file: Value = serde_json::from_slice(&story.read("lime/explanation.json")).unwrap();
    assert!(
        file["cases"][0]["checks"]["randomised_correlation"].is_number(),
        "{}",
        file["cases"][0]["checks"]
    );
    let cam = refused(&story, &format!("{quick} --method grad-cam --out cam"));
    assert!(cam.contains("'model' can only be asked") && cam.contains("--method lime"), "{cam}");

    let other = refused(&story, "import model.onnx --out other --classes a,b");
    assert!(other.contains("the file says [empty,square], and what was said is [a,b]"), "{other}");
    let there = refused(&story, "import model.onnx --out back");
    assert!(there.contains("holds a model already"), "{there}");
    let again = refused(&story, "export back again.onnx");
    assert!(again.contains("take model.onnx in that folder"), "{again}");
}

#[test]
fn a_net_of_another_house_is_told_what_its_file_leaves_open() {
    let story = Story::new();
    pictures(&story, "in", 3, 12_345);
    brought(&story, "keras_like");
    let said = json(
        &story,
        "import keras_like.onnx --out net --classes covid,healthy --pictures --range -1,1 --json",
    );
    assert_eq!(said["classes"], serde_json::json!(["healthy", "covid"]));
    assert_eq!(said["onnx"]["input"]["layout"], "nhwc");
    assert_eq!(said["preprocessing"]["size_px"], serde_json::json!([24, 20]));
    let card = String::from_utf8(story.read("net/model_card.md")).unwrap();
    assert!(card.contains("24 x 20 px") && card.contains("-1 and 1"), "{card}");

    let predict = |out: &str, threads: &str| {
        let mut command = story.command(&["predict", "net", "in", "--out", out]);
        assert!(command.env("RAYON_NUM_THREADS", threads).output().unwrap().status.success());
    };
    predict("one", "1");
    predict("three", "3");
    assert_same(&story.content("one"), &story.content("three"));

    let weights = story.read("net/model.onnx");
    story.write("net/model.onnx", &weights[..weights.len() / 2]);
    let cut = refused(&story, "predict net in");
    assert!(cut.contains("model.onnx") && cut.contains("changed or cut"), "{cut}");
}

#[test]
fn what_is_no_classifier_is_refused_with_the_name_of_the_file() {
    let story = Story::new();
    for net in ["torch_like", "outside", "findings", "hilum_efficientnet"] {
        brought(&story, net);
    }
    story.write("text.onnx", "weights");
    let whole = story.read("torch_like.onnx");
    story.write("cut.onnx", &whole[..whole.len() / 2]);
    for (words, says) in [
        ("text.onnx --out x", "text.onnx cannot be imported"),
        ("cut.onnx --out x", "no ONNX file, or one that was cut"),
        ("torch_like.onnx --out x --pictures", "--classes A,B in the order of the outputs"),
        ("torch_like.onnx --out x --classes a,b", "--window W/L for slices, or --pictures"),
        ("torch_like.onnx --out x --classes a,b,c --pictures", "3 are named"),
        ("torch_like.onnx --out x --classes a,b --pictures --mean 1,2", "2 numbers as mean for 3 channels"),
        ("outside.onnx --out x --classes a,b --pictures", "'outside.onnx.data', which cannot be read"),
        ("findings.onnx --out x --classes a,b,c --pictures", "--size ROWSxCOLUMNS"),
        (
            "findings.onnx --out x --classes a,b,c --pictures --size 32",
            "--squash sigmoid and --positive FINDING",
        ),
        ("hilum_efficientnet.onnx --out x --classes a,b --pictures", "its outputs are logits, probabilities"),
    ] {
        let error = refused(&story, &format!("import {words}"));
        assert!(error.contains(says), "{words}: {error}");
        assert!(!story.path("x/model.json").exists());
    }
}
