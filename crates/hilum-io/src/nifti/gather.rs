//! Axial slices out of a block of voxels whose axial axis is i or j.
//!
//! When j is axial, a row of the slice is a contiguous line of voxels. When i is axial, every pixel of a slice is in
//! another line: walking the block once for each slice would fetch each cache line again for every slice that it touches.
//! So one walk takes as many neighbouring slices as share a cache line, in tiles that stay in the cache.

use hilum_core::AxialFrame;

/// Bytes that the memory fetches at once.
const CACHE_LINE: usize = 64;

/// Columns of a tile: as many cache lines are held at a time.
const TILE: usize = 32;

/// Slices that are gathered in one walk.
pub(super) fn slices_at_once(frame: AxialFrame, voxel_bytes: usize) -> usize {
    if frame.slice_axis == 0 { CACHE_LINE / voxel_bytes } else { 1 }
}

/// Copies axial slices `first..` of a block of `dims` voxels of `voxel_bytes` each into `out`, as many as fit in it,
/// each `[rows, cols]` row-major. The axial axis is 0 or 1.
pub(super) fn gather(
    block: &[u8],
    dims: [usize; 3],
    frame: AxialFrame,
    voxel_bytes: usize,
    first: usize,
    out: &mut [u8],
) {
    match voxel_bytes {
        1 => gather_voxels::<1>(block, dims, frame, first, out),
        2 => gather_voxels::<2>(block, dims, frame, first, out),
        4 => gather_voxels::<4>(block, dims, frame, first, out),
        _ => gather_voxels::<8>(block, dims, frame, first, out),
    }
}

fn gather_voxels<const N: usize>(
    block: &[u8],
    dims: [usize; 3],
    frame: AxialFrame,
    first: usize,
    out: &mut [u8],
) {
    let (block, _) = block.as_chunks::<N>();
    let (out, _) = out.as_chunks_mut::<N>();
    let [ni, nj, _] = dims;
    let (rows, cols) = (dims[frame.row_axis], dims[frame.col_axis]);
    for (row, plane) in block.chunks_exact(ni * nj).enumerate() {
        for (n, slice) in out.chunks_exact_mut(rows * cols).enumerate() {
            if frame.slice_axis == 1 {
                let line = (first + n) * ni;
                slice[row * cols..(row + 1) * cols].copy_from_slice(&plane[line..line + ni]);
            }
        }
        if frame.slice_axis == 0 {
            for tile in (0..nj).step_by(TILE) {
                let end = nj.min(tile + TILE);
                for (n, slice) in out.chunks_exact_mut(rows * cols).enumerate() {
                    let pixels = &mut slice[row * cols..][tile..end];
                    let column = plane[tile * ni..end * ni].iter().skip(first + n).step_by(ni);
                    pixels.iter_mut().zip(column).for_each(|(pixel, voxel)| *pixel = *voxel);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hilum_core::{Affine, Orientation};

    fn frame(axial: usize) -> AxialFrame {
        let mut affine = Affine([[0.0; 4]; 3]);
        for axis in 0..3 {
            affine.0[(axis + 2 - axial + 3) % 3][axis] = 1.0;
        }
        AxialFrame::new(Orientation::from_affine(&affine).unwrap())
    }

    #[test]
    fn gathered_slices_follow_the_array_order() {
        let dims = [3, 4, 5];
        let voxel = |i: usize, j: usize, k: usize| (i + 10 * j + 50 * k) as u8;
        let mut block = Vec::new();
        for k in 0..5 {
            for j in 0..4 {
                block.extend((0..3).map(|i| voxel(i, j, k)));
            }
        }
        // i is axial: rows are k, columns are j. Two slices in one walk.
        let mut out = vec![0; 2 * 20];
        assert_eq!(frame(0).slice_axis, 0);
        gather(&block, dims, frame(0), 1, 1, &mut out);
        assert!(
            (0..2).all(|n| (0..5).all(|k| (0..4).all(|j| out[n * 20 + k * 4 + j] == voxel(1 + n, j, k))))
        );
        // j is axial: rows are k, columns are i.
        let mut out = vec![0; 15];
        assert_eq!(frame(1).slice_axis, 1);
        gather(&block, dims, frame(1), 1, 2, &mut out);
        assert!((0..5).all(|k| (0..3).all(|i| out[k * 3 + i] == voxel(i, 2, k))));
    }
}
