//! Class labels from a table of their own: `image_id,type`, or the same by file name.

use crate::{
    CohortError, ScanRef,
    find::without_ending,
    manifest::{Columns, read_table},
};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

/// How labels and scans met.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabelMatch {
    /// Scans that got a label.
    pub labelled: usize,
    /// Scans that no label is for.
    pub unlabelled: usize,
    /// Labels that no scan is there for.
    pub unused: usize,
}

/// Gives each scan the label that `path` has for it: under its image id, its uri, or its file name with or without
/// ending, in this order. A file name that several scans share labels none of them.
///
/// # Errors
/// [`CohortError`] if the table cannot be read, lacks its columns, or contradicts itself.
pub fn join_labels(scans: &mut [ScanRef], path: &Path) -> Result<LabelMatch, CohortError> {
    let labels = read_labels(path)?;
    let mut scans_with: BTreeMap<String, usize> = BTreeMap::new();
    for name in scans.iter().flat_map(file_names) {
        *scans_with.entry(name).or_default() += 1;
    }
    let mut used = BTreeSet::new();
    let mut result = LabelMatch::default();
    for scan in scans.iter_mut() {
        let by_name = file_names(scan).into_iter().filter(|name| scans_with[name] == 1);
        let mut keys = [scan.image_id.clone(), scan.uri.clone()].into_iter().chain(by_name);
        match keys.find_map(|key| labels.get_key_value(&key)) {
            Some((key, label)) => {
                used.insert(key.clone());
                scan.label = Some(label.clone());
                result.labelled += 1;
            }
            None => result.unlabelled += 1,
        }
    }
    result.unused = labels.len() - used.len();
    Ok(result)
}

/// The file name of a scan, with and without its ending.
fn file_names(scan: &ScanRef) -> BTreeSet<String> {
    let name = scan.uri.rsplit('/').next().unwrap_or_default();
    BTreeSet::from([name.to_owned(), without_ending(name).to_owned()])
}

/// The label of each name in a label table.
pub(crate) fn read_labels(path: &Path) -> Result<BTreeMap<String, String>, CohortError> {
    let table = read_table(path)?;
    let columns = Columns { path, names: &table.columns };
    let one_of = |names: &[&str]| {
        names.iter().find_map(|name| columns.find(name)).ok_or_else(|| columns.missing(&names.join(" or ")))
    };
    let (key, label) = (one_of(&["image_id", "file", "uri"])?, one_of(&["type", "label"])?);
    let mut labels: BTreeMap<String, String> = BTreeMap::new();
    for (index, cells) in table.rows.iter().enumerate() {
        let cell = |column: usize| {
            cells.get(column).and_then(|c| c.as_deref()).map(str::trim).filter(|c| !c.is_empty())
        };
        let name = cell(key).ok_or_else(|| columns.empty(index + 1, key))?;
        // A row without a label says that nothing is known, as no row does.
        let Some(value) = cell(label) else { continue };
        if let Some(earlier) = labels.insert(name.to_owned(), value.to_owned())
            && earlier != value
        {
            let problem = format!("'{name}' is labelled '{value}' here and '{earlier}' above");
            return Err(columns.fault(index + 1, label, problem));
        }
    }
    Ok(labels)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scan(id: &str, uri: &str) -> ScanRef {
        ScanRef::bare(id.into(), uri.into(), uri.into())
    }

    fn join(scans: &mut [ScanRef], text: &str) -> Result<LabelMatch, CohortError> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("labels.csv");
        std::fs::write(&path, text).unwrap();
        join_labels(scans, &path)
    }

    #[test]
    fn labels_find_their_scans_by_id_or_file_name() {
        let mut scans =
            [scan("a", "a.nii"), scan("s__b", "s/b.nii.gz"), scan("s__c", "s/c.nii"), scan("d", "d.nii")];
        let text = "file,label,sex\na,0,M\nb.nii.gz,2,F\nc,1,F\nz,0,M\n";
        let result = join(&mut scans, text).unwrap();
        assert_eq!(result, LabelMatch { labelled: 3, unlabelled: 1, unused: 1 });
        let labels: Vec<_> = scans.iter().map(|s| s.label.as_deref()).collect();
        assert_eq!(labels, [Some("0"), Some("2"), Some("1"), None]);
    }

    #[test]
    fn a_file_name_that_two_scans_share_labels_neither() {
        let mut scans = [scan("p__a", "p/a.nii"), scan("q__a", "q/a.nii")];
        let result = join(&mut scans, "image_id,type\na,0\n").unwrap();
        assert_eq!(result, LabelMatch { labelled: 0, unlabelled: 2, unused: 1 });
    }

    #[test]
    fn contradictions_are_told() {
        let message = join(&mut [], "image_id,type\na,0\nb,1\na,2\n").unwrap_err().to_string();
        assert!(message.contains("row 3, column type: 'a' is labelled '2' here and '0' above"), "{message}");
        let message = join(&mut [], "name,type\na,0\n").unwrap_err().to_string();
        assert!(message.contains("no column image_id or file or uri"), "{message}");
    }
}
