//! Workers: big scans first, each within its share of the memory, no fault of one scan reaching another.

use crate::{
    CohortError, Event, Remote, ScanRecord, ScanRef, Stop,
    attempt::{Attempts, Job},
    budget::{Budget, Lease},
    ledger::Ledger,
};
use hilum_core::Recipe;
use serde::Serialize;
use std::{
    collections::VecDeque,
    fs,
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

    /// Bytes of memory that the scan needs at its peak; `None` if it cannot be read.
    fn estimate_bytes(&self, scan: &ScanRef) -> Option<u64>;

    /// Measures one scan, writing its pictures and masks into `folder`. Faults of the scan are part of the record.
    fn process(&self, scan: &ScanRef, folder: &Path, workspace: &mut Self::Workspace) -> ScanRecord;
}

/// What the workers share.
pub(crate) struct Schedule<'a, M> {
    pub(crate) measure: &'a M,
    pub(crate) ledger: &'a Ledger,
    pub(crate) budget: Budget,
    pub(crate) stop: &'a Stop,
    pub(crate) events: &'a (dyn Fn(Event) + Sync),
}

impl<M: Measure> Schedule<'_, M> {
    /// Does all jobs with `workers` threads and returns their records in no order. When a stop is asked for, what is
    /// in flight is finished and the rest left.
    pub(crate) fn work_off(
        &self,
        mut jobs: Vec<Job>,
        workers: usize,
    ) -> Result<Vec<ScanRecord>, CohortError> {
        largest_first(&mut jobs);
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
        let attempts = Attempts { measure: self.measure, ledger: self.ledger, cap_bytes: self.budget.cap() };
        let mut records = Vec::new();
        // The workspace lives as long as the share of memory that pays for it.
        let mut kept: Option<(M::Workspace, Lease<'_>)> = None;
        while !self.stop.is_requested() {
            let Some(job) = lock(queue).pop_front() else { break };
            let image_id = job.scan.image_id.clone();
            let record = match attempts.memory_bytes(&job.scan) {
                Err(record) => {
                    (self.events)(Event::Started { worker, image_id: image_id.clone() });
                    attempts.record(&job, *record)?
                }
                Ok(bytes) => {
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
                    let (record, workspace) = attempts.measure(&job, workspace)?;
                    kept = workspace.map(|w| (w, lease));
                    record
                }
            };
            let (status, reason) = (record.row.status, record.row.reason.clone());
            (self.events)(Event::Finished { worker, image_id, status, reason });
            records.push(record);
        }
        Ok(records)
    }
}

/// None of the large ones is left to run alone at the end, and a worker's buffers never need to grow.
pub(crate) fn largest_first(jobs: &mut [Job]) {
    jobs.sort_by_cached_key(|job| (std::cmp::Reverse(bytes_stored(&job.scan)), job.scan.image_id.clone()));
}

/// Bytes of the scan's files or of its object.
pub(crate) fn bytes_stored(scan: &ScanRef) -> u64 {
    if let Some(Remote::Object(object)) = &scan.remote {
        return object.bytes();
    }
    scan.files().iter().filter_map(|f| fs::metadata(f).ok()).map(|m| m.len()).sum()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
