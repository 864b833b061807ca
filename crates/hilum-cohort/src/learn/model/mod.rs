//! A model as a folder: weights, what they are of, what they were fitted to.

mod card;
mod description;
mod epochs;
mod export;
mod import;
mod judge;
mod predict;
mod train;

pub use description::{DESCRIPTION_FORMAT, LoadedModel, ModelDescription, Origin, TrainedNet, load_model};
pub use export::export_onnx;
pub use import::{ImportRequest, import_onnx};
pub use judge::{JudgedDataset, judge_dataset};
pub use predict::{PredictRequest, Prediction, PredictionFile, predict};
pub use train::{TrainEvent, TrainRequest, TrainSummary, train_model};
