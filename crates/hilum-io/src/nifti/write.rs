//! Writing masks and slices on the grid of the volume they were made from, and fresh volumes.
//!
//! Always one file, header first; a name that ends in `.gz` is compressed (level 1, no time stamp: the same voxels give
//! the same bytes). Voxels are produced a plane at a time, so that a mask never becomes a volume of bytes.

use super::datatype::Datatype;
use super::error::NiftiError;
use super::file::NiftiFile;
use super::header::{Endian, Header, Version};
use super::planes::{encode, mask_plane, volume_plane};
use super::quaternion::set_qform;
use crate::atomic::{file_name, write_atomically};
use flate2::{Compression, GzBuilder};
use hilum_core::{Geometry, MaskVolume, SliceData, SliceView, Volume, VoxelData};
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// `xyzt_units` for millimetres.
const UNITS_MM: i64 = 2;
/// `sform_code` and `qform_code` for scanner coordinates.
const SCANNER: i64 = 1;
/// Beyond this a quaternion would misplace voxels.
const MOST_SKEW_DEGREES: f64 = 0.01;

/// A voxel grid that masks and slices can be written on.
pub trait Grid {
    /// The grid and where it lies in the patient.
    fn geometry(&self) -> &Geometry;

    /// A header whose fields describe the grid: those of the file that it was read from, or new ones.
    fn nifti_header(&self) -> Header;
}

impl Grid for NiftiFile {
    fn geometry(&self) -> &Geometry {
        self.geometry()
    }

    fn nifti_header(&self) -> Header {
        self.header().clone()
    }
}

/// Writes `mask` as a volume of bytes, 1 inside and 0 outside, on the grid of `like`.
///
/// `dim`, `pixdim`, sform, qform, units, version and byte order are those of a NIfTI file `like`, bit for bit.
///
/// # Errors
/// [`NiftiError::OtherGrid`] if the mask has other slices, rows or columns than the axial slices of `like`;
/// [`NiftiError::Io`] if the file cannot be written.
pub fn write_mask(path: &Path, like: &impl Grid, mask: &MaskVolume) -> Result<(), NiftiError> {
    check_grid(path, like, [mask.slices(), mask.rows(), mask.cols()])?;
    let mut header = derived(like, Datatype::UInt8);
    header.cal_max = 1.0;
    let dims = like.geometry().dims();
    let mut plane = vec![0; dims[0] * dims[1]];
    write_file(path, &header, |out| {
        (0..dims[2]).try_for_each(|k| {
            mask_plane(mask, dims, like.geometry().frame(), k, &mut plane);
            out.write_all(&plane)
        })
    })
}

/// Writes one axial slice of `like` as a volume of one slice that lies where the slice lay.
///
/// Pixels are HU, `int16` or `float32` as `slice` holds them. The offsets of sform and qform move to the slice; a volume
/// that has neither has no place in space, and its slice has none either.
///
/// # Errors
/// [`NiftiError::NoSuchSlice`], [`NiftiError::OtherGrid`], or [`NiftiError::Io`] if the file cannot be written.
pub fn write_slice(
    path: &Path,
    like: &impl Grid,
    index: usize,
    slice: SliceView<'_>,
) -> Result<(), NiftiError> {
    let slices = like.geometry().slices();
    if index >= slices {
        return Err(NiftiError::NoSuchSlice { file: file_name(path), index, slices });
    }
    check_grid(path, like, [slices, slice.rows(), slice.cols()])?;
    let datatype = match slice.data() {
        SliceData::I16(_) => Datatype::Int16,
        SliceData::F32(_) => Datatype::Float32,
    };
    let mut header = derived(like, datatype);
    move_to_slice(&mut header, like.geometry().frame().slice_axis, index as f64);
    let bytes = encode(slice.data(), header.endian);
    write_file(path, &header, |out| out.write_all(&bytes))
}

/// Writes a volume in HU as a fresh little-endian file: `int16` or `float32` as it holds them, sform and qform from its
/// geometry. NIfTI-1, or NIfTI-2 where an axis has more than 32767 voxels.
///
/// # Errors
/// [`NiftiError::Io`] if the file cannot be written.
pub fn write_volume(path: &Path, volume: &Volume) -> Result<(), NiftiError> {
    let mut header = Header::of_grid(volume.geometry());
    let datatype = match volume.data() {
        VoxelData::I16(_) => Datatype::Int16,
        VoxelData::F32(_) => Datatype::Float32,
    };
    set_voxels(&mut header, datatype);
    let dims = volume.geometry().dims();
    write_file(path, &header, |out| (0..dims[2]).try_for_each(|k| out.write_all(&volume_plane(volume, k))))
}

