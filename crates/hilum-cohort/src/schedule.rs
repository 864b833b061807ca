//! Workers: big scans first, each within its share of the memory, no fault of one scan reaching another.

use crate::{
    CohortError, Event, Remote, ScanRecord, ScanRef, Stop,
    budget::{Budget, Lease},
    ledger::Ledger,
};
use hilum_core::{Recipe, Status};
use hilum_io::nifti::ReadMode;
use serde::Serialize;
use std::{
    collections::VecDeque,
    fs,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// How one scan is measured, with its settings: what the schedule needs to know of it.
pub trait Measure: Sync + Serialize {
    /// Buffers that a worker keeps from scan to scan.
    type Workspace: Default;

    /// The recipe.
    fn recipe(&self) -> Recipe;

    /// Files that a measured scan leaves in its folder beside scan.json.
    fn outputs(&self) -> &[&str];

    /// Bytes of memory that the scan needs at its peak; `None` if it cannot be read in this mode.
    fn estimate_bytes(&self, scan: &ScanRef, mode: ReadMode) -> Option<u64>;

    /// Measures one scan, writing its pictures and masks into `folder`. Faults of the scan are part of the record.
    fn process(
        &self,
        scan: &ScanRef,
        mode: ReadMode,
        folder: &Path,
        workspace: &mut Self::Workspace,
    ) -> ScanRecord;
}

/// A scan to be done.
#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) scan: ScanRef,
    pub(crate) folder: String,
    pub(crate) key: String,
}

/// What the workers share.
pub(crate) struct Schedule<'a, M> {
    pub(crate) measure: &'a M,
    pub(crate) ledger: &'a Ledger,
    pub(crate) budget: Budget,
    pub(crate) stop: &'a Stop,
    pub(crate) events: &'a (dyn Fn(Event) + Sync),
}

/// How a scan may be read within the cap.
enum Way {
    Read(ReadMode, u64),
    TooLarge(u64),
}

