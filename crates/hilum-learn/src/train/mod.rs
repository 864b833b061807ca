//! Training: pictures and settings in, weights and a history out.
//!
//! The same plan, pictures and settings give the same bits, whatever the number of threads and however often a training
//! was stopped and gone on with: everything drawn by chance is a function of the seed, the epoch and the step.
//!
//! What it does not do: it writes no file. Checkpoints are handed out as bytes after each epoch.

mod augment;
mod batches;
mod checkpoint;
mod history;
mod loss;
mod optimizer;
#[cfg(test)]
mod oracle;
mod settings;
#[cfg(test)]
mod tests;

pub use augment::Augmentation;
pub use history::EpochRecord;
pub use settings::{ClassWeights, Keep, Optimizer, Schedule, TrainSettings};

pub(crate) use batches::scoring_pictures;

use crate::{
    Classifier, Compute, Example, LearnError, NetClassifier, NetPlan, Weights,
    classifier::check_shape,
    nets::{Net, Pass},
    random::Random,
};
use batches::{class_weights, steps, training_batch};
use burn::{optim::GradientsParams, tensor::Device};
use checkpoint::State;
use loss::{Score, cross_entropy};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What is trained on what.
#[derive(Debug, Clone)]
pub struct Training<'a> {
    /// The net.
    pub plan: &'a NetPlan,
    /// How it is trained.
    pub settings: &'a TrainSettings,
    /// Names of the classes.
    pub classes: &'a [String],
    /// Pictures that weights are fitted to.
    pub train: Vec<&'a Example>,
    /// Pictures that the epoch is chosen on.
    pub val: Vec<&'a Example>,
    /// Weights to start from; without them they are drawn from the seed.
    pub start: Option<&'a Weights>,
    /// Where it is computed.
    pub compute: Compute,
    /// Names the training in its checkpoints: one is gone on from only under the same key.
    pub key: String,
}

/// What a training tells who watches it.
#[non_exhaustive]
pub enum Moment<'a> {
    /// A step is done.
    Step {
        /// Epoch, from 1.
        epoch: usize,
        /// Steps done in it.
        done: usize,
        /// Steps in an epoch.
        steps: usize,
        /// Loss of the step, with class weights and smoothing.
        loss: f64,
    },
    /// An epoch is done.
    Epoch {
        /// All epochs so far, this one the last.
        history: &'a [EpochRecord],
        /// The epoch whose weights are kept so far.
        kept: usize,
        /// The checkpoint after it; making it costs a copy of all weights.
        checkpoint: &'a dyn Fn() -> Result<Vec<u8>, LearnError>,
    },
}

/// What who watches wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Onward {
    /// Go on.
    Go,
    /// Stop at once: what was done since the last checkpoint is lost.
    Stop,
}

/// What came out.
#[derive(Debug)]
pub struct Trained {
    /// The weights of the epoch that was kept, averaged where the settings say so.
    pub weights: Weights,
    /// The epoch that was kept, from 1.
    pub kept_epoch: usize,
    /// All epochs.
    pub history: Vec<EpochRecord>,
}

