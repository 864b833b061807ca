//! One slice in memory, with what is known about it.

use hilum_core::{Geometry, Mask, SliceData, SliceView};

/// A slice to be shown.
#[derive(Debug, Clone)]
pub(super) struct Shown {
    pub(super) image_id: String,
    /// Index of the slice, and how many the scan has.
    pub(super) index: usize,
    pub(super) slices: usize,
    /// The grid that the slice belongs to; only its plane counts here.
    pub(super) geometry: Geometry,
    /// Voxels, `[rows, cols]` row-major.
    pub(super) hu: Vec<f32>,
    /// The masks on this slice; `None` where none were made.
    pub(super) masks: Option<Masks>,
}

/// Lung and dense tissue on one slice.
#[derive(Debug, Clone)]
pub(super) struct Masks {
    pub(super) lung: Mask,
    pub(super) dense: Mask,
}

impl Masks {
    /// Dense tissue over lung; `None` without lung.
    pub(super) fn ratio_percent(&self) -> Option<f64> {
        let lung = self.lung.view().count_px();
        (lung > 0).then(|| 100.0 * self.dense.view().count_px() as f64 / lung as f64)
    }
}

impl Shown {
    /// The slice; `None` if the voxels do not fit the grid.
    pub(super) fn slice(&self) -> Option<SliceView<'_>> {
        SliceView::new(self.geometry.rows(), self.geometry.cols(), SliceData::F32(&self.hu))
    }

    /// `slice 72 of 154`, counted from 0 as everywhere in hilum.
    pub(super) fn place(&self) -> String {
        match self.slices {
            1 => "the only slice".to_owned(),
            slices => format!("slice {} of {slices}", self.index),
        }
    }
}
