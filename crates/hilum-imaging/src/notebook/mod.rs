//! The 2022 notebook's measurement, slice by slice, computed the fast way.
//!
//! The notebook finds sub-pixel contours at level 0.95 of the image `HU < -300`, keeps closed ones whose convex hull
//! exceeds 2000 px, drops the largest when there are more than two, draws each as a polygon, and sums the polygons. Every
//! step has an exact equivalent on regions of pixels, which is what runs here:
//! * a closed contour is the outer border of a 4-connected region of air, or of an 8-connected region of tissue, that
//!   does not touch the border of the image (`region`); its vertices lie 1/20 px from an air pixel, so that hulls are
//!   integer geometry (`hull`);
//! * the polygon drawn through vertices cut to whole pixels, outline erased, is `F & F(row, col + 1) & F(row + 1, col)`
//!   with F the region with its holes filled (`polygon`);
//! * where the notebook stops with an exception, the slice is dropped with a reason ([`Dropped`]).
//!
//! Its faults are part of it: see docs/notebook.md. Checked slice by slice against vectors made with scikit-image, SciPy
//! and Pillow by tools/oracle.

mod hull;
mod open_contour;
mod polygon;
mod region;
mod scan;

pub use scan::{BestSlice, NotebookScan};

use hilum_core::{Mask, SliceView};
use polygon::Polygon;
use region::{Region, closed_regions};
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
    /// Two hulls have the same area, which its sorting cannot handle: the notebook stops with an exception.
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

/// Which of its vessel masks the notebook computes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct NotebookDense {
    /// Without the pixels within 0.1 px of a contour's vertex: what its tables and figures call denoised.
    pub denoised: bool,
    /// On a mask of 0 and 255, as its figures have it: the cut then lies at -500 / 255, about -2 HU.
    pub on_255_mask: bool,
}

/// What the notebook finds on one slice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotebookSlice {
    /// Its lung mask.
    pub lung: Mask,
    /// Air pixels that carry a vertex of a kept contour: what its denoising takes off the dense tissue.
    pub contour_px: Mask,
}

impl NotebookSlice {
    /// The notebook's lungs on one slice.
    ///
    /// * `air` - pixels below [`NOTEBOOK_AIR_BELOW_HU`].
    ///
    /// # Errors
    /// [`Dropped`] where the notebook gives no mask.
    pub fn of(air: &Mask) -> Result<Self, Dropped> {
        if open_contour::any_is_straight(air.view()) {
            return Err(Dropped::DegenerateContour);
        }
        let kept = keep_lungs(closed_regions(air.view(), LEAST_PX))?;
        let view = air.view();
        let mut lung = Mask::new(view.rows(), view.cols());
        let mut contour_px = lung.clone();
        let mut large = 0;
        for region in kept {
            let polygon = Polygon::of(&region);
            polygon.paint_edge(&mut contour_px);
            if polygon.area_px() > LEAST_PX {
                large += 1;
                if polygon.overlaps(&lung) {
                    return Err(Dropped::OverlappingPolygons);
                }
                polygon.paint(&mut lung);
            }
        }
        if large < 2 {
            return Err(Dropped::FewerThanTwoPolygons);
        }
        Ok(Self { lung, contour_px })
    }

    /// The notebook's vessels: lung pixels at or above -500 HU, in the variant asked for. A pixel of exactly 0 HU is lost,
    /// as in the notebook.
    pub fn dense(&self, slice: SliceView<'_>, variant: NotebookDense) -> Mask {
        let lung = self.lung.view();
        let factor = if variant.on_255_mask { 255.0 } else { 1.0 };
        let mut dense = Mask::from_fn(slice.rows(), slice.cols(), |row, col| {
            let product = slice.hu(row, col) * factor;
            lung.get(row, col) && product >= f32::from(NOTEBOOK_DENSE_FROM_HU) && product != 0.0
        });
        if variant.denoised {
            dense.view_mut().and_not(self.contour_px.view());
        }
        dense
    }
}

/// The closed contours of sufficient hull: both when there are two, else all but the largest.
fn keep_lungs(mut regions: Vec<Region>) -> Result<Vec<Region>, Dropped> {
    if regions.len() < 2 {
        return Err(Dropped::FewerThanTwoClosedContours);
    }
    if regions.len() > 2 {
        regions.sort_by_key(|r| r.hull_area_x800);
        if regions.windows(2).any(|pair| pair[0].hull_area_x800 == pair[1].hull_area_x800) {
            return Err(Dropped::EqualHullAreas);
        }
        regions.pop();
    }
    Ok(regions)
}
