//! One pass over the slices: the bit masks and the graph of air regions that everything after it works on.

use crate::lungs::regions::AirRegions;
use crate::threshold::threshold_below;
use hilum_core::{MaskVolume, SliceView};

/// Below this an axial pixel is aerated lung or other air (HU). Lung parenchyma lies near -850, soft tissue near +40;
/// -500 keeps lung and bowel gas apart where -400 joins them through the thin wall of the diaphragm.
pub const AIR_BELOW_HU: i16 = -500;
/// Half way between lung and soft tissue (HU): pixels between -500 and here, at the edge of the lung, hold both.
pub const EDGE_BELOW_HU: i16 = -400;
/// Below this a pixel is gas rather than parenchyma (HU): trachea, bowel, air outside the body.
pub const GAS_BELOW_HU: i16 = -950;

/// What remains of a volume after the one pass: three bits a voxel, and the graph of its air.
#[derive(Debug, Clone)]
pub struct Planes {
    /// Below [`AIR_BELOW_HU`].
    pub air: MaskVolume,
    /// Below [`EDGE_BELOW_HU`].
    pub edge: MaskVolume,
    /// Below [`GAS_BELOW_HU`].
    pub gas: MaskVolume,
    /// The regions of air of the slices taken in so far.
    pub regions: AirRegions,
}

impl Planes {
    /// Planes for `slices` slices of `rows` x `cols`, all clear.
    pub fn new(rows: usize, cols: usize, slices: usize) -> Self {
        let empty = || MaskVolume::new(rows, cols, slices);
        Self { air: empty(), edge: empty(), regions: AirRegions::default(), gas: empty() }
    }

    /// Takes in the next slice, which must be number `index`. Panics if its shape differs or there are too many.
    pub fn take(&mut self, index: usize, slice: SliceView<'_>) {
        assert_eq!(index, self.regions.slices(), "slices come in order");
        threshold_below(
            slice,
            [AIR_BELOW_HU, EDGE_BELOW_HU, GAS_BELOW_HU],
            [self.air.slice_mut(index), self.edge.slice_mut(index), self.gas.slice_mut(index)],
        );
        self.regions.push_slice(self.air.slice(index), self.gas.slice(index));
    }
}
