//! model.json: everything that must be known to use the weights beside it.

use crate::{
    CohortError,
    files::{write_json, write_whole},
    learn::{DatasetError, DatasetFacts},
};
use hilum_learn::{
    Classifier, Compute, Engine, ImportedNet, NetClassifier, NetPlan, OnnxClassifier, OnnxFile, Task,
    TrainSettings, Weights, dataset::Preprocessing,
};
use serde::{Deserialize, Deserializer, Serialize, de::Error};
use serde_json::{Map, Value};
use std::{fs, path::Path};

/// Raised when an older description would be misread.
pub const DESCRIPTION_FORMAT: u32 = 1;

pub(super) const DESCRIPTION: &str = "model.json";

/// What a model is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelDescription {
    /// [`DESCRIPTION_FORMAT`] of the version that wrote it.
    pub format: u32,
    /// Version of hilum that wrote it.
    pub hilum: String,
    /// The classes in the order of the answers; the last one is the one to be found where there are two.
    pub classes: Vec<String>,
    /// What is done to a picture before the net sees it.
    pub preprocessing: Preprocessing,
    /// Logits are divided by it to become probabilities; of a training, chosen on the validation side.
    pub temperature: f64,
    /// Two classes: the probability of the last above which it is the answer; of a training, chosen on the validation side.
    pub threshold: Option<f64>,
    /// BLAKE3 hash of the file of weights: model.safetensors or model.onnx.
    pub weights_blake3: String,
    /// Where it comes from.
    #[serde(flatten)]
    pub origin: Origin,
}

/// Where a model comes from.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Origin {
    /// It was trained here.
    Trained(Box<TrainedNet>),
    /// It came as an ONNX file.
    Imported {
        /// What is known of it.
        onnx: Box<ImportedNet>,
    },
}

/// A net that was trained here.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrainedNet {
    /// The net.
    pub net: NetPlan,
    /// Logits are the mean over a picture and its mirror image.
    pub mirrored_scoring: bool,
    /// How it was trained.
    pub training: TrainSettings,
    /// The epoch whose weights were kept, from 1.
    pub kept_epoch: usize,
    /// What it was trained on.
    pub data: DatasetFacts,
}

impl<'de> Deserialize<'de> for Origin {
    /// Reads what the fields say that it is, so that a fault names its field.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut fields = Map::deserialize(deserializer)?;
        let origin = match fields.remove("onnx") {
            Some(onnx) => serde_json::from_value(onnx).map(|onnx| Self::Imported { onnx }),
            None => serde_json::from_value(Value::Object(fields)).map(Self::Trained),
        };
        origin.map_err(D::Error::custom)
    }
}

/// A model ready to score.
#[derive(Debug)]
pub struct LoadedModel {
    /// What it is.
    pub description: ModelDescription,
    /// What scores.
    pub classifier: Box<dyn Classifier>,
    /// What computes: the device, or for imported nets who runs them.
    pub run_by: String,
}

/// Reads the model in a folder.
///
/// # Errors
/// [`CohortError::Read`] if a file cannot be read; [`CohortError::Dataset`] where it is no description, of another
/// version, or the weights are not those that it was written for.
pub fn load_model(folder: &Path, compute: Compute) -> Result<LoadedModel, CohortError> {
    let (description, bytes) = read_model(folder)?;
    if matches!(description.origin, Origin::Imported { .. }) && compute != Compute::Cpu {
        return Err(DatasetError::ProcessorAlone { model: description.name().to_owned() }.into());
    }
    let (classifier, run_by) = description.classifier(&bytes, compute).map_err(DatasetError::learn)?;
    Ok(LoadedModel { description, classifier, run_by })
}

