//! Stories about `hilum explain`: what it leaves, that it repeats to the byte, what it refuses.

use crate::story::pictures::{pictures, small_training};
use crate::story::{Story, assert_same};
use std::fs;

const QUICK: &str =
    "explain model in --per-class 2 --checked 1 --samples 60 --features 3 --segments grid --out";

fn trained() -> Story {
    let story = Story::new();
    pictures(&story, "in", 12, 12_345);
    assert_eq!(story.hilum(&small_training("model")).code, 0);
    story
}

fn explained(story: &Story, out: &str, more: &str, threads: &str) {
    let words = QUICK.split(' ').chain([out]).chain(more.split_whitespace());
    let mut command = story.command(&words.collect::<Vec<_>>());
    let ran = command.env("RAYON_NUM_THREADS", threads).output().unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
}

#[test]
fn explanations_repeat_to_the_byte_with_any_number_of_threads() {
    let story = trained();
    explained(&story, "one", "", "1");
    explained(&story, "three", "", "3");
    assert_same(&story.content("one"), &story.content("three"));
    let table = String::from_utf8(story.read("one/explanations.csv")).unwrap();
    assert_eq!(table.lines().count(), 5, "{table}");
    assert!(table.starts_with("id,class,explained,probability,segments,r2,in_lung"), "{table}");
    for file in ["explanations.parquet", "figures/explanations.svg", "figures/explanations.png"] {
        assert!(!story.read(&format!("one/{file}")).is_empty(), "{file}");
    }
    assert_eq!(fs::read_dir(story.path("one/pictures")).unwrap().count(), 4);
    let file: serde_json::Value = serde_json::from_slice(&story.read("one/explanation.json")).unwrap();
    let [checked, plain] = [0, 1].map(|case| &file["cases"][case]["checks"]["repeatability"]);
    assert!(checked["rank_correlation"].is_number() && plain.is_null(), "{checked} {plain}");
    // Sixty samples of sixty-four parts repeat nothing.
    assert_eq!(file["judgement"]["verdict"], "unstable");
    explained(&story, "other", "--seed 5", "2");
    assert_ne!(story.read("one/explanations.csv"), story.read("other/explanations.csv"));
}

#[test]
fn every_method_explains_and_what_cannot_be_is_refused() {
    let story = trained();
    for method in ["grad-cam", "rise", "occlusion"] {
        let out =
            story.hilum(&[&QUICK.split(' ').collect::<Vec<_>>()[..], &[method, "--method", method]].concat());
        assert_eq!(out.code, 0, "{}", out.err);
        assert!(out.out.contains("verdict"), "{}", out.out);
    }
    let refused = |more: &[&str]| {
        let ran = story.hilum(&[&QUICK.split(' ').collect::<Vec<_>>()[..], more].concat());
        assert_eq!(ran.code, 2, "{}", ran.err);
        ran.err
    };
    assert!(refused(&["x", "--class", "flu"]).contains("there is no class 'flu'; there are empty, square"));
}
