//! What every pixel says for a class.

use hilum_imaging::superpixels::Pieces;

/// One number a pixel: positive where the picture speaks for the class, negative where it speaks against it. The unit is
/// the method's own; signs and order compare, sizes do not.
#[derive(Debug, Clone, PartialEq)]
pub struct Attribution {
    rows: usize,
    cols: usize,
    values: Vec<f32>,
}

impl Attribution {
    /// `None` where there are not rows x cols values, in the order `[row, col]`.
    #[must_use]
    pub fn new(rows: usize, cols: usize, values: Vec<f32>) -> Option<Self> {
        (rows.checked_mul(cols) == Some(values.len())).then_some(Self { rows, cols, values })
    }

    /// Every pixel gets the weight of its piece, spread evenly: the sum over a piece is its weight.
    #[must_use]
    pub fn of_pieces(pieces: &Pieces, weights: &[f64]) -> Self {
        let area = pieces.area_px();
        let even: Vec<f32> =
            weights.iter().zip(&area).map(|(w, &px)| (w / px.max(1) as f64) as f32).collect();
        let [rows, cols] = pieces.size_px();
        let of_label = |&label: &u32| even.get(label as usize).copied().unwrap_or(0.0);
        Self { rows, cols, values: pieces.labels().iter().map(of_label).collect() }
    }

    /// `[rows, cols]`.
    #[must_use]
    pub fn size_px(&self) -> [usize; 2] {
        [self.rows, self.cols]
    }

    /// All values, `[row, col]`.
    #[must_use]
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// The sum over every piece.
    #[must_use]
    pub fn sums(&self, pieces: &Pieces) -> Vec<f64> {
        let mut sums = vec![0.0; pieces.count()];
        for (&label, &value) in pieces.labels().iter().zip(&self.values) {
            sums[label as usize] += f64::from(value);
        }
        sums
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weight_of_a_piece_is_spread_over_its_pixels() {
        let pieces = Pieces::from_marks(1, 4, &[0, 0, 0, 1]).unwrap();
        let map = Attribution::of_pieces(&pieces, &[0.6, -0.5]);
        assert!((map.values()[0] - 0.2).abs() < 1e-7 && (map.values()[3] + 0.5).abs() < 1e-7);
        let sums = map.sums(&pieces);
        assert!((sums[0] - 0.6).abs() < 1e-6 && (sums[1] + 0.5).abs() < 1e-6);
        assert_eq!(Attribution::new(2, 2, vec![0.0; 3]), None);
    }
}
