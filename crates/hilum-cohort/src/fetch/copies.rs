//! The copying itself: threads that take one object after the other.

use super::{
    FetchRequest,
    destination::Destination,
    ledger::Ledger,
    plan::{Plan, Wanted},
};
use crate::{CohortError, Stop};
use hilum_io::store::{Check, Received, StoreError};
use serde::Serialize;
use std::{
    cell::Cell,
    io,
    ops::ControlFlow,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Instant,
};

/// One thing that happened, in the order of the threads' clocks.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum FetchEvent {
    /// The work is known.
    Planned {
        /// Objects that are wanted.
        objects: u64,
        /// Bytes of all of them.
        bytes: u64,
    },
    /// Bytes have moved; negative where some are to move again.
    Moved {
        /// How many.
        bytes: i64,
    },
    /// An object was there already.
    Kept {
        /// Its length.
        bytes: u64,
    },
    /// An object has arrived.
    Arrived,
    /// An object has not.
    Failed {
        /// How many of its bytes have not moved.
        bytes: u64,
    },
}

/// An object that did not arrive.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct NotArrived {
    /// Its key below the prefix.
    pub name: String,
    /// Why not.
    pub reason: String,
}

/// What came of a fetch.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct FetchSummary {
    /// Objects that were wanted.
    pub objects: u64,
    /// Bytes of all of them, as far as they were found.
    pub bytes: u64,
    /// Objects that arrived now.
    pub arrived: u64,
    /// Bytes of those.
    pub arrived_bytes: u64,
    /// Of those, objects whose ETag says nothing about their bytes: only their size was checked.
    pub checked_by_size_alone: u64,
    /// Objects that were there already.
    pub kept: u64,
    /// Objects that did not arrive, sorted by name.
    pub failed: Vec<NotArrived>,
    /// Seconds it took.
    pub seconds: f64,
}

/// Copies what is wanted, telling `event` what happens, until `stop` is requested.
///
/// # Errors
/// [`CohortError`] if the source cannot be listed or holds nothing that is wanted, if a manifest makes no sense, if the
/// destination cannot be written at all, or [`CohortError::FetchStopped`]. An object that does not arrive is no error but a
/// row of [`FetchSummary::failed`].
pub fn fetch(
    request: &FetchRequest,
    event: &(dyn Fn(FetchEvent) + Sync),
    stop: &Stop,
) -> Result<FetchSummary, CohortError> {
    let started = Instant::now();
    let Plan { store, mut wanted, missing } = Plan::of(request)?;
    let (destination, ledger) = Destination::open(request)?;
    let bytes = wanted.iter().map(|wanted| wanted.object.bytes).sum();
    let objects = wanted.len() as u64;
    event(FetchEvent::Planned { objects, bytes });
    // The largest first: then no large one is left when all others are done.
    wanted.sort_by_key(|wanted| std::cmp::Reverse(wanted.object.bytes));
    let summary = FetchSummary {
        objects: objects + missing.len() as u64,
        bytes,
        failed: missing,
        ..FetchSummary::default()
    };
    let copying = Copying {
        from: &store,
        destination,
        ledger: Mutex::new(ledger),
        summary: Mutex::new(summary),
        broken: Mutex::new(None),
        event,
        stop,
    };
    let next = AtomicUsize::new(0);
    let work = || {
        while let Some(wanted) = wanted.get(next.fetch_add(1, Ordering::Relaxed)) {
            if copying.is_over() {
                return;
            }
            if let Err(error) = copying.one(wanted) {
                held(&copying.broken).get_or_insert(error);
            }
        }
    };
    let threads = request.jobs.get().min(wanted.len());
    std::thread::scope(|scope| (0..threads).for_each(|_| drop(scope.spawn(work))));

    let Copying { destination, ledger, summary, broken, .. } = copying;
    destination.keep(inner(ledger))?;
    let mut summary = inner(summary);
    if let Some(error) = inner(broken) {
        return Err(error);
    }
    if stop.is_requested() {
        let done = summary.arrived + summary.kept;
        return Err(CohortError::FetchStopped { done, total: summary.objects });
    }
    summary.failed.sort();
    summary.seconds = started.elapsed().as_secs_f64();
    Ok(summary)
}

/// What the threads share.
struct Copying<'a> {
    from: &'a hilum_io::store::Store,
    destination: Destination,
    ledger: Mutex<Ledger>,
    summary: Mutex<FetchSummary>,
    /// Why nothing more can be written, if so.
    broken: Mutex<Option<CohortError>>,
    event: &'a (dyn Fn(FetchEvent) + Sync),
    stop: &'a Stop,
}

impl Copying<'_> {
    fn is_over(&self) -> bool {
        self.stop.is_requested() || held(&self.broken).is_some()
    }

    fn one(&self, wanted: &Wanted) -> Result<(), CohortError> {
        let Wanted { name, object } = wanted;
        if let Some(reason) = self.destination.refuses(name) {
            return self.failed(wanted, reason, object.bytes);
        }
        if held(&self.ledger).has(name, object) && self.destination.keeps(wanted) {
            self.kept(object.bytes);
            return Ok(());
        }
        if let Some(received) = self.destination.holds(wanted) {
            self.kept(object.bytes);
            return held(&self.ledger).arrived(name, object, &received);
        }
        let resume = held(&self.ledger).has_begun(name, object);
        held(&self.ledger).begin(name, object)?;
        let moved = Cell::new(0);
        let watch = |bytes: i64| {
            moved.set(moved.get() + bytes);
            (self.event)(FetchEvent::Moved { bytes });
            if self.is_over() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        match self.destination.take(self.from, wanted, resume, &watch) {
            Ok(received) => self.arrived(wanted, &received),
            Err(StoreError::Stopped { .. }) => Ok(()),
            Err(StoreError::Disk { path, source }) if source.kind() == io::ErrorKind::StorageFull => {
                Err(CohortError::Write { path, source })
            }
            Err(error) => {
                let left = object.bytes.saturating_sub(u64::try_from(moved.get()).unwrap_or_default());
                self.failed(wanted, &crate::error::with_causes(&error), left)
            }
        }
    }

    fn kept(&self, bytes: u64) {
        held(&self.summary).kept += 1;
        (self.event)(FetchEvent::Kept { bytes });
    }

    fn arrived(&self, wanted: &Wanted, received: &Received) -> Result<(), CohortError> {
        held(&self.ledger).arrived(&wanted.name, &wanted.object, received)?;
        let mut summary = held(&self.summary);
        summary.arrived += 1;
        summary.arrived_bytes += wanted.object.bytes;
        summary.checked_by_size_alone += u64::from(received.check == Check::Size);
        drop(summary);
        (self.event)(FetchEvent::Arrived);
        Ok(())
    }

    fn failed(&self, wanted: &Wanted, reason: &str, bytes: u64) -> Result<(), CohortError> {
        let (name, reason) = (wanted.name.clone(), reason.to_owned());
        held(&self.ledger).failed(&name, &wanted.object, &reason)?;
        held(&self.summary).failed.push(NotArrived { name, reason });
        (self.event)(FetchEvent::Failed { bytes });
        Ok(())
    }
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn inner<T>(mutex: Mutex<T>) -> T {
    mutex.into_inner().unwrap_or_else(PoisonError::into_inner)
}
