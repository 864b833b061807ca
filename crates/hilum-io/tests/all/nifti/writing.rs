//! Masks, slices and volumes written and read again.

use super::making::{Folder, counting, gzip, header, read_in_every_way, slices};
use hilum_core::{Affine, AffineSource, Geometry, MaskVolume, SliceData, SliceView, Volume, VoxelData};
use hilum_io::nifti::{
    Endian, Header, NiftiError, NiftiFile, ReadBuffers, Version, write_mask, write_slice, write_volume,
};

const DIMS: [usize; 3] = [5, 4, 3];

/// A geometry whose axial axis is `axis`.
fn geometry(axis: usize) -> Geometry {
    let mut affine = Affine([[0.0, 0.0, 0.0, -20.0], [0.0, 0.0, 0.0, 7.5], [0.0, 0.0, 0.0, 100.0]]);
    for (voxel_axis, spacing) in [0.5, -0.75, 2.0].into_iter().enumerate() {
        affine.0[(voxel_axis + 5 - axis) % 3][voxel_axis] = spacing;
    }
    let geometry = Geometry::new(DIMS, affine, AffineSource::Sform).unwrap();
    assert_eq!(geometry.frame().slice_axis, axis);
    geometry
}

fn volume(axis: usize) -> Volume {
    Volume::new(geometry(axis), VoxelData::I16((0..60).map(|n| n * 30 - 1000).collect())).unwrap()
}

#[test]
fn volumes_go_there_and_back_along_every_axis() {
    let folder = Folder::new();
    for axis in 0..3 {
        for name in ["v.nii", "v.nii.gz"] {
            let path = folder.path(name);
            write_volume(&path, &volume(axis)).unwrap();
            let file = NiftiFile::open(&path).unwrap();
            assert!(file.findings().is_empty(), "{:?}", file.findings());
            assert_eq!(*file.geometry(), geometry(axis));
            for (index, (whole, pixels)) in read_in_every_way(&path).unwrap().into_iter().enumerate() {
                assert!(whole);
                assert_eq!(pixels, volume(axis).slice(index).unwrap().to_hu());
            }
            // The qform says the same as the sform.
            let mut content = std::fs::read(&path).unwrap();
            if name == "v.nii" {
                content[254..256].fill(0);
                let by_qform = NiftiFile::open(&folder.put("q.nii", &content)).unwrap();
                assert_eq!(by_qform.geometry().source(), AffineSource::Qform);
                let (found, expected) = (by_qform.geometry().affine().0, geometry(axis).affine().0);
                let mut pairs = found.iter().flatten().zip(expected.iter().flatten());
                assert!(pairs.all(|(a, b)| (a - b).abs() < 1e-6));
            }
        }
    }
}

#[test]
fn real_numbers_and_long_axes_are_written() {
    let folder = Folder::new();
    let path = folder.path("v.nii");
    let long = Geometry::lps([40_000, 2, 1], [0.5, 0.5, 1.0]).unwrap();
    let pixels: Vec<f32> = (0..80_000).map(|n| n as f32 * 0.25).collect();
    write_volume(&path, &Volume::new(long, VoxelData::F32(pixels.clone())).unwrap()).unwrap();
    let file = NiftiFile::open(&path).unwrap();
    assert_eq!(file.format(), "NIfTI-2 float32");
    assert_eq!(slices(&file, &mut ReadBuffers::default()).unwrap(), vec![(false, pixels)]);
}

fn mask(geometry: &Geometry) -> MaskVolume {
    let mut mask = MaskVolume::new(geometry.rows(), geometry.cols(), geometry.slices());
    for s in 0..geometry.slices() {
        for r in 0..geometry.rows() {
            for c in 0..geometry.cols() {
                mask.slice_mut(s).set(r, c, (s * 7 + r * 3 + c) % 4 == 1);
            }
        }
    }
    mask
}

#[test]
fn masks_lie_on_the_grid_they_came_from() {
    let folder = Folder::new();
    for axis in 0..3 {
        let path = folder.path("v.nii");
        write_volume(&path, &volume(axis)).unwrap();
        let file = NiftiFile::open(&path).unwrap();
        let mask = mask(file.geometry());
        let mut bytes = Vec::new();
        for name in ["m.nii", "m.nii.gz", "again.nii.gz"] {
            let path = folder.path(name);
            write_mask(&path, &file, &mask).unwrap();
            assert_eq!(NiftiFile::open(&path).unwrap().geometry(), file.geometry());
            for (index, (whole, pixels)) in read_in_every_way(&path).unwrap().into_iter().enumerate() {
                let expected: Vec<f32> = mask.slice(index).to_bytes().into_iter().map(f32::from).collect();
                assert!(whole && pixels == expected);
            }
            bytes.push(std::fs::read(&path).unwrap());
        }
        assert_eq!(bytes[1], bytes[2], "the same mask gives the same bytes");
    }
}

