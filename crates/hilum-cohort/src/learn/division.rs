//! Sides for examples, from what the input gives and what is asked for.

use super::{DatasetError, Division};
use hilum_learn::{
    LearnError,
    dataset::{Holdout, Member, Side, fold, holdout},
};
use std::collections::BTreeSet;

/// Sides, and in words how they came about.
pub(super) struct Divided {
    pub(super) sides: Vec<Side>,
    pub(super) rule: String,
}

/// One side for each member; `given` are the sides that the input names.
pub(super) fn divided(
    members: &[Member<'_>],
    given: &[Option<Side>],
    division: Division,
    classes: &[String],
) -> Result<Divided, DatasetError> {
    let named = |error| named(error, classes);
    let test = given.iter().map(|side| *side == Some(Side::Test)).collect::<Vec<_>>();
    let divided = match division {
        Division::Finished => Divided {
            sides: given.iter().map(|side| side.unwrap_or(Side::Test)).collect(),
            rule: "as given; all else test".to_owned(),
        },
        Division::Given(plan) if given.iter().all(Option::is_none) => {
            held_out(members, &test, plan).map_err(named)?
        }
        Division::Given(plan) => as_given(members, given, plan).map_err(named)?,
        Division::Holdout(plan) => held_out(members, &test, plan).map_err(named)?,
        Division::Fold(plan) => {
            let sides = apart_from(members, &test, |rest| fold(rest, plan)).map_err(named)?;
            let rule =
                format!("fold {} of {}, stratified, whole groups, seed {}", plan.fold, plan.folds, plan.seed);
            Divided { sides, rule: with_given_test(rule, &test) }
        }
    };
    check(members, &divided.sides, division, classes)?;
    Ok(divided)
}

fn held_out(members: &[Member<'_>], test: &[bool], plan: Holdout) -> Result<Divided, LearnError> {
    let Holdout { val_share, test_share, seed } = plan;
    let sides = apart_from(members, test, |rest| holdout(rest, plan))?;
    let mut rule = format!("val {:.4} %", val_share * 100.0).replace(".0000", "");
    if test_share > 0.0 {
        rule.push_str(&format!(", test {:.4} %", test_share * 100.0).replace(".0000", ""));
    }
    rule.push_str(&format!(", stratified, whole groups, seed {seed}"));
    Ok(Divided { sides, rule: with_given_test(rule, test) })
}

/// As the input says; what it leaves open is for training, and a missing validation side is taken from training.
fn as_given(members: &[Member<'_>], given: &[Option<Side>], plan: Holdout) -> Result<Divided, LearnError> {
    let has_val = given.contains(&Some(Side::Val));
    if !has_val {
        let test: Vec<bool> = given.iter().map(|side| *side == Some(Side::Test)).collect();
        let plan = Holdout { test_share: 0.0, ..plan };
        return held_out(members, &test, plan);
    }
    let sides = given.iter().map(|side| side.unwrap_or(Side::Train)).collect();
    Ok(Divided { sides, rule: "as given".to_owned() })
}

/// Divides all but the test side that the input gives.
fn apart_from(
    members: &[Member<'_>],
    test: &[bool],
    divide: impl Fn(&[Member<'_>]) -> Result<Vec<Side>, LearnError>,
) -> Result<Vec<Side>, LearnError> {
    let rest: Vec<Member<'_>> =
        members.iter().zip(test).filter(|(_, test)| !**test).map(|(m, _)| *m).collect();
    let mut sides = divide(&rest)?.into_iter();
    Ok(test.iter().map(|test| if *test { Side::Test } else { sides.next().unwrap_or(Side::Train) }).collect())
}

fn with_given_test(rule: String, test: &[bool]) -> String {
    if test.contains(&true) { format!("{rule}; test as given") } else { rule }
}

/// Every class must be on the sides that are fitted to and chosen on.
fn check(
    members: &[Member<'_>],
    sides: &[Side],
    division: Division,
    classes: &[String],
) -> Result<(), DatasetError> {
    if division == Division::Finished {
        return Ok(());
    }
    let met: BTreeSet<(Side, usize)> = sides.iter().zip(members).map(|(side, m)| (*side, m.class)).collect();
    for side in [Side::Train, Side::Val] {
        if let Some(missing) = (0..classes.len()).find(|class| !met.contains(&(side, *class))) {
            let (side, class) = (side.name().to_owned(), classes[missing].clone());
            return Err(DatasetError::ClassNotOnSide { side, class });
        }
    }
    Ok(())
}

fn named(error: LearnError, classes: &[String]) -> DatasetError {
    match error {
        LearnError::TooFewGroups { class, groups, needed } => DatasetError::TooFewGroups {
            class: classes.get(class).cloned().unwrap_or_default(),
            groups,
            needed,
        },
        source => DatasetError::Learn { source },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hilum_learn::dataset::Fold;

    const PLAN: Holdout = Holdout { val_share: 0.25, test_share: 0.0, seed: 1 };

    fn of(given: &[Option<Side>], division: Division) -> Result<Divided, DatasetError> {
        let ids: Vec<String> = (0..given.len()).map(|n| format!("{n:02}")).collect();
        let member = |(n, id): (usize, &'static str)| Member { id, class: n % 2, group: n as u32 };
        let ids: Vec<&'static str> = ids.into_iter().map(|id| &*id.leak()).collect();
        let members: Vec<Member<'_>> = ids.into_iter().enumerate().map(member).collect();
        divided(&members, given, division, &["a".to_owned(), "b".to_owned()])
    }

    fn count(divided: &Divided, side: Side) -> usize {
        divided.sides.iter().filter(|s| **s == side).count()
    }

    #[test]
    fn given_sides_are_kept() {
        let mut given = vec![Some(Side::Train); 10];
        given.extend([Some(Side::Val); 4]);
        let kept = of(&given, Division::Given(PLAN)).unwrap();
        assert_eq!(
            (count(&kept, Side::Train), count(&kept, Side::Val), kept.rule.as_str()),
            (10, 4, "as given")
        );
        let pooled = of(&given, Division::Fold(Fold { folds: 7, fold: 2, seed: 3 })).unwrap();
        assert_eq!(count(&pooled, Side::Val), 2);
    }

    #[test]
    fn a_missing_validation_side_is_taken_from_training_and_the_test_stays() {
        let mut given = vec![Some(Side::Train); 16];
        given.extend([Some(Side::Test); 4]);
        let made = of(&given, Division::Given(PLAN)).unwrap();
        assert_eq!([Side::Train, Side::Val, Side::Test].map(|side| count(&made, side)), [12, 4, 4]);
        assert_eq!(made.rule, "val 25 %, stratified, whole groups, seed 1; test as given");
        assert!(made.sides[16..].iter().all(|side| *side == Side::Test));
    }

    #[test]
    fn a_side_without_a_class_is_refused() {
        let mut given = vec![Some(Side::Train); 5];
        given.push(Some(Side::Val));
        let error = of(&given, Division::Given(PLAN)).err().unwrap();
        assert_eq!(error.to_string(), "the side 'val' holds nothing of the class 'a'");
        let error = of(&[None; 4], Division::Fold(Fold { folds: 3, fold: 0, seed: 1 })).err().unwrap();
        assert!(error.to_string().starts_with("the class 'a' has 2 groups"), "{error}");
        let tried = of(&[Some(Side::Train), None, None], Division::Finished).unwrap();
        assert_eq!(tried.sides, [Side::Train, Side::Test, Side::Test]);
    }
}
