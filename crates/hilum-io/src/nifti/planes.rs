//! Voxels in the order of the file: plane by plane along k, i running fastest, whatever axis the slices lie along.

use super::header::Endian;
use hilum_core::{AxialFrame, MaskVolume, SliceData, Volume, VoxelData};

/// Writes plane `k` of a mask into `plane`, 1 inside and 0 outside.
pub(super) fn mask_plane(mask: &MaskVolume, dims: [usize; 3], frame: AxialFrame, k: usize, plane: &mut [u8]) {
    if frame.slice_axis == 2 {
        mask.slice(k).write_bytes(1, plane);
        return;
    }
    // Rows are k, whichever of the other two axes is the axial one.
    plane.fill(0);
    for index in 0..mask.slices() {
        for col in mask.slice(index).columns(k) {
            let (i, j) = if frame.slice_axis == 0 { (index, col) } else { (col, index) };
            plane[j * dims[0] + i] = 1;
        }
    }
}

/// Plane `k` of a volume as little-endian bytes.
pub(super) fn volume_plane(volume: &Volume, k: usize) -> Vec<u8> {
    match volume.data() {
        VoxelData::I16(voxels) => encode(SliceData::I16(&plane(volume, voxels, k)), Endian::Little),
        VoxelData::F32(voxels) => encode(SliceData::F32(&plane(volume, voxels, k)), Endian::Little),
    }
}

fn plane<T: Copy>(volume: &Volume, voxels: &[T], k: usize) -> Vec<T> {
    let geometry = volume.geometry();
    let ([ni, nj, _], frame) = (geometry.dims(), geometry.frame());
    let (rows, cols) = (geometry.rows(), geometry.cols());
    match frame.slice_axis {
        2 => voxels[k * ni * nj..(k + 1) * ni * nj].to_vec(),
        1 => (0..nj).flat_map(|j| &voxels[(j * rows + k) * cols..][..ni]).copied().collect(),
        _ => (0..nj).flat_map(|j| (0..ni).map(move |i| voxels[(i * rows + k) * cols + j])).collect(),
    }
}

/// The bytes of `pixels`.
pub(super) fn encode(pixels: SliceData<'_>, endian: Endian) -> Vec<u8> {
    match (pixels, endian) {
        (SliceData::I16(v), Endian::Little) => v.iter().flat_map(|x| x.to_le_bytes()).collect(),
        (SliceData::I16(v), Endian::Big) => v.iter().flat_map(|x| x.to_be_bytes()).collect(),
        (SliceData::F32(v), Endian::Little) => v.iter().flat_map(|x| x.to_le_bytes()).collect(),
        (SliceData::F32(v), Endian::Big) => v.iter().flat_map(|x| x.to_be_bytes()).collect(),
    }
}
