//! Superpixels against scikit-image.

use hilum_imaging::{
    Grey,
    superpixels::{Quickshift, Slic},
};
use hilum_testkit::superpixels;

#[test]
fn labels_of_quick_shift_are_those_of_scikit_image() {
    let cases = superpixels::cases();
    assert_eq!(cases.len(), 5);
    for case in cases {
        let picture = Grey::new(case.picture.rows, case.picture.cols, &case.picture.pixels).unwrap();
        let settings = Quickshift {
            kernel_size: case.kernel_size,
            max_dist: case.max_dist,
            ratio: case.ratio,
            seed: case.seed,
        };
        let pieces = settings.cut(picture).unwrap();
        let differ = pieces.labels().iter().zip(&case.labels).filter(|(ours, theirs)| ours != theirs).count();
        assert_eq!((pieces.count(), differ), (case.count, 0), "{}", case.name);
    }
}

#[test]
fn labels_of_slic_are_those_of_scikit_image() {
    let cases = superpixels::slic_cases();
    assert_eq!(cases.len(), 6);
    for case in cases {
        let picture = Grey::new(case.picture.rows, case.picture.cols, &case.picture.pixels).unwrap();
        let settings = Slic { segments: case.segments, compactness: case.compactness, ..Slic::default() };
        let pieces = settings.cut(picture).unwrap();
        let differ = pieces.labels().iter().zip(&case.labels).filter(|(ours, theirs)| ours != theirs).count();
        assert_eq!((pieces.count(), differ), (case.count, 0), "{}", case.name);
    }
}
