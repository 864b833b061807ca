//! What can go wrong with a NIfTI file. Every message names the file by its last component, what was found in it and
//! what to do.

use hilum_core::GeometryError;
use std::io;

/// A NIfTI file that cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the fields are what the messages say")]
pub enum NiftiError {
    /// The operating system refused.
    #[error("{file}: cannot be {action}")]
    Io { file: String, action: &'static str, source: io::Error },

    /// No bytes at all.
    #[error("{file}: the file is empty; copy it again")]
    Empty { file: String },

    /// The content is something else.
    #[error("{file}: not a NIfTI file: {found}")]
    NotNifti { file: String, found: String },

    /// The file ends inside the header.
    #[error(
        "{file}: the header needs {expected_bytes} bytes and the file ends after {found_bytes}; copy it again"
    )]
    ShortHeader { file: String, expected_bytes: u64, found_bytes: u64 },

    /// One half of a `.hdr`/`.img` pair is not there.
    #[error("{file}: its other half {wanted} is missing from the folder; put the two side by side")]
    MissingHalf { file: String, wanted: String },

    /// One half of a `.hdr`/`.img` pair in a store.
    #[error(
        "{file}: one half of a pair of .hdr and .img, which hilum reads from a disk only; copy both there"
    )]
    PairInStore { file: String },

    /// `dim` describes no grid.
    #[error("{file}: dim = {dim:?} is no grid of voxels: {problem}")]
    Dimensions { file: String, dim: [i64; 8], problem: &'static str },

    /// More than one volume.
    #[error(
        "{file}: dim = {dim:?} holds {volumes} volumes (a time series or channels); split it and give one volume a file"
    )]
    ManyVolumes { file: String, dim: [i64; 8], volumes: u64 },

    /// Voxels of a type that has no Hounsfield units.
    #[error(
        "{file}: datatype = {code} ({name}) is not a real number a voxel; convert it to int16 or float32"
    )]
    Datatype { file: String, code: i64, name: &'static str },

    /// `vox_offset` points nowhere.
    #[error("{file}: vox_offset = {vox_offset} is no place for voxels: {problem}")]
    VoxOffset { file: String, vox_offset: f64, problem: &'static str },

    /// `scl_inter` is not a number.
    #[error(
        "{file}: scl_slope = {scl_slope}, scl_inter = {scl_inter} cannot turn voxels into HU; mend the header"
    )]
    Scaling { file: String, scl_slope: f64, scl_inter: f64 },

    /// No voxel size along an axis.
    #[error("{file}: pixdim[{axis}] = {pixdim} is no distance and no sform says better; mend the header")]
    Spacing { file: String, axis: usize, pixdim: f64 },

    /// Neither sform, qform nor pixdim spans space.
    #[error("{file}: no usable position in space")]
    Geometry { file: String, source: Box<GeometryError> },

    /// Fewer voxels than the header promises.
    #[error(
        "{file}: the header promises {expected_voxels} voxels and the file holds {found_voxels} ({found_bytes} of \
         {expected_bytes} bytes); it was cut off, copy it again"
    )]
    TooShort { file: String, expected_voxels: u64, found_voxels: u64, expected_bytes: u64, found_bytes: u64 },

    /// A gzip file too small for what its header promises.
    #[error(
        "{file}: the header promises {expected_bytes} bytes, more than {stored_bytes} compressed bytes can ever \
         unfold to; the header or the file is damaged"
    )]
    Overpromise { file: String, expected_bytes: u64, stored_bytes: u64 },

    /// Compressed data that do not decode.
    #[error("{file}: the compressed data are damaged after {decoded_bytes} bytes ({problem}); copy it again")]
    DamagedGzip { file: String, decoded_bytes: u64, problem: String },

    /// A slice beyond the last.
    #[error("{file}: slice {index} was asked of a volume of {slices}")]
    NoSuchSlice { file: String, index: usize, slices: usize },

    /// A mask or slice on another grid.
    #[error("{file}: {found:?} pixels (slices, rows, cols) given for a grid of {expected:?}")]
    OtherGrid { file: String, expected: [usize; 3], found: [usize; 3] },
}
