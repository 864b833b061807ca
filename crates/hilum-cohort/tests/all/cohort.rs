//! Stories of whole cohorts, told with a measurement that only looks at the bytes of a file: what is kept, what is
//! done again, what a fault costs, and that the memory cap holds.

use hilum_cohort::{
    CohortError, Event, InputFacts, Measure, RunRequest, RunSummary, ScanRecord, ScanRef, Stop, run,
};
use hilum_core::{Recipe, Status, schema::Measurement};
use hilum_io::store::StoreOptions;
use serde::Serialize;
use std::{
    collections::BTreeMap,
    fs,
    num::NonZeroUsize,
    path::Path,
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
};
use tempfile::TempDir;

/// The "lung area" is the number of bytes; a file says itself what shall go wrong with it.
#[derive(Default, Serialize)]
struct Bytes {
    setting: u32,
    #[serde(skip)]
    now: AtomicU64,
    #[serde(skip)]
    most: AtomicU64,
}

const MB: u64 = 1 << 20;

impl Measure for Bytes {
    type Workspace = Vec<u8>;

    fn recipe(&self) -> Recipe {
        Recipe::Default
    }

    fn outputs(&self) -> &[&str] {
        &["slice.png"]
    }

    fn estimate_bytes(&self, scan: &ScanRef) -> Option<u64> {
        let text = fs::read_to_string(&scan.path).ok()?;
        Some(if text.contains("large") { 900 * MB } else { 100 * MB })
    }

    fn process(&self, scan: &ScanRef, folder: &Path, buffer: &mut Vec<u8>) -> ScanRecord {
        let bytes = self.estimate_bytes(scan).unwrap_or_default();
        self.most.fetch_max(self.now.fetch_add(bytes, Ordering::SeqCst) + bytes, Ordering::SeqCst);
        std::thread::sleep(std::time::Duration::from_millis(2));
        self.now.fetch_sub(bytes, Ordering::SeqCst);
        *buffer = fs::read(&scan.path).unwrap();
        fs::write(folder.join("slice.png"), &buffer).unwrap();
        let text = String::from_utf8_lossy(buffer);
        assert!(!text.contains("panic"), "a fault in the code");
        if text.contains("broken") {
            return ScanRecord::failed(&scan.image_id, &scan.uri, Recipe::Default, "truncated", "cut off");
        }
        let mut row =
            Measurement::unmeasured(&scan.image_id, &scan.uri, Recipe::Default, Status::Measured, None);
        row.lung_area_px = Some(buffer.len() as u64);
        let blake3 = blake3::hash(buffer).to_hex().to_string();
        let input = InputFacts {
            bytes: buffer.len() as u64,
            blake3: Some(blake3),
            read_bytes: None,
            format: "bytes".into(),
        };
        ScanRecord { key: String::new(), row, findings: vec![], input: Some(input), curve: None }
    }
}

struct Story {
    dir: TempDir,
    measure: Bytes,
    started: Mutex<Vec<String>>,
}

impl Story {
    fn with(files: &[(&str, &str)]) -> Self {
        let story =
            Self { dir: tempfile::tempdir().unwrap(), measure: Bytes::default(), started: Mutex::default() };
        fs::create_dir(story.dir.path().join("in")).unwrap();
        for (name, text) in files {
            story.write(name, text);
        }
        story
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.dir.path().join("in").join(name), text).unwrap();
    }

    fn request(&self, jobs: usize) -> RunRequest {
        RunRequest {
            input: self.dir.path().join("in").into(),
            out: self.dir.path().join("out"),
            mirror: None,
            store: StoreOptions::default(),
            labels: None,
            class_names: BTreeMap::new(),
            jobs: NonZeroUsize::new(jobs).unwrap(),
            max_memory_bytes: None,
            retry_failed: false,
        }
    }

    fn run(&self, request: &RunRequest) -> Result<RunSummary, CohortError> {
        self.started.lock().unwrap().clear();
        let events = |event| {
            if let Event::Started { image_id, .. } = event {
                self.started.lock().unwrap().push(image_id);
            }
        };
        run(request, &self.measure, &events, &Stop::default())
    }

    fn started(&self) -> Vec<String> {
        let mut started = self.started.lock().unwrap().clone();
        started.sort();
        started
    }

    fn table(&self) -> String {
        fs::read_to_string(self.dir.path().join("out/measurements.csv")).unwrap()
    }
}

#[test]
fn every_scan_gets_a_row_whatever_happens_to_it() {
    let story = Story::with(&[
        ("a.nii", "fine"),
        ("b.nii", "broken"),
        ("c.nii", "panic"),
        ("d.nii", "fine as well"),
        ("notes.txt", "-"),
    ]);
    let summary = story.run(&story.request(2)).unwrap();
    let counts = &summary.run.counts;
    assert_eq!((counts.status(Status::Measured), counts.status(Status::Failed)), (2, 2));
    assert_eq!(summary.run.left_out[".txt"], 1);
    let reason = summary.not_measured[1].reason.as_deref().unwrap();
    assert!(reason.contains("a fault in the code"), "{reason}");
    assert_eq!(story.table().lines().count(), 5);
    let out = story.dir.path().join("out");
    assert!(out.join("scans/a/slice.png").exists() && !out.join("scans/c/slice.png").exists());
    for file in ["measurements.parquet", "run.json", "config.toml", "report.html", "scans/c/scan.json"] {
        assert!(out.join(file).is_file(), "{file}");
    }
}

