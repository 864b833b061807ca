use super::*;

/// A picture of blurred spots, the same on every machine.
fn spots(rows: usize, cols: usize) -> Vec<u8> {
    let mut state = 12345u64;
    let mut next = |end: i64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((state >> 33) % end as u64) as i64
    };
    let mut levels = vec![100i64; rows * cols];
    for _ in 0..60 {
        let (y, x, radius, height) = (next(rows as i64), next(cols as i64), 2 + next(14), next(240) - 120);
        for (index, level) in levels.iter_mut().enumerate() {
            let (dy, dx) = ((index / cols) as i64 - y, (index % cols) as i64 - x);
            let inside = (radius * radius - dy * dy - dx * dx).max(0);
            *level += height * inside / (radius * radius);
        }
    }
    levels.into_iter().map(|level| level.clamp(0, 255) as u8).collect()
}

#[test]
fn vectors_and_plain_code_give_the_same_bits() {
    for (rows, cols) in [(96, 80), (45, 131)] {
        let pixels = spots(rows, cols);
        let image = Grey::new(rows, cols, &pixels).unwrap();
        let mut sift = Sift::new(SiftSettings::default()).unwrap();
        let fast = sift.detect(image).unwrap();
        let plain = sift.detect_in(image, Way::Plain).unwrap();
        assert!(fast.keypoints.len() > 20, "{} keypoints", fast.keypoints.len());
        assert_eq!(fast, plain);
    }
}

#[test]
fn what_a_detector_saw_before_does_not_matter() {
    let (large, small) = (spots(120, 90), spots(60, 70));
    let image = Grey::new(60, 70, &small).unwrap();
    let mut sift = Sift::new(SiftSettings::default()).unwrap();
    let fresh = sift.detect(image).unwrap();
    sift.detect(Grey::new(120, 90, &large).unwrap()).unwrap();
    assert_eq!(sift.detect(image).unwrap(), fresh);
}

#[test]
fn pictures_without_structure_have_no_keypoints() {
    let mut sift = Sift::new(SiftSettings::default()).unwrap();
    for (rows, cols) in [(0, 0), (1, 1), (1, 500), (5, 5), (6, 6), (15, 15), (64, 64)] {
        let flat = vec![77; rows * cols];
        assert_eq!(sift.detect(Grey::new(rows, cols, &flat).unwrap()).unwrap(), Features::default());
    }
    let checks: Vec<u8> = (0..25).map(|n| if n % 2 == 0 { 0 } else { 255 }).collect();
    assert_eq!(sift.detect(Grey::new(5, 5, &checks).unwrap()).unwrap(), Features::default());
}

#[test]
fn small_pictures_are_searched() {
    // A bright spot in the middle of 15 x 15 pixels.
    let spot: Vec<u8> =
        (0..225i32).map(|n| (250 - 12 * ((n / 15 - 7).pow(2) + (n % 15 - 7).pow(2))).max(20) as u8).collect();
    let found =
        Sift::new(SiftSettings::default()).unwrap().detect(Grey::new(15, 15, &spot).unwrap()).unwrap();
    assert!(!found.keypoints.is_empty());
    for keypoint in &found.keypoints {
        assert!((keypoint.x_px - 6.75).abs() < 0.5 && (keypoint.y_px - 6.75).abs() < 0.5, "{keypoint:?}");
    }
}

#[test]
fn a_turned_picture_has_turned_keypoints() {
    let pixels = spots(100, 100);
    // A quarter turn: row r, column c goes to row c, column 99 - r.
    let turned: Vec<u8> = (0..10_000).map(|n| pixels[(99 - n % 100) * 100 + n / 100]).collect();
    let mut sift = Sift::new(SiftSettings::default()).unwrap();
    let upright = sift.detect(Grey::new(100, 100, &pixels).unwrap()).unwrap();
    let turned = sift.detect(Grey::new(100, 100, &turned).unwrap()).unwrap();
    let found =
        crate::matching::nearest(&upright.descriptors, &turned.descriptors, crate::matching::Norm::L2);
    let agree = found.cross_checked().into_iter().filter(|m| {
        let (a, b) = (upright.keypoints[m.query], turned.keypoints[m.train]);
        (b.y_px - a.x_px).abs() < 1.5 && (b.x_px - (99.0 - a.y_px)).abs() < 1.5
    });
    assert!(agree.count() * 10 >= upright.keypoints.len() * 8);
}

#[test]
fn wrong_shapes_and_settings_are_errors() {
    for settings in [
        SiftSettings { layers_per_octave: 0, ..SiftSettings::default() },
        SiftSettings { contrast_threshold: f32::NAN, ..SiftSettings::default() },
        SiftSettings { edge_threshold: 0.0, ..SiftSettings::default() },
        SiftSettings { sigma_px: 0.5, ..SiftSettings::default() },
    ] {
        assert!(matches!(Sift::new(settings), Err(SiftError::Setting { .. })));
    }
    let wide = vec![0; 8192 * 2049];
    let error = Sift::new(SiftSettings::default()).unwrap().detect(Grey::new(8192, 2049, &wide).unwrap());
    assert!(matches!(error, Err(SiftError::TooLarge { .. })));
}

#[test]
fn the_widest_settings_run() {
    let pixels = spots(90, 90);
    let settings = SiftSettings { layers_per_octave: 16, sigma_px: 2.0, ..SiftSettings::default() };
    Sift::new(settings).unwrap().detect(Grey::new(90, 90, &pixels).unwrap()).unwrap();
    let settings =
        SiftSettings { layers_per_octave: 1, sigma_px: 2.0, contrast_threshold: 0.0, edge_threshold: 1e6 };
    Sift::new(settings).unwrap().detect(Grey::new(90, 90, &pixels).unwrap()).unwrap();
}
