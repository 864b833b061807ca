//! Gradients of rows of a layer: magnitude and direction of eight pixels at a time.

use super::lanes::{Eight, LANES, Lanes};

/// Eight neighbours.
#[inline(always)]
pub(super) fn eight(values: &[f32], start: usize) -> &Eight {
    const NONE: &Eight = &[0.0; LANES];
    values[start..].first_chunk().unwrap_or(NONE)
}

/// Lengths of the gradients of eight pixels, in grey levels across two pixels, and their directions in degrees, 0 to 360,
/// counter-clockwise from the row's direction (rows are counted down).
#[inline(always)]
pub(super) fn gradients<L: Lanes>(l: L, layer: &[f32], stride: usize, at: usize) -> (L::V, L::V) {
    let pixels = |start: usize| l.load(eight(layer, start));
    let dx = l.sub(pixels(at + 1), pixels(at - 1));
    let dy = l.sub(pixels(at - stride), pixels(at + stride));
    (l.sqrt(l.mul_add(dx, dx, l.mul(dy, dy))), degrees(l, dx, dy))
}

/// Arc tangent of dy / dx to about 0.01 degrees: the odd polynomial of degree 7 that OpenCV's `fastAtan2` uses too, so
/// that directions fall into the same bins.
#[inline(always)]
fn degrees<L: Lanes>(l: L, dx: L::V, dy: L::V) -> L::V {
    const DEGREES: f32 = (180.0 / std::f64::consts::PI) as f32;
    const P1: f32 = 0.999_787_85 * DEGREES;
    const P3: f32 = -0.325_808_4 * DEGREES;
    const P5: f32 = 0.155_578_66 * DEGREES;
    const P7: f32 = -0.044_326_555 * DEGREES;
    let (zero, x, y) = (l.splat(0.0), l.abs(dx), l.abs(dy));
    let slope = l.div(l.min(x, y), l.add(l.max(x, y), l.splat(f64::EPSILON as f32)));
    let square = l.mul(slope, slope);
    let odd = l.mul_add(l.splat(P7), square, l.splat(P5));
    let odd = l.mul_add(odd, square, l.splat(P3));
    let octant = l.mul(l.mul_add(odd, square, l.splat(P1)), slope);
    let quadrant = l.if_less((x, y), l.sub(l.splat(90.0), octant), octant);
    let half = l.if_less((dx, zero), l.sub(l.splat(180.0), quadrant), quadrant);
    l.if_less((dy, zero), l.sub(l.splat(360.0), half), half)
}

/// Values of a Gaussian at the whole distances -`reach` to `reach`: exp(-d^2 * `scale`). The weight of a pixel is the
/// product of its row's and its column's value. Room for a vector stands behind.
pub(super) fn bell(scale: f32, reach: usize, out: &mut Vec<f32>) {
    out.clear();
    out.extend((0..=2 * reach).map(|n| {
        let distance = n as f32 - reach as f32;
        (-distance * distance * scale).exp()
    }));
    out.resize(2 * reach + 1 + LANES, 0.0);
}

/// 1 for the first `count` lanes, 0 for the others.
#[inline(always)]
pub(super) fn first(count: usize) -> &'static Eight {
    const ONES_AND_ZEROS: &[f32; 2 * LANES] =
        &[1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0];
    eight(ONES_AND_ZEROS, LANES - count.min(LANES))
}

/// The nearest whole numbers, halves to even; for values far below 2^22.
#[inline(always)]
pub(super) fn nearest_whole<L: Lanes>(l: L, values: L::V) -> [i32; LANES] {
    // Adding 1.5 * 2^23 leaves no room for a fraction: the sum is rounded, and its low bits are the number.
    const SHIFT: f32 = 12_582_912.0;
    let sums = l.store(l.add(values, l.splat(SHIFT)));
    let bits: [i32; LANES] = bytemuck::must_cast(sums);
    bits.map(|bits| bits - SHIFT.to_bits() as i32)
}
