//! Stories about the command line itself: exit codes, JSON, help, and the commands for one scan.

use crate::story::Story;

#[test]
fn wrong_use_exits_2_and_says_what_to_do() {
    let story = Story::new();
    let wrong: [&[&str]; 9] = [
        &[],
        &["run"],
        &["run", "scans"],
        &["run", "scans", "--out", "out", "--jobs", "0"],
        &["run", "scans", "--out", "out", "--max-memory", "12"],
        &["run", "scans", "--out", "out", "--class-name", "a=1", "--class-name", "a=2"],
        &["phantom", "--out", "p", "--covid-share", "2"],
        &["run", "scans", "--out", "out", "--notebook-dense", "255"],
        &["measure", "scan.nii", "--recipe", "notebook", "--notebook-dense", "256"],
    ];
    for args in wrong {
        let ran = story.hilum(args);
        assert_eq!(ran.code, 2, "{args:?}: {}", ran.err);
        assert!(!ran.err.is_empty() && ran.out.is_empty(), "{args:?}");
    }
}

#[test]
fn nothing_to_do_exits_3() {
    let story = Story::new();
    story.write("empty/notes.txt", "-");
    story.write("scan.nii", "-");
    story.write("file", "-");
    for (args, word) in [
        (["run", "nowhere", "--out", "out"], "nothing at nowhere"),
        (["run", "empty", "--out", "out"], "1 .txt"),
        (["run", "scan.nii", "--out", "file"], "cannot write"),
    ] {
        let ran = story.hilum(&args);
        assert_eq!(ran.code, 3, "{args:?}: {}", ran.err);
        assert!(ran.err.starts_with("error: ") && ran.err.contains(word), "{}", ran.err);
        assert!(ran.err.contains("help: "), "{}", ran.err);
    }
}

#[test]
fn a_program_gets_one_document_and_quiet_is_quiet() {
    let story = Story::with_phantoms(1);
    let ran = story.hilum(&["run", "scans", "--out", "out", "--json"]);
    let summary: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(summary["counts"]["by_status"]["measured"], 1);
    assert_eq!(summary["report"], "out/report.html");
    let ran = story.hilum(&["run", "scans", "--out", "out", "--quiet"]);
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, "", ""));
}

#[test]
fn one_scan_can_be_looked_at() {
    let story = Story::with_phantoms(1);
    let scan = "scans/phantom_0001.nii.gz";
    let json = |args: &[&str]| -> serde_json::Value {
        let ran = story.hilum(args);
        assert_eq!(ran.code, 0, "{}", ran.err);
        serde_json::from_str(&ran.out).unwrap()
    };
    let info = json(&["info", scan, "--json"]);
    assert_eq!((&info["orientation"], &info["dims_vox"]), (&"LPS".into(), &serde_json::json!([96, 96, 32])));
    let selected = json(&["select", scan, "--json"]);
    assert_eq!(selected["area_mm2"].as_array().unwrap().len(), 32);
    let measured = json(&["measure", scan, "--json"]);
    assert_eq!(measured["slice_index"], selected["slice_index"]);
    assert_eq!(measured["status"], "measured");
    let segmented = json(&["segment", scan, "--out", "seg", "--json"]);
    assert_eq!(segmented["row"]["dense_ratio_percent"], measured["dense_ratio_percent"]);
    assert!(story.path("seg/lung_mask.nii.gz").is_file());

    for command in ["info", "select", "measure"] {
        let ran = story.hilum(&[command, scan]);
        assert!(ran.code == 0 && ran.out.contains("phantom_0001"), "{command}: {}", ran.err);
    }
    story.write("text.nii", "not a scan");
    assert_eq!(story.hilum(&["measure", "text.nii"]).code, 1);
    assert_eq!(story.hilum(&["measure", "gone.nii"]).code, 3);
    assert_eq!(story.hilum(&["measure", "scans"]).code, 3);
}

