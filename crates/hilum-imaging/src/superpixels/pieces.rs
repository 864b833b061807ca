//! A picture cut into pieces.

/// Every pixel belongs to one piece; pieces are numbered from 0 without a gap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pieces {
    rows: usize,
    cols: usize,
    labels: Vec<u32>,
    count: usize,
}

impl Pieces {
    /// Numbers pieces anew, in the order of the values that mark them.
    ///
    /// `marks` holds one value a pixel, `[row, col]`: pixels with the same one are a piece. `None` where there are not
    /// rows x cols of them.
    #[must_use]
    pub fn from_marks(rows: usize, cols: usize, marks: &[u32]) -> Option<Self> {
        if rows.checked_mul(cols) != Some(marks.len()) {
            return None;
        }
        Some(Self::numbered(rows, cols, marks))
    }

    /// As [`Self::from_marks`], of rows x cols marks.
    pub(super) fn numbered(rows: usize, cols: usize, marks: &[u32]) -> Self {
        let mut known = marks.to_vec();
        known.sort_unstable();
        known.dedup();
        let number = |mark| known.binary_search(mark).unwrap_or_default() as u32;
        Self { rows, cols, labels: marks.iter().map(number).collect(), count: known.len() }
    }

    /// `[rows, cols]` of the picture.
    #[must_use]
    pub fn size_px(&self) -> [usize; 2] {
        [self.rows, self.cols]
    }

    /// The piece of every pixel, `[row, col]`, each below [`Self::count`].
    #[must_use]
    pub fn labels(&self) -> &[u32] {
        &self.labels
    }

    /// Number of pieces.
    #[must_use]
    pub fn count(&self) -> usize {
        self.count
    }

    /// Pixels of every piece.
    #[must_use]
    pub fn area_px(&self) -> Vec<usize> {
        let mut area = vec![0; self.count];
        for &label in &self.labels {
            area[label as usize] += 1;
        }
        area
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_become_numbers_without_a_gap() {
        let pieces = Pieces::from_marks(2, 2, &[70, 3, 3, 9]).unwrap();
        assert_eq!(pieces.labels(), [2, 0, 0, 1]);
        assert_eq!(pieces.count(), 3);
        assert_eq!(pieces.area_px(), [2, 1, 1]);
        assert_eq!(Pieces::from_marks(2, 2, &[1; 3]), None);
    }
}
