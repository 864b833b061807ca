//! Pictures that are nearly the same: cut otherwise, shown through another window, scaled, or the next slice of one scan.
//!
//! Two steps. A perceptual hash ([`hash`]) of the whole picture is held against hashes of the other picture's cuts: the whole,
//! and less a sixteenth or an eighth of it at each of the four edges, 81 in all. Where at most 12 of 64 bits differ, the two
//! small pictures are correlated; from 0.885 on they are near duplicates. The hash alone is not enough for CT: two lungs in a
//! chest are low frequencies that all patients share. Both limits were chosen by looking at pairs of COVID-CT:
//! docs/classifier.md tells how many were right.
//!
//! What it does not find: mirrored or turned pictures, slices far apart, and cuts deeper than an eighth.

mod hash;

use super::{
    preprocessing::Values,
    resize::resize,
    source::{Source, SourceKind},
};
use hash::{SIDE_PX, perceptual_hash};

/// Rows and columns of what is kept of a picture.
const KEPT_PX: usize = 64;
/// What is cut off at an edge, of 64.
const MARGINS_PX: [usize; 3] = [0, 4, 8];
/// Differing bits of near duplicates, at most.
const MOST_BITS: u32 = 12;
/// Correlation of near duplicates, at least.
const LEAST_CORRELATION: f64 = 0.885;

/// Cuts of a picture: margins above, below, left and right. The first is the whole.
const CUTS: usize = MARGINS_PX.len().pow(4);

/// What is kept of a picture to know it again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fingerprint {
    kept: Vec<u16>,
    whole: Vec<u16>,
    hashes: Vec<u64>,
}

/// How alike two near duplicates are.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Likeness {
    /// Bits of 64 in which the hashes differ, where the pictures correlate best.
    pub bits: u32,
    /// Correlation of the two pictures at 32 x 32 px, cut so that it is largest.
    pub correlation: f64,
}

impl Fingerprint {
    /// Of the picture, or of the chosen slice through the lung window; `None` where there is none.
    #[must_use]
    pub fn of(source: &Source) -> Option<Self> {
        let values = match source.kind {
            SourceKind::HuSlice => Values::LUNG,
            SourceKind::GreyPicture => Values::AsIs,
        };
        let grey = values.grey(source.planes.get(&0)?, source.kind);
        Self::of_grey(&grey, [source.rows, source.cols])
    }

    /// Of grey values, `[rows, cols]` row-major.
    fn of_grey(grey: &[u16], size: [usize; 2]) -> Option<Self> {
        let kept = resize(grey, size, [KEPT_PX; 2])?;
        let mut print = Self { kept, whole: Vec::new(), hashes: Vec::new() };
        print.hashes = (0..CUTS).map(|cut| perceptual_hash(&print.cut(cut))).collect();
        print.whole = print.cut(0);
        Some(print)
    }

    /// One of the cuts, at 32 x 32 px.
    fn cut(&self, number: usize) -> Vec<u16> {
        let margin = |place: u32| MARGINS_PX[number / MARGINS_PX.len().pow(place) % MARGINS_PX.len()];
        let [top, bottom, left, right] = [margin(3), margin(2), margin(1), margin(0)];
        let rows = self.kept.chunks_exact(KEPT_PX).take(KEPT_PX - bottom).skip(top);
        let part: Vec<u16> = rows.flat_map(|row| row[left..KEPT_PX - right].iter().copied()).collect();
        resize(&part, [KEPT_PX - top - bottom, KEPT_PX - left - right], [SIDE_PX; 2]).unwrap_or_default()
    }

    /// How alike two pictures are; `None` where they are no near duplicates. The order plays no part.
    #[must_use]
    pub fn likeness(&self, other: &Self) -> Option<Likeness> {
        let best = [self.in_cuts_of(other), other.in_cuts_of(self)].into_iter().flatten();
        best.max_by(|a, b| a.correlation.total_cmp(&b.correlation).then(b.bits.cmp(&a.bits)))
            .filter(|likeness| likeness.correlation >= LEAST_CORRELATION)
    }

    /// The whole picture against the cuts of another one, as far as hashes agree.
    fn in_cuts_of(&self, other: &Self) -> Option<Likeness> {
        let bits = |cut: usize| (self.hashes[0] ^ other.hashes[cut]).count_ones();
        let near = (0..CUTS).map(|cut| (cut, bits(cut))).filter(|(_, bits)| *bits <= MOST_BITS);
        let likeness = near.filter_map(|(cut, bits)| {
            Some(Likeness { bits, correlation: correlation(&self.whole, &other.cut(cut))? })
        });
        likeness.max_by(|a, b| a.correlation.total_cmp(&b.correlation).then(b.bits.cmp(&a.bits)))
    }
}

/// Pearson's correlation, its sums in whole numbers; `None` where one of the pictures is even.
fn correlation(a: &[u16], b: &[u16]) -> Option<f64> {
    let sum = |values: &[u16]| values.iter().map(|&v| i64::from(v)).sum::<i64>();
    let product =
        |a: &[u16], b: &[u16]| a.iter().zip(b).map(|(&a, &b)| i64::from(a) * i64::from(b)).sum::<i64>();
    let count = a.len() as i64;
    let moment = |a: &[u16], b: &[u16]| (count * product(a, b) - sum(a) * sum(b)) as f64;
    let spread = (moment(a, a) * moment(b, b)).sqrt();
    (spread > 0.0).then(|| moment(a, b) / spread)
}

#[cfg(test)]
mod tests;
