//! The directions in which a keypoint may be turned (Lowe 2004, section 5).

use super::gradient::{bell, eight, first, gradients, nearest_whole};
use super::lanes::{Kernel, LANES, Lanes};
use super::octave::Octave;
use super::refine::Refined;

const BINS: usize = 36;

/// A second direction counts from this share of the highest peak on.
const PEAK_SHARE: f32 = 0.8;

/// Width of the weighting Gaussian, in scales of the keypoint; the patch reaches three of them.
const WEIGHT_SIGMA: f32 = 1.5;

/// Room for one patch.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    weights: Vec<f32>,
}

/// Collects the directions of the gradients around a keypoint.
pub(super) struct Directions<'a> {
    pub(super) octave: &'a Octave,
    pub(super) keypoint: &'a Refined,
    /// The keypoint's scale, px of the octave.
    pub(super) scale_px: f32,
    pub(super) scratch: &'a mut Scratch,
}

impl Kernel for Directions<'_> {
    type Output = [f32; BINS];

    /// The smoothed histogram of directions.
    #[inline(always)]
    fn run<L: Lanes>(self, l: L) -> [f32; BINS] {
        let Self { octave, keypoint, scale_px, scratch } = self;
        let sigma = WEIGHT_SIGMA * scale_px;
        let reach = (3.0 * WEIGHT_SIGMA * scale_px).round_ties_even() as usize;
        bell(1.0 / (2.0 * sigma * sigma), reach, &mut scratch.weights);
        let weights = &scratch.weights;
        let (row, col) = (keypoint.at.row, keypoint.at.col);
        let layer = octave.layers[keypoint.at.layer].values();
        let (top, bottom) = (row.saturating_sub(reach).max(1), (row + reach).min(octave.rows - 2));
        let (left, right) = (col.saturating_sub(reach).max(1), (col + reach).min(octave.cols - 2));
        // Neighbours fall into the same bin: four histograms in turns let the additions overlap.
        let mut sums = [[0.0f32; 64]; 4];
        let mut y = top;
        while y <= bottom {
            let row_weight = l.splat(weights[y + reach - row]);
            let mut x = left;
            while x <= right {
                let (lengths, degrees) = gradients(l, layer, octave.stride, y * octave.stride + x);
                let weight = l.mul(row_weight, l.load(eight(weights, x + reach - col)));
                let within = l.load(first(right + 1 - x));
                let votes = l.store(l.mul(l.mul(lengths, weight), within));
                let bins = nearest_whole(l, l.mul(degrees, l.splat(BINS as f32 / 360.0)));
                let mut lane = 0;
                while lane < LANES {
                    sums[lane % 4][bins[lane] as usize % 64] += votes[lane];
                    lane += 1;
                }
                x += LANES;
            }
            y += 1;
        }
        let all = |bin: usize| (sums[0][bin] + sums[1][bin]) + (sums[2][bin] + sums[3][bin]);
        let mut raw = std::array::from_fn(all);
        // A full turn is rounded to a bin of its own.
        raw[0] += all(BINS);
        smoothed(&raw)
    }
}

/// Each bin with its neighbours in the shares 1 4 6 4 1, round the circle.
fn smoothed(raw: &[f32; BINS]) -> [f32; BINS] {
    std::array::from_fn(|bin| {
        let at = |offset: usize| raw[(bin + BINS + offset - 2) % BINS];
        (at(0) + at(4)) * (1.0 / 16.0) + (at(1) + at(3)) * (4.0 / 16.0) + at(2) * (6.0 / 16.0)
    })
}

/// Angles of the histogram's peaks in degrees, clockwise on the picture (rows are counted down).
pub(super) fn peaks_degrees(histogram: &[f32; BINS]) -> impl Iterator<Item = f32> + '_ {
    let least = histogram.iter().fold(histogram[0], |most, &v| most.max(v)) * PEAK_SHARE;
    (0..BINS).filter_map(move |bin| {
        let here = histogram[bin];
        let (before, after) = (histogram[(bin + BINS - 1) % BINS], histogram[(bin + 1) % BINS]);
        if !(here > before && here > after && here >= least) {
            return None;
        }
        let turn = BINS as f32;
        let peak = bin as f32 + 0.5 * (before - after) / (before - 2.0 * here + after);
        let peak = if peak < 0.0 { turn + peak } else { peak };
        let peak = if peak >= turn { peak - turn } else { peak };
        let angle = 360.0 - (360.0 / turn) * peak;
        Some(if (angle - 360.0).abs() < f32::EPSILON { 0.0 } else { angle })
    })
}
