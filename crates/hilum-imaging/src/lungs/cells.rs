//! A lung mask in cells of 3 mm: all that questions about centimetres need, a hundredth of the work.
//!
//! In: the lung mask of all slices. Out: a bit for every cell, lung or not, by what lies in its middle. Cells are numbered
//! row by row; layers of cells lie along the slices.

use crate::morphology::Disk;
use hilum_core::{Geometry, MaskVolume};
use std::ops::Range;

/// Size of a cell, about (mm), in the plane and along the slices.
const CELL_MM: f64 = 3.0;

/// A volume in cells.
#[derive(Debug)]
pub(crate) struct Cells {
    /// Slices that share a layer.
    pub(crate) slices_per_layer: usize,
    /// Rows and columns of a slice, in pixels.
    rows: usize,
    cols: usize,
    row_step: usize,
    col_step: usize,
    /// A pixel for every cell and a slice for every layer: whether there is lung.
    lung: MaskVolume,
}

impl Cells {
    /// Looks at the middle of every cell.
    pub(crate) fn of(lung: &MaskVolume, geometry: &Geometry) -> Self {
        let spacing = geometry.in_plane_spacing_mm();
        let (row_step, col_step) = (steps(spacing.row), steps(spacing.col));
        let slices_per_layer = steps(geometry.slice_spacing_mm());
        let layers = lung.slices().div_ceil(slices_per_layer);
        let (down, across) = (lung.rows().div_ceil(row_step), lung.cols().div_ceil(col_step));
        let mut cells = MaskVolume::new(down, across, layers);
        // Which columns of a row are looked at, as a row of a mask, and the cells in whose middles they lie.
        let mut looked_at = vec![0u64; lung.cols().div_ceil(64)];
        let mut cell_of = vec![0; lung.cols()];
        for (cell_col, col) in (col_step / 2..lung.cols()).step_by(col_step).enumerate() {
            looked_at[col / 64] |= 1 << (col % 64);
            cell_of[col] = cell_col;
        }
        for layer in 0..layers {
            let middle = (layer * slices_per_layer + slices_per_layer / 2).min(lung.slices() - 1);
            let (from, mut to) = (lung.slice(middle), cells.slice_mut(layer));
            for (cell_row, row) in (row_step / 2..lung.rows()).step_by(row_step).enumerate() {
                let to = to.row_mut(cell_row);
                for (word, (&bits, &looked_at)) in from.row(row).iter().zip(&looked_at).enumerate() {
                    let mut bits = bits & looked_at;
                    while bits != 0 {
                        let cell_col = cell_of[word * 64 + bits.trailing_zeros() as usize];
                        to[cell_col / 64] |= 1 << (cell_col % 64);
                        bits &= bits - 1;
                    }
                }
            }
        }
        Self { slices_per_layer, rows: lung.rows(), cols: lung.cols(), row_step, col_step, lung: cells }
    }

    /// Number of layers.
    pub(crate) fn layers(&self) -> usize {
        self.lung.slices()
    }

    /// A pixel for every cell and a slice for every layer, set where there is lung.
    pub(crate) fn lung(&self) -> &MaskVolume {
        &self.lung
    }

    /// Number of cells in a layer.
    pub(crate) fn in_layer(&self) -> usize {
        self.lung.rows() * self.lung.cols()
    }

    /// The number of a cell in its layer.
    pub(crate) fn number(&self, cell_row: usize, cell_col: usize) -> usize {
        cell_row * self.lung.cols() + cell_col
    }

    /// A disk of `radius_mm` on cells, one cell at least.
    pub(crate) fn disk(&self, radius_mm: f64, geometry: &Geometry) -> Disk {
        let spacing = geometry.in_plane_spacing_mm();
        let radius = |step: usize, spacing_mm: f64| (radius_mm / (step as f64 * spacing_mm)).max(1.0);
        Disk::ellipse(radius(self.row_step, spacing.row), radius(self.col_step, spacing.col))
    }

    /// Row and column of the middle of a cell.
    pub(crate) fn middle(&self, cell: usize) -> (usize, usize) {
        let middle = |cell: usize, step: usize| cell * step + step / 2;
        (middle(cell / self.lung.cols(), self.row_step), middle(cell % self.lung.cols(), self.col_step))
    }

    /// Row and column of the pixel in the middle between cells, of their mean row and column.
    pub(crate) fn middle_of(&self, mean_row: f64, mean_col: f64) -> (f64, f64) {
        let middle = |mean: f64, step: usize| mean * step as f64 + (step / 2) as f64;
        (middle(mean_row, self.row_step), middle(mean_col, self.col_step))
    }

    /// Rows and columns of the pixels of a cell.
    pub(crate) fn pixels(&self, cell: usize) -> (Range<usize>, Range<usize>) {
        let range = |cell: usize, step: usize, end: usize| cell * step..((cell + 1) * step).min(end);
        (
            range(cell / self.lung.cols(), self.row_step, self.rows),
            range(cell % self.lung.cols(), self.col_step, self.cols),
        )
    }

    /// Calls with layer, row and column of every cell that is lung.
    pub(crate) fn visit_all(&self, mut found: impl FnMut(usize, usize, usize)) {
        for layer in 0..self.layers() {
            let view = self.lung.slice(layer);
            for cell_row in 0..view.rows() {
                view.columns(cell_row).for_each(|cell_col| found(layer, cell_row, cell_col));
            }
        }
    }
}

fn steps(spacing_mm: f64) -> usize {
    (CELL_MM / spacing_mm).round().max(1.0) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_what_lies_in_its_middle() {
        // Pixels of 1 mm on slices of 1.5 mm: cells of 3 x 3 pixels and two slices.
        let geometry = Geometry::lps([10, 7, 5], [1.0, 1.0, 1.5]).unwrap();
        let mut lung = MaskVolume::new(7, 10, 5);
        for (slice, row, col) in [(1, 1, 4), (1, 3, 9), (3, 4, 7), (4, 4, 1), (4, 1, 1)] {
            lung.slice_mut(slice).set(row, col, true);
        }
        let cells = Cells::of(&lung, &geometry);
        assert_eq!((cells.layers(), cells.in_layer(), cells.slices_per_layer), (3, 3 * 4, 2));
        let mut found = Vec::new();
        cells.visit_all(|layer, row, col| found.push((layer, cells.number(row, col))));
        assert_eq!(found, [(0, 1), (1, 6), (2, 0), (2, 4)]);
        assert_eq!((cells.middle(6), cells.pixels(6)), ((4, 7), (3..6, 6..9)));
        assert_eq!(cells.pixels(11), (6..7, 9..10));
    }
}
