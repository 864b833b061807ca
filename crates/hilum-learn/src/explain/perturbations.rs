//! Which pieces of a picture are shown, picture after picture.

use crate::random::Random;

/// Rows of bits: row by row which of the pieces are shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Perturbations {
    pieces: usize,
    bits: Vec<bool>,
}

impl Perturbations {
    /// `samples` rows, every bit a fair coin, but the first row, which shows all: as LIME has it.
    #[must_use]
    pub fn draw(samples: usize, pieces: usize, seed: u64) -> Self {
        let mut random = Random::new(seed);
        let (mut bits, mut coins, mut left) = (Vec::with_capacity(samples * pieces), 0, 0);
        for _ in 0..samples * pieces {
            if left == 0 {
                (coins, left) = (random.next(), 64);
            }
            bits.push(coins & 1 == 1);
            (coins, left) = (coins >> 1, left - 1);
        }
        bits.iter_mut().take(pieces).for_each(|bit| *bit = true);
        Self { pieces, bits }
    }

    /// Rows that others drew, `[sample, piece]`; `None` where their number is no multiple of `pieces`.
    #[must_use]
    pub fn from_bits(pieces: usize, bits: Vec<bool>) -> Option<Self> {
        (pieces > 0 && bits.len().is_multiple_of(pieces)).then_some(Self { pieces, bits })
    }

    /// Number of pieces.
    #[must_use]
    pub fn pieces(&self) -> usize {
        self.pieces
    }

    /// Number of rows.
    #[must_use]
    pub fn samples(&self) -> usize {
        self.bits.len().checked_div(self.pieces).unwrap_or(0)
    }

    /// Row by row, which pieces are shown.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = &[bool]> {
        self.bits.chunks_exact(self.pieces.max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_row_shows_all_and_the_others_half() {
        let drawn = Perturbations::draw(401, 50, 3);
        assert_eq!((drawn.samples(), drawn.pieces()), (401, 50));
        assert!(drawn.rows().next().unwrap().iter().all(|&shown| shown));
        let shown = drawn.rows().skip(1).flatten().filter(|&&shown| shown).count();
        // Five standard deviations of 20,000 coins.
        assert!(shown.abs_diff(10_000) < 354, "{shown}");
        assert_eq!(drawn, Perturbations::draw(401, 50, 3));
        assert_ne!(drawn, Perturbations::draw(401, 50, 4));
    }

    #[test]
    fn bits_that_are_no_rows_are_refused() {
        assert_eq!(Perturbations::from_bits(3, vec![true; 7]), None);
        assert_eq!(Perturbations::from_bits(0, Vec::new()), None);
        assert_eq!(Perturbations::draw(4, 0, 1).samples(), 0);
    }
}
