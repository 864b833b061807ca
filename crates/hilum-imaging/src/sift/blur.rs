//! Gaussian blur of rows, the way OpenCV's `GaussianBlur` defines it: a sampled kernel of round(8 sigma + 1) | 1 taps,
//! mirrored at the borders without repeating the edge pixel (reflect 101).

use super::lanes::{Eight, Kernel, LANES, Lanes};
use super::layer::Layer;

/// Columns that are worked on at a time; rows are padded to a multiple.
const BLOCK: usize = 2 * LANES;

/// More than any kernel that the settings allow has: four times the widest step of the widest sigma.
const MAX_RADIUS: usize = 64;

/// Half of a sampled Gaussian of odd length whose sum is 1: the centre, then outwards.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Gaussian {
    half: Vec<f32>,
}

impl Gaussian {
    /// The Gaussian with this standard deviation, cut off at about four of them.
    pub(super) fn new(sigma_px: f64) -> Self {
        let radius = (((sigma_px * 8.0 + 1.0).round_ties_even() as usize) | 1) / 2;
        let bell = |distance: usize| (-0.5 * (distance as f64 / sigma_px).powi(2)).exp();
        let sum = bell(0) + 2.0 * (1..=radius).map(bell).sum::<f64>();
        Self { half: (0..=radius).map(|distance| (bell(distance) / sum) as f32).collect() }
    }

    /// Taps to each side of the centre.
    pub(super) fn radius(&self) -> usize {
        self.half.len() - 1
    }
}

/// `index` mirrored into `0..len` at the middle of the first and last pixel.
pub(super) fn mirrored(index: isize, len: usize) -> usize {
    if len == 1 {
        return 0;
    }
    let period = 2 * (len as isize - 1);
    let folded = index.rem_euclid(period);
    folded.min(period - folded) as usize
}

/// Rows that are blurred at once: each row that is read serves both.
pub(super) const AT_ONCE: usize = 2;

/// Blurs rows that follow each other: down the columns first, then along the rows. Every pixel is the sum of the centre and
/// of the pairs at growing distance, on all machines.
pub(super) struct BlurRows<'a> {
    pub(super) kernel: &'a Gaussian,
    /// The image that is blurred, rows of `stride` values, a multiple of [`BLOCK`].
    pub(super) source: &'a [f32],
    pub(super) stride: usize,
    pub(super) rows: usize,
    /// Columns that belong to the image; those beyond, up to `stride`, hold any finite value.
    pub(super) cols: usize,
    /// The first of the rows.
    pub(super) row: usize,
    /// Room for the rows with the mirrored pixels on both sides.
    pub(super) line: &'a mut Layer,
    /// One row or [`AT_ONCE`].
    pub(super) out: &'a mut [f32],
}

impl Kernel for BlurRows<'_> {
    type Output = ();

    #[inline(always)]
    fn run<L: Lanes>(self, l: L) {
        let Self { kernel, source, stride, rows, cols, row, line, out } = self;
        let half = kernel.half.as_slice();
        let radius = half.len() - 1;
        let blocks = source.as_chunks::<BLOCK>().0;
        let line_len = MAX_RADIUS + stride + MAX_RADIUS + 2 * BLOCK;
        line.grow(AT_ONCE * line_len);
        let (first, second) = line.values_mut()[..AT_ONCE * line_len].split_at_mut(line_len);
        let count = cols.div_ceil(BLOCK);
        // The row at this distance above the first, and the one below the second.
        let row_at = |row: isize| &blocks[mirrored(row, rows) * (stride / BLOCK)..][..count];
        let mut pairs = [(row_at(0), row_at(0)); MAX_RADIUS + 1];
        for (reach, pair) in pairs[..=radius].iter_mut().enumerate() {
            *pair = (row_at(row as isize - reach as isize), row_at((row + 1 + reach) as isize));
        }
        let first_blocks = &mut first[MAX_RADIUS..].as_chunks_mut().0[..count];
        let second_blocks = &mut second[MAX_RADIUS..].as_chunks_mut().0[..count];
        for (index, (first, second)) in first_blocks.iter_mut().zip(second_blocks).enumerate() {
            let (sums, others) = down(l, half, &pairs[..=radius], index);
            (*first, *second) = (store(l, sums), store(l, others));
        }
        for (line, out) in [first, second].into_iter().zip(out.chunks_exact_mut(stride)) {
            mirror_ends(line, cols, radius);
            for (index, out) in out.as_chunks_mut::<{ 2 * BLOCK }>().0.iter_mut().enumerate() {
                if let Some(window) = line[index * 2 * BLOCK..].first_chunk() {
                    let (left, right) = along(l, half, window);
                    *out = bytemuck::must_cast([store(l, left), store(l, right)]);
                }
            }
        }
    }
}

