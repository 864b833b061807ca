//! Stories about figures: from a run or from scans, as files that other programs read.

use crate::story::Story;

#[test]
fn figures_of_a_run_are_png_and_svg() {
    let story = Story::with_phantoms(3);
    assert_eq!(story.hilum(&["run", "scans/manifest.csv", "--out", "out"]).code, 0);
    for kind in ["outline", "lung", "dense", "overlay", "closed-open"] {
        let out = format!("pictures/{kind}");
        let ran = story.hilum(&["figure", kind, "out", "--out", &out, "--width-mm", "90", "--dpi", "254"]);
        assert_eq!(ran.code, 0, "{}", ran.err);
        let (svg, png) = (story.read(&format!("{out}.svg")), story.read(&format!("{out}.png")));
        assert!(String::from_utf8(svg).unwrap().starts_with("<svg"));
        // The width in a PNG stands at byte 16: 90 mm at 254 dots on 25.4 mm.
        assert_eq!((&png[..4], &png[16..20]), (&b"\x89PNG"[..], &900u32.to_be_bytes()[..]));
    }
}

#[test]
fn one_file_is_written_where_one_is_named_and_json_says_so() {
    let story = Story::with_phantoms(1);
    let scan = "scans/phantom_0001.nii.gz";
    let ran = story.hilum(&["figure", "montage", scan, "--every", "5", "--out", "m.svg", "--json"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let said: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(said["files"], serde_json::json!(["m.svg"]));
    assert_eq!(said["shown"], serde_json::json!(["phantom_0001"]));
    assert!(story.path("m.svg").is_file() && !story.path("m.png").exists());
}

#[test]
fn what_cannot_be_drawn_is_said_in_words() {
    let story = Story::with_phantoms(1);
    let scan = "scans/phantom_0001.nii.gz";
    let ran = story.hilum(&["figure", "windows", scan, "--slice", "99"]);
    assert_eq!(ran.code, 3);
    assert!(ran.err.contains("there is no slice 99"), "{}", ran.err);
    let ran = story.hilum(&["figure", "windows", scan, "--window", "wide"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("width/level in HU"), "{}", ran.err);
    let ran = story.hilum(&["figure", "overlay", "nowhere"]);
    assert_eq!(ran.code, 3);
    assert!(ran.err.contains("there is nothing at nowhere"), "{}", ran.err);
}

#[test]
fn a_run_puts_its_figures_into_the_report_until_it_goes_on() {
    let story = Story::with_phantoms(3);
    let run = ["run", "scans", "--out", "out"];
    assert_eq!(story.hilum(&[&run[..], &["--figures"]].concat()).code, 0);
    for file in ["overlay.svg", "outline.png", "lung.svg", "dense.png"] {
        assert!(story.path("out/figures").join(file).is_file(), "{file}");
    }
    let shows =
        || String::from_utf8(story.read("out/report.html")).unwrap().contains("href=\"figures/overlay.svg\"");
    assert!(shows());
    assert_eq!(story.hilum(&run).code, 0);
    assert!(shows(), "nothing has changed");
    std::fs::remove_file(story.path("scans/phantom_0003.nii.gz")).unwrap();
    assert_eq!(story.hilum(&run).code, 0);
    assert!(!shows(), "the figures show a scan that is no longer in the cohort");
    assert_eq!(story.hilum(&["report", "out", "--figures"]).code, 0);
    assert!(shows());
}
