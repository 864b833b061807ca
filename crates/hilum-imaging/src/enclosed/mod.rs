//! The pixels of one mask, cut into what is joined to the border of the image and the 4-connected regions that are not: air that
//! may be lung, holes of a lung.
//!
//! In CT slices half of all runs of air begin or end at a side of the image. They are outside whatever else there is, so they
//! are kept as two columns a row, and only the runs between them are labelled: after Rosenfeld and Pfaltz 1966
//! (doi:10.1145/321356.321357), on runs instead of pixels.
//!
//! Runs come and go at random, and loops over the few runs of a row would end unforeseen each time, which costs more than what is
//! done in them. So all runs of a mask stand in one line, the rows end to end, and every step is one walk along it: a run
//! touches another in the row before where it overlaps it moved on by a row.

mod ends;
mod shared;

pub(crate) use shared::SharedPixels;
use shared::{Labelled, Meetings};

use crate::runs::Run;
use crate::sets::DisjointSets;
use ends::{Ends, Line};
use hilum_core::MaskView;

/// The label of a run that is joined to the border; enclosed regions have the labels from 1 on, in the order in which a
/// row-major scan meets them.
pub(crate) const OUTSIDE: u32 = 0;

/// A run of an enclosed region.
#[derive(Debug, Clone, Copy)]
pub(crate) struct EnclosedRun {
    pub(crate) row: u32,
    /// Columns.
    pub(crate) run: Run,
    pub(crate) label: u32,
}

/// The enclosed regions of one mask. The memory is kept from mask to mask.
#[derive(Debug, Clone, Default)]
pub(crate) struct Enclosed {
    ends: Vec<Ends>,
    /// The runs between the ends, as places in a line of rows of `2^row_bits` places.
    line: Line,
    row_bits: u32,
    /// The label of each run.
    labels: Vec<u32>,
    /// The enclosed runs.
    enclosed_runs: Vec<EnclosedRun>,
    sets: DisjointSets,
    regions: usize,
    outside_px: u64,
}

impl Enclosed {
    /// Takes the set pixels of a mask in place of what was there.
    pub(crate) fn set(&mut self, mask: MaskView<'_>) {
        self.set_rows(mask.rows(), mask.cols(), |row| {
            let words = mask.row(row);
            move |index| words[index]
        });
    }

    /// Takes the clear pixels of a mask in place of what was there: its holes are enclosed.
    pub(crate) fn set_background(&mut self, mask: MaskView<'_>) {
        let within = u64::MAX >> (mask.cols().next_multiple_of(64) - mask.cols());
        let last = mask.words_per_row().saturating_sub(1);
        self.set_rows(mask.rows(), mask.cols(), |row| {
            let words = mask.row(row);
            move |index| if index == last { !words[index] & within } else { !words[index] }
        });
    }

    /// * `words_of` - gives the words of a row, by their index.
    #[inline(always)]
    fn set_rows<W: Fn(usize) -> u64>(&mut self, rows: usize, cols: usize, words_of: impl Fn(usize) -> W) {
        self.row_bits = cols.next_power_of_two().trailing_zeros();
        let cols = cols as u32;
        self.ends.clear();
        self.line.clear();
        self.outside_px = 0;
        for row in 0..rows {
            let ends = self.line.push_row((row as u32) << self.row_bits, cols, words_of(row));
            self.outside_px += u64::from(ends.left + cols - ends.right);
            self.ends.push(ends);
        }
        self.label(cols);
    }

