//! Extrema of the difference of Gaussians, to the pixel (Lowe 2004, section 3.1).

use super::gradient::eight;
use super::lanes::{Kernel, LANES, Lanes};
use super::octave::Octave;
use super::settings::MAX_LAYERS;

/// Pixels at the border of every layer in which nothing is looked for.
pub(super) const BORDER_PX: usize = 5;

/// A pixel that is no less, or no greater, than its 26 neighbours in place and scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Extremum {
    /// Index of the difference: of layer + 1 and layer.
    pub(super) layer: usize,
    pub(super) row: usize,
    pub(super) col: usize,
}

/// Looks for extrema in one row of all inner differences of an octave.
pub(super) struct ScanRow<'a> {
    pub(super) octave: &'a Octave,
    pub(super) row: usize,
    /// Grey levels that an extremum must exceed.
    pub(super) threshold: f32,
    pub(super) found: &'a mut Vec<Extremum>,
}

impl Kernel for ScanRow<'_> {
    type Output = ();

    #[inline(always)]
    fn run<L: Lanes>(self, l: L) {
        let Self { octave, row, threshold, found } = self;
        let (last, stride) = (octave.cols - BORDER_PX, octave.stride);
        let limit = l.splat(threshold);
        // This row of all layers, with one row above and below.
        let mut rows: [&[f32]; MAX_LAYERS + 3] = [&[]; MAX_LAYERS + 3];
        for (rows, layer) in rows.iter_mut().zip(&octave.layers) {
            *rows = &layer.values()[(row - 1) * stride..(row + 2) * stride + LANES];
        }
        let rows = &rows[..octave.layers.len()];
        let mut col = BORDER_PX;
        while col < last {
            let at = stride + col;
            let mut low = l.load(eight(rows[1], at));
            let mut layer = 1;
            while layer + 2 < rows.len() {
                let high = l.load(eight(rows[layer + 1], at));
                let here = l.sub(high, low);
                // Most of a slice is not far enough from 0.
                if l.less(limit, l.abs(here)) != 0 {
                    let mut bits = peaks_of_cross(l, &rows[layer - 1..layer + 3], stride, at, limit);
                    while bits != 0 {
                        let col = col + bits.trailing_zeros() as usize;
                        if col < last && is_extremum(&rows[layer - 1..layer + 3], stride, stride + col) {
                            found.push(Extremum { layer, row, col });
                        }
                        bits &= bits - 1;
                    }
                }
                (low, layer) = (high, layer + 1);
            }
            col += LANES;
        }
    }
}

/// One bit for each of eight pixels beyond the limit that no neighbour above, below, left, right, or one scale away in the
/// same place surpasses.
#[inline(always)]
fn peaks_of_cross<L: Lanes>(l: L, rows: &[&[f32]], stride: usize, at: usize, limit: L::V) -> u32 {
    let (low, high) = (rows[1], rows[2]);
    let here = difference(l, low, high, at);
    let (left, right) = (difference(l, low, high, at - 1), difference(l, low, high, at + 1));
    let (most, least) = (l.max(left, right), l.min(left, right));
    let is_peak = l.less(limit, here) & !l.less(here, most);
    let is_pit = l.less(here, l.sub(l.splat(0.0), limit)) & !l.less(least, here);
    if is_peak | is_pit == 0 {
        return 0;
    }
    let (above, below) = (difference(l, low, high, at - stride), difference(l, low, high, at + stride));
    let (before, after) = (difference(l, rows[0], low, at), difference(l, high, rows[3], at));
    let most = l.max(l.max(above, below), l.max(before, after));
    let least = l.min(l.min(above, below), l.min(before, after));
    is_peak & !l.less(here, most) | is_pit & !l.less(least, here)
}

#[inline(always)]
fn difference<L: Lanes>(l: L, low: &[f32], high: &[f32], at: usize) -> L::V {
    l.sub(l.load(eight(high, at)), l.load(eight(low, at)))
}

/// Whether none of the 26 neighbours surpasses the value; `rows` are those of four layers.
#[inline(always)]
fn is_extremum(rows: &[&[f32]], stride: usize, at: usize) -> bool {
    let value = rows[2][at] - rows[1][at];
    let sign = if value > 0.0 { 1.0 } else { -1.0 };
    rows.windows(2).all(|pair| {
        [at - stride, at, at + stride].into_iter().all(|middle| {
            let (low, high) = (&pair[0][middle - 1..middle + 2], &pair[1][middle - 1..middle + 2]);
            low.iter().zip(high).all(|(low, high)| (high - low) * sign <= value * sign)
        })
    })
}
