//! Stories about keypoints and matches: of two pictures, of two scans, of every pair of a run.

use crate::story::{Ran, Story};
use serde_json::Value;
use std::{fs, path::Path};

fn said(ran: &Ran) -> Value {
    assert_eq!(ran.code, 0, "{}", ran.err);
    serde_json::from_str(&ran.out).unwrap()
}

/// Writes a PNG; rows of `bytes` as its kind wants them.
fn png(path: &Path, (width, height): (u32, u32), kind: png::ColorType, depth: png::BitDepth, bytes: &[u8]) {
    let mut encoder = png::Encoder::new(fs::File::create(path).unwrap(), width, height);
    encoder.set_color(kind);
    encoder.set_depth(depth);
    encoder.write_header().unwrap().write_image_data(bytes).unwrap();
}

/// A grey picture with structure.
fn waves(width: u32, height: u32) -> Vec<u8> {
    let at = |x: f64, y: f64| {
        127.0 + 60.0 * (x / 5.0).sin() * (y / 7.0).cos() + 60.0 * ((x + 2.0 * y) / 23.0).sin()
    };
    (0..height).flat_map(|y| (0..width).map(move |x| at(f64::from(x), f64::from(y)) as u8)).collect()
}

#[test]
fn two_scans_are_matched_with_a_figure_and_tables() {
    let story = Story::with_phantoms(2);
    let scans = ["match", "scans/phantom_0001.nii.gz", "scans/phantom_0002.nii.gz"];
    let all = said(&story.hilum(&[&scans[..], &["--json", "--figure", "m.svg", "--out", "tables"]].concat()));
    let number = |value: &Value, key: &str| value[key].as_u64().unwrap();
    assert!(all["pictures"][0]["keypoints"].as_u64().unwrap() > 20);
    assert!(number(&all, "matches") >= number(&all, "distinct"));
    assert!(number(&all, "distinct") >= number(&all, "consistent"));
    assert!(String::from_utf8(story.read("m.svg")).unwrap().starts_with("<svg"));
    for table in ["tables/keypoints.parquet", "tables/matches.parquet"] {
        assert_eq!(&story.read(table)[..4], b"PAR1");
    }
    let again = said(&story.hilum(&[&scans[..], &["--json"]].concat()));
    assert_eq!(again, all, "the same pictures give the same numbers");
    let lungs = said(&story.hilum(&[&scans[..], &["--json", "--lungs", "--grey", "min-max"]].concat()));
    assert!(lungs["pictures"][0]["cols_px"].as_u64() < all["pictures"][0]["cols_px"].as_u64());
    assert_eq!(lungs["mapping"]["kind"], "min_max");
}

#[test]
fn a_picture_matches_itself_in_grey_colour_and_16_bits() {
    let story = Story::with_phantoms(1);
    let grey = waves(90, 70);
    let thrice: Vec<u8> = grey.iter().flat_map(|&v| [v, v, v]).collect();
    // White is 65535 as it is 255.
    let wide: Vec<u8> = grey.iter().flat_map(|&v| [v, v]).collect();
    let (eight, sixteen) = (png::BitDepth::Eight, png::BitDepth::Sixteen);
    png(&story.path("grey.png"), (90, 70), png::ColorType::Grayscale, eight, &grey);
    png(&story.path("rgb.png"), (90, 70), png::ColorType::Rgb, eight, &thrice);
    png(&story.path("wide.png"), (90, 70), png::ColorType::Grayscale, sixteen, &wide);
    for other in ["rgb.png", "wide.png"] {
        let found = said(&story.hilum(&["match", "grey.png", other, "--json"]));
        let keypoints = found["pictures"][0]["keypoints"].as_u64().unwrap();
        assert!(keypoints > 5);
        assert_eq!(found["pictures"][1]["keypoints"], keypoints);
        let rows = &found["transform"];
        assert!((rows[0][0].as_f64().unwrap() - 1.0).abs() < 1e-3, "{rows}");
    }
}

