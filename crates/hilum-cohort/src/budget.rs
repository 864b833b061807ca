//! A memory cap shared by all workers: a semaphore that counts bytes.
//!
//! First come, first served: a large scan that waits is not overtaken by small ones for ever.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Bytes that may be in use at one time.
#[derive(Debug)]
pub(crate) struct Budget {
    cap: u64,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    used: u64,
    next_ticket: u64,
    now_serving: u64,
}

/// A share of the budget, given back when dropped.
#[derive(Debug)]
pub(crate) struct Lease<'a> {
    budget: &'a Budget,
    bytes: u64,
}

impl Budget {
    pub(crate) fn new(cap: Option<u64>) -> Self {
        Self { cap: cap.unwrap_or(u64::MAX), state: Mutex::default(), changed: Condvar::new() }
    }

    /// The most that one lease can be.
    pub(crate) fn cap(&self) -> u64 {
        self.cap
    }

    /// Waits until `bytes` are free and takes them. More than the cap is cut to the cap.
    pub(crate) fn lease(&self, bytes: u64) -> Lease<'_> {
        let bytes = bytes.min(self.cap);
        let mut state = self.state();
        let ticket = state.next_ticket;
        state.next_ticket += 1;
        while state.now_serving != ticket || state.used.saturating_add(bytes) > self.cap {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.used += bytes;
        state.now_serving += 1;
        self.changed.notify_all();
        Lease { budget: self, bytes }
    }

    /// Whether somebody waits for memory.
    pub(crate) fn is_wanted(&self) -> bool {
        let state = self.state();
        state.next_ticket != state.now_serving
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lease<'_> {
    /// Whether this share is enough for `bytes`.
    pub(crate) fn covers(&self, bytes: u64) -> bool {
        self.bytes >= bytes.min(self.budget.cap)
    }
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        self.budget.state().used -= self.bytes;
        self.budget.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU64, Ordering};

    #[test]
    fn the_cap_holds_whoever_asks() {
        let budget = Budget::new(Some(100));
        let (now, most) = (AtomicU64::new(0), AtomicU64::new(0));
        std::thread::scope(|scope| {
            for worker in 0..8u64 {
                let (budget, now, most) = (&budget, &now, &most);
                scope.spawn(move || {
                    for round in 0..200 {
                        let bytes = 1 + (worker * 37 + round * 13) % 100;
                        let lease = budget.lease(bytes);
                        let sum = now.fetch_add(bytes, Ordering::SeqCst) + bytes;
                        most.fetch_max(sum, Ordering::SeqCst);
                        now.fetch_sub(bytes, Ordering::SeqCst);
                        drop(lease);
                    }
                });
            }
        });
        assert!(most.load(Ordering::SeqCst) <= 100);
        assert_eq!(budget.state().used, 0);
    }

    #[test]
    fn more_than_the_cap_waits_for_all_of_it() {
        let budget = Budget::new(Some(10));
        let lease = budget.lease(1000);
        assert!(lease.covers(11) && !budget.is_wanted());
        assert_eq!(budget.state().used, 10);
    }
}
