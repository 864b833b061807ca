//! One pass over the slices: the bit masks and the graph of air regions that everything after it works on.

use crate::lungs::regions::AirRegions;
use crate::threshold::threshold_below;
use hilum_core::{MOST_SLICE_SIDE_PX, Mask, MaskView, MaskViewMut, MaskVolume, SliceView};
use std::ops::Range;

/// Below this an axial pixel is aerated lung or other air (HU). Lung parenchyma lies near -850, soft tissue near +40;
/// -500 keeps lung and bowel gas apart where -400 joins them through the thin wall of the diaphragm.
pub const AIR_BELOW_HU: i16 = -500;
/// Half way between lung and soft tissue (HU): pixels between -500 and here, at the edge of the lung, hold both.
pub const EDGE_BELOW_HU: i16 = -400;
/// Below this a pixel is gas rather than parenchyma (HU): trachea, bowel, air outside the body.
pub const GAS_BELOW_HU: i16 = -950;

/// What remains of a volume after the one pass: two bits a voxel, some of a third, and the graph of its air.
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
    /// Planes for `slices` slices of `rows` x `cols`, all clear. Panics beyond [`MOST_SLICE_SIDE_PX`].
    pub fn new(rows: usize, cols: usize, slices: usize) -> Self {
        assert!(rows.max(cols) <= MOST_SLICE_SIDE_PX, "slices of {rows} x {cols} are too large");
        let empty = || MaskVolume::new(rows, cols, slices);
        Self {
            air: empty(),
            edge: empty(),
            regions: AirRegions::default(),
            gas: Gas::new(rows, cols),
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
        self.gas.push(self.latest_gas.view());
    }
}

/// Gas in the middle half of rows and columns of every slice, where the main bronchi run. Few words of the masks hold any:
/// only those are kept, since fresh memory costs more than the threshold does.
#[derive(Debug, Clone)]
pub struct Gas {
    rows: Range<usize>,
    words: Range<usize>,
    words_per_row: usize,
    /// Where each slice begins in `kept`.
    starts: Vec<usize>,
    kept: Vec<GasWord>,
}

/// A word of a mask that is not clear, and where in its slice it stands.
#[derive(Debug, Clone, Copy)]
struct GasWord {
    place: u32,
    halves: [u32; 2],
}

impl Gas {
    /// No gas, of no slices yet, of `rows` x `cols`.
    pub fn new(rows: usize, cols: usize) -> Self {
        let middle_half = |count: usize| count / 4..count - count / 4;
        let words_per_row = cols.div_ceil(64);
        let (rows, words) = (middle_half(rows), middle_half(words_per_row));
        Self { rows, words, words_per_row, starts: Vec::new(), kept: Vec::new() }
    }

    /// Keeps the middle of the next slice.
    pub fn push(&mut self, gas: MaskView<'_>) {
        self.starts.push(self.kept.len());
        for row in self.rows.clone() {
            let middle = &gas.row(row)[self.words.clone()];
            if middle.iter().fold(0, |any, word| any | word) == 0 {
                continue;
            }
            let first = row * self.words_per_row + self.words.start;
            for (at, &word) in middle.iter().enumerate().filter(|(_, word)| **word != 0) {
                let halves = [word as u32, (word >> 32) as u32];
                self.kept.push(GasWord { place: (first + at) as u32, halves });
            }
        }
    }

    /// Adds to `mask` what is known of the gas of a slice: nothing outside its middle.
    pub fn paint(&self, slice: usize, mask: &mut MaskViewMut<'_>) {
        let end = self.starts.get(slice + 1).copied().unwrap_or(self.kept.len());
        let words = mask.words_mut();
        for &GasWord { place, halves: [low, high] } in &self.kept[self.starts[slice]..end] {
            words[place as usize] |= u64::from(high) << 32 | u64::from(low);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_is_kept_and_the_border_forgotten() {
        for (rows, cols) in [(1, 1), (40, 64), (7, 130), (512, 512), (100, 300)] {
            let mut gas = Gas::new(rows, cols);
            let slices = [false, true].map(|all| Mask::from_fn(rows, cols, |row, col| all || row == col));
            slices.iter().for_each(|slice| gas.push(slice.view()));
            for (index, slice) in slices.iter().enumerate() {
                let mut known = Mask::new(rows, cols);
                gas.paint(index, &mut known.view_mut());
                let words = cols.div_ceil(64);
                let in_middle = |row: usize, col: usize| {
                    (rows / 4..rows - rows / 4).contains(&row)
                        && (words / 4..words - words / 4).contains(&(col / 64))
                };
                let expected =
                    Mask::from_fn(rows, cols, |row, col| slice.view().get(row, col) && in_middle(row, col));
                assert_eq!(known, expected, "{rows} x {cols}, slice {index}");
                assert!(known.view().get(rows / 2, cols / 2) || index == 0);
            }
        }
    }
}
