//! Small files for the tests, and one way to read a file in every way.

use hilum_core::{SliceData, SliceSource};
use hilum_io::nifti::{Endian, Header, NiftiError, NiftiFile, ReadBuffers, Version};
use std::fs;
use std::io::Write;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

/// A folder that goes away with the test.
pub(crate) struct Folder(tempfile::TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Writes `content` under `name`.
    pub(crate) fn put(&self, name: &str, content: &[u8]) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, content).unwrap();
        path
    }

    pub(crate) fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.0.path()).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }
}

/// The header of an `int16` volume of `dims` voxels, LPS, 0.7 x 0.8 x 2.5 mm, with sform and qform.
pub(crate) fn header(dims: [i64; 3]) -> Header {
    let mut header = Header::zeroed(Version::Nifti1, Endian::Little);
    header.dim = [3, dims[0], dims[1], dims[2], 1, 1, 1, 1];
    header.datatype = 4;
    header.bitpix = 16;
    header.vox_offset = 352.0;
    header.pixdim = [1.0, f64::from(0.7f32), f64::from(0.8f32), 2.5, 1.0, 1.0, 1.0, 1.0];
    header.xyzt_units = 2;
    header.sform_code = 1;
    header.srow_x = [-f64::from(0.7f32), 0.0, 0.0, 20.0];
    header.srow_y = [0.0, -f64::from(0.8f32), 0.0, 30.0];
    header.srow_z = [0.0, 0.0, 2.5, -400.0];
    header.qform_code = 1;
    header.quatern_d = 1.0;
    [header.qoffset_x, header.qoffset_y, header.qoffset_z] = [20.0, 30.0, -400.0];
    header
}

/// A single file of `header` and the bytes of its voxels, at `vox_offset`.
pub(crate) fn file(header: &Header, voxels: &[u8]) -> Vec<u8> {
    let mut content = header.to_bytes();
    content.resize(header.vox_offset as usize, 0);
    content.extend_from_slice(voxels);
    content
}

/// The file of [`header`] with voxels that count up from -500.
pub(crate) fn counting(dims: [i64; 3]) -> Vec<u8> {
    let voxels = dims.iter().product::<i64>() as i16;
    let bytes: Vec<u8> = (0..voxels).flat_map(|n| (n - 500).to_le_bytes()).collect();
    file(&header(dims), &bytes)
}

pub(crate) fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

/// Every slice, as `(is whole numbers, pixels)`.
pub(crate) fn slices(
    file: &NiftiFile,
    buffers: &mut ReadBuffers,
) -> Result<Vec<(bool, Vec<f32>)>, NiftiError> {
    let mut found = Vec::new();
    file.reader(buffers)?.visit_slices(&mut |index, slice| {
        assert_eq!(index, found.len());
        found.push((matches!(slice.data(), SliceData::I16(_)), slice.to_hu()));
        ControlFlow::Continue(())
    })?;
    Ok(found)
}

/// Opens and reads all slices, twice, and each alone; all must agree.
pub(crate) fn read_in_every_way(path: &Path) -> Result<Vec<(bool, Vec<f32>)>, NiftiError> {
    let file = NiftiFile::open(path)?;
    let mut buffers = ReadBuffers::default();
    let all = slices(&file, &mut buffers)?;
    assert!(buffers.held_bytes() <= file.memory_bytes() + 64, "more memory than announced");
    let bits = |pixels: &[f32]| -> Vec<u32> { pixels.iter().map(|x| x.to_bits()).collect() };
    let mut reader = file.reader(&mut buffers)?;
    for pass in 0..2 {
        for index in (0..all.len()).rev() {
            let mut alone = Vec::new();
            reader.read_slice(index, &mut |slice| alone = slice.to_hu())?;
            assert_eq!(bits(&alone), bits(&all[index].1));
        }
        let mut visited = 0;
        reader.visit_slices(&mut |index, slice| {
            assert_eq!(bits(&slice.to_hu()), bits(&all[index].1), "pass {pass}");
            visited += 1;
            ControlFlow::Continue(())
        })?;
        assert_eq!(visited, all.len());
    }
    let beyond = reader.read_slice(all.len(), &mut |_| ());
    assert!(matches!(beyond, Err(NiftiError::NoSuchSlice { .. })));
    Ok(all)
}
