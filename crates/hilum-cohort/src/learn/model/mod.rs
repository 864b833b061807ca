//! A model as a folder: weights, what they are of, what they were fitted to.

mod description;
mod judge;
mod predict;
mod train;

pub use description::{DESCRIPTION_FORMAT, LoadedModel, ModelDescription, load_model};
pub use judge::{JudgedDataset, judge_dataset};
pub use predict::{PredictRequest, Prediction, PredictionFile, predict};
pub use train::{TrainEvent, TrainRequest, TrainSummary, train_model};
