//! All that a training knows between two epochs, in one file: a training that goes on from it ends with the same bits as
//! one that was never stopped.
//!
//! What is drawn by chance needs no place here: it is a function of the seed, the epoch and the step.

use super::{EpochRecord, TrainSettings, optimizer::optimizer};
use crate::{LearnError, NetPlan, Weights, nets::Net};
use burn::{
    optim::ModuleOptimizer,
    tensor::{Bytes, Device},
};
use safetensors::{Dtype, SafeTensors, tensor::TensorView};
use serde::{Deserialize, Serialize};

/// Raised when an older checkpoint would be misread.
const FORMAT: u32 = 1;

/// A training between two epochs.
pub(super) struct State {
    pub(super) net: Net,
    pub(super) optimizer: ModuleOptimizer,
    /// Moving average of the weights.
    pub(super) average: Option<Weights>,
    /// The best epoch so far with its weights.
    pub(super) kept: Option<(usize, Weights)>,
    pub(super) history: Vec<EpochRecord>,
}

#[derive(Serialize, Deserialize)]
struct Note {
    format: u32,
    key: String,
    kept_epoch: Option<usize>,
    history: Vec<EpochRecord>,
}

impl Note {
    fn of(file: &[u8]) -> Result<Self, LearnError> {
        let (_, header) = SafeTensors::read_metadata(file).map_err(unusable)?;
        let note = header.metadata().as_ref().and_then(|m| m.get("hilum").cloned());
        let note = note.ok_or_else(|| unusable("it is not one of hilum's"))?;
        serde_json::from_str(&note).map_err(unusable)
    }
}

/// The epochs that a checkpoint holds, by its header alone.
pub(super) fn epochs_of(file: &[u8]) -> Result<usize, LearnError> {
    Ok(Note::of(file)?.history.len())
}

impl State {
    /// A training that has not begun.
    pub(super) fn fresh(net: Net, settings: &TrainSettings) -> Self {
        Self { net, optimizer: optimizer(settings), average: None, kept: None, history: Vec::new() }
    }

    /// The file; `key` says which training it is of.
    pub(super) fn to_bytes(&self, key: &str) -> Result<Vec<u8>, LearnError> {
        let note = Note {
            format: FORMAT,
            key: key.to_owned(),
            kept_epoch: self.kept.as_ref().map(|(epoch, _)| *epoch),
            history: self.history.clone(),
        };
        let note = serde_json::to_string(&note).map_err(unusable)?;
        let optimizer = self.optimizer.into_bytes().map_err(unusable)?;
        let mut parts =
            vec![("net", self.net.weights().to_safetensors("")?), ("optimizer", optimizer.to_vec())];
        if let Some(average) = &self.average {
            parts.push(("average", average.to_safetensors("")?));
        }
        if let Some((_, kept)) = &self.kept {
            parts.push(("kept", kept.to_safetensors("")?));
        }
        let views: Vec<_> = (parts.iter())
            .map(|(name, bytes)| Ok((*name, TensorView::new(Dtype::U8, vec![bytes.len()], bytes)?)))
            .collect::<Result<_, safetensors::SafeTensorError>>()
            .map_err(unusable)?;
        let metadata = [("hilum".to_owned(), note)].into_iter().collect();
        safetensors::serialize(views, Some(metadata)).map_err(unusable)
    }

    /// The training of a file, if it is of the training `key`.
    pub(super) fn from_bytes(
        file: &[u8],
        key: &str,
        plan: &NetPlan,
        settings: &TrainSettings,
        device: &Device,
    ) -> Result<Self, LearnError> {
        let note = Note::of(file)?;
        if note.format != FORMAT {
            return Err(unusable(format!(
                "it is of format {}, this version of hilum reads format {FORMAT}: train anew",
                note.format
            )));
        }
        if note.key != key {
            return Err(unusable(
                "it is of a training with other settings or pictures: give those of its training, or another folder",
            ));
        }
        let parts = SafeTensors::deserialize(file).map_err(unusable)?;
        let part = |name: &str| parts.tensor(name).ok().map(|view| view.data().to_vec());
        let weights = |name: &str| part(name).map(|bytes| Weights::from_safetensors(&bytes)).transpose();
        let (net, optimizer_bytes) = match (weights("net")?, part("optimizer")) {
            (Some((net, _)), Some(bytes)) => (net, bytes),
            _ => return Err(unusable("a part of it is missing")),
        };
        let optimizer =
            optimizer(settings).from_bytes(Bytes::from_bytes_vec(optimizer_bytes)).map_err(unusable)?;
        Ok(Self {
            net: Net::with_weights(plan, &net, device)?,
            optimizer,
            average: weights("average")?.map(|(weights, _)| weights),
            kept: note.kept_epoch.zip(weights("kept")?.map(|(weights, _)| weights)),
            history: note.history,
        })
    }
}

fn unusable(why: impl ToString) -> LearnError {
    LearnError::Checkpoint { why: why.to_string() }
}