impl Training<'_> {
    /// Trains to the end, from the beginning or from a checkpoint.
    ///
    /// # Errors
    ///
    /// [`LearnError::Data`], [`LearnError::Plan`] and [`LearnError::Setting`] before anything is trained;
    /// [`LearnError::Checkpoint`] for one of another training; [`LearnError::Diverged`] where the loss is no number any
    /// more; [`LearnError::Device`] where the device fails; [`LearnError::Stopped`] where `watch` says so; and what
    /// `watch` returns.
    pub fn run<E: From<LearnError>>(
        &self,
        checkpoint: Option<&[u8]>,
        watch: &mut dyn FnMut(Moment<'_>) -> Result<Onward, E>,
    ) -> Result<Trained, E> {
        self.check()?;
        let device = self.compute.device().autodiff();
        let mut state = match checkpoint {
            Some(file) => State::from_bytes(file, &self.key, self.plan, self.settings, &device)?,
            None => State::fresh(self.first_net(&device)?, self.settings),
        };
        while !self.is_over(&state) {
            let epoch = state.history.len() + 1;
            let train = self.epoch(epoch, &mut state, &device, watch)?;
            let weights = state.average.clone().unwrap_or_else(|| state.net.weights());
            let rate = self.settings.learning_rate * self.settings.rate(epoch as f64);
            let record = EpochRecord::new(epoch, rate, train, self.score_val(&weights, epoch)?);
            let better = match &state.kept {
                Some((kept, _)) if self.settings.keep == Keep::Best => record.beats(&state.history[kept - 1]),
                _ => true,
            };
            if better {
                state.kept = Some((epoch, weights));
            }
            state.history.push(record);
            let kept = state.kept.as_ref().map_or(epoch, |(kept, _)| *kept);
            let checkpoint = || state.to_bytes(&self.key);
            let moment = Moment::Epoch { history: &state.history, kept, checkpoint: &checkpoint };
            if watch(moment)? == Onward::Stop && !self.is_over(&state) {
                return Err(LearnError::Stopped { epoch }.into());
            }
        }
        let (kept_epoch, weights) = state
            .kept
            .ok_or_else(|| LearnError::Checkpoint { why: "it holds no weights of any epoch".to_owned() })?;
        Ok(Trained { weights, kept_epoch, history: state.history })
    }

    /// The number of epochs that a checkpoint holds.
    ///
    /// # Errors
    ///
    /// [`LearnError::Checkpoint`] where it is none.
    pub fn epochs_of(checkpoint: &[u8]) -> Result<usize, LearnError> {
        checkpoint::epochs_of(checkpoint)
    }

    fn is_over(&self, state: &State) -> bool {
        let done = state.history.len();
        let since_best = done - state.kept.as_ref().map_or(done, |(kept, _)| *kept);
        done >= self.settings.epochs || (self.settings.patience > 0 && since_best >= self.settings.patience)
    }

    fn first_net(&self, device: &Device) -> Result<Net, LearnError> {
        match self.start {
            Some(weights) => Net::with_weights(self.plan, weights, device),
            None => Net::drawn(self.plan, self.settings.seed, device),
        }
    }

    /// One pass over the training pictures.
    fn epoch<E: From<LearnError>>(
        &self,
        epoch: usize,
        state: &mut State,
        device: &Device,
        watch: &mut dyn FnMut(Moment<'_>) -> Result<Onward, E>,
    ) -> Result<Score, E> {
        let weights = class_weights(self.settings, &self.train, self.classes.len());
        let steps = steps(self.settings, self.train.len(), epoch);
        let (mut logits, mut truth) = (Vec::new(), Vec::new());
        for (at, chosen) in steps.iter().enumerate() {
            let place = Place { epoch, step: at, steps: steps.len() };
            let work = || self.step(place, chosen, &weights, state, device);
            let (loss, rows) =
                catch_unwind(AssertUnwindSafe(work)).map_err(|panic| self.failed(epoch, &*panic))?;
            if !loss.is_finite() {
                let learning_rate = self.settings.learning_rate;
                let loss = loss.to_string();
                return Err(LearnError::Diverged { epoch, step: at + 1, loss, learning_rate }.into());
            }
            logits.extend(rows);
            truth.extend(chosen.iter().map(|&example| self.train[example].class));
            let moment = Moment::Step { epoch, done: at + 1, steps: steps.len(), loss };
            if watch(moment)? == Onward::Stop {
                return Err(LearnError::Stopped { epoch: epoch - 1 }.into());
            }
        }
        Ok(Score::of(&logits, &truth, self.classes.len()))
    }

    /// One step: its loss and the logits before it.
    fn step(
        &self,
        place: Place,
        chosen: &[usize],
        weights: &[f32],
        state: &mut State,
        device: &Device,
    ) -> (f64, Vec<Vec<f64>>) {
        let Place { epoch, step, steps } = place;
        let batch = training_batch(self.settings, &self.train, weights, chosen, epoch, device);
        let draw = Random::of(&[self.settings.seed, epoch as u64, step as u64]).next();
        let logits = state.net.forward(batch.pictures, Pass::Training { draw });
        let values: Vec<f64> = logits.clone().inner().into_data().iter::<f64>().collect();
        let rows = values.chunks(self.plan.outputs).map(<[f64]>::to_vec).collect();
        let loss = cross_entropy(logits, batch.targets, batch.weights);
        let value = f64::from(loss.clone().inner().into_scalar::<f32>());
        let gradients = GradientsParams::from_grads(loss.backward(), &state.net.layers);
        let rates = optimizer::rates(self.settings, (epoch - 1) as f64 + step as f64 / steps as f64);
        state.net.layers = state.optimizer.step(rates, state.net.layers.clone(), gradients);
        if self.settings.average > 0.0 {
            let newer = state.net.weights();
            let count = ((epoch - 1) * steps + step) as f64;
            // The first averages follow fast: what was drawn by chance is soon forgotten.
            let stays = self.settings.average.min((1.0 + count) / (10.0 + count));
            match &mut state.average {
                Some(average) => average.move_towards(&newer, 1.0 - stays),
                None => state.average = Some(newer),
            }
        }
        (value, rows)
    }

    fn score_val(&self, weights: &Weights, epoch: usize) -> Result<Score, LearnError> {
        let classes = self.classes.to_vec();
        let net =
            NetClassifier::new(self.plan, weights, classes, self.settings.mirrored_scoring, self.compute)?;
        let pictures: Vec<_> = self.val.iter().map(|example| &example.picture).collect();
        let logits = catch_unwind(AssertUnwindSafe(|| net.logits(&pictures)))
            .map_err(|panic| self.failed(epoch, &*panic))??;
        let truth: Vec<usize> = self.val.iter().map(|example| example.class).collect();
        Ok(Score::of(&logits, &truth, self.classes.len()))
    }

    /// The tensor library panics where a device gives up.
    fn failed(&self, epoch: usize, panic: &(dyn std::any::Any + Send)) -> LearnError {
        let why = (panic.downcast_ref::<String>().map(String::as_str))
            .or_else(|| panic.downcast_ref::<&str>().copied())
            .unwrap_or("no reason given");
        LearnError::Device { device: self.compute.to_string(), epoch, why: why.to_owned() }
    }

    fn check(&self) -> Result<(), LearnError> {
        self.plan.check()?;
        self.settings.check(self.classes.len())?;
        let refuse = |why: String| Err(LearnError::Data { why });
        if self.classes.len() < 2 {
            return refuse(format!("{} class, and at least two are needed", self.classes.len()));
        }
        for (side, examples) in [("training", &self.train), ("validation", &self.val)] {
            for (class, name) in self.classes.iter().enumerate() {
                if !examples.iter().any(|example| example.class == class) {
                    return refuse(format!("no {side} picture is of class '{name}'"));
                }
            }
            for (index, example) in examples.iter().enumerate() {
                check_shape(self.plan, index, &example.picture)?;
            }
        }
        Ok(())
    }
}

/// Where in a training a step is: epoch from 1, step from 0.
#[derive(Clone, Copy)]
struct Place {
    epoch: usize,
    step: usize,
    steps: usize,
}
