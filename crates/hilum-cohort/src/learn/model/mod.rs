//! A model as a folder: weights, what they are of, what they were fitted to.

mod description;
mod train;

pub use description::{DESCRIPTION_FORMAT, LoadedModel, ModelDescription, load_model};
pub use train::{TrainEvent, TrainRequest, TrainSummary, train_model};
