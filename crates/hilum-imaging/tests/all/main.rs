//! Operations on slices and volumes against the field's own tools.

#![allow(clippy::unwrap_used, reason = "a test that meets an error has failed")]

mod any_volume;
mod notebook_regions;
mod oracle;
mod sift;
mod superpixels;
