//! Real scans, where they are at hand: what tools/oracle/nifti/make.py noted of them.

use super::nibabel::{check_geometry, vectors};
use hilum_core::SliceSource;
use hilum_io::nifti::{NiftiFile, ReadBuffers};
use std::ops::ControlFlow;

#[test]
fn real_scans_read_as_nibabel_reads_them() {
    let Some(data) = hilum_testkit::shared_data() else { return };
    let mut buffers = ReadBuffers::default();
    for scan in vectors("shared.json", "scans") {
        let name = scan["file"].as_str().unwrap();
        let file = NiftiFile::open(&data.join(name)).unwrap();
        check_geometry(&file, &scan);
        let (mut lowest, mut highest, mut sum, mut weighted) = (f64::INFINITY, f64::NEG_INFINITY, 0.0, 0.0);
        let mut position = 0u64;
        let mut reader = file.reader(&mut buffers).unwrap();
        let read = reader.visit_slices(&mut |_, slice| {
            for value in slice.to_hu().into_iter().map(f64::from) {
                lowest = value.min(lowest);
                highest = value.max(highest);
                sum += value;
                weighted += value * (position % 1009) as f64;
                position += 1;
            }
            ControlFlow::Continue(())
        });
        read.unwrap();
        assert_eq!(
            (lowest, highest),
            (scan["min"].as_f64().unwrap(), scan["max"].as_f64().unwrap()),
            "{name}"
        );
        // Whole numbers add up exactly; floats were summed in another order.
        for (found, key) in [(sum, "sum"), (weighted, "weighted_sum")] {
            let expected = scan[key].as_f64().unwrap();
            assert!(
                (found - expected).abs() <= 1e-9 * expected.abs(),
                "{name}: {key} {found} for {expected}"
            );
        }
    }
}
