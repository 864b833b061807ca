//! The two products that carry a convolution's cost, for one row of pixels, in registers.
//!
//! Channels lie side by side, so the part of a window that lies in one row of the picture is one run of memory (a
//! segment), and neighbouring windows are overlapping runs: nothing is copied into a matrix of windows. A tile of pixels
//! times [`WIDTH`] channels stays in registers while all inputs of the window pass by. Every sum runs over the same
//! inputs in the same order whatever the tile, so bits do not depend on the way a row is cut, nor on the vector length.

use pulp::{Simd, WithSimd};

use super::panels::{Panels, WIDTH};

/// How windows lie in a run of memory.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Windows {
    /// Segments of a window.
    pub(crate) segments: usize,
    /// Distance between the beginnings of neighbouring segments.
    pub(crate) segment_step: usize,
    /// Values of a segment.
    pub(crate) segment: usize,
    /// Distance between the windows of neighbouring pixels.
    pub(crate) step: usize,
    /// Pixels of a row.
    pub(crate) pixels: usize,
}

/// `output[pixel, channel] = clamp(bias[channel] + sum of window[pixel] * panel[channel])`.
pub(crate) struct Forward<'a> {
    pub(crate) windows: Windows,
    /// Begins with the first pixel's window.
    pub(crate) input: &'a [f32],
    pub(crate) panels: &'a Panels,
    /// One a channel, or empty for zeros.
    pub(crate) bias: &'a [f32],
    pub(crate) bounds: (f32, f32),
    /// Begins with the first pixel's channels.
    pub(crate) output: &'a mut [f32],
    /// Distance between neighbouring pixels of the output.
    pub(crate) output_step: usize,
}

impl WithSimd for Forward<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        match S::F32_LANES {
            16 => self.run::<S, 1>(simd),
            8 => self.run::<S, 2>(simd),
            4 => self.run::<S, 4>(simd),
            _ => self.run::<S, 16>(simd),
        }
    }
}

impl Forward<'_> {
    #[inline(always)]
    fn run<S: Simd, const VECTORS: usize>(mut self, simd: S) {
        let panels = self.panels;
        let mut bias = [0.0; WIDTH];
        for (first, channels, panel) in panels.iter() {
            if !self.bias.is_empty() {
                bias[..channels].copy_from_slice(&self.bias[first..first + channels]);
            }
            let mut pixel = 0;
            while pixel < self.windows.pixels {
                let place = (pixel, first, channels);
                pixel += match self.windows.pixels - pixel {
                    6.. => self.tile::<S, VECTORS, 6>(simd, panel, &bias, place),
                    4.. => self.tile::<S, VECTORS, 4>(simd, panel, &bias, place),
                    2.. => self.tile::<S, VECTORS, 2>(simd, panel, &bias, place),
                    _ => self.tile::<S, VECTORS, 1>(simd, panel, &bias, place),
                };
            }
        }
    }

    /// `PIXELS` pixels of one panel; tells how many.
    #[inline(always)]
    fn tile<S: Simd, const VECTORS: usize, const PIXELS: usize>(
        &mut self,
        simd: S,
        panel: &[f32],
        bias: &[f32; WIDTH],
        (pixel, first, channels): (usize, usize, usize),
    ) -> usize {
        let Windows { segments, segment_step, segment, step, .. } = self.windows;
        let start: [S::f32s; VECTORS] = vectors::<S, VECTORS>(bias);
        let mut sums = [start; PIXELS];
        for index in 0..segments {
            let base = index * segment_step + pixel * step;
            let inputs: [&[f32]; PIXELS] = std::array::from_fn(|i| &self.input[base + i * step..][..segment]);
            let weights = &panel[index * segment * WIDTH..][..segment * WIDTH];
            let (weights, _) = S::as_simd_f32s(weights).0.as_chunks::<VECTORS>();
            let weights = &weights[..segment];
            for k in 0..segment {
                for i in 0..PIXELS {
                    let value = simd.splat_f32s(inputs[i][k]);
                    for v in 0..VECTORS {
                        sums[i][v] = simd.mul_add_f32s(value, weights[k][v], sums[i][v]);
                    }
                }
            }
        }
        let (low, high) = (simd.splat_f32s(self.bounds.0), simd.splat_f32s(self.bounds.1));
        for (i, sum) in sums.iter_mut().enumerate() {
            // The sum comes second: there the instruction lets NaN through.
            for value in sum.iter_mut() {
                *value = simd.min_f32s(high, simd.max_f32s(low, *value));
            }
            let output = &mut self.output[(pixel + i) * self.output_step + first..][..channels];
            if channels == WIDTH {
                S::as_mut_simd_f32s(output).0.copy_from_slice(sum);
            } else {
                let mut values = [0.0; WIDTH];
                S::as_mut_simd_f32s(&mut values).0.copy_from_slice(sum);
                output.copy_from_slice(&values[..channels]);
            }
        }
        PIXELS
    }
}

