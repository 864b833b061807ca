//! The runs of a mask, row by row, each with the number of its connected component: what components of a slice and the
//! graph of air regions are both built from.
//!
//! After Rosenfeld and Pfaltz 1966 (doi:10.1145/321356.321357), on runs instead of pixels. Components are numbered in the
//! order in which a row-major scan meets them first, as scipy.ndimage.label and skimage.measure.label do.

use crate::runs::Run;
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
        let mut above = 0;
        for row in 0..rows {
            let start = self.runs.len();
            self.row_starts.push(start);
            push(row, &mut self.runs);
            let (runs_above, runs) = self.runs[above..].split_at(start - above);
            let mut first = 0;
            for run in runs {
                while first < runs_above.len() && runs_above[first].end + reach <= run.start {
                    first += 1;
                }
                let mut label = u32::MAX;
                for (other, &label_above) in
                    runs_above[first..].iter().zip(&self.labels[above + first..start])
                {
                    if other.start >= run.end + reach {
                        break;
                    }
                    if label == u32::MAX {
                        label = label_above;
                    } else if label != label_above {
                        label = self.sets.union(label, label_above);
                    }
                }
                self.labels.push(if label == u32::MAX { self.sets.push() } else { label });
            }
            above = start;
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
