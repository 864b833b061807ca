//! Training into a folder: what is there after each epoch is enough to go on from, whatever happens.

use super::{
    card::card,
    description::{DESCRIPTION_FORMAT, ModelDescription, Origin, TrainedNet},
    epochs::{CHECKPOINT, remove_checkpoint, write_checkpoint, write_curves, write_history},
};
use crate::{
    CohortError, Stop,
    evaluation::{EvaluationRequest, ScoredTable, evaluate_predictions},
    files::write_whole,
    learn::{
        DatasetError, DatasetFacts, DatasetRequest, LoadedDataset, fit_baselines, load_dataset,
        pretrained::pretrained, write_split,
    },
    lock::OutLock,
};
use hilum_learn::{
    Architecture, Classifier, Compute, Criterion, EpochRecord, Example, LearnError, Moment, NetClassifier,
    NetPlan, Onward, TrainSettings, Training, Weights, choose_threshold, dataset::Side, fit_temperature,
    probabilities,
};
use serde::Serialize;
use std::{fs, path::PathBuf};

/// A model to be trained.
#[derive(Debug, Clone, PartialEq)]
pub struct TrainRequest {
    /// What it is trained on.
    pub data: DatasetRequest,
    /// The net.
    pub architecture: Architecture,
    /// How it is trained.
    pub settings: TrainSettings,
    /// A file of weights to start from (PyTorch's `.pth`); without it they are drawn.
    pub weights: Option<PathBuf>,
    /// The folder of the model.
    pub out: PathBuf,
    /// Goes on from the checkpoint in `out` where there is one.
    pub resume: bool,
    /// Where it is computed.
    pub compute: Compute,
}

/// What a training tells while it works.
#[derive(Debug)]
#[non_exhaustive]
pub enum TrainEvent<'a> {
    /// So many of so many pictures are read.
    Reading(usize, usize),
    /// So many of so many pictures are looked at for the baselines.
    Baselines(usize, usize),
    /// The data set is there and training begins, or goes on after so many epochs.
    Begins {
        /// What is trained on.
        facts: &'a DatasetFacts,
        /// Parameters of the net.
        parameters: usize,
        /// Epochs that are done already.
        done: usize,
    },
    /// A step is done.
    Step {
        /// Epoch, from 1.
        epoch: usize,
        /// Steps done in it.
        done: usize,
        /// Steps in an epoch.
        steps: usize,
        /// Loss of the step.
        loss: f64,
    },
    /// An epoch is done and its checkpoint written.
    Epoch {
        /// Its numbers.
        record: &'a EpochRecord,
        /// The epoch whose weights are kept so far.
        kept: usize,
    },
}

/// What was trained.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TrainSummary {
    /// Name of the architecture.
    pub model: String,
    /// Its parameters.
    pub parameters: usize,
    /// Epochs trained.
    pub epochs: usize,
    /// The epoch whose weights were kept, with its numbers.
    pub kept: EpochRecord,
    /// Chosen on the validation side.
    pub temperature: f64,
    /// Chosen on the validation side; two classes alone.
    pub threshold: Option<f64>,
    /// What it was trained on.
    pub data: DatasetFacts,
}

/// Folds that choose the baselines' penalties; the same for every model, so that ladders can be compared.
const LADDER_SEED: u64 = 1;

