//! The temperature that makes probabilities honest.
//!
//! C. Guo, G. Pleiss, Y. Sun and K. Q. Weinberger, "On calibration of modern neural networks", ICML 2017 (PMLR
//! 70:1321-1330): logits are divided by one number, chosen to give the validation cases the largest likelihood. Which
//! class is the most probable does not change.

use crate::{classifier::probabilities, error::LearnError};
use serde::Serialize;

/// Temperatures outside these are not tried: where the validation cases are told without fault the likelihood grows
/// for ever as the temperature falls.
const COLDEST: f64 = 0.05;
const HOTTEST: f64 = 20.0;
/// Halvings of the logarithm of that range: 6 / 2^60 is below the last bit.
const HALVINGS: usize = 60;

/// A temperature and what it changed on the cases that it was chosen on.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Temperature {
    /// Logits are divided by it: above 1 where the classifier was too sure.
    pub temperature: f64,
    /// Mean negative log-likelihood with temperature 1.
    pub log_loss_before: f64,
    /// The same with this temperature.
    pub log_loss_after: f64,
}

/// The temperature that gives the true classes the largest likelihood, between 0.05 and 20.
///
/// # Arguments
/// * `logits` - `[case][class]`, or `[case][1]` for a net with one sigmoid output; of validation cases alone.
/// * `truth` - the true class of each.
///
/// # Errors
/// [`LearnError`] if there is no case, a logit is not finite or a class has no logit.
pub fn fit_temperature(logits: &[Vec<f64>], truth: &[usize]) -> Result<Temperature, LearnError> {
    if logits.len() != truth.len() {
        return Err(LearnError::Lengths { what: "true classes", values: logits.len(), found: truth.len() });
    }
    if logits.is_empty() {
        return Err(LearnError::NoCases);
    }
    let mut cases = Vec::with_capacity(logits.len());
    for (index, (of_case, &class)) in logits.iter().zip(truth).enumerate() {
        if of_case.iter().any(|z| !z.is_finite()) {
            return Err(LearnError::NotFinite { index });
        }
        let all = if let [one] = of_case[..] { vec![0.0, one] } else { of_case.clone() };
        if class >= all.len() {
            return Err(LearnError::UnknownClass { index, class, labels: all.len() });
        }
        cases.push((all, class));
    }
    // The loss is convex in 1 / T with the slope `pull`, so its sign says on which side of T the best one lies.
    let (mut cold, mut hot) = (COLDEST.ln(), HOTTEST.ln());
    for _ in 0..HALVINGS {
        let middle = (cold + hot) / 2.0;
        // A positive slope: less of 1 / T is better, that is, a hotter T.
        if pull(&cases, libm::exp(middle)) > 0.0 { cold = middle } else { hot = middle }
    }
    let temperature = libm::exp((cold + hot) / 2.0);
    Ok(Temperature {
        temperature,
        log_loss_before: log_loss(&cases, 1.0),
        log_loss_after: log_loss(&cases, temperature),
    })
}

/// Slope of the loss in 1 / T: the expected logit less that of the true class, over all cases.
fn pull(cases: &[(Vec<f64>, usize)], temperature: f64) -> f64 {
    let of_case = |(logits, class): &(Vec<f64>, usize)| {
        let expected: f64 = probabilities(logits, temperature).iter().zip(logits).map(|(p, z)| p * z).sum();
        expected - logits[*class]
    };
    cases.iter().map(of_case).sum()
}

fn log_loss(cases: &[(Vec<f64>, usize)], temperature: f64) -> f64 {
    let of_case = |(logits, class): &(Vec<f64>, usize)| {
        let most = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let sum: f64 = logits.iter().map(|z| libm::exp((z - most) / temperature)).sum();
        libm::log(sum) - (logits[*class] - most) / temperature
    };
    cases.iter().map(of_case).sum::<f64>() / cases.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_net_that_is_twice_too_sure_is_cooled_by_two() {
        // Of ten cases with logit ln 3 seven or eight would be right; logits here are twice that.
        let logits: Vec<Vec<f64>> = (0..400).map(|_| vec![2.0 * 3f64.ln()]).collect();
        let truth: Vec<usize> = (0..400).map(|i| usize::from(i % 4 != 0)).collect();
        let found = fit_temperature(&logits, &truth).unwrap();
        assert!((found.temperature - 2.0).abs() < 1e-9, "{found:?}");
        assert!(found.log_loss_after < found.log_loss_before);
    }

    #[test]
    fn cases_told_without_fault_reach_the_end_of_the_range() {
        let found = fit_temperature(&[vec![-1.0], vec![1.0]], &[0, 1]).unwrap();
        assert!((found.temperature - COLDEST).abs() < 1e-9);
        let upside_down = fit_temperature(&[vec![-1.0], vec![1.0]], &[1, 0]).unwrap();
        assert!((upside_down.temperature - HOTTEST).abs() < 1e-6);
        assert!(fit_temperature(&[], &[]).is_err() && fit_temperature(&[vec![1.0]], &[2]).is_err());
    }
}
