//! LIME's arithmetic against the lime package: the same perturbations and answers, the same weights.

use super::{Perturbations, Surrogate, SurrogateSettings};
use serde::Deserialize;

#[derive(Deserialize)]
struct Vector {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    picture: String,
    pieces: usize,
    shown: Vec<String>,
    answers: Vec<f64>,
    weights: Vec<f64>,
    intercept: f64,
    r2: f64,
    whole: f64,
    strongest: Vec<usize>,
}

/// Both solve the same system; the sums before it are taken in another order.
const TOLERANCE: f64 = 1e-9;

#[test]
fn weights_are_those_of_the_lime_package() {
    let vector: Vector =
        serde_json::from_str(include_str!("../../../../tests/oracle/explain/lime.json")).unwrap();
    assert_eq!(vector.cases.len(), 3);
    for case in vector.cases {
        let bits = case.shown.iter().flat_map(|row| row.chars().map(|bit| bit == '1')).collect();
        let shown = Perturbations::from_bits(case.pieces, bits).unwrap();
        let found = Surrogate::fit(&shown, &case.answers, SurrogateSettings::default()).unwrap();
        let near = |ours: f64, theirs: f64| {
            assert!((ours - theirs).abs() < TOLERANCE, "{}: {ours} {theirs}", case.picture)
        };
        assert_eq!(found.weights.len(), case.weights.len());
        found.weights.iter().zip(&case.weights).for_each(|(&ours, &theirs)| near(ours, theirs));
        near(found.intercept, case.intercept);
        near(found.whole, case.whole);
        near(found.r2.unwrap(), case.r2);
        assert_eq!(found.strongest()[..case.strongest.len()], case.strongest);
    }
}
