//! What a run tells while it works, and how it is told to stop.

use hilum_core::Status;
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

/// One thing that happened, in the order of the workers' clocks.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// The work is known: `kept` of `total` scans are done already. `workers` will do the rest.
    Planned {
        /// Scans of the cohort.
        total: usize,
        /// Scans whose records are kept from an earlier run.
        kept: usize,
        /// Worker threads.
        workers: usize,
    },
    /// A worker has taken a scan.
    Started {
        /// The worker, from 0.
        worker: usize,
        /// The scan.
        image_id: String,
    },
    /// A scan's record is on disk.
    Finished {
        /// The worker, from 0.
        worker: usize,
        /// The scan.
        image_id: String,
        /// What became of it.
        status: Status,
        /// Why, where it was not measured.
        reason: Option<String>,
    },
    /// All scans are done; tables and report are being written.
    Writing,
}

/// Asks a run to stop; clones speak for the same run.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// No new scan is begun from now on; those in flight are finished.
    pub fn request(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    /// Whether the run was asked to stop.
    pub fn is_requested(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}