/// Trains a model into `request.out`, and beside it the ladder of baselines.
///
/// After each epoch the checkpoint and history.jsonl are replaced, each in one step; at the end come the predictions
/// for validation and test side, the figure, the model card, the weights, and last model.json, and the checkpoint goes.
///
/// # Errors
/// As [`load_dataset`]; [`CohortError::Dataset`] for what the training refuses or runs into, and for a folder that holds a
/// model or a checkpoint already; [`CohortError::TrainingStopped`] where `stop` was asked for.
pub fn train_model(
    request: &TrainRequest,
    stop: &Stop,
    event: &(dyn Fn(TrainEvent<'_>) + Sync),
) -> Result<TrainSummary, CohortError> {
    let out = &request.out;
    if fs::canonicalize(out)
        .is_ok_and(|out| fs::canonicalize(&request.data.input).is_ok_and(|input| input == out))
    {
        return Err(CohortError::OutIsInput { path: out.clone() });
    }
    let _lock = OutLock::take(out)?;
    let checkpoint = out.join(CHECKPOINT);
    if ModelDescription::is_in(out) {
        return Err(DatasetError::ModelThere { folder: out.clone() }.into());
    }
    if checkpoint.is_file() && !request.resume {
        return Err(DatasetError::CheckpointThere { folder: out.clone() }.into());
    }
    let saved = match checkpoint.is_file() {
        true => Some(fs::read(&checkpoint).map_err(CohortError::read(&checkpoint))?),
        false => None,
    };
    let loaded = load_dataset(&request.data, &|done, of| event(TrainEvent::Reading(done, of)))?;
    let plan = plan(&loaded, &request.architecture)?;
    let parameters = plan.parameters().map_err(DatasetError::learn)?;
    let start = (request.weights.as_deref())
        .map(|file| pretrained(file, &plan, request.settings.seed))
        .transpose()?;
    let training = training(&loaded, &plan, start.as_ref(), request);
    write_split(&out.join("split.csv"), &loaded)?;
    let judging = EvaluationRequest::default();
    let baselines =
        fit_baselines(&request.data, &loaded, judging.settings.specificity, LADDER_SEED, &|done, of| {
            event(TrainEvent::Baselines(done, of));
        })?;
    baselines.write(out)?;
    let done = saved.as_deref().map(Training::epochs_of).transpose().map_err(DatasetError::learn)?;
    event(TrainEvent::Begins { facts: &loaded.facts, parameters, done: done.unwrap_or(0) });
    let mut watch = |moment: Moment<'_>| -> Result<Onward, Fault> {
        match moment {
            Moment::Step { epoch, done, steps, loss } => {
                event(TrainEvent::Step { epoch, done, steps, loss });
            }
            Moment::Epoch { history, kept, checkpoint: file } => {
                write_checkpoint(&checkpoint, &file()?)?;
                write_history(out, history)?;
                history.last().into_iter().for_each(|record| event(TrainEvent::Epoch { record, kept }));
            }
            _ => {}
        }
        Ok(if stop.is_requested() { Onward::Stop } else { Onward::Go })
    };
    let trained = training.run(saved.as_deref(), &mut watch).map_err(|fault| match fault {
        Fault::Files(error) => error,
        Fault::Training(LearnError::Stopped { epoch }) => {
            CohortError::TrainingStopped { done: epoch, total: request.settings.epochs }
        }
        Fault::Training(error) => DatasetError::learn(error).into(),
    })?;
    write_history(out, &trained.history)?;
    write_curves(out, &trained.history, trained.kept_epoch)?;

    let settings = &request.settings;
    let classes = &loaded.dataset.classes;
    let classifier = NetClassifier::new(
        &plan,
        &trained.weights,
        classes.clone(),
        settings.mirrored_scoring,
        request.compute,
    )
    .map_err(DatasetError::learn)?;
    let mut scored = scored(&loaded, &classifier)?;
    let (temperature, threshold) = chosen_on_val(&scored)?;
    scored.probabilities =
        scored.logits.iter().flatten().flat_map(|row| probabilities(row, temperature)).collect();
    scored.write(&out.join("predictions.parquet"))?;
    let kept = trained.history[trained.kept_epoch - 1];
    let net = TrainedNet {
        net: plan,
        mirrored_scoring: settings.mirrored_scoring,
        training: settings.clone(),
        kept_epoch: trained.kept_epoch,
        data: loaded.facts.clone(),
    };
    let mut description = ModelDescription {
        format: DESCRIPTION_FORMAT,
        hilum: env!("CARGO_PKG_VERSION").to_owned(),
        classes: classes.clone(),
        preprocessing: loaded.preprocessing.clone(),
        temperature,
        threshold,
        weights_blake3: String::new(),
        origin: Origin::Trained(Box::new(net.clone())),
    };
    let judged = evaluate_predictions(&mut scored, Some(&baselines), &judging)?;
    let card = card(&description, &net, parameters, &judged);
    write_whole(&out.join("model_card.md"), card.as_bytes())?;
    let weights = trained.weights.to_safetensors("").map_err(DatasetError::learn)?;
    description.write(out, &weights)?;
    remove_checkpoint(&checkpoint)?;
    Ok(TrainSummary {
        model: request.architecture.name().to_owned(),
        parameters,
        epochs: trained.history.len(),
        kept,
        temperature,
        threshold,
        data: loaded.facts,
    })
}

/// What ends a training early.
enum Fault {
    Training(LearnError),
    Files(CohortError),
}

impl From<LearnError> for Fault {
    fn from(error: LearnError) -> Self {
        Self::Training(error)
    }
}

impl From<CohortError> for Fault {
    fn from(error: CohortError) -> Self {
        Self::Files(error)
    }
}

/// The net for the pictures of a data set.
fn plan(loaded: &LoadedDataset, architecture: &Architecture) -> Result<NetPlan, CohortError> {
    let Some(first) = loaded.dataset.examples.first() else {
        return Err(DatasetError::learn(LearnError::NoCases).into());
    };
    let picture = &first.picture;
    Ok(NetPlan::new(
        architecture.clone(),
        picture.channels(),
        picture.size_px(),
        loaded.dataset.classes.len(),
    ))
}

fn on_side(loaded: &LoadedDataset, wanted: Side) -> impl Iterator<Item = &Example> {
    loaded
        .dataset
        .examples
        .iter()
        .zip(&loaded.sides)
        .filter(move |(_, side)| **side == wanted)
        .map(|(e, _)| e)
}

fn training<'a>(
    loaded: &'a LoadedDataset,
    plan: &'a NetPlan,
    start: Option<&'a Weights>,
    request: &'a TrainRequest,
) -> Training<'a> {
    Training {
        plan,
        settings: &request.settings,
        classes: &loaded.dataset.classes,
        train: on_side(loaded, Side::Train).collect(),
        val: on_side(loaded, Side::Val).collect(),
        start,
        compute: request.compute,
        key: key(loaded, plan, start, &request.settings),
    }
}

