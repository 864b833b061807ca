//! Which examples are fitted to and which are held back: stratified by class, whole groups, a function of a seed.
//!
//! The order of the examples plays no part: they are taken in the order of their names.

use super::{Example, Side};
use crate::{LearnError, random::Random, statistics::stratified_folds};
use std::collections::{BTreeMap, BTreeSet};

/// What a split needs to know of an example.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Member<'a> {
    /// Unique name.
    pub id: &'a str,
    /// Index of its class.
    pub class: usize,
    /// Members of one group are never divided.
    pub group: u32,
}

impl<'a> From<&'a Example> for Member<'a> {
    fn from(example: &'a Example) -> Self {
        Self { id: &example.id, class: example.class, group: example.group }
    }
}

/// Shares of the examples that are held back.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Holdout {
    /// Share of each class for validation, above 0.
    pub val_share: f64,
    /// Share of each class for the test; 0 for none.
    pub test_share: f64,
    /// Another seed, another split.
    pub seed: u64,
}

/// One part of a cross-validation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Fold {
    /// Parts, at least 2.
    pub folds: usize,
    /// The part that is held back for validation, counted from 0.
    pub fold: usize,
    /// Another seed, other parts.
    pub seed: u64,
}

/// Sides for a holdout, one for each member.
///
/// Every class is to be divided by the same shares. Groups are shuffled by the seed and placed one by one, large ones first,
/// each on a side by chance, in proportion to how many of its classes the side still wants, among sides that have room for it;
/// where none has, on the one that wants most. With groups of one every side gets what it wants, to the example (shares
/// rounded by largest remainders); with larger ones it misses by less than the largest group.
///
/// # Errors
/// [`LearnError::Shares`] where shares leave nothing for a side; [`LearnError::TooFewGroups`] where a class has fewer groups
/// than sides, or a side ends without one of the classes.
pub fn holdout(members: &[Member<'_>], plan: Holdout) -> Result<Vec<Side>, LearnError> {
    let Holdout { val_share, test_share, seed } = plan;
    let rest = 1.0 - val_share - test_share;
    if !(val_share > 0.0 && test_share >= 0.0 && rest > 0.0) {
        return Err(LearnError::Shares { val_share, test_share });
    }
    let wanted_sides: &[(Side, f64)] = match test_share > 0.0 {
        true => &[(Side::Train, rest), (Side::Val, val_share), (Side::Test, test_share)],
        false => &[(Side::Train, rest), (Side::Val, val_share)],
    };
    let mut units = Unit::of(members);
    enough_groups(&units, wanted_sides.len())?;
    let mut random = Random::new(seed);
    random.shuffle(&mut units);
    units.sort_by_key(|unit| std::cmp::Reverse(unit.size()));

    let mut wanted = wants(&units, wanted_sides);
    let mut side_of: BTreeMap<u32, usize> = BTreeMap::new();
    for unit in &units {
        let side = choose(unit, &wanted, &mut random);
        for (class, count) in &unit.counts {
            *wanted[side].entry(*class).or_default() -= *count as i64;
        }
        side_of.insert(unit.group, side);
    }
    let sides: Vec<Side> = members.iter().map(|member| wanted_sides[side_of[&member.group]].0).collect();
    all_classes_everywhere(members, &sides, &units)?;
    Ok(sides)
}

/// Sides for one part of a stratified cross-validation: the part is [`Side::Val`], everything else [`Side::Train`]. Over all
/// parts of one seed every member is held back once.
///
/// # Errors
/// [`LearnError::NoSuchFold`] where there are fewer than two parts or the one asked for is none of them;
/// [`LearnError::TooFewGroups`] where a class has fewer groups than there are parts.
pub fn fold(members: &[Member<'_>], plan: Fold) -> Result<Vec<Side>, LearnError> {
    let Fold { folds, fold, seed } = plan;
    if folds < 2 || fold >= folds {
        return Err(LearnError::NoSuchFold { folds, fold });
    }
    let units = Unit::of(members);
    enough_groups(&units, folds)?;
    let of_class: Vec<(usize, usize)> = units.iter().map(|unit| (unit.main_class(), unit.size())).collect();
    let fold_of = stratified_folds(&of_class, folds, seed);
    let held_back: BTreeSet<u32> =
        units.iter().zip(fold_of).filter(|(_, f)| *f == fold).map(|(unit, _)| unit.group).collect();
    let side = |member: &Member<'_>| if held_back.contains(&member.group) { Side::Val } else { Side::Train };
    let sides: Vec<Side> = members.iter().map(side).collect();
    all_classes_everywhere(members, &sides, &units)?;
    Ok(sides)
}

/// Groups with members on more than one side, with the sides they are on; in the order of their numbers.
#[must_use]
pub fn divided_groups(members: &[Member<'_>], sides: &[Side]) -> Vec<(u32, BTreeSet<Side>)> {
    let mut sides_of: BTreeMap<u32, BTreeSet<Side>> = BTreeMap::new();
    for (member, side) in members.iter().zip(sides) {
        sides_of.entry(member.group).or_default().insert(*side);
    }
    sides_of.into_iter().filter(|(_, sides)| sides.len() > 1).collect()
}

/// What is placed as a whole.
struct Unit<'a> {
    group: u32,
    first_id: &'a str,
    counts: BTreeMap<usize, usize>,
}

impl<'a> Unit<'a> {
    /// The groups, in the order of their first names.
    fn of(members: &[Member<'a>]) -> Vec<Self> {
        let mut units: BTreeMap<u32, Self> = BTreeMap::new();
        for member in members {
            let fresh = || Self { group: member.group, first_id: member.id, counts: BTreeMap::new() };
            let unit = units.entry(member.group).or_insert_with(fresh);
            unit.first_id = unit.first_id.min(member.id);
            *unit.counts.entry(member.class).or_default() += 1;
        }
        let mut units: Vec<Self> = units.into_values().collect();
        units.sort_by_key(|unit| unit.first_id);
        units
    }

    fn size(&self) -> usize {
        self.counts.values().sum()
    }

    /// The class of most of its members, the first of equals.
    fn main_class(&self) -> usize {
        let most = self.counts.iter().max_by_key(|(class, count)| (**count, std::cmp::Reverse(**class)));
        most.map_or(0, |(class, _)| *class)
    }
}

/// How many of each class every side wants: shares, rounded by largest remainders.
fn wants(units: &[Unit<'_>], sides: &[(Side, f64)]) -> Vec<BTreeMap<usize, i64>> {
    let mut totals: BTreeMap<usize, usize> = BTreeMap::new();
    for (class, count) in units.iter().flat_map(|unit| &unit.counts) {
        *totals.entry(*class).or_default() += count;
    }
    let mut wanted = vec![BTreeMap::new(); sides.len()];
    for (class, total) in totals {
        let exact: Vec<f64> = sides.iter().map(|(_, share)| share * total as f64).collect();
        let mut counts: Vec<i64> = exact.iter().map(|n| n.floor() as i64).collect();
        let mut by_rest: Vec<usize> = (0..sides.len()).collect();
        by_rest.sort_by(|&a, &b| (exact[b] - exact[b].floor()).total_cmp(&(exact[a] - exact[a].floor())));
        let missing = total as i64 - counts.iter().sum::<i64>();
        by_rest.iter().cycle().take(missing.max(0) as usize).for_each(|&side| counts[side] += 1);
        for (side, count) in counts.into_iter().enumerate() {
            wanted[side].insert(class, count);
        }
    }
    wanted
}

fn choose(unit: &Unit<'_>, wanted: &[BTreeMap<usize, i64>], random: &mut Random) -> usize {
    let want = |side: &BTreeMap<usize, i64>, class: &usize| side.get(class).copied().unwrap_or(0);
    let has_room = |side: &BTreeMap<usize, i64>| unit.counts.iter().all(|(c, n)| want(side, c) >= *n as i64);
    let wish = |side: &BTreeMap<usize, i64>| unit.counts.keys().map(|class| want(side, class)).sum::<i64>();
    let chances: Vec<usize> =
        wanted.iter().map(|side| if has_room(side) { wish(side).max(0) as usize } else { 0 }).collect();
    let all = chances.iter().sum();
    if all == 0 {
        // Of sides that want alike the last is taken: they are the small ones.
        return (0..wanted.len()).max_by_key(|&side| wish(&wanted[side])).unwrap_or(0);
    }
    let mut ticket = random.below(all);
    for (side, &chance) in chances.iter().enumerate() {
        if ticket < chance {
            return side;
        }
        ticket -= chance;
    }
    0
}

fn enough_groups(units: &[Unit<'_>], needed: usize) -> Result<(), LearnError> {
    let classes: BTreeSet<usize> = units.iter().flat_map(|unit| unit.counts.keys().copied()).collect();
    for class in classes {
        let groups = groups_with(units, class);
        if groups < needed {
            return Err(LearnError::TooFewGroups { class, groups, needed });
        }
    }
    Ok(())
}

fn groups_with(units: &[Unit<'_>], class: usize) -> usize {
    units.iter().filter(|unit| unit.counts.contains_key(&class)).count()
}

fn all_classes_everywhere(
    members: &[Member<'_>],
    sides: &[Side],
    units: &[Unit<'_>],
) -> Result<(), LearnError> {
    let classes: BTreeSet<usize> = members.iter().map(|member| member.class).collect();
    let taken: BTreeSet<Side> = sides.iter().copied().collect();
    let met: BTreeSet<(usize, Side)> = members.iter().zip(sides).map(|(m, side)| (m.class, *side)).collect();
    for class in classes {
        if taken.iter().any(|side| !met.contains(&(class, *side))) {
            return Err(LearnError::TooFewGroups {
                class,
                groups: groups_with(units, class),
                needed: taken.len() + 1,
            });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
