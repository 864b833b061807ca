//! What a phantom promises: the same bytes whatever the way, a truth that agrees with itself, HU and volumes of a
//! chest, and the traps that segmentation has to pass.

use hilum_core::{Mask, MaskView, SliceSource, VoxelData};
use hilum_phantom::{Coverage, Disease, Phantom, PhantomError, PhantomSlices, PhantomSpec, generate};
use std::ops::ControlFlow;

/// A grid that tests can afford: 4 x 4 x 6 mm.
const SMALL: [usize; 3] = [96, 96, 50];

fn voxels(phantom: &Phantom) -> &[i16] {
    match phantom.volume.data() {
        VoxelData::I16(voxels) => voxels,
        VoxelData::F32(_) => panic!("phantoms are whole HU"),
    }
}

/// HU of the voxels of a mask.
fn inside<'a>(phantom: &'a Phantom, mask: &'a hilum_core::MaskVolume) -> impl Iterator<Item = i16> + 'a {
    let (rows, cols) = (mask.rows(), mask.cols());
    (0..mask.slices()).flat_map(move |k| {
        (0..rows).flat_map(move |row| {
            mask.slice(k).columns(row).map(move |col| voxels(phantom)[(k * rows + row) * cols + col])
        })
    })
}

fn contains(outer: MaskView<'_>, inner: MaskView<'_>) -> bool {
    outer.words().iter().zip(inner.words()).all(|(o, i)| i & !o == 0)
}

fn dense_percent(phantom: &Phantom) -> f64 {
    let (mut dense, mut all) = (0u64, 0u64);
    for hu in inside(phantom, &phantom.truth.lung) {
        all += 1;
        dense += u64::from(hu >= -500);
    }
    100.0 * dense as f64 / all as f64
}

fn lung_litres(phantom: &Phantom) -> f64 {
    phantom.truth.lung.count_vox() as f64 * phantom.volume.geometry().voxel_volume_mm3() / 1e6
}

#[test]
fn the_same_spec_gives_the_same_bytes_and_another_seed_does_not() {
    let spec = PhantomSpec::covid(11).with_dims([64, 64, 20]);
    let (first, second) = (generate(&spec).unwrap(), generate(&spec).unwrap());
    assert_eq!(first.volume, second.volume);
    assert_eq!(first.truth, second.truth);
    let other = generate(&PhantomSpec { seed: 12, ..spec }).unwrap();
    assert_ne!(first.volume, other.volume);
}

