//! All distances between two sets of descriptors, once for both directions.

use super::{Nearest, Neighbours};
use crate::sift::{DESCRIPTOR_LEN, Way};

type Descriptor = [u8; DESCRIPTOR_LEN];

/// How far apart two descriptors are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Norm {
    /// Sum of absolute differences.
    #[default]
    L1,
    /// Square root of the sum of squared differences.
    L2,
}

/// Nearest neighbours between the descriptors of two pictures.
pub fn nearest(query: &[Descriptor], train: &[Descriptor], norm: Norm) -> Nearest {
    nearest_in(query, train, norm, Way::best())
}

pub(super) fn nearest_in(query: &[Descriptor], train: &[Descriptor], norm: Norm, way: Way) -> Nearest {
    if query.is_empty() || train.is_empty() {
        return Nearest::default();
    }
    #[cfg(target_arch = "x86_64")]
    if let (Way::Avx2(simd), Norm::L1, true) = (way, norm, query.len().max(train.len()) <= avx2::MOST) {
        return avx2::nearest(simd, query, train);
    }
    let _ = way;
    match norm {
        Norm::L1 => compare_all(query, train, |a, b| l1(a, b) as f32),
        // Compared as OpenCV compares them, after the root: it lets some sums become equal.
        Norm::L2 => compare_all(query, train, |a, b| (l2_squared(a, b) as f32).sqrt()),
    }
}

fn l1(a: &Descriptor, b: &Descriptor) -> u32 {
    a.iter().zip(b).map(|(a, b)| u32::from(a.abs_diff(*b))).sum()
}

fn l2_squared(a: &Descriptor, b: &Descriptor) -> i32 {
    a.iter().zip(b).map(|(a, b)| (i32::from(*a) - i32::from(*b)).pow(2)).sum()
}

/// The plain way.
fn compare_all(
    query: &[Descriptor],
    train: &[Descriptor],
    distance: impl Fn(&Descriptor, &Descriptor) -> f32,
) -> Nearest {
    let mut of_train = vec![(f32::INFINITY, 0); train.len()];
    let of_query = query.iter().enumerate().map(|(index, descriptor)| {
        let mut two = Neighbours { nearest: 0, distance: f32::INFINITY, second_distance: f32::INFINITY };
        for (other, (candidate, nearest)) in train.iter().zip(&mut of_train).enumerate() {
            let distance = distance(descriptor, candidate);
            if distance < two.distance {
                two = Neighbours { nearest: other, distance, second_distance: two.distance };
            } else if distance < two.second_distance {
                two.second_distance = distance;
            }
            if distance < nearest.0 {
                *nearest = (distance, index);
            }
        }
        two
    });
    Nearest { of_query: of_query.collect(), of_train: of_train.into_iter().map(|(_, index)| index).collect() }
}

#[cfg(target_arch = "x86_64")]
mod avx2 {
    //! Sums of absolute differences, 32 bytes an instruction. A distance is at most 128 x 255 and takes 15 bits; with
    //! the index below it in one word, the smaller word is the nearer descriptor or, of two equally near, the first.

    use super::{Descriptor, Nearest, Neighbours};
    use pulp::x86::V3;
    use std::arch::x86_64::__m256i;

    const INDEX_BITS: u32 = 17;
    const INDEX: u32 = (1 << INDEX_BITS) - 1;
    /// The most descriptors whose index fits.
    pub(super) const MOST: usize = 1 << INDEX_BITS;
    /// Descriptors of the second picture that stay in the nearest cache while all of the first pass by.
    const TILE: usize = 96;

    pub(super) fn nearest(simd: V3, query: &[Descriptor], train: &[Descriptor]) -> Nearest {
        simd.vectorize(All { simd, query, train })
    }

