//! Files and stores from the outside: against the field's own tools, real scans and hostile input.

#![allow(clippy::unwrap_used, reason = "a test that meets an error has failed")]

mod dicom;
mod nifti;
mod pytorch_weights;
mod raster;
mod stores;
