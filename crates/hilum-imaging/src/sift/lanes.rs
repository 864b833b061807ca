//! Eight floats at a time: with the machine's vectors, or with plain loops. Both give the same bits.
//!
//! Kernels are written once over [`Lanes`]. The sums have one order, and where a product is added, both implementations
//! round once.

/// Floats that are worked on at a time.
pub(crate) const LANES: usize = 8;

/// Eight floats.
pub(crate) type Eight = [f32; LANES];

/// Arithmetic on eight floats. What is compared or converted is finite.
pub(crate) trait Lanes: Copy {
    /// Eight floats in a register.
    type V: Copy;

    fn load(self, values: &Eight) -> Self::V;
    fn store(self, v: Self::V) -> Eight;
    fn splat(self, value: f32) -> Self::V;
    fn add(self, a: Self::V, b: Self::V) -> Self::V;
    fn sub(self, a: Self::V, b: Self::V) -> Self::V;
    fn mul(self, a: Self::V, b: Self::V) -> Self::V;
    fn div(self, a: Self::V, b: Self::V) -> Self::V;
    /// `a * b + c`, rounded once.
    fn mul_add(self, a: Self::V, b: Self::V, c: Self::V) -> Self::V;
    fn sqrt(self, a: Self::V) -> Self::V;
    fn floor(self, a: Self::V) -> Self::V;
    fn abs(self, a: Self::V) -> Self::V;
    fn min(self, a: Self::V, b: Self::V) -> Self::V;
    fn max(self, a: Self::V, b: Self::V) -> Self::V;
    /// `yes` where the first of the pair is less than the second, `no` elsewhere.
    fn if_less(self, pair: (Self::V, Self::V), yes: Self::V, no: Self::V) -> Self::V;
    /// One bit for each lane with `a < b`, the first lane lowest.
    fn less(self, a: Self::V, b: Self::V) -> u32;
}

/// Any machine.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plain;

#[inline(always)]
fn each(f: impl Fn(usize) -> f32) -> Eight {
    [f(0), f(1), f(2), f(3), f(4), f(5), f(6), f(7)]
}

impl Lanes for Plain {
    type V = Eight;

    #[inline(always)]
    fn load(self, values: &Eight) -> Eight {
        *values
    }
    #[inline(always)]
    fn store(self, v: Eight) -> Eight {
        v
    }
    #[inline(always)]
    fn splat(self, value: f32) -> Eight {
        [value; LANES]
    }
    #[inline(always)]
    fn add(self, a: Eight, b: Eight) -> Eight {
        each(|n| a[n] + b[n])
    }
    #[inline(always)]
    fn sub(self, a: Eight, b: Eight) -> Eight {
        each(|n| a[n] - b[n])
    }
    #[inline(always)]
    fn mul(self, a: Eight, b: Eight) -> Eight {
        each(|n| a[n] * b[n])
    }
    #[inline(always)]
    fn div(self, a: Eight, b: Eight) -> Eight {
        each(|n| a[n] / b[n])
    }
    #[inline(always)]
    fn mul_add(self, a: Eight, b: Eight, c: Eight) -> Eight {
        each(|n| fused(a[n], b[n], c[n]))
    }
    #[inline(always)]
    fn sqrt(self, a: Eight) -> Eight {
        each(|n| a[n].sqrt())
    }
    #[inline(always)]
    fn floor(self, a: Eight) -> Eight {
        each(|n| a[n].floor())
    }
    #[inline(always)]
    fn abs(self, a: Eight) -> Eight {
        each(|n| a[n].abs())
    }
    #[inline(always)]
    fn min(self, a: Eight, b: Eight) -> Eight {
        each(|n| if a[n] < b[n] { a[n] } else { b[n] })
    }
    #[inline(always)]
    fn max(self, a: Eight, b: Eight) -> Eight {
        each(|n| if a[n] > b[n] { a[n] } else { b[n] })
    }
    #[inline(always)]
    fn if_less(self, (a, b): (Eight, Eight), yes: Eight, no: Eight) -> Eight {
        each(|n| if a[n] < b[n] { yes[n] } else { no[n] })
    }
    #[inline(always)]
    fn less(self, a: Eight, b: Eight) -> u32 {
        a.iter().zip(&b).enumerate().fold(0, |bits, (n, (a, b))| bits | u32::from(a < b) << n)
    }
}

/// `a * b + c`, rounded once: the machine's instruction where all machines of its kind have one.
#[inline(always)]
fn fused(a: f32, b: f32, c: f32) -> f32 {
    if cfg!(any(target_feature = "fma", target_arch = "aarch64")) { a.mul_add(b, c) } else { exact(a, b, c) }
}

/// `a * b + c`, rounded once, where a library call a pixel would take minutes a slice.
///
/// The product of two floats is exact in double precision; the sum is not, but rounding it to odd lets the second
/// rounding, to single precision, come out as if it were the only one (Boldo and Melquiond 2008,
/// doi:10.1109/TC.2007.70819).
#[inline(always)]
fn exact(a: f32, b: f32, c: f32) -> f32 {
    let (product, addend) = (f64::from(a) * f64::from(b), f64::from(c));
    let sum = product + addend;
    let added = sum - product;
    let error = (product - (sum - added)) + (addend - added);
    let bits = sum.to_bits();
    let is_even = bits & 1 == 0;
    let grows = (error > 0.0) == (sum > 0.0);
    let odd = if grows { bits.wrapping_add(1) } else { bits.wrapping_sub(1) };
    f64::from_bits(if error != 0.0 && is_even { odd } else { bits }) as f32
}

