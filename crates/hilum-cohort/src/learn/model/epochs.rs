//! What a training leaves after each epoch: the checkpoint to go on from, the history, and at the end its figure.

use crate::{CohortError, files::write_whole};
use hilum_learn::EpochRecord;
use hilum_report::{EpochPoint, learning_curves, write_figure};
use std::{fs, path::Path};

/// The checkpoint below the folder of a model.
pub(super) const CHECKPOINT: &str = "checkpoint/training.safetensors";

/// Replaces the checkpoint in one step.
pub(super) fn write_checkpoint(path: &Path, bytes: &[u8]) -> Result<(), CohortError> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(CohortError::write(folder))?;
    }
    write_whole(path, bytes)
}

/// Takes the checkpoint of a finished training away, and its folder where nothing else lies there.
pub(super) fn remove_checkpoint(path: &Path) -> Result<(), CohortError> {
    if let Some(folder) = path.parent().filter(|_| path.is_file()) {
        fs::remove_file(path).map_err(CohortError::write(path))?;
        // Something else may lie there; it is not ours to remove.
        let _ = fs::remove_dir(folder);
    }
    Ok(())
}

/// Replaces history.jsonl: a line for each epoch.
pub(super) fn write_history(out: &Path, history: &[EpochRecord]) -> Result<(), CohortError> {
    let path = out.join("history.jsonl");
    let mut text = Vec::new();
    for record in history {
        serde_json::to_writer(&mut text, record).map_err(|e| CohortError::write(&path)(e.into()))?;
        text.push(b'\n');
    }
    write_whole(&path, &text)
}

/// The notebook's figure 17 of this training, as SVG and PNG.
pub(super) fn write_curves(out: &Path, history: &[EpochRecord], kept: usize) -> Result<(), CohortError> {
    let points: Vec<EpochPoint> = (history.iter())
        .map(|r| EpochPoint {
            accuracy: r.accuracy,
            val_accuracy: r.val_accuracy,
            loss: r.loss,
            val_loss: r.val_loss,
        })
        .collect();
    let Some(svg) = learning_curves(&points, kept) else { return Ok(()) };
    let folder = out.join("figures");
    fs::create_dir_all(&folder).map_err(CohortError::write(&folder))?;
    for ending in ["svg", "png"] {
        write_figure(&folder.join(format!("history.{ending}")), &svg, 1600)
            .map_err(|source| CohortError::Figure { source })?;
    }
    Ok(())
}
