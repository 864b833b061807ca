//! The area under the ROC curve, with DeLong's variance.

use super::{
    interval::{Interval, Z},
    ranks::midranks,
};
use serde::Serialize;

/// How well a number tells two classes apart.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Auc {
    /// The chance that a scan of the positive class has the larger number, ties counting half: 0 to 1.
    pub auc: f64,
    /// Standard error after DeLong; `None` with fewer than two scans in a class.
    pub standard_error: Option<f64>,
    /// 95 % interval, cut at 0 and 1; `None` without a standard error, and where the classes do not overlap at all: the
    /// variance is then 0, which says nothing about how far other samples would lie.
    pub interval: Option<Interval>,
}

/// The area under the ROC curve of finite numbers; `None` if a class is empty.
///
/// The variance is that of DeLong, DeLong and Clarke-Pearson (1988, doi:10.2307/2531595), computed by midranks after Sun
/// and Xu (2014, doi:10.1109/LSP.2014.2337313); the interval is the area plus and minus 1.96 standard errors. It
/// takes scans for independent: with several scans a patient it is too narrow.
///
/// # Examples
/// ```
/// let auc = hilum_learn::auc(&[2.0, 3.0], &[1.0, 2.0]).unwrap();
/// assert_eq!(auc.auc, 0.875); // of four pairs three are won and one is a tie
/// ```
pub fn auc(positive: &[f64], negative: &[f64]) -> Option<Auc> {
    let (m, n) = (positive.len() as f64, negative.len() as f64);
    if positive.is_empty() || negative.is_empty() {
        return None;
    }
    let all = midranks(&[positive, negative].concat()).ranks;
    let (of_positive, of_negative) = all.split_at(positive.len());
    // For each scan the share of the other class that it beats, or is beaten by.
    let won = |ranks: &[f64], own: &[f64], others: f64| -> Vec<f64> {
        ranks.iter().zip(&midranks(own).ranks).map(|(all, own)| (all - own) / others).collect()
    };
    let wins = won(of_positive, positive, n);
    let losses: Vec<f64> = won(of_negative, negative, m).into_iter().map(|w| 1.0 - w).collect();
    let auc = wins.iter().sum::<f64>() / m;
    let standard_error = match (variance(&wins), variance(&losses)) {
        (Some(of_wins), Some(of_losses)) => Some((of_wins / m + of_losses / n).sqrt()),
        _ => None,
    };
    let interval = standard_error
        .filter(|&se| se > 0.0)
        .map(|se| Interval { low: (auc - Z * se).max(0.0), high: (auc + Z * se).min(1.0) });
    Some(Auc { auc, standard_error, interval })
}

/// Unbiased variance; `None` below two values.
fn variance(values: &[f64]) -> Option<f64> {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    (values.len() > 1).then(|| values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (n - 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_that_do_not_overlap_have_no_interval() {
        let apart = auc(&[5.0, 6.0, 7.0], &[1.0, 2.0, 3.0]).unwrap();
        assert_eq!((apart.auc, apart.standard_error, apart.interval), (1.0, Some(0.0), None));
        let alone = auc(&[5.0], &[1.0, 2.0, 9.0]).unwrap();
        assert!((alone.auc - 2.0 / 3.0).abs() < 1e-15 && alone.standard_error.is_none());
        assert_eq!(auc(&[], &[1.0]), None);
    }

    #[test]
    fn exchanged_classes_mirror_it() {
        let (a, b) = ([1.0, 4.0, 4.0, 9.0], [0.5, 4.0, 3.0]);
        let (there, back) = (auc(&a, &b).unwrap(), auc(&b, &a).unwrap());
        assert!((there.auc + back.auc - 1.0).abs() < 1e-15);
        assert!((there.standard_error.unwrap() - back.standard_error.unwrap()).abs() < 1e-15);
    }
}
