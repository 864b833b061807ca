//! Copying what lies under a prefix of a store: to a folder, or to a prefix of another store.
//!
//! * [`FetchRequest`] says what, from where, to where; [`Choice`] which objects of all that are there;
//! * [`fetch`] copies, [`sizes`] only counts;
//! * [`FetchSummary`] says what arrived, what was there already, and what did not arrive and why.
//!
//! Every object that is asked for arrives whole and checked, or is named with a reason. What an earlier fetch brought is not
//! moved again: a ledger beside the copies, `.hilum-fetch.jsonl`, tells of every object its size, ETag, BLAKE3, and how it was
//! checked.

mod choice;
mod copies;
mod destination;
mod ledger;
mod plan;
mod size;

pub use choice::Choice;
pub use copies::{FetchEvent, FetchSummary, NotArrived, fetch};
pub use size::{EndingSize, Sizes, sizes};

use hilum_io::store::{Location, StoreOptions, StoreUrl};
use std::num::NonZeroUsize;

/// A place, and how to reach it.
#[derive(Debug, Clone)]
pub struct Source {
    /// A prefix, or one object.
    pub url: StoreUrl,
    /// Keys, endpoint, patience.
    pub options: StoreOptions,
}

/// What to copy, and where to.
#[derive(Debug, Clone)]
pub struct FetchRequest {
    /// Where the objects lie.
    pub source: Source,
    /// Which of them.
    pub choice: Choice,
    /// Where the copies go.
    pub destination: Location,
    /// How to reach it, where it is a store.
    pub destination_options: StoreOptions,
    /// Objects that move at a time.
    pub jobs: NonZeroUsize,
}
