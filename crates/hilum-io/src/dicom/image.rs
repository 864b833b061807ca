//! One image of a series: a file, or a frame of one.

use super::file::DicomFile;
use std::sync::Arc;

/// Where pixels lie, and how they become HU.
#[derive(Debug, Clone)]
pub(super) struct Image {
    pub(super) file: Arc<ImageFile>,
    /// Frame in its file, from 0.
    pub(super) frame: u32,
    pub(super) plane: Plane,
    /// Centre of the first pixel in LPS+ mm.
    pub(super) position_mm: [f64; 3],
    /// Rescale Slope and Intercept; `None` where the header has neither.
    pub(super) rescale: Option<[f64; 2]>,
}

/// What all frames of a file share.
#[derive(Debug, Clone)]
pub(super) struct ImageFile {
    pub(super) source: DicomFile,
    /// Its name in messages.
    pub(super) name: String,
    pub(super) bytes: u64,
    pub(super) class_uid: String,
    pub(super) instance_uid: String,
    pub(super) acquisition: Option<i64>,
    pub(super) bits_allocated: u16,
    pub(super) signed: bool,
    pub(super) transfer_syntax: String,
    /// Distance of slices that a lone image is given.
    pub(super) thickness_mm: Option<f64>,
}

/// The plane that images of one stack have in common.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plane {
    pub(super) rows: usize,
    pub(super) cols: usize,
    /// Unit vectors along a row and down a column, LPS+.
    pub(super) along_row: [f64; 3],
    pub(super) down_column: [f64; 3],
    /// Distance of rows, distance of columns.
    pub(super) spacing_mm: [f64; 2],
}

/// Direction cosines and spacings are written with few digits.
const ROUNDING: f64 = 1e-4;

impl Plane {
    /// Whether the two differ by no more than rounding.
    pub(super) fn same_as(&self, other: &Self) -> bool {
        let close = |a: &[f64], b: &[f64]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < ROUNDING);
        (self.rows, self.cols) == (other.rows, other.cols)
            && close(&self.along_row, &other.along_row)
            && close(&self.down_column, &other.down_column)
            && close(&self.spacing_mm, &other.spacing_mm)
    }

    /// The unit normal, so that rows, columns and normal are a right-handed system.
    pub(super) fn normal(&self) -> [f64; 3] {
        let ([ax, ay, az], [bx, by, bz]) = (self.along_row, self.down_column);
        [ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx]
    }
}
