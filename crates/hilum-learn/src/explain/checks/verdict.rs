//! One word for a classifier and its explanations.

use super::{deletion::DeletionInsertion, inside::Inside, repeat::Repeatability};
use serde::{Deserialize, Serialize};

/// Checks of the explanation of one picture. What was not made is `None`.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Checks {
    /// Positive weight inside the lung.
    pub lung: Option<Inside>,
    /// Positive weight inside the dense tissue of the lung: vessels, airway walls, lesions.
    pub dense: Option<Inside>,
    /// R² of LIME's linear model.
    pub r2: Option<f64>,
    /// Alike over seeds?
    pub repeatability: Option<Repeatability>,
    /// Better than chance?
    pub deletion: Option<DeletionInsertion>,
    /// Rank correlation with the explanation of the same net with its weights in another order, by size: near 0 if the explanation follows the
    /// net, near 1 if it follows the picture alone (Adebayo et al. 2018, arXiv:1810.03292).
    pub randomised_correlation: Option<f64>,
}

/// What to think of a classifier's explanations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// They repeat, they follow the classifier, and they point into the lung.
    Trustworthy,
    /// Another seed, or another net, gives another or the same explanation: nothing can be read from them.
    Unstable,
    /// They repeat, and most of their positive weight lies outside the lung.
    LooksElsewhere,
    /// Too little was checked to say.
    Unknown,
}

/// Rank correlation over seeds below which explanations do not repeat.
pub const REPEATS_FROM: f64 = 0.6;

/// Share of the positive weight inside the lung below which the classifier looks elsewhere.
pub const INSIDE_FROM_FRAC: f64 = 0.5;

/// Rank correlation with a net whose weights are in another order above which an explanation follows the picture alone.
pub const RANDOMISED_BELOW: f64 = 0.6;

/// A verdict and the reasons for it, in plain words.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Judgement {
    /// In one word.
    pub verdict: Verdict,
    /// Sentences for people, each with its number.
    pub reasons: Vec<String>,
}

/// Judges a classifier by the medians over its explanations.
#[must_use]
pub fn judge(checks: &[Checks], by_chance: bool) -> Judgement {
    let median_of = |of: &dyn Fn(&Checks) -> Option<f64>| median(checks.iter().filter_map(of).collect());
    let repeats = median_of(&|c| c.repeatability?.rank_correlation);
    let lung = median_of(&|c| c.lung?.weight_frac);
    let lung_area = median_of(&|c| Some(c.lung?.area_frac));
    let gain = median_of(&|c| Some(c.deletion?.gain()));
    let randomised = median_of(&|c| c.randomised_correlation);

    let mut reasons = Vec::new();
    let mut unstable = false;
    if let Some(r) = repeats {
        let low = r < REPEATS_FROM;
        unstable |= low;
        let so = if low { "too little to be read: take more samples" } else { "they repeat" };
        reasons.push(format!(
            "Explanations with different seeds agree with a rank correlation of {r:.2}: {so}."
        ));
    }
    if let Some(r) = randomised {
        let high = r > RANDOMISED_BELOW;
        unstable |= high;
        let so = if high { "they show the picture, not the net" } else { "they follow the net" };
        reasons.push(format!("With the net's weights in another order they correlate at {r:.2}: {so}."));
    }
    if let Some(g) = gain {
        let low = g <= 0.0;
        unstable |= low;
        let so = if low { "no better than chance" } else { "better than chance" };
        reasons.push(format!(
            "Taking away and putting in what they point at moves the answer by {g:+.3} against random order: {so}."
        ));
    }
    if let (Some(inside), Some(area)) = (lung, lung_area) {
        reasons.push(format!(
            "{:.0} % of the positive weight lies inside the lung, which takes {:.0} % of the picture.",
            100.0 * inside,
            100.0 * area
        ));
    }
    let verdict = match (unstable, lung) {
        _ if by_chance && repeats.is_none() => Verdict::Unknown,
        (true, _) => Verdict::Unstable,
        (false, Some(inside)) if inside < INSIDE_FROM_FRAC => Verdict::LooksElsewhere,
        (false, Some(_)) => Verdict::Trustworthy,
        (false, None) => Verdict::Unknown,
    };
    if verdict == Verdict::Unknown {
        let missing =
            if by_chance && repeats.is_none() { "explanations with several seeds" } else { "a lung mask" };
        reasons.push(format!("Without {missing} nothing more can be said."));
    }
    Judgement { verdict, reasons }
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => None,
        odd if odd % 2 == 1 => Some(values[middle]),
        _ => Some((values[middle - 1] + values[middle]) / 2.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checks(repeats: f64, inside: Option<f64>) -> Checks {
        let repeatability =
            Repeatability { seeds: 3, rank_correlation: Some(repeats), top_iou: Some(repeats), top: 10 };
        let lung = inside.map(|f| Inside { weight_frac: Some(f), area_frac: 0.2 });
        Checks { repeatability: Some(repeatability), lung, ..Checks::default() }
    }

    #[test]
    fn verdicts_follow_the_medians() {
        let verdict = |all: &[Checks]| judge(all, true).verdict;
        assert_eq!(verdict(&[checks(0.9, Some(0.8)), checks(0.8, Some(0.7))]), Verdict::Trustworthy);
        assert_eq!(
            verdict(&[checks(0.9, Some(0.1)), checks(0.8, Some(0.3)), checks(0.9, Some(0.9))]),
            Verdict::LooksElsewhere
        );
        assert_eq!(verdict(&[checks(0.2, Some(0.9))]), Verdict::Unstable);
        assert_eq!(verdict(&[checks(0.9, None)]), Verdict::Unknown);
        assert_eq!(verdict(&[]), Verdict::Unknown);
        let fixed = Checks { repeatability: None, ..checks(0.9, Some(0.8)) };
        assert_eq!(
            (judge(&[fixed], true).verdict, judge(&[fixed], false).verdict),
            (Verdict::Unknown, Verdict::Trustworthy)
        );
    }

    #[test]
    fn an_explanation_that_ignores_the_net_is_not_trusted() {
        let ignoring = Checks { randomised_correlation: Some(0.95), ..checks(0.9, Some(0.9)) };
        let judged = judge(&[ignoring], true);
        assert_eq!(judged.verdict, Verdict::Unstable);
        assert!(judged.reasons.iter().any(|r| r.contains("not the net")));
    }
}
