//! Batch normalisation: sums over all pixels of each channel, then one pass.
//!
//! Sums are taken in `f32` over at most [`BLOCK`] pixels and gathered in `f64`; the variance is taken around the first
//! pixel's values, so that a large mean does not eat the digits.

use pulp::{Simd, WithSimd};
use rayon::prelude::*;

use super::parts::sum_in_parts;

/// Pixels whose sums are taken in single precision.
const BLOCK: usize = 128;

/// Mean and variance of each channel, and what turns a value into its normalised one.
#[derive(Debug, Clone)]
pub(crate) struct Statistics {
    pub(crate) mean: Vec<f32>,
    /// Divided by the count.
    pub(crate) variance: Vec<f32>,
    pub(crate) scale: Vec<f32>,
    pub(crate) shift: Vec<f32>,
    /// `1 / sqrt(variance + epsilon)`.
    inverse: Vec<f32>,
    /// Do mean and variance come from the values themselves?
    own: bool,
}

impl Statistics {
    /// Of `[pixels][channels]`, for a layer of this weight and bias.
    pub(crate) fn of(values: &[f32], weight: &[f32], bias: &[f32], epsilon: f64) -> Self {
        let channels = weight.len();
        let first = &values[..channels];
        let count = (values.len() / channels) as f64;
        let (sums, squares) = channel_sums(values.len() / channels, channels, |pixels, sums, squares| {
            let values = &values[pixels.start * channels..pixels.end * channels];
            pulp::Arch::new().dispatch(Moments { values, first, sums, squares });
        });
        let mut statistics =
            Self { mean: vec![], variance: vec![], scale: vec![], shift: vec![], inverse: vec![], own: true };
        for channel in 0..channels {
            let offset = sums[channel] / count;
            let mean = f64::from(first[channel]) + offset;
            let variance = (squares[channel] / count - offset * offset).max(0.0);
            let inverse = 1.0 / (variance + epsilon).sqrt();
            let scale = f64::from(weight[channel]) * inverse;
            statistics.mean.push(mean as f32);
            statistics.variance.push(variance as f32);
            statistics.inverse.push(inverse as f32);
            statistics.scale.push(scale as f32);
            statistics.shift.push((f64::from(bias[channel]) - mean * scale) as f32);
        }
        statistics
    }

    /// A layer whose scale and shift do not depend on the values.
    pub(crate) fn given(scale: &[f32], shift: &[f32]) -> Self {
        let channels = scale.len();
        Self {
            mean: vec![0.0; channels],
            variance: vec![1.0; channels],
            scale: scale.to_vec(),
            shift: shift.to_vec(),
            inverse: vec![1.0; channels],
            own: false,
        }
    }

    /// Values times scale plus shift, per channel, clamped.
    pub(crate) fn apply(&self, values: &[f32], bounds: (f32, f32)) -> Vec<f32> {
        let Self { scale, shift, .. } = self;
        let mut output = vec![0.0; values.len()];
        let step = BLOCK * scale.len();
        output.par_chunks_mut(step).zip(values.par_chunks(step)).for_each(|(output, values)| {
            pulp::Arch::new().dispatch(ScaleAndShift { values, scale, shift, bounds, output });
        });
        output
    }

    /// The gradients of values, weight and bias (of scale and shift, if these were given), from that of the clamped output.
    pub(crate) fn back(&self, values: &[f32], gradient: &[f32], bounds: (f32, f32)) -> [Vec<f32>; 3] {
        let channels = self.mean.len();
        let count = (values.len() / channels) as f64;
        let (sums, products) = channel_sums(values.len() / channels, channels, |pixels, sums, products| {
            let range = pixels.start * channels..pixels.end * channels;
            let (values, gradient) = (&values[range.clone()], &gradient[range]);
            pulp::Arch::new().dispatch(Correlate {
                statistics: self,
                values,
                gradient,
                bounds,
                sums,
                products,
            });
        });
        let mut slope = vec![0.0; channels];
        let mut offset = vec![0.0; channels];
        for channel in (0..channels).filter(|_| self.own) {
            let (scale, inverse) = (f64::from(self.scale[channel]), f64::from(self.inverse[channel]));
            let along = scale * inverse * products[channel] / count;
            slope[channel] = -along as f32;
            offset[channel] = (along * f64::from(self.mean[channel]) - scale * sums[channel] / count) as f32;
        }
        let mut input = vec![0.0; values.len()];
        let step = BLOCK * channels;
        let all = input.par_chunks_mut(step).zip(values.par_chunks(step)).zip(gradient.par_chunks(step));
        all.for_each(|((output, values), gradient)| {
            let (slope, offset) = (&slope[..], &offset[..]);
            pulp::Arch::new().dispatch(Back {
                statistics: self,
                slope,
                offset,
                values,
                gradient,
                bounds,
                output,
            });
        });
        let single = |values: Vec<f64>| values.into_iter().map(|value| value as f32).collect();
        [input, single(products), single(sums)]
    }
}