/// AVX2 with fused multiply-add.
#[cfg(target_arch = "x86_64")]
mod avx2 {
    use super::{Eight, Lanes};
    use pulp::x86::V3;
    use std::arch::x86_64::__m256;

    impl Lanes for V3 {
        type V = __m256;

        #[inline(always)]
        fn load(self, values: &Eight) -> __m256 {
            bytemuck::must_cast(*values)
        }
        #[inline(always)]
        fn store(self, v: __m256) -> Eight {
            bytemuck::must_cast(v)
        }
        #[inline(always)]
        fn splat(self, value: f32) -> __m256 {
            self.avx._mm256_set1_ps(value)
        }
        #[inline(always)]
        fn add(self, a: __m256, b: __m256) -> __m256 {
            self.avx._mm256_add_ps(a, b)
        }
        #[inline(always)]
        fn sub(self, a: __m256, b: __m256) -> __m256 {
            self.avx._mm256_sub_ps(a, b)
        }
        #[inline(always)]
        fn mul(self, a: __m256, b: __m256) -> __m256 {
            self.avx._mm256_mul_ps(a, b)
        }
        #[inline(always)]
        fn div(self, a: __m256, b: __m256) -> __m256 {
            self.avx._mm256_div_ps(a, b)
        }
        #[inline(always)]
        fn mul_add(self, a: __m256, b: __m256, c: __m256) -> __m256 {
            self.fma._mm256_fmadd_ps(a, b, c)
        }
        #[inline(always)]
        fn sqrt(self, a: __m256) -> __m256 {
            self.avx._mm256_sqrt_ps(a)
        }
        #[inline(always)]
        fn floor(self, a: __m256) -> __m256 {
            self.avx._mm256_floor_ps(a)
        }
        #[inline(always)]
        fn abs(self, a: __m256) -> __m256 {
            self.avx._mm256_andnot_ps(self.avx._mm256_set1_ps(-0.0), a)
        }
        #[inline(always)]
        fn min(self, a: __m256, b: __m256) -> __m256 {
            self.avx._mm256_min_ps(a, b)
        }
        #[inline(always)]
        fn max(self, a: __m256, b: __m256) -> __m256 {
            self.avx._mm256_max_ps(a, b)
        }
        #[inline(always)]
        fn if_less(self, (a, b): (__m256, __m256), yes: __m256, no: __m256) -> __m256 {
            let mask = self.avx._mm256_cmp_ps::<LESS>(a, b);
            self.avx._mm256_blendv_ps(no, yes, mask)
        }
        #[inline(always)]
        fn less(self, a: __m256, b: __m256) -> u32 {
            self.avx._mm256_movemask_ps(self.avx._mm256_cmp_ps::<LESS>(a, b)).cast_unsigned()
        }
    }

    /// Ordered, quiet `<`.
    const LESS: i32 = std::arch::x86_64::_CMP_LT_OQ;
}

/// Work on lanes, compiled for the machine's vectors as one piece.
pub(crate) trait Kernel {
    /// What comes out.
    type Output;

    /// Does the work; to be inlined always.
    fn run<L: Lanes>(self, lanes: L) -> Self::Output;
}

/// The lanes that kernels run on.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Way {
    /// AVX2 and fused multiply-add, found at run time.
    #[cfg(target_arch = "x86_64")]
    Avx2(pulp::x86::V3),
    /// What every machine of its kind can do.
    Plain,
}

impl Way {
    /// The fastest on this machine.
    pub(crate) fn best() -> Self {
        #[cfg(target_arch = "x86_64")]
        if let Some(simd) = pulp::x86::V3::try_new() {
            return Self::Avx2(simd);
        }
        Self::Plain
    }

    /// Runs the kernel.
    pub(crate) fn run<K: Kernel>(self, kernel: K) -> K::Output {
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::Avx2(simd) => {
                struct Vectorised<K>(K, pulp::x86::V3);
                impl<K: Kernel> pulp::NullaryFnOnce for Vectorised<K> {
                    type Output = K::Output;

                    #[inline(always)]
                    fn call(self) -> K::Output {
                        self.0.run(self.1)
                    }
                }
                simd.vectorize(Vectorised(kernel, simd))
            }
            Self::Plain => kernel.run(Plain),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn an_exact_sum_is_rounded_once(a in -1e6f32..1e6, b in -2.0f32..2.0, c in -1e6f32..1e6, tiny in -30i32..1) {
            let c = c * 2f32.powi(tiny);
            prop_assert_eq!(exact(a, b, c).to_bits(), a.mul_add(b, c).to_bits());
            // Nearly cancelling.
            let near = -(a * b);
            prop_assert_eq!(exact(a, b, near).to_bits(), a.mul_add(b, near).to_bits());
        }
    }

    #[test]
    fn a_sum_half_way_between_two_floats_is_rounded_once() {
        // 1 + 2^-24 is half-way between 1 and the next float; the product's tail decides.
        let (a, b) = (1.0 + f32::EPSILON, 2f32.powi(-24));
        for c in [1.0, -1.0] {
            assert_eq!(exact(a, b, c).to_bits(), a.mul_add(b, c).to_bits());
            assert_eq!(exact(-a, b, c).to_bits(), (-a).mul_add(b, c).to_bits());
        }
    }
}
