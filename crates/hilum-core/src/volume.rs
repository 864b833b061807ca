//! A whole volume in memory, and the one way all code walks over slices.

use crate::{Geometry, SliceData, SliceView};
use std::ops::ControlFlow;

/// Anything that can show its axial slices one after the other, in ascending slice index, each in HU.
///
/// A volume in memory, a file that is decoded while it is read, a phantom: the measurement does not care.
pub trait SliceSource {
    /// What may go wrong while reading; [`std::convert::Infallible`] for volumes in memory.
    type Error;

    /// The grid that the slices belong to.
    fn geometry(&self) -> &Geometry;

    /// Calls `visit` with the index and the pixels of every axial slice, from 0 upwards, until it breaks.
    ///
    /// # Errors
    /// Whatever reading the next slice runs into; slices already visited were whole.
    fn visit_slices(
        &mut self,
        visit: &mut dyn FnMut(usize, SliceView<'_>) -> ControlFlow<()>,
    ) -> Result<(), Self::Error>;
}

/// Voxels in HU, axial slices one after the other, each `[rows, cols]` row-major.
#[derive(Debug, Clone, PartialEq)]
pub enum VoxelData {
    /// Whole Hounsfield units.
    I16(Vec<i16>),
    /// Fractional Hounsfield units.
    F32(Vec<f32>),
}

/// The number of voxels does not fit the grid.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{found} voxels given for a grid of {expected}")]
pub struct VolumeError {
    /// Voxels of the grid.
    pub expected: usize,
    /// Voxels given.
    pub found: usize,
}

/// A volume in memory.
#[derive(Debug, Clone, PartialEq)]
pub struct Volume {
    geometry: Geometry,
    data: VoxelData,
}

impl Volume {
    /// Joins voxels to their grid; `data` holds axial slices in the order of the crate's head.
    ///
    /// # Errors
    /// [`VolumeError`] if the numbers of voxels differ.
    pub fn new(geometry: Geometry, data: VoxelData) -> Result<Self, VolumeError> {
        let found = match &data {
            VoxelData::I16(v) => v.len(),
            VoxelData::F32(v) => v.len(),
        };
        let expected = geometry.voxels();
        if found != expected {
            return Err(VolumeError { expected, found });
        }
        Ok(Self { geometry, data })
    }

    /// The grid.
    pub fn geometry(&self) -> &Geometry {
        &self.geometry
    }

    /// The grid and the voxels.
    pub fn into_parts(self) -> (Geometry, VoxelData) {
        (self.geometry, self.data)
    }

    /// The voxels.
    pub fn data(&self) -> &VoxelData {
        &self.data
    }

    /// Axial slice `index`; `None` beyond the last.
    pub fn slice(&self, index: usize) -> Option<SliceView<'_>> {
        let (rows, cols) = (self.geometry.rows(), self.geometry.cols());
        let n = rows * cols;
        let range = index.checked_mul(n)?..(index + 1).checked_mul(n)?;
        let data = match &self.data {
            VoxelData::I16(v) => SliceData::I16(v.get(range)?),
            VoxelData::F32(v) => SliceData::F32(v.get(range)?),
        };
        SliceView::new(rows, cols, data)
    }
}

impl SliceSource for Volume {
    type Error = std::convert::Infallible;

    fn geometry(&self) -> &Geometry {
        &self.geometry
    }

    fn visit_slices(
        &mut self,
        visit: &mut dyn FnMut(usize, SliceView<'_>) -> ControlFlow<()>,
    ) -> Result<(), Self::Error> {
        for index in 0..self.geometry.slices() {
            if let Some(slice) = self.slice(index)
                && visit(index, slice).is_break()
            {
                break;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slices_are_visited_in_order_until_told_to_stop() {
        let geometry = Geometry::lps([2, 2, 3], [1.0; 3]).unwrap();
        let mut volume = Volume::new(geometry, VoxelData::I16((0..12).collect())).unwrap();
        let mut seen = Vec::new();
        let visited = volume.visit_slices(&mut |k, slice| {
            seen.push((k, slice.hu(1, 1)));
            if k == 1 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        assert!(visited.is_ok());
        assert_eq!(seen, vec![(0, 3.0), (1, 7.0)]);
        assert!(volume.slice(3).is_none());
    }

    #[test]
    fn a_wrong_number_of_voxels_is_refused() {
        let geometry = Geometry::lps([2, 2, 3], [1.0; 3]).unwrap();
        let error = Volume::new(geometry, VoxelData::I16(vec![0; 11])).unwrap_err();
        assert_eq!(error, VolumeError { expected: 12, found: 11 });
    }
}
