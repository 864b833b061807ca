//! The same rows on machines with AVX2, four words to a register.

use super::Gather;
use pulp::x86::V3;
use std::arch::x86_64::__m256i;

/// Rows that are done together: each step of a row waits for the one before, so that one row alone leaves the machine half idle.
const AT_ONCE: usize = 4;

/// The whole pass, to be compiled for AVX2 as one piece. Plain loops throughout: a closure here would be compiled without AVX2.
pub(super) struct Rows<'a, 't, const W: usize, const V: usize> {
    pub(super) simd: V3,
    pub(super) gather: Gather<'a, W>,
    pub(super) target: &'t mut [u64],
    pub(super) words: usize,
}

impl<const W: usize, const V: usize> pulp::NullaryFnOnce for Rows<'_, '_, W, V> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let Self { simd, gather, target, words } = self;
        let within: [__m256i; V] = bytemuck::must_cast(gather.within);
        for (block, out) in target.chunks_mut(AT_ONCE * words).enumerate() {
            let lines = lines(simd, &gather, AT_ONCE * block, within);
            if words == W {
                for (out, line) in out.as_chunks_mut::<W>().0.iter_mut().zip(lines) {
                    *out = bytemuck::must_cast(line);
                }
            } else {
                for (out, line) in out.chunks_exact_mut(words).zip(lines) {
                    let line: [u64; W] = bytemuck::must_cast(line);
                    out.copy_from_slice(&line[..words]);
                }
            }
        }
    }
}

/// This row of the result and the next ones, as [`Gather::row`] has them; beyond the last row anything.
#[inline(always)]
fn lines<const W: usize, const V: usize>(
    simd: V3,
    gather: &Gather<'_, W>,
    row: usize,
    within: [__m256i; V],
) -> [[__m256i; V]; AT_ONCE] {
    let mut lines = [[simd.avx._mm256_setzero_si256(); V]; AT_ONCE];
    for group in &gather.disk.groups {
        for (n, line) in lines.iter_mut().enumerate() {
            for rows in gather.rows_beside(row + n, group) {
                for other in rows {
                    let other: [__m256i; V] = bytemuck::must_cast(*other);
                    for v in 0..V {
                        line[v] = simd.avx2._mm256_or_si256(line[v], other[v]);
                    }
                }
            }
        }
        for &shift in &group.widen_by {
            for line in &mut lines {
                *line = spread(simd, *line, shift);
                for v in 0..V {
                    line[v] = simd.avx2._mm256_and_si256(line[v], within[v]);
                }
            }
        }
    }
    if gather.inverted {
        for line in &mut lines {
            for v in 0..V {
                line[v] = simd.avx2._mm256_andnot_si256(line[v], within[v]);
            }
        }
    }
    lines
}

/// `line | line << shift | line >> shift` across words, 0 < shift < 64.
#[inline(always)]
fn spread<const V: usize>(simd: V3, line: [__m256i; V], shift: u32) -> [__m256i; V] {
    let by = simd.sse2._mm_cvtsi32_si128(shift.cast_signed());
    let rest = simd.sse2._mm_cvtsi32_si128((64 - shift).cast_signed());
    // The words turned by one place to each side; of the word that comes round, the next register's stands in.
    let nothing = simd.avx._mm256_setzero_si256();
    let (mut up, mut down) = (line, line);
    for v in 0..V {
        up[v] = simd.avx2._mm256_permute4x64_epi64::<0b10_01_00_11>(line[v]);
        down[v] = simd.avx2._mm256_permute4x64_epi64::<0b00_11_10_01>(line[v]);
    }
    let mut wider = line;
    for v in 0..V {
        let (below, above) =
            (if v > 0 { up[v - 1] } else { nothing }, if v + 1 < V { down[v + 1] } else { nothing });
        let before = simd.avx2._mm256_blend_epi32::<0b0000_0011>(up[v], below);
        let after = simd.avx2._mm256_blend_epi32::<0b1100_0000>(down[v], above);
        let spill = simd.avx2._mm256_or_si256(
            simd.avx2._mm256_srl_epi64(before, rest),
            simd.avx2._mm256_sll_epi64(after, rest),
        );
        let shifted = simd.avx2._mm256_or_si256(
            simd.avx2._mm256_sll_epi64(line[v], by),
            simd.avx2._mm256_srl_epi64(line[v], by),
        );
        wider[v] = simd.avx2._mm256_or_si256(line[v], simd.avx2._mm256_or_si256(shifted, spill));
    }
    wider
}
