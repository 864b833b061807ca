//! Rows and scans that take no part, counted by reason and class.

use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// So many rows of a reason are named.
const NAMED: usize = 3;

/// Why a row takes no part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The scan was read, but could not be measured.
    Rejected,
    /// The scan could not be read.
    Failed,
    /// The number is missing.
    NoValue,
    /// The number is infinite.
    NotFinite,
    /// Neither the table nor the label table knows the class.
    NoLabel,
    /// The same row stands further up.
    Repeat,
    /// The class was not asked for.
    NotAskedFor,
}

impl Reason {
    /// Why a number is missing, by the status of the row.
    pub(super) fn without_value(status: Option<&str>) -> Self {
        match status {
            Some("rejected") => Self::Rejected,
            Some("failed") => Self::Failed,
            _ => Self::NoValue,
        }
    }

    /// The reason in words.
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Rejected => "rejected: not measurable",
            Self::Failed => "failed: not readable",
            Self::NoValue => "without a number",
            Self::NotFinite => "with a number that is not finite",
            Self::NoLabel => "without a label",
            Self::Repeat => "repeated rows",
            Self::NotAskedFor => "of classes not asked for",
        }
    }
}

/// Rows left out for one reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// Why.
    pub reason: Reason,
    /// How many rows.
    pub rows: usize,
    /// How many of each label, where it is known.
    pub by_label: BTreeMap<String, usize>,
    /// The first few: row number, counted from 1 below the header, and name.
    pub first: Vec<String>,
}

/// Counting while rows are read.
#[derive(Debug, Default)]
pub(super) struct Tally(BTreeMap<Reason, LeftOut>);

impl Tally {
    pub(super) fn add(&mut self, reason: Reason, label: Option<&str>, place: String) {
        let empty = || LeftOut { reason, rows: 0, by_label: BTreeMap::new(), first: Vec::new() };
        let entry = self.0.entry(reason).or_insert_with(empty);
        entry.rows += 1;
        if let Some(label) = label {
            *entry.by_label.entry(label.to_owned()).or_default() += 1;
        }
        if entry.first.len() < NAMED {
            entry.first.push(place);
        }
    }

    pub(super) fn into_list(self) -> Vec<LeftOut> {
        self.0.into_values().collect()
    }
}

/// Scans of the label table that the table has no row for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Missing {
    /// Scans that the label table lists.
    pub listed: usize,
    /// Those without a row.
    pub missing: usize,
    /// Listed and missing, by label.
    pub by_label: BTreeMap<String, MissingOfLabel>,
}

/// The same for one label.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct MissingOfLabel {
    /// Scans that the label table lists.
    pub listed: usize,
    /// Those without a row.
    pub missing: usize,
    /// Whether the label takes part.
    pub asked_for: bool,
}

impl Missing {
    pub(super) fn of(listed: &BTreeMap<String, String>, found: &BTreeSet<String>, only: &[String]) -> Self {
        let mut by_label: BTreeMap<String, MissingOfLabel> = BTreeMap::new();
        for (name, label) in listed {
            let entry = by_label.entry(label.clone()).or_default();
            entry.listed += 1;
            entry.missing += usize::from(!found.contains(name));
            entry.asked_for = only.is_empty() || only.contains(label);
        }
        let missing = by_label.values().map(|entry| entry.missing).sum();
        Self { listed: listed.len(), missing, by_label }
    }
}