/// Names a training by all that decides its weights: version, net, settings, pictures, classes, sides and where it starts.
fn key(loaded: &LoadedDataset, plan: &NetPlan, start: Option<&Weights>, settings: &TrainSettings) -> String {
    let mut hasher = blake3::Hasher::new();
    let LoadedDataset { dataset, sides, .. } = loaded;
    hasher.update(
        format!("{} {plan:?} {settings:?} {:?}", env!("CARGO_PKG_VERSION"), dataset.classes).as_bytes(),
    );
    for (example, side) in dataset.examples.iter().zip(sides) {
        hasher.update(format!("\n{} {} {side:?} ", example.id, example.class).as_bytes());
        example.picture.values().iter().for_each(|value| {
            hasher.update(&value.to_le_bytes());
        });
    }
    for (name, array) in start.into_iter().flat_map(|weights| &weights.0) {
        hasher.update(name.as_bytes());
        array.values.iter().for_each(|value| {
            hasher.update(&value.to_le_bytes());
        });
    }
    hasher.finalize().to_hex().to_string()
}

/// What the model says of every example that it was not fitted to; without probabilities, which want a temperature.
fn scored(loaded: &LoadedDataset, classifier: &dyn Classifier) -> Result<ScoredTable, CohortError> {
    let held_back: Vec<(&Example, Side)> = [Side::Val, Side::Test]
        .into_iter()
        .flat_map(|side| on_side(loaded, side).map(move |example| (example, side)))
        .collect();
    let pictures: Vec<_> = held_back.iter().map(|(example, _)| &example.picture).collect();
    Ok(ScoredTable {
        file: "predictions.parquet".to_owned(),
        classes: loaded.dataset.classes.clone(),
        ids: held_back.iter().map(|(example, _)| example.id.clone()).collect(),
        sides: Some(held_back.iter().map(|(_, side)| *side).collect()),
        truth: held_back.iter().map(|(example, _)| example.class).collect(),
        groups: held_back.iter().map(|(example, _)| example.group).collect(),
        groups_known: true,
        probabilities: Vec::new(),
        logits: Some(classifier.logits(&pictures).map_err(DatasetError::learn)?),
    })
}

/// Temperature and, for two classes, the threshold with the largest sum of sensitivity and specificity.
fn chosen_on_val(scored: &ScoredTable) -> Result<(f64, Option<f64>), CohortError> {
    let is_val = scored.sides.iter().flatten().map(|side| *side == Side::Val);
    let rows = scored.logits.iter().flatten().zip(&scored.truth).zip(is_val);
    let (logits, truth): (Vec<Vec<f64>>, Vec<usize>) =
        rows.filter(|(_, is_val)| *is_val).map(|((row, class), _)| (row.clone(), *class)).unzip();
    let temperature = fit_temperature(&logits, &truth).map_err(DatasetError::learn)?.temperature;
    if scored.classes.len() != 2 {
        return Ok((temperature, None));
    }
    let positive: Vec<bool> = truth.iter().map(|&class| class == 1).collect();
    let of_positive: Vec<f64> = logits.iter().map(|row| probabilities(row, temperature)[1]).collect();
    Ok((temperature, choose_threshold(&of_positive, &positive, Criterion::Youden)))
}
