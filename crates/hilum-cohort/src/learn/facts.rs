//! What a data set is, for people, for model folders and for `--json`.

use super::{NearDuplicates, Relation};
use hilum_core::Finding;
use hilum_learn::dataset::{Side, SourceKind};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A data set in numbers. No absolute path, no patient.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DatasetFacts {
    /// The last part of the input's path.
    pub input: String,
    /// What all examples are.
    pub source: SourceKind,
    /// The classes; the one to be found is the last of two.
    pub classes: Vec<String>,
    /// Examples that take part.
    pub examples: usize,
    /// Groups that they form.
    pub groups: usize,
    /// Examples of the largest group.
    pub largest_group: usize,
    /// What made the groups.
    pub group_by: BTreeSet<Relation>,
    /// Examples in whose picture no lung was found, though it was wanted; they were taken whole.
    pub without_lungs: usize,
    /// How the sides were given out, in words.
    pub split: String,
    /// Examples and groups of each class on each side.
    pub sides: Vec<SideCount>,
    /// Examples that show nearly the same; looked for where they make groups.
    pub near_duplicates: Vec<NearDuplicates>,
    /// Groups on more than one side.
    pub divided_groups: Vec<DividedGroup>,
    /// Pictures and scans that should take part and cannot.
    pub left_out: Vec<LeftOutExample>,
    /// Examples of classes that were not asked for.
    pub not_asked_for: usize,
    /// Files that are neither picture nor scan: how many of each ending.
    pub other_files: BTreeMap<String, u64>,
    /// What is odd.
    pub findings: Vec<Finding>,
}

/// Examples on one side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SideCount {
    /// The side.
    pub side: Side,
    /// One for each class, in their order.
    pub classes: Vec<ClassCount>,
}

/// Examples of one class on one side.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClassCount {
    /// Examples.
    pub examples: usize,
    /// Groups with at least one of them.
    pub groups: usize,
}

/// A group that a given split divides: what is learned on one side is known on the other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DividedGroup {
    /// Number of the group.
    pub group: u32,
    /// Its examples on each side.
    pub examples: BTreeMap<Side, Vec<String>>,
}

/// A picture or scan that takes no part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOutExample {
    /// Its name.
    pub id: String,
    /// Why.
    pub reason: String,
}
