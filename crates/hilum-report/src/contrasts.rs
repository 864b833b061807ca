//! How the classes differ, as the page tells it. The numbers are made by others; here they become words.

use crate::{
    ClassContrast,
    words::{number, significant},
};
use serde::Serialize;
use std::collections::BTreeMap;

/// One row of the comparison.
#[derive(Debug, Serialize)]
pub(crate) struct ContrastRow {
    positive: String,
    negative: String,
    scans: String,
    auc: String,
    auc_interval: Option<String>,
    p: String,
    effect: String,
    threshold: Option<String>,
    accuracy: Option<String>,
    accuracy_interval: Option<String>,
    majority: String,
}

/// The rows of the comparison, in the order given, labels by name.
pub(crate) fn contrast_rows(
    contrasts: &[ClassContrast],
    names: &BTreeMap<String, String>,
) -> Vec<ContrastRow> {
    let name = |label: &String| names.get(label).unwrap_or(label).clone();
    let row = |contrast: &ClassContrast| ContrastRow {
        positive: name(&contrast.positive),
        negative: name(&contrast.negative),
        scans: format!("{} / {}", contrast.positives, contrast.negatives),
        auc: number(contrast.auc, 3),
        auc_interval: contrast.auc_interval.map(between),
        p: chance(contrast.p),
        effect: number(contrast.effect, 2),
        threshold: contrast
            .threshold_percent
            .map(|(cut, above)| format!("{} {} %", if above { "≥" } else { "<" }, significant(cut))),
        accuracy: contrast.held_back_accuracy.map(|accuracy| number(accuracy, 3)),
        accuracy_interval: contrast.held_back_interval.map(between),
        majority: number(contrast.majority_accuracy, 3),
    };
    contrasts.iter().map(row).collect()
}

fn between((low, high): (f64, f64)) -> String {
    format!("{}–{}", number(low, 3), number(high, 3))
}

/// A chance as papers give it.
fn chance(p: f64) -> String {
    if p < 0.001 { "< 0.001".to_owned() } else { number(p, 3) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_become_words() {
        assert_eq!((chance(3e-42), chance(0.0312)), ("< 0.001".to_owned(), "0.031".to_owned()));
        assert_eq!(between((0.7538, 0.818)), "0.754–0.818");
    }
}
