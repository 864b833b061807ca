//! Volumes, slices and masks as numpy arrays, axes as in NIfTI.

use hilum_core::{Geometry, MaskVolume, Volume, VoxelData};
use numpy::{Element, PyArray1, PyArrayMethods};
use pyo3::prelude::*;

/// The voxels in HU, indexed `[i, j, k]`; numpy takes the memory over.
pub(crate) fn voxels<'py>(py: Python<'py>, volume: Volume) -> PyResult<Bound<'py, PyAny>> {
    let (geometry, data) = volume.into_parts();
    match data {
        VoxelData::I16(hu) => on_grid(py, &geometry, hu),
        VoxelData::F32(hu) => on_grid(py, &geometry, hu),
    }
}

/// A mask, one byte a voxel, 1 inside, indexed `[i, j, k]`.
pub(crate) fn mask<'py>(
    py: Python<'py>,
    geometry: &Geometry,
    mask: &MaskVolume,
) -> PyResult<Bound<'py, PyAny>> {
    let pixels = mask.rows() * mask.cols();
    let mut bytes = vec![0; pixels * mask.slices()];
    for (index, slice) in bytes.chunks_exact_mut(pixels.max(1)).enumerate() {
        mask.slice(index).write_bytes(1, slice);
    }
    on_grid(py, geometry, bytes)
}

/// Slices one after the other, each row-major, as an array with the file's own axes: a view, nothing is copied.
fn on_grid<'py, T: Element>(
    py: Python<'py>,
    geometry: &Geometry,
    values: Vec<T>,
) -> PyResult<Bound<'py, PyAny>> {
    let slices = [geometry.slices(), geometry.rows(), geometry.cols()];
    let frame = geometry.frame();
    let mut place = [0; 3];
    for (at, axis) in [frame.slice_axis, frame.row_axis, frame.col_axis].into_iter().enumerate() {
        place[axis] = at;
    }
    let array = PyArray1::from_vec(py, values).reshape(slices)?;
    array.into_any().call_method1("transpose", (place.to_vec(),))
}
