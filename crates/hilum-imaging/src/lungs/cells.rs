//! A lung mask in cells of 3 mm: all that questions about centimetres need, a hundredth of the work.
//!
//! In: the lung mask of all slices. Out: a bit for every cell, lung or not, by what lies in its middle. Cells are numbered
//! row by row; layers of cells lie along the slices.

use crate::morphology::Disk;
use hilum_core::{Geometry, Mask, MaskView, MaskVolume};
use std::ops::Range;

/// Size of a cell, about (mm), in the plane and along the slices.
const CELL_MM: f64 = 3.0;

/// A volume in cells.
#[derive(Debug, Clone)]
pub(crate) struct Cells {
    /// Slices that share a layer.
    pub(crate) slices_per_layer: usize,
    slices: usize,
    /// Rows and columns of a slice, in pixels.
    rows: usize,
    cols: usize,
    row_step: usize,
    col_step: usize,
    middles: Middles,
    /// A pixel for every cell and a slice for every layer: whether there is lung.
    lung: MaskVolume,
}

impl Cells {
    /// Cells in which nothing has been seen yet, of volumes like this one.
    pub(crate) fn new(like: &MaskVolume, geometry: &Geometry) -> Self {
        let spacing = geometry.in_plane_spacing_mm();
        let (row_step, col_step) = (steps(spacing.row), steps(spacing.col));
        let slices_per_layer = steps(geometry.slice_spacing_mm());
        let layers = like.slices().div_ceil(slices_per_layer);
        let (down, across) = (like.rows().div_ceil(row_step), like.cols().div_ceil(col_step));
        Self {
            slices_per_layer,
            slices: like.slices(),
            rows: like.rows(),
            cols: like.cols(),
            row_step,
            col_step,
            middles: Middles::new(like.cols(), col_step),
            lung: MaskVolume::new(down, across, layers),
        }
    }

    /// The cells of a lung.
    #[cfg(test)]
    pub(crate) fn of(lung: &MaskVolume, geometry: &Geometry) -> Self {
        let mut cells = Self::new(lung, geometry);
        (0..lung.slices()).for_each(|slice| cells.look_at(slice, lung.slice(slice)));
        cells
    }

    /// The cells of a lung that has changed on these slices.
    pub(crate) fn after_change(&self, slices: &[usize], lung: &MaskVolume) -> Self {
        let mut cells = self.clone();
        slices.iter().for_each(|&slice| cells.look_at(slice, lung.slice(slice)));
        cells
    }

    /// Takes in the lung of a slice: where it is the middle one of its layer, the middle of every cell is looked at.
    pub(crate) fn look_at(&mut self, slice: usize, lung: MaskView<'_>) {
        let layer = self.layer(slice);
        if slice != self.middle_slice(layer) {
            return;
        }
        let mut to = self.lung.slice_mut(layer);
        to.clear();
        for (cell_row, row) in (self.row_step / 2..lung.rows()).step_by(self.row_step).enumerate() {
            self.middles.look(lung.row(row), to.row_mut(cell_row));
        }
    }

    /// The layer of a slice.
    fn layer(&self, slice: usize) -> usize {
        slice / self.slices_per_layer
    }

    /// The slice that is looked at for a layer.
    fn middle_slice(&self, layer: usize) -> usize {
        (layer * self.slices_per_layer + self.slices_per_layer / 2).min(self.slices - 1)
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

    /// The slices of a layer.
    pub(crate) fn slices(&self, layer: usize) -> Range<usize> {
        let first = layer * self.slices_per_layer;
        first..(first + self.slices_per_layer).min(self.slices)
    }

    /// The pixels of the cells that are set in `of`, a mask of a pixel for every cell.
    pub(crate) fn paint(&self, of: MaskView<'_>) -> Mask {
        let mut pixels = Mask::new(self.rows, self.cols);
        for cell_row in 0..of.rows() {
            for cell_col in of.columns(cell_row) {
                let (rows, cols) = self.pixels(self.number(cell_row, cell_col));
                rows.for_each(|row| pixels.view_mut().set_run(row, cols.start, cols.end));
            }
        }
        pixels
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

/// The columns in the middles of the cells of a row.
#[derive(Debug, Clone)]
struct Middles {
    /// As a row of a mask.
    columns: Vec<u64>,
    /// The cells in whose middles the columns of each word lie.
    cells: Vec<Range<usize>>,
}

impl Middles {
    fn new(cols: usize, col_step: usize) -> Self {
        let words = cols.div_ceil(64);
        let (mut columns, mut cells) = (vec![0; words], vec![0..0; words]);
        for (cell, col) in (col_step / 2..cols).step_by(col_step).enumerate() {
            if columns[col / 64] == 0 {
                cells[col / 64] = cell..cell;
            }
            columns[col / 64] |= 1 << (col % 64);
            cells[col / 64].end = cell + 1;
        }
        Self { columns, cells }
    }

    /// Sets in `to`, a row of cells, what is set in the middles of a `row` of pixels.
    fn look(&self, row: &[u64], to: &mut [u64]) {
        let mut set = |cell: usize, bit: u64| to[cell / 64] |= bit << (cell % 64);
        for ((&pixels, &columns), cells) in row.iter().zip(&self.columns).zip(&self.cells) {
            let seen = pixels & columns;
            if seen == columns {
                cells.clone().for_each(|cell| set(cell, 1));
            } else if seen != 0 {
                let mut left = columns;
                for cell in cells.clone() {
                    set(cell, seen >> left.trailing_zeros() & 1);
                    left &= left - 1;
                }
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
