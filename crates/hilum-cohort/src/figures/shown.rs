//! One slice in memory, with what is known about it.

use hilum_core::{Geometry, Mask, SliceData, SliceView};

/// A slice to be shown.
#[derive(Debug, Clone)]
pub(crate) struct Shown {
    pub(crate) image_id: String,
    /// Index of the slice, and how many the scan has.
    pub(crate) index: usize,
    pub(crate) slices: usize,
    /// The grid that the slice belongs to; only its plane counts here.
    pub(crate) geometry: Geometry,
    /// Voxels, `[rows, cols]` row-major.
    pub(crate) hu: Vec<f32>,
    /// The masks on this slice; `None` where none were made.
    pub(crate) masks: Option<Masks>,
}

/// Lung and dense tissue on one slice.
#[derive(Debug, Clone)]
pub(crate) struct Masks {
    pub(crate) lung: Mask,
    pub(crate) dense: Mask,
}

impl Masks {
    /// Dense tissue over lung; `None` without lung.
    pub(crate) fn ratio_percent(&self) -> Option<f64> {
        let lung = self.lung.view().count_px();
        (lung > 0).then(|| 100.0 * self.dense.view().count_px() as f64 / lung as f64)
    }
}

impl Shown {
    /// The slice; `None` if the voxels do not fit the grid.
    pub(crate) fn slice(&self) -> Option<SliceView<'_>> {
        SliceView::new(self.geometry.rows(), self.geometry.cols(), SliceData::F32(&self.hu))
    }

    /// `slice 72 of 154`, counted from 0 as everywhere in hilum.
    pub(crate) fn place(&self) -> String {
        match self.slices {
            1 => "the only slice".to_owned(),
            slices => format!("slice {} of {slices}", self.index),
        }
    }
}
