//! How many pixels the regions of two masks share.

use super::OUTSIDE;
use crate::runs::Run;
use std::collections::BTreeMap;

/// Pixels in common, by two labels.
#[derive(Debug, Clone, Default)]
pub(crate) struct SharedPixels {
    counts: Vec<u32>,
    labels_b: usize,
    /// What `counts` is too large for, as slices of nothing but specks would make it.
    rest: BTreeMap<(u32, u32), u32>,
}

/// Larger tables are not kept whole: 64 KiB.
const LARGEST_TABLE: usize = 1 << 14;

impl SharedPixels {
    pub(super) fn clear(&mut self, labels_a: usize, labels_b: usize) {
        self.counts.clear();
        self.rest.clear();
        let table = Some(labels_a * labels_b).filter(|&size| size <= LARGEST_TABLE);
        self.counts.resize(table.unwrap_or(0), 0);
        self.labels_b = labels_b;
    }

    #[inline(always)]
    pub(super) fn add(&mut self, a: u32, b: u32, pixels: u32) {
        match self.counts.get_mut(a as usize * self.labels_b + b as usize) {
            // Added without asking whether there is anything to add: a branch would cost more.
            Some(count) => *count += pixels,
            None if pixels > 0 => *self.rest.entry((a, b)).or_insert(0) += pixels,
            None => {}
        }
    }

    /// The labels that share pixels, at least one of them enclosed, and how many; ascending.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (u32, u32, u32)> + '_ {
        let labels_b = self.labels_b.max(1);
        let table = self.counts.iter().enumerate();
        let table = table.map(move |(at, &px)| ((at / labels_b) as u32, (at % labels_b) as u32, px));
        let rest = self.rest.iter().map(|(&(a, b), &px)| (a, b, px));
        table.chain(rest).filter(|&(a, b, px)| px > 0 && (a, b) != (OUTSIDE, OUTSIDE))
    }
}

/// Runs in a line, and the label of each.
pub(super) struct Labelled<'a> {
    pub(super) runs: &'a [[u32; 2]],
    pub(super) labels: &'a [u32],
}

/// A walk along two lines of runs, from meeting to meeting.
pub(super) struct Meetings<'a> {
    ours: Labelled<'a>,
    theirs: Labelled<'a>,
    /// The runs that are next.
    at: [usize; 2],
}

impl<'a> Meetings<'a> {
    pub(super) fn of(ours: Labelled<'a>, theirs: Labelled<'a>) -> Self {
        Self { ours, theirs, at: [0; 2] }
    }

    /// Whether neither line has ended.
    #[inline(always)]
    pub(super) fn goes_on(&self) -> bool {
        self.at[0] < self.ours.runs.len() && self.at[1] < self.theirs.runs.len()
    }

    /// Counts the pixels that the next two runs share, and goes on.
    #[inline(always)]
    pub(super) fn count_next(&mut self, shared: &mut SharedPixels) {
        let [i, j] = self.at;
        let [a, b] = [self.ours.runs[i], self.theirs.runs[j]].map(|[start, end]| Run { start, end });
        shared.add(self.ours.labels[i], self.theirs.labels[j], a.overlap_px(b));
        // The one that ends first has met all it can.
        let a_ends_first = a.end <= b.end;
        self.at = [i + usize::from(a_ends_first), j + usize::from(!a_ends_first)];
    }
}