/// The description in a folder, and the file of weights that it was written for.
pub(super) fn read_model(folder: &Path) -> Result<(ModelDescription, Vec<u8>), CohortError> {
    let probe = read_description(folder)?;
    if task_of(&probe) == Task::Lungs {
        return Err(DatasetError::OutlinesLungs { folder: folder.to_owned() }.into());
    }
    let description: ModelDescription = serde_json::from_value(probe).map_err(foreign)?;
    let bytes = read_weights(folder, description.weights_file(), &description.weights_blake3)?;
    Ok((description, bytes))
}

/// The model.json in a folder, if it is of this format.
pub(super) fn read_description(folder: &Path) -> Result<Value, CohortError> {
    let path = folder.join(DESCRIPTION);
    let text = fs::read(&path).map_err(CohortError::read(&path))?;
    let probe: Value = serde_json::from_slice(&text).map_err(foreign)?;
    match probe.get("format").and_then(Value::as_u64) {
        Some(format) if format == u64::from(DESCRIPTION_FORMAT) => Ok(probe),
        Some(format) => Err(foreign(format!(
            "it is of format {format}, and this version of hilum reads {DESCRIPTION_FORMAT}"
        ))),
        None => Err(foreign("it says no format")),
    }
}

/// What a model is for; the descriptions of classifiers do not say it.
pub(super) fn task_of(probe: &Value) -> Task {
    let said = probe.get("task").cloned().map(serde_json::from_value);
    said.and_then(Result::ok).unwrap_or_default()
}

/// A file of weights, if its hash is the one that model.json names.
pub(super) fn read_weights(folder: &Path, file: &'static str, blake3: &str) -> Result<Vec<u8>, CohortError> {
    let path = folder.join(file);
    let bytes = fs::read(&path).map_err(CohortError::read(&path))?;
    match blake3::hash(&bytes).to_hex().as_str() == blake3 {
        true => Ok(bytes),
        false => {
            let why = "it was changed or cut since model.json was written".to_owned();
            Err(DatasetError::ForeignModel { file, why }.into())
        }
    }
}

/// A model.json that does not serve.
pub(super) fn foreign(why: impl ToString) -> CohortError {
    DatasetError::ForeignModel { file: DESCRIPTION, why: why.to_string() }.into()
}

impl ModelDescription {
    /// What the model is called: its architecture, or the file that was imported.
    #[must_use]
    pub fn name(&self) -> &str {
        match &self.origin {
            Origin::Trained(trained) => trained.net.architecture.name(),
            Origin::Imported { onnx } => &onnx.name,
        }
    }

    fn weights_file(&self) -> &'static str {
        match &self.origin {
            Origin::Trained(_) => "model.safetensors",
            Origin::Imported { .. } => "model.onnx",
        }
    }

    fn classifier(
        &self,
        weights: &[u8],
        compute: Compute,
    ) -> Result<(Box<dyn Classifier>, String), hilum_learn::LearnError> {
        let classes = self.classes.clone();
        Ok(match &self.origin {
            Origin::Trained(trained) => {
                let (weights, _) = Weights::from_safetensors(weights)?;
                let (net, mirrored) = (&trained.net, trained.mirrored_scoring);
                let classifier = NetClassifier::new(net, &weights, classes, mirrored, compute)?;
                (Box::new(classifier.with_temperature(self.temperature)), compute.to_string())
            }
            Origin::Imported { onnx } => {
                let engine = Engine::of_environment()?;
                let classifier = OnnxClassifier::new(onnx, &OnnxFile::read(weights)?, classes, &engine)?;
                (Box::new(classifier.with_temperature(self.temperature)), engine.name())
            }
        })
    }

    /// Writes the weights, then the description: a folder with a model.json is a whole model.
    pub(super) fn write(&mut self, folder: &Path, weights: &[u8]) -> Result<(), CohortError> {
        write_whole(&folder.join(self.weights_file()), weights)?;
        self.weights_blake3 = blake3::hash(weights).to_hex().to_string();
        write_json(&folder.join(DESCRIPTION), self)
    }

    /// Whether a folder holds a whole model.
    pub(super) fn is_in(folder: &Path) -> bool {
        folder.join(DESCRIPTION).is_file()
    }
}
