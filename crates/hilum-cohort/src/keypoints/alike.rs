//! Keypoints of two pictures, matched: how many look alike, how many of those are sure, how many lie alike.

use hilum_imaging::matching::{Consensus, Match, Norm, Ransac, nearest};
use hilum_imaging::{
    Grey,
    sift::{Features, Sift, SiftError},
};
use serde::{Deserialize, Serialize};

use super::GreyPicture;

/// How keypoints are matched.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MatchSettings {
    /// How far descriptors are apart.
    pub norm: Norm,
    /// Lowe's ratio: a match is distinct if its distance is below this share of that to the second nearest.
    pub ratio: f32,
    /// How a transform is looked for among the distinct matches.
    pub ransac: Ransac,
}

impl Default for MatchSettings {
    /// L1 as in the notebook, Lowe's 0.8, a similarity within 3 px.
    fn default() -> Self {
        Self { norm: Norm::L1, ratio: 0.8, ransac: Ransac::default() }
    }
}

/// Numbers of matches, each a part of the one before.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MatchCounts {
    /// Each the other's nearest.
    pub matches: u32,
    /// Of those: much nearer than the second nearest.
    pub distinct: u32,
    /// Of those: one transform leads from all of them to all.
    pub consistent: u32,
}

/// Matches of two pictures.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Alike {
    /// By growing distance.
    pub(super) matches: Vec<Match>,
    /// Indices of the distinct ones.
    pub(super) distinct: Vec<usize>,
    /// What the distinct ones agree on.
    pub(super) consensus: Option<Consensus>,
}

impl Alike {
    pub(super) fn of(a: &Features, b: &Features, settings: &MatchSettings) -> Self {
        let matches = nearest(&a.descriptors, &b.descriptors, settings.norm).cross_checked();
        let distinct: Vec<usize> =
            (0..matches.len()).filter(|&n| matches[n].is_distinct(settings.ratio)).collect();
        let sure: Vec<Match> = distinct.iter().map(|&n| matches[n]).collect();
        let consensus = settings.ransac.run(&a.keypoints, &b.keypoints, &sure);
        Self { matches, distinct, consensus }
    }

    /// Indices of the matches that lie alike.
    pub(super) fn consistent(&self) -> Vec<usize> {
        self.consensus.iter().flat_map(|found| found.inliers.iter().map(|&n| self.distinct[n])).collect()
    }

    pub(super) fn counts(&self) -> MatchCounts {
        MatchCounts {
            matches: self.matches.len() as u32,
            distinct: self.distinct.len() as u32,
            consistent: self.consensus.as_ref().map_or(0, |found| found.inliers.len() as u32),
        }
    }
}

/// Keypoints of a picture.
pub(super) fn features(sift: &mut Sift, picture: &GreyPicture) -> Result<Features, SiftError> {
    sift.detect(Grey::new(picture.rows, picture.cols, &picture.pixels)?)
}
