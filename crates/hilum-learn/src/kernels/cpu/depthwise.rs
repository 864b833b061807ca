//! Convolution of each channel by itself: registers hold the same channels of neighbouring pixels.

use pulp::{Simd, WithSimd};

use super::bands::{Band, Patches, Scratch};
use super::convolve::{Kernel, band_rows};
use super::parts::sum_in_parts;
use super::product::Windows;
use super::source::Source;

/// A depthwise kernel.
pub(crate) struct Depthwise<'a> {
    /// `[rows * columns][channels]`.
    pub(crate) taps: Vec<f32>,
    pub(crate) channels: usize,
    /// One a channel, or empty for zeros.
    pub(crate) bias: &'a [f32],
    pub(crate) bounds: (f32, f32),
}

impl Kernel for Depthwise<'_> {
    fn channels(&self) -> usize {
        self.channels
    }

    fn gathers(&self) -> bool {
        false
    }

    fn row(&self, windows: Windows, input: &[f32], output: &mut [f32], output_step: usize) {
        pulp::Arch::new().dispatch(Row { kernel: self, windows, input, output, output_step });
    }
}

struct Row<'a> {
    kernel: &'a Depthwise<'a>,
    windows: Windows,
    input: &'a [f32],
    output: &'a mut [f32],
    output_step: usize,
}

impl WithSimd for Row<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        let mut pixel = 0;
        while pixel < self.windows.pixels {
            pixel += if self.windows.pixels - pixel >= 6 {
                self.pixels::<S, 6>(simd, pixel)
            } else {
                self.pixels::<S, 1>(simd, pixel)
            };
        }
    }
}

impl Row<'_> {
    #[inline(always)]
    fn pixels<S: Simd, const PIXELS: usize>(&mut self, simd: S, pixel: usize) -> usize {
        let Depthwise { taps, channels, bias, bounds } = self.kernel;
        let Windows { segments, segment_step, segment, step, .. } = self.windows;
        let (low, high) = (simd.splat_f32s(bounds.0), simd.splat_f32s(bounds.1));
        let mut first = 0;
        while first < *channels {
            let count = S::F32_LANES.min(channels - first);
            let part = |values: &[f32], at: usize| load(simd, &values[at..at + count]);
            let start = if bias.is_empty() { simd.splat_f32s(0.0) } else { part(bias, first) };
            let mut sums = [start; PIXELS];
            let mut tap = first;
            for row in 0..segments {
                for column in (0..segment).step_by(*channels) {
                    let weight = part(taps, tap);
                    tap += channels;
                    let base = row * segment_step + column + pixel * step + first;
                    for (i, sum) in sums.iter_mut().enumerate() {
                        *sum = simd.mul_add_f32s(part(self.input, base + i * step), weight, *sum);
                    }
                }
            }
            for (i, sum) in sums.into_iter().enumerate() {
                let output = &mut self.output[(pixel + i) * self.output_step + first..][..count];
                store(simd, output, simd.min_f32s(high, simd.max_f32s(low, sum)));
            }
            first += count;
        }
        PIXELS
    }
}

/// A register of values; short slices are filled up with zeros.
#[inline(always)]
fn load<S: Simd>(simd: S, values: &[f32]) -> S::f32s {
    match S::as_simd_f32s(values).0 {
        [whole] => *whole,
        _ => simd.partial_load_f32s(values),
    }
}

#[inline(always)]
fn store<S: Simd>(simd: S, out: &mut [f32], values: S::f32s) {
    if out.len() == S::F32_LANES {
        S::as_mut_simd_f32s(out).0.copy_from_slice(&[values]);
    } else {
        simd.partial_store_f32s(out, values);
    }
}

/// Gradients of the taps `[rows * columns][channels]` and of the bias.
pub(crate) fn tap_gradient(
    input: &impl Source,
    patches: &Patches,
    gradient: &impl Source,
) -> (Vec<f32>, Vec<f32>) {
    let size = gradient.size();
    let channels = size.channels;
    let taps = patches.kernel[0] * patches.kernel[1];
    let height = band_rows(size.columns);
    let bands = size.rows.div_ceil(height);
    sum_in_parts(
        size.pictures * bands,
        height * size.columns,
        |units| {
            let mut sums = (vec![0.0; taps * channels], vec![0.0; channels]);
            let mut scratch = Scratch::default();
            let mut row = vec![0.0; size.row()];
            for unit in units {
                let (picture, first) = (unit / bands, unit % bands * height);
                let rows = first..size.rows.min(first + height);
                let band = Band::load(input, picture, patches, rows.clone(), false, &mut scratch);
                for (index, place) in rows.enumerate() {
                    gradient.copy(picture, place, 0, &mut row);
                    pulp::Arch::new().dispatch(Taps {
                        windows: band.windows,
                        input: &band.values[index * band.row_step..],
                        gradient: &row,
                        sums: &mut sums.0,
                        bias: &mut sums.1,
                    });
                }
            }
            sums
        },
        |sums, part| {
            sums.0.iter_mut().zip(part.0).for_each(|(sum, value)| *sum += value);
            sums.1.iter_mut().zip(part.1).for_each(|(sum, value)| *sum += value);
        },
    )
}

/// `sums[tap, channel] += window[pixel, tap, channel] * gradient[pixel, channel]` over a row of pixels.
struct Taps<'a> {
    windows: Windows,
    input: &'a [f32],
    gradient: &'a [f32],
    sums: &'a mut [f32],
    bias: &'a mut [f32],
}

impl WithSimd for Taps<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        let channels = self.bias.len();
        for pixel in self.gradient.chunks_exact(channels) {
            self.bias.iter_mut().zip(pixel).for_each(|(sum, value)| *sum += value);
        }
        let columns = self.windows.segment / channels;
        for row in 0..self.windows.segments {
            let mut column = 0;
            while column < columns {
                column += match columns - column {
                    5.. => self.taps::<S, 5>(simd, row, column),
                    3.. => self.taps::<S, 3>(simd, row, column),
                    _ => self.taps::<S, 1>(simd, row, column),
                };
            }
        }
    }
}

impl Taps<'_> {
    /// `TAPS` neighbouring taps of one row of the kernel.
    #[inline(always)]
    fn taps<S: Simd, const TAPS: usize>(&mut self, simd: S, row: usize, column: usize) -> usize {
        let Windows { segment_step, segment, step, .. } = self.windows;
        let channels = self.bias.len();
        let mut first = 0;
        while first < channels {
            let count = S::F32_LANES.min(channels - first);
            let start = row * segment_step + column * channels + first;
            let place = row * segment + column * channels + first;
            let mut sums: [S::f32s; TAPS] =
                std::array::from_fn(|tap| load(simd, &self.sums[place + tap * channels..][..count]));
            for (pixel, gradient) in self.gradient.chunks_exact(channels).enumerate() {
                let gradient = load(simd, &gradient[first..first + count]);
                for (tap, sum) in sums.iter_mut().enumerate() {
                    let value = load(simd, &self.input[start + pixel * step + tap * channels..][..count]);
                    *sum = simd.mul_add_f32s(value, gradient, *sum);
                }
            }
            for (tap, sum) in sums.into_iter().enumerate() {
                store(simd, &mut self.sums[place + tap * channels..][..count], sum);
            }
            first += count;
        }
        TAPS
    }
}