#[test]
fn only_what_is_new_or_changed_is_done_again() {
    let story = Story::with(&[("a.nii", "1"), ("b.nii", "22"), ("c.nii", "broken")]);
    story.run(&story.request(1)).unwrap();
    assert_eq!(story.started(), ["a", "b", "c"]);
    let first = story.table();

    let summary = story.run(&story.request(2)).unwrap();
    assert!(story.started().is_empty() && summary.run.this_run.kept == 3);
    assert_eq!(story.table(), first);

    story.write("b.nii", "4444");
    story.write("d.nii", "new");
    story.run(&story.request(2)).unwrap();
    assert_eq!(story.started(), ["b", "d"]);

    story.run(&RunRequest { retry_failed: true, ..story.request(2) }).unwrap();
    assert_eq!(story.started(), ["c"]);

    fs::remove_file(story.dir.path().join("in/a.nii")).unwrap();
    let summary = story.run(&story.request(2)).unwrap();
    assert!(story.started().is_empty());
    assert!(summary.run.notes[0].contains("no longer in the input: a"), "{:?}", summary.run.notes);
    assert!(!story.table().contains("a.nii"));
}

#[test]
fn another_setting_means_another_measurement() {
    let mut story = Story::with(&[("a.nii", "1")]);
    story.run(&story.request(1)).unwrap();
    story.measure.setting = 7;
    story.run(&story.request(1)).unwrap();
    assert_eq!(story.started(), ["a"]);
}

#[test]
fn the_memory_cap_holds_and_a_scan_too_large_says_so() {
    let files: Vec<(String, &str)> =
        (0..24).map(|n| (format!("s{n:02}.nii"), "fine")).chain([("y.nii".to_owned(), "large")]).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(n, t)| (n.as_str(), *t)).collect();
    let story = Story::with(&files);
    let request = RunRequest { max_memory_bytes: Some(300 * MB), ..story.request(6) };
    let summary = story.run(&request).unwrap();
    assert!(story.measure.most.load(Ordering::SeqCst) <= 300 * MB);
    assert_eq!(summary.not_measured.len(), 1);
    let failed = &summary.not_measured[0];
    assert_eq!(failed.image_id, "y");
    assert!(failed.reason.as_deref().unwrap().contains("--max-memory"), "{failed:?}");

    let summary = story.run(&story.request(2)).unwrap();
    assert_eq!(story.started(), ["y"], "with more memory it is tried again unasked");
    assert!(summary.not_measured.is_empty());
}

#[test]
fn a_stop_finishes_what_is_in_flight_and_the_next_run_goes_on() {
    let files: Vec<(String, &str)> = (0..12).map(|n| (format!("s{n:02}.nii"), "fine")).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(n, t)| (n.as_str(), *t)).collect();
    let story = Story::with(&files);
    let stop = Stop::default();
    let events = |event| {
        if let Event::Finished { .. } = event {
            stop.request();
        }
    };
    let error = run(&story.request(2), &story.measure, &events, &stop).unwrap_err();
    let CohortError::Interrupted { done, total } = error else { panic!("{error}") };
    assert!((1..=2).contains(&done) && total == 12);
    let scans = fs::read_dir(story.dir.path().join("out/scans")).unwrap();
    assert!(scans.map(|e| e.unwrap()).all(|e| !e.file_name().to_string_lossy().starts_with(".tmp-")));
    let summary = story.run(&story.request(2)).unwrap();
    assert_eq!(summary.run.this_run.kept as usize, done);
    assert_eq!(story.started().len(), 12 - done);
}

#[test]
fn patients_and_folders_of_the_machine_stay_out_of_the_output() {
    let story = Story::with(&[("a.nii", "1"), ("b.nii", "22")]);
    let inside = story.dir.path().join("in");
    let manifest = story.dir.path().join("cohort.csv");
    let text = format!(
        "image_id,type,uri,patient_id\na,0,in/a.nii,Doe^Jane\nb,1,{},Doe^Jane\nc,1,gone.nii,Roe^Rick\n",
        inside.join("b.nii").display()
    );
    fs::write(&manifest, text).unwrap();
    let summary = story.run(&RunRequest { input: manifest.into(), ..story.request(1) }).unwrap();
    assert_eq!(summary.not_measured.len(), 1, "a missing file is a row, not an end");
    let table = story.table();
    assert!(table.contains("\na,0,g0001,") && table.contains("\nc,1,g0002,"), "{table}");
    let mut folders = vec![story.dir.path().join("out")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()) {
            if entry.is_dir() {
                folders.push(entry);
                continue;
            }
            let text = String::from_utf8_lossy(&fs::read(&entry).unwrap()).into_owned();
            for secret in ["Doe^Jane", "Roe^Rick", &story.dir.path().display().to_string()] {
                assert!(!text.contains(secret), "{secret} in {}", entry.display());
            }
        }
    }
}
