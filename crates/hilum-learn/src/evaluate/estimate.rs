//! A number with its interval, or the reason why it is missing.

use super::{bootstrap::Resampling, measure::Undefined};
use crate::statistics::Interval;
use serde::Serialize;

/// A number, its 95 % bootstrap interval over groups, and where one of them is missing, why.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Estimate {
    /// The number; `None` where it does not exist, never 0 in its place.
    pub value: Option<f64>,
    /// 2.5 % and 97.5 % quantiles over the draws.
    pub interval: Option<Interval>,
    /// Why the number or its interval is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Estimate {
    pub(super) fn of(
        value: Result<f64, Undefined>,
        draws: &[Result<f64, Undefined>],
        resampling: &Resampling,
        classes: &[String],
    ) -> Self {
        match value {
            Err(undefined) => Self { value: None, interval: None, reason: Some(undefined.reason(classes)) },
            Ok(value) => {
                let (interval, reason) = match resampling.interval(draws) {
                    Ok(interval) => (Some(interval), None),
                    Err(reason) => (None, Some(reason)),
                };
                Self { value: Some(value), interval, reason }
            }
        }
    }
}
