//! Figures of phantoms: the same patient gives the same figure however the file is written, and nothing is lost in
//! silence.

use hilum_cohort::figures::{FigureKind, FigureRequest, Take, WindowWish, draw_figure};
use hilum_core::{Affine, AffineSource, Geometry, Recipe, Volume, VoxelData};
use hilum_imaging::Window;
use hilum_io::nifti::write_volume;
use hilum_phantom::{PhantomSpec, generate};
use std::{collections::BTreeMap, fs, path::Path};

const DIMS: [usize; 3] = [96, 96, 32];

fn request(kind: FigureKind, input: &Path) -> FigureRequest {
    FigureRequest {
        kind,
        inputs: vec![input.to_owned()],
        recipe: Recipe::Default,
        slice: None,
        take: Take::Spread(6),
        windows: Vec::new(),
        per_class: 2,
        labels: None,
        class_names: BTreeMap::new(),
        whole: false,
        width_mm: 120.0,
        dpi: 150.0,
        columns: None,
    }
}

/// The phantom with its voxels in the opposite order along i, j or both, and an affine that says so.
fn turned(volume: &Volume, [turn_i, turn_j]: [bool; 2]) -> Volume {
    let VoxelData::I16(voxels) = volume.data() else { panic!("phantoms have whole HU") };
    let [ni, nj, nk] = volume.geometry().dims();
    let from = |n: usize, length: usize, turn: bool| if turn { length - 1 - n } else { n };
    let places = (0..nk).flat_map(|k| (0..nj).flat_map(move |j| (0..ni).map(move |i| (i, j, k))));
    let data = places.map(|(i, j, k)| voxels[from(i, ni, turn_i) + ni * (from(j, nj, turn_j) + nj * k)]);
    let mut affine = *volume.geometry().affine();
    for (axis, length, turn) in [(0, ni, turn_i), (1, nj, turn_j)] {
        for row in affine.0.iter_mut().filter(|_| turn) {
            row[3] += row[axis] * (length - 1) as f64;
            row[axis] = -row[axis];
        }
    }
    let Affine(rows) = affine;
    let geometry = Geometry::new([ni, nj, nk], Affine(rows), AffineSource::Sform).unwrap();
    Volume::new(geometry, VoxelData::I16(data.collect())).unwrap()
}

#[test]
fn the_orientation_of_the_file_does_not_show() {
    let volume = generate(&PhantomSpec::covid(3).with_dims(DIMS)).unwrap().volume;
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("scan.nii");
    let mut drawn = Vec::new();
    for (turn, name) in
        [([false, false], "LPS"), ([true, false], "RPS"), ([false, true], "LAS"), ([true, true], "RAS")]
    {
        let volume = turned(&volume, turn);
        assert_eq!(volume.geometry().orientation().to_string(), name);
        write_volume(&path, &volume).unwrap();
        let windows = FigureRequest { slice: Some(12), ..request(FigureKind::Windows, &path) };
        // Whole slices: the coarse grid on which the body is found starts at the file's first voxel.
        let windows = draw_figure(&FigureRequest { whole: true, ..windows }, &|_| {}).unwrap();
        drawn.push((name, windows.drawing.svg));
    }
    for (name, svg) in &drawn[1..] {
        assert!(*svg == drawn[0].1, "{name} differs from LPS");
    }
}

#[test]
fn every_kind_is_drawn_and_the_same_twice() {
    let dir = tempfile::tempdir().unwrap();
    for seed in 1..=2 {
        let volume = generate(&PhantomSpec::covid(seed).with_dims(DIMS)).unwrap().volume;
        write_volume(&dir.path().join(format!("p{seed}.nii.gz")), &volume).unwrap();
    }
    let panels = |svg: &str| svg.matches("<image ").count();
    let expected = [
        (FigureKind::Windows, 10),
        (FigureKind::Montage, 12),
        (FigureKind::ClosedOpen, 4),
        (FigureKind::Outline, 2),
        (FigureKind::Lung, 2),
        (FigureKind::Dense, 2),
        (FigureKind::Overlay, 2),
    ];
    for (kind, count) in expected {
        let figure = draw_figure(&request(kind, dir.path()), &|_| {}).unwrap();
        assert_eq!(panels(&figure.drawing.svg), count, "{kind:?}: {:?}", figure.left_out);
        assert_eq!(figure.shown, ["p1", "p2"], "{kind:?}");
        assert!(draw_figure(&request(kind, dir.path()), &|_| {}).unwrap() == figure, "{kind:?}");
    }
    let outline = draw_figure(&request(FigureKind::Outline, dir.path()), &|_| {}).unwrap();
    assert_eq!(outline.drawing.svg.matches("class=\"outline\"").count(), 2);
}

#[test]
fn a_class_shows_its_first_scans_and_says_what_was_left_out() {
    let dir = tempfile::tempdir().unwrap();
    for seed in 1..=3 {
        let volume = generate(&PhantomSpec::healthy(seed).with_dims(DIMS)).unwrap().volume;
        write_volume(&dir.path().join(format!("p{seed}.nii")), &volume).unwrap();
    }
    fs::write(dir.path().join("p0.nii"), b"no scan").unwrap();
    fs::write(dir.path().join("labels.csv"), "image_id,type\np0,0\np1,0\np2,0\np3,2\n").unwrap();
    let labelled = FigureRequest {
        labels: Some(dir.path().join("labels.csv")),
        class_names: BTreeMap::from([("0".to_owned(), "Healthy & well".to_owned())]),
        windows: vec![WindowWish::Fixed(Window { level_hu: 40.0, width_hu: 400.0 })],
        ..request(FigureKind::Overlay, dir.path())
    };
    let figure = draw_figure(&labelled, &|_| {}).unwrap();
    assert_eq!(figure.shown, ["p1", "p2", "p3"]);
    assert_eq!(figure.left_out.len(), 1);
    assert_eq!(figure.left_out[0].image_id, "p0");
    let svg = &figure.drawing.svg;
    for words in ["Healthy &amp; well", "2 of 3 scans", "Class 2", "1 scan was left out", "L\u{a0}40"] {
        assert!(svg.contains(words), "{words}");
    }

    assert!(!svg.contains("the first by name"), "all that can be shown are");
    let fewer = draw_figure(&FigureRequest { per_class: 1, ..labelled }, &|_| {}).unwrap();
    assert_eq!(fewer.shown, ["p1", "p3"]);
    assert!(fewer.drawing.svg.contains("the first by name"));

    let unlabelled = draw_figure(&request(FigureKind::Lung, dir.path()), &|_| {}).unwrap();
    assert!(unlabelled.notes.iter().any(|n| n.contains("--labels")), "{:?}", unlabelled.notes);

    let beyond =
        FigureRequest { slice: Some(32), ..request(FigureKind::Windows, &dir.path().join("p1.nii")) };
    let words = draw_figure(&beyond, &|_| {}).unwrap_err().to_string();
    assert!(words.contains("p1: there is no slice 32: it has 32, counted from 0 to 31"), "{words}");
}