#[test]
fn slices_made_alone_are_the_slices_of_the_volume() {
    let spec = PhantomSpec::covid(3).with_dims([70, 50, 11]);
    let phantom = generate(&spec).unwrap();
    let mut slices = PhantomSlices::new(&spec).unwrap();
    assert_eq!(slices.slice_hu(7).unwrap(), voxels(&phantom)[7 * 3500..8 * 3500]);
    assert!(slices.slice_hu(11).is_none());
    let mut seen = 0;
    let Ok(()) = slices.visit_slices(&mut |k, slice| {
        assert_eq!(Some(slice), phantom.volume.slice(k));
        seen += 1;
        if k == 9 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert_eq!(seen, 10);
}

#[test]
fn truth_agrees_with_itself() {
    let phantom = generate(&PhantomSpec::covid(5).with_dims(SMALL)).unwrap();
    let truth = &phantom.truth;
    for k in 0..SMALL[2] {
        let lung = truth.lung.slice(k);
        assert_eq!(truth.lung_area_px[k], lung.count_px());
        assert!(contains(lung, truth.left_lung.slice(k)), "left lung, slice {k}");
        assert!(contains(lung, truth.vessel.slice(k)), "vessels, slice {k}");
        assert!(contains(lung, truth.lesion.slice(k)), "lesions, slice {k}");
        let mut both = truth.vessel.slice(k).to_mask();
        both.view_mut().and(truth.airway.slice(k));
        assert!(both.view().is_empty(), "a voxel is lumen or vessel, slice {k}");
    }
    let largest = truth.lung_area_px[truth.largest_slice];
    assert_eq!(truth.lung_area_px.iter().max(), Some(&largest));
    assert!(truth.lung_area_px[..truth.largest_slice].iter().all(|&area| area < largest));
    assert!(truth.lesion.count_vox() > 0 && truth.airway.count_vox() > 0 && truth.vessel.count_vox() > 0);
    assert!(truth.vessel_radii_mm.iter().all(|&r| (0.2..9.0).contains(&r)));
    assert!((7.0..11.0).contains(&truth.airway_radii_mm[0]));
}

#[test]
fn twenty_patients_have_chests() {
    for seed in 0..20 {
        let healthy = generate(&PhantomSpec::healthy(seed).with_dims([112, 112, 75])).unwrap();
        let truth = &healthy.truth;
        let litres = lung_litres(&healthy);
        assert!((2.5..7.0).contains(&litres), "seed {seed}: lungs of {litres:.2} l");
        let left = truth.left_lung.count_vox() as f64 / truth.lung.count_vox() as f64;
        assert!((0.38..0.5).contains(&left), "seed {seed}: {left:.2} of the lung is on the left");
        let (sum, n) =
            inside(&healthy, &truth.lung).fold((0i64, 0i64), |(s, n), hu| (s + i64::from(hu), n + 1));
        let mean = sum as f64 / n as f64;
        assert!((-880.0..-780.0).contains(&mean), "seed {seed}: mean lung of {mean:.0} HU");
        let at = truth.largest_slice as f64 / 75.0;
        assert!((0.2..0.8).contains(&at), "seed {seed}: largest slice at {at:.2} of the height");
        assert_eq!(
            (truth.lung_area_px[0], truth.lung_area_px[74]),
            (0, 0),
            "seed {seed}: lungs are covered whole"
        );
        assert_eq!(truth.lesion.count_vox(), 0);

        let covid = generate(&PhantomSpec::covid(seed).with_dims([112, 112, 75])).unwrap();
        let (well, ill) = (dense_percent(&healthy), dense_percent(&covid));
        println!(
            "seed {seed}: {litres:.2} l, left {left:.2}, {mean:.0} HU, dense {well:.1} % and {ill:.1} %"
        );
        assert!((3.0..8.0).contains(&well), "seed {seed}: {well:.1} % dense in health");
        assert!(ill > well + 1.5, "seed {seed}: {well:.1} % dense in health, {ill:.1} % in COVID");
        assert_eq!(covid.truth.lung, truth.lung, "lesions do not move the lung");
    }
}

#[test]
fn tissues_have_their_peaks() {
    let phantom = generate(&PhantomSpec::healthy(4).with_noise_sd_hu(10.0).with_dims(SMALL)).unwrap();
    let count = |low: i16, high: i16| {
        voxels(&phantom).iter().filter(|&&hu| (low..high).contains(&hu)).count() as f64
            / voxels(&phantom).len() as f64
    };
    assert!(count(-1024, -950) > 0.25, "air");
    assert!(count(-920, -780) > 0.08, "lung {}", count(-920, -780));
    assert!(count(-130, -70) > 0.05, "fat {}", count(-130, -70));
    assert!(count(20, 90) > 0.08, "soft tissue {}", count(20, 90));
    assert!(count(200, 1500) > 0.01, "bone {}", count(200, 1500));
    assert!(count(-700, -300) < 0.08, "little lies between lung and fat: {}", count(-700, -300));
}

/// Pixels that a mask encloses in 2-D: not reachable from the border of the slice over 4-neighbours outside it.
fn enclosed(mask: MaskView<'_>) -> Mask {
    let (rows, cols) = (mask.rows(), mask.cols());
    let mut reached = Mask::new(rows, cols);
    let border = |r: usize, c: usize| r == 0 || c == 0 || r + 1 == rows || c + 1 == cols;
    let mut open: Vec<(usize, usize)> = (0..rows)
        .flat_map(|r| (0..cols).map(move |c| (r, c)))
        .filter(|&(r, c)| border(r, c) && !mask.get(r, c))
        .collect();
    while let Some((r, c)) = open.pop() {
        if mask.get(r, c) || reached.view().get(r, c) {
            continue;
        }
        reached.view_mut().set(r, c, true);
        let next = [(r.wrapping_sub(1), c), (r + 1, c), (r, c.wrapping_sub(1)), (r, c + 1)];
        open.extend(next.into_iter().filter(|&(r, c)| r < rows && c < cols));
    }
    Mask::from_fn(rows, cols, |r, c| !mask.get(r, c) && !reached.view().get(r, c))
}

#[test]
fn the_liver_is_a_disc_that_filling_holes_would_swallow() {
    for seed in 0..5 {
        let phantom = generate(&PhantomSpec::healthy(seed).with_dims([128, 128, 100])).unwrap();
        let pixel_mm2 = phantom.volume.geometry().pixel_area_mm2();
        let disc = (0..100)
            .map(|k| enclosed(phantom.truth.lung.slice(k)).view().count_px() as f64 * pixel_mm2)
            .fold(0.0, f64::max);
        assert!(disc > 800.0, "seed {seed}: the largest disc in the lung has {disc:.0} mm2");
    }
}

#[test]
fn the_table_encloses_air_behind_the_patient() {
    let mut closed = 0;
    for seed in 0..6 {
        let phantom = generate(&PhantomSpec::healthy(seed).with_noise_sd_hu(5.0)).unwrap();
        let slice = phantom.volume.slice(50).unwrap();
        let solid = Mask::from_fn(256, 256, |r, c| slice.hu(r, c) > -700.0);
        let trapped = enclosed(solid.view());
        let foam = (200..256).flat_map(|r| trapped.view().columns(r).map(move |c| slice.hu(r, c)));
        closed += usize::from(foam.filter(|hu| *hu < -900.0).count() > 1500);
    }
    assert!(closed >= 2, "{closed} of 6 tables end inside the field of view and enclose their foam");
}

#[test]
fn lesions_of_either_kind_can_be_asked_for() {
    let base = PhantomSpec::healthy(8).with_dims(SMALL).with_noise_sd_hu(0.0);
    let mean_of = |disease: Disease| {
        let phantom = generate(&base.clone().with_disease(disease)).unwrap();
        let n = phantom.truth.lesion.count_vox();
        assert!(n > 50, "{disease:?}: {n} voxels");
        inside(&phantom, &phantom.truth.lesion).map(f64::from).sum::<f64>() / n as f64
    };
    let hazy = mean_of(Disease::GroundGlass { lesions: 12 });
    let dense = mean_of(Disease::Consolidation { lesions: 12 });
    assert!((-720.0..-350.0).contains(&hazy), "ground glass of {hazy:.0} HU");
    assert!((-250.0..60.0).contains(&dense), "consolidation of {dense:.0} HU");
}

#[test]
fn a_short_scan_cuts_the_lungs() {
    let spec = PhantomSpec::healthy(2).with_dims([64, 64, 40]);
    let bases = generate(&spec.clone().with_coverage(Coverage::BasesCut)).unwrap();
    assert!(bases.truth.lung_area_px[0] > 100 && bases.truth.lung_area_px[39] == 0);
    let apices = generate(&spec.with_coverage(Coverage::ApicesCut)).unwrap();
    assert!(apices.truth.lung_area_px[0] == 0 && apices.truth.lung_area_px[39] > 100);
}

#[test]
fn grids_that_cannot_be_are_refused() {
    let spec = PhantomSpec::healthy(1);
    let empty = generate(&spec.clone().with_grid([0, 4, 4], [1.0; 3]));
    assert!(matches!(empty, Err(PhantomError::Grid { .. })));
    let flat = generate(&spec.clone().with_grid([4, 4, 4], [1.0, f64::NAN, 1.0]));
    assert!(matches!(flat, Err(PhantomError::Grid { .. })));
    let noisy = generate(&spec.with_noise_sd_hu(-1.0));
    assert!(matches!(noisy, Err(PhantomError::Noise { .. })));
    let tiny = generate(&PhantomSpec::healthy(1).with_grid([1, 1, 1], [1.0; 3])).unwrap();
    assert_eq!(tiny.truth.lung_area_px.len(), 1);
}
