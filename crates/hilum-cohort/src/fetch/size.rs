//! How much lies under a prefix, by ending, without moving any of it.

use super::{Choice, Source, plan::Plan};
use crate::{CohortError, find::scan_ending, folder::ending_in_words};
use serde::Serialize;
use std::collections::BTreeMap;

/// Objects and bytes of one ending.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct EndingSize {
    /// Objects.
    pub objects: u64,
    /// Bytes of all of them.
    pub bytes: u64,
}

/// What lies under a prefix.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Sizes {
    /// Objects.
    pub objects: u64,
    /// Bytes of all of them.
    pub bytes: u64,
    /// The same for every ending (`.nii.gz`, `.csv`, ...).
    pub by_ending: BTreeMap<String, EndingSize>,
    /// What a manifest names and the store does not have.
    pub missing: Vec<String>,
}

/// Counts what is wanted of `source`.
///
/// # Errors
/// [`CohortError`] as [`fetch`](super::fetch), before the first object moves.
pub fn sizes(source: &Source, choice: &Choice) -> Result<Sizes, CohortError> {
    let plan = Plan::of_source(source, choice)?;
    let mut sizes =
        Sizes { missing: plan.missing.into_iter().map(|absent| absent.name).collect(), ..Sizes::default() };
    for wanted in plan.wanted {
        let name = wanted.name.rsplit('/').next().unwrap_or_default();
        let ending = scan_ending(name).map_or_else(|| ending_in_words(name), str::to_lowercase);
        let of_ending = sizes.by_ending.entry(ending).or_default();
        of_ending.objects += 1;
        of_ending.bytes += wanted.object.bytes;
        sizes.objects += 1;
        sizes.bytes += wanted.object.bytes;
    }
    Ok(sizes)
}
