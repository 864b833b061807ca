//! One part of a run, for schedulers that start the same command many times: `hilum run --shard 3/16`.

use super::{NotMeasured, RunRequest, opened::OpenRun, results::not_measured};
use crate::{CohortError, Event, Measure, Stop, run_file::Counts};
use serde::Serialize;
use std::{fmt, num::NonZeroUsize, str::FromStr};

/// One of several parts of a cohort: scan 1, n + 1, 2n + 1, ... in the order of image ids are the first part of n.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    /// Which part, from 1.
    number: usize,
    /// How many parts.
    of: usize,
}

impl Shard {
    /// Whether the scan at `position`, from 0, belongs to this part.
    pub(super) fn holds(self, position: usize) -> bool {
        position % self.of == self.number - 1
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.of)
    }
}

impl FromStr for Shard {
    type Err = String;

    /// From `3/16`: the third of sixteen parts.
    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split_once('/').and_then(|(number, of)| {
            Some((number.parse::<NonZeroUsize>().ok()?.get(), of.parse::<NonZeroUsize>().ok()?.get()))
        });
        match parts {
            Some((number, of)) if number <= of => Ok(Self { number, of }),
            Some((number, of)) => {
                Err(format!("there is no part {number} of {of}: parts count from 1 to {of}"))
            }
            None => Err(format!("'{text}' is no part such as 3/16, the third of sixteen")),
        }
    }
}

/// How one part of a run went. The tables are made when the whole is run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ShardSummary {
    /// Which part, such as `3/16`.
    pub shard: String,
    /// Numbers of its scans and findings.
    pub counts: Counts,
    /// Scans kept from earlier runs.
    pub kept: u64,
    /// Scans done.
    pub done: u64,
    /// Scans that were not measured: image id, status, reason.
    pub not_measured: Vec<NotMeasured>,
}

/// Measures one part of a cohort into the output folder that the other parts write to, too. No tables are written: the
/// run of the whole cohort, when all parts are done, finds every record there and makes them.
///
/// # Errors
/// [`CohortError`] as [`run`](super::run).
pub fn run_shard<M: Measure>(
    request: &RunRequest,
    measure: &M,
    shard: Shard,
    events: &(dyn Fn(Event) + Sync),
    stop: &Stop,
) -> Result<ShardSummary, CohortError> {
    let mut run = OpenRun::begin_shard(request, measure, shard)?;
    let records = run.work_off(request, measure, events, stop)?;
    let done = records.len() as u64;
    let kept = run.kept.len() as u64;
    let mut all = run.kept;
    all.extend(records);
    all.sort_by(|a, b| a.row.image_id.cmp(&b.row.image_id));
    Ok(ShardSummary {
        shard: shard.to_string(),
        counts: Counts::of(&all),
        kept,
        done,
        not_measured: not_measured(&all),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_cover_a_cohort_once() {
        let parts: Vec<Shard> = (1..=3).map(|n| format!("{n}/3").parse().unwrap()).collect();
        for position in 0..10 {
            assert_eq!(parts.iter().filter(|part| part.holds(position)).count(), 1);
        }
        assert_eq!(parts[2].to_string(), "3/3");
    }

    #[test]
    fn what_is_no_part_is_refused_with_a_reason() {
        for (text, reason) in
            [("4/3", "no part 4 of 3"), ("0/3", "'0/3' is no part"), ("3", "'3' is no part")]
        {
            let error = text.parse::<Shard>().unwrap_err();
            assert!(error.contains(reason), "{error}");
        }
    }
}
