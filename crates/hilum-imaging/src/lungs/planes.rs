//! One pass over the slices: the bit masks and the graph of air regions that everything after it works on.

use crate::lungs::regions::AirRegions;
use crate::threshold::threshold_below;
use hilum_core::{Mask, MaskView, MaskVolume, SliceView};
use std::ops::Range;

/// Below this an axial pixel is aerated lung or other air (HU). Lung parenchyma lies near -850, soft tissue near +40;
/// -500 keeps lung and bowel gas apart where -400 joins them through the thin wall of the diaphragm.
pub const AIR_BELOW_HU: i16 = -500;
/// Half way between lung and soft tissue (HU): pixels between -500 and here, at the edge of the lung, hold both.
pub const EDGE_BELOW_HU: i16 = -400;
/// Below this a pixel is gas rather than parenchyma (HU): trachea, bowel, air outside the body.
pub const GAS_BELOW_HU: i16 = -950;

/// What remains of a volume after the one pass: two bits a voxel and a quarter of one more, and the graph of its air.
#[derive(Debug, Clone)]
pub struct Planes {
    /// Below [`AIR_BELOW_HU`].
    pub air: MaskVolume,
    /// Below [`EDGE_BELOW_HU`].
    pub edge: MaskVolume,
    /// Below [`GAS_BELOW_HU`], in the middle of every slice.
    pub gas: Gas,
    /// The same of all of the latest slice.
    latest_gas: Mask,
    /// The regions of air of the slices taken in so far.
    pub regions: AirRegions,
}

impl Planes {
    /// Planes for `slices` slices of `rows` x `cols`, all clear.
    pub fn new(rows: usize, cols: usize, slices: usize) -> Self {
        let empty = || MaskVolume::new(rows, cols, slices);
        Self {
            air: empty(),
            edge: empty(),
            regions: AirRegions::default(),
            gas: Gas::new(rows, cols, slices),
            latest_gas: Mask::new(rows, cols),
        }
    }

    /// Takes in the next slice, which must be number `index`. Panics if its shape differs or there are too many.
    pub fn take(&mut self, index: usize, slice: SliceView<'_>) {
        assert_eq!(index, self.regions.slices(), "slices come in order");
        threshold_below(
            slice,
            [AIR_BELOW_HU, EDGE_BELOW_HU, GAS_BELOW_HU],
            [self.air.slice_mut(index), self.edge.slice_mut(index), self.latest_gas.view_mut()],
        );
        self.regions.push_slice(self.air.slice(index), self.latest_gas.view());
        self.gas.take(index, self.latest_gas.view());
    }
}

/// Gas in the middle half of rows and columns of every slice, where the main bronchi run: fresh memory costs more than the
/// threshold does.
#[derive(Debug, Clone)]
pub struct Gas {
    rows: Range<usize>,
    words: Range<usize>,
    cols: usize,
    slice_rows: usize,
    middle: MaskVolume,
}

impl Gas {
    /// No gas, on slices of `rows` x `cols`.
    pub fn new(rows: usize, cols: usize, slices: usize) -> Self {
        let middle_half = |count: usize| count / 4..count - count / 4;
        let (kept, words) = (middle_half(rows), middle_half(cols.div_ceil(64)));
        let width = (words.end * 64).min(cols) - words.start * 64;
        let middle = MaskVolume::new(kept.len(), width, slices);
        Self { rows: kept, words, cols, slice_rows: rows, middle }
    }

    /// Keeps the middle of slice `index`.
    pub fn take(&mut self, index: usize, gas: MaskView<'_>) {
        let mut to = self.middle.slice_mut(index);
        for (row, from) in self.rows.clone().enumerate() {
            to.row_mut(row).copy_from_slice(&gas.row(from)[self.words.clone()]);
        }
    }

    /// What is known of a slice: clear outside its middle.
    pub fn slice(&self, index: usize) -> Mask {
        let mut mask = Mask::new(self.slice_rows, self.cols);
        let (from, mut to) = (self.middle.slice(index), mask.view_mut());
        for (row, into) in self.rows.clone().enumerate() {
            to.row_mut(into)[self.words.clone()].copy_from_slice(from.row(row));
        }
        mask
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_is_kept_and_the_border_forgotten() {
        for (rows, cols) in [(1, 1), (40, 64), (7, 130), (512, 512), (100, 300)] {
            let mut gas = Gas::new(rows, cols, 2);
            gas.take(1, Mask::from_fn(rows, cols, |_, _| true).view());
            let kept = gas.slice(1);
            assert!(kept.view().get(rows / 2, cols / 2), "{rows} x {cols}");
            assert!(gas.slice(0).view().is_empty());
        }
        let mut gas = Gas::new(512, 512, 1);
        gas.take(0, Mask::from_fn(512, 512, |_, _| true).view());
        assert_eq!(gas.slice(0).view().count_px(), 256 * 256);
    }
}
