//! Lungs of a user's own net: masks against onnxruntime, whatever the axes of the file; phantoms; what a record says.

use hilum_cohort::{
    Look, RunRequest, RunSummary, Stop, find_one,
    learn::{ImportRequest, ImportedModel, import_onnx, load_lungs},
    look, run,
    scan::{MeaninglessSetting, ScanSettings},
};
use hilum_core::{Affine, AffineSource, Geometry, MaskVolume, Recipe, Status, Volume, VoxelData};
use hilum_io::{
    nifti::write_volume,
    store::{Location, StoreOptions},
};
use hilum_learn::{Statement, Task};
use hilum_phantom::{PhantomSpec, generate};
use hilum_testkit::Overlap;
use serde::Deserialize;
use std::{
    collections::BTreeMap,
    fs,
    num::NonZeroUsize,
    path::{Path, PathBuf},
};
use tempfile::TempDir;

#[derive(Deserialize)]
struct Vector {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    net: String,
    said: Statement,
    /// Where i, j, k grow to.
    letters: String,
    dims: [usize; 3],
    /// 0, 1 or 2 (nearer to the threshold than sums in another order may differ) for each voxel, k running fastest.
    lung: String,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/oracle/lungs")
}

fn vector() -> Vector {
    serde_json::from_slice(&fs::read(folder().join("lungs.json")).unwrap()).unwrap()
}

fn model(dir: &TempDir, name: &str, net: &str, said: Statement) -> PathBuf {
    let out = dir.path().join(name);
    let request = ImportRequest { file: folder().join(format!("{net}.onnx")), said, out: out.clone() };
    assert!(matches!(import_onnx(&request).unwrap(), ImportedModel::Lungs(_)));
    out
}

fn settings(model: &Path) -> ScanSettings {
    ScanSettings::default().with_lungs(Some(load_lungs(model).unwrap())).unwrap()
}

fn band() -> Statement {
    vector().cases.into_iter().find(|case| case.name == "grown").unwrap().said
}

/// The formula of tools/oracle/learn/lungs.py.
fn stored_hu([i, j, k]: [usize; 3]) -> i16 {
    let patch = (i / 7 + j / 5 + k) % 4 * 300 + (i * 13 + j * 29 + k * 7) % 61;
    i16::try_from(patch).unwrap() - 1000
}

/// A grid of 2 x 2 x 5 mm or so whose axes grow to `letters`.
fn geometry(dims: [usize; 3], letters: &str) -> Geometry {
    let mut affine = Affine([[0.0; 4]; 3]);
    for (axis, letter) in letters.chars().enumerate() {
        let (row, step) = match letter {
            'R' => (0, 2.0),
            'L' => (0, -2.0),
            'A' => (1, 2.0),
            'P' => (1, -2.0),
            'S' => (2, 5.0),
            _ => (2, -5.0),
        };
        affine.0[row][axis] = step;
    }
    Geometry::new(dims, affine, AffineSource::Sform).unwrap()
}

/// The voxel of slice, row and column.
fn voxel(geometry: &Geometry, [slice, row, col]: [usize; 3]) -> [usize; 3] {
    let frame = geometry.frame();
    let mut voxel = [0; 3];
    (voxel[frame.slice_axis], voxel[frame.row_axis], voxel[frame.col_axis]) = (slice, row, col);
    voxel
}

fn places(geometry: &Geometry) -> impl Iterator<Item = [usize; 3]> + use<> {
    let (slices, rows, cols) = (geometry.slices(), geometry.rows(), geometry.cols());
    (0..slices).flat_map(move |s| (0..rows).flat_map(move |r| (0..cols).map(move |c| [s, r, c])))
}

fn volume(geometry: Geometry, hu: impl Fn([usize; 3]) -> i16) -> Volume {
    let voxels = places(&geometry).map(|place| hu(voxel(&geometry, place))).collect();
    Volume::new(geometry, VoxelData::I16(voxels)).unwrap()
}

