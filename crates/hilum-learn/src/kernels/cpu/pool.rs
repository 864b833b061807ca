//! Maxima: of 2x2 pixels right behind a convolution, and of any window.

use pulp::{Simd, WithSimd};
use rayon::prelude::*;

use super::bands::{Band, Patches, Scratch};
use super::convolve::Kernel;
use super::source::{NONE, Size, Source, Winner};
use crate::kernels::Window;

/// A convolution of which only the maximum of each 2x2 pixels is kept, and who won.
pub(crate) fn convolve_and_pool(
    source: &impl Source,
    patches: &Patches,
    kernel: &impl Kernel,
    output: &mut [f32],
    winners: &mut [Winner],
) {
    let [rows, columns] = patches.output;
    let channels = kernel.channels();
    let (row, pooled) = (columns * channels, columns / 2 * channels);
    let picture = rows / 2 * pooled;
    let pictures = output.par_chunks_mut(picture).zip(winners.par_chunks_mut(picture)).enumerate();
    pictures.for_each(|(picture, (output, winners))| {
        let rows = output.par_chunks_mut(pooled).zip(winners.par_chunks_mut(pooled)).enumerate();
        let init = || (Scratch::default(), vec![0.0; 2 * row]);
        rows.for_each_init(init, |(scratch, pair), (index, (output, winners))| {
            let band =
                Band::load(source, picture, patches, 2 * index..2 * index + 2, kernel.gathers(), scratch);
            let (upper, lower) = pair.split_at_mut(row);
            kernel.row(band.windows, band.values, upper, channels);
            kernel.row(band.windows, &band.values[band.row_step..], lower, channels);
            pulp::Arch::new().dispatch(Pool { upper, lower, channels, output, winners });
        });
    });
}

/// The maximum of 2x2 pixels of two rows, at least zero.
struct Pool<'a> {
    upper: &'a [f32],
    lower: &'a [f32],
    channels: usize,
    output: &'a mut [f32],
    winners: &'a mut [Winner],
}

impl WithSimd for Pool<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _simd: S) {
        let channels = self.channels;
        let pairs = self.upper.chunks_exact(2 * channels).zip(self.lower.chunks_exact(2 * channels));
        let outputs = self.output.chunks_exact_mut(channels).zip(self.winners.chunks_exact_mut(channels));
        for ((upper, lower), (output, winners)) in pairs.zip(outputs) {
            let ((a, b), (c, d)) = (upper.split_at(channels), lower.split_at(channels));
            let out = output.iter_mut().zip(winners);
            for ((out, winner), (((&a, &b), &c), &d)) in out.zip(a.iter().zip(b).zip(c).zip(d)) {
                let (mut best, mut who) = if b > a || b.is_nan() { (b, 1) } else { (a, 0) };
                (best, who) = if c > best || c.is_nan() { (c, 2) } else { (best, who) };
                (best, who) = if d > best || d.is_nan() { (d, 3) } else { (best, who) };
                *out = best;
                *winner = if best > 0.0 { who } else { NONE };
            }
        }
    }
}

/// Places of a window that a [`Winner`] can name.
pub(crate) const LARGEST: usize = Winner::MAX as usize;

/// The largest value of each window and its place in it; of equal values the first; NaN wins.
/// Padding never wins.
pub(crate) fn max_pool(values: &[f32], size: Size, window: &Window) -> (Vec<f32>, Vec<Winner>) {
    let [rows, columns] = window.output(size.rows, size.columns);
    let row = columns * size.channels;
    let mut output = vec![f32::NEG_INFINITY; size.pictures * rows * row];
    let mut winners = vec![0; output.len()];
    let all = output.par_chunks_mut(row).zip(winners.par_chunks_mut(row)).enumerate();
    all.for_each(|(index, (output, winners))| {
        let pixels = output.chunks_exact_mut(size.channels).zip(winners.chunks_exact_mut(size.channels));
        for (column, (output, winners)) in pixels.enumerate() {
            for (tap, place) in taps(window, size, index % rows, column) {
                let start = index / rows * size.picture() + place;
                let values = &values[start..start + size.channels];
                for ((best, winner), &value) in output.iter_mut().zip(winners.iter_mut()).zip(values) {
                    if value > *best || value.is_nan() {
                        (*best, *winner) = (value, tap);
                    }
                }
            }
        }
    });
    (output, winners)
}

/// The gradient before [`max_pool`].
pub(crate) fn max_pool_back(gradient: &[f32], winners: &[Winner], size: Size, window: &Window) -> Vec<f32> {
    let [rows, columns] = window.output(size.rows, size.columns);
    let picture = rows * columns * size.channels;
    let mut input = vec![0.0; size.values()];
    let all = input.par_chunks_mut(size.picture()).zip(gradient.par_chunks(picture));
    all.zip(winners.par_chunks(picture)).for_each(|((input, gradient), winners)| {
        let pixels = gradient.chunks_exact(size.channels).zip(winners.chunks_exact(size.channels));
        for (pixel, (gradient, winners)) in pixels.enumerate() {
            for (tap, place) in taps(window, size, pixel / columns, pixel % columns) {
                let input = &mut input[place..place + size.channels];
                for ((sum, &value), &winner) in input.iter_mut().zip(gradient).zip(winners) {
                    *sum += if winner == tap { value } else { 0.0 };
                }
            }
        }
    });
    input
}

/// The places of a window that lie in the picture: number in the window, and where its pixel begins in the picture.
fn taps(window: &Window, size: Size, row: usize, column: usize) -> impl Iterator<Item = (Winner, usize)> {
    let Window { kernel, stride, rows, columns } = *window;
    (0..kernel[0] * kernel[1]).filter_map(move |tap| {
        let y = (row * stride[0] + tap / kernel[1]).checked_sub(rows[0])?;
        let x = (column * stride[1] + tap % kernel[1]).checked_sub(columns[0])?;
        (y < size.rows && x < size.columns).then_some((tap as Winner, y * size.row() + x * size.channels))
    })
}
