//! NIfTI-1 and NIfTI-2: chest CT volumes in, masks and slices out.
//!
//! # In
//! [`NiftiFile::open`] reads the header and says what the volume is and what is odd about it; [`NiftiFile::reader`] shows
//! the axial slices in Hounsfield units, one after the other or one alone, while the file is read and unpacked: a few
//! slices of memory, unless the axial axis is i or j. Stored values become HU as `stored * scl_slope + scl_inter`.
//!
//! # Out
//! [`write_mask`] and [`write_slice`] keep the geometry of the volume they came from, field for field; [`write_volume`]
//! makes a new file. Text fields of the header are left blank: they may hold names of people.
//!
//! # Example
//! ```
//! use hilum_core::{Geometry, SliceSource, Volume, VoxelData};
//! use hilum_io::nifti::{NiftiFile, ReadBuffers, write_volume};
//! use std::ops::ControlFlow;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("scan.nii.gz");
//! let grid = Geometry::lps([4, 3, 2], [0.7, 0.7, 1.5])?;
//! write_volume(&path, &Volume::new(grid, VoxelData::I16((0..24).collect()))?)?;
//!
//! let file = NiftiFile::open(&path)?;
//! assert_eq!(file.format(), "NIfTI-1 int16 gz");
//! assert_eq!(file.geometry().orientation().to_string(), "LPS");
//! let mut last_hu = Vec::new();
//! file.reader(&mut ReadBuffers::default())?.visit_slices(&mut |_, slice| {
//!     last_hu.push(slice.hu(2, 3));
//!     ControlFlow::Continue(())
//! })?;
//! assert_eq!(last_hu, [11.0, 23.0]);
//! # Ok(())
//! # }
//! ```
//!
//! # Not here
//! Time series, complex numbers and colours are refused; header extensions are passed over; nothing is resampled.
//!
//! # Source
//! nifti1.h and nifti2.h of the NIfTI Data Format Working Group; fields carry their names.

mod affine;
mod arrival;
mod convert;
mod datatype;
mod error;
mod extent;
mod file;
mod gather;
mod header;
mod layout;
mod pages;
mod pass;
mod planes;
mod quaternion;
mod reader;
mod stored;
mod write;

pub use arrival::Content;
pub use datatype::Datatype;
pub use error::NiftiError;
pub use file::NiftiFile;
pub use header::{Endian, Header, Version};
pub use reader::{NiftiReader, ReadBuffers};
pub use write::{Grid, write_mask, write_slice, write_volume};