#[test]
fn pictures_without_keypoints_are_no_failure_and_unusable_ones_are_told() {
    let story = Story::with_phantoms(1);
    let (grey, eight) = (png::ColorType::Grayscale, png::BitDepth::Eight);
    png(&story.path("flat.png"), (64, 64), grey, eight, &[9; 4096]);
    png(&story.path("tiny.png"), (7, 3), grey, eight, &[5; 21]);
    png(&story.path("huge.png"), (8192, 4096), grey, eight, &vec![0; 8192 * 4096]);
    let none =
        said(&story.hilum(&["match", "flat.png", "tiny.png", "--json", "--figure", "f.png", "--out", "t"]));
    assert_eq!((&none["matches"], &none["matches_percent"]), (&Value::from(0), &Value::Null));
    assert_eq!(&story.read("t/keypoints.parquet")[..4], b"PAR1");
    let ran = story.hilum(&["match", "flat.png", "huge.png"]);
    assert_eq!(ran.code, 3);
    assert!(ran.err.contains("too large for SIFT"), "{}", ran.err);
    let ran = story.hilum(&["match", "flat.png", "nowhere.nii"]);
    assert!(ran.code == 3 && ran.err.contains("there is nothing at nowhere.nii"), "{}", ran.err);
    let ran = story.hilum(&["match", "flat.png", "tiny.png", "--lungs"]);
    assert!(ran.code == 3 && ran.err.contains("give the scan"), "{}", ran.err);
    assert_eq!(story.hilum(&["match", "flat.png"]).code, 2);
    assert_eq!(story.hilum(&["match"]).code, 2);
    assert_eq!(story.hilum(&["match", "flat.png", "tiny.png", "--figure", "f.gif"]).code, 2);
}

#[test]
fn all_pairs_of_a_run_are_the_same_bytes_whatever_stopped_them() {
    let story = Story::with_phantoms(6);
    assert_eq!(story.hilum(&["run", "scans/manifest.csv", "--out", "out"]).code, 0);
    let all = |folder: &'static str, jobs: &'static str| {
        let args =
            ["match", "--cohort", "out", "--out", folder, "--jobs", jobs, "--permutations", "199", "--json"];
        said(&story.hilum(&args))
    };
    let calm = all("calm", "1");
    assert_eq!((&calm["scans"], &calm["pairs"]), (&Value::from(6), &Value::from(15)));
    assert_eq!(calm["sentences"].as_array().unwrap().len(), 2, "{}", calm["sentences"]);
    assert_eq!(all("cut", "2"), calm);
    // As after a kill: rows missing, a row cut short, tables not written.
    let rows = fs::read_dir(story.path("cut/.rows")).unwrap().next().unwrap().unwrap().path();
    fs::remove_file(rows.join("000003")).unwrap();
    fs::write(rows.join("000001"), b"cut").unwrap();
    fs::remove_file(story.path("cut/matches.parquet")).unwrap();
    assert_eq!(all("cut", "2"), calm);
    for file in ["keypoints.parquet", "matches.parquet", "classes.csv", "matching.json", "heat-map-whole.svg"]
    {
        let [a, b] = ["calm", "cut"].map(|folder| story.read(&format!("{folder}/{file}")));
        assert!(a == b, "{file}");
    }
    let ran = story.hilum(&["match", "--cohort", "scans"]);
    assert!(ran.code == 3 && ran.err.contains("no finished run"), "{}", ran.err);
}

#[test]
fn scans_of_one_patient_are_no_pair_of_a_class() {
    let story = Story::with_phantoms(4);
    let rows = [
        "a,0,phantom_0001.nii.gz,p1",
        "b,0,phantom_0002.nii.gz,p1",
        "c,0,phantom_0003.nii.gz,p2",
        "d,1,phantom_0004.nii.gz,p3",
    ];
    story.write("scans/patients.csv", format!("image_id,type,uri,patient_id\n{}\n", rows.join("\n")));
    assert_eq!(story.hilum(&["run", "scans/patients.csv", "--out", "out"]).code, 0);
    let found = said(&story.hilum(&["match", "--cohort", "out", "--json", "--permutations", "9"]));
    assert_eq!(found["pairs"], 6, "every pair is counted");
    let within =
        found["class_pairs"].as_array().unwrap().iter().find(|p| p["first"] == "0" && p["second"] == "0");
    assert_eq!(within.unwrap()["pairs"], 2, "a with c, b with c");
}
