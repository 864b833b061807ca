//! The runs of a mask, row by row, each with the number of its connected component: what components of a slice and the
//! graph of air regions are both built from.
//!
//! After Rosenfeld and Pfaltz 1966 (doi:10.1145/321356.321357), on runs instead of pixels. Components are numbered in the
//! order in which a row-major scan meets them first, as scipy.ndimage.label and skimage.measure.label do.

use crate::runs::{Run, for_each_touching};
use crate::sets::DisjointSets;
use std::ops::Range;

/// Runs with labels; the memory is kept from mask to mask.
#[derive(Debug, Clone, Default)]
pub(crate) struct LabelledRuns {
    pub(crate) runs: Vec<Run>,
    /// The label of each run: the number of its component.
    pub(crate) labels: Vec<u32>,
    row_starts: Vec<usize>,
    sets: DisjointSets,
}

impl LabelledRuns {
    /// Takes the runs that `push(row, runs)` appends for each row and labels them; returns the number of components.
    /// `reach` is 0 where runs must share a column to touch, 1 where corners count.
    #[inline(always)]
    pub(crate) fn label(
        &mut self,
        rows: usize,
        reach: u32,
        mut push: impl FnMut(usize, &mut Vec<Run>),
    ) -> usize {
        self.runs.clear();
        self.labels.clear();
        self.row_starts.clear();
        self.sets.clear();
        let mut above = 0..0;
        for row in 0..rows {
            let start = self.runs.len();
            self.row_starts.push(start);
            push(row, &mut self.runs);
            let end = self.runs.len();
            self.labels.resize(end, u32::MAX);
            let (labels_above, labels) = self.labels[above.start..].split_at_mut(start - above.start);
            for_each_touching(&self.runs[start..end], &self.runs[above.clone()], reach, |i, j| {
                labels[i] = if labels[i] == u32::MAX {
                    labels_above[j]
                } else if labels[i] == labels_above[j] {
                    return;
                } else {
                    self.sets.union(labels[i], labels_above[j])
                };
            });
            for label in labels.iter_mut().filter(|label| **label == u32::MAX) {
                *label = self.sets.push();
            }
            above = start..end;
        }
        self.row_starts.push(self.runs.len());
        let (numbers, count) = self.sets.numbered();
        for label in &mut self.labels {
            *label = numbers[*label as usize];
        }
        count
    }

    /// Number of rows.
    pub(crate) fn rows(&self) -> usize {
        self.row_starts.len().saturating_sub(1)
    }

    /// Where the runs of `row` stand.
    pub(crate) fn row(&self, row: usize) -> Range<usize> {
        self.row_starts[row]..self.row_starts[row + 1]
    }
}
