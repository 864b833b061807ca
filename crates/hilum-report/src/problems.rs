//! What was rejected, failed or doubted, grouped by finding, so that nothing vanishes.

use crate::ScanEntry;
use hilum_core::{Finding, Level, Status};
use serde::Serialize;
use std::collections::BTreeMap;

/// Scans that were not measured for one cause.
#[derive(Debug, Serialize)]
pub(crate) struct Exclusions {
    /// Code of the finding, or the status where no finding says more.
    pub(crate) code: String,
    /// `rejected` or `failed`.
    pub(crate) status: String,
    /// The scans, in the order of the report.
    pub(crate) scans: Vec<Excluded>,
}

/// One scan that was not measured.
#[derive(Debug, Serialize)]
pub(crate) struct Excluded {
    /// Number of the scan in the page.
    pub(crate) scan: usize,
    /// Name of the scan.
    pub(crate) id: String,
    /// Where it lies, relative to the input.
    pub(crate) uri: String,
    /// Why, and what to do.
    pub(crate) reason: String,
}

/// A warning or note that measured scans carry.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Doubt {
    /// Code of the finding.
    pub(crate) code: String,
    /// Its weight; `None` where only the table names the code.
    pub(crate) level: Option<Level>,
    /// How many measured scans carry it.
    pub(crate) count: usize,
    /// The first of them, by name.
    pub(crate) first: String,
    /// What the finding says about the first.
    pub(crate) message: String,
}

/// Groups all scans that were not measured, the largest group first.
pub(crate) fn exclusions(scans: &[ScanEntry]) -> Vec<Exclusions> {
    let mut groups: BTreeMap<(String, String), Vec<Excluded>> = BTreeMap::new();
    for (scan, entry) in scans.iter().enumerate().filter(|(_, s)| s.row.status != Status::Measured) {
        let status = entry.row.status.to_string();
        let cause = entry.findings.iter().max_by_key(|f| f.level).filter(|f| f.level == Level::Reject);
        let reason = match (&entry.row.reason, cause) {
            (Some(reason), _) => reason.clone(),
            (None, Some(finding)) => finding.message.clone(),
            (None, None) => "No reason was recorded.".to_owned(),
        };
        let code = cause.map_or_else(|| status.clone(), |finding| finding.code.clone());
        let row = &entry.row;
        groups.entry((code, status)).or_default().push(Excluded {
            scan,
            id: row.image_id.clone(),
            uri: row.uri.clone(),
            reason,
        });
    }
    let mut groups: Vec<Exclusions> =
        groups.into_iter().map(|((code, status), scans)| Exclusions { code, status, scans }).collect();
    groups.sort_by_key(|group| std::cmp::Reverse(group.scans.len()));
    groups
}

/// Counts the warnings and notes of measured scans, warnings first, then by count.
pub(crate) fn doubts(scans: &[ScanEntry]) -> Vec<Doubt> {
    let mut by_code: BTreeMap<String, Doubt> = BTreeMap::new();
    for entry in scans.iter().filter(|s| s.row.status == Status::Measured) {
        for finding in all_findings(entry) {
            let doubt = by_code
                .entry(finding.code)
                .or_insert_with_key(|code| Doubt { code: code.clone(), ..Doubt::default() });
            doubt.count += 1;
            if doubt.level.is_none() {
                doubt.level = finding.level;
                doubt.message = finding.message;
                doubt.first = entry.row.image_id.clone();
            }
        }
    }
    let mut doubts: Vec<_> = by_code.into_values().collect();
    doubts.sort_by_key(|doubt| std::cmp::Reverse((doubt.level, doubt.count)));
    doubts
}

/// A finding as it is known: the table alone gives a code without level and message.
pub(crate) struct Known {
    pub(crate) code: String,
    pub(crate) level: Option<Level>,
    pub(crate) message: String,
}

/// All findings of a scan, each code once: those with a message, then codes that only the row names.
pub(crate) fn all_findings(entry: &ScanEntry) -> Vec<Known> {
    let mut known: Vec<Known> = Vec::new();
    for Finding { level, code, message } in &entry.findings {
        if known.iter().all(|k| &k.code != code) {
            known.push(Known { code: code.clone(), level: Some(*level), message: message.clone() });
        }
    }
    for code in &entry.row.findings {
        if known.iter().all(|k| &k.code != code) {
            known.push(Known { code: code.clone(), level: None, message: String::new() });
        }
    }
    known
}

/// The word for a level, empty if it is not known.
pub(crate) fn level_word(level: Option<Level>) -> String {
    level.map(|l| l.to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use hilum_core::{Recipe, schema::Measurement};

    fn entry(id: &str, status: Status, findings: Vec<Finding>, reason: Option<&str>) -> ScanEntry {
        let reason = reason.map(str::to_owned);
        let row = Measurement::unmeasured(id, &format!("{id}.nii"), Recipe::Default, status, reason);
        ScanEntry { row, findings, curve: None, folder: id.to_owned(), files: vec![], explanation: None }
    }

    #[test]
    fn every_scan_that_was_not_measured_is_in_one_group() {
        let cut = || vec![Finding::note("oblique", "tilted"), Finding::reject("few_slices", "only 3 slices")];
        let groups = exclusions(&[
            entry("a", Status::Failed, vec![], Some("cut off at byte 7")),
            entry("b", Status::Rejected, cut(), None),
            entry("c", Status::Measured, vec![], None),
            entry("d", Status::Rejected, cut(), Some("too few")),
        ]);
        let told: Vec<_> =
            groups.iter().map(|g| (g.code.as_str(), g.status.as_str(), g.scans.len())).collect();
        assert_eq!(told, [("few_slices", "rejected", 2), ("failed", "failed", 1)]);
        assert_eq!(groups[0].scans[0].reason, "only 3 slices");
        assert_eq!(groups[0].scans[1].reason, "too few");
        assert_eq!((groups[1].scans[0].scan, groups[1].scans[0].uri.as_str()), (0, "a.nii"));
    }

    #[test]
    fn warnings_come_before_notes_and_codes_without_message_are_kept() {
        let mut first = entry("a", Status::Measured, vec![Finding::note("oblique", "tilted")], None);
        first.row.findings = vec!["oblique".into(), "noisy".into()];
        let second = entry("b", Status::Measured, vec![Finding::warn("thick", "8 mm")], None);
        let told: Vec<_> =
            doubts(&[first, second]).into_iter().map(|d| (d.code, level_word(d.level), d.count)).collect();
        let expected = [("thick", "warn", 1), ("oblique", "note", 1), ("noisy", "", 1)];
        assert_eq!(told, expected.map(|(c, l, n)| (c.to_owned(), l.to_owned(), n)));
    }
}
