//! Tails of the normal and the chi-squared distribution.

use libm::{erfc, exp};
use std::f64::consts::{PI, SQRT_2};

/// The chance that a standard normal number lies at least `z` from 0, on either side; `z` may not be negative.
pub(crate) fn two_sided_normal(z: f64) -> f64 {
    erfc(z / SQRT_2)
}

/// The chance that a chi-squared number reaches `x`, for whole degrees of freedom.
///
/// Sums of positive terms only, so that small chances keep their digits: Abramowitz and Stegun (1964), 26.4.4 for odd
/// and 26.4.5 for even degrees of freedom. `x` may not be negative; `degrees_of_freedom` is at least 1.
pub(crate) fn chi_squared(x: f64, degrees_of_freedom: usize) -> f64 {
    let odd = !degrees_of_freedom.is_multiple_of(2);
    let (mut term, start) = if odd {
        // 2 Z(chi) / chi: times x it is the first term.
        ((2.0 / (PI * x.max(f64::MIN_POSITIVE))).sqrt() * exp(-x / 2.0), two_sided_normal(x.sqrt()))
    } else {
        (exp(-x / 2.0), exp(-x / 2.0))
    };
    let (first, mut sum) = (if odd { 1 } else { 2 }, start);
    for k in (first..degrees_of_freedom.saturating_sub(1)).step_by(2) {
        term *= x / k as f64;
        sum += term;
    }
    sum.min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tails_are_those_of_the_tables() {
        assert!((two_sided_normal(1.959_963_984_540_054) - 0.05).abs() < 1e-16);
        for (x, freedom) in
            [(3.841_458_820_694_124, 1), (5.991_464_547_107_979, 2), (7.814_727_903_251_179, 3)]
        {
            assert!((chi_squared(x, freedom) - 0.05).abs() < 1e-15, "{freedom}");
        }
        for freedom in 1..9 {
            assert_eq!(chi_squared(0.0, freedom), 1.0);
        }
    }
}