fn looked_at(path: &Path, settings: &ScanSettings) -> Look {
    let scan = find_one(&Location::Disk(path.to_owned()), &StoreOptions::default()).unwrap();
    look(&scan, settings).unwrap()
}

#[test]
fn masks_are_those_of_onnxruntime_whatever_the_axes_of_the_file() {
    let dir = tempfile::tempdir().unwrap();
    let cases = vector().cases;
    assert_eq!(cases.len(), 5);
    for case in cases {
        let settings = settings(&model(&dir, &case.name, &case.net, case.said));
        let path = dir.path().join(format!("{}.nii.gz", case.letters));
        write_volume(&path, &volume(geometry(case.dims, &case.letters), stored_hu)).unwrap();
        let look = looked_at(&path, &settings);
        let measured = look.examined.measured.unwrap();
        assert_eq!(look.geometry.orientation().to_string(), case.letters);
        let theirs = case.lung.as_bytes();
        let [_, along_j, along_k] = case.dims;
        for place in places(&look.geometry) {
            let [i, j, k] = voxel(&look.geometry, place);
            let theirs = theirs[(i * along_j + j) * along_k + k];
            let [slice, row, col] = place;
            let (lung, dense) = (&measured.lung.slice(slice), &measured.dense.slice(slice));
            let ours = lung.get(row, col);
            assert!(theirs == b'2' || ours == (theirs == b'1'), "{} at {i}, {j}, {k}", case.name);
            assert_eq!(dense.get(row, col), ours && stored_hu([i, j, k]) >= -500, "{}", case.name);
        }
        for (slice, &area_px) in measured.area_px.iter().enumerate() {
            assert_eq!(area_px, measured.lung.slice(slice).count_px());
        }
        assert_eq!(measured.area_px.iter().max(), Some(&measured.choice.area_px));
    }
}

/// A phantom of 96 x 96 x 32 voxels, as the file of a scanner has it, and with its axes turned round.
fn phantoms(dir: &TempDir, seed: u64) -> (PathBuf, PathBuf, MaskVolume) {
    let spec = PhantomSpec::healthy(seed).with_grid([96, 96, 32], [3.75, 3.75, 10.0]);
    let phantom = generate(&spec).unwrap();
    let (plain, turned) =
        (dir.path().join(format!("plain{seed}.nii.gz")), dir.path().join(format!("turned{seed}.nii.gz")));
    write_volume(&plain, &phantom.volume).unwrap();
    // i to anterior, j to the right: rows become columns, and both run the other way.
    let mut affine = Affine([[0.0; 4]; 3]);
    (affine.0[1][0], affine.0[0][1], affine.0[2][2]) = (3.75, 3.75, 10.0);
    let turned_grid = Geometry::new([96, 96, 32], affine, AffineSource::Sform).unwrap();
    let hu = |[i, j, k]: [usize; 3]| phantom.volume.slice(k).unwrap().hu(95 - i, 95 - j) as i16;
    write_volume(&turned, &volume(turned_grid, hu)).unwrap();
    (plain, turned, phantom.truth.lung)
}

#[test]
fn a_net_that_knows_lungs_outlines_those_of_phantoms() {
    let dir = tempfile::tempdir().unwrap();
    let settings = settings(&model(&dir, "net", "torch_band", band()));
    for seed in [1, 2] {
        let (plain, turned, truth) = phantoms(&dir, seed);
        let (plain, turned) = (looked_at(&plain, &settings), looked_at(&turned, &settings));
        let measured = plain.examined.measured.unwrap();
        let overlap: Overlap = Overlap::of_slices(&measured.lung, &truth).into_iter().sum();
        let dice = overlap.dice().unwrap();
        eprintln!("seed {seed}: Dice {dice:.3}");
        assert!(dice > 0.9, "seed {seed}: {dice}");
        let code = |look: &[hilum_core::Finding]| look.iter().any(|f| f.code == "lungs_by_net");
        assert!(code(&plain.examined.findings) && code(&turned.examined.findings));
        assert!(!plain.row.findings.contains(&"no_trachea".to_owned()));
        // The same patient, whatever the file's axes.
        let numbers = |row: &hilum_core::schema::Measurement| {
            (row.slice_index, row.lung_area_px, row.dense_area_px, row.lung_state)
        };
        assert_eq!(numbers(&plain.row), numbers(&turned.row));
        assert!(plain.row.lung_volume_ml.unwrap() > 1500.0);
    }
}

