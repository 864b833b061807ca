//! A slice as radiologists see it: the patient's right on the left, anterior up, pixel for pixel.

use hilum_core::{Direction, Geometry, Mask};

/// How the rows and columns of an upright slice lie in the stored one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Upright {
    stored_cols: usize,
    transposed: bool,
    /// Length of the upright axis, and whether the stored one runs the other way.
    down: (usize, bool),
    across: (usize, bool),
}

impl Upright {
    pub(crate) fn of(geometry: &Geometry) -> Self {
        let frame = geometry.frame();
        let rows = (geometry.rows(), frame.row_direction);
        let cols = (geometry.cols(), frame.col_direction);
        let transposed = !frame.columns_run_left_right();
        let (down, across) = if transposed { (cols, rows) } else { (rows, cols) };
        let axis = |(len, grows): (usize, Direction), wanted: Direction| (len, grows != wanted);
        Self {
            stored_cols: geometry.cols(),
            transposed,
            down: axis(down, Direction::Posterior),
            across: axis(across, Direction::Left),
        }
    }

    /// Whether upright rows are stored columns.
    pub(crate) fn is_transposed(&self) -> bool {
        self.transposed
    }

    pub(crate) fn rows(&self) -> usize {
        self.down.0
    }

    pub(crate) fn cols(&self) -> usize {
        self.across.0
    }

    /// The stored row and column of an upright pixel.
    fn stored(&self, row: usize, col: usize) -> (usize, usize) {
        let place = |n: usize, (len, turned): (usize, bool)| if turned { len - 1 - n } else { n };
        let (y, x) = (place(row, self.down), place(col, self.across));
        if self.transposed { (x, y) } else { (y, x) }
    }

    /// The values of a stored slice, `[rows, cols]` row-major, upright.
    pub(crate) fn values(&self, stored: &[f32]) -> Vec<f32> {
        let pixels = (0..self.rows()).flat_map(|row| (0..self.cols()).map(move |col| (row, col)));
        pixels
            .map(|(row, col)| {
                let (r, c) = self.stored(row, col);
                stored[r * self.stored_cols + c]
            })
            .collect()
    }

    /// The values of an upright slice as they are stored: what [`Self::values`] undoes.
    pub(crate) fn stored_values(&self, upright: &[f32]) -> Vec<f32> {
        let mut stored = vec![0.0; upright.len()];
        for (at, value) in upright.iter().enumerate() {
            let (r, c) = self.stored(at / self.cols(), at % self.cols());
            stored[r * self.stored_cols + c] = *value;
        }
        stored
    }

    /// A mask of a stored slice, upright.
    pub(crate) fn mask(&self, stored: &Mask) -> Mask {
        Mask::from_fn(self.rows(), self.cols(), |row, col| {
            let (r, c) = self.stored(row, col);
            stored.view().get(r, c)
        })
    }

    /// A mask of an upright slice as it is stored: what [`Self::mask`] undoes.
    pub(crate) fn stored_mask(&self, upright: &Mask) -> Mask {
        let (rows, cols) = (self.rows(), self.cols());
        let mut stored = Mask::new(if self.transposed { cols } else { rows }, self.stored_cols);
        let mut view = stored.view_mut();
        for row in 0..rows {
            for col in upright.view().columns(row) {
                let (r, c) = self.stored(row, col);
                view.set(r, c, true);
            }
        }
        stored
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hilum_core::{Affine, AffineSource};

    #[test]
    fn any_orientation_comes_out_alike() {
        // Two by three pixels, numbered as radiologists see them: 0 1 2 above 3 4 5.
        let seen = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0];
        let lps = Geometry::lps([3, 2, 1], [1.0; 3]).unwrap();
        assert_eq!(Upright::of(&lps).values(&seen), seen);
        // RAS: i grows to the right, j to the front. Stored rows run upwards, columns from the patient's left.
        let ras = Affine([[1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0]]);
        let ras = Geometry::new([3, 2, 1], ras, AffineSource::Sform).unwrap();
        let stored = [5.0, 4.0, 3.0, 2.0, 1.0, 0.0];
        assert_eq!(Upright::of(&ras).values(&stored), seen);
        // i to posterior, j to the left: rows and columns are exchanged.
        let psl = Affine([[0.0, -1.0, 0.0, 0.0], [-1.0, 0.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0]]);
        let psl = Geometry::new([2, 3, 1], psl, AffineSource::Sform).unwrap();
        let turned = Upright::of(&psl);
        assert_eq!((turned.rows(), turned.cols()), (2, 3));
        let stored = [0.0, 3.0, 1.0, 4.0, 2.0, 5.0];
        assert_eq!(turned.values(&stored), seen);
        assert_eq!(turned.stored_values(&seen), stored);
        let mask = Mask::from_fn(3, 2, |r, c| (r, c) == (2, 0));
        assert_eq!(turned.mask(&mask), Mask::from_fn(2, 3, |r, c| (r, c) == (0, 2)));
        assert_eq!(turned.stored_mask(&turned.mask(&mask)), mask);
    }
}
