//! A cohort measured by other processes ends as one measured by threads, and either goes on with what the other began.

use hilum_cohort::{
    CohortError, RunRequest, RunSummary, SpreadRun, Stop, Task, Worker, run, scan::ScanSettings,
};
use hilum_core::Status;
use hilum_io::nifti::write_volume;
use hilum_io::store::{Location, StoreOptions};
use hilum_phantom::{PhantomSpec, generate};
use std::{collections::BTreeMap, fs, num::NonZeroUsize};
use tempfile::TempDir;

const SCANS: usize = 5;

/// A folder of phantoms, one of them broken.
fn cohort() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let scans = dir.path().join("scans");
    fs::create_dir(&scans).unwrap();
    for seed in 1..SCANS as u64 {
        let phantom = generate(&PhantomSpec::healthy(seed).with_grid([96, 96, 32], [3.75, 3.75, 10.0]));
        write_volume(&scans.join(format!("p{seed}.nii.gz")), &phantom.unwrap().volume).unwrap();
    }
    fs::write(scans.join("broken.nii"), b"no scan").unwrap();
    dir
}

fn request(dir: &TempDir, out: &str) -> RunRequest {
    RunRequest {
        input: dir.path().join("scans").into(),
        out: dir.path().join(out),
        mirror: None,
        store: StoreOptions::default(),
        labels: None,
        class_names: BTreeMap::new(),
        jobs: NonZeroUsize::new(2).unwrap(),
        max_memory_bytes: None,
        retry_failed: false,
    }
}

fn embedded(dir: &TempDir, out: &str) -> RunSummary {
    run(&request(dir, out), &ScanSettings::default(), &|_| (), &Stop::default()).unwrap()
}

fn begun(dir: &TempDir, out: &str) -> SpreadRun<ScanSettings> {
    SpreadRun::begin(request(dir, out), ScanSettings::default()).unwrap()
}

/// A worker that knows of a task what text can say.
fn measured(dir: &TempDir, out: &str, tasks: &[Task]) -> Vec<Status> {
    let out = Location::Disk(dir.path().join(out));
    let open = || Worker::open(ScanSettings::default(), &out, StoreOptions::default(), None).unwrap();
    let mut worker = open();
    let sent = tasks.iter().map(|task| serde_json::to_string(task).unwrap());
    sent.map(|text| worker.measure(&serde_json::from_str(&text).unwrap()).unwrap().row.status).collect()
}

fn table(dir: &TempDir, out: &str) -> Vec<Vec<u8>> {
    let file = |name: &str| fs::read(dir.path().join(out).join(name)).unwrap();
    ["measurements.csv", "measurements.parquet", "scans/p3/scan.json", "scans/p3/lung_mask.nii.gz"]
        .map(file)
        .to_vec()
}

#[test]
fn other_processes_give_the_same_bytes_as_threads() {
    let dir = cohort();
    embedded(&dir, "calm");
    let run = begun(&dir, "out");
    let tasks = run.tasks().unwrap();
    assert_eq!((run.scans(), tasks.len()), (SCANS, SCANS));
    assert!(tasks.is_sorted_by_key(|task| std::cmp::Reverse(task.bytes)), "the largest come first");
    assert!(matches!(
        SpreadRun::begin(request(&dir, "out"), ScanSettings::default()),
        Err(CohortError::Locked { .. })
    ));
    let (here, there) = tasks.split_at(2);
    std::thread::scope(|scope| {
        scope.spawn(|| assert_eq!(measured(&dir, "out", here), [Status::Measured; 2]));
        assert_eq!(measured(&dir, "out", there).last(), Some(&Status::Failed));
    });
    let summary = run.finish().unwrap();
    assert_eq!((summary.run.this_run.kept, summary.run.this_run.done), (0, SCANS as u64));
    assert_eq!(table(&dir, "calm"), table(&dir, "out"));
}

#[test]
fn threads_and_processes_go_on_with_each_others_runs() {
    let dir = cohort();
    embedded(&dir, "calm");
    let run = begun(&dir, "out");
    let tasks = run.tasks().unwrap();
    measured(&dir, "out", &tasks[..3]);
    assert!(matches!(run.finish(), Err(CohortError::Interrupted { done: 3, total: SCANS })));
    assert_eq!(embedded(&dir, "out").run.this_run.kept, 3);
    assert_eq!(table(&dir, "calm"), table(&dir, "out"));

    fs::remove_dir_all(dir.path().join("out/scans/p3")).unwrap();
    let run = begun(&dir, "out");
    let tasks = run.tasks().unwrap();
    assert_eq!(tasks.iter().map(|task| task.image_id.as_str()).collect::<Vec<_>>(), ["p3"]);
    measured(&dir, "out", &tasks);
    assert_eq!(run.finish().unwrap().run.this_run.done, 1);
    assert_eq!(table(&dir, "calm"), table(&dir, "out"));
}

#[test]
fn a_scan_that_is_given_up_is_a_row_with_its_reason() {
    let dir = cohort();
    let run = begun(&dir, "out");
    let tasks = run.tasks().unwrap();
    measured(&dir, "out", &tasks[1..]);
    let out = Location::Disk(dir.path().join("out"));
    let mut worker = Worker::open(ScanSettings::default(), &out, StoreOptions::default(), None).unwrap();
    let reason = "it killed its worker three times";
    worker.give_up(&tasks[0], reason).unwrap();
    let summary = run.finish().unwrap();
    let given_up = summary.not_measured.iter().find(|scan| scan.image_id == tasks[0].image_id).unwrap();
    assert_eq!((given_up.status, given_up.reason.as_deref()), (Status::Failed, Some(reason)));
    assert_eq!(embedded(&dir, "out").run.this_run.done, 0, "it is not tried again unasked");
    assert_eq!(measured(&dir, "out", &tasks[..1]), [Status::Failed], "nor by a worker that is told to again");
}