fn check_grid(path: &Path, like: &impl Grid, found: [usize; 3]) -> Result<(), NiftiError> {
    let geometry = like.geometry();
    let expected = [geometry.slices(), geometry.rows(), geometry.cols()];
    if found == expected {
        return Ok(());
    }
    Err(NiftiError::OtherGrid { file: file_name(path), expected, found })
}

/// The header of `like` for other voxels on its grid: what describes the grid stays, what describes values goes.
fn derived(like: &impl Grid, datatype: Datatype) -> Header {
    let mut header = like.nifti_header();
    set_voxels(&mut header, datatype);
    header.cal_max = 0.0;
    header.cal_min = 0.0;
    header.intent_code = 0;
    [header.intent_p1, header.intent_p2, header.intent_p3] = [0.0; 3];
    header
}

fn set_voxels(header: &mut Header, datatype: Datatype) {
    header.single_file = true;
    header.datatype = datatype.code();
    header.bitpix = 8 * datatype.bytes() as i64;
    header.vox_offset = header.version.first_voxel_byte() as f64;
    header.scl_slope = 1.0;
    header.scl_inter = 0.0;
}

/// Cuts the grid down to slice `index` along voxel axis `axis`, in its place.
fn move_to_slice(header: &mut Header, axis: usize, index: f64) {
    let spacing = [1, 2, 3].map(|n| header.pixdim[n].abs());
    if let Some(qform) = super::quaternion::qform(header, spacing, &mut Vec::new()) {
        let [x, y, z] = qform.column(axis);
        header.qoffset_x += index * x;
        header.qoffset_y += index * y;
        header.qoffset_z += index * z;
    }
    for row in [&mut header.srow_x, &mut header.srow_y, &mut header.srow_z] {
        row[3] += index * row[axis];
    }
    header.dim[axis + 1] = 1;
    // When each slice of the series was taken says nothing about one of them.
    [header.slice_start, header.slice_end, header.slice_code] = [0; 3];
    header.slice_duration = 0.0;
}

impl Header {
    /// A little-endian header for voxels on `geometry`, in mm, placed by sform and, where the axes are at right angles, by
    /// qform too. NIfTI-1, or NIfTI-2 where an axis has more than 32767 voxels.
    pub fn of_grid(geometry: &Geometry) -> Self {
        let dims = geometry.dims().map(|n| n as i64);
        let small = dims.iter().all(|&n| n <= i64::from(i16::MAX));
        let version = if small { Version::Nifti1 } else { Version::Nifti2 };
        let mut header = Self::zeroed(version, Endian::Little);
        header.dim = [3, dims[0], dims[1], dims[2], 1, 1, 1, 1];
        let [x, y, z] = geometry.spacing_mm();
        header.pixdim = [1.0, x, y, z, 1.0, 1.0, 1.0, 1.0];
        header.xyzt_units = UNITS_MM;
        let affine = geometry.affine();
        [header.srow_x, header.srow_y, header.srow_z] = affine.0;
        header.sform_code = SCANNER;
        if affine.skew_degrees().is_some_and(|skew| skew < MOST_SKEW_DEGREES) {
            set_qform(&mut header, affine);
            header.qform_code = SCANNER;
        }
        header
    }
}

/// Writes header and voxels, compressed where the name says so.
fn write_file(
    path: &Path,
    header: &Header,
    voxels: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), NiftiError> {
    let gzip = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("gz"));
    let mut beginning = header.to_bytes();
    beginning.extend([0; 4]); // no extensions
    let written = write_atomically(path, |file| {
        let mut file = BufWriter::new(file);
        if gzip {
            // The lowest level that makes codes of its own: half of what masks take at the one below, in the same time.
            let mut encoder = GzBuilder::new().mtime(0).write(&mut file, Compression::new(2));
            encoder.write_all(&beginning)?;
            voxels(&mut encoder)?;
            encoder.finish()?;
        } else {
            file.write_all(&beginning)?;
            voxels(&mut file)?;
        }
        file.flush()
    });
    written.map_err(|source| NiftiError::Io { file: file_name(path), action: "written", source })
}
