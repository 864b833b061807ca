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

/// Clears what touches the ends of a row, and says what does.
#[inline(always)]
pub(super) fn cut_ends(words: &mut [u64], cols: u32) -> Ends {
    let mut left = 0;
    for word in words.iter_mut() {
        let ones = word.trailing_ones();
        left += ones;
        if ones < 64 {
            *word &= u64::MAX << ones;
            break;
        }
        *word = 0;
    }
    if left >= cols {
        return Ends { left: cols, right: cols };
    }
    let mut right = cols;
    // The last word is filled up with clear bits that are no columns.
    let mut within = cols - 64 * (words.len() as u32 - 1);
    for word in words.iter_mut().rev() {
        let ones = (*word << (64 - within)).leading_ones();
        right -= ones;
        if ones < within {
            *word &= u64::MAX >> (64 - within + ones);
            break;
        }
        *word = 0;
        within = 64;
    }
    Ends { left, right }
}

/// Appends the runs of a row that touches neither of its ends and begins at `place`.
#[inline(always)]
pub(super) fn push_runs(place: u32, words: &[u64], runs: &mut Vec<Run>) {
    let mut place = place;
    let mut previous_bit = 0;
    let mut start = 0;
    for word in words {
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
            let (mut found, mut words) = (Vec::new(), Mask::drawn(text).view().row(0).to_vec());
            let ends_found = cut_ends(&mut words, cols);
            push_runs(0, &words, &mut found);
            assert_eq!(ends_found, Ends { left: ends.0, right: ends.1 }, "{text}");
            assert_eq!(found.iter().map(|run| (run.start, run.end)).collect::<Vec<_>>(), runs, "{text}");
        }
    }
}
