//! No group on two sides, classes evenly spread, the seed alone decides.

use super::*;
use proptest::prelude::*;

/// Members named by their number, each with a class and a group.
fn members<'a>(ids: &'a [String], of: &[(usize, u32)]) -> Vec<Member<'a>> {
    ids.iter().zip(of).map(|(id, &(class, group))| Member { id, class, group }).collect()
}

fn ids(count: usize) -> Vec<String> {
    (0..count).map(|n| format!("{n:04}")).collect()
}

const FIFTH: Holdout = Holdout { val_share: 0.2, test_share: 0.1, seed: 7 };

/// Groups of random size with mostly one class each.
fn grouped() -> impl Strategy<Value = Vec<(usize, u32)>> {
    let group = (1usize..6, 0usize..2, prop::bool::weighted(0.1));
    prop::collection::vec(group, 30..80).prop_map(|groups| {
        let of_group = |(number, (size, class, mixed)): (usize, (usize, usize, bool))| {
            (0..size).map(move |n| (if mixed && n == 0 { 1 - class } else { class }, number as u32))
        };
        groups.into_iter().enumerate().flat_map(of_group).collect()
    })
}

fn count(of: &[(usize, u32)], sides: &[Side], class: usize, side: Side) -> usize {
    of.iter().zip(sides).filter(|((c, _), s)| *c == class && **s == side).count()
}

proptest! {
    #[test]
    fn no_group_is_divided_and_classes_are_spread(of in grouped(), seed: u64) {
        let ids = ids(of.len());
        let members = members(&ids, &of);
        let plan = Holdout { seed, ..FIFTH };
        let sides = holdout(&members, plan).unwrap();
        prop_assert_eq!(divided_groups(&members, &sides), []);
        let mut sizes: BTreeMap<u32, usize> = BTreeMap::new();
        of.iter().for_each(|(_, group)| *sizes.entry(*group).or_default() += 1);
        let largest = sizes.into_values().max().unwrap() as f64;
        for class in 0..2 {
            let all = of.iter().filter(|(c, _)| *c == class).count() as f64;
            for (side, share) in [(Side::Train, 0.7), (Side::Val, 0.2), (Side::Test, 0.1)] {
                let found = count(&of, &sides, class, side) as f64;
                // Mixed groups pull at two classes at once: twice the largest group at most.
                prop_assert!((found - share * all).abs() < 2.0 * largest + 1.0, "{side:?} {found} of {all}");
            }
        }
    }

    #[test]
    fn single_examples_are_divided_to_the_example(classes in prop::collection::vec(0usize..3, 60..200), seed: u64) {
        let of: Vec<(usize, u32)> = classes.iter().enumerate().map(|(n, &class)| (class, n as u32)).collect();
        prop_assume!((0..3).all(|class| classes.iter().filter(|c| **c == class).count() >= 10));
        let ids = ids(of.len());
        let sides = holdout(&members(&ids, &of), Holdout { seed, ..FIFTH }).unwrap();
        for class in 0..3 {
            let all = classes.iter().filter(|c| **c == class).count() as f64;
            for (side, share) in [(Side::Train, 0.7), (Side::Val, 0.2), (Side::Test, 0.1)] {
                prop_assert!((count(&of, &sides, class, side) as f64 - share * all).abs() < 1.0 + 1e-9);
            }
        }
    }

    #[test]
    fn the_order_of_examples_and_the_numbers_of_groups_play_no_part(of in grouped(), seed: u64, turn in 0usize..100) {
        let ids = ids(of.len());
        let members = members(&ids, &of);
        let plan = Holdout { seed, ..FIFTH };
        let mut turned: Vec<Member<'_>> = members.iter().map(|m| Member { group: 1000 - m.group, ..*m }).collect();
        turned.rotate_left(turn % of.len());
        let sides = |members: &[Member<'_>]| -> BTreeMap<String, Side> {
            let sides = holdout(members, plan).unwrap();
            members.iter().map(|m| m.id.to_owned()).zip(sides).collect()
        };
        prop_assert_eq!(sides(&members), sides(&turned));
    }

    #[test]
    fn folds_hold_back_everything_once(of in grouped(), seed: u64, folds in 2usize..6) {
        let ids = ids(of.len());
        let members = members(&ids, &of);
        let mut held_back = vec![0; of.len()];
        for part in 0..folds {
            let sides = fold(&members, Fold { folds, fold: part, seed }).unwrap();
            prop_assert_eq!(divided_groups(&members, &sides), []);
            for (n, side) in sides.iter().enumerate() {
                held_back[n] += usize::from(*side == Side::Val);
            }
        }
        prop_assert!(held_back.iter().all(|n| *n == 1));
    }
}

#[test]
fn another_seed_is_another_split() {
    let of: Vec<(usize, u32)> = (0..40).map(|n| (n as usize % 2, n)).collect();
    let ids = ids(40);
    let members = members(&ids, &of);
    assert_eq!(holdout(&members, FIFTH), holdout(&members, FIFTH));
    assert_ne!(holdout(&members, FIFTH), holdout(&members, Holdout { seed: 8, ..FIFTH }));
}

#[test]
fn large_groups_come_to_every_side() {
    // Ten groups of 5 and 50 single ones: over seeds the validation side must see large groups too.
    let of: Vec<(usize, u32)> = (0..100).map(|n| (0, if n < 50 { n / 5 } else { n })).collect();
    let ids = ids(100);
    let members = members(&ids, &of);
    let large_on_val = |seed| {
        let sides = holdout(&members, Holdout { val_share: 0.2, test_share: 0.0, seed }).unwrap();
        sides[..50].iter().filter(|s| **s == Side::Val).count() / 5
    };
    let total: usize = (0..200).map(large_on_val).sum();
    // A fifth of ten groups, 200 times: 400 are expected.
    assert!((340..460).contains(&total), "{total}");
}

#[test]
fn what_cannot_be_divided_is_refused() {
    let of = [(0, 1), (0, 2), (0, 3), (1, 4), (1, 4)];
    let ids = ids(5);
    let members = members(&ids, &of);
    assert_eq!(
        holdout(&members, Holdout { val_share: 0.5, test_share: 0.0, seed: 1 }),
        Err(LearnError::TooFewGroups { class: 1, groups: 1, needed: 2 })
    );
    let plan = Fold { folds: 4, fold: 0, seed: 1 };
    assert_eq!(fold(&members, plan), Err(LearnError::TooFewGroups { class: 0, groups: 3, needed: 4 }));
    assert_eq!(fold(&members, Fold { fold: 4, ..plan }), Err(LearnError::NoSuchFold { folds: 4, fold: 4 }));
    for (val_share, test_share) in [(0.0, 0.2), (0.5, 0.5), (-0.1, 0.0), (f64::NAN, 0.0)] {
        let refused = holdout(&members, Holdout { val_share, test_share, seed: 1 });
        assert!(matches!(refused, Err(LearnError::Shares { .. })));
    }
}

#[test]
fn divided_groups_are_told() {
    let of = [(0, 1), (0, 1), (1, 2)];
    let ids = ids(3);
    let sides = [Side::Val, Side::Train, Side::Val];
    let both = BTreeSet::from([Side::Train, Side::Val]);
    assert_eq!(divided_groups(&members(&ids, &of), &sides), [(1, both)]);
}
