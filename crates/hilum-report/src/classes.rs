//! The classes of a cohort: which scan belongs to which, in what order and colour.

use crate::ScanEntry;
use hilum_core::{Status, by_number_then_text};
use std::collections::BTreeMap;

/// More labels than this are folded into one last class, so that figures stay readable.
const MAX_CLASSES: usize = 8;
/// The colour of scans without a label and of folded labels (`.k8` in the style sheet).
const GREY: usize = 8;

/// One class of scans.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Class {
    /// Name to show.
    pub(crate) name: String,
    /// Which colour of the style sheet, `k0` to `k8`.
    pub(crate) colour: usize,
    /// Scans measured, rejected and failed.
    pub(crate) counts: [usize; 3],
}

impl Class {
    /// All scans of the class, whatever became of them.
    pub(crate) fn total(&self) -> usize {
        self.counts.iter().sum()
    }
}

/// The classes of a cohort and the class of every scan.
#[derive(Debug, Clone)]
pub(crate) struct Classes {
    /// The classes in order of their labels, scans without a label last.
    pub(crate) list: Vec<Class>,
    /// Index into `list`, one a scan.
    pub(crate) of_scan: Vec<usize>,
    /// Whether any scan has a label at all.
    pub(crate) labelled: bool,
}

impl Classes {
    /// Sorts scans into classes.
    pub(crate) fn of(scans: &[ScanEntry], names: &BTreeMap<String, String>) -> Self {
        let mut sizes: BTreeMap<&str, usize> = BTreeMap::new();
        for label in scans.iter().filter_map(|s| s.row.label.as_deref()) {
            *sizes.entry(label).or_default() += 1;
        }
        let (kept, folded) = keep_largest(&sizes);
        let mut list: Vec<Class> = kept
            .iter()
            .enumerate()
            .map(|(i, &label)| Class {
                name: names.get(label).cloned().unwrap_or_else(|| label.to_owned()),
                colour: colour(i, kept.len()),
                counts: [0; 3],
            })
            .collect();
        let grey = |name: String| Class { name, colour: GREY, counts: [0; 3] };
        if folded > 0 {
            list.push(grey(format!("{folded} further labels")));
        }
        let further = list.len().saturating_sub(1);
        if sizes.is_empty() {
            list.push(Class { name: "All scans".to_owned(), colour: 0, counts: [0; 3] });
        } else if scans.iter().any(|s| s.row.label.is_none()) {
            list.push(grey("No label".to_owned()));
        }
        let unlabelled = list.len() - 1;
        let of_scan = scans.iter().map(|s| match s.row.label.as_deref() {
            Some(label) => kept.iter().position(|&k| k == label).unwrap_or(further),
            None => unlabelled,
        });
        let mut classes = Self { of_scan: of_scan.collect(), list, labelled: !sizes.is_empty() };
        for (scan, &class) in scans.iter().zip(&classes.of_scan) {
            classes.list[class].counts[status_index(scan.row.status)] += 1;
        }
        classes
    }
}

/// The place of a status in counts: measured, rejected, failed.
pub(crate) fn status_index(status: Status) -> usize {
    match status {
        Status::Measured => 0,
        Status::Rejected => 1,
        Status::Failed => 2,
    }
}

/// The labels that get a class of their own, in order, and how many do not.
fn keep_largest<'a>(sizes: &BTreeMap<&'a str, usize>) -> (Vec<&'a str>, usize) {
    let mut labels: Vec<&str> = sizes.keys().copied().collect();
    if labels.len() > MAX_CLASSES {
        labels.sort_by_key(|label| std::cmp::Reverse(sizes[label]));
        labels.truncate(MAX_CLASSES - 1);
    }
    labels.sort_by(|a, b| by_number_then_text(a, b));
    let folded = sizes.len() - labels.len();
    (labels, folded)
}

/// The first and the last class get the two colours that contrast most (blue, vermilion), those between the others.
pub(crate) fn colour(index: usize, classes: usize) -> usize {
    match index {
        0 => 0,
        i if i + 1 == classes => 1,
        i => i + 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hilum_core::{Recipe, schema::Measurement};

    fn scans(labels: &[Option<&str>]) -> Vec<ScanEntry> {
        let entry = |label: &Option<&str>| {
            let mut row = Measurement::unmeasured("a", "a.nii", Recipe::Default, Status::Failed, None);
            row.label = label.map(str::to_owned);
            ScanEntry {
                row,
                findings: vec![],
                curve: None,
                folder: String::new(),
                files: vec![],
                explanation: None,
            }
        };
        labels.iter().map(entry).collect()
    }

    fn names(classes: &Classes) -> Vec<&str> {
        classes.list.iter().map(|c| c.name.as_str()).collect()
    }

    #[test]
    fn labels_are_named_and_ordered_by_number() {
        let known = BTreeMap::from([("2".to_owned(), "COVID-19".to_owned())]);
        let classes = Classes::of(&scans(&[Some("10"), Some("2"), None, Some("2")]), &known);
        assert_eq!(names(&classes), ["COVID-19", "10", "No label"]);
        assert_eq!(classes.of_scan, [1, 0, 2, 0]);
        assert_eq!(classes.list[0].counts, [0, 0, 2]);
        assert_eq!(classes.list.iter().map(|c| c.colour).collect::<Vec<_>>(), [0, 1, GREY]);
    }

    #[test]
    fn a_cohort_without_labels_is_one_class() {
        let classes = Classes::of(&scans(&[None, None]), &BTreeMap::new());
        assert_eq!(names(&classes), ["All scans"]);
        assert!(!classes.labelled);
        assert_eq!(Classes::of(&[], &BTreeMap::new()).list[0].total(), 0);
    }

    #[test]
    fn too_many_labels_are_folded_and_none_is_lost() {
        let labels: Vec<String> = (0..30).map(|i| format!("site{i}")).collect();
        let refs: Vec<_> = labels.iter().map(|l| Some(l.as_str())).chain([None]).collect();
        let classes = Classes::of(&scans(&refs), &BTreeMap::new());
        assert_eq!(classes.list.len(), MAX_CLASSES + 1);
        assert_eq!(classes.list[MAX_CLASSES - 1].name, "23 further labels");
        assert_eq!(classes.list.iter().map(Class::total).sum::<usize>(), 31);
    }
}
