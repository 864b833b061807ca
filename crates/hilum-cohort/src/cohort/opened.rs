//! A run whose plan is made: what is kept of earlier runs, and what is to do.

use super::{RunRequest, Shard};
use crate::{
    CohortError, Event, LabelMatch, Measure, ScanRecord, Stop,
    attempt::Job,
    find::{Found, find_at},
    labels::join_labels,
    ledger::{Ledger, resume_key},
    lock::OutLock,
    mirror::Mirror,
    names::folder_names,
    schedule::Schedule,
};
use hilum_core::Status;
use std::{collections::BTreeMap, path::Path, time::Instant};

/// A run in an output folder that is locked for as long as this lives.
#[derive(Debug)]
pub(super) struct OpenRun {
    pub(super) started: Instant,
    pub(super) found: Found,
    pub(super) labels: Option<LabelMatch>,
    pub(super) ledger: Ledger,
    /// Every setting that changes results.
    pub(super) settings: serde_json::Value,
    pub(super) kept: Vec<ScanRecord>,
    pub(super) todo: Vec<Job>,
    /// Folder below `scans` by image id.
    pub(super) folders: BTreeMap<String, String>,
    _lock: OutLock,
}

impl OpenRun {
    /// Opens the whole run, alone in its output folder.
    pub(super) fn begin<M: Measure>(request: &RunRequest, measure: &M) -> Result<Self, CohortError> {
        Self::open(request, measure, None)
    }

    /// Opens one part of a run; other parts may be at work in the same folder.
    pub(super) fn begin_shard<M: Measure>(
        request: &RunRequest,
        measure: &M,
        shard: Shard,
    ) -> Result<Self, CohortError> {
        Self::open(request, measure, Some(shard))
    }

    fn open<M: Measure>(
        request: &RunRequest,
        measure: &M,
        shard: Option<Shard>,
    ) -> Result<Self, CohortError> {
        let started = Instant::now();
        let out = &request.out;
        let mut found = find_at(&request.input, out, request.mirror.as_ref(), &request.store)?;
        let labels = request.labels.as_ref().map(|path| join_labels(&mut found.scans, path)).transpose()?;
        let lock = if shard.is_some() { OutLock::share(out)? } else { OutLock::take(out)? };
        let mirror = request.mirror.as_ref().map(|url| Mirror::open(url, &request.store)).transpose()?;
        if let Some(mirror) = &mirror {
            mirror.bring(out)?;
        }
        let ledger = if shard.is_some() { Ledger::join(out)? } else { Ledger::open(out)? };
        let settings = settings_of(measure, out)?;
        let mut run = Self {
            started,
            found,
            labels,
            ledger: ledger.with_mirror(mirror),
            settings,
            kept: Vec::new(),
            todo: Vec::new(),
            folders: BTreeMap::new(),
            _lock: lock,
        };
        run.plan(request, measure, shard)?;
        Ok(run)
    }

    fn plan<M: Measure>(
        &mut self,
        request: &RunRequest,
        measure: &M,
        shard: Option<Shard>,
    ) -> Result<(), CohortError> {
        let settings = self.settings.to_string();
        let ids: Vec<&str> = self.found.scans.iter().map(|s| s.image_id.as_str()).collect();
        let folders = folder_names(&ids);
        let again = |r: &ScanRecord| {
            r.failed_in_passing() || (request.retry_failed && r.row.status == Status::Failed)
        };
        for (position, (scan, folder)) in self.found.scans.iter().zip(folders).enumerate() {
            self.folders.insert(scan.image_id.clone(), folder.clone());
            if shard.is_some_and(|shard| !shard.holds(position)) {
                continue;
            }
            let key = resume_key(scan, &settings);
            let kept = self.ledger.kept(scan, &folder, &key, measure.outputs())?;
            match kept.filter(|record| !again(record)) {
                Some(record) => self.kept.push(record),
                None => self.todo.push(Job { scan: scan.clone(), folder, key }),
            }
        }
        Ok(())
    }

    /// Does all that is to do with worker threads.
    pub(super) fn work_off<M: Measure>(
        &mut self,
        request: &RunRequest,
        measure: &M,
        events: &(dyn Fn(Event) + Sync),
        stop: &Stop,
    ) -> Result<Vec<ScanRecord>, CohortError> {
        let todo = std::mem::take(&mut self.todo);
        let (jobs, kept) = (todo.len(), self.kept.len());
        let (total, workers) = (kept + jobs, request.jobs.get().min(jobs));
        events(Event::Planned { total, kept, workers });
        let schedule = Schedule { measure, ledger: &self.ledger, budget: request.budget(), stop, events };
        let done = schedule.work_off(todo, workers)?;
        if done.len() < jobs {
            return Err(CohortError::Interrupted { done: kept + done.len(), total });
        }
        Ok(done)
    }
}

/// Every setting that changes results, as run.json and the keys of records hold them.
pub(super) fn settings_of<M: Measure>(measure: &M, out: &Path) -> Result<serde_json::Value, CohortError> {
    serde_json::to_value(measure).map_err(|e| CohortError::write(out.join("run.json"))(e.into()))
}
