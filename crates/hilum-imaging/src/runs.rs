//! Rows of a bit mask as runs: maximal stretches of set pixels. The common coin of components, holes and regions.

/// The set pixels `start..end` of one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Run {
    /// First column.
    pub start: u32,
    /// One past the last column.
    pub end: u32,
}

impl Run {
    /// Number of pixels.
    #[inline(always)]
    pub fn len_px(self) -> u32 {
        self.end - self.start
    }

    /// Pixels that two runs of neighbouring rows or slices have in common.
    #[inline(always)]
    pub fn overlap_px(self, other: Self) -> u32 {
        self.end.min(other.end).saturating_sub(self.start.max(other.start))
    }
}

/// Appends the runs of set bits of one row to `runs`.
#[inline(always)]
pub(crate) fn push_runs(row: &[u64], runs: &mut Vec<Run>) {
    push_runs_of(row.iter().copied(), runs);
}

/// Appends the runs of clear bits among the first `cols` bits of one row.
#[inline(always)]
pub(crate) fn push_gaps(row: &[u64], cols: usize, runs: &mut Vec<Run>) {
    let last = row.len().saturating_sub(1);
    let within = u64::MAX >> (row.len() * 64 - cols);
    push_runs_of(
        row.iter().enumerate().map(|(i, &word)| if i == last { !word & within } else { !word }),
        runs,
    );
}

#[inline(always)]
fn push_runs_of(words: impl Iterator<Item = u64>, runs: &mut Vec<Run>) {
    let mut previous_bit = 0u64;
    let mut open: Option<u32> = None;
    let mut base = 0u32;
    for word in words {
        // A set bit here marks a column where the row changes between set and clear.
        let mut changes = word ^ ((word << 1) | previous_bit);
        previous_bit = word >> 63;
        while changes != 0 {
            let column = base + changes.trailing_zeros();
            changes &= changes - 1;
            match open.take() {
                None => open = Some(column),
                Some(start) => runs.push(Run { start, end: column }),
            }
        }
        base += 64;
    }
    if let Some(start) = open {
        runs.push(Run { start, end: base });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hilum_core::Mask;
    use proptest::prelude::*;

    fn naive(bits: &[bool], value: bool) -> Vec<Run> {
        let mut runs = Vec::new();
        let mut at = 0;
        while at < bits.len() {
            let end = (at..bits.len()).find(|&i| bits[i] != bits[at]).unwrap_or(bits.len());
            if bits[at] == value {
                runs.push(Run { start: at as u32, end: end as u32 });
            }
            at = end;
        }
        runs
    }

    proptest! {
        #[test]
        fn runs_and_gaps_cover_the_row(bits in proptest::collection::vec(any::<bool>(), 1..300)) {
            let mask = Mask::from_fn(1, bits.len(), |_, c| bits[c]);
            let (mut runs, mut gaps) = (Vec::new(), Vec::new());
            push_runs(mask.view().row(0), &mut runs);
            push_gaps(mask.view().row(0), bits.len(), &mut gaps);
            prop_assert_eq!(runs, naive(&bits, true));
            prop_assert_eq!(gaps, naive(&bits, false));
        }
    }

    #[test]
    fn full_rows_are_one_run() {
        for cols in [1, 63, 64, 65, 128, 512] {
            let mask = Mask::from_fn(1, cols, |_, _| true);
            let mut runs = Vec::new();
            push_runs(mask.view().row(0), &mut runs);
            assert_eq!(runs, vec![Run { start: 0, end: cols as u32 }], "{cols}");
        }
    }
}
