//! Labels to classes, and their order: the class to be found comes last.

use super::{ClassChoice, DatasetError, entry::Entry};
use crate::reference_class::is_reference;
use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

/// Keeps the entries whose label takes part, and says of each which class it is. Entries without a label are gone already.
///
/// # Returns
/// The classes, the class of each entry that is left, and how many entries were not asked for.
pub(super) fn classed(
    entries: &mut Vec<Entry>,
    names: &BTreeMap<String, String>,
    choice: &ClassChoice,
    input: &str,
) -> Result<(Vec<String>, Vec<usize>, usize), DatasetError> {
    let called = |label: &str| {
        choice.names.get(label).or_else(|| names.get(label)).cloned().unwrap_or(label.to_owned())
    };
    let listed = |classes: &BTreeSet<String>| classes.iter().cloned().collect::<Vec<_>>().join(", ");
    let labels: BTreeSet<String> = entries.iter().filter_map(|entry| entry.label.clone()).collect();
    for wanted in &choice.only {
        if !labels.iter().any(|label| label == wanted || called(label) == *wanted) {
            return Err(DatasetError::NoSuchClass { class: wanted.clone(), known: listed(&labels) });
        }
    }
    let before = entries.len();
    let asked_for =
        |label: &str| choice.only.is_empty() || choice.only.iter().any(|o| o == label || *o == called(label));
    entries.retain(|entry| entry.label.as_deref().is_some_and(asked_for));
    let found: BTreeSet<String> =
        entries.iter().filter_map(|entry| entry.label.as_deref()).map(called).collect();
    let classes = match &choice.known {
        Some(known) => known.clone(),
        None => in_order(found.iter().cloned().collect(), choice, &called)?,
    };
    let place: BTreeMap<&str, usize> =
        classes.iter().enumerate().map(|(n, class)| (class.as_str(), n)).collect();
    let class_of = |entry: &Entry| {
        let class = called(entry.label.as_deref().unwrap_or_default());
        place.get(class.as_str()).copied().ok_or_else(|| DatasetError::UnknownClass {
            id: entry.id.clone(),
            class,
            known: classes.join(", "),
        })
    };
    let numbers = entries.iter().map(class_of).collect::<Result<Vec<_>, _>>()?;
    match (found.len(), &choice.known) {
        (0, _) => Err(DatasetError::NoClasses { input: input.to_owned() }),
        (1, None) => Err(DatasetError::OneClass { input: input.to_owned(), class: listed(&found) }),
        _ => Ok((classes, numbers, before - entries.len())),
    }
}

/// Those that others are held against first, then numbers by size and words by alphabet; the one to be found last.
fn in_order(
    mut classes: Vec<String>,
    choice: &ClassChoice,
    called: &impl Fn(&str) -> String,
) -> Result<Vec<String>, DatasetError> {
    classes.sort_by_key(|class| {
        (Reverse(is_reference(class)), class.parse::<i64>().unwrap_or(i64::MAX), class.clone())
    });
    if let Some(positive) = &choice.positive {
        let Some(at) = classes.iter().position(|class| class == positive || *class == called(positive))
        else {
            return Err(DatasetError::NoSuchClass { class: positive.clone(), known: classes.join(", ") });
        };
        let positive = classes.remove(at);
        classes.push(positive);
    }
    Ok(classes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learn::entry::EntryFile;
    use std::path::PathBuf;

    fn entries(labels: &[&str]) -> Vec<Entry> {
        let entry = |(n, label): (usize, &&str)| Entry {
            id: n.to_string(),
            label: Some((*label).to_owned()),
            patient: None,
            given: None,
            file: EntryFile::Picture(PathBuf::new()),
            scan: None,
        };
        labels.iter().enumerate().map(entry).collect()
    }

    fn of(labels: &[&str], choice: &ClassChoice) -> Result<(Vec<String>, Vec<usize>, usize), DatasetError> {
        classed(&mut entries(labels), &BTreeMap::new(), choice, "in")
    }

    #[test]
    fn the_class_to_be_found_is_the_last() {
        let plain = ClassChoice::default();
        assert_eq!(of(&["COVID", "NonCOVID"], &plain).unwrap().0, ["NonCOVID", "COVID"]);
        assert_eq!(of(&["2", "0", "10", "1"], &plain).unwrap().0, ["0", "1", "2", "10"]);
        let other = ClassChoice { positive: Some("NonCOVID".to_owned()), ..plain };
        assert_eq!(of(&["COVID", "NonCOVID", "COVID"], &other).unwrap().1, [0, 1, 0]);
    }

    #[test]
    fn labels_get_names_and_some_are_left_out() {
        let names =
            BTreeMap::from([("0".to_owned(), "Healthy".to_owned()), ("2".to_owned(), "COVID".to_owned())]);
        let only = vec!["0".to_owned(), "COVID".to_owned()];
        let choice = ClassChoice { names, only, ..ClassChoice::default() };
        let (classes, numbers, left) = of(&["0", "1", "2"], &choice).unwrap();
        assert_eq!((classes, numbers, left), (vec!["Healthy".to_owned(), "COVID".to_owned()], vec![0, 1], 1));
    }

    #[test]
    fn labels_that_make_no_task_are_refused() {
        let plain = ClassChoice::default();
        assert!(matches!(of(&["a", "a"], &plain), Err(DatasetError::OneClass { .. })));
        assert!(matches!(of(&[], &plain), Err(DatasetError::NoClasses { .. })));
        let known = ClassChoice { known: Some(vec!["NonCOVID".into(), "COVID".into()]), ..plain.clone() };
        assert_eq!(of(&["COVID"], &known).unwrap().1, [1], "a finished model may be tried on one class");
        let error = of(&["COVID", "flu"], &known).unwrap_err();
        assert_eq!(error.to_string(), "1 is of the class 'flu'; known are NonCOVID, COVID");
        for choice in [
            ClassChoice { only: vec!["x".into()], ..plain.clone() },
            ClassChoice { positive: Some("x".into()), ..plain },
        ] {
            assert!(matches!(of(&["a", "b"], &choice), Err(DatasetError::NoSuchClass { .. })));
        }
    }
}