/// A block, as two vectors.
type Two<V> = (V, V);

#[inline(always)]
fn load<L: Lanes>(l: L, block: &[f32; BLOCK]) -> Two<L::V> {
    let [a, b]: [Eight; 2] = bytemuck::must_cast(*block);
    (l.load(&a), l.load(&b))
}

#[inline(always)]
fn store<L: Lanes>(l: L, (a, b): Two<L::V>) -> [f32; BLOCK] {
    bytemuck::must_cast([l.store(a), l.store(b)])
}

#[inline(always)]
fn scaled<L: Lanes>(l: L, tap: L::V, (a, b): Two<L::V>) -> Two<L::V> {
    (l.mul(tap, a), l.mul(tap, b))
}

/// Adds a tap times the sum of two blocks.
#[inline(always)]
fn add_pair<L: Lanes>(l: L, sum: Two<L::V>, tap: L::V, a: Two<L::V>, b: Two<L::V>) -> Two<L::V> {
    (l.mul_add(tap, l.add(a.0, b.0), sum.0), l.mul_add(tap, l.add(a.1, b.1), sum.1))
}

/// One block of two rows, blurred down the columns. The rows in `pairs` lie at growing distance above the first row and
/// below the second: what lies just below the first is just above what the second needs.
#[inline(always)]
#[expect(clippy::type_complexity, reason = "two blocks of two vectors")]
fn down<L: Lanes>(
    l: L,
    half: &[f32],
    pairs: &[(&[[f32; BLOCK]], &[[f32; BLOCK]])],
    index: usize,
) -> (Two<L::V>, Two<L::V>) {
    let (mut near, mut next) = (load(l, &pairs[0].0[index]), load(l, &pairs[0].1[index]));
    let tap = l.splat(half[0]);
    let (mut first, mut second) = (scaled(l, tap, near), scaled(l, tap, next));
    for (&tap, (above, below)) in half[1..].iter().zip(&pairs[1..]) {
        let (tap, far, beyond) = (l.splat(tap), load(l, &above[index]), load(l, &below[index]));
        first = add_pair(l, first, tap, far, next);
        second = add_pair(l, second, tap, near, beyond);
        (near, next) = (far, beyond);
    }
    (first, second)
}

/// Two blocks, blurred along the row; they begin at [`MAX_RADIUS`] of the window.
#[inline(always)]
fn along<L: Lanes>(l: L, half: &[f32], window: &[f32; 2 * BLOCK + 2 * MAX_RADIUS]) -> (Two<L::V>, Two<L::V>) {
    let tap = l.splat(half[0]);
    let mut left = scaled(l, tap, block_at(l, window, MAX_RADIUS));
    let mut right = scaled(l, tap, block_at(l, window, MAX_RADIUS + BLOCK));
    for (before, &tap) in half[1..].iter().enumerate().take(MAX_RADIUS) {
        let (tap, low, high) = (l.splat(tap), MAX_RADIUS - 1 - before, MAX_RADIUS + 1 + before);
        left = add_pair(l, left, tap, block_at(l, window, low), block_at(l, window, high));
        let (low, high) = (low + BLOCK, high + BLOCK);
        right = add_pair(l, right, tap, block_at(l, window, low), block_at(l, window, high));
    }
    (left, right)
}

#[inline(always)]
fn block_at<L: Lanes>(l: L, window: &[f32; 2 * BLOCK + 2 * MAX_RADIUS], start: usize) -> Two<L::V> {
    const NONE: &[f32; BLOCK] = &[0.0; BLOCK];
    load(l, window[start..].first_chunk().unwrap_or(NONE))
}

/// Sets `radius` values on both sides of a row of `cols` that begins at [`MAX_RADIUS`].
#[inline(always)]
fn mirror_ends(line: &mut [f32], cols: usize, radius: usize) {
    for beyond in 1..=radius {
        line[MAX_RADIUS - beyond] = line[MAX_RADIUS + mirrored(-(beyond as isize), cols)];
        let right = cols - 1 + beyond;
        line[MAX_RADIUS + right] = line[MAX_RADIUS + mirrored(right as isize, cols)];
    }
}
