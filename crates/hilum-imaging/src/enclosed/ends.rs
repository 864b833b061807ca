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

/// The runs of a mask in one line, each by the two places where it begins and ends. The memory is kept from mask to mask.
#[derive(Debug, Clone, Default)]
pub(super) struct Line {
    /// The first one is nothing.
    places: Vec<u32>,
    filled: usize,
}

impl Line {
    /// Forgets all runs.
    pub(super) fn clear(&mut self) {
        self.filled = 1;
    }

    /// The runs, in order.
    pub(super) fn runs(&self) -> &[[u32; 2]] {
        self.places.get(1..self.filled).unwrap_or_default().as_chunks().0
    }

    /// Appends the runs of a row but for what touches its ends, which is returned.
    ///
    /// * `first` - the place of the row's first column.
    /// * `word` - gives the row's words, whose bits beyond the columns are clear.
    #[inline(always)]
    pub(super) fn push_row(&mut self, first: u32, cols: u32, word: impl Fn(usize) -> u64) -> Ends {
        if cols == 0 {
            return Ends { left: 0, right: 0 };
        }
        let most = self.filled + cols as usize + 1;
        if self.places.len() < most {
            self.places.resize(2 * most, 0);
        }
        let places = &mut self.places[..];
        let (words, last) = (cols.div_ceil(64) as usize, (cols - 1) % 64);
        let (begins_set, ends_set) = (word(0) & 1, word(words - 1) >> last & 1);
        // If the row begins set, the first change ends what touches its end. It is written over the last place before, which is put
        // back: so the changes that remain come in pairs.
        let before = places[self.filled - 1];
        let start = self.filled - begins_set as usize;
        let (mut at, mut place, mut previous_bit) = (start, first, begins_set);
        let mut within = u64::MAX;
        for index in 0..words {
            let word = word(index);
            if index + 1 == words {
                within = u64::MAX >> (63 - last);
            }
            // A set bit here marks a column where the row changes between set and clear.
            let mut changes = (word ^ (word << 1 | previous_bit)) & within;
            while changes != 0 {
                places[at] = place + changes.trailing_zeros();
                at += 1;
                changes &= changes - 1;
            }
            previous_bit = word >> 63;
            place += 64;
        }
        if begins_set == 1 && at == start {
            return Ends { left: cols, right: cols };
        }
        let left = if begins_set == 1 { places[start] - first } else { 0 };
        places[self.filled - 1] = before;
        self.filled = at - ends_set as usize;
        let right = if ends_set == 1 { places[self.filled] - first } else { cols };
        Ends { left, right }
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
            let (mut line, row) = (Line::default(), Mask::drawn(text));
            line.clear();
            let ends_found = line.push_row(0, cols, |index: usize| row.view().row(0)[index]);
            assert_eq!(ends_found, Ends { left: ends.0, right: ends.1 }, "{text}");
            assert_eq!(
                line.runs().iter().map(|&[start, end]| (start, end)).collect::<Vec<_>>(),
                runs,
                "{text}"
            );
        }
    }
}