    fn label(&mut self, cols: u32) {
        self.labels.clear();
        self.sets.clear();
        let outside = self.sets.push();
        // Beyond the first and the last row all is outside.
        let beyond = Ends { left: cols, right: 0 };
        let (row_bits, rows) = (self.row_bits, self.ends.len());
        let row_places = 1 << row_bits;
        let (mut first, runs) = (0, self.line.runs());
        for &[start, end] in runs {
            let (row, cols) = in_row([start, end], row_bits);
            let before = if row == 0 { beyond } else { self.ends[row - 1] };
            let after = if row + 1 == rows { beyond } else { self.ends[row + 1] };
            let left = before.left.max(after.left);
            let right = before.right.min(after.right);
            let mut ours = if cols.start < left || cols.end > right { outside } else { UNLABELLED };
            while runs[first][1] + row_places <= start {
                first += 1;
            }
            let mut other = first;
            while runs[other][0] + row_places < end {
                let theirs = self.labels[other];
                if ours == UNLABELLED {
                    ours = theirs;
                } else if ours != theirs {
                    ours = self.sets.union(ours, theirs);
                }
                other += 1;
            }
            self.labels.push(if ours == UNLABELLED { self.sets.push() } else { ours });
        }
        let (numbers, count) = self.sets.numbered();
        self.regions = count - 1;
        // Written one after the other, and written over where it turns out to be outside.
        let none = EnclosedRun { row: 0, run: Run { start: 0, end: 0 }, label: OUTSIDE };
        self.enclosed_runs.clear();
        self.enclosed_runs.resize(runs.len(), none);
        let mut enclosed = 0;
        for (&run, label) in runs.iter().zip(&mut self.labels) {
            *label = numbers[*label as usize];
            let (row, cols) = in_row(run, row_bits);
            self.enclosed_runs[enclosed] = EnclosedRun { row: row as u32, run: cols, label: *label };
            enclosed += usize::from(*label != OUTSIDE);
            self.outside_px += u64::from(if *label == OUTSIDE { cols.len_px() } else { 0 });
        }
        self.enclosed_runs.truncate(enclosed);
    }

    /// Number of enclosed regions.
    pub(crate) fn regions(&self) -> usize {
        self.regions
    }

    /// Every enclosed run, row by row.
    pub(crate) fn runs(&self) -> &[EnclosedRun] {
        &self.enclosed_runs
    }

    /// Pixels of every enclosed region, by its label; 0 for what is outside.
    pub(crate) fn areas_px(&self) -> Vec<u64> {
        let mut areas_px = vec![0; self.regions + 1];
        self.enclosed_runs.iter().for_each(|r| areas_px[r.label as usize] += u64::from(r.run.len_px()));
        areas_px
    }

    /// Pixels of all enclosed regions.
    pub(crate) fn enclosed_px(&self) -> u64 {
        self.enclosed_runs.iter().map(|r| u64::from(r.run.len_px())).sum()
    }

    /// Pixels that are joined to the border.
    pub(crate) fn outside_px(&self) -> u64 {
        self.outside_px
    }

    /// Counts into `shared`, by the labels here and in the `next` mask, the pixels that both have of two runs. What is joined
    /// to the ends of a row counts as one run.
    pub(crate) fn count_shared(&self, next: &Self, shared: &mut SharedPixels) {
        shared.clear(self.regions + 1, next.regions + 1);
        for &EnclosedRun { row, run, label } in &self.enclosed_runs {
            shared.add(label, OUTSIDE, next.ends[row as usize].overlap_px(run));
        }
        for &EnclosedRun { row, run, label } in &next.enclosed_runs {
            shared.add(OUTSIDE, label, self.ends[row as usize].overlap_px(run));
        }
        // Each step of a walk along both lines waits for the one before. So the upper and the lower halves of the slices take turns.
        let middle = ((self.ends.len() / 2) as u32) << self.row_bits;
        let ((upper, lower), (next_upper, next_lower)) = (self.halves(middle), next.halves(middle));
        let (mut upper, mut lower) = (Meetings::of(upper, next_upper), Meetings::of(lower, next_lower));
        while upper.goes_on() && lower.goes_on() {
            upper.count_next(shared);
            lower.count_next(shared);
        }
        for walk in [&mut upper, &mut lower] {
            while walk.goes_on() {
                walk.count_next(shared);
            }
        }
    }