impl<M: Measure> Schedule<'_, M> {
    /// Does all jobs with `workers` threads and returns their records in no order. When a stop is asked for, what is
    /// in flight is finished and the rest left.
    pub(crate) fn work_off(
        &self,
        mut jobs: Vec<Job>,
        workers: usize,
    ) -> Result<Vec<ScanRecord>, CohortError> {
        // The largest first: none is left to run alone at the end, and a worker's buffers never need to grow.
        jobs.sort_by_cached_key(|job| {
            (std::cmp::Reverse(bytes_on_disk(&job.scan)), job.scan.image_id.clone())
        });
        let queue = Mutex::new(VecDeque::from(jobs));
        let done = Mutex::new(Vec::new());
        let fault = Mutex::new(None);
        std::thread::scope(|scope| {
            for worker in 0..workers {
                let (queue, done, fault) = (&queue, &done, &fault);
                let work = move || match self.work(worker, queue) {
                    Ok(records) => lock(done).extend(records),
                    Err(error) => {
                        lock(queue).clear();
                        lock(fault).get_or_insert(error);
                    }
                };
                let spawned =
                    std::thread::Builder::new().name(format!("scan-{worker}")).spawn_scoped(scope, work);
                if let Err(source) = spawned {
                    lock(queue).clear();
                    lock(fault).get_or_insert(CohortError::Thread { source });
                }
            }
        });
        match fault.into_inner().unwrap_or_else(PoisonError::into_inner) {
            Some(error) => Err(error),
            None => Ok(done.into_inner().unwrap_or_else(PoisonError::into_inner)),
        }
    }

    fn work(&self, worker: usize, queue: &Mutex<VecDeque<Job>>) -> Result<Vec<ScanRecord>, CohortError> {
        let mut records = Vec::new();
        // The workspace lives as long as the share of memory that pays for it.
        let mut kept: Option<(M::Workspace, Lease<'_>)> = None;
        while !self.stop.is_requested() {
            let Some(job) = lock(queue).pop_front() else { break };
            let image_id = job.scan.image_id.clone();
            let mut record = match self.way(&job.scan) {
                Err(record) => {
                    (self.events)(Event::Started { worker, image_id: image_id.clone() });
                    self.ledger.begin(&job.folder)?;
                    *record
                }
                Ok((mode, bytes)) => {
                    let reusable =
                        kept.take().filter(|(_, lease)| lease.covers(bytes) && !self.budget.is_wanted());
                    // Given back before asking for more, or two workers could wait for each other.
                    let (workspace, lease) = reusable.unwrap_or_else(|| {
                        let lease = self.budget.lease(bytes);
                        (M::Workspace::default(), lease)
                    });
                    if self.stop.is_requested() {
                        break;
                    }
                    (self.events)(Event::Started { worker, image_id: image_id.clone() });
                    let (record, workspace) = self.process(&job, mode, workspace)?;
                    kept = workspace.map(|w| (w, lease));
                    record
                }
            };
            record.key.clone_from(&job.key);
            job.scan.describe(&mut record);
            self.ledger.commit(&job.folder, &record)?;
            let (status, reason) = (record.row.status, record.row.reason.clone());
            (self.events)(Event::Finished { worker, image_id, status, reason });
            records.push(record);
        }
        Ok(records)
    }

    /// How to read the scan within the memory cap, or the record that says why it cannot be read.
    fn way(&self, scan: &ScanRef) -> Result<(ReadMode, u64), Box<ScanRecord>> {
        let failed = |code: &str, reason: &str| {
            let recipe = self.measure.recipe();
            Err(Box::new(ScanRecord::failed(&scan.image_id, &scan.uri, recipe, code, reason)))
        };
        match &scan.remote {
            Some(Remote::Unreachable(why)) => return failed("unreachable", why),
            None if !scan.path.exists() => return failed("missing_file", &missing(&scan.uri)),
            _ => {}
        }
        match self.cheapest_way(scan) {
            Way::Read(mode, bytes) => Ok((mode, bytes)),
            Way::TooLarge(bytes) => failed(
                "too_little_memory",
                &format!(
                    "needs {} MB of memory, more than the {} MB that --max-memory leaves for scans: raise it",
                    bytes.div_ceil(1_000_000),
                    self.budget.cap() / 1_000_000
                ),
            ),
        }
    }

    fn cheapest_way(&self, scan: &ScanRef) -> Way {
        let estimate = |mode| self.measure.estimate_bytes(scan, mode);
        match (estimate(ReadMode::Whole), estimate(ReadMode::Streamed)) {
            (Some(whole), _) if whole <= self.budget.cap() => Way::Read(ReadMode::Whole, whole),
            (_, Some(streamed)) if streamed <= self.budget.cap() => Way::Read(ReadMode::Streamed, streamed),
            (Some(bytes), None) | (_, Some(bytes)) => Way::TooLarge(bytes),
            // No header, no estimate: reading it fails at once and says why.
            (None, None) => Way::Read(ReadMode::Whole, 0),
        }
    }

    /// Measures one scan; a panic becomes a failed record, and the workspace it may have spoilt is dropped.
    fn process(
        &self,
        job: &Job,
        mode: ReadMode,
        mut workspace: M::Workspace,
    ) -> Result<(ScanRecord, Option<M::Workspace>), CohortError> {
        let folder = self.ledger.begin(&job.folder)?;
        let measured =
            catch_unwind(AssertUnwindSafe(|| self.measure.process(&job.scan, mode, &folder, &mut workspace)));
        match measured {
            Ok(record) => {
                if record.row.status != Status::Measured {
                    // Pictures of a scan that came to nothing would only mislead.
                    self.ledger.begin(&job.folder)?;
                }
                Ok((record, Some(workspace)))
            }
            Err(panic) => {
                self.ledger.begin(&job.folder)?;
                let word = panic_word(panic.as_ref());
                let reason = format!("hilum itself went wrong on this scan ({word}): please report it");
                let recipe = self.measure.recipe();
                Ok((ScanRecord::failed(&job.scan.image_id, &job.scan.uri, recipe, "crashed", &reason), None))
            }
        }
    }
}

fn missing(uri: &str) -> String {
    if uri.contains("://") {
        format!(
            "{uri} is an address that hilum does not read (it reads s3, gs, az, https): copy the scan to a folder"
        )
    } else {
        format!("there is no file {uri}: correct the manifest, or put the scan there")
    }
}

fn panic_word(panic: &(dyn std::any::Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message")
}

pub(crate) fn bytes_on_disk(scan: &ScanRef) -> u64 {
    if let Some(Remote::Object(object)) = &scan.remote {
        return object.bytes();
    }
    scan.files().iter().filter_map(|f| fs::metadata(f).ok()).map(|m| m.len()).sum()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
