//! Keypoints of slices and pictures: of two, matched, with a figure; of a whole run, every pair.
//!
//! Grey is made from HU by a window, so that it means the same in every scan, or by the notebook's least-to-largest mapping.
//! Slices are put upright first: keypoints know a turned slice again, but not a mirrored one. A picture without keypoints
//! has none to match: that is a value, not an error.

mod alike;
mod all_pairs;
mod claim;
mod cohort;
mod described;
mod pair;
mod picture;
mod tables;

pub use alike::{MatchCounts, MatchSettings};
pub use claim::{ClassContrast, ClassPair};
pub use cohort::{AllPairsRequest, AllPairsSummary, PairEvent, match_all};
pub use pair::{MatchedPair, PairRequest, PairSummary, PictureSummary, match_pair};
pub use picture::{GreyMapping, GreyPicture};

/// Matches for every hundred keypoints of the picture that has fewer: 100 if each has one.
pub(crate) fn percent(matches: u32, keypoints: [u32; 2]) -> Option<f64> {
    let fewer = keypoints[0].min(keypoints[1]);
    (fewer > 0).then(|| 100.0 * f64::from(matches) / f64::from(fewer))
}