    /// All runs before and after a place, each with its label.
    fn halves(&self, middle: u32) -> (Labelled<'_>, Labelled<'_>) {
        let runs = self.line.runs();
        let count = runs.partition_point(|&[start, _]| start < middle);
        let ((upper, lower), (labels_upper, labels_lower)) =
            (runs.split_at(count), self.labels.split_at(count));
        (Labelled { runs: upper, labels: labels_upper }, Labelled { runs: lower, labels: labels_lower })
    }
}

/// A run that has no label yet.
const UNLABELLED: u32 = u32::MAX;

/// The row of a run in the line of rows, and its columns.
#[inline(always)]
fn in_row([start, end]: [u32; 2], row_bits: u32) -> (usize, Run) {
    let row = start >> row_bits;
    let first = row << row_bits;
    (row as usize, Run { start: start - first, end: end - first })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::components::{Components, Connectivity};
    use crate::morphology::complement;
    use hilum_core::Mask;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn enclosed_regions_are_the_components_that_do_not_touch_the_border(
            (rows, cols) in (1usize..14, 1usize..140), air in 1u64..8, seed in any::<u64>()
        ) {
            let mask = Mask::from_fn(rows, cols, |r, c| {
                (seed ^ (r * 977 + c * 31) as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 61 < air
            });
            let mut slice = Enclosed::default();
            slice.set(mask.view());
            let components = Components::of(mask.view(), Connectivity::Four);
            let enclosed: Vec<u64> =
                components.list().iter().filter(|c| !c.touches_border).map(|c| c.area_px).collect();
            let outside: u64 =
                components.list().iter().filter(|c| c.touches_border).map(|c| c.area_px).sum();
            prop_assert_eq!(slice.enclosed_px(), enclosed.iter().sum::<u64>());
            prop_assert_eq!(&slice.areas_px()[1..], enclosed);
            prop_assert_eq!(slice.outside_px(), outside);
            // The same as the background of the complement.
            let mut background = Enclosed::default();
            background.set_background(complement(mask).view());
            prop_assert_eq!(background.regions(), slice.regions());
            prop_assert_eq!(background.outside_px(), slice.outside_px());
        }

        #[test]
        fn shared_pixels_are_counted_once(
            (rows, cols) in (1usize..9, 1usize..140), air in 1u64..8, seed in any::<u64>()
        ) {
            let mask = |salt: u64| Mask::from_fn(rows, cols, |r, c| {
                (seed ^ salt ^ (r * 977 + c * 31) as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 61 < air
            });
            let (mut a, mut b) = (Enclosed::default(), Enclosed::default());
            a.set(mask(0).view());
            b.set(mask(1 << 40).view());
            let label = |slice: &Enclosed, row: usize, col: usize| {
                let holds = |r: &&EnclosedRun| {
                    r.row as usize == row && (r.run.start..r.run.end).contains(&(col as u32))
                };
                slice.runs().iter().find(holds).map_or(OUTSIDE, |r| r.label)
            };
            let mut expected = BTreeMap::new();
            for row in 0..rows {
                for col in 0..cols {
                    let both = mask(0).view().get(row, col) && mask(1 << 40).view().get(row, col);
                    let pair = (label(&a, row, col), label(&b, row, col));
                    if both && pair != (OUTSIDE, OUTSIDE) {
                        *expected.entry(pair).or_insert(0) += 1;
                    }
                }
            }
            let mut shared = SharedPixels::default();
            a.count_shared(&b, &mut shared);
            let found: BTreeMap<(u32, u32), u32> = shared.pairs().map(|(a, b, px)| ((a, b), px)).collect();
            prop_assert_eq!(found, expected);
        }
    }

    #[test]
    fn a_mask_without_pixels_encloses_nothing() {
        for (rows, cols) in [(0, 0), (0, 5), (5, 0)] {
            let mut slice = Enclosed::default();
            slice.set(Mask::new(rows, cols).view());
            assert_eq!((slice.regions(), slice.outside_px(), slice.runs().len()), (0, 0, 0));
            slice.set_background(Mask::new(rows, cols).view());
            assert_eq!((slice.regions(), slice.outside_px(), slice.runs().len()), (0, 0, 0));
        }
    }
}
