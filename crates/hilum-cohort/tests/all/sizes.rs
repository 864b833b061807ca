//! Slices larger than any scanner makes: they can be read, but are refused before anything is measured.

use hilum_cohort::scan::{ScanSettings, Workspace, examine, open_voxels};
use hilum_core::{Geometry, Level, MOST_SLICE_SIDE_PX, Recipe, Volume, VoxelData};
use hilum_io::{ScanFile, nifti::write_volume};

#[test]
fn a_slice_that_is_too_large_is_refused_with_a_reason() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("wide.nii");
    let dims = [MOST_SLICE_SIDE_PX + 1, 20, 12];
    let geometry = Geometry::lps(dims, [0.7, 0.7, 20.0]).unwrap();
    // Air and tissue in turns, as in no scan, but with all that the values are asked for.
    let hu = (0..dims.iter().product()).map(|n| if n / 40 % 2 == 0 { -900 } else { 40 }).collect();
    write_volume(&path, &Volume::new(geometry, VoxelData::I16(hu)).unwrap()).unwrap();

    let file = ScanFile::open(&path).unwrap();
    for (recipe, scout) in [(Recipe::Default, false), (Recipe::Notebook, false), (Recipe::Notebook, true)] {
        let mut workspace = Workspace::default();
        let mut voxels = open_voxels(&file, &mut workspace).unwrap();
        let settings = ScanSettings { recipe, scout, ..ScanSettings::default() };
        let examined = examine(&file, &mut voxels, &settings).unwrap();
        assert!(examined.measured.is_none());
        let first = &examined.findings[0];
        assert_eq!((first.level, first.code.as_str()), (Level::Reject, "slice_too_large"));
        assert!(first.message.contains("20 x 32768 pixels"), "{}", first.message);
        assert!(
            first.message.ends_with("see which axis of the file runs along the body"),
            "{}",
            first.message
        );
    }
}
