//! A run whose scans are measured by other processes, on this machine or on many, as a cluster's scheduler likes.
//!
//! The coordinator plans, hands out [`Task`]s, and when their records lie in the output folder writes the same results as
//! [`run`](super::run): one kernel, one layout, so that a run begun one way can go on the other.

use super::{
    RunRequest, RunSummary,
    opened::OpenRun,
    results::{Results, write_rows},
};
use crate::{
    CohortError, Measure, Remote, ScanRef,
    attempt::Job,
    ledger::remove_if_there,
    schedule::{bytes_stored, largest_first},
};
use hilum_core::schema::Measurement;
use hilum_io::store::{RemoteFile, Store, StoreError, StoreOptions, StoreUrl};
use hilum_io::{RemoteScan, RemoteSeries};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Folder of the rows that are known while a run goes on.
const WAVES: &str = "waves";

/// A run in the hands of a coordinator, which keeps the output folder locked.
#[derive(Debug)]
pub struct SpreadRun<M> {
    request: RunRequest,
    measure: M,
    run: OpenRun,
}

/// One scan to be measured by whoever reaches both the scan and the output folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// Unique name.
    pub image_id: String,
    /// Bytes of the scan as it is stored.
    pub bytes: u64,
    uri: String,
    place: Place,
    folder: String,
    label: Option<String>,
    group: Option<String>,
    site: Option<String>,
    split: Option<String>,
}

/// Where a scan lies, for another process.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Place {
    /// A file, or the files of a DICOM series, at the same absolute paths on every machine.
    Disk { path: PathBuf, series: Vec<PathBuf> },
    /// An object of a store; the address may hold a signature.
    Store { address: String },
    /// The objects of a DICOM series.
    StoredSeries { addresses: Vec<String> },
    /// The store did not give it.
    Unreachable { why: String },
}

impl<M: Measure> SpreadRun<M> {
    /// Plans a run: looks at the input, locks the output folder, and sees what is done already.
    ///
    /// # Errors
    /// [`CohortError`] as [`run`](super::run).
    pub fn begin(request: RunRequest, measure: M) -> Result<Self, CohortError> {
        let run = OpenRun::begin(&request, &measure)?;
        let mut this = Self { request, measure, run };
        this.clear_waves()?;
        let run = &mut this.run;
        run.todo.iter().try_for_each(|job| run.ledger.forget(&job.folder))?;
        largest_first(&mut run.todo);
        Ok(this)
    }

    /// Scans of the cohort.
    pub fn scans(&self) -> usize {
        self.run.found.scans.len()
    }

    /// What is to do, the largest first.
    ///
    /// # Errors
    /// [`CohortError::Read`] if the working folder is gone, which relative paths begin at.
    pub fn tasks(&self) -> Result<Vec<Task>, CohortError> {
        self.run.todo.iter().map(Task::of).collect()
    }

    /// Which of the tasks have their record in the output folder by now.
    ///
    /// # Errors
    /// [`CohortError`] if the output cannot be reached.
    pub fn recorded(&mut self, tasks: &[Task]) -> Result<Vec<bool>, CohortError> {
        self.run.ledger.look_again(&self.request.out)?;
        let there = |task: &Task| self.run.ledger.record(&task.image_id, &task.folder).is_some();
        Ok(tasks.iter().map(there).collect())
    }

    /// Writes the rows of one wave of tasks as `waves/00001.parquet`, for whoever watches: the tables take their place when the
    /// run is finished.
    ///
    /// # Errors
    /// [`CohortError`] if they cannot be written.
    pub fn write_wave(&self, number: u32, rows: &[Measurement]) -> Result<(), CohortError> {
        let name = format!("{WAVES}/{number:05}.parquet");
        let path = self.request.out.join(&name);
        std::fs::create_dir_all(self.waves()).map_err(CohortError::write(self.waves()))?;
        write_rows(&path, rows)?;
        self.run.ledger.mirror().map_or(Ok(()), |mirror| mirror.send(&name, &path))
    }

    fn waves(&self) -> PathBuf {
        self.request.out.join(WAVES)
    }

    fn clear_waves(&self) -> Result<(), CohortError> {
        remove_if_there(&self.waves())?;
        self.run.ledger.mirror().map_or(Ok(()), |mirror| mirror.remove_below(WAVES))
    }

    /// Writes tables, run.json, configuration and report, when the tasks' records lie in the output folder.
    ///
    /// # Errors
    /// [`CohortError::Interrupted`] if a scan has no record; [`CohortError`] if the output cannot be written.
    pub fn finish(self) -> Result<RunSummary, CohortError> {
        let mut this = self;
        this.run.ledger.look_again(&this.request.out)?;
        let (todo, ledger) = (&this.run.todo, &this.run.ledger);
        let done: Vec<_> =
            todo.iter().filter_map(|job| ledger.record(&job.scan.image_id, &job.folder)).collect();
        if done.len() < todo.len() {
            let (kept, total) = (this.run.kept.len(), this.run.found.scans.len());
            return Err(CohortError::Interrupted { done: kept + done.len(), total });
        }
        this.clear_waves()?;
        let Self { request, measure, run } = this;
        Results { request: &request, measure: &measure, run }.write(done)
    }
}

