//! The command line of `hilum export`.

use clap::Args;
use std::path::PathBuf;

/// Shown below the options.
pub(crate) const EXPORT_HELP: &str = "\
Example:
  hilum export model/ model.onnx

The file takes `pictures` [N, channels, rows, columns] with values from 0 to 1 and gives `logits` and `probabilities`;
normalisation, the mean over mirror images and the temperature are inside. How a picture is prepared, the classes and the
threshold stand in its metadata. onnxruntime gives the same numbers to 1e-6. Details: docs/classifier.md.";

#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    /// A model's folder, as `hilum train` writes it.
    #[arg(value_name = "MODEL")]
    pub(crate) model: PathBuf,
    /// The file to write: .onnx.
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
}
