//! A model as one ONNX file, for other programs.

use super::description::{Origin, read_model};
use crate::{CohortError, files::write_whole, learn::DatasetError};
use hilum_learn::{OnnxFacts, Weights, to_onnx};
use std::path::Path;

/// Writes the model in `folder` as `file`: normalisation, mirrored scoring and temperature inside, the preparation of a picture
/// and the threshold as text in its metadata.
///
/// # Errors
/// As [`super::load_model`]; [`CohortError::Write`] if the file cannot be written.
pub fn export_onnx(folder: &Path, file: &Path) -> Result<(), CohortError> {
    let (description, weights) = read_model(folder)?;
    let Origin::Trained(trained) = &description.origin;
    let (weights, _) = Weights::from_safetensors(&weights).map_err(DatasetError::learn)?;
    let preprocessing = serde_json::to_string(&description.preprocessing)
        .map_err(|error| CohortError::write(file)(error.into()))?;
    let mut notes = vec![
        ("preprocessing".to_owned(), preprocessing),
        ("weights_blake3".to_owned(), description.weights_blake3.clone()),
    ];
    if let Some(threshold) = description.threshold {
        notes.push(("threshold".to_owned(), threshold.to_string()));
    }
    let facts = OnnxFacts {
        classes: &description.classes,
        mirrored: trained.mirrored_scoring,
        temperature: description.temperature,
        notes: &notes,
    };
    let bytes = to_onnx(&trained.net, &weights, &facts).map_err(DatasetError::learn)?;
    write_whole(file, &bytes)
}
