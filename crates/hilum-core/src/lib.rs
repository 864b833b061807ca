//! The words that every other crate of hilum speaks: volumes in Hounsfield units (HU), their geometry,
//! bit-packed masks, findings, recipes and the schema of the measurement table.
//!
//! # Array order
//! Said once, here, and true everywhere else:
//! * voxels are `[i, j, k]` as in a NIfTI file, `i` running fastest in memory;
//! * an axial slice has shape `[rows, cols]`, row-major. When the axial axis is `k` (nearly always), row = `j`
//!   and col = `i`, so a slice is a contiguous piece of the file. When another voxel axis is the axial one, row is
//!   the later and col the earlier of the two axes that remain;
//! * world coordinates are millimetres in RAS+ (x grows to the patient's Right, y to Anterior, z to Superior), as
//!   the NIfTI standard has it.
//!
//! # Units
//! Every number carries its unit as a suffix: `_hu _mm _mm2 _ml _px _vox _frac _percent _s`.
//!
//! This crate reads no files, starts no threads and knows no algorithm.

mod bins;
mod finding;
mod geometry;
mod large;
mod mask;
mod orientation;
mod recipe;
mod sample;
pub mod schema;
mod slice;
mod volume;
mod words;

pub use bins::{Bins, round_step};
pub use finding::{Finding, Level, Status};
pub use geometry::{Affine, AffineSource, Geometry, GeometryError, InPlaneSpacingMm, MOST_SLICE_SIDE_PX};
pub use large::LargeList;
pub use mask::{Mask, MaskView, MaskViewMut, MaskVolume};
pub use orientation::{AxialFrame, Direction, Orientation};
pub use recipe::Recipe;
pub use sample::{Summary, by_number_then_text, quantile};
pub use slice::{SliceData, SliceView};
pub use volume::{SliceSource, Volume, VolumeError, VoxelData};
