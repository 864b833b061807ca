//! Stories about runs that are cut off, go on, or are shared among threads: the outcome is the same bytes.

use crate::story::{Story, assert_same, leftovers, scans_done};
use std::{
    path::Path,
    process::{Child, Command},
    time::{Duration, Instant},
};

const SCANS: usize = 20;

/// Waits until `enough` scans are done, the program has ended, or a minute has passed.
fn wait_for(story: &Story, child: &mut Child, enough: usize) {
    let patience = Instant::now() + Duration::from_secs(60);
    while scans_done(&story.path("out")) < enough
        && child.try_wait().unwrap().is_none()
        && Instant::now() < patience
    {
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn a_run_killed_five_times_ends_as_one_left_alone() {
    let story = Story::with_phantoms(SCANS);
    let run = ["run", "scans", "--out", "out", "--jobs", "2"];
    assert_eq!(story.hilum(&["run", "scans", "--out", "calm", "--jobs", "2"]).code, 0);

    let mut done = 0;
    // The extra milliseconds move the kill through the life of a scan: reading, measuring, writing.
    for (enough, more_ms) in [(0, 60), (2, 0), (6, 13), (10, 5), (15, 29)] {
        let mut child = story.start(&run);
        wait_for(&story, &mut child, enough);
        std::thread::sleep(Duration::from_millis(more_ms));
        child.kill().unwrap();
        child.wait().unwrap();
        let now = scans_done(&story.path("out"));
        assert!(now >= done, "what is done stays done");
        done = now;
    }
    let ran = story.hilum(&["run", "scans", "--out", "out", "--jobs", "2", "--json"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let summary: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(summary["this_run"]["kept"], done, "only what is missing is done");
    assert_eq!(summary["this_run"]["done"], SCANS - done);
    assert_same(&story.content("calm"), &story.content("out"));
    assert_eq!(leftovers(&story.path("out")), Vec::<String>::new());
}

#[test]
fn any_number_of_jobs_gives_the_same_bytes() {
    let story = Story::with_phantoms(6);
    for (out, jobs, more) in
        [("one", "1", None), ("two", "2", None), ("many", "7", Some("--max-memory=128M"))]
    {
        let mut args = vec!["run", "scans", "--out", out, "--jobs", jobs];
        args.extend(more);
        assert_eq!(story.hilum(&args).code, 0);
    }
    let content = |out| {
        let mut content = story.content(out);
        // The configuration tells the number of jobs.
        content.remove(Path::new("config.toml"));
        content
    };
    assert_same(&content("one"), &content("two"));
    assert_same(&content("one"), &content("many"));
}

#[test]
fn parts_measured_side_by_side_end_as_one_run() {
    let story = Story::with_phantoms(7);
    story.write("scans/broken.nii.gz", b"no scan");
    assert_eq!(story.hilum(&["run", "scans", "--out", "calm"]).code, 1);

    let part = |n: usize| {
        let shard = format!("{n}/3");
        story.start(&["run", "scans", "--out", "out", "--jobs", "1", "--resume", "--json", "--shard", &shard])
    };
    let parts: Vec<Child> = (1..=3).map(part).collect();
    let mut scans = 0;
    for child in parts {
        let ended = child.wait_with_output().unwrap();
        let summary: serde_json::Value = serde_json::from_slice(&ended.stdout).unwrap();
        let failed = summary["counts"]["by_status"]["failed"].as_i64().unwrap();
        assert_eq!(ended.status.code(), Some(i32::try_from(failed.min(1)).unwrap()));
        scans += summary["done"].as_u64().unwrap();
    }
    assert_eq!(scans, 8);
    assert!(!story.path("out/measurements.csv").exists(), "a part makes no tables");
    let again = story.hilum(&["run", "scans", "--out", "out", "--shard", "2/3"]);
    assert!(again.out.contains("part 2/3: 3 scans (3 kept)"), "{}", again.out);

    let ran = story.hilum(&["run", "scans", "--out", "out", "--json"]);
    let summary: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(summary["this_run"]["kept"], 8);
    assert_same(&story.content("calm"), &story.content("out"));
    assert_eq!(story.hilum(&["run", "scans", "--out", "out", "--shard", "4/3"]).code, 2);
}

#[test]
fn ctrl_c_ends_cleanly_and_says_how_to_go_on() {
    let story = Story::with_phantoms(SCANS);
    let mut child = story.start(&["run", "scans", "--out", "out", "--jobs", "1"]);
    wait_for(&story, &mut child, 2);
    let pid = child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    let ended = child.wait_with_output().unwrap();
    let err = String::from_utf8(ended.stderr).unwrap();
    assert_eq!(ended.status.code(), Some(130), "{err}");
    assert!(err.contains("goes on where this run stopped"), "{err}");
    assert_eq!(leftovers(&story.path("out")), Vec::<String>::new());
    let done = scans_done(&story.path("out"));
    assert!((2..SCANS).contains(&done), "{done}");
    assert_eq!(story.hilum(&["run", "scans", "--out", "out", "--quiet"]).code, 0);
    assert_eq!(story.table("out").len(), SCANS);
}

#[test]
fn two_runs_do_not_share_an_output_folder() {
    let story = Story::with_phantoms(SCANS);
    let mut first = story.start(&["run", "scans", "--out", "out", "--jobs", "1", "--quiet"]);
    wait_for(&story, &mut first, 1);
    let second = story.hilum(&["run", "scans", "--out", "out"]);
    assert_eq!(second.code, 3, "{}", second.err);
    assert!(second.err.contains("another run (process"), "{}", second.err);
    assert_eq!(first.wait().unwrap().code(), Some(0));
    assert_eq!(story.table("out").len(), SCANS);
}
