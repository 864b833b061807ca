//! A model as one ONNX file, for other programs.

use super::description::{Origin, read_model};
use crate::{CohortError, files::write_whole, learn::DatasetError};
use hilum_learn::{OnnxFacts, Statement, Weights, to_onnx};
use std::path::Path;

/// Writes the model in `folder` as `file`: normalisation, mirrored scoring and temperature inside; classes, preparation of a
/// picture and threshold in its metadata, so that `import_onnx` needs to be told nothing.
///
/// # Errors
/// As [`super::load_model`]; [`CohortError::Dataset`] for a model that was imported; [`CohortError::Write`] if the file cannot be written.
pub fn export_onnx(folder: &Path, file: &Path) -> Result<(), CohortError> {
    let (description, weights) = read_model(folder)?;
    let Origin::Trained(trained) = &description.origin else {
        return Err(DatasetError::IsOnnx { folder: folder.to_owned() }.into());
    };
    let (weights, _) = Weights::from_safetensors(&weights).map_err(DatasetError::learn)?;
    let statement = Statement::of_export(
        &description.classes,
        &description.preprocessing,
        description.temperature,
        description.threshold,
    );
    let statement =
        serde_json::to_string(&statement).map_err(|error| CohortError::write(file)(error.into()))?;
    let notes = [
        (Statement::KEY.to_owned(), statement),
        ("weights_blake3".to_owned(), description.weights_blake3.clone()),
    ];
    let facts = OnnxFacts {
        classes: &description.classes,
        mirrored: trained.mirrored_scoring,
        temperature: description.temperature,
        notes: &notes,
    };
    let bytes = to_onnx(&trained.net, &weights, &facts).map_err(DatasetError::learn)?;
    write_whole(file, &bytes)
}