impl Task {
    fn of(job: &Job) -> Result<Self, CohortError> {
        let scan = &job.scan;
        let absolute = |path: &PathBuf| std::path::absolute(path).map_err(CohortError::read(path));
        let place = match &scan.remote {
            Some(Remote::Object(RemoteScan::File(object))) => {
                Place::Store { address: object.url().in_full() }
            }
            Some(Remote::Object(RemoteScan::Series(series))) => Place::StoredSeries {
                addresses: series.objects().map(|object| object.url().in_full()).collect(),
            },
            Some(Remote::Unreachable(why)) => Place::Unreachable { why: why.clone() },
            None => Place::Disk {
                path: absolute(&scan.path)?,
                series: scan.series.iter().map(absolute).collect::<Result<_, _>>()?,
            },
        };
        Ok(Self {
            image_id: scan.image_id.clone(),
            bytes: bytes_stored(scan),
            uri: scan.uri.clone(),
            place,
            folder: job.folder.clone(),
            label: scan.label.clone(),
            group: scan.group.clone(),
            site: scan.site.clone(),
            split: scan.split.clone(),
        })
    }

    /// The folder of the scan below `scans`.
    pub(super) fn folder(&self) -> &str {
        &self.folder
    }

    /// The scan as this process reaches it.
    pub(super) fn scan(&self, options: &StoreOptions) -> ScanRef {
        let (id, uri) = (self.image_id.clone(), self.uri.clone());
        let scan = match &self.place {
            Place::Disk { path, series } => {
                ScanRef { series: series.clone(), ..ScanRef::bare(id, uri, path.clone()) }
            }
            Place::Store { address } => ScanRef::remote(id, uri, object_at(address, options)),
            Place::StoredSeries { addresses } => ScanRef::remote(id, uri, series_at(addresses, options)),
            Place::Unreachable { why } => ScanRef::remote(id, uri, Remote::Unreachable(why.clone())),
        };
        ScanRef {
            label: self.label.clone(),
            group: self.group.clone(),
            site: self.site.clone(),
            split: self.split.clone(),
            ..scan
        }
    }
}

/// The object at `address`, or why there is none.
fn object_at(address: &str, options: &StoreOptions) -> Remote {
    let found = || {
        let url: StoreUrl = address.parse()?;
        let store = Store::open(&url, options)?;
        let object = store.find(&url)?;
        Ok(RemoteFile::new(store, object).into())
    };
    found().map_or_else(unreachable, Remote::Object)
}

/// The DICOM series whose objects lie at `addresses`, or why there is none. They lie in one store.
fn series_at(addresses: &[String], options: &StoreOptions) -> Remote {
    let found = || {
        let urls: Vec<StoreUrl> = addresses.iter().map(|at| at.parse()).collect::<Result<_, _>>()?;
        let Some(first) = urls.first() else { return Ok(RemoteSeries::new(Vec::new())) };
        let store = Store::open(first, options)?;
        let objects = store.find_all(&urls).into_iter();
        let files = objects.map(|object| Ok(RemoteFile::new(store.clone(), object?).into()));
        Ok(RemoteSeries::new(files.collect::<Result<_, _>>()?))
    };
    // The name of an object may be that of the patient.
    let unreachable = |error: StoreError| unreachable(error.unnamed());
    found().map_or_else(unreachable, |series| Remote::Object(RemoteScan::Series(series)))
}

fn unreachable(error: StoreError) -> Remote {
    Remote::Unreachable(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(place: Place) -> Task {
        let text = |text: &str| Some(text.to_owned());
        Task {
            image_id: "a".into(),
            bytes: 7,
            uri: "site/a.nii".into(),
            place,
            folder: "a".into(),
            label: text("2"),
            group: text("g0001"),
            site: None,
            split: text("val"),
        }
    }

    #[test]
    fn a_task_is_the_same_scan_in_another_process() {
        let path = std::env::temp_dir().join("a.nii");
        let sent = task(Place::Disk { path: path.clone(), series: Vec::new() });
        let received: Task = serde_json::from_str(&serde_json::to_string(&sent).unwrap()).unwrap();
        let scan = received.scan(&StoreOptions::default());
        assert_eq!((scan.path, scan.uri, scan.group), (path, sent.uri.clone(), sent.group.clone()));
        let job = Job { scan: sent.scan(&StoreOptions::default()), folder: "a".into(), key: String::new() };
        assert_eq!(Task { bytes: 7, ..Task::of(&job).unwrap() }, sent);
    }

    #[test]
    fn an_object_that_is_gone_is_a_reason_and_no_fault() {
        let options = StoreOptions {
            no_sign: true,
            endpoint: Some("http://127.0.0.1:1".into()),
            region: Some("us-west-2".into()),
            patience: hilum_io::store::Patience { retries: 0, ..Default::default() },
            ..Default::default()
        };
        let scan = task(Place::Store { address: "s3://bucket/a.nii".into() }).scan(&options);
        assert!(matches!(scan.remote, Some(Remote::Unreachable(why)) if why.contains("s3://bucket/a.nii")));
    }
}
