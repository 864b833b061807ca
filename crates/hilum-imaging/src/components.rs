//! Connected components of one mask, by runs and union-find.
//!
//! After Rosenfeld and Pfaltz 1966 (doi:10.1145/321356.321357), on runs instead of pixels. Components are numbered in
//! the order in which a row-major scan meets them first, as scipy.ndimage.label and skimage.measure.label do.

use crate::runs::{Run, for_each_touching, push_gaps, push_runs};
use crate::sets::DisjointSets;
use hilum_core::{Mask, MaskView, MaskViewMut};
use std::ops::Range;

/// Which pixels are neighbours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Connectivity {
    /// Pixels that share an edge (1-connectivity in scikit-image).
    Four,
    /// Pixels that share an edge or a corner.
    Eight,
}

impl Connectivity {
    fn reach(self) -> u32 {
        match self {
            Self::Four => 0,
            Self::Eight => 1,
        }
    }
}

/// One component.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Component {
    /// Number of pixels.
    pub area_px: u64,
    /// Whether it holds a pixel of the first or last row or column.
    pub touches_border: bool,
    /// First row, first column, one past the last row, one past the last column.
    pub bounds: [u32; 4],
}

/// A mask cut into its connected components.
#[derive(Debug, Clone, Default)]
pub struct Components {
    shape: (usize, usize),
    rows: Range<usize>,
    runs: Vec<Run>,
    row_starts: Vec<usize>,
    labels: Vec<u32>,
    list: Vec<Component>,
    sets: DisjointSets,
}

impl Components {
    /// The components of the set pixels of `mask`.
    ///
    /// ```
    /// use hilum_core::Mask;
    /// use hilum_imaging::{Components, Connectivity};
    /// let mask = Mask::drawn("
    ///     | # # . .
    ///     | . . # .
    ///     | . . # #");
    /// assert_eq!(Components::of(mask.view(), Connectivity::Four).list().len(), 2);
    /// assert_eq!(Components::of(mask.view(), Connectivity::Eight).list().len(), 1);
    /// ```
    pub fn of(mask: MaskView<'_>, connectivity: Connectivity) -> Self {
        let mut components = Self::default();
        components.label(mask, connectivity);
        components
    }

    /// The components of the clear pixels of `mask`.
    pub fn of_background(mask: MaskView<'_>, connectivity: Connectivity) -> Self {
        Self::of_background_rows(mask, 0..mask.rows(), connectivity)
    }

    /// The components of the clear pixels in some rows of `mask`, as if the mask ended there: clear pixels of the first
    /// and last of these rows touch the border.
    pub fn of_background_rows(mask: MaskView<'_>, rows: Range<usize>, connectivity: Connectivity) -> Self {
        let mut components = Self::default();
        components.collect(mask, rows, |row, runs| push_gaps(mask.row(row), mask.cols(), runs));
        components.join(connectivity);
        components
    }

    /// Labels another mask, reusing the memory.
    pub fn label(&mut self, mask: MaskView<'_>, connectivity: Connectivity) {
        self.collect(mask, 0..mask.rows(), |row, runs| push_runs(mask.row(row), runs));
        self.join(connectivity);
    }

    fn collect(
        &mut self,
        mask: MaskView<'_>,
        rows: Range<usize>,
        mut push: impl FnMut(usize, &mut Vec<Run>),
    ) {
        (self.shape, self.rows) = ((mask.rows(), mask.cols()), rows);
        self.runs.clear();
        self.row_starts.clear();
        for row in self.rows.clone() {
            self.row_starts.push(self.runs.len());
            push(row, &mut self.runs);
        }
        self.row_starts.push(self.runs.len());
    }

