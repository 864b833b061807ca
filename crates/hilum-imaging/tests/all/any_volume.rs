//! Whatever the voxels and the grid: no panic, and masks that agree with each other.

use hilum_core::{Geometry, SliceData, SliceView};
use hilum_imaging::lungs::{Lungs, Planes};
use hilum_imaging::notebook::NotebookScan;
use hilum_imaging::{Display, Gate, SliceChoice, Window, geometry_findings, lung_state};
use proptest::prelude::*;

/// Blobs of lung, gas and tissue: values that change every few pixels, so that regions of all sizes appear.
fn voxel(seed: u64, i: usize, j: usize, k: usize, grain: usize) -> i16 {
    let cell = [i / grain, j / grain, k / 2]
        .iter()
        .fold(seed, |h, &x| (h ^ x as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(29));
    [-1000, -850, -850, -850, -450, 40, 40, 300][(cell >> 33) as usize % 8]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn segmentation_holds(
        (cols, rows, slices) in (1usize..150, 1usize..60, 1usize..9),
        spacing in (0.2f64..9.0, 0.2f64..9.0, 0.3f64..12.0),
        grain in 1usize..25,
        seed in any::<u64>(),
    ) {
        let geometry = Geometry::lps([cols, rows, slices], [spacing.0, spacing.1, spacing.2]).unwrap();
        let mut planes = Planes::new(rows, cols, slices);
        let mut gate = Gate::new(slices);
        let mut notebook = NotebookScan::new(rows, cols);
        for k in 0..slices {
            let pixels: Vec<i16> =
                (0..rows * cols).map(|p| voxel(seed, p % cols, p / cols, k, grain)).collect();
            let slice = SliceView::new(rows, cols, SliceData::I16(&pixels)).unwrap();
            gate.take(k, slice);
            planes.take(k, slice);
            notebook.take(slice);
        }
        gate.findings();
        geometry_findings(&geometry);
        let lungs = Lungs::segment(planes, &geometry);
        prop_assert_eq!(lungs.area_px.len(), slices);
        for k in 0..slices {
            prop_assert_eq!(lungs.lung.slice(k).count_px(), lungs.area_px[k]);
            let mut beyond = lungs.dense.slice(k).to_mask();
            beyond.view_mut().and_not(lungs.lung.slice(k));
            prop_assert!(beyond.view().is_empty(), "dense tissue outside the lung on slice {k}");
        }
        if let Some(choice) = SliceChoice::largest(&lungs.area_px) {
            prop_assert!(choice.plateau.0 <= choice.index && choice.index <= choice.plateau.1);
            lung_state(&lungs, &choice, &geometry);
            let pixels = vec![0i16; rows * cols];
            let slice = SliceView::new(rows, cols, SliceData::I16(&pixels)).unwrap();
            let display = Display::radiological(rows, cols, geometry.frame(), geometry.in_plane_spacing_mm());
            let grey = display.grey(slice, Window::LUNG);
            display.overlay(&grey, lungs.lung.slice(choice.index), lungs.dense.slice(choice.index));
            display.outline(&grey, lungs.lung.slice(choice.index));
        }
        prop_assert_eq!(notebook.area_px.len(), slices);
    }
}