fn cohort(dir: &TempDir, out: &str, settings: &ScanSettings, jobs: usize) -> RunSummary {
    let request = RunRequest {
        input: dir.path().join("scans").into(),
        out: dir.path().join(out),
        mirror: None,
        store: StoreOptions::default(),
        labels: None,
        class_names: BTreeMap::new(),
        jobs: NonZeroUsize::new(jobs).unwrap(),
        max_memory_bytes: None,
        retry_failed: false,
    };
    run(&request, settings, &|_| (), &Stop::default()).unwrap()
}

#[test]
fn records_of_another_net_or_none_are_not_taken_over() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join("scans")).unwrap();
    for seed in 1..4 {
        let phantom = generate(&PhantomSpec::healthy(seed).with_grid([64, 64, 16], [6.0, 6.0, 20.0]));
        let path = dir.path().join("scans").join(format!("p{seed}.nii.gz"));
        write_volume(&path, &phantom.unwrap().volume).unwrap();
    }
    let first = settings(&model(&dir, "net", "torch_band", band()));
    let other = Statement { threshold: Some(0.6), ..band() };
    let other = settings(&model(&dir, "other", "torch_band", other));
    let same = settings(&model(&dir, "same", "torch_band", band()));
    assert!(first == same && first != other);

    let done = |settings: &ScanSettings| cohort(&dir, "out", settings, 2).run.this_run.done;
    assert_eq!(done(&ScanSettings::default()), 3);
    assert_eq!(done(&first), 3);
    assert_eq!((done(&same), done(&other), done(&other)), (0, 3, 0));
    assert_eq!(done(&first), 3);

    let run_file: serde_json::Value =
        serde_json::from_slice(&fs::read(dir.path().join("out/run.json")).unwrap()).unwrap();
    let weights = blake3::hash(&fs::read(folder().join("torch_band.onnx")).unwrap()).to_hex().to_string();
    assert_eq!(run_file["settings"]["lungs"]["model"], "torch_band");
    assert_eq!(run_file["settings"]["lungs"]["weights_blake3"], weights.as_str());

    cohort(&dir, "alone", &first, 1);
    for file in ["measurements.csv", "scans/p1/lung_mask.nii.gz", "scans/p2/scan.json"] {
        let read = |out: &str| fs::read(dir.path().join(out).join(file)).unwrap();
        assert!(read("out") == read("alone"), "{file}");
    }
}

#[test]
fn what_the_net_cannot_do_becomes_a_reason() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("air.nii");
    // Tissue, and air where no lung can be.
    let hu = |[i, j, k]: [usize; 3]| if i < 3 { -1000 } else { 30 + ((i + 2 * j + 3 * k) % 20) as i16 };
    write_volume(&path, &volume(geometry([40, 40, 3], "LPS"), hu)).unwrap();
    let settings = settings(&model(&dir, "net", "torch_band", band()));
    let look = looked_at(&path, &settings);
    assert_eq!(look.row.status, Status::Rejected);
    let reason = look.row.reason.unwrap();
    assert!(reason.contains("no lung was found: the net 'torch_band' outlines none"), "{reason}");
    let notebook = ScanSettings::chosen(Recipe::Notebook, None, false).unwrap();
    assert!(matches!(
        notebook.with_lungs(settings.lungs),
        Err(MeaninglessSetting::Lungs { recipe: Recipe::Notebook })
    ));
    assert_eq!(band().task, Some(Task::Lungs));
}
