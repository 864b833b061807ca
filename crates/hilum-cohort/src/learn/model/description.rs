//! model.json: everything that must be known to use the weights beside it.

use crate::{
    CohortError,
    files::write_json,
    learn::{DatasetError, DatasetFacts},
};
use hilum_learn::{Compute, NetClassifier, NetPlan, TrainSettings, Weights, dataset::Preprocessing};
use serde::{Deserialize, Serialize};
use std::{fs, path::Path};

/// Raised when an older description would be misread.
pub const DESCRIPTION_FORMAT: u32 = 1;

const DESCRIPTION: &str = "model.json";
const WEIGHTS: &str = "model.safetensors";

/// What a model is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelDescription {
    /// [`DESCRIPTION_FORMAT`] of the version that wrote it.
    pub format: u32,
    /// Version of hilum that wrote it.
    pub hilum: String,
    /// The net.
    pub net: NetPlan,
    /// The classes in the order of the outputs; the last one is the one to be found where there are two.
    pub classes: Vec<String>,
    /// What is done to a picture before the net sees it.
    pub preprocessing: Preprocessing,
    /// Logits are the mean over a picture and its mirror image.
    pub mirrored_scoring: bool,
    /// Logits are divided by it to become probabilities; chosen on the validation side.
    pub temperature: f64,
    /// Two classes: the probability of the last above which it is the answer; chosen on the validation side.
    pub threshold: Option<f64>,
    /// How it was trained.
    pub training: TrainSettings,
    /// The epoch whose weights were kept, from 1.
    pub kept_epoch: usize,
    /// BLAKE3 hash of model.safetensors.
    pub weights_blake3: String,
    /// What it was trained on.
    pub data: DatasetFacts,
}

/// A model ready to score.
#[derive(Debug)]
pub struct LoadedModel {
    /// What it is.
    pub description: ModelDescription,
    /// What scores.
    pub classifier: NetClassifier,
}

/// Reads the model in a folder.
///
/// # Errors
/// [`CohortError::Read`] if a file cannot be read; [`CohortError::Dataset`] where it is no description, of another
/// version, or the weights are not those that it was written for.
pub fn load_model(folder: &Path, compute: Compute) -> Result<LoadedModel, CohortError> {
    let (description, weights) = read_model(folder)?;
    let classifier = NetClassifier::new(
        &description.net,
        &weights,
        description.classes.clone(),
        description.mirrored_scoring,
        compute,
    );
    let classifier = classifier.map_err(DatasetError::learn)?.with_temperature(description.temperature);
    Ok(LoadedModel { description, classifier })
}

/// The description in a folder, and the weights that it was written for.
pub(super) fn read_model(folder: &Path) -> Result<(ModelDescription, Weights), CohortError> {
    let path = folder.join(DESCRIPTION);
    let foreign = |why: String| DatasetError::ForeignModel { file: DESCRIPTION, why };
    let text = fs::read(&path).map_err(CohortError::read(&path))?;
    let probe: serde_json::Value = serde_json::from_slice(&text).map_err(|e| foreign(e.to_string()))?;
    match probe.get("format").and_then(serde_json::Value::as_u64) {
        Some(format) if format == u64::from(DESCRIPTION_FORMAT) => {}
        Some(format) => {
            let why =
                format!("it is of format {format}, and this version of hilum reads {DESCRIPTION_FORMAT}");
            return Err(foreign(why).into());
        }
        None => return Err(foreign("it says no format".to_owned()).into()),
    }
    let description: ModelDescription = serde_json::from_value(probe).map_err(|e| foreign(e.to_string()))?;
    let path = folder.join(WEIGHTS);
    let bytes = fs::read(&path).map_err(CohortError::read(&path))?;
    let hash = blake3::hash(&bytes).to_hex().to_string();
    if hash != description.weights_blake3 {
        let why = "it was changed or cut since model.json was written".to_owned();
        return Err(DatasetError::ForeignModel { file: WEIGHTS, why }.into());
    }
    let (weights, _) = Weights::from_safetensors(&bytes).map_err(DatasetError::learn)?;
    Ok((description, weights))
}

impl ModelDescription {
    /// Writes the weights, then the description: a folder with a model.json is a whole model.
    pub(super) fn write(&mut self, folder: &Path, weights: &Weights) -> Result<(), CohortError> {
        let bytes = weights.to_safetensors("").map_err(DatasetError::learn)?;
        crate::files::write_whole(&folder.join(WEIGHTS), &bytes)?;
        self.weights_blake3 = blake3::hash(&bytes).to_hex().to_string();
        write_json(&folder.join(DESCRIPTION), self)
    }

    /// Whether a folder holds a whole model.
    pub(super) fn is_in(folder: &Path) -> bool {
        folder.join(DESCRIPTION).is_file()
    }
}
