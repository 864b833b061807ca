//! How well two masks agree.

use hilum_core::{MaskView, MaskVolume};
use std::iter::Sum;

/// The pixels (or voxels) that two masks have, and that both have.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Overlap {
    /// In the first mask.
    pub first: u64,
    /// In the second mask.
    pub second: u64,
    /// In both.
    pub both: u64,
}

impl Overlap {
    /// Of two masks of one slice.
    ///
    /// # Panics
    /// If their shapes differ.
    pub fn of(first: MaskView<'_>, second: MaskView<'_>) -> Self {
        assert_eq!((first.rows(), first.cols()), (second.rows(), second.cols()), "masks of one shape");
        let both = first.words().iter().zip(second.words()).map(|(a, b)| u64::from((a & b).count_ones()));
        Self { first: first.count_px(), second: second.count_px(), both: both.sum() }
    }

    /// Of every slice of two volumes.
    ///
    /// # Panics
    /// If their shapes differ.
    pub fn of_slices(first: &MaskVolume, second: &MaskVolume) -> Vec<Self> {
        assert_eq!(first.slices(), second.slices(), "volumes of one height");
        (0..first.slices()).map(|k| Self::of(first.slice(k), second.slice(k))).collect()
    }

    /// The Dice coefficient, twice the intersection over the sum of both: 1 for equal masks; `None` where both are
    /// empty.
    pub fn dice(&self) -> Option<f64> {
        let sum = self.first + self.second;
        (sum > 0).then(|| 2.0 * self.both as f64 / sum as f64)
    }
}

impl Sum for Overlap {
    fn sum<I: Iterator<Item = Self>>(parts: I) -> Self {
        parts.fold(Self::default(), |all, part| Self {
            first: all.first + part.first,
            second: all.second + part.second,
            both: all.both + part.both,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hilum_core::Mask;

    #[test]
    fn dice_is_twice_the_intersection_over_the_sum() {
        let (a, b) = (Mask::drawn("# # ."), Mask::drawn(". # #"));
        let overlap = Overlap::of(a.view(), b.view());
        assert_eq!(overlap, Overlap { first: 2, second: 2, both: 1 });
        assert_eq!(overlap.dice(), Some(0.5));
        assert_eq!([overlap, overlap].into_iter().sum::<Overlap>().dice(), Some(0.5));
        assert_eq!(Overlap::default().dice(), None);
    }
}
