//! Components, holes, morphology and the notebook's slices against what SciPy, scikit-image and Pillow answer.
//! The vectors, their makers' versions and the tolerances (none: all are integers or sets) stand in
//! tests/oracle/imaging.

use hilum_core::{Mask, SliceData, SliceView};
use hilum_imaging::morphology::{Disk, close, dilate, erode, open};
use hilum_imaging::notebook::{NotebookDense, NotebookSlice, notebook_air};
use hilum_imaging::{Components, Connectivity, fill_holes_of};
use hilum_testkit::vectors::{self, Outside};

#[test]
fn components_are_those_of_scipy() {
    let masks = vectors::masks();
    let (cases, _) = vectors::components();
    let mut compared = 0;
    for case in cases {
        let connectivity = match case.connectivity {
            4 => Connectivity::Four,
            8 => Connectivity::Eight,
            _ => continue,
        };
        let mask = masks[&case.mask].mask();
        let components = Components::of(mask.view(), connectivity);
        let sizes: Vec<u64> = components.list().iter().map(|c| c.area_px).collect();
        let touching: Vec<usize> = components
            .list()
            .iter()
            .enumerate()
            .filter(|(_, c)| c.touches_border)
            .map(|(i, _)| i + 1)
            .collect();
        let labels: Vec<usize> = components.all_runs().map(|(_, _, label)| label as usize + 1).collect();
        assert_eq!(sizes, case.size, "{} {connectivity:?}", case.mask);
        assert_eq!(touching, case.touches_border, "{} {connectivity:?}", case.mask);
        assert_eq!(labels, case.run_labels, "{} {connectivity:?}", case.mask);
        compared += 1;
    }
    assert!(compared >= 10, "only {compared} cases");
}

#[test]
fn holes_are_those_of_scipy() {
    let masks = vectors::masks();
    let (_, cases) = vectors::components();
    let mut compared = 0;
    for case in &cases {
        let background =
            if case.background_connectivity == 4 { Connectivity::Four } else { Connectivity::Eight };
        let mask = masks[&case.mask].mask();
        let expected = case.filled.to_mask(mask.view().rows(), mask.view().cols());
        assert_eq!(fill_holes_of(mask.view(), background), expected, "{} {background:?}", case.mask);
        compared += 1;
    }
    assert!(compared >= 5, "only {compared} cases");
}

#[test]
fn morphology_is_that_of_scikit_image() {
    let masks = vectors::masks();
    let mut compared = 0;
    for case in vectors::morphology().iter().filter(|c| c.outside == Outside::Ignored) {
        let mask = masks[&case.mask].mask();
        let disk = Disk::new(case.radius_px);
        let result = match case.operation.as_str() {
            "dilation" => dilate(mask.view(), &disk),
            "erosion" => erode(mask.view(), &disk),
            "closing" => close(mask.view(), &disk),
            "opening" => open(mask.view(), &disk),
            other => panic!("unknown operation {other}"),
        };
        let expected = case.result.to_mask(mask.view().rows(), mask.view().cols());
        assert_eq!(result, expected, "{} of {}, radius {}", case.operation, case.mask, case.radius_px);
        compared += 1;
    }
    assert!(compared >= 20, "only {compared} cases");
}

#[test]
fn the_notebook_is_reproduced_on_drawn_slices() {
    hold_the_notebook(&vectors::notebook_slices(), 13);
}

#[test]
fn the_notebook_is_reproduced_on_slices_of_phantoms() {
    hold_the_notebook(&vectors::notebook_phantoms(), 8);
}

fn hold_the_notebook(cases: &[vectors::NotebookSlice], least: usize) {
    assert!(cases.len() >= least, "only {} cases", cases.len());
    for case in cases {
        let hu = case.hu();
        let slice = SliceView::new(case.rows, case.cols, SliceData::I16(&hu)).unwrap();
        let mut air = Mask::new(case.rows, case.cols);
        notebook_air(slice, &mut air);
        match (NotebookSlice::of(air.view()), case.masks()) {
            (Ok(found), Some(masks)) => {
                assert_eq!(found.lung, masks.lung, "lung of {}", case.name);
                let pairs = NotebookDense::ALL.into_iter().zip([
                    &masks.vessel,
                    &masks.vessel_denoised,
                    &masks.vessel_255,
                    &masks.vessel_255_denoised,
                ]);
                for (variant, expected) in pairs {
                    assert_eq!(
                        found.dense(slice, variant),
                        *expected,
                        "vessels ({variant}) of {}",
                        case.name
                    );
                }
            }
            (Err(why), None) => assert_eq!(Some(why.to_string()), case.reason, "{}", case.name),
            // Equal sums of Qhull mean equal hulls; not so the other way round.
            (Ok(found), None) if case.reason.as_deref() == Some("equal_hull_areas") => {
                assert!(found.equal_hulls, "{}", case.name);
            }
            (found, expected) => panic!("{}: {found:?} instead of {:?}", case.name, expected.is_some()),
        }
    }
}
