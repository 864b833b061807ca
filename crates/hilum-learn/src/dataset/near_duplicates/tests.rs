//! Hashes against `imagehash`; cuts, windows and scales of one picture against pictures of others.

use super::*;
use crate::random::Random;
use std::path::Path;

#[derive(serde::Deserialize)]
struct Hashed {
    grey: Vec<u16>,
    phash: String,
}

#[test]
fn hashes_are_those_of_imagehash() {
    #[derive(serde::Deserialize)]
    struct File {
        cases: Vec<Hashed>,
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/oracle/inputs/picture_hashes.json");
    let file: File = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    assert!(file.cases.len() >= 20);
    for case in file.cases {
        assert_eq!(format!("{:016x}", perceptual_hash(&case.grey)), case.phash);
    }
}

/// Something like a chest: dark ellipses in a bright one, and spots, all placed by the seed.
fn chest(seed: u64, rows: usize, cols: usize, window: impl Fn(f64) -> f64, cut: [f64; 4]) -> Fingerprint {
    let mut random = Random::new(seed);
    let mut between = |low: f64, high: f64| low + (high - low) * random.below(1000) as f64 / 1000.0;
    let lungs: Vec<[f64; 4]> = [0.3, 0.7]
        .map(|x| [between(0.4, 0.6), x + between(-0.08, 0.08), between(0.2, 0.35), between(0.1, 0.2)])
        .into();
    let spots: Vec<[f64; 4]> = (0..20)
        .map(|_| [between(0.1, 0.9), between(0.1, 0.9), between(0.04, 0.12), between(0.04, 0.12)])
        .collect();
    let value = |y: f64, x: f64| {
        let inside = |[cy, cx, ry, rx]: [f64; 4]| ((y - cy) / ry).powi(2) + ((x - cx) / rx).powi(2) < 1.0;
        let mut grey = if inside([0.5, 0.5, 0.45, 0.48]) { 0.7 } else { 0.0 };
        if lungs.iter().any(|lung| inside(*lung)) {
            grey = 0.2;
        }
        grey + 0.3 * spots.iter().filter(|spot| inside(**spot)).count() as f64
    };
    let [top, bottom, left, right] = cut;
    let pixel = |r: usize, c: usize| {
        let y = top + (r as f64 + 0.5) / rows as f64 * (1.0 - top - bottom);
        let x = left + (c as f64 + 0.5) / cols as f64 * (1.0 - left - right);
        (window(value(y, x)).clamp(0.0, 1.0) * 65535.0) as u16
    };
    let grey: Vec<u16> =
        (0..rows).flat_map(|r| (0..cols).map(move |c| (r, c))).map(|(r, c)| pixel(r, c)).collect();
    Fingerprint::of_grey(&grey, [rows, cols]).unwrap()
}

const WHOLE: [f64; 4] = [0.0; 4];

#[test]
fn cuts_windows_and_scales_of_a_picture_are_known_again() {
    let first = chest(1, 200, 240, |v| v, WHOLE);
    for other in [
        chest(1, 333, 512, |v| v, WHOLE),
        chest(1, 200, 240, |v| 0.1 + 0.7 * v, WHOLE),
        chest(1, 180, 210, |v| v, [0.06, 0.06, 0.06, 0.06]),
        chest(1, 180, 210, |v| v, [0.0, 0.12, 0.06, 0.0]),
    ] {
        let likeness = first.likeness(&other).unwrap();
        assert_eq!(other.likeness(&first), Some(likeness));
        assert!(likeness.correlation > 0.9 && likeness.bits <= MOST_BITS, "{likeness:?}");
    }
    assert_eq!(first.likeness(&first), Some(Likeness { bits: 0, correlation: 1.0 }));
}

#[test]
fn pictures_of_others_are_not() {
    let prints: Vec<Fingerprint> = (0..12).map(|seed| chest(seed, 200, 240, |v| v, WHOLE)).collect();
    for (n, a) in prints.iter().enumerate() {
        for b in &prints[..n] {
            assert_eq!(a.likeness(b), None);
        }
    }
}

#[test]
fn even_pictures_are_like_nothing() {
    let even = Fingerprint::of_grey(&[9; 100], [10, 10]).unwrap();
    assert_eq!(even.likeness(&even), None);
    assert_eq!(Fingerprint::of(&Source::of_grey(0, 0, Vec::new())), None);
}

#[test]
fn correlation_is_pearsons() {
    // numpy.corrcoef([1, 2, 3, 5], [2, 1, 4, 5])[0, 1] = 0.8552
    let found = correlation(&[1, 2, 3, 5], &[2, 1, 4, 5]).unwrap();
    assert!((found - 0.855_2).abs() < 1e-4, "{found}");
}
