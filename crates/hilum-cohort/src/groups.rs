//! Patients as groups `g0001`, `g0002`, ... in the order of each patient's first image id, so that scans of one patient can
//! be kept together without anyone being named.

use crate::ScanRef;
use std::collections::{BTreeMap, BTreeSet};

/// Group names by image id, for scans whose patient is known.
pub(crate) fn groups<'a, P: Ord>(
    scans: impl Iterator<Item = (&'a str, Option<P>)>,
) -> BTreeMap<String, String> {
    let mut ids_of: BTreeMap<P, BTreeSet<&str>> = BTreeMap::new();
    for (id, patient) in scans {
        if let Some(patient) = patient {
            ids_of.entry(patient).or_default().insert(id);
        }
    }
    let mut patients: Vec<BTreeSet<&str>> = ids_of.into_values().collect();
    patients.sort();
    let numbered = patients.into_iter().enumerate();
    numbered
        .flat_map(|(n, ids)| ids.into_iter().map(move |id| (id.to_owned(), format!("g{:04}", n + 1))))
        .collect()
}

/// Groups DICOM series by their Patient ID, where nobody said better.
pub(crate) fn group_by_patient(scans: &mut [ScanRef]) {
    if scans.iter().any(|scan| scan.group.is_some()) {
        return;
    }
    let groups = groups(scans.iter().map(|scan| (scan.image_id.as_str(), scan.patient)));
    for scan in scans {
        scan.group = groups.get(&scan.image_id).cloned();
    }
}
