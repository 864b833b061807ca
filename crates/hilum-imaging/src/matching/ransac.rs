//! The transform that most matches agree on.

use super::Match;
use super::transform::{Point, Transform, TransformKind};
use crate::sift::Keypoint;

/// How a transform is looked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ransac {
    /// What the transform may do.
    pub kind: TransformKind,
    /// A match agrees if its point lies no farther from where the transform puts it, px of the second picture.
    pub tolerance_px: f64,
    /// Samples that are tried at most.
    pub samples: usize,
    /// Wanted probability that one of the samples held no false match; fewer samples are tried once it is reached.
    pub confidence: f64,
    /// Start of the random numbers: the same seed finds the same transform.
    pub seed: u64,
}

impl Default for Ransac {
    fn default() -> Self {
        Self { kind: TransformKind::Similarity, tolerance_px: 3.0, samples: 1000, confidence: 0.99, seed: 0 }
    }
}

/// A transform and the matches that agree with it.
#[derive(Debug, Clone, PartialEq)]
pub struct Consensus {
    /// From the first picture to the second, fitted to all that agree.
    pub transform: Transform,
    /// Indices into the matches, growing.
    pub inliers: Vec<usize>,
}

impl Ransac {
    /// The transform with the most matches that agree, of those tried. `None` where fewer matches agree than settle a
    /// transform, and one more: any two points agree on a similarity.
    ///
    /// # Panics
    /// If a match points beyond the keypoints.
    pub fn run(&self, query: &[Keypoint], train: &[Keypoint], matches: &[Match]) -> Option<Consensus> {
        let place = |k: &Keypoint| [f64::from(k.x_px), f64::from(k.y_px)];
        let pairs: Vec<(Point, Point)> =
            matches.iter().map(|m| (place(&query[m.query]), place(&train[m.train]))).collect();
        let needed = self.kind.points();
        if pairs.len() <= needed {
            return None;
        }
        let mut random = Random(self.seed);
        let mut best: Vec<usize> = Vec::new();
        let mut tried = 0;
        while tried < self.enough(best.len(), pairs.len()) {
            tried += 1;
            let sample = random.choose(needed, pairs.len()).map(|index| pairs[index]);
            let sample = &sample[..needed];
            let Some(transform) = Transform::fit(self.kind, sample).filter(is_sensible) else { continue };
            let agree = self.agreeing(&transform, &pairs);
            if agree.len() > best.len() {
                best = agree;
            }
        }
        // Fitted to all that agree, others may agree as well.
        for _ in 0..2 {
            let of_best: Vec<(Point, Point)> = best.iter().map(|&index| pairs[index]).collect();
            let Some(transform) = Transform::fit(self.kind, &of_best) else { break };
            let agree = self.agreeing(&transform, &pairs);
            if agree.len() <= best.len() {
                break;
            }
            best = agree;
        }
        let of_best: Vec<(Point, Point)> = best.iter().map(|&index| pairs[index]).collect();
        let transform = Transform::fit(self.kind, &of_best)?;
        (best.len() > needed).then_some(Consensus { transform, inliers: best })
    }

    fn agreeing(&self, transform: &Transform, pairs: &[(Point, Point)]) -> Vec<usize> {
        let limit = self.tolerance_px * self.tolerance_px;
        let agrees = |(from, to): &(Point, Point)| {
            let [x, y] = transform.apply(*from);
            (x - to[0]).powi(2) + (y - to[1]).powi(2) <= limit
        };
        (0..pairs.len()).filter(|&index| agrees(&pairs[index])).collect()
    }

    /// Samples after which one without a false match was among them with the wanted probability, if `agree` of `all`
    /// matches are true.
    fn enough(&self, agree: usize, all: usize) -> usize {
        let all_true = (agree as f64 / all as f64).powi(self.kind.points() as i32);
        if all_true >= 1.0 {
            return 1;
        }
        let wanted = (1.0 - self.confidence).ln() / (1.0 - all_true).ln();
        if wanted.is_finite() { (wanted.ceil() as usize).min(self.samples) } else { self.samples }
    }
}

/// Whether lengths stay within a factor of ten: lungs do.
fn is_sensible(transform: &Transform) -> bool {
    (0.1..=10.0).contains(&transform.scale())
}

/// SplitMix64 (Steele, Lea and Flood 2014, doi:10.1145/2660193.2660195).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        ((u128::from(self.next()) * end as u128) >> 64) as usize
    }

    /// `count` (at most three) different numbers below `end`, which must be at least `count`.
    fn choose(&mut self, count: usize, end: usize) -> [usize; 3] {
        let mut chosen = [0; 3];
        let mut n = 0;
        while n < count {
            let candidate = self.below(end);
            if !chosen[..n].contains(&candidate) {
                chosen[n] = candidate;
                n += 1;
            }
        }
        chosen
    }
}
