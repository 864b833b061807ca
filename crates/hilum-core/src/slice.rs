//! One axial slice in Hounsfield units, borrowed from wherever it lives.

/// Pixels of a slice in HU, in the narrowest type that holds them exactly.
///
/// `I16` is used when the stored values are 16-bit or 8-bit integers that already are HU (scale 1, intercept 0);
/// everything else is `F32`, which is exact for 16-bit integers with an intercept and keeps 24 bits otherwise
/// (better than 1e-4 HU within +-1024 HU).
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum SliceData<'a> {
    /// Whole Hounsfield units.
    I16(&'a [i16]),
    /// Fractional or wide Hounsfield units. NaN marks a voxel without a value.
    F32(&'a [f32]),
}

/// A borrowed axial slice, shape `[rows, cols]`, row-major, in HU.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SliceView<'a> {
    rows: usize,
    cols: usize,
    data: SliceData<'a>,
}

impl<'a> SliceView<'a> {
    /// Wraps `data` as a slice of `rows` x `cols`; `None` if the number of pixels differs.
    pub fn new(rows: usize, cols: usize, data: SliceData<'a>) -> Option<Self> {
        let len = match data {
            SliceData::I16(v) => v.len(),
            SliceData::F32(v) => v.len(),
        };
        (rows.checked_mul(cols) == Some(len)).then_some(Self { rows, cols, data })
    }

    /// Number of rows.
    #[inline]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Number of columns.
    #[inline]
    pub fn cols(&self) -> usize {
        self.cols
    }

    /// The pixels, row-major.
    #[inline]
    pub fn data(&self) -> SliceData<'a> {
        self.data
    }

    /// The value at (`row`, `col`) in HU. Panics outside the slice, as indexing does.
    #[inline]
    pub fn hu(&self, row: usize, col: usize) -> f32 {
        assert!(row < self.rows && col < self.cols, "pixel ({row}, {col}) outside the slice");
        match self.data {
            SliceData::I16(v) => f32::from(v[row * self.cols + col]),
            SliceData::F32(v) => v[row * self.cols + col],
        }
    }

    /// All values in HU, row-major.
    pub fn to_hu(&self) -> Vec<f32> {
        match self.data {
            SliceData::I16(v) => v.iter().map(|&x| f32::from(x)).collect(),
            SliceData::F32(v) => v.to_vec(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slice_knows_its_shape() {
        let pixels = [1i16, 2, 3, 4, 5, 6];
        assert!(SliceView::new(2, 2, SliceData::I16(&pixels)).is_none());
        let slice = SliceView::new(2, 3, SliceData::I16(&pixels)).unwrap();
        assert_eq!(slice.hu(1, 0), 4.0);
        assert_eq!(slice.to_hu(), vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    }
}