    /// All pairs, to be compiled for AVX2 as one piece.
    struct All<'a> {
        simd: V3,
        query: &'a [Descriptor],
        train: &'a [Descriptor],
    }

    impl pulp::NullaryFnOnce for All<'_> {
        type Output = Nearest;

        #[inline(always)]
        fn call(self) -> Nearest {
            let Self { simd, query, train } = self;
            // The nearest and the second of each query, the nearest of each group of eight.
            let mut best = vec![[u32::MAX; 2]; query.len()];
            let mut of_train = vec![[u32::MAX; 8]; train.len().div_ceil(8)];
            let mut start = 0;
            while start < train.len() {
                let tile = &train[start..train.len().min(start + TILE)];
                let nearest = &mut of_train[start / 8..(start + tile.len()).div_ceil(8)];
                let mut index = 0;
                while index < query.len() {
                    let two = compare(simd, &query[index], index as u32, tile, start as u32, nearest);
                    best[index] = least_two(best[index], two);
                    index += 1;
                }
                start += TILE;
            }
            let distance =
                |key: u32| if key == u32::MAX { f32::INFINITY } else { (key >> INDEX_BITS) as f32 };
            let neighbours = |&[first, second]: &[u32; 2]| Neighbours {
                nearest: (first & INDEX) as usize,
                distance: distance(first),
                second_distance: distance(second),
            };
            let of_train = of_train.as_flattened()[..train.len()].iter();
            Nearest {
                of_query: best.iter().map(neighbours).collect(),
                of_train: of_train.map(|&key| (key & INDEX) as usize).collect(),
            }
        }
    }

    /// The two least of four, each pair sorted.
    #[inline(always)]
    fn least_two(a: [u32; 2], b: [u32; 2]) -> [u32; 2] {
        [a[0].min(b[0]), a[0].max(b[0]).min(a[1]).min(b[1])]
    }

    /// One query with a tile: its two nearest there; `nearest` learns of the query.
    #[inline(always)]
    fn compare(
        simd: V3,
        query: &Descriptor,
        index: u32,
        tile: &[Descriptor],
        start: u32,
        nearest: &mut [[u32; 8]],
    ) -> [u32; 2] {
        let V3 { avx, avx2, .. } = simd;
        let query: [__m256i; 4] = bytemuck::must_cast(*query);
        let own = avx._mm256_set1_epi32(index.cast_signed());
        let mut others = avx2._mm256_add_epi32(
            avx._mm256_set1_epi32(start.cast_signed()),
            avx._mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7),
        );
        let (mut first, mut second) = (avx._mm256_set1_epi32(-1), avx._mm256_set1_epi32(-1));
        let (groups, rest) = tile.as_chunks::<8>();
        let mut last = [[0; super::DESCRIPTOR_LEN]; 8];
        last[..rest.len()].copy_from_slice(rest);
        let mut group = 0;
        while group < nearest.len() {
            let (eight, beyond) = match groups.get(group) {
                Some(eight) => (eight, avx._mm256_setzero_si256()),
                None => (&last, beyond(simd, rest.len())),
            };
            // Lanes beyond the last descriptor become the largest word.
            let far = avx2._mm256_or_si256(eight_distances(simd, &query, eight), beyond);
            let word = avx2._mm256_or_si256(far, others);
            second = avx2._mm256_min_epu32(second, avx2._mm256_max_epu32(first, word));
            first = avx2._mm256_min_epu32(first, word);
            let known: __m256i = bytemuck::must_cast(nearest[group]);
            let known = avx2._mm256_min_epu32(known, avx2._mm256_or_si256(far, own));
            nearest[group] = bytemuck::must_cast(known);
            others = avx2._mm256_add_epi32(others, avx._mm256_set1_epi32(8));
            group += 1;
        }
        let (first, second): ([u32; 8], [u32; 8]) = (bytemuck::must_cast(first), bytemuck::must_cast(second));
        let mut two = [u32::MAX; 2];
        let mut lane = 0;
        while lane < 8 {
            two = least_two(two, [first[lane], second[lane]]);
            lane += 1;
        }
        two
    }

    /// All ones in the lanes from `count` on.
    #[inline(always)]
    fn beyond(simd: V3, count: usize) -> __m256i {
        let lanes = simd.avx._mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
        simd.avx2._mm256_cmpgt_epi32(lanes, simd.avx._mm256_set1_epi32(count as i32 - 1))
    }

    /// Distances to eight descriptors, above the bits of the index.
    #[inline(always)]
    fn eight_distances(simd: V3, query: &[__m256i; 4], eight: &[Descriptor; 8]) -> __m256i {
        let V3 { avx, avx2, sse2, .. } = simd;
        let low = four_sums(simd, query, [&eight[0], &eight[1], &eight[2], &eight[3]]);
        let high = four_sums(simd, query, [&eight[4], &eight[5], &eight[6], &eight[7]]);
        let halves = avx2
            ._mm256_add_epi16(avx2._mm256_unpacklo_epi64(low, high), avx2._mm256_unpackhi_epi64(low, high));
        let (a, b) = (avx._mm256_castsi256_si128(halves), avx2._mm256_extracti128_si256::<1>(halves));
        let distances = avx2._mm256_cvtepu16_epi32(sse2._mm_add_epi16(a, b));
        avx2._mm256_slli_epi32::<{ INDEX_BITS as i32 }>(distances)
    }

    /// In each quarter of the register: the part sums of four descriptors, 16 bits each.
    #[inline(always)]
    fn four_sums(simd: V3, query: &[__m256i; 4], four: [&Descriptor; 4]) -> __m256i {
        let avx2 = simd.avx2;
        let [a, b, c, d] = [
            sums(simd, query, four[0]),
            sums(simd, query, four[1]),
            sums(simd, query, four[2]),
            sums(simd, query, four[3]),
        ];
        let ab = avx2._mm256_or_si256(a, avx2._mm256_slli_epi64::<16>(b));
        let cd = avx2._mm256_or_si256(c, avx2._mm256_slli_epi64::<16>(d));
        avx2._mm256_or_si256(ab, avx2._mm256_slli_epi64::<32>(cd))
    }

    /// Sums of absolute differences of every fourth run of eight bytes.
    #[inline(always)]
    fn sums(simd: V3, query: &[__m256i; 4], other: &Descriptor) -> __m256i {
        let avx2 = simd.avx2;
        let other: [__m256i; 4] = bytemuck::must_cast(*other);
        let (a, b) = (avx2._mm256_sad_epu8(query[0], other[0]), avx2._mm256_sad_epu8(query[1], other[1]));
        let (c, d) = (avx2._mm256_sad_epu8(query[2], other[2]), avx2._mm256_sad_epu8(query[3], other[3]));
        avx2._mm256_add_epi64(avx2._mm256_add_epi64(a, b), avx2._mm256_add_epi64(c, d))
    }
}
