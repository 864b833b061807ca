//! Perceptual hashes of small pictures.

use std::{f64::consts::PI, sync::LazyLock};

/// Rows and columns of the picture that is hashed.
pub(super) const SIDE_PX: usize = 32;
/// Frequencies of each axis that the hash holds.
const LOW: usize = 8;

/// `cos(pi k (2 n + 1) / 64)` at `[k][n]`; from `libm`, to the same bits on every machine.
static COSINES: LazyLock<[[f64; SIDE_PX]; LOW]> = LazyLock::new(|| {
    let cosine = |k: usize, n: usize| libm::cos(PI * (k * (2 * n + 1)) as f64 / (2 * SIDE_PX) as f64);
    std::array::from_fn(|k| std::array::from_fn(|n| cosine(k, n)))
});

/// The DCT hash of a picture of 32 x 32 px: one bit for each of its 8 x 8 lowest frequencies, vertical ones by row, set
/// where the coefficient lies above the median of all 64. The first bit is the highest.
///
/// # Source
/// Zauner, Implementation and benchmarking of perceptual image hash functions, 2010; as `phash` of the Python package
/// `imagehash` computes it.
pub(super) fn perceptual_hash(picture: &[u16]) -> u64 {
    let rows = picture.chunks_exact(SIDE_PX);
    let along: Vec<[f64; LOW]> = rows
        .map(|row| COSINES.each_ref().map(|wave| wave.iter().zip(row).map(|(w, &v)| w * f64::from(v)).sum()))
        .collect();
    let mut low = [0.0; LOW * LOW];
    for (vertical, wave) in COSINES.iter().enumerate() {
        for across in 0..LOW {
            low[vertical * LOW + across] =
                wave.iter().zip(&along).map(|(w, row)| w * row[across]).sum::<f64>();
        }
    }
    let mut sorted = low;
    sorted.sort_by(f64::total_cmp);
    let median = f64::midpoint(sorted[31], sorted[32]);
    low.iter().fold(0, |hash, coefficient| hash << 1 | u64::from(*coefficient > median))
}