/// `sums[input, channel] += window[pixel, input] * gradient[pixel, channel]` over the pixels of some rows, for one segment
/// of the window and one panel of channels.
pub(crate) struct Weights<'a> {
    pub(crate) windows: Windows,
    /// Begins with the segment of the first pixel.
    pub(crate) input: &'a [f32],
    /// Distance between the windows of neighbouring rows.
    pub(crate) row_step: usize,
    /// `[rows][pixels][WIDTH]`.
    pub(crate) gradient: &'a [f32],
    /// `[segment][WIDTH]`.
    pub(crate) sums: &'a mut [f32],
}

impl WithSimd for Weights<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        match S::F32_LANES {
            16 => self.run::<S, 1>(simd),
            8 => self.run::<S, 2>(simd),
            4 => self.run::<S, 4>(simd),
            _ => self.run::<S, 16>(simd),
        }
    }
}

impl Weights<'_> {
    #[inline(always)]
    fn run<S: Simd, const VECTORS: usize>(mut self, simd: S) {
        let mut input = 0;
        while input < self.windows.segment {
            input += match self.windows.segment - input {
                6.. => self.tile::<S, VECTORS, 6>(simd, input),
                4.. => self.tile::<S, VECTORS, 4>(simd, input),
                2.. => self.tile::<S, VECTORS, 2>(simd, input),
                _ => self.tile::<S, VECTORS, 1>(simd, input),
            };
        }
    }

    #[inline(always)]
    fn tile<S: Simd, const VECTORS: usize, const INPUTS: usize>(&mut self, simd: S, input: usize) -> usize {
        let Windows { step, pixels, .. } = self.windows;
        let tile = &mut self.sums[input * WIDTH..][..INPUTS * WIDTH];
        let mut sums: [[S::f32s; VECTORS]; INPUTS] =
            std::array::from_fn(|i| vectors::<S, VECTORS>(&tile[i * WIDTH..]));
        for (row, gradient) in self.gradient.chunks_exact(pixels * WIDTH).enumerate() {
            let values = &self.input[row * self.row_step + input..][..(pixels - 1) * step + INPUTS];
            let (gradient, _) = S::as_simd_f32s(gradient).0.as_chunks::<VECTORS>();
            for (pixel, gradient) in gradient.iter().enumerate() {
                let values = &values[pixel * step..][..INPUTS];
                for i in 0..INPUTS {
                    let value = simd.splat_f32s(values[i]);
                    for v in 0..VECTORS {
                        sums[i][v] = simd.mul_add_f32s(value, gradient[v], sums[i][v]);
                    }
                }
            }
        }
        for (i, sum) in sums.iter().enumerate() {
            S::as_mut_simd_f32s(&mut tile[i * WIDTH..][..WIDTH]).0.copy_from_slice(sum);
        }
        INPUTS
    }
}

/// The first [`WIDTH`] values in registers.
#[inline(always)]
fn vectors<S: Simd, const VECTORS: usize>(values: &[f32]) -> [S::f32s; VECTORS] {
    let whole = S::as_simd_f32s(&values[..WIDTH]).0;
    std::array::from_fn(|v| whole[v])
}
