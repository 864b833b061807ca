//! A process that measures tasks, one after the other.

use super::{Task, opened::settings_of};
use crate::{
    CohortError, Measure, OutFolder, ScanRecord,
    attempt::{Attempts, Job},
    ledger::{Ledger, resume_key},
    mirror::Mirror,
};
use hilum_io::store::{Location, StoreOptions};

/// Measures tasks of a [`SpreadRun`](super::SpreadRun) and puts what comes of them into its output folder.
#[derive(Debug)]
pub struct Worker<M: Measure> {
    measure: M,
    /// Every setting that changes results, as keys of records hold them.
    settings: String,
    store: StoreOptions,
    ledger: Ledger,
    cap_bytes: u64,
    workspace: Option<M::Workspace>,
    /// Keeps the working folder of outputs that go to a store.
    _out: OutFolder,
}

impl<M: Measure> Worker<M> {
    /// A worker for the run with the output folder `out`, under the run's own settings.
    ///
    /// # Errors
    /// [`CohortError`] if the output cannot be reached.
    pub fn open(
        measure: M,
        out: &Location,
        store: StoreOptions,
        max_memory_bytes: Option<u64>,
    ) -> Result<Self, CohortError> {
        let out = OutFolder::at(out.clone())?;
        let mirror = out.mirror().map(|url| Mirror::join(url, &store)).transpose()?;
        Ok(Self {
            settings: settings_of(&measure, out.path())?.to_string(),
            measure,
            store,
            ledger: Ledger::join(out.path())?.with_mirror(mirror),
            cap_bytes: max_memory_bytes.unwrap_or(u64::MAX),
            workspace: None,
            _out: out,
        })
    }

    /// Measures one scan, unless its record is there already.
    ///
    /// # Errors
    /// [`CohortError`] if the output cannot be written. A scan that cannot be measured is a record with a reason.
    pub fn measure(&mut self, task: &Task) -> Result<ScanRecord, CohortError> {
        let job = self.job(task);
        let kept = self.ledger.kept(&job.scan, &job.folder, &job.key, self.measure.outputs())?;
        if let Some(record) = kept.filter(|record| !record.failed_in_passing()) {
            return Ok(record);
        }
        let attempts = self.attempts();
        let (record, workspace) = match attempts.memory_bytes(&job.scan) {
            Err(record) => (attempts.record(&job, *record)?, None),
            Ok(_) => {
                // Its buffers may be larger than this scan needs, but never than the cap: they served a scan under it.
                let workspace = self.workspace.take().unwrap_or_default();
                self.attempts().measure(&job, workspace)?
            }
        };
        self.workspace = workspace.or(self.workspace.take());
        self.ledger.drop_copy(&job.folder)?;
        Ok(record)
    }

    /// Gives up a scan that killed each process that tried it: its record says why.
    ///
    /// # Errors
    /// [`CohortError`] if the output cannot be written.
    pub fn give_up(&mut self, task: &Task, reason: &str) -> Result<ScanRecord, CohortError> {
        let job = self.job(task);
        let attempts = self.attempts();
        let record = attempts.record(&job, *attempts.failed(&job.scan, "poison", reason))?;
        self.ledger.drop_copy(&job.folder)?;
        Ok(record)
    }

    fn job(&self, task: &Task) -> Job {
        let scan = task.scan(&self.store);
        let key = resume_key(&scan, &self.settings);
        Job { scan, folder: task.folder().to_owned(), key }
    }

    fn attempts(&self) -> Attempts<'_, M> {
        Attempts { measure: &self.measure, ledger: &self.ledger, cap_bytes: self.cap_bytes }
    }
}
