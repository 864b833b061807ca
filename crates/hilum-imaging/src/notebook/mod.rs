//! The 2022 notebook's measurement, slice by slice, computed the fast way.
//!
//! The notebook finds sub-pixel contours at level 0.95 of the image `HU < -300`, keeps closed ones whose convex hull
//! exceeds 2000 px, drops the largest when there are more than two, draws each as a polygon, and sums the polygons. What
//! runs here gives the same pixels:
//! * a contour runs between pairs of neighbouring pixels, one air and one tissue, from pair to pair (`crossing`); only
//!   contours that end at the border or can be large enough are followed (`contours`);
//! * vertices lie 1/20 px from an air pixel, so that hulls are whole-number geometry (`hull`);
//! * the polygon drawn through vertices cut to whole pixels, outline erased, is `F & F(row, col + 1) & F(row + 1, col)`
//!   with F the pixels inside the contour (`interior`);
//! * where the notebook stops with an exception, the slice is dropped with a reason ([`Dropped`]).
//!
//! Its faults are part of it: see docs/notebook.md. Checked slice by slice against vectors made with scikit-image, SciPy
//! and Pillow by tools/oracle.

mod contours;
mod crossing;
mod dense;
mod hull;
mod interior;
mod lungs;
mod scan;

pub use dense::NotebookDense;
pub use lungs::NotebookSlice;
pub use scan::{BestSlice, NotebookScan, notebook_air};

use std::fmt;

/// Below this a pixel is air to the notebook (HU).
pub const NOTEBOOK_AIR_BELOW_HU: i16 = -300;
/// At or above this a pixel of the lung is what the notebook calls vessel (HU).
pub const NOTEBOOK_DENSE_FROM_HU: i16 = -500;
/// Hulls and polygons must be larger than this (px, whatever the pixel's size).
const LEAST_PX: u64 = 2000;

/// Why the notebook does not measure a slice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dropped {
    /// A contour is a straight line or a point pair and has no hull: the notebook stops with an exception.
    DegenerateContour,
    /// Fewer than two contours are closed and large enough.
    FewerThanTwoClosedContours,
    /// The two largest hulls have the same area: the notebook stops with an exception, or drops one of them by chance.
    EqualHullAreas,
    /// Two polygons overlap.
    OverlappingPolygons,
    /// Fewer than two polygons are large enough.
    FewerThanTwoPolygons,
}

impl fmt::Display for Dropped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::DegenerateContour => "degenerate_contour",
            Self::FewerThanTwoClosedContours => "fewer_than_two_closed_contours",
            Self::EqualHullAreas => "equal_hull_areas",
            Self::OverlappingPolygons => "overlapping_polygons",
            Self::FewerThanTwoPolygons => "fewer_than_two_polygons",
        })
    }
}
