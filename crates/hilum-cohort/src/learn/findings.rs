//! What is odd about a data set, in words that say what to do.

use super::{ClassCount, DatasetFacts, DividedGroup, NearDuplicates, SideCount};
use hilum_core::Finding;
use hilum_learn::dataset::{Member, Side, SourceKind, divided_groups};
use std::collections::{BTreeMap, BTreeSet};

/// A group that holds more than this share of a side is told.
const LARGE_SHARE: f64 = 0.2;

impl DatasetFacts {
    /// The numbers that classes, groups and sides tell; everything else empty.
    pub(super) fn counted(members: &[Member<'_>], sides: &[Side], classes: Vec<String>) -> Self {
        let mut size: BTreeMap<u32, usize> = BTreeMap::new();
        members.iter().for_each(|member| *size.entry(member.group).or_default() += 1);
        let divided = divided_groups(members, sides).into_iter().map(|(group, _)| {
            let mut examples: BTreeMap<Side, Vec<String>> = BTreeMap::new();
            for (member, side) in members.iter().zip(sides).filter(|(member, _)| member.group == group) {
                examples.entry(*side).or_default().push(member.id.to_owned());
            }
            DividedGroup { group, examples }
        });
        let taken: BTreeSet<Side> = sides.iter().copied().collect();
        let count = |side: Side, class: usize| {
            let here = members.iter().zip(sides).filter(|(m, s)| **s == side && m.class == class);
            let groups: BTreeSet<u32> = here.clone().map(|(member, _)| member.group).collect();
            ClassCount { examples: here.count(), groups: groups.len() }
        };
        let of_side =
            |side| SideCount { side, classes: (0..classes.len()).map(|class| count(side, class)).collect() };
        Self {
            input: String::new(),
            source: SourceKind::GreyPicture,
            examples: members.len(),
            groups: size.len(),
            largest_group: size.values().copied().max().unwrap_or(0),
            group_by: BTreeSet::new(),
            without_lungs: 0,
            split: String::new(),
            sides: taken.into_iter().map(of_side).collect(),
            near_duplicates: Vec::new(),
            divided_groups: divided.collect(),
            left_out: Vec::new(),
            not_asked_for: 0,
            other_files: BTreeMap::new(),
            findings: Vec::new(),
            classes,
        }
    }
}

/// The findings of a data set whose other facts are known.
pub(super) fn of(facts: &DatasetFacts, notes: Vec<String>) -> Vec<Finding> {
    let mut findings = Vec::new();
    if !facts.left_out.is_empty() {
        findings.push(Finding::warn(
            "examples_left_out",
            format!(
                "{} pictures or scans take no part; each is listed with its reason",
                facts.left_out.len()
            ),
        ));
    }
    if !facts.divided_groups.is_empty() {
        let examples: usize =
            facts.divided_groups.iter().flat_map(|g| g.examples.values()).map(Vec::len).sum();
        findings.push(Finding::warn(
            "groups_divided",
            format!(
                "groups on several sides of the given split: {} ({examples} examples); what was learned on one side is known on the \
                 other, and figures come out too good; have hilum divide all with --val-share",
                facts.divided_groups.len()
            ),
        ));
    }
    let near = |differs: fn(&NearDuplicates) -> bool| {
        facts.near_duplicates.iter().filter(|pair| differs(pair)).count()
    };
    let across_sides = near(|pair| pair.sides[0] != pair.sides[1]);
    if across_sides > 0 {
        findings.push(Finding::warn(
            "near_duplicates_across_sides",
            format!("near duplicates on two sides of the given split: {across_sides} pairs; each is listed"),
        ));
    }
    let across_classes = near(|pair| pair.classes[0] != pair.classes[1]);
    if across_classes > 0 {
        findings.push(Finding::warn(
            "near_duplicates_across_classes",
            format!("near duplicates of two classes: {across_classes} pairs; look whether a label is wrong"),
        ));
    }
    if facts.without_lungs > 0 {
        let (missing, all) = (facts.without_lungs, facts.examples);
        findings.push(Finding::warn(
            "lungs_not_found",
            format!("in {missing} of {all} examples no lung was found; they are taken whole"),
        ));
    }
    for side in &facts.sides {
        let all: usize = side.classes.iter().map(|class| class.examples).sum();
        if facts.largest_group as f64 > LARGE_SHARE * all as f64 && facts.largest_group > 1 {
            findings.push(Finding::note(
                "large_group",
                format!(
                    "the largest group has {} examples, {} has {all}",
                    facts.largest_group,
                    side.side.name()
                ),
            ));
            break;
        }
    }
    findings.extend(notes.into_iter().map(|note| Finding::note("input_note", note)));
    findings
}
