//! A model as a folder: weights, what they are of, what they were fitted to.

mod brought;
mod card;
mod description;
mod epochs;
mod export;
mod import;
mod judge;
mod lungs;
mod predict;
mod train;

pub use description::{DESCRIPTION_FORMAT, LoadedModel, ModelDescription, Origin, TrainedNet, load_model};
pub use export::export_onnx;
pub use import::{ImportRequest, ImportedModel, import_onnx};
pub use judge::{JudgedDataset, judge_dataset};
pub use lungs::{LungDescription, LungModel, load_lungs};
pub use predict::{PredictRequest, Prediction, PredictionFile, predict};
pub use train::{TrainEvent, TrainRequest, TrainSummary, train_model};
