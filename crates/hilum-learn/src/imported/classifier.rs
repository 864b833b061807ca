//! An imported net as a classifier.

use super::{Engine, ImportedNet, OnnxError, OnnxFile, runner::Runner};
use crate::{Classifier, LearnError, Picture};
use rayon::prelude::*;

/// A net from an ONNX file, ready to score.
#[derive(Debug)]
pub struct OnnxClassifier {
    net: ImportedNet,
    file: OnnxFile,
    engine: Engine,
    runner: Runner,
    classes: Vec<String>,
    temperature: f64,
}

impl OnnxClassifier {
    /// The net that `file` holds and `net` describes, run by `engine`.
    ///
    /// # Errors
    /// [`LearnError::Imported`] where they do not go together.
    pub fn new(
        net: &ImportedNet,
        file: &OnnxFile,
        classes: Vec<String>,
        engine: &Engine,
    ) -> Result<Self, LearnError> {
        file.check()?;
        let runner = Runner::new(&file.part(&net.output)?, net.input.shape(), engine)?;
        Ok(Self::with_runner(net, file, runner, classes, engine))
    }

    pub(super) fn with_runner(
        net: &ImportedNet,
        file: &OnnxFile,
        runner: Runner,
        classes: Vec<String>,
        engine: &Engine,
    ) -> Self {
        let (net, file, engine) = (net.clone(), file.clone(), engine.clone());
        Self { net, file, engine, runner, classes, temperature: 1.0 }
    }

    /// The same with probabilities of logits over `temperature`.
    #[must_use]
    pub fn with_temperature(self, temperature: f64) -> Self {
        Self { temperature, ..self }
    }

    fn logits_of(&self, index: usize, picture: &Picture) -> Result<Vec<f64>, LearnError> {
        let [rows, cols] = picture.size_px();
        let shape = [picture.channels(), rows, cols];
        if !self.net.input.takes(shape) {
            let [rows, cols] = self.net.input.size_px;
            let want = format!("{:?}", [self.net.input.channels, rows, cols]);
            return Err(LearnError::PictureShape { index, found: format!("{shape:?}"), want });
        }
        let numbers = self.runner.run(&self.net.input.numbers(picture))?;
        let logits = self.net.head.logits(self.net.gives, &numbers);
        Ok(logits.map_err(|wrong| OnnxError::Answer {
            index,
            found: format!("{numbers:?}"),
            wanted: wrong.wanted(),
        })?)
    }
}

impl Classifier for OnnxClassifier {
    fn classes(&self) -> &[String] {
        &self.classes
    }

    fn logits(&self, pictures: &[&Picture]) -> Result<Vec<Vec<f64>>, LearnError> {
        let rows: Vec<_> =
            pictures.par_iter().enumerate().map(|(index, picture)| self.logits_of(index, picture)).collect();
        // The first fault by place, not by time.
        rows.into_iter().collect()
    }

    fn temperature(&self) -> f64 {
        self.temperature
    }

    fn forgetful(&self, seed: u64) -> Result<Option<Box<dyn Classifier>>, LearnError> {
        let Some(file) = self.file.shuffled(seed) else { return Ok(None) };
        let forgetful = Self::new(&self.net, &file, self.classes.clone(), &self.engine)?;
        Ok(Some(Box::new(forgetful.with_temperature(self.temperature))))
    }
}
