//! The notebook's lungs on one slice: which contours it keeps, and what it draws of them.

use super::contours::{Contour, Contours};
use super::{Dropped, LEAST_PX, NOTEBOOK_DENSE_FROM_HU, NotebookDense};
use hilum_core::{Mask, MaskView, SliceData, SliceView};

/// What the notebook finds on one slice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotebookSlice {
    /// Its lung mask.
    pub lung: Mask,
    /// Air pixels that carry a vertex of a kept contour: what its denoising takes off the dense tissue.
    pub contour_px: Mask,
    /// Whether two hulls have the very same area. The notebook sorts by the floating-point sums of Qhull and stops with an
    /// exception where those are equal to the last bit, which rounding hinders in about five of six such ties.
    pub equal_hulls: bool,
}

impl NotebookSlice {
    /// The notebook's lungs on one slice. Panics beyond [`hilum_core::MOST_SLICE_SIDE_PX`].
    ///
    /// * `air` - pixels below [`super::NOTEBOOK_AIR_BELOW_HU`].
    ///
    /// # Errors
    /// [`Dropped`] where the notebook gives no mask.
    pub fn of(air: MaskView<'_>) -> Result<Self, Dropped> {
        let mut finder = LungFinder::new(air.rows(), air.cols());
        finder.find(air)?;
        Ok(finder.found())
    }

    /// The notebook's vessels: lung pixels at or above -500 HU, in the variant asked for. A pixel of exactly 0 HU is lost,
    /// as in the notebook.
    pub fn dense(&self, slice: SliceView<'_>, variant: NotebookDense) -> Mask {
        let mut dense = match slice.data() {
            SliceData::I16(pixels) => self.dense_among(pixels, variant),
            SliceData::F32(pixels) => self.dense_among(pixels, variant),
        };
        if variant.is_denoised() {
            dense.view_mut().and_not(self.contour_px.view());
        }
        dense
    }

    fn dense_among<T: Copy + Into<f64>>(&self, pixels: &[T], variant: NotebookDense) -> Mask {
        let lung = self.lung.view();
        let mut dense = Mask::new(lung.rows(), lung.cols());
        let mut view = dense.view_mut();
        for row in 0..lung.rows() {
            let hu = &pixels[row * lung.cols()..][..lung.cols()];
            let words = view.row_mut(row);
            for col in lung.columns(row) {
                let product = hu[col].into() * variant.mask_value();
                let is_dense = product >= f64::from(NOTEBOOK_DENSE_FROM_HU) && product != 0.0;
                words[col / 64] |= u64::from(is_dense) << (col % 64);
            }
        }
        dense
    }
}

/// Finds lungs on slice after slice of one shape; the memory is kept from one to the next.
#[derive(Debug, Clone)]
pub(super) struct LungFinder {
    contours: Contours,
    kept: Vec<Contour>,
    lung: Mask,
    pub(super) equal_hulls: bool,
}

impl LungFinder {
    pub(super) fn new(rows: usize, cols: usize) -> Self {
        Self {
            contours: Contours::new(rows, cols),
            kept: Vec::new(),
            lung: Mask::new(rows, cols),
            equal_hulls: false,
        }
    }

    /// The lung's pixels on the slice with this `air`.
    ///
    /// # Errors
    /// [`Dropped`] where the notebook gives no mask.
    pub(super) fn find(&mut self, air: MaskView<'_>) -> Result<u64, Dropped> {
        pulp::Arch::new().dispatch(Find { finder: self, air })
    }

    /// What [`LungFinder::find`] does.
    #[inline(always)]
    fn find_lungs(&mut self, air: MaskView<'_>) -> Result<u64, Dropped> {
        self.contours.find(air)?;
        self.keep_lungs()?;
        let mut lung = self.lung.view_mut();
        lung.clear();
        let (mut polygons, mut lung_px, mut overlap) = (0, 0, false);
        for Contour { interior, .. } in &self.kept {
            let area_px = interior.polygon_px();
            if area_px > LEAST_PX {
                overlap |= interior.add_polygon_to(&mut lung);
                polygons += 1;
                lung_px += area_px;
            }
        }
        if overlap {
            return Err(Dropped::OverlappingPolygons);
        }
        if polygons < 2 {
            return Err(Dropped::FewerThanTwoPolygons);
        }
        Ok(lung_px)
    }

    /// The closed contours of sufficient hull: both when there are two, else all but the largest.
    fn keep_lungs(&mut self) -> Result<(), Dropped> {
        std::mem::swap(&mut self.kept, &mut self.contours.large);
        if self.kept.len() < 2 {
            return Err(Dropped::FewerThanTwoClosedContours);
        }
        self.equal_hulls = false;
        if self.kept.len() > 2 {
            self.kept.sort_by_key(|c| c.hull_area_x800);
            let largest = self.kept.pop().map(|c| c.hull_area_x800);
            // Which of the two Qhull's rounding makes the larger one cannot be told.
            if self.kept.last().map(|c| c.hull_area_x800) == largest {
                return Err(Dropped::EqualHullAreas);
            }
            self.equal_hulls = self.kept.windows(2).any(|two| two[0].hull_area_x800 == two[1].hull_area_x800);
        }
        Ok(())
    }

    /// The masks of the slice on which lungs were found last.
    pub(super) fn found(&self) -> NotebookSlice {
        let mut contour_px = Mask::new(self.lung.view().rows(), self.lung.view().cols());
        let mut view = contour_px.view_mut();
        for Contour { interior, .. } in &self.kept {
            interior.add_air_at_border_to(&mut view);
        }
        NotebookSlice { lung: self.lung.clone(), contour_px, equal_hulls: self.equal_hulls }
    }
}

/// What [`LungFinder::find`] is given, to be compiled as one piece for the machine's own shifts, wide registers and counting of bits.
struct Find<'a> {
    finder: &'a mut LungFinder,
    air: MaskView<'a>,
}

impl pulp::NullaryFnOnce for Find<'_> {
    type Output = Result<u64, Dropped>;

    #[inline(always)]
    fn call(self) -> Self::Output {
        self.finder.find_lungs(self.air)
    }
}
