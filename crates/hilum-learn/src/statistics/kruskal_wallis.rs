//! The Kruskal-Wallis test over several classes.

use super::{ranks::midranks, tails::chi_squared};
use serde::Serialize;

/// The outcome of the test.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct KruskalWallis {
    /// H, corrected for ties.
    pub h: f64,
    /// Degrees of freedom: classes less one.
    pub degrees_of_freedom: usize,
    /// How often classes without any difference would give at least this H.
    pub p: f64,
    /// Effect size epsilon squared, H / (N - 1): 0 to 1.
    pub epsilon_squared: f64,
}

/// Tests whether any of several classes tends to other numbers than the rest; `None` for fewer than two classes, an empty
/// class, or numbers that are all equal.
///
/// # Source
/// Kruskal and Wallis (1952, doi:10.1080/01621459.1952.10483441), p from the chi-squared distribution; effect size after
/// Kelley (1935, doi:10.1073/pnas.21.9.554) as Tomczak and Tomczak (2014) write it for H.
pub fn kruskal_wallis(classes: &[&[f64]]) -> Option<KruskalWallis> {
    if classes.len() < 2 || classes.iter().any(|class| class.is_empty()) {
        return None;
    }
    let all = midranks(&classes.concat());
    let n = all.ranks.len() as f64;
    let correction = 1.0 - all.ties / (n.powi(3) - n);
    if correction <= 0.0 {
        return None;
    }
    let mut rest = all.ranks.as_slice();
    let mut squares = 0.0;
    for class in classes {
        let (own, others) = rest.split_at(class.len());
        squares += own.iter().sum::<f64>().powi(2) / class.len() as f64;
        rest = others;
    }
    // Rounding may leave a hair below 0 where all classes lie alike.
    let h = ((12.0 / (n * (n + 1.0)) * squares - 3.0 * (n + 1.0)) / correction).max(0.0);
    let degrees_of_freedom = classes.len() - 1;
    let p = chi_squared(h, degrees_of_freedom);
    Some(KruskalWallis { h, degrees_of_freedom, p, epsilon_squared: h / (n - 1.0) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_tested_is_not() {
        assert_eq!(kruskal_wallis(&[&[1.0, 2.0]]), None);
        assert_eq!(kruskal_wallis(&[&[1.0], &[]]), None);
        assert_eq!(kruskal_wallis(&[&[1.0, 1.0], &[1.0]]), None);
        let alike = kruskal_wallis(&[&[1.0, 4.0], &[2.0, 3.0]]).unwrap();
        assert_eq!((alike.h, alike.p), (0.0, 1.0));
    }
}
