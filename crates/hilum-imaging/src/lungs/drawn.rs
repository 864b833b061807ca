//! Lungs that somebody else has outlined: their mask slice by slice, and the HU under it.

use super::{AIR_BELOW_HU, Lungs};
use crate::threshold::threshold_below;
use hilum_core::{Geometry, Mask, MaskView, MaskVolume, SliceView};

/// A lung mask that grows slice by slice; two bits a voxel.
#[derive(Debug, Clone)]
pub struct DrawnLungs {
    lung: MaskVolume,
    air: MaskVolume,
    cut_off: Vec<bool>,
}

impl DrawnLungs {
    /// No lung, on `slices` slices of `rows` x `cols`.
    pub fn new(rows: usize, cols: usize, slices: usize) -> Self {
        let empty = || MaskVolume::new(rows, cols, slices);
        Self { lung: empty(), air: empty(), cut_off: vec![false; slices] }
    }

    /// Takes in slice `index` with the lung on it. Panics if a shape differs or there is no such slice.
    pub fn take(&mut self, index: usize, slice: SliceView<'_>, lung: &Mask) {
        threshold_below(slice, [AIR_BELOW_HU], [self.air.slice_mut(index)]);
        self.lung.slice_mut(index).or(lung.view());
        self.cut_off[index] = touches_border(lung.view());
    }

    /// What they measure: area curve, dense tissue (every pixel of the mask at or above -500 HU, those at its edge too), body
    /// outline, and the slices on which lung touches the border of the image.
    pub fn measure(self, geometry: &Geometry) -> Lungs {
        Lungs::of_masks(self.lung, self.air, self.cut_off, false, geometry.in_plane_spacing_mm())
    }
}

fn touches_border(mask: MaskView<'_>) -> bool {
    let (rows, cols) = (mask.rows(), mask.cols());
    (0..cols).any(|col| mask.get(0, col) || mask.get(rows - 1, col))
        || (0..rows).any(|row| mask.get(row, 0) || mask.get(row, cols - 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use hilum_core::SliceData;

    #[test]
    fn dense_tissue_is_what_lies_at_or_above_minus_500_in_the_mask() {
        let geometry = Geometry::lps([4, 3, 2], [2.0, 2.0, 5.0]).unwrap();
        let hu = [-800, -501, -500, 40, -900, -500, 30, -700, -1000, -1000, -1000, -1000];
        let slice = SliceView::new(3, 4, SliceData::I16(&hu)).unwrap();
        let mut drawn = DrawnLungs::new(3, 4, 2);
        drawn.take(0, slice, &Mask::from_fn(3, 4, |row, col| (row, col) == (1, 1)));
        let lung = Mask::from_fn(3, 4, |row, _| row == 0);
        drawn.take(1, slice, &lung);
        let lungs = drawn.measure(&geometry);
        assert_eq!(lungs.area_px, [1, 4]);
        assert_eq!(lungs.lung.slice(1).to_mask(), lung);
        assert_eq!(lungs.dense.slice(1).to_mask(), Mask::from_fn(3, 4, |row, col| row == 0 && col >= 2));
        assert_eq!(lungs.cut_off, [false, true]);
        assert!(lungs.body.is_some() && !lungs.airway_found);
    }
}
