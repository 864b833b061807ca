//! Asking a classifier about many changed pictures.

use crate::{Classifier, LearnError, dataset::Picture};

/// Pictures that a classifier is asked about at a time: as many as keep all cores busy in little memory.
const PIXELS_AT_ONCE: usize = 8 * 512 * 512;

/// A classifier, and the class whose probability is asked for.
#[derive(Clone, Copy)]
pub struct Question<'a> {
    /// Who is asked.
    pub classifier: &'a dyn Classifier,
    /// Index into its classes.
    pub class: usize,
}

impl std::fmt::Debug for Question<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Question").field("class", &self.class).finish_non_exhaustive()
    }
}

impl Question<'_> {
    /// The probability of the class for one picture.
    ///
    /// # Errors
    /// Those of the classifier; [`LearnError::UnknownClass`] for a class that it does not know.
    pub fn answer(&self, picture: &Picture) -> Result<f64, LearnError> {
        let answers =
            self.answers(1, picture, |_, changed| changed.values_mut().copy_from_slice(picture.values()))?;
        answers.first().copied().ok_or(LearnError::NoCases)
    }

    /// The probability of the class for `count` pictures of the shape of `like`, each made by `draw` from its number over
    /// whatever the buffer holds.
    ///
    /// # Errors
    /// As [`Self::answer`].
    pub(super) fn answers(
        &self,
        count: usize,
        like: &Picture,
        mut draw: impl FnMut(usize, &mut Picture),
    ) -> Result<Vec<f64>, LearnError> {
        let labels = self.classifier.classes().len();
        if self.class >= labels {
            return Err(LearnError::UnknownClass { index: 0, class: self.class, labels });
        }
        let at_once = (PIXELS_AT_ONCE / like.values().len()).clamp(1, 64).min(count.max(1));
        let mut pictures = vec![like.clone(); at_once];
        let mut answers = Vec::with_capacity(count);
        while answers.len() < count {
            let some = at_once.min(count - answers.len());
            for (n, picture) in pictures[..some].iter_mut().enumerate() {
                draw(answers.len() + n, picture);
            }
            let rows = self.classifier.probabilities(&pictures[..some].iter().collect::<Vec<_>>())?;
            answers.extend(rows.iter().map(|row| row[self.class]));
        }
        Ok(answers)
    }
}