#[test]
fn the_report_can_be_made_again() {
    let story = Story::with_phantoms(2);
    story.hilum(&["run", "scans", "--out", "out", "--quiet"]);
    let report = story.read("out/report.html");
    std::fs::remove_file(story.path("out/report.html")).unwrap();
    assert_eq!(story.hilum(&["report", "out"]).code, 0);
    assert!(story.read("out/report.html") == report);
    assert_eq!(story.hilum(&["report", "scans"]).code, 3);
}

#[test]
fn the_demo_ends_with_a_report_that_shows_a_failure() {
    let story = Story::new();
    let ran = story.hilum(&["demo", "--scans", "2"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(
        ran.out.contains("hilum-demo/results/report.html") || ran.out.contains("hilum-demo\\results"),
        "{}",
        ran.out
    );
    let table = story.table("hilum-demo/results");
    assert_eq!(table["phantom_cut_short"]["status"], "failed");
    assert_eq!(table["phantom_0001"]["status"], "measured");
}

#[test]
fn phantoms_come_with_truth_and_by_seed() {
    let story = Story::new();
    let make = |out: &str| {
        let args =
            ["phantom", "--out", out, "--seed", "5", "--dims", "48x48x20", "--spacing", "8x8x15", "--truth"];
        assert_eq!(story.hilum(&args).code, 0);
        story.content(out)
    };
    let (first, second) = (make("a"), make("b"));
    crate::story::assert_same(&first, &second);
    let names: Vec<_> = first.keys().map(|p| p.display().to_string().replace('\\', "/")).collect();
    assert!(names.contains(&"truth/phantom_0005_lung.nii.gz".to_owned()), "{names:?}");
}

#[test]
fn shells_and_manuals_are_served() {
    let story = Story::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(story.hilum(&["completions", shell]).out.contains("hilum"));
    }
    assert!(story.hilum(&["man"]).out.contains(".TH hilum"));
    assert_eq!(story.hilum(&["man", "--out", "man"]).code, 0);
    assert!(story.path("man/hilum-run.1").is_file());
    assert!(story.hilum(&["--version"]).out.starts_with("hilum "));
    assert!(story.hilum(&["help", "run"]).out.contains("Examples:"));
}

#[test]
fn the_notebook_has_variants_and_a_run_says_which() {
    let story = Story::new();
    story.hilum(&["phantom", "--out", "scans", "--dims", "192x192x24", "--covid-share", "1"]);
    let run = |dense: &[&str]| -> (u64, String, serde_json::Value) {
        let notebook = ["run", "scans", "--out", "out", "--recipe", "notebook", "--json"];
        let ran = story.hilum(&[&notebook[..], dense].concat());
        assert_eq!(ran.code, 0, "{}", ran.err);
        let summary: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
        let record = std::fs::read(story.path("out/scans/phantom_0001/scan.json")).unwrap();
        let record: serde_json::Value = serde_json::from_slice(&record).unwrap();
        let config = std::fs::read_to_string(story.path("out/config.toml")).unwrap();
        (record["row"]["dense_area_px"].as_u64().unwrap(), config, summary)
    };
    let (plain, config, summary) = run(&[]);
    assert!(config.contains("notebook_dense = \"plain\""), "{config}");
    assert_eq!(summary["settings"]["notebook_dense"], "plain");
    // Another variant is another result: nothing of the run before is kept.
    let (denoised, config, summary) = run(&["--notebook-dense", "denoised"]);
    assert!(config.contains("notebook_dense = \"denoised\""), "{config}");
    assert_eq!(summary["this_run"]["kept"], 0);
    let (figures, _, summary) = run(&["--notebook-dense", "255-denoised"]);
    assert_eq!(summary["settings"]["notebook_dense"], "255-denoised");
    assert!(figures < denoised && denoised < plain, "{figures}, {denoised}, {plain}");
}
