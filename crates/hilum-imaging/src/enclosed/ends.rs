//! One row: what is joined to its ends, and the runs between.

use crate::runs::Run;

/// The pixels of a row that are joined to its ends: columns `..left` and `right..`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ends {
    pub(super) left: u32,
    pub(super) right: u32,
}

impl Ends {
    /// Pixels of `run` that lie there.
    #[inline(always)]
    pub(super) fn overlap_px(self, run: Run) -> u32 {
        let left = run.end.min(self.left).saturating_sub(run.start);
        let right = run.end.saturating_sub(run.start.max(self.right));
        // In a row of nothing but air the two meet.
        (left + right).min(run.len_px())
    }
}

/// What touches the ends of a row of `cols` columns; `word` gives its words, whose bits beyond the columns are clear.
#[inline(always)]
pub(super) fn ends_of(cols: u32, word: impl Fn(usize) -> u64) -> Ends {
    let mut left = 0;
    while left < cols {
        let ones = word(left as usize / 64).trailing_ones();
        left += ones;
        if ones < 64 {
            break;
        }
    }
    if left >= cols {
        return Ends { left: cols, right: cols };
    }
    let mut right = cols;
    while right > left {
        // The last word may be filled up with bits that are no columns.
        let within = (right - 1) % 64 + 1;
        let ones = (word((right as usize - 1) / 64) << (64 - within)).leading_ones();
        right -= ones;
        if ones < within {
            break;
        }
    }
    Ends { left, right }
}

/// Appends the runs of a row between its `ends`; the row begins at `place`.
#[inline(always)]
pub(super) fn push_runs(place: u32, ends: Ends, word: impl Fn(usize) -> u64, runs: &mut Vec<Run>) {
    let Ends { left, right } = ends;
    if left >= right {
        return;
    }
    // The columns beside the ends are clear: no run reaches them.
    let (first, last) = (left / 64, (right - 1) / 64);
    let mut place = place + first * 64;
    let mut within = u64::MAX << (left % 64);
    let mut previous_bit = 0;
    let mut start = 0;
    for index in first..=last {
        if index == last {
            within &= u64::MAX >> (63 - (right - 1) % 64);
        }
        let word = word(index as usize) & within;
        within = u64::MAX;
        // A set bit here marks a column where the row changes between set and clear.
        let mut changes = word ^ (word << 1 | previous_bit);
        if previous_bit != 0 {
            let end = place + changes.trailing_zeros();
            if changes != 0 {
                runs.push(Run { start, end });
                changes &= changes - 1;
            }
        }
        while changes != 0 {
            start = place + changes.trailing_zeros();
            changes &= changes - 1;
            if changes == 0 {
                break;
            }
            runs.push(Run { start, end: place + changes.trailing_zeros() });
            changes &= changes - 1;
        }
        previous_bit = word >> 63;
        place += 64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hilum_core::Mask;

    #[test]
    fn what_touches_the_ends_of_a_row_is_no_run() {
        for (text, cols, ends, runs) in [
            ("# # . # . #", 6, (2, 5), vec![(3, 4)]),
            (". . # . . .", 6, (0, 6), vec![(2, 3)]),
            ("# # #", 3, (3, 3), vec![]),
            (". . .", 3, (0, 3), vec![]),
            ("# .", 2, (1, 2), vec![]),
            (". #", 2, (0, 1), vec![]),
        ] {
            let (mut found, row) = (Vec::new(), Mask::drawn(text));
            let word = |index: usize| row.view().row(0)[index];
            let ends_found = ends_of(cols, word);
            push_runs(0, ends_found, word, &mut found);
            assert_eq!(ends_found, Ends { left: ends.0, right: ends.1 }, "{text}");
            assert_eq!(found.iter().map(|run| (run.start, run.end)).collect::<Vec<_>>(), runs, "{text}");
        }
    }
}
