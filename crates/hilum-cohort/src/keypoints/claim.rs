//! Do scans of one class match each other more than those of another? Means within and between classes, permutation tests,
//! and what the data say in a sentence.

use super::{
    MatchCounts,
    all_pairs::PairCounts,
    described::{Described, PICTURES},
    percent,
};
use hilum_learn::{LearnError, PairValues, WithinClasses, compare_within};
use serde::Serialize;
use std::collections::BTreeMap;

/// From the counts of a pair and the keypoints of both pictures to a number.
type Measure = fn(MatchCounts, [u32; 2]) -> Option<f64>;

/// What is counted of a pair.
const MEASURES: [(&str, Measure); 4] = [
    (COUNT, |c, _| Some(f64::from(c.matches))),
    (SHARE, |c, k| percent(c.matches, k)),
    ("distinct_percent", |c, k| percent(c.distinct, k)),
    ("consistent_percent", |c, k| percent(c.consistent, k)),
];

/// The measures that the sentences are about.
const COUNT: &str = "matches";
const SHARE: &str = "matches_percent";

/// Below this a difference counts as shown.
const SHOWN_BELOW: f64 = 0.05;

/// Means of a measure over the pairs of two classes, or of one class with itself.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClassPair {
    /// `whole` or `lungs`.
    pub picture: &'static str,
    /// Label of the first class.
    pub first: String,
    /// Label of the second class; the same for pairs within a class.
    pub second: String,
    /// Pairs of scans, without those of one patient.
    pub pairs: usize,
    /// Mean over the pairs that have the number: matches, and matches, distinct and consistent ones for a hundred
    /// keypoints of the picture that has fewer.
    pub mean: BTreeMap<&'static str, Option<f64>>,
}

/// Two classes held against each other.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClassContrast {
    /// `whole` or `lungs`.
    pub picture: &'static str,
    /// What is compared.
    pub measure: &'static str,
    /// Label of the first class.
    pub first: String,
    /// Label of the second class.
    pub second: String,
    /// Means, difference and p-value.
    #[serde(flatten)]
    pub within: WithinClasses,
}

/// The numbers of a measure for every pair; NaN where there is none, and for two scans of one patient.
pub(super) fn values(scans: &[Described], counts: &PairCounts, picture: usize, measure: usize) -> PairValues {
    let keypoints = |n: usize| scans[n].features[picture].keypoints.len() as u32;
    let mut values = PairValues::new(scans.len());
    for ((a, b), counted) in pairs(scans.len()).zip(counts) {
        if scans[a].is_of_patient_of(&scans[b]) {
            continue;
        }
        let value = MEASURES[measure].1(counted[picture], [keypoints(a), keypoints(b)]);
        values.set(a, b, value.unwrap_or(f64::NAN));
    }
    values
}

/// The measure of the heat maps.
pub(super) const SHOWN_MEASURE: usize = 1;

/// 0 1, 0 2, ..., 1 2, ...
pub(super) fn pairs(scans: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..scans).flat_map(move |a| (a + 1..scans).map(move |b| (a, b)))
}

/// The scans of each class, in order.
pub(super) fn classes(scans: &[Described]) -> BTreeMap<String, Vec<usize>> {
    let mut classes: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (n, scan) in scans.iter().enumerate() {
        if let Some(label) = &scan.label {
            classes.entry(label.clone()).or_default().push(n);
        }
    }
    classes
}

/// Means within and between all classes.
pub(super) fn means(scans: &[Described], counts: &PairCounts) -> Vec<ClassPair> {
    let classes = classes(scans);
    let mut out = Vec::new();
    for (picture, name) in PICTURES.into_iter().enumerate() {
        let values: Vec<PairValues> =
            (0..MEASURES.len()).map(|m| values(scans, counts, picture, m)).collect();
        for (first, of_first) in &classes {
            for (second, of_second) in classes.range(first.clone()..) {
                let pairs: Vec<(usize, usize)> = (of_first.iter())
                    .flat_map(|&a| of_second.iter().map(move |&b| (a, b)))
                    .filter(|(a, b)| first != second || a < b)
                    .filter(|&(a, b)| !scans[a].is_of_patient_of(&scans[b]))
                    .collect();
                let mean = MEASURES.iter().zip(&values).map(|((measure, _), values)| {
                    let known = pairs.iter().map(|&(a, b)| values.get(a, b)).filter(|v| !v.is_nan());
                    let (sum, count) = known.fold((0.0, 0u32), |(sum, count), v| (sum + v, count + 1));
                    (*measure, (count > 0).then(|| sum / f64::from(count)))
                });
                out.push(ClassPair {
                    picture: name,
                    first: first.clone(),
                    second: second.clone(),
                    pairs: pairs.len(),
                    mean: mean.collect(),
                });
            }
        }
    }
    out
}

/// Every two classes of two scans or more, by every measure.
pub(super) fn contrasts(
    scans: &[Described],
    counts: &PairCounts,
    (permutations, seed): (u32, u64),
) -> Result<Vec<ClassContrast>, LearnError> {
    let classes: Vec<(String, Vec<usize>)> =
        classes(scans).into_iter().filter(|(_, scans)| scans.len() > 1).collect();
    let mut out = Vec::new();
    for (picture, name) in PICTURES.into_iter().enumerate() {
        for (index, (measure, _)) in MEASURES.iter().enumerate() {
            let values = values(scans, counts, picture, index);
            for (n, (first, of_first)) in classes.iter().enumerate() {
                for (second, of_second) in &classes[n + 1..] {
                    let within = match compare_within(&values, of_first, of_second, permutations, seed) {
                        // Pictures without keypoints have no share of them that matches.
                        Err(LearnError::TooFewPairs { .. }) => continue,
                        other => other?,
                    };
                    let (first, second) = (first.clone(), second.clone());
                    out.push(ClassContrast { picture: name, measure, first, second, within });
                }
            }
        }
    }
    Ok(out)
}

