//! LIME for pictures (Ribeiro, Singh and Guestrin 2016, doi:10.1145/2939672.2939778), as the lime package 0.2 does it.

use super::{Attribution, Hidden, Hider, Perturbations, Question, Surrogate, SurrogateSettings};
use crate::{LearnError, dataset::Picture};
use hilum_imaging::superpixels::Pieces;
use serde::{Deserialize, Serialize};

/// Settings of LIME.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct LimeSettings {
    /// Pictures that the classifier is asked about. The notebook took 50; with fewer than some hundred the answer is
    /// another one every time.
    pub samples: usize,
    /// Seed of the choice of what is hidden.
    pub seed: u64,
    /// What is seen where a piece is hidden.
    pub hidden: Hidden,
    /// The linear model.
    pub surrogate: SurrogateSettings,
}

impl Default for LimeSettings {
    fn default() -> Self {
        Self { samples: 1000, seed: 0, hidden: Hidden::default(), surrogate: SurrogateSettings::default() }
    }
}

/// What LIME found.
#[derive(Debug, Clone, PartialEq)]
pub struct Lime {
    /// The linear model: one weight a piece.
    pub surrogate: Surrogate,
    /// What the classifier says of the whole picture.
    pub probability: f64,
}

impl Lime {
    /// The weights as a map.
    #[must_use]
    pub fn attribution(&self, pieces: &Pieces) -> Attribution {
        Attribution::of_pieces(pieces, &self.surrogate.weights)
    }
}

/// Explains the answer to `question` about a picture by its `pieces`.
///
/// # Errors
/// [`LearnError::Lengths`] if picture and pieces differ in size; those of the classifier and of [`Surrogate::fit`].
///
/// # Examples
/// See the tests of this module: a classifier that sees one corner only is explained by that corner.
pub fn lime(
    question: Question<'_>,
    picture: &Picture,
    pieces: &Pieces,
    settings: &LimeSettings,
) -> Result<Lime, LearnError> {
    let Some(hider) = Hider::new(picture, pieces, settings.hidden) else {
        let [rows, cols] = picture.size_px();
        return Err(LearnError::Lengths {
            what: "labels of pieces",
            values: rows * cols,
            found: pieces.labels().len(),
        });
    };
    let shown = Perturbations::draw(settings.samples, pieces.count(), settings.seed);
    let rows: Vec<&[bool]> = shown.rows().collect();
    let answers = question.answers(shown.samples(), picture, |n, out| hider.draw(rows[n], out))?;
    let surrogate = Surrogate::fit(&shown, &answers, settings.surrogate)?;
    // The first row shows everything.
    Ok(Lime { surrogate, probability: answers[0] })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::stand_in::{Corner, checkerboard};

    #[test]
    fn a_classifier_that_sees_one_corner_is_explained_by_that_corner() {
        let (picture, pieces) = checkerboard();
        let corner = Corner::new();
        let question = Question { classifier: &corner, class: 1 };
        // The mean would keep the brightness, which is all that the corner sees.
        let settings = LimeSettings { hidden: Hidden::Black, ..LimeSettings::default() };
        let found = lime(question, &picture, &pieces, &settings).unwrap();
        assert_eq!(found.surrogate.strongest()[0], 0);
        assert!(found.surrogate.weights[0] > 10.0 * found.surrogate.weights[5].abs());
        assert!((found.probability - question.answer(&picture).unwrap()).abs() < 1e-12);
        let healthy = lime(Question { class: 0, ..question }, &picture, &pieces, &settings).unwrap();
        // Of two classes the one's gain is the other's loss.
        assert!((healthy.surrogate.weights[0] + found.surrogate.weights[0]).abs() < 1e-9);
    }

    #[test]
    fn the_same_seed_gives_the_same_bits_and_another_seed_others() {
        let (picture, pieces) = checkerboard();
        let corner = Corner::new();
        let question = Question { classifier: &corner, class: 1 };
        let with = |seed| {
            lime(question, &picture, &pieces, &LimeSettings { seed, ..LimeSettings::default() }).unwrap()
        };
        assert_eq!(with(1), with(1));
        assert_ne!(with(1), with(2));
    }

    #[test]
    fn pieces_of_another_picture_and_unknown_classes_are_refused() {
        let (picture, pieces) = checkerboard();
        let corner = Corner::new();
        let other = Pieces::from_marks(1, 2, &[0, 1]).unwrap();
        let settings = LimeSettings::default();
        let question = Question { classifier: &corner, class: 1 };
        assert!(matches!(lime(question, &picture, &other, &settings), Err(LearnError::Lengths { .. })));
        let unknown = Question { class: 2, ..question };
        assert!(matches!(lime(unknown, &picture, &pieces, &settings), Err(LearnError::UnknownClass { .. })));
    }
}
