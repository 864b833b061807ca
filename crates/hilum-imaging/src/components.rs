//! Connected components of one mask: their areas, bounds, and the pixels themselves.

use crate::enclosed::Enclosed;
use crate::labelled::LabelledRuns;
use crate::runs::{Run, push_gaps, push_runs};
use hilum_core::{Mask, MaskView, MaskViewMut};

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
#[derive(Debug, Clone)]
pub struct Components {
    cols: usize,
    labelled: LabelledRuns,
    list: Vec<Component>,
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
        Self::labelled(mask, connectivity, |row, runs| push_runs(mask.row(row), runs))
    }

    /// The components of the clear pixels of `mask`.
    pub fn of_background(mask: MaskView<'_>, connectivity: Connectivity) -> Self {
        Self::labelled(mask, connectivity, |row, runs| push_gaps(mask.row(row), mask.cols(), runs))
    }

    fn labelled(
        mask: MaskView<'_>,
        connectivity: Connectivity,
        push: impl FnMut(usize, &mut Vec<Run>),
    ) -> Self {
        let (rows, cols) = (mask.rows(), mask.cols());
        let mut labelled = LabelledRuns::default();
        let count = labelled.label(rows, connectivity.reach(), push);
        let empty = Component { area_px: 0, touches_border: false, bounds: [u32::MAX, u32::MAX, 0, 0] };
        let mut list = vec![empty; count];
        for row in 0..rows {
            let edge = row == 0 || row + 1 == rows;
            for index in labelled.row(row) {
                let run = labelled.runs[index];
                let component = &mut list[labelled.labels[index] as usize];
                component.area_px += u64::from(run.len_px());
                component.touches_border |= edge || run.start == 0 || run.end as usize == cols;
                let [top, left, bottom, right] = &mut component.bounds;
                *top = (*top).min(row as u32);
                *left = (*left).min(run.start);
                *bottom = row as u32 + 1;
                *right = (*right).max(run.end);
            }
        }
        Self { cols, labelled, list }
    }

    /// The components, in the order of their first pixel.
    pub fn list(&self) -> &[Component] {
        &self.list
    }

    /// All runs, row by row: the row, the run, and the index of its component in [`Components::list`].
    pub fn all_runs(&self) -> impl Iterator<Item = (usize, Run, u32)> + '_ {
        let LabelledRuns { runs, labels, .. } = &self.labelled;
        (0..self.labelled.rows())
            .flat_map(move |row| self.labelled.row(row).map(move |i| (row, runs[i], labels[i])))
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
        let mut mask = Mask::new(self.labelled.rows(), self.cols);
        self.paint(&mut mask.view_mut(), keep);
        mask
    }
}

/// Fills every hole: background that cannot reach the border over shared edges, as scipy.ndimage.binary_fill_holes.
pub fn fill_holes(mask: MaskView<'_>) -> Mask {
    let mut background = Enclosed::default();
    background.set_background(mask);
    let mut filled = mask.to_mask();
    let mut view = filled.view_mut();
    for hole in background.runs() {
        view.set_run(hole.row as usize, hole.run.start as usize, hole.run.end as usize);
    }
    filled
}

/// Fills every hole of background joined by `background` neighbours: over corners too, a pocket that meets the outside in
/// a corner is no hole.
pub fn fill_holes_of(mask: MaskView<'_>, background: Connectivity) -> Mask {
    if background == Connectivity::Four {
        return fill_holes(mask);
    }
    let mut filled = mask.to_mask();
    Components::of_background(mask, background)
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