/// What the data say, in words, for each picture and two classes.
pub(super) fn sentences(contrasts: &[ClassContrast], names: &BTreeMap<String, String>) -> Vec<String> {
    let shares = contrasts.iter().filter(|c| c.measure == SHARE);
    shares
        .filter_map(|share| {
            let count = contrasts.iter().find(|c| {
                (c.measure, c.picture, &c.first, &c.second)
                    == (COUNT, share.picture, &share.first, &share.second)
            })?;
            Some(sentence(count, share, names))
        })
        .collect()
}

fn sentence(count: &ClassContrast, share: &ClassContrast, names: &BTreeMap<String, String>) -> String {
    let name = |label: &str| names.get(label).cloned().unwrap_or_else(|| label.to_owned());
    let (first, second) = (name(&share.first), name(&share.second));
    let place = if share.picture == "lungs" { "In the box around the lungs" } else { "On whole slices" };
    let (counts, shares) = (&count.within, &share.within);
    let numbers = format!(
        "{place}, two scans of {first} have {:.1} matches on average ({:.1} for 100 keypoints), two of {second} {:.1} \
         ({:.1}); labels permuted over scans, {} for the number and {} for the share",
        counts.mean_first,
        shares.mean_first,
        counts.mean_second,
        shares.mean_second,
        p_in_words(counts.p_value),
        p_in_words(shares.p_value)
    );
    // Whose scans match more, where that is shown.
    let more = |within: &WithinClasses| {
        let is_shown = within.p_value < SHOWN_BELOW && within.difference != 0.0;
        is_shown.then_some(if within.difference > 0.0 { first.as_str() } else { second.as_str() })
    };
    let (by_count, by_share) = (more(counts), more(shares));
    let found = match (by_count, by_share) {
        (None, None) => "no difference is shown".to_owned(),
        (Some(a), Some(b)) if a == b => format!("scans of {a} match each other more, by number and by share"),
        (Some(a), Some(b)) => format!("scans of {a} match more by number, those of {b} by share"),
        (Some(a), None) => format!("scans of {a} match more by number, but no difference by share is shown"),
        (None, Some(b)) => format!("scans of {b} match more by share, but no difference by number is shown"),
    };
    // The 2022 notebook said that healthy lungs match more, from one pair a class.
    let is_healthy = |name: &str| ["healthy", "normal"].iter().any(|word| name.to_lowercase().contains(word));
    let claim = match (by_count.map(is_healthy), by_share.map(is_healthy)) {
        _ if is_healthy(&first) == is_healthy(&second) => "",
        (Some(true), Some(true)) => " This supports the claim that healthy lungs match more.",
        (Some(false), Some(false)) => " This is the opposite of the claim that healthy lungs match more.",
        (None, None) => " This does not support the claim that healthy lungs match more.",
        _ => " This supports the claim that healthy lungs match more in part at most.",
    };
    format!("{numbers}: {found}.{claim}")
}

fn p_in_words(p_value: f64) -> String {
    if p_value < 0.001 { "p < 0.001".to_owned() } else { format!("p = {p_value:.3}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contrast(measure: &'static str, difference: f64, p_value: f64) -> ClassContrast {
        let within = WithinClasses {
            mean_first: 20.0,
            mean_second: 20.0 - difference,
            difference,
            p_value,
            permutations: 999,
        };
        ClassContrast { picture: "whole", measure, first: "0".into(), second: "2".into(), within }
    }

    #[test]
    fn sentences_say_what_the_numbers_do() {
        let names = [("0", "Healthy"), ("2", "COVID-19")].map(|(a, b)| (a.to_owned(), b.to_owned()));
        let names = BTreeMap::from(names);
        let say = |count: (f64, f64), share: (f64, f64)| {
            let both = [contrast(COUNT, count.0, count.1), contrast(SHARE, share.0, share.1)];
            sentences(&both, &names).concat()
        };
        let more = say((5.0, 0.01), (4.0, 0.0001));
        assert!(
            more.contains("scans of Healthy match each other more") && more.contains("p < 0.001"),
            "{more}"
        );
        assert!(more.contains("This supports the claim that healthy lungs match more."), "{more}");
        assert!(say((-5.0, 0.01), (-4.0, 0.02)).contains("opposite of the claim"));
        assert!(say((5.0, 0.2), (4.0, 0.06)).contains("does not support"));
        let in_part = say((5.0, 0.2), (4.0, 0.01));
        assert!(in_part.contains("no difference by number is shown") && in_part.contains("in part at most"));
        assert!(
            !sentence(&contrast(COUNT, 5.0, 0.01), &contrast(SHARE, 5.0, 0.01), &BTreeMap::new())
                .contains("claim")
        );
    }

    #[test]
    fn pairs_come_row_by_row() {
        assert_eq!(pairs(3).collect::<Vec<_>>(), [(0, 1), (0, 2), (1, 2)]);
        assert_eq!(pairs(1).count(), 0);
    }
}
