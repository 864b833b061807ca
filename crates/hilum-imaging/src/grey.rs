//! 8-bit grey pictures, as SIFT and superpixels take them.

/// An 8-bit grey picture.
#[derive(Debug, Clone, Copy)]
pub struct Grey<'a> {
    rows: usize,
    cols: usize,
    pixels: &'a [u8],
}

/// The number of bytes is not rows x columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an image of {rows} x {cols} pixels needs {rows} x {cols} bytes, and {bytes} were given")]
pub struct ShapeError {
    /// Rows said.
    pub rows: usize,
    /// Columns said.
    pub cols: usize,
    /// Bytes given.
    pub bytes: usize,
}

impl<'a> Grey<'a> {
    /// `pixels` in rows from the top.
    ///
    /// # Errors
    /// [`ShapeError`] if there are not rows x cols of them.
    pub fn new(rows: usize, cols: usize, pixels: &'a [u8]) -> Result<Self, ShapeError> {
        match rows.checked_mul(cols) {
            Some(len) if len == pixels.len() => Ok(Self { rows, cols, pixels }),
            _ => Err(ShapeError { rows, cols, bytes: pixels.len() }),
        }
    }

    /// Number of rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Number of columns.
    #[must_use]
    pub fn cols(&self) -> usize {
        self.cols
    }

    /// All pixels, `[row, col]`.
    #[must_use]
    pub fn pixels(&self) -> &'a [u8] {
        self.pixels
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_number_of_bytes_is_refused() {
        assert_eq!(Grey::new(2, 3, &[0; 5]).unwrap_err(), ShapeError { rows: 2, cols: 3, bytes: 5 });
        assert!(Grey::new(usize::MAX, 2, &[0; 5]).is_err());
        assert_eq!(Grey::new(1, 2, &[3, 4]).unwrap().pixels(), [3, 4]);
    }
}