    fn join(&mut self, connectivity: Connectivity) {
        self.sets.clear();
        for _ in 0..self.runs.len() {
            self.sets.push();
        }
        for row in self.rows.clone().skip(1) {
            let (above, here) = (self.row_range(row - 1), self.row_range(row));
            let (a, b) = (above.start, here.start);
            for_each_touching(&self.runs[here], &self.runs[above], connectivity.reach(), |i, j| {
                self.sets.union((b + i) as u32, (a + j) as u32);
            });
        }
        let (labels, count) = self.sets.numbered();
        self.labels = labels;
        let empty = Component { area_px: 0, touches_border: false, bounds: [u32::MAX, u32::MAX, 0, 0] };
        self.list.clear();
        self.list.resize(count, empty);
        let cols = self.shape.1;
        for row in self.rows.clone() {
            let edge = row == self.rows.start || row + 1 == self.rows.end;
            for index in self.row_range(row) {
                let run = self.runs[index];
                let component = &mut self.list[self.labels[index] as usize];
                component.area_px += u64::from(run.len_px());
                component.touches_border |= edge || run.start == 0 || run.end as usize == cols;
                let [top, left, bottom, right] = &mut component.bounds;
                *top = (*top).min(row as u32);
                *left = (*left).min(run.start);
                *bottom = (*bottom).max(row as u32 + 1);
                *right = (*right).max(run.end);
            }
        }
    }

    fn row_range(&self, row: usize) -> Range<usize> {
        let index = row - self.rows.start;
        self.row_starts[index]..self.row_starts[index + 1]
    }

    /// The components, in the order of their first pixel.
    pub fn list(&self) -> &[Component] {
        &self.list
    }

    /// All runs, row by row: the row, the run, and the index of its component in [`Components::list`].
    pub fn all_runs(&self) -> impl Iterator<Item = (usize, Run, u32)> + '_ {
        self.rows
            .clone()
            .flat_map(move |row| self.row_range(row).map(move |i| (row, self.runs[i], self.labels[i])))
    }

    /// The index of the largest component; the first of equals; `None` if there is none.
    pub fn largest(&self) -> Option<usize> {
        let most = self.list.iter().map(|c| c.area_px).max()?;
        self.list.iter().position(|c| c.area_px == most)
    }

    /// Adds to `mask` the pixels of every component that `keep(index, component)` accepts.
    pub fn paint(&self, mask: &mut MaskViewMut<'_>, keep: impl Fn(usize, &Component) -> bool) {
        let kept: Vec<bool> = self.list.iter().enumerate().map(|(i, c)| keep(i, c)).collect();
        for (row, run, label) in self.all_runs() {
            if kept[label as usize] {
                mask.set_run(row, run.start as usize, run.end as usize);
            }
        }
    }

    /// The mask of the components that `keep` accepts.
    pub fn select(&self, keep: impl Fn(usize, &Component) -> bool) -> Mask {
        let mut mask = Mask::new(self.shape.0, self.shape.1);
        self.paint(&mut mask.view_mut(), keep);
        mask
    }
}

/// Fills every hole: background that cannot reach the border over shared edges, as scipy.ndimage.binary_fill_holes.
pub fn fill_holes(mask: MaskView<'_>) -> Mask {
    let mut filled = mask.to_mask();
    Components::of_background(mask, Connectivity::Four)
        .paint(&mut filled.view_mut(), |_, component| !component.touches_border);
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn components_know_area_border_and_bounds() {
        let mask = Mask::drawn(
            "# . . . .
             . . # # .
             . . # . .
             . . . . .",
        );
        let components = Components::of(mask.view(), Connectivity::Four);
        assert_eq!(
            components.list(),
            [
                Component { area_px: 1, touches_border: true, bounds: [0, 0, 1, 1] },
                Component { area_px: 3, touches_border: false, bounds: [1, 2, 3, 4] },
            ]
        );
        assert_eq!(components.largest(), Some(1));
    }

    #[test]
    fn a_u_shape_is_one_component() {
        let mask = Mask::drawn("# . #\n# . #\n# # #");
        assert_eq!(Components::of(mask.view(), Connectivity::Four).list().len(), 1);
    }

    #[test]
    fn only_enclosed_background_is_a_hole() {
        let mask = Mask::drawn(
            "# # # . .
             # . # . .
             # # # # #
             . . # . #
             . . # # .",
        );
        // The lower pocket leaks through no shared edge: its corner neighbour does not count.
        let expected = Mask::drawn(
            "# # # . .
             # # # . .
             # # # # #
             . . # # #
             . . # # .",
        );
        assert_eq!(fill_holes(mask.view()), expected);
    }
}