/// Header bytes that place the grid in space: dim, pixdim, units, qform and sform.
fn placing(version: Version) -> Vec<std::ops::Range<usize>> {
    match version {
        Version::Nifti1 => vec![0..4, 40..56, 76..108, 123..124, 252..328, 344..348],
        Version::Nifti2 => vec![0..12, 16..80, 104..168, 344..496, 500..504],
    }
}

#[test]
fn the_placing_fields_of_a_mask_are_the_input_s_bit_for_bit_and_names_are_gone() {
    let folder = Folder::new();
    for version in [Version::Nifti1, Version::Nifti2] {
        for endian in [Endian::Little, Endian::Big] {
            let mut like = Header { version, endian, ..header([5, 4, 3]) };
            like.vox_offset = version.first_voxel_byte() as f64;
            like.qform_code = 2;
            like.quatern_b = f64::from(0.013f32);
            like.pixdim[0] = -1.0;
            like.toffset = 3.5;
            let mut content = like.to_bytes();
            let descrip = if version == Version::Nifti1 { 148 } else { 240 };
            content[descrip..descrip + 12].copy_from_slice(b"DOE^JANE1970");
            content.resize(version.first_voxel_byte() + 120, 0);
            let file = NiftiFile::open(&folder.put("v.nii", &content)).unwrap();
            let path = folder.path("m.nii");
            write_mask(&path, &file, &mask(file.geometry())).unwrap();
            let written = std::fs::read(&path).unwrap();
            for range in placing(version) {
                assert_eq!(
                    written[range.clone()],
                    content[range.clone()],
                    "{version:?} {endian:?} {range:?}"
                );
            }
            assert!(!written.windows(4).any(|bytes| bytes == b"JANE"));
            assert_eq!(written.len(), version.first_voxel_byte() + 60);
        }
    }
}

#[test]
fn a_slice_stays_in_its_place() {
    let folder = Folder::new();
    for axis in 0..3 {
        let path = folder.path("v.nii");
        write_volume(&path, &volume(axis)).unwrap();
        let file = NiftiFile::open(&path).unwrap();
        let index = 2;
        for data in [SliceData::I16(&[7; 60]), SliceData::F32(&[0.25; 60])] {
            let (rows, cols) = (file.geometry().rows(), file.geometry().cols());
            let data = match data {
                SliceData::I16(v) => SliceData::I16(&v[..rows * cols]),
                SliceData::F32(v) => SliceData::F32(&v[..rows * cols]),
            };
            let slice = SliceView::new(rows, cols, data).unwrap();
            let path = folder.path("s.nii.gz");
            write_slice(&path, &file, index, slice).unwrap();
            let written = NiftiFile::open(&path).unwrap();
            assert!(written.findings().is_empty(), "{:?}", written.findings());
            assert_eq!(*written.geometry(), file.geometry().of_slice(index));
            assert_eq!(read_in_every_way(&path).unwrap()[0].1, slice.to_hu());
            let [x, y, z] =
                [written.header().qoffset_x, written.header().qoffset_y, written.header().qoffset_z];
            assert_eq!(
                [x, y, z],
                file.geometry().of_slice(index).affine().0.map(|row| row[3]),
                "the qform moves too"
            );
        }
    }
}

#[test]
fn masks_and_slices_of_another_grid_are_refused() {
    let folder = Folder::new();
    let file = NiftiFile::open(&folder.put("v.nii.gz", &gzip(&counting([5, 4, 3])))).unwrap();
    let path = folder.path("m.nii");
    let error = write_mask(&path, &file, &MaskVolume::new(4, 5, 2)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "m.nii: [2, 4, 5] pixels (slices, rows, cols) given for a grid of [3, 4, 5]"
    );
    let slice = SliceView::new(4, 5, SliceData::I16(&[0; 20])).unwrap();
    assert!(matches!(write_slice(&path, &file, 3, slice), Err(NiftiError::NoSuchSlice { .. })));
    let slice = SliceView::new(5, 4, SliceData::I16(&[0; 20])).unwrap();
    assert!(matches!(write_slice(&path, &file, 0, slice), Err(NiftiError::OtherGrid { .. })));
    assert!(!path.exists());
}
