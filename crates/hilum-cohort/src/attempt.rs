//! One scan, from its file to its record in the output folder, whatever happens on the way.

use crate::{
    CohortError, Measure, Remote, ScanRecord, ScanRef,
    ledger::{Ledger, Unfinished},
};
use hilum_core::Status;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// A scan to be done.
#[derive(Debug, Clone)]
pub(crate) struct Job {
    pub(crate) scan: ScanRef,
    pub(crate) folder: String,
    pub(crate) key: String,
}

/// What scans are measured with, and where their records go.
#[derive(Debug)]
pub(crate) struct Attempts<'a, M> {
    pub(crate) measure: &'a M,
    pub(crate) ledger: &'a Ledger,
    /// Bytes that one scan may take.
    pub(crate) cap_bytes: u64,
}

impl<M: Measure> Attempts<'_, M> {
    /// How many bytes measuring the scan takes, or the record that says why it cannot be done within the memory cap.
    pub(crate) fn memory_bytes(&self, scan: &ScanRef) -> Result<u64, Box<ScanRecord>> {
        match &scan.remote {
            Some(Remote::Unreachable(why)) => return Err(self.failed(scan, "unreachable", why)),
            None if !scan.path.exists() => {
                return Err(self.failed(scan, "missing_file", &missing(&scan.uri)));
            }
            _ => {}
        }
        // No header, no estimate: reading it fails at once and says why.
        let bytes = self.measure.estimate_bytes(scan).unwrap_or(0);
        if bytes <= self.cap_bytes {
            return Ok(bytes);
        }
        let reason = format!(
            "needs {} MB of memory, more than the {} MB that --max-memory leaves for scans: raise it",
            bytes.div_ceil(1_000_000),
            self.cap_bytes / 1_000_000
        );
        Err(self.failed(scan, "too_little_memory", &reason))
    }

    /// The record of a scan that came to nothing.
    pub(crate) fn failed(&self, scan: &ScanRef, code: &str, reason: &str) -> Box<ScanRecord> {
        Box::new(ScanRecord::failed(&scan.image_id, &scan.uri, self.measure.recipe(), code, reason))
    }

    /// Measures one scan and commits its record; a panic becomes a failed record, and the workspace that it may have spoilt
    /// is dropped.
    pub(crate) fn measure(
        &self,
        job: &Job,
        mut workspace: M::Workspace,
    ) -> Result<(ScanRecord, Option<M::Workspace>), CohortError> {
        let unfinished = self.ledger.begin(&job.folder)?;
        let measured = catch_unwind(AssertUnwindSafe(|| {
            self.measure.process(&job.scan, unfinished.path(), &mut workspace)
        }));
        let (record, workspace) = match measured {
            Ok(record) => (record, Some(workspace)),
            Err(panic) => {
                let word = panic_word(panic.as_ref());
                let reason = format!("hilum itself went wrong on this scan ({word}): please report it");
                (*self.failed(&job.scan, "crashed", &reason), None)
            }
        };
        if record.row.status != Status::Measured {
            // Pictures of a scan that came to nothing would only mislead.
            unfinished.clear()?;
        }
        Ok((self.commit(job, unfinished, record)?, workspace))
    }

    /// Commits a record that has no outputs.
    pub(crate) fn record(&self, job: &Job, record: ScanRecord) -> Result<ScanRecord, CohortError> {
        self.commit(job, self.ledger.begin(&job.folder)?, record)
    }

    fn commit(
        &self,
        job: &Job,
        unfinished: Unfinished,
        mut record: ScanRecord,
    ) -> Result<ScanRecord, CohortError> {
        record.key.clone_from(&job.key);
        job.scan.describe(&mut record);
        self.ledger.commit(unfinished, &job.folder, &record)?;
        Ok(record)
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
