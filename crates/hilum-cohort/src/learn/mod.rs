//! Data sets for the classifier: from files to pictures of one size, with classes, groups and sides.
//!
//! An input is a folder with a folder for each class (in `train`, `val` and `test`, where a split is given), a manifest of
//! pictures or scans, or the output folder of a run. Every file that should take part and cannot is told with its reason.
//! docs/classifier.md says what is done to the pictures, and why.

mod any_files;
mod class_folders;
mod classes;
mod division;
mod entry;
mod error;
mod explain;
mod facts;
mod figure_name;
mod findings;
mod ladder;
mod load;
mod model;
mod near;
mod parallel;
mod pretrained;
mod read;
mod request;
mod split_file;
mod tables;

pub use error::DatasetError;
pub use explain::{ExplainMethod, ExplainRequest, ExplainedCase, ExplanationFile, Segments, explain};
pub use facts::{ClassCount, DatasetFacts, DividedGroup, LeftOutExample, SideCount};
pub use ladder::{fit_baselines, ladder_features};
pub use load::{DatasetFile, LoadedDataset, load_dataset};
pub use model::{
    DESCRIPTION_FORMAT, ImportRequest, ImportedModel, JudgedDataset, LoadedModel, LungDescription, LungModel,
    ModelDescription, Origin, PredictRequest, Prediction, PredictionFile, TrainEvent, TrainRequest,
    TrainSummary, TrainedNet, export_onnx, import_onnx, judge_dataset, load_lungs, load_model, predict,
    train_model,
};
pub use near::NearDuplicates;
pub use request::{ClassChoice, DatasetRequest, Division, Preparing, PreprocessingChoice, Relation};
pub use split_file::{write_dataset, write_split};