/// Two sums a channel over all pixels: `block` adds those of at most [`BLOCK`] pixels in single precision.
fn channel_sums(
    pixels: usize,
    channels: usize,
    block: impl Fn(std::ops::Range<usize>, &mut [f32], &mut [f32]) + Sync,
) -> (Vec<f64>, Vec<f64>) {
    let add = |sums: &mut [f64], part: &mut [f32]| {
        for (sum, value) in sums.iter_mut().zip(part) {
            *sum += f64::from(std::mem::take(value));
        }
    };
    sum_in_parts(
        pixels.div_ceil(BLOCK),
        BLOCK,
        |blocks| {
            let mut sums = (vec![0.0; channels], vec![0.0; channels]);
            let (mut one, mut other) = (vec![0.0; channels], vec![0.0; channels]);
            for index in blocks {
                block(index * BLOCK..pixels.min((index + 1) * BLOCK), &mut one, &mut other);
                add(&mut sums.0, &mut one);
                add(&mut sums.1, &mut other);
            }
            sums
        },
        |sums, part| {
            sums.0.iter_mut().zip(part.0).for_each(|(sum, value)| *sum += value);
            sums.1.iter_mut().zip(part.1).for_each(|(sum, value)| *sum += value);
        },
    )
}

struct Moments<'a> {
    values: &'a [f32],
    first: &'a [f32],
    sums: &'a mut [f32],
    squares: &'a mut [f32],
}

impl WithSimd for Moments<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _simd: S) {
        for pixel in self.values.chunks_exact(self.first.len()) {
            let sums = self.sums.iter_mut().zip(self.squares.iter_mut());
            for ((sum, square), (&value, &first)) in sums.zip(pixel.iter().zip(self.first)) {
                let value = value - first;
                *sum += value;
                *square += value * value;
            }
        }
    }
}

struct ScaleAndShift<'a> {
    values: &'a [f32],
    scale: &'a [f32],
    shift: &'a [f32],
    bounds: (f32, f32),
    output: &'a mut [f32],
}

impl WithSimd for ScaleAndShift<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _simd: S) {
        let (low, high) = self.bounds;
        let channels = self.scale.len();
        for (output, pixel) in self.output.chunks_exact_mut(channels).zip(self.values.chunks_exact(channels))
        {
            let factors = self.scale.iter().zip(self.shift);
            for ((out, &value), (&scale, &shift)) in output.iter_mut().zip(pixel).zip(factors) {
                let value = value * scale + shift;
                // Comparisons this way round let NaN through.
                let value = if value < low { low } else { value };
                *out = if value > high { high } else { value };
            }
        }
    }
}

/// What passes the clamp backwards.
#[inline(always)]
fn passed(value: f32, scale: f32, shift: f32, (low, high): (f32, f32), gradient: f32) -> f32 {
    let output = value * scale + shift;
    if (output > low) & (output < high) { gradient } else { 0.0 }
}

/// Sums of the gradient, and of its product with the normalised values.
struct Correlate<'a> {
    statistics: &'a Statistics,
    values: &'a [f32],
    gradient: &'a [f32],
    bounds: (f32, f32),
    sums: &'a mut [f32],
    products: &'a mut [f32],
}

impl WithSimd for Correlate<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _simd: S) {
        let Statistics { mean, inverse, scale, shift, .. } = self.statistics;
        let channels = mean.len();
        for (pixel, gradient) in self.values.chunks_exact(channels).zip(self.gradient.chunks_exact(channels))
        {
            let sums = self.sums.iter_mut().zip(self.products.iter_mut());
            let layer = mean.iter().zip(inverse).zip(scale.iter().zip(shift));
            let pixel = pixel.iter().zip(gradient);
            for (((sum, product), ((&mean, &inverse), (&scale, &shift))), (&value, &gradient)) in
                sums.zip(layer).zip(pixel)
            {
                let gradient = passed(value, scale, shift, self.bounds, gradient);
                *sum += gradient;
                *product += gradient * ((value - mean) * inverse);
            }
        }
    }
}

/// `scale * gradient + slope * value + offset`.
struct Back<'a> {
    statistics: &'a Statistics,
    slope: &'a [f32],
    offset: &'a [f32],
    values: &'a [f32],
    gradient: &'a [f32],
    bounds: (f32, f32),
    output: &'a mut [f32],
}

impl WithSimd for Back<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _simd: S) {
        let Statistics { scale, shift, .. } = self.statistics;
        let channels = scale.len();
        let pixels = self.values.chunks_exact(channels).zip(self.gradient.chunks_exact(channels));
        for (output, (values, gradient)) in self.output.chunks_exact_mut(channels).zip(pixels) {
            let layer = scale.iter().zip(shift).zip(self.slope.iter().zip(self.offset));
            let pixel = values.iter().zip(gradient);
            for ((out, ((&scale, &shift), (&slope, &offset))), (&value, &gradient)) in
                output.iter_mut().zip(layer).zip(pixel)
            {
                let gradient = passed(value, scale, shift, self.bounds, gradient);
                *out = scale * gradient + (slope * value + offset);
            }
        }
    }
}
