//! Which keypoints of two pictures look alike, and which of those lie alike.
//!
//! Enters: descriptors of two pictures ([`crate::sift::Features`]). Leaves: pairs of indices with their distance; of these,
//! with the keypoints' places, the ones that one transform explains. Nearest neighbours are found by comparing all with
//! all, once for both directions; among equally near ones the first counts, as in OpenCV's `BFMatcher`.
//!
//! The ratio test is Lowe's (2004, section 7.1), the transform is found by RANSAC: M. A. Fischler and R. C. Bolles,
//! "Random sample consensus", Commun. ACM 24 (1981) 381-395, doi:10.1145/358669.358692.

mod distances;
mod ransac;
mod transform;

pub use distances::{Norm, nearest};
pub use ransac::{Consensus, Ransac};
pub use transform::{Transform, TransformKind};

/// Two keypoints that look alike: each is the other's nearest.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Match {
    /// Index into the first picture's keypoints.
    pub query: usize,
    /// Index into the second picture's keypoints.
    pub train: usize,
    /// Distance of the two descriptors.
    pub distance: f32,
    /// Distance from the first picture's descriptor to its second nearest; infinite if there is only one.
    pub second_distance: f32,
}

impl Match {
    /// Lowe's ratio test: the nearest is much nearer than the second.
    pub fn is_distinct(&self, ratio: f32) -> bool {
        self.distance < ratio * self.second_distance
    }
}

/// Nearest neighbours in both directions.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Nearest {
    /// For each descriptor of the first picture: the nearest of the second and its distance, and that of the next.
    pub(crate) of_query: Vec<Neighbours>,
    /// For each descriptor of the second picture: the nearest of the first.
    pub(crate) of_train: Vec<usize>,
}

/// The nearest, and how far the two nearest are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Neighbours {
    pub(crate) nearest: usize,
    pub(crate) distance: f32,
    pub(crate) second_distance: f32,
}

impl Nearest {
    /// Pairs of which each is the other's nearest (`crossCheck=True` of OpenCV 5), by growing distance, then by the index
    /// into the first picture.
    pub fn cross_checked(&self) -> Vec<Match> {
        let mut matches: Vec<Match> = (self.of_query.iter().enumerate())
            .filter(|&(query, neighbours)| self.of_train[neighbours.nearest] == query)
            .map(|(query, neighbours)| Match {
                query,
                train: neighbours.nearest,
                distance: neighbours.distance,
                second_distance: neighbours.second_distance,
            })
            .collect();
        matches.sort_by(|a, b| a.distance.total_cmp(&b.distance));
        matches
    }
}

#[cfg(test)]
mod tests;
