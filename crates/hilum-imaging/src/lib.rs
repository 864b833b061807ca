//! Selection, segmentation and measurement of lungs on CT slices: arrays in, values out.
//!
//! Enters: slices in HU ([`hilum_core::SliceView`]) or bit masks. Leaves: masks, areas, findings. No files, no threads, no
//! clock: the same arrays give the same values everywhere. Array order and units are those of [`hilum_core`].

mod components;
mod display;
mod enclosed;
mod gate;
mod grey;
mod labelled;
pub mod lungs;
pub mod matching;
pub mod morphology;
pub mod notebook;
mod outline;
mod picture_lungs;
mod runs;
pub mod scout;
mod select;
mod sets;
pub mod sift;
pub mod superpixels;
mod threshold;

pub use components::{Component, Components, Connectivity, fill_holes, fill_holes_of};
pub use display::{DENSE_RGB, Display, LUNG_RGB, Picture, Window};
pub use gate::{Gate, geometry_findings};
pub use grey::{Grey, ShapeError};
pub use outline::outlines;
pub use picture_lungs::lungs_of_picture;
pub use runs::Run;
pub use select::{PLATEAU_FRAC, SliceChoice, first_maximum, lung_state};
pub use threshold::threshold_below;
