//! Masks as the oracle vectors write them: run lengths.

use hilum_core::{Mask, MaskVolume};
use serde::Deserialize;

/// A mask as run lengths: row-major, unset pixels first, runs going on over the ends of rows.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Runs(pub Vec<usize>);

impl Runs {
    /// The mask of `rows` x `cols` pixels.
    ///
    /// # Panics
    /// If the runs do not add up to `rows * cols`.
    pub fn to_mask(&self, rows: usize, cols: usize) -> Mask {
        let mut mask = Mask::new(rows, cols);
        let mut view = mask.view_mut();
        for (row, start, end) in self.set_runs(rows, cols) {
            view.set_run(row, start, end);
        }
        mask
    }

    /// The mask of a volume.
    ///
    /// # Panics
    /// If the runs do not add up to `slices * rows * cols`.
    pub fn to_volume(&self, slices: usize, rows: usize, cols: usize) -> MaskVolume {
        let mut volume = MaskVolume::new(rows, cols, slices);
        for (row, start, end) in self.set_runs(slices * rows, cols) {
            volume.slice_mut(row / rows).set_run(row % rows, start, end);
        }
        volume
    }

    /// The runs of set pixels within rows, in raster order: row, first column, column past the end. Labels in
    /// `components.json` follow this order.
    ///
    /// # Panics
    /// If the runs do not add up to `rows * cols`.
    pub fn set_runs(&self, rows: usize, cols: usize) -> Vec<(usize, usize, usize)> {
        assert_eq!(self.0.iter().sum::<usize>(), rows * cols, "runs of a mask of {rows} x {cols}");
        let mut found = Vec::new();
        let mut at = 0;
        for (i, &length) in self.0.iter().enumerate() {
            let end = at + length;
            while i % 2 == 1 && at < end {
                let row = at / cols;
                let row_end = end.min((row + 1) * cols);
                found.push((row, at - row * cols, row_end - row * cols));
                at = row_end;
            }
            at = end;
        }
        found
    }
}

/// A mask with its shape.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct PackedMask {
    /// Slices of a volume; `None` for a mask of one slice.
    pub slices: Option<usize>,
    /// Rows of a slice.
    pub rows: usize,
    /// Columns of a slice.
    pub cols: usize,
    /// The pixels.
    pub runs: Runs,
}

impl PackedMask {
    /// The mask, which must be of one slice.
    ///
    /// # Panics
    /// If it is a volume.
    pub fn mask(&self) -> Mask {
        assert_eq!(self.slices, None, "a mask of one slice");
        self.runs.to_mask(self.rows, self.cols)
    }

    /// The mask as a volume, of one slice if it is not one.
    pub fn volume(&self) -> MaskVolume {
        self.runs.to_volume(self.slices.unwrap_or(1), self.rows, self.cols)
    }

    /// The runs of set pixels within rows, in raster order: row (counted through all slices), first column, column
    /// past the end.
    pub fn set_runs(&self) -> Vec<(usize, usize, usize)> {
        self.runs.set_runs(self.slices.unwrap_or(1) * self.rows, self.cols)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_go_on_over_the_ends_of_rows() {
        let runs = Runs(vec![1, 4, 1]);
        assert_eq!(runs.set_runs(2, 3), vec![(0, 1, 3), (1, 0, 2)]);
        assert_eq!(runs.to_mask(2, 3), Mask::drawn(". # #\n# # ."));
    }
}
