//! Every pair of scans, counted row by row; rows that are on disk already are not counted again.

use super::{
    MatchCounts, MatchSettings,
    alike::Alike,
    described::{Described, key, on_threads},
};
use crate::{CohortError, Stop, files::write_whole};
use std::{
    fs,
    num::NonZeroUsize,
    path::{Path, PathBuf},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

/// Folder of the rows, below the output folder.
const ROWS: &str = ".rows";
/// Bytes of a pair: three counts for each of two pictures.
const PAIR_BYTES: usize = 24;

/// Counts of every pair, `[whole, lungs]`: of scan 0 with 1, 2, ..., then of scan 1 with 2, ...
pub(super) type PairCounts = Vec<[MatchCounts; 2]>;

/// Counts the matches of all pairs; `done` is told how many pairs a row has, and whether it was there already.
///
/// A row is written whole before the next is begun, so that a run which is killed costs one row a thread.
pub(super) fn count_all(
    scans: &[Described],
    settings: &MatchSettings,
    out: &Path,
    jobs: NonZeroUsize,
    stop: &Stop,
    done: &(dyn Fn(usize, bool) + Sync),
) -> Result<PairCounts, CohortError> {
    let folder = folder(out, &key(scans, &format!("{settings:?}")))?;
    let rows = scans.len().saturating_sub(1);
    let next = AtomicUsize::new(0);
    let finished: Mutex<Vec<Option<PairCounts>>> = Mutex::new(vec![None; rows]);
    let work = || -> Result<(), CohortError> {
        loop {
            let row = next.fetch_add(1, Ordering::Relaxed);
            if row >= rows || stop.is_requested() {
                return Ok(());
            }
            let path = folder.join(format!("{row:06}"));
            let known = fs::read(&path).ok().and_then(|bytes| counts(&bytes, rows - row));
            let kept = known.is_some();
            let counted = match known {
                Some(counted) => counted,
                None => {
                    let counted: PairCounts =
                        scans[row + 1..].iter().map(|other| count(&scans[row], other, settings)).collect();
                    write_whole(&path, &bytes(&counted))?;
                    counted
                }
            };
            done(counted.len(), kept);
            finished.lock().unwrap_or_else(PoisonError::into_inner)[row] = Some(counted);
        }
    };
    on_threads(jobs, &work).into_iter().collect::<Result<(), _>>()?;
    let finished = finished.into_inner().unwrap_or_else(PoisonError::into_inner);
    let left = finished.iter().filter(|row| row.is_none()).count();
    if left > 0 {
        return Err(CohortError::Interrupted { done: rows - left, total: rows });
    }
    Ok(finished.into_iter().flatten().flatten().collect())
}

fn count(a: &Described, b: &Described, settings: &MatchSettings) -> [MatchCounts; 2] {
    [0, 1].map(|picture| Alike::of(&a.features[picture], &b.features[picture], settings).counts())
}

/// The folder for rows of this key; rows of other keys are of no use any more.
fn folder(out: &Path, key: &Path) -> Result<PathBuf, CohortError> {
    let rows = out.join(ROWS);
    let folder = rows.join(key);
    if rows.is_dir() && !folder.is_dir() {
        fs::remove_dir_all(&rows).map_err(CohortError::write(&rows))?;
    }
    fs::create_dir_all(&folder).map_err(CohortError::write(&folder))?;
    Ok(folder)
}

fn bytes(counts: &[[MatchCounts; 2]]) -> Vec<u8> {
    let numbers = counts.as_flattened().iter().flat_map(|c| [c.matches, c.distinct, c.consistent]);
    numbers.flat_map(u32::to_le_bytes).collect()
}

/// The counts of a row; `None` if the file does not hold `pairs` of them.
fn counts(bytes: &[u8], pairs: usize) -> Option<PairCounts> {
    let (rows, rest) = bytes.as_chunks::<PAIR_BYTES>();
    if !rest.is_empty() || rows.len() != pairs {
        return None;
    }
    let number = |four: &[u8; 4]| u32::from_le_bytes(*four);
    let of = |twelve: &[u8]| {
        let [a, b, c] = twelve.as_chunks::<4>().0 else { return MatchCounts::default() };
        MatchCounts { matches: number(a), distinct: number(b), consistent: number(c) }
    };
    Some(rows.iter().map(|row| [of(&row[..12]), of(&row[12..])]).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_go_to_disk_and_back() {
        let of = |n| MatchCounts { matches: n, distinct: n + 1, consistent: 70_000 * n };
        let row = vec![[of(1), of(2)], [of(3), of(4)]];
        assert_eq!(counts(&bytes(&row), 2), Some(row.clone()));
        assert_eq!(counts(&bytes(&row), 3), None);
        assert_eq!(counts(&bytes(&row)[1..], 2), None);
    }
}
