//! Slices to bit masks: which pixels lie below a threshold.
//!
//! In: an axial slice in HU. Out: one bit a pixel per threshold, all thresholds in one pass over the pixels, because
//! reading them is the cost. NaN is below nothing, so a voxel without a value counts as tissue.
//! The comparison runs on the vector unit that every machine of its kind has (SSE2, NEON), through the crate `wide`; for
//! whole HU also on AVX-512 or AVX2 where the machine has it, chosen at run time through the crate `pulp`. The bits are the same.

use hilum_core::{MaskViewMut, SliceData, SliceView};
use wide::{f32x8, i16x16};

/// Sets in `masks[n]` exactly the pixels of `slice` that are below `thresholds_hu[n]`.
///
/// Panics if a mask has another shape than the slice.
pub fn threshold_below<const N: usize>(
    slice: SliceView<'_>,
    thresholds_hu: [i16; N],
    mut masks: [MaskViewMut<'_>; N],
) {
    for mask in &masks {
        let view = mask.as_view();
        assert_eq!((view.rows(), view.cols()), (slice.rows(), slice.cols()), "mask and slice of one shape");
    }
    #[cfg(target_arch = "x86_64")]
    if let SliceData::I16(pixels) = slice.data() {
        let cols = slice.cols();
        if let Some(simd) = pulp::x86::V4::try_new() {
            return simd.vectorize(x86::Below { simd, pixels, cols, thresholds_hu, masks });
        }
        if let Some(simd) = pulp::x86::V3::try_new() {
            return simd.vectorize(x86::Below { simd, pixels, cols, thresholds_hu, masks });
        }
    }
    let cols = slice.cols();
    for row in 0..slice.rows() {
        let mut lines = masks.each_mut().map(|m| m.row_mut(row));
        match slice.data() {
            SliceData::I16(pixels) => {
                row_below(&pixels[row * cols..(row + 1) * cols], thresholds_hu, &mut lines, word_i16);
            }
            SliceData::F32(pixels) => {
                let thresholds = thresholds_hu.map(f32::from);
                row_below(&pixels[row * cols..(row + 1) * cols], thresholds, &mut lines, word_f32);
            }
        }
    }
}

/// One row: whole words of 64 pixels through `word`, the rest of the row pixel by pixel.
#[inline(always)]
fn row_below<T: Copy + PartialOrd, const N: usize>(
    pixels: &[T],
    thresholds: [T; N],
    lines: &mut [&mut [u64]; N],
    word: impl Fn(&[T; 64], [T; N]) -> [u64; N],
) {
    let (blocks, rest) = pixels.as_chunks::<64>();
    for (index, block) in blocks.iter().enumerate() {
        for (line, bits) in lines.iter_mut().zip(word(block, thresholds)) {
            line[index] = bits;
        }
    }
    if !rest.is_empty() {
        for (line, &t) in lines.iter_mut().zip(&thresholds) {
            line[blocks.len()] = bits_below(rest, t);
        }
    }
}

/// The plain way, for any type, machine and up to 64 pixels.
fn bits_below<T: Copy + PartialOrd>(pixels: &[T], threshold: T) -> u64 {
    pixels.iter().enumerate().fold(0, |bits, (i, &x)| bits | (u64::from(x < threshold) << i))
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    //! The same words, 32 pixels at a step, on machines with AVX2 or AVX-512.

    use super::bits_below;
    use hilum_core::MaskViewMut;
    use pulp::i16x32;
    use pulp::x86::{V3, V4};
    use std::arch::x86_64::__m256i;

    /// The whole slice, to be compiled for the machine as one piece.
    pub(super) struct Below<'a, 'm, S, const N: usize> {
        pub(super) simd: S,
        pub(super) pixels: &'a [i16],
        pub(super) cols: usize,
        pub(super) thresholds_hu: [i16; N],
        pub(super) masks: [MaskViewMut<'m>; N],
    }

    impl<S: Compare, const N: usize> pulp::NullaryFnOnce for Below<'_, '_, S, N> {
        type Output = ();

        #[inline(always)]
        fn call(self) {
            let Self { simd, pixels, cols, thresholds_hu, mut masks } = self;
            let words = masks.each_mut().map(|mask| mask.words_mut());
            // Rows of whole words follow one another without a gap.
            let line_px = if cols.is_multiple_of(64) { pixels.len() } else { cols };
            for (row, line) in pixels.chunks_exact(line_px.max(1)).enumerate() {
                let (blocks, rest) = line.as_chunks::<64>();
                let first = row * cols.div_ceil(64);
                for (index, block) in blocks.iter().enumerate() {
                    let below = simd.word(block, thresholds_hu);
                    for n in 0..N {
                        words[n][first + index] = below[n];
                    }
                }
                if !rest.is_empty() {
                    for n in 0..N {
                        words[n][first + blocks.len()] = bits_below(rest, thresholds_hu[n]);
                    }
                }
            }
        }
    }

    /// A machine's way to compare.
    pub(super) trait Compare: Copy {
        /// One bit a pixel for each threshold: below it or not.
        fn word<const N: usize>(self, block: &[i16; 64], thresholds: [i16; N]) -> [u64; N];
    }

    // Plain loops throughout: a closure here would be compiled for any machine.
    impl Compare for V4 {
        #[inline(always)]
        fn word<const N: usize>(self, block: &[i16; 64], thresholds: [i16; N]) -> [u64; N] {
            let [a, b]: [i16x32; 2] = bytemuck::must_cast(*block);
            let mut words = [0u64; N];
            let mut n = 0;
            while n < N {
                let limit = self.splat_i16x32(thresholds[n]);
                let (low, high) = (self.cmp_lt_i16x32(a, limit), self.cmp_lt_i16x32(b, limit));
                words[n] = u64::from(low.0) | u64::from(high.0) << 32;
                n += 1;
            }
            words
        }
    }

    impl Compare for V3 {
        #[inline(always)]
        fn word<const N: usize>(self, block: &[i16; 64], thresholds: [i16; N]) -> [u64; N] {
            let [a, b, c, d]: [__m256i; 4] = bytemuck::must_cast(*block);
            let mut words = [0u64; N];
            let mut n = 0;
            while n < N {
                let limit = self.avx._mm256_set1_epi16(thresholds[n]);
                words[n] = half(self, limit, a, b) | half(self, limit, c, d) << 32;
                n += 1;
            }
            words
        }
    }

    /// One bit for each of 32 pixels: below the limit or not.
    #[inline(always)]
    fn half(simd: V3, limit: __m256i, a: __m256i, b: __m256i) -> u64 {
        let (a, b) = (simd.avx2._mm256_cmpgt_epi16(limit, a), simd.avx2._mm256_cmpgt_epi16(limit, b));
        // Packing works on 128-bit lanes: the permutation puts the four pieces back in order.
        let packed = simd.avx2._mm256_packs_epi16(a, b);
        let ordered = simd.avx2._mm256_permute4x64_epi64::<0b11_01_10_00>(packed);
        u64::from(simd.avx2._mm256_movemask_epi8(ordered).cast_unsigned())
    }
}

fn word_i16<const N: usize>(block: &[i16; 64], thresholds: [i16; N]) -> [u64; N] {
    let limits = thresholds.map(i16x16::splat);
    let mut words = [0u64; N];
    for (position, &sixteen) in block.as_chunks::<16>().0.iter().enumerate() {
        let lanes = i16x16::new(sixteen);
        for (word, &limit) in words.iter_mut().zip(&limits) {
            *word |= u64::from(lanes.simd_lt(limit).to_bitmask()) << (16 * position);
        }
    }
    words
}

fn word_f32<const N: usize>(block: &[f32; 64], thresholds: [f32; N]) -> [u64; N] {
    let limits = thresholds.map(f32x8::splat);
    let mut words = [0u64; N];
    for (position, &eight) in block.as_chunks::<8>().0.iter().enumerate() {
        let lanes = f32x8::new(eight);
        for (word, &limit) in words.iter_mut().zip(&limits) {
            *word |= u64::from(lanes.simd_lt(limit).to_bitmask()) << (8 * position);
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use hilum_core::Mask;
    use proptest::prelude::*;

    fn check<T: Copy + PartialOrd>(
        rows: usize,
        cols: usize,
        pixels: &[T],
        masks: &[Mask; 2],
        thresholds: [T; 2],
    ) {
        for (mask, t) in masks.iter().zip(thresholds) {
            let expected = Mask::from_fn(rows, cols, |r, c| pixels[r * cols + c] < t);
            assert_eq!(mask, &expected);
        }
    }

    proptest! {
        #[test]
        fn every_pixel_is_compared(
            cols in prop_oneof![1usize..200, Just(64), Just(128)], rows in 1usize..4, seed in any::<u64>()
        ) {
            let mut state = seed;
            let pixels: Vec<i16> = (0..rows * cols).map(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (state >> 48) as i16
            }).collect();
            let (mut a, mut b) = (Mask::new(rows, cols), Mask::new(rows, cols));
            let slice = SliceView::new(rows, cols, SliceData::I16(&pixels)).unwrap();
            threshold_below(slice, [-500, 300], [a.view_mut(), b.view_mut()]);
            check(rows, cols, &pixels, &[a.clone(), b.clone()], [-500, 300]);
            // The ways of machines with AVX-512, with AVX2, and with neither.
            #[cfg(target_arch = "x86_64")]
            {
                let masks = [a.view_mut(), b.view_mut()];
                let (pixels, thresholds_hu) = (&pixels[..], [-500, 300]);
                if let Some(simd) = pulp::x86::V4::try_new() {
                    simd.vectorize(x86::Below { simd, pixels, cols, thresholds_hu, masks });
                    check(rows, cols, pixels, &[a.clone(), b.clone()], thresholds_hu);
                }
                let masks = [a.view_mut(), b.view_mut()];
                if let Some(simd) = pulp::x86::V3::try_new() {
                    simd.vectorize(x86::Below { simd, pixels, cols, thresholds_hu, masks });
                    check(rows, cols, pixels, &[a.clone(), b.clone()], thresholds_hu);
                }
            }
            for (row, line) in pixels.chunks_exact(cols).enumerate() {
                let mut lines = [a.view_mut(), b.view_mut()];
                row_below(line, [-500, 300], &mut lines.each_mut().map(|m| m.row_mut(row)), word_i16);
            }
            check(rows, cols, &pixels, &[a.clone(), b.clone()], [-500, 300]);
            let mut floats: Vec<f32> = pixels.iter().map(|&x| f32::from(x) / 7.0).collect();
            floats[0] = f32::NAN;
            let slice = SliceView::new(rows, cols, SliceData::F32(&floats)).unwrap();
            threshold_below(slice, [-500, 300], [a.view_mut(), b.view_mut()]);
            check(rows, cols, &floats, &[a, b], [-500.0, 300.0]);
        }
    }

    #[test]
    fn the_extremes_of_int16_compare_right() {
        let pixels = [i16::MIN, i16::MAX, -501, -500, -499, 0];
        let mut mask = Mask::new(1, 6);
        let slice = SliceView::new(1, 6, SliceData::I16(&pixels)).unwrap();
        threshold_below(slice, [-500], [mask.view_mut()]);
        assert_eq!(mask.picture(), "# . # . . .");
    }
}
