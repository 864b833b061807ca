//! Ranks with ties.

/// The midranks of a sample.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranks {
    /// Rank of each value, from 1; equal values share the mean of their places.
    pub ranks: Vec<f64>,
    /// The sum of t^3 - t over all groups of t equal values; 0 without ties.
    pub ties: f64,
}

/// Ranks finite values in ascending order; equal to `scipy.stats.rankdata(method="average")`.
pub fn midranks(values: &[f64]) -> Ranks {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut result = Ranks { ranks: vec![0.0; values.len()], ties: 0.0 };
    let mut start = 0;
    for equals in order.chunk_by(|&a, &b| values[a] == values[b]) {
        // Places start + 1 to start + t: their mean.
        let t = equals.len();
        let rank = start as f64 + (t as f64 + 1.0) / 2.0;
        for &i in equals {
            result.ranks[i] = rank;
        }
        result.ties += (t as f64).powi(3) - t as f64;
        start += t;
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_share_their_places() {
        let ranks = midranks(&[2.0, 1.0, 2.0, 0.0, 2.0]);
        assert_eq!(ranks.ranks, [4.0, 2.0, 4.0, 1.0, 4.0]);
        assert_eq!(ranks.ties, 24.0);
        assert_eq!(midranks(&[0.0, -0.0]).ranks, [1.5, 1.5]);
        assert!(midranks(&[]).ranks.is_empty());
    }
}
