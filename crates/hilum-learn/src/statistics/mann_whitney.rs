//! The Mann-Whitney (Wilcoxon rank-sum) test.

use super::{ranks::midranks, tails::two_sided_normal};
use serde::Serialize;

/// Where either class has no more scans than this and no two scans are equal, the p value is exact.
const EXACT_UP_TO: usize = 8;
/// Above so many scans in the larger class the counts of the exact distribution would not fit 127 bits.
const EXACT_LARGER: usize = 20_000;

/// How a p value was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PValue {
    /// From the distribution of U over all orders of the scans.
    Exact,
    /// From the normal distribution, corrected for ties and continuity.
    Asymptotic,
}

/// The outcome of the test.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct MannWhitney {
    /// U of the positive class: pairs in which its scan has the larger number, ties counting half.
    pub u: f64,
    /// Two-sided p value: how often classes without any difference would lie at least this far apart.
    pub p: f64,
    /// How `p` was found.
    pub method: PValue,
    /// Rank-biserial correlation, 2 U / (m n) - 1, which is Cliff's delta: the share of pairs that the positive class wins
    /// less the share that it loses, -1 to 1.
    pub rank_biserial: f64,
}

/// Tests whether one class tends to larger numbers; `None` if a class is empty.
///
/// # Source
/// Mann and Whitney (1947, doi:10.1214/aoms/1177730491); effect size after Cliff (1993, doi:10.1037/0033-2909.114.3.494)
/// and Kerby (2014, doi:10.2466/11.IT.3.1). Exact or asymptotic as `scipy.stats.mannwhitneyu(method="auto")` chooses:
/// exact where a class has at most 8 scans and there are no ties. Scans are taken for independent.
pub fn mann_whitney(positive: &[f64], negative: &[f64]) -> Option<MannWhitney> {
    let (m, n) = (positive.len(), negative.len());
    if m == 0 || n == 0 {
        return None;
    }
    let all = midranks(&[positive, negative].concat());
    let (m_f, n_f) = (m as f64, n as f64);
    let u = all.ranks[..m].iter().sum::<f64>() - m_f * (m_f + 1.0) / 2.0;
    let larger = u.max(m_f * n_f - u);
    let exact = m.min(n) <= EXACT_UP_TO && m.max(n) <= EXACT_LARGER && all.ties == 0.0;
    let (p, method) = if exact {
        (exact_p(larger as usize, m.min(n), m.max(n)), PValue::Exact)
    } else {
        (asymptotic_p(larger, m_f, n_f, all.ties), PValue::Asymptotic)
    };
    Some(MannWhitney { u, p, method, rank_biserial: 2.0 * u / (m_f * n_f) - 1.0 })
}

/// Two-sided, for the larger of the two U.
fn asymptotic_p(u: f64, m: f64, n: f64, ties: f64) -> f64 {
    let all = m + n;
    let variance = m * n / 12.0 * ((all + 1.0) - ties / (all * (all - 1.0)));
    if variance <= 0.0 {
        // All numbers are equal: nothing speaks against chance.
        return 1.0;
    }
    // Half a step towards the middle; at the middle itself it would lead past it.
    let z = (u - m * n / 2.0 - 0.5) / variance.sqrt();
    two_sided_normal(z).min(1.0)
}

/// Two-sided, for the larger of the two U: twice the share of orders with at least this U.
///
/// The number of orders by U is the Gaussian binomial coefficient, made factor by factor: times (1 - q^(n+i)), over
/// (1 - q^i). Every stage is a count, so whole numbers suffice.
fn exact_p(u: usize, fewer: usize, more: usize) -> f64 {
    let mut orders = vec![0i128; fewer * more + fewer + more + 1];
    orders[0] = 1;
    for i in 1..=fewer {
        for power in (more + i..orders.len()).rev() {
            orders[power] -= orders[power - more - i];
        }
        for power in i..orders.len() {
            orders[power] += orders[power - i];
        }
    }
    let total: i128 = orders[..=fewer * more].iter().sum();
    let tail: i128 = orders[u..=fewer * more].iter().sum();
    (2.0 * tail as f64 / total as f64).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_orders_of_a_few_scans_can_be_counted() {
        // Three against three, all larger: one order of twenty, two-sided 2/20.
        let test = mann_whitney(&[4.0, 5.0, 6.0], &[1.0, 2.0, 3.0]).unwrap();
        assert_eq!((test.u, test.method, test.rank_biserial), (9.0, PValue::Exact, 1.0));
        assert!((test.p - 0.1).abs() < 1e-15);
        // One against two, in the middle: every order is as likely.
        assert_eq!(mann_whitney(&[2.0], &[1.0, 3.0]).unwrap().p, 1.0);
    }

    #[test]
    fn equal_numbers_speak_for_nothing() {
        let test = mann_whitney(&[1.0; 4], &[1.0; 30]).unwrap();
        assert_eq!((test.p, test.rank_biserial, test.method), (1.0, 0.0, PValue::Asymptotic));
        assert_eq!(mann_whitney(&[], &[1.0]), None);
    }

    #[test]
    fn many_against_few_keep_whole_counts() {
        let many: Vec<f64> = (0..20_000).map(f64::from).collect();
        let few: Vec<f64> = (0..8).map(|i| 1e6 + f64::from(i)).collect();
        let test = mann_whitney(&few, &many).unwrap();
        // 2 / C(20008, 8)
        assert!((test.p / 3.144_335_901_575_379e-30 - 1.0).abs() < 1e-12, "{}", test.p);
    }
}
