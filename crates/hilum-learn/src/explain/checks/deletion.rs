//! Deletion and insertion (Petsiuk, Das and Saenko 2018, arXiv:1806.07421), piece by piece.

use crate::{
    LearnError,
    dataset::Picture,
    explain::{Attribution, Hidden, Hider, Question},
    random::Random,
};
use hilum_imaging::superpixels::Pieces;
use serde::{Deserialize, Serialize};

/// Steps of a curve, at most.
const STEPS: usize = 40;

/// Areas under the curves of probability as pieces are taken away or put in, the most important first, as shares of
/// all pixels; 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct DeletionInsertion {
    /// While pieces are taken away: small is good.
    pub deletion: f64,
    /// While pieces are put into a picture of means: large is good.
    pub insertion: f64,
    /// The same in random order, mean over the orders.
    pub random_deletion: f64,
    /// The same in random order, mean over the orders.
    pub random_insertion: f64,
}

impl DeletionInsertion {
    /// How much sooner the classifier changes its mind than in random order, both ways; above 0 is better than chance.
    #[must_use]
    pub fn gain(&self) -> f64 {
        ((self.random_deletion - self.deletion) + (self.insertion - self.random_insertion)) / 2.0
    }
}

/// Takes pieces away and puts them in, in the order of their mean attribution and in `orders` random orders.
///
/// # Errors
/// [`LearnError::Lengths`] if picture, pieces and map differ in size; those of the classifier.
pub fn deletion_insertion(
    question: Question<'_>,
    picture: &Picture,
    pieces: &Pieces,
    map: &Attribution,
    orders: usize,
    seed: u64,
) -> Result<DeletionInsertion, LearnError> {
    let sizes = |found| LearnError::Lengths { what: "pixels", values: pieces.labels().len(), found };
    if map.size_px() != pieces.size_px() {
        return Err(sizes(map.values().len()));
    }
    let hider = Hider::new(picture, pieces, Hidden::Mean).ok_or_else(|| sizes(picture.channel(0).len()))?;
    let curves = Curves { question, picture, hider, area_px: pieces.area_px() };
    let mean: Vec<f64> = map.sums(pieces).iter().zip(&curves.area_px).map(|(s, &px)| s / px as f64).collect();
    let mut order: Vec<usize> = (0..pieces.count()).collect();
    order.sort_by(|&a, &b| mean[b].total_cmp(&mean[a]));
    let [deletion, insertion] = curves.areas(&order)?;
    let mut random = Random::new(seed);
    let (mut random_deletion, mut random_insertion) = (0.0, 0.0);
    for _ in 0..orders.max(1) {
        random.shuffle(&mut order);
        let [gone, put] = curves.areas(&order)?;
        random_deletion += gone / orders.max(1) as f64;
        random_insertion += put / orders.max(1) as f64;
    }
    Ok(DeletionInsertion { deletion, insertion, random_deletion, random_insertion })
}

struct Curves<'a> {
    question: Question<'a>,
    picture: &'a Picture,
    hider: Hider<'a>,
    area_px: Vec<usize>,
}

impl Curves<'_> {
    /// Areas under the curves of deletion and of insertion.
    fn areas(&self, order: &[usize]) -> Result<[f64; 2], LearnError> {
        let steps = order.len().min(STEPS);
        let taken: Vec<usize> = (0..=steps).map(|step| step * order.len() / steps.max(1)).collect();
        let total: usize = self.area_px.iter().sum();
        let share =
            |&n: &usize| order[..n].iter().map(|&i| self.area_px[i]).sum::<usize>() as f64 / total as f64;
        let shares: Vec<f64> = taken.iter().map(share).collect();
        let curve = |shows_taken: bool| {
            self.question.answers(taken.len(), self.picture, |step, out| {
                let mut shown = vec![!shows_taken; order.len()];
                order[..taken[step]].iter().for_each(|&piece| shown[piece] = shows_taken);
                self.hider.draw(&shown, out);
            })
        };
        Ok([trapezoids(&shares, &curve(false)?), trapezoids(&shares, &curve(true)?)])
    }
}

fn trapezoids(x: &[f64], y: &[f64]) -> f64 {
    x.windows(2).zip(y.windows(2)).map(|(x, y)| (x[1] - x[0]) * (y[0] + y[1]) / 2.0).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::stand_in::{Corner, checkerboard};

    #[test]
    fn a_true_map_beats_chance_and_a_wrong_one_does_not() {
        let (bright, pieces) = checkerboard();
        // Hiding by the mean must change the corner: half of its pixels are black.
        let values = bright.values().iter().map(|&v| if v > 50_000 { 65_535 } else { v / 2 }).collect();
        let picture = Picture::new(1, 32, 32, values).unwrap();
        let marks: Vec<u32> = pieces.labels().to_vec();
        let corner = Corner::new();
        let question = Question { classifier: &corner, class: 1 };
        let toward = |piece: u32| {
            let values = marks.iter().map(|&label| if label == piece { 1.0 } else { 0.0 }).collect();
            Attribution::new(32, 32, values).unwrap()
        };
        // The stand-in sees brightness alone, which the mean keeps: it must not tell maps apart.
        let blind = deletion_insertion(question, &picture, &pieces, &toward(0), 4, 1).unwrap();
        assert!(blind.gain().abs() < 1e-3, "{blind:?}");
        // With pieces across the border of the corner the mean does change it.
        let halves: Vec<u32> = (0..32 * 32).map(|i| u32::from(i % 32 >= 16)).collect();
        let dark = (0..32 * 32).map(|i| if i / 32 < 8 && i % 32 < 8 { 65_535 } else { 0 }).collect();
        let picture = Picture::new(1, 32, 32, dark).unwrap();
        let pieces = Pieces::from_marks(32, 32, &halves).unwrap();
        let side = |left: f32| {
            Attribution::new(32, 32, halves.iter().map(|&h| if h == 0 { left } else { 1.0 - left }).collect())
                .unwrap()
        };
        let right = deletion_insertion(question, &picture, &pieces, &side(1.0), 20, 1).unwrap();
        let wrong = deletion_insertion(question, &picture, &pieces, &side(0.0), 20, 1).unwrap();
        assert!(right.gain() > 0.1 && wrong.gain() < -0.1, "{right:?} {wrong:?}");
    }

    #[test]
    fn the_area_under_a_straight_line_is_half() {
        assert!((trapezoids(&[0.0, 0.3, 1.0], &[0.0, 0.3, 1.0]) - 0.5).abs() < 1e-12);
    }
}
