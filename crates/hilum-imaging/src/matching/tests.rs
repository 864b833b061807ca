use super::distances::nearest_in;
use super::*;
use crate::sift::{DESCRIPTOR_LEN, Keypoint, Way};
use proptest::prelude::*;

fn descriptors(count: usize, seed: u64, levels: u64) -> Vec<[u8; DESCRIPTOR_LEN]> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((state >> 33) % levels) as u8
    };
    (0..count).map(|_| std::array::from_fn(|_| next())).collect()
}

proptest! {
    #[test]
    fn both_ways_find_the_same_neighbours(queries in 0usize..40, trains in 0usize..210, seed in any::<u64>(), levels in 1u64..256) {
        // Few levels make equal distances common: the first must win in both ways.
        let (query, train) = (descriptors(queries, seed, levels), descriptors(trains, seed ^ 7, levels));
        for norm in [Norm::L1, Norm::L2] {
            let plain = nearest_in(&query, &train, norm, Way::Plain);
            prop_assert_eq!(nearest(&query, &train, norm), plain);
        }
    }
}

#[test]
fn distances_are_what_their_norms_say() {
    let mut far = [0; DESCRIPTOR_LEN];
    (far[0], far[127]) = (3, 4);
    let found = nearest(&[[0; DESCRIPTOR_LEN]], &[far], Norm::L1).cross_checked();
    assert_eq!(found, [Match { query: 0, train: 0, distance: 7.0, second_distance: f32::INFINITY }]);
    assert_eq!(nearest(&[[0; DESCRIPTOR_LEN]], &[far], Norm::L2).cross_checked()[0].distance, 5.0);
    let (black, white) = ([0; DESCRIPTOR_LEN], [255; DESCRIPTOR_LEN]);
    assert_eq!(nearest(&[black], &[white], Norm::L1).cross_checked()[0].distance, 128.0 * 255.0);
}

#[test]
fn a_match_is_distinct_if_the_second_is_much_farther() {
    let near = Match { query: 0, train: 0, distance: 79.0, second_distance: 100.0 };
    assert!(near.is_distinct(0.8) && !Match { distance: 80.0, ..near }.is_distinct(0.8));
    assert!(Match { second_distance: f32::INFINITY, ..near }.is_distinct(0.8));
}

fn at(x: f64, y: f64) -> Keypoint {
    Keypoint { x_px: x as f32, y_px: y as f32, size_px: 2.0, angle_degrees: 0.0, response: 0.1, octave: 0 }
}

fn scattered(count: usize) -> Vec<Keypoint> {
    (0..count).map(|n| at(((n * 977) % 499) as f64, ((n * 613) % 503) as f64)).collect()
}

#[test]
fn a_transform_is_found_among_false_matches() {
    let truth = [
        (TransformKind::Similarity, Transform { rows: [[0.8, -0.6, 30.0], [0.6, 0.8, -12.0]] }),
        (TransformKind::Affine, Transform { rows: [[1.2, 0.3, -5.0], [-0.1, 0.9, 40.0]] }),
    ];
    for (kind, truth) in truth {
        let query = scattered(100);
        let train: Vec<Keypoint> = (query.iter().enumerate())
            .map(|(n, k)| {
                let [x, y] = truth.apply([f64::from(k.x_px), f64::from(k.y_px)]);
                // Two of five are false.
                if n % 5 < 2 { at(y + 200.0, 300.0 - x) } else { at(x, y) }
            })
            .collect();
        let matches: Vec<Match> =
            (0..100).map(|n| Match { query: n, train: n, distance: 0.0, second_distance: 1.0 }).collect();
        let ransac = Ransac { kind, ..Ransac::default() };
        let found = ransac.run(&query, &train, &matches).expect("most matches agree");
        assert_eq!(found.inliers, (0..100).filter(|n| n % 5 >= 2).collect::<Vec<_>>());
        for (found, truth) in found.transform.rows.as_flattened().iter().zip(truth.rows.as_flattened()) {
            assert!((found - truth).abs() < 1e-3, "{found} is not {truth}");
        }
        assert_eq!(ransac.run(&query, &train, &matches), Some(found));
    }
}

#[test]
fn too_few_matches_settle_nothing() {
    let points = scattered(3);
    let pair = |n: usize| Match { query: n, train: n, distance: 0.0, second_distance: 1.0 };
    assert_eq!(Ransac::default().run(&points, &points, &[]), None);
    assert_eq!(Ransac::default().run(&points, &points, &[pair(0), pair(1)]), None);
    let same: Vec<Match> = vec![Match { query: 0, train: 0, distance: 0.0, second_distance: 1.0 }; 5];
    assert_eq!(Ransac::default().run(&points, &points, &same), None);
    let affine = Ransac { kind: TransformKind::Affine, ..Ransac::default() };
    let line: Vec<Keypoint> = (0..6).map(|n| at(f64::from(n), f64::from(n))).collect();
    assert_eq!(affine.run(&line, &line, &(0..6).map(pair).collect::<Vec<_>>()), None);
}
